// SPDX-License-Identifier: GPL-3.0-or-later
// What the network says of images, as the window shows it.
#include "ui/pages/digits/digits_page.h"

#include <algorithm>
#include <cmath>

#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QPainter>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <climits>

#include "engine/compute/confusion.h"
#include "engine/core/file.h"
#include "engine/data/idx.h"
#include "engine/data/own_set.h"
#include "engine/data/registry.h"
#include "engine/infer/normalise.h"
#include "engine/infer/recorded.h"
#include "engine/train/history.h"
#include "engine/train/record.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/digits/digit_adding.h"
#include "ui/pages/digits/digit_drawing.h"
#include "ui/pages/digits/digits_beside.h"
#include "ui/pages/digits/digits_export.h"
#include "ui/pages/digits/digits_figures.h"
#include "ui/pages/digits/digits_minus.h"
#include "ui/pages/digits/draw_pad.h"
#include "ui/pages/digits/ink.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/tiles_figure.h"

namespace synann::ui {

namespace {

struct DigitsBench : testing::WindowBench {
  explicit DigitsBench(const char* model = "syna-cnn", int epochs = 2) : WindowBench(model, epochs) {
    train();
  }
  DigitsPage& page() const { return *window->page<DigitsPage>(); }
  void show() const {
    window->showPage(&page());
    [&] { QTRY_VERIFY_WITH_TIMEOUT(page().answer() && !page().busy(), testing::kWait); }();
  }
  FigureView& figure(const char* name) const {
    return *find<FigureView>(QStringLiteral("digits.") + QLatin1String(name));
  }
  void look(const char* name) const {
    auto* const tabs = find<QTabWidget>("digits.figures");
    for (int k = 0; k < tabs->count(); ++k)
      if (tabs->widget(k)->isAncestorOf(&figure(name))) tabs->setCurrentIndex(k);
  }
  void choose(const char* name, int index) const {
    auto* const box = find<QComboBox>(name);
    box->setCurrentIndex(index);
    emit box->activated(index);
  }
};

// The small digits, with so many test images that asking about them takes its time.
constexpr int kMany = 5'000;
Result<data::DataPairPtr> openManyDigits(const std::string& spec) {
  if (spec != "many") return testing::openSmallDigits(spec);
  auto pair = std::make_shared<data::DataPair>(*testing::smallDigits());
  const data::Dataset few = pair->test;
  while (pair->test.count() < kMany) {
    pair->test.pixels.insert(pair->test.pixels.end(), few.pixels.begin(), few.pixels.end());
    pair->test.labels.insert(pair->test.labels.end(), few.labels.begin(), few.labels.end());
  }
  pair->spec = spec;
  pair->sha256 = data::data_digest(pair->train, pair->test);
  return data::DataPairPtr(std::move(pair));
}

data::Picture pictureOf(const QImage& grey) {
  data::Picture picture{.rows = grey.height(), .columns = grey.width(), .pixels = {}};
  for (int y = 0; y < grey.height(); ++y)
    picture.pixels.insert(picture.pixels.end(), grey.constScanLine(y), grey.constScanLine(y) + grey.width());
  return picture;
}

// The data as a folder that the prompt can open.
std::string writeIdx(const data::DataPair& pair, const QString& folder) {
  QDir().mkpath(folder);
  const auto write = [&](const char* name, std::initializer_list<std::uint32_t> dimensions,
                         std::span<const std::uint8_t> bytes) {
    const auto file = data::format_idx(std::vector<std::uint32_t>(dimensions), bytes);
    [&] { QVERIFY(write_file_atomically((folder + '/' + name).toStdString(), file)); }();
  };
  for (const auto& [name, set] : {std::pair("train", &pair.train), std::pair("t10k", &pair.test)}) {
    const auto count = static_cast<std::uint32_t>(set->count());
    write(qPrintable(QString("%1-images-idx3-ubyte").arg(name)),
          {count, static_cast<std::uint32_t>(set->rows), static_cast<std::uint32_t>(set->columns)},
          set->pixels);
    write(qPrintable(QString("%1-labels-idx1-ubyte").arg(name)), {count}, set->labels);
  }
  return folder.toStdString();
}

}  // namespace

class DigitsPageTest : public QObject {
  Q_OBJECT

