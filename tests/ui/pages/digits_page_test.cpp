// SPDX-License-Identifier: GPL-3.0-or-later
// What the network says of images, as the window shows it.
#include "ui/pages/digits/digits_page.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QLabel>
#include <QTest>
#include <climits>

#include "engine/compute/confusion.h"
#include "engine/data/registry.h"
#include "engine/train/history.h"
#include "engine/train/record.h"
#include "engine/train/training_part.h"
#include "tests/test_main.h"
#include "tests/ui/pages/digits_bench.h"
#include "ui/pages/digits/digits_export.h"
#include "ui/pages/digits/digits_figures.h"
#include "ui/plots/tiles_figure.h"

namespace synann::ui {

using testing::DigitsBench;
using testing::writeIdx;

namespace {

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
  void otherPartsAreAsked();
  void theTrainingSetIsTheRuns();
  void keysWalkMatrixAndGallery();
  void withoutARunItSaysWhatIsMissing();
  void viewsAreExportedWithoutAWindow();
  void answersAboutOneImage();
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
    QTest::qWait(20);  // as a time line that plays: shorter than a pass takes
    if (page.answer() == last) continue;
    last = page.answer();
    ++answers;
  }
  QCOMPARE(answers, 2);
  // What comes last is what is shown in the end.
  selection.setStep(0);
  QTRY_VERIFY_WITH_TIMEOUT(page.answer()->when.contains("step 0") && !page.busy(), testing::kWait);
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

// A run that holds images back, and draws of the rest, was trained on these alone.
void DigitsPageTest::theTrainingSetIsTheRuns() {
  DigitsBench b;
  b.settings.validation = 60;
  b.settings.train_count = 150;
  b.settings.seed = 9;  // another run
  b.train();
  b.show();
  const data::DataPairPtr whole = b.window->workspace().source().data();
  const auto part = train::training_part(whole, b.settings);
  QVERIFY(part.ok());
  QCOMPARE(b.page().answer()->now.count(), whole->test.count());
  b.choose("digits.part", 2);
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer() && b.page().answer()->now.count() == 150, testing::kWait);
  QVERIFY(b.page().answer()->set->labels == (*part)->train.labels);
  QVERIFY(b.page().answer()->set->pixels == (*part)->train.pixels);
  b.choose("digits.part", 1);
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer() && b.page().answer()->now.count() == 60, testing::kWait);
  QVERIFY(b.page().answer()->set->labels == (*part)->validation.labels);
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

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::DigitsPageTest)
#include "digits_page_test.moc"
