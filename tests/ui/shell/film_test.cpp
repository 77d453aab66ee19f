// SPDX-License-Identifier: GPL-3.0-or-later
// A view over the recorded steps of a run, as an animated WebP and as pictures.
#include "ui/shell/film.h"

#include <filesystem>
#include <memory>
#include <webp/demux.h>

#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFile>
#include <QImage>
#include <QTest>

#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/page.h"
#include "ui/plots/webp_film.h"
#include "ui/shell/film_dialog.h"

namespace synann::ui {

class FilmTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void cleanupTestCase() { bench_.reset(); }
  void aFilmReadsBack();
  void stepsAreEvenWithBothEnds();
  void writesAFilmOfBeta();
  void writesPictures();
  void aViewThatStandsStillIsNoFilm();
  void whatIsNotThereIsOneSentence();
  void aFigureOfAPageIsAFilm();
  void theDialogWritesAndStops();

 private:
  ViewOptions options(const char* file) const {
    ViewOptions o;
    o.history = bench_->run().string();
    o.view = "synapses";
    o.export_path = folder_.filePath(file).toStdString();
    o.figure.width = Length{300, LengthUnit::Pixel};
    o.figure.height = Length{240, LengthUnit::Pixel};
    return o;
  }
  std::unique_ptr<testing::WindowBench> bench_;
  QTemporaryDir folder_;
};

namespace {

struct Frames {
  QSize size;
  std::vector<QImage> images;
  std::vector<int> ends;  // milliseconds
};

Frames decoded(const QByteArray& bytes) {
  const WebPData data{reinterpret_cast<const uint8_t*>(bytes.constData()), static_cast<size_t>(bytes.size())};
  const std::unique_ptr<WebPAnimDecoder, void (*)(WebPAnimDecoder*)> decoder(
      WebPAnimDecoderNew(&data, nullptr), WebPAnimDecoderDelete);
  if (!decoder) return {};
  WebPAnimInfo info;
  WebPAnimDecoderGetInfo(decoder.get(), &info);
  Frames frames{.size = {static_cast<int>(info.canvas_width), static_cast<int>(info.canvas_height)},
                .images = {},
                .ends = {}};
  uint8_t* pixels = nullptr;
  int end = 0;
  while (WebPAnimDecoderGetNext(decoder.get(), &pixels, &end)) {
    frames.images.push_back(
        QImage(pixels, frames.size.width(), frames.size.height(), QImage::Format_RGBA8888).copy());
    frames.ends.push_back(end);
  }
  return frames;
}

}  // namespace

void FilmTest::initTestCase() {
  bench_ = std::make_unique<testing::WindowBench>("syna-pixel", 2);
  bench_->train();
}