 private slots:
  void theMatrixIsTheRunsLastEvaluation();
  void aCellListsItsImages();
  void theMostOftenForgottenComeFirst();
  void withoutARecordForgettingIsNotKnown();
  void anImageHasItsProbabilities();
  void earlierStepsAreAskedToo();
  void playingQuicklyShowsAnswersAllTheSame();
  void theStartIsSubtracted();
  void anotherRunIsSubtractedAtItsSteps();
  void otherPartsAreAsked();
  void keysWalkMatrixAndGallery();
  void withoutARunItSaysWhatIsMissing();
  void viewsAreExportedWithoutAWindow();
  void answersAboutOneImage();
  void accuracyFallsAsImagesTurn();
  void curvesOfOtherCheckpointsStandBeside();
  void networksAreNamedByWhatDiffers();
  void aDigitIsDrawnByKeyboardAlone();
  void drawingsBecomeADataSet();
  void inkIsShiftedTurnedAndUndone();
  void undoLiftsThePen();
  void picturesAreTakenFromFilesAndTheClipboard();
};

void DigitsPageTest::theMatrixIsTheRunsLastEvaluation() {
  const DigitsBench b;
  b.show();
  const infer::Score score = infer::score(b.page().answer()->now);
  const auto history = train::read_history(b.run());
  QVERIFY(history.ok());
  QCOMPARE(score.correct, history->evaluations.back().correct);
  QCOMPARE(score.count, history->evaluations.back().count);
  int sum = 0, right = 0;
  const auto matrix = b.figure("confusion").figure();
  for (int t = 0; t < matrix->rowCount(); ++t)
    for (int s = 0; s < matrix->columnCount(); ++s) {
      sum += matrix->cell(t, s).toInt();
      if (t == s) right += matrix->cell(t, s).toInt();
    }
  QCOMPARE(sum, score.count);
  QCOMPARE(right, score.correct);
}

void DigitsPageTest::aCellListsItsImages() {
  const DigitsBench b;
  b.show();
  b.look("digits");
  const auto& answer = *b.page().answer();
  const compute::Confusion counts = infer::confusion(answer.now);
  int truth = 0, said = 0;
  for (int t = 0; t < 10; ++t)
    for (int s = 0; s < 10; ++s)
      if (t != s && counts.at(t, s) > counts.at(truth, said == truth ? (truth + 1) % 10 : said))
        truth = t, said = s;
  b.page().chooseCell(truth, said);
  const auto gallery = b.figure("digits").figure();
  QVERIFY(gallery || counts.at(truth, said) == 0);
  if (gallery) {
    QCOMPARE(gallery->pointCount(), std::min(kMostPictures, counts.at(truth, said)));
    for (int k = 0; k < gallery->pointCount(); ++k)
      QVERIFY(gallery->pointText(k).contains(QString("true %1, said %2").arg(truth).arg(said)));
  }
  // Of any class again: all of them, the hardest first.
  b.page().chooseCell(-1, -1);
  const std::vector<int> listed = listedDigits(b.page().scene(), answer);
  QCOMPARE(listed.size(), std::size_t(answer.now.count()));
  for (std::size_t k = 1; k < listed.size(); ++k)
    QVERIFY(answer.now.surprisal(listed[k - 1]) >= answer.now.surprisal(listed[k]));
}

void DigitsPageTest::theMostOftenForgottenComeFirst() {
  DigitsBench b("syna-cnn", 4);
  b.show();
  b.look("digits");
  b.choose("digits.order", static_cast<int>(DigitsOrder::Forgotten));
  const auto titled = [&] {
    const auto figure = b.figure("digits").figure();
    return figure && figure->title().contains("forgotten");
  };
  QTRY_VERIFY_WITH_TIMEOUT(titled() && !b.page().busy(), testing::kWait);
  infer::Asker asker;
  const infer::SetPtr set = infer::set_of(b.window->workspace().source().data());
  const auto lives = infer::biographies(asker, {.run = b.run(), .set = set}, {});
  QVERIFY(lives.ok());
  const auto gallery = std::dynamic_pointer_cast<const TilesFigure>(b.figure("digits").figure());
  QCOMPARE(gallery->pointCount(), std::min(kMostPictures, set->count()));
  int before = INT_MAX;
  for (int k = 0; k < gallery->pointCount(); ++k) {
    const int image = gallery->content().keys[std::size_t(k)];
    const int events = lives->forgotten(std::size_t(image));
    QVERIFY(events <= before);
    before = events;
    QVERIFY(gallery->pointText(k).startsWith(QString("test image %1:").arg(image)));
    QVERIFY(gallery->pointText(k).contains(QString("forgotten %1 times").arg(events)));
  }
  // A cell of the matrix: of the images it holds alone; a click chooses one.
  b.page().chooseCell(3, -1);
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("digits").figure() != gallery && !b.page().busy(), testing::kWait);
  const auto threes = std::dynamic_pointer_cast<const TilesFigure>(b.figure("digits").figure());
  for (int k = 0; k < threes->pointCount(); ++k) QVERIFY(threes->pointText(k).contains("true 3"));
  emit b.figure("digits").pointChosen(1);
  QCOMPARE(b.page().scene().image, threes->content().keys[1]);
  // The prompt lists them alike, and the page comes back from the file.
  ViewOptions options;
  options.history = b.run().string();
  options.data = writeIdx(*b.window->workspace().source().data(), b.home.filePath("idx"));
  options.view = "digits";
  options.typed = {{"--images-by", {static_cast<double>(DigitsOrder::Forgotten)}}};
  const auto shown = digitsViewFigure(options);
  QVERIFY2(shown.ok(), shown ? "" : shown.error().sentence().c_str());
  for (int k = 0; k < gallery->pointCount(); ++k)
    QCOMPARE(shown->figure->pointText(k), gallery->pointText(k));
  QCOMPARE(shown->view["order"].toString(), QStringLiteral("forgotten"));
  // Another order needs no record.
  b.choose("digits.order", static_cast<int>(DigitsOrder::Hardest));
  QVERIFY(!titled() && b.figure("digits").figure());
}

void DigitsPageTest::withoutARecordForgettingIsNotKnown() {
  const DigitsBench b;
  b.show();
  b.look("digits");
  std::filesystem::remove(b.run() / train::kNetworkRecord);
  b.choose("digits.order", static_cast<int>(DigitsOrder::Forgotten));
  QTRY_VERIFY_WITH_TIMEOUT(!b.figure("digits").figure(), testing::kWait);
  QVERIFY2(b.figure("digits").placeholder().contains("the run has no record of its steps"),
           qPrintable(b.figure("digits").placeholder()));
  b.choose("digits.order", static_cast<int>(DigitsOrder::Hardest));
  QVERIFY(b.figure("digits").figure());
}

void DigitsPageTest::anImageHasItsProbabilities() {
  const DigitsBench b;
  b.show();
  b.look("digit");
  b.page().chooseImage(3);
  QCOMPARE(b.window->workspace().selection().image(), 3);
  const auto bars = b.figure("probabilities").figure();
  double sum = 0;
  for (int k = 0; k < bars->rowCount(); ++k) sum += bars->cell(k, 1).toDouble();
  QVERIFY2(std::abs(sum - 1) < 1e-5, qPrintable(QString::number(sum, 'g', 17)));
  QVERIFY(b.figure("digit").figure()->pointText(0).contains("test image 3"));
  // Another page chooses while this one is hidden: it follows.
  b.window->showPage(b.window->pageNamed("train"));
  b.window->workspace().selection().setImage(7);
  b.show();
  QVERIFY(b.figure("digit").figure()->pointText(0).contains("test image 7"));
  b.window->workspace().selection().setImage(5);
  QVERIFY(b.figure("digit").figure()->pointText(0).contains("test image 5"));
}

void DigitsPageTest::earlierStepsAreAskedToo() {
  const DigitsBench b;
  b.show();
  const double last = infer::score(b.page().answer()->now).loss();
  const QString when = b.page().answer()->when;
  b.window->workspace().selection().setStep(0);
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer() && b.page().answer()->when != when && !b.page().busy(),
                           testing::kWait);
  QVERIFY(infer::score(b.page().answer()->now).loss() > last);
}

void DigitsPageTest::playingQuicklyShowsAnswersAllTheSame() {
  testing::WindowBench w("syna-cnn", 3);
  w.window->controller().setDataOpener(openManyDigits);
  w.window->controller().openData(QStringLiteral("many"));
  w.settings.data = "many";
  w.train();
  auto& page = *w.window->page<DigitsPage>();
  w.window->showPage(&page);
  QTRY_VERIFY_WITH_TIMEOUT(page.answer() && !page.busy(), testing::kWait);
  QCOMPARE(page.answer()->now.count(), kMany);
  const auto record = train::RecordReader::open(w.run() / train::kNetworkRecord);
  const auto steps = record->frames();
  Selection& selection = w.window->workspace().selection();
  int answers = 0;
  DigitsAnswerPtr last = page.answer();
  QElapsedTimer clock;
  clock.start();
  for (std::size_t k = 0; answers < 2 && clock.elapsed() < testing::kWait / 2; ++k) {
    selection.setStep(steps[k % steps.size()].steps);
    QTest::qWait(20);
    if (page.answer() == last) continue;
    last = page.answer();
    ++answers;
  }
  QCOMPARE(answers, 2);
  // What comes last is what is shown in the end.
  selection.setStep(0);
  QTRY_VERIFY_WITH_TIMEOUT(page.answer()->when.contains("step 0") && !page.busy(), testing::kWait);
}