void FilmTest::aFilmReadsBack() {
  auto film = WebpFilm::begin({40, 30});
  QVERIFY(film);
  std::vector<QImage> pictures;
  for (const QColor& colour : {QColor(Qt::red), QColor(Qt::blue), QColor(10, 200, 30)}) {
    QImage picture(40, 30, QImage::Format_RGB32);
    picture.fill(Qt::white);
    picture.setPixelColor(7, 9, colour);
    pictures.push_back(picture);
    QVERIFY(film->add(picture, 100));
  }
  QVERIFY(!film->add(QImage(41, 30, QImage::Format_RGB32), 100));
  const auto bytes = film->finish();
  QVERIFY(bytes);
  const Frames frames = decoded(*bytes);
  QCOMPARE(frames.ends, (std::vector<int>{100, 200, 300}));
  for (std::size_t k = 0; k < pictures.size(); ++k)
    QCOMPARE(frames.images[k].convertToFormat(QImage::Format_RGB32), pictures[k]);
  QVERIFY(!WebpFilm::begin({20'000, 10}));
}

void FilmTest::stepsAreEvenWithBothEnds() {
  const std::string run = bench_->run().string();
  const auto all = filmSteps(run, FilmOptions::kMost);
  QVERIFY(all);
  QCOMPARE(all->front(), 0);
  QCOMPARE(all->back(), 40);
  QCOMPARE(*filmSteps(run, 2), (std::vector<std::int64_t>{0, 40}));
  QCOMPARE(filmSteps(run, 5)->size(), 5u);
}

void FilmTest::writesAFilmOfBeta() {
  std::vector<int> told;
  const ViewOptions o = options("beta.webp");
  const auto written = writeFilm(o, {.frames = 5, .rate = 10},
                                 [&](int done, int count) { told.push_back(10 * done + count); });
  QVERIFY2(written.ok(), written.ok() ? "" : written.error().sentence().c_str());
  QCOMPARE(told, (std::vector<int>{15, 25, 35, 45, 55}));
  QFile file(QString::fromStdString(o.export_path));
  QVERIFY(file.open(QIODevice::ReadOnly));
  const Frames frames = decoded(file.readAll());
  QCOMPARE(frames.images.size(), 5u);
  QCOMPARE(frames.ends.back(), 5 * 100 + 1000);
  QVERIFY(frames.images.front() != frames.images.back());
}

void FilmTest::writesPictures() {
  const auto written = writeFilm(options("b.png"), {.frames = 3}, [](int, int) {});
  QVERIFY(written);
  QCOMPARE(written->size(), 3);
  QCOMPARE(QFileInfo(written->back()).fileName(), "b-0003.png");
  QVERIFY(!QImage(written->front()).isNull() && QImage(written->front()) != QImage(written->back()));
}

void FilmTest::aViewThatStandsStillIsNoFilm() {
  ViewOptions o = options("loss.webp");
  o.view = "loss";
  const auto written = writeFilm(o, {.frames = 3}, [](int, int) {});
  QVERIFY(!written);
  QVERIFY2(written.error().sentence().find("loss is the same at every step") != std::string::npos,
           written.error().sentence().c_str());
  QVERIFY(!QFile::exists(QString::fromStdString(o.export_path)));
}

void FilmTest::whatIsNotThereIsOneSentence() {
  ViewOptions o = options("x.webp");
  o.history = folder_.filePath("nowhere").toStdString();
  QVERIFY(!writeFilm(o, {}, [](int, int) {}));
  o = options("no/such/folder/x.webp");
  const auto written = writeFilm(o, {.frames = 2}, [](int, int) {});
  QVERIFY(!written && !written.error().sentence().empty());
}

// What the page shows is what its film shows, but for the step.
void FilmTest::aFigureOfAPageIsAFilm() {
  Page* const page = bench_->window->pageNamed("synapses");
  bench_->window->showPage(page);
  QTRY_VERIFY_WITH_TIMEOUT(!page->busy() && page->canExport(), testing::kWait);
  const auto shown = page->shownFigure();
  QVERIFY2(shown.ok(), shown.ok() ? "" : shown.error().sentence().c_str());
  auto view = filmView(shown->view, bench_->run().string());
  QVERIFY2(view.ok(), view.ok() ? "" : view.error().sentence().c_str());
  QCOMPARE(view->view, std::string("synapses"));
  QCOMPARE(view->step, std::int64_t{-1});
  QVERIFY(std::filesystem::equivalent(view->history, bench_->run()));
  view->export_path = folder_.filePath("page.webp").toStdString();
  QVERIFY(writeFilm(*view, {.frames = 2}, [](int, int) {}));
  QJsonObject none;
  none["view"] = "surface";
  QVERIFY(!filmView(none, bench_->run().string()));
}

void FilmTest::theDialogWritesAndStops() {
  FilmDialog dialog(options(""), "beta", folder_.path());
  dialog.findChild<QDoubleSpinBox*>("film.frames")->setValue(4);
  dialog.start(folder_.filePath("dialog.webp"));
  QVERIFY(dialog.running());
  QTRY_VERIFY_WITH_TIMEOUT(!dialog.running(), 60'000);
  QVERIFY2(dialog.sentence().contains("dialog.webp has 4 frames"), qPrintable(dialog.sentence()));
  QVERIFY(QFile::exists(folder_.filePath("dialog.webp")));
  dialog.findChild<QComboBox*>("film.kind")->setCurrentIndex(1);
  QVERIFY(!dialog.findChild<QDoubleSpinBox*>("film.rate")->isEnabled());
  dialog.start(folder_.filePath("dialog.png"));
  dialog.reject();  // Stop
  QVERIFY(!dialog.running());
  QVERIFY2(dialog.sentence().startsWith("Stopped"), qPrintable(dialog.sentence()));
  QVERIFY(!QFile::exists(folder_.filePath("dialog-0004.png")));
  dialog.start(folder_.filePath("no/such/folder/x.webp"));
  QTRY_VERIFY_WITH_TIMEOUT(!dialog.running(), 60'000);
  QVERIFY(dialog.written().isEmpty() && !dialog.sentence().isEmpty());
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::FilmTest)
#include "film_test.moc"