void DigitsPageTest::theStartIsSubtracted() {
  const DigitsBench b;
  b.show();
  const auto plain = b.figure("confusion").figure();
  b.choose("digits.compare", 1);
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer()->before.has_value(), testing::kWait);
  const compute::Confusion start = infer::confusion(*b.page().answer()->before);
  const auto change = b.figure("confusion").figure();
  for (int t = 0; t < 10; ++t)
    for (int s = 0; s < 10; ++s)
      QCOMPARE(change->cell(t, s).toDouble(), plain->cell(t, s).toDouble() - start.at(t, s));
  b.choose("digits.compare", 0);
  QTRY_VERIFY_WITH_TIMEOUT(!b.page().answer()->before.has_value(), testing::kWait);
}

void DigitsPageTest::anotherRunIsSubtractedAtItsSteps() {
  DigitsBench b;
  const std::filesystem::path first = b.run();
  b.settings.seed += 1;
  b.train();
  QVERIFY(b.run() != first);
  b.show();
  const auto plain = b.figure("confusion").figure();
  auto* const steps = b.find<QComboBox>("digits.compare-step");
  QVERIFY(!steps->isVisible());
  QVERIFY2(b.page().minus().chooseRun(first), "cannot choose the other run");
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer()->before.has_value() && !b.page().busy(), testing::kWait);
  QVERIFY(steps->isVisible());
  const auto record = train::RecordReader::open(first / train::kNetworkRecord);
  QCOMPARE(steps->count(), 2 + static_cast<int>(record->frames().size()));  // last, best
  const auto subtracted = [&] {
    const compute::Confusion& other = *b.page().answer()->counts_before;
    const auto change = b.figure("confusion").figure();
    for (int k = 0; k < 100; ++k)
      QCOMPARE(change->cell(k / 10, k % 10).toDouble(),
               plain->cell(k / 10, k % 10).toDouble() - other.at(k / 10, k % 10));
  };
  subtracted();
  // At its start, too.
  b.choose("digits.compare-step", 2);
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer()->before_when.contains("step 0") && !b.page().busy(),
                           testing::kWait);
  subtracted();
  const compute::Confusion start = *b.page().answer()->counts_before;
  infer::Asker asker;
  const auto at_start = infer::RecordedNetworks::open(first)->read(0);
  const auto said = asker.predict(*at_start, b.window->workspace().source().data()->test, {}, {});
  QCOMPARE(start.counts, infer::confusion(*said).counts);
  // The prompt subtracts the same, and the figure brings the comparison back.
  ViewOptions options;
  options.history = b.run().string();
  options.data = writeIdx(*b.window->workspace().source().data(), b.home.filePath("idx"));
  options.view = "confusion";
  options.minus_run = first.string();
  options.minus_step = 0;
  const auto shown = digitsViewFigure(options);
  QVERIFY2(shown.ok(), shown ? "" : shown.error().sentence().c_str());
  for (int k = 0; k < 100; ++k)
    QCOMPARE(shown->figure->cell(k / 10, k % 10), b.figure("confusion").figure()->cell(k / 10, k % 10));
  QCOMPARE(b.page().shownFigure()->view["minus_run"], shown->view["minus_run"]);
  QCOMPARE(b.page().shownFigure()->view["minus_step"], shown->view["minus_step"]);
  b.choose("digits.compare", 0);
  QTRY_VERIFY_WITH_TIMEOUT(!b.page().answer()->before.has_value(), testing::kWait);
  QVERIFY(!steps->isVisible());
  QVERIFY(b.page().restoreView(shown->view));
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer()->before_when.contains("step 0"), testing::kWait);
  // What is no run is told, and nothing changes.
  const auto none = b.page().minus().chooseRun(b.home.path().toStdString());
  QVERIFY(!none && none.error().sentence().find("is no folder of a run") != std::string::npos);
  QVERIFY(b.page().minus().ofRun());
}

void DigitsPageTest::otherPartsAreAsked() {
  const DigitsBench b;
  b.show();
  const int test = b.page().answer()->now.count();
  b.choose("digits.part", 2);
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer() && b.page().answer()->now.count() != test, testing::kWait);
  QCOMPARE(b.page().answer()->now.count(), b.window->workspace().source().data()->train.count());
  // There is no validation set: said, not shown.
  b.choose("digits.part", 1);
  QVERIFY(!b.page().answer());
  QVERIFY(b.figure("confusion").placeholder().contains("no such images"));
  QVERIFY(!b.page().canExport());
  // And back: it is asked again, and nothing of another set is shown in between.
  b.choose("digits.part", 0);
  b.page().chooseCell(3, 3);
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer() && b.page().answer()->now.count() == test, testing::kWait);
  b.choose("digits.part", 2);
  b.page().chooseCell(4, 4);
  QVERIFY(!b.figure("confusion").figure()->title().contains("training"));
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("confusion").figure()->title().contains("training"), testing::kWait);
}

void DigitsPageTest::keysWalkMatrixAndGallery() {
  const DigitsBench b;
  b.show();
  b.look("digits");
  FigureView& matrix = b.figure("confusion");
  matrix.setFocus();
  QTest::keyClick(&matrix, Qt::Key_Home);
  QTest::keyClick(&matrix, Qt::Key_Down);
  QTest::keyClick(&matrix, Qt::Key_Right);
  QCOMPARE(b.page().scene().truth, 1);
  QCOMPARE(b.page().scene().said, 1);
  QVERIFY(b.find<QLabel>("digits.numbers")->text().startsWith("true 1, said 1: "));
  FigureView& gallery = b.figure("digits");
  gallery.setFocus();
  QTest::keyClick(&gallery, Qt::Key_Home);
  QTest::keyClick(&gallery, Qt::Key_Right);
  const auto listed = listedDigits(b.page().scene(), *b.page().answer());
  QCOMPARE(b.page().scene().image, static_cast<int>(b.page().answer()->now.samples[std::size_t(listed[1])]));
}

void DigitsPageTest::withoutARunItSaysWhatIsMissing() {
  const testing::WindowBench b;
  auto& page = *b.window->page<DigitsPage>();
  b.window->showPage(&page);
  QTRY_VERIFY(b.find<FigureView>("digits.confusion")->placeholder().contains("press Train"));
  QVERIFY(!page.canExport());
  QVERIFY(!page.shownFigure());
}

void DigitsPageTest::viewsAreExportedWithoutAWindow() {
  const DigitsBench b;
  b.show();
  ViewOptions options;
  options.history = b.run().string();
  options.data = writeIdx(*b.window->workspace().source().data(), b.home.filePath("idx"));
  for (const std::string& view : digitsViews()) {
    options.view = view;
    const auto shown = digitsViewFigure(options);
    QVERIFY2(shown.ok(), shown ? "" : shown.error().sentence().c_str());
    QCOMPARE(shown->name, QString::fromStdString(view));
  }
  options.view = "confusion";
  const auto shown = digitsViewFigure(options);
  const auto window = b.figure("confusion").figure();
  for (int k = 0; k < 100; ++k) QCOMPARE(shown->figure->cell(k / 10, k % 10), window->cell(k / 10, k % 10));
  // And back into the page.
  QVERIFY(b.page().restoreView(shown->view));
  options.typed["--part"] = {1};
  QVERIFY(!digitsViewFigure(options));
  options.typed = {{"--image", {100'000}}};
  options.view = "digit";
  const auto none = digitsViewFigure(options);
  QVERIFY(!none && none.error().sentence().find("100000") != std::string::npos);
}

void DigitsPageTest::answersAboutOneImage() {
  const DigitsBench b;
  b.show();
  b.page().chooseImage(2);
  for (const char* name : {"biography", "why", "occlusion", "activations"}) {
    b.look(name);
    QTRY_VERIFY2_WITH_TIMEOUT(b.figure(name).figure() != nullptr, name, testing::kWait);
    QVERIFY2(b.figure(name).figure()->title().contains("test image 2"), name);
  }
  const auto record = train::RecordReader::open(b.run() / train::kNetworkRecord);
  QVERIFY(record.ok());
  QCOMPARE(b.figure("biography").figure()->pointCount(), static_cast<int>(record->frames().size()));
  // At the end of the run the biography's surprisal is that of the answer.
  const auto& now = b.page().answer()->now;
  const auto life = b.figure("biography").figure();
  QVERIFY(std::abs(life->cell(life->rowCount() - 1, 1).toDouble() - now.surprisal(2)) < 1e-4);
  // The contributions add up to the difference of the log-probabilities.
  const auto why = b.figure("why").figure();
  std::vector<float> row(now.row(2).begin(), now.row(2).end());
  std::sort(row.rbegin(), row.rend());
  const int last = why->rowCount() - 1;
  double sum = 0;
  for (int k = 0; k < last; ++k) sum += why->cell(k, 1).toDouble();
  QVERIFY(std::abs(sum - why->cell(last, 1).toDouble()) < 1e-9);
  QVERIFY(std::abs(sum - static_cast<double>(row[0] - row[1])) < 1e-3);
  QCOMPARE(b.figure("occlusion").figure()->columnCount(), 28 * 28);
  // Another layer, and another image.
  b.choose("digits.layer", 0);
  QTRY_VERIFY_WITH_TIMEOUT(
      b.figure("activations").figure()->title().startsWith(b.find<QComboBox>("digits.layer")->currentText()),
      testing::kWait);
  b.page().chooseImage(3);
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("activations").figure()->title().contains("test image 3"),
                           testing::kWait);
}

void DigitsPageTest::accuracyFallsAsImagesTurn() {
  const DigitsBench b;
  b.show();
  b.look("robustness");
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("robustness").figure() != nullptr, testing::kWait);
  const auto curve = b.figure("robustness").figure();
  double upright = -1, turned = 101;
  for (int k = 0; k < curve->rowCount(); ++k) {
    if (curve->cell(k, 0).toDouble() == 0) upright = curve->cell(k, 1).toDouble();
    turned = std::min(turned, curve->cell(k, 1).toDouble());
  }
  QCOMPARE(upright, 100 * infer::score(b.page().answer()->now).accuracy());
  QVERIFY(turned < upright);
}

void DigitsPageTest::curvesOfOtherCheckpointsStandBeside() {
  const DigitsBench b;
  b.show();
  const std::filesystem::path last = b.run() / train::kLastCheckpoint, best = b.run() / "copy.safetensors";
  std::filesystem::copy_file(last, best);
  QCOMPARE(b.page().claims(QString::fromStdString(last.string())), Page::Claim::None);
  b.look("robustness");
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("robustness").figure() && !b.page().busy(), testing::kWait);
  const auto alone = b.figure("robustness").figure();
  // A drop is one more curve while the curves are seen, and a run elsewhere.
  QCOMPARE(b.page().claims(QString::fromStdString(last.string())), Page::Claim::WhileShown);
  QVERIFY(b.window->openDropped(QString::fromStdString(last.string())));
  QVERIFY(b.page().beside().add(QString::fromStdString(best.string())));
  QTRY_VERIFY_WITH_TIMEOUT(!b.page().busy() && b.figure("robustness").figure()->columnCount() == 4,
                           testing::kWait);
  const auto curves = b.figure("robustness").figure();
  for (int k = 0; k < curves->rowCount(); ++k)
    for (int c = 1; c < 4; ++c) QCOMPARE(curves->cell(k, c), alone->cell(k, 1));  // the same network thrice
  QCOMPARE(curves->columnName(2), QStringLiteral("last, %"));
  QCOMPARE(curves->columnName(3), QStringLiteral("copy, %"));
  // The same one again, and what is no checkpoint, are refused.
  const auto again = b.page().beside().add(QString::fromStdString(last.string()));
  QVERIFY(!again && again.error().sentence().find("has a curve already") != std::string::npos);
  QVERIFY(!b.page().beside().add(b.home.filePath("nothing.safetensors")));
  // The figure of the prompt is the same, and rebuilds the view.
  ViewOptions options;
  options.history = b.run().string();
  options.data = writeIdx(*b.window->workspace().source().data(), b.home.filePath("idx"));
  options.view = "robustness";
  options.files["--checkpoint"] = last.string() + "," + best.string();
  const auto shown = digitsViewFigure(options);
  QVERIFY2(shown.ok(), shown ? "" : shown.error().sentence().c_str());
  QCOMPARE(shown->figure->columnCount(), 4);
  b.page().beside().remove(0);
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("robustness").figure()->columnCount() == 3, testing::kWait);
  QVERIFY(b.page().restoreView(shown->view));
  QCOMPARE(b.page().beside().networks().size(), std::size_t{2});
  options.files["--checkpoint"] = b.home.filePath("nothing.safetensors").toStdString();
  QVERIFY(!digitsViewFigure(options));
}

void DigitsPageTest::networksAreNamedByWhatDiffers() {
  const auto of = [](const char* run, const char* what) {
    return OtherNetwork{.path = {}, .network = {}, .run = run, .what = what};
  };
  QCOMPARE(namesApart({of("a", "best"), of("b", "best")}), QStringList({"a", "b"}));
  QCOMPARE(namesApart({of("a", "best"), of("a", "last")}), QStringList({"best", "last"}));
  QCOMPARE(namesApart({of("a", "best"), of("a", "last"), of("b", "last")}),
           QStringList({"a, best", "a, last", "b, last"}));
  QCOMPARE(namesApart({of("a", "last"), of("a", "last")}), QStringList({"last", "last (2)"}));
}

void DigitsPageTest::aDigitIsDrawnByKeyboardAlone() {
  const DigitsBench b;
  b.show();
  b.look("drawn");
  DrawPad& pad = *b.page().drawing().pad();
  pad.setFocus();
  for (int k = 0; k < 8; ++k) QTest::keyClick(&pad, Qt::Key_Up);
  QVERIFY(pad.ink().empty());
  QTest::keyClick(&pad, Qt::Key_Space);
  QVERIFY(pad.penDown());
  for (int k = 0; k < 16; ++k) QTest::keyClick(&pad, Qt::Key_Down);
  QTest::keyClick(&pad, Qt::Key_Space);
  QVERIFY(!pad.ink().empty());
  const DigitDrawing& drawing = b.page().drawing();
  QTRY_COMPARE_WITH_TIMEOUT(drawing.answer().log_probs.size(), std::size_t{10}, testing::kWait);
  QTRY_VERIFY_WITH_TIMEOUT(!drawing.busy(), testing::kWait);
  // As MNIST's images are: 20 pixels high, its centre of mass in the middle.
  const data::Picture& seen = *drawing.answer().normalised;
  QCOMPARE(seen.rows, 28);
  int top = 28, bottom = -1;
  double mass = 0, down = 0, right = 0;
  for (int y = 0; y < 28; ++y)
    for (int x = 0; x < 28; ++x) {
      const double ink = seen.pixels[std::size_t(28 * y + x)];
      if (ink > 0) top = std::min(top, y), bottom = std::max(bottom, y);
      mass += ink;
      down += ink * y;
      right += ink * x;
    }
  QCOMPARE(bottom - top + 1, 20);
  QVERIFY(std::abs(down / mass - 14) <= 0.51 && std::abs(right / mass - 14) <= 0.51);
  QTest::keyClick(&pad, Qt::Key_Z, Qt::ControlModifier);
  QVERIFY(pad.ink().empty());
  QTRY_VERIFY_WITH_TIMEOUT(drawing.answer().log_probs.empty(), testing::kWait);
  QTest::keyClick(&pad, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  QVERIFY(!pad.ink().empty());
}

void DigitsPageTest::drawingsBecomeADataSet() {
  const DigitsBench b;
  b.show();
  b.look("drawn");
  DigitDrawing& drawing = b.page().drawing();
  DigitAdding& adding = drawing.adding();
  auto* const label = b.find<QComboBox>("digits.own-label");
  auto* const add = b.find<QToolButton>("digits.own-add");
  auto* const back = b.find<QToolButton>("digits.own-back");
  QCOMPARE(label->count(), 10);
  QVERIFY(!back->isVisible());
  QVERIFY(adding.add().error().sentence().find("no drawing") != std::string::npos);
  const auto draw = [&](int image) {
    const auto pixels = b.window->workspace().source().data()->test.image(image);
    drawing.pad()->clear();
    drawing.take({.rows = 28, .columns = 28, .pixels = {pixels.begin(), pixels.end()}});
    [&] {
      QTRY_VERIFY_WITH_TIMEOUT(drawing.answer().normalised.has_value() && !drawing.busy(), testing::kWait);
    }();
  };
  draw(0);
  QVERIFY(adding.add().error().sentence().find("no folder") != std::string::npos);
  const QString folder = b.home.filePath("mine");
  QSignalSpy remembered(&b.page(), &Page::rememberWanted);
  adding.setFolder(folder.toStdString());
  QCOMPARE(remembered.count(), 1);
  QCOMPARE(b.page().remembered().value("own_set").toString(), folder);
  label->setCurrentIndex(4);
  QTest::mouseClick(add, Qt::LeftButton);
  QVERIFY(b.find<QLabel>("digits.numbers")->text().contains("Added as 4: 1 image in mine"));
  draw(1);
  label->setCurrentIndex(7);
  QTest::mouseClick(add, Qt::LeftButton);
  QVERIFY(b.find<QLabel>("digits.numbers")->text().contains("Added as 7: 2 images in mine"));
  const auto own = data::open_dataset(folder.toStdString());
  QVERIFY2(own.ok(), own ? "" : own.error().sentence().c_str());
  QCOMPARE((*own)->train.labels, std::vector<std::uint8_t>{4});
  QCOMPARE((*own)->test.labels, std::vector<std::uint8_t>{7});
  QCOMPARE((*own)->test.pixels, drawing.answer().normalised->pixels);
  // Taken back, one after the other.
  QVERIFY(back->isVisible());
  QTest::mouseClick(back, Qt::LeftButton);
  QCOMPARE(data::read_own_set(folder.toStdString())->labels, std::vector<std::uint8_t>{4});
  QTest::mouseClick(back, Qt::LeftButton);
  QVERIFY(data::read_own_set(folder.toStdString())->labels.empty() && !back->isVisible());
  // A folder of something else is told, and stays as it is.
  QSignalSpy failed(&b.page(), &Page::failed);
  adding.setFolder(b.run());
  QTest::mouseClick(add, Qt::LeftButton);
  QCOMPARE(failed.count(), 1);
  QVERIFY(failed.front().front().toString().contains("was not added here"));
}

void DigitsPageTest::inkIsShiftedTurnedAndUndone() {
  Ink ink;
  ink.beginStroke({0.5, 0.3});
  ink.strokeTo({0.5, 0.7});
  const QImage upright = ink.image();
  ink.shift({0.1, 0});
  QCOMPARE(ink.image().pixelColor(168, 140), upright.pixelColor(140, 140));
  QCOMPARE(ink.image().pixelColor(140, 140).red(), 0);
  ink.undo();
  QCOMPARE(ink.image(), upright);
  ink.rotate(90);
  QVERIFY(ink.image().pixelColor(100, 140).red() > 200);
  QVERIFY(ink.image().pixelColor(140, 100).red() < 50);
  ink.undo();
  ink.redo();
  QVERIFY(ink.image().pixelColor(100, 140).red() > 200);
  ink.clear();
  QVERIFY(ink.empty());
  ink.undo();
  QVERIFY(!ink.empty());
}

void DigitsPageTest::undoLiftsThePen() {
  DrawPad pad;
  QTest::keyClick(&pad, Qt::Key_Space);
  QTest::keyClick(&pad, Qt::Key_Down);
  const QImage drawn = pad.ink().image();
  QTest::keyClick(&pad, Qt::Key_Z, Qt::ControlModifier);
  QVERIFY(!pad.penDown());
  QTest::keyClick(&pad, Qt::Key_Down);
  QVERIFY(pad.ink().empty());
  QTest::keyClick(&pad, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  QCOMPARE(pad.ink().image(), drawn);
}

void DigitsPageTest::picturesAreTakenFromFilesAndTheClipboard() {
  const DigitsBench b;
  b.show();
  QImage seven(56, 56, QImage::Format_Grayscale8);
  seven.fill(255);
  QPainter painter(&seven);
  painter.setPen(QPen(Qt::black, 5));
  painter.drawPolyline(QPolygon({{14, 12}, {40, 12}, {24, 44}}));
  painter.end();
  const QString path = b.home.filePath("seven.png");
  QVERIFY(seven.save(path));
  QCOMPARE(b.page().claims(path), Page::Claim::WhileShown);
  QVERIFY(b.page().openFile(path));
  const DigitDrawing& drawing = b.page().drawing();
  QTRY_VERIFY_WITH_TIMEOUT(drawing.answer().normalised.has_value(), testing::kWait);
  const data::Picture opened = *drawing.answer().normalised;
  QCOMPARE(opened.pixels, infer::normalise_as_mnist(pictureOf(seven))->pixels);
  // Sheets of any size and shape are taken as the file alone is.
  for (const QSize size : {QSize(100, 100), QSize(256, 256), QSize(100, 160)}) {
    QImage sheet(size, QImage::Format_Grayscale8);
    sheet.fill(255);
    QPainter(&sheet).drawImage(QPoint(18, 20), seven);
    b.page().drawing().pad()->clear();
    b.page().drawing().take(pictureOf(sheet));
    QTRY_VERIFY_WITH_TIMEOUT(drawing.answer().normalised.has_value() && !drawing.busy(), testing::kWait);
    int off = 0;
    for (std::size_t k = 0; k < opened.pixels.size(); ++k)
      off += std::abs(int(opened.pixels[k]) - int(drawing.answer().normalised->pixels[k]));
    QVERIFY2(off < 255 * 784 / 50,
             qPrintable(QString("%1 x %2: %3").arg(size.width()).arg(size.height()).arg(off)));
  }
  b.page().drawing().pad()->clear();
  QGuiApplication::clipboard()->setImage(seven);
  b.page().drawing().paste();
  QTRY_VERIFY_WITH_TIMEOUT(drawing.answer().normalised.has_value() && !drawing.busy(), testing::kWait);
  QCOMPARE(drawing.answer().normalised->pixels, opened.pixels);
  QGuiApplication::clipboard()->setText("seven");
  QSignalSpy failed(&b.page(), &Page::failed);
  b.page().drawing().paste();
  QCOMPARE(failed.count(), 1);
  QFile text(b.home.filePath("text.png"));
  QVERIFY(text.open(QIODevice::WriteOnly) && text.write("no picture") > 0);
  QCOMPARE(b.page().claims(text.fileName()), Page::Claim::None);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::DigitsPageTest)
#include "digits_page_test.moc"
