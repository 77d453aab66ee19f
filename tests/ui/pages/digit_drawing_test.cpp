// SPDX-License-Identifier: GPL-3.0-or-later
// Digits of one's own: drawn, taken from elsewhere, kept.
#include "ui/pages/digits/digit_drawing.h"

#include <algorithm>
#include <cmath>

#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "engine/data/own_set.h"
#include "engine/data/registry.h"
#include "engine/infer/normalise.h"
#include "tests/test_main.h"
#include "tests/ui/pages/digits_bench.h"
#include "ui/pages/digits/digit_adding.h"
#include "ui/pages/digits/draw_pad.h"
#include "ui/pages/digits/ink.h"

namespace synann::ui {

using testing::DigitsBench;

namespace {

data::Picture pictureOf(const QImage& grey) {
  data::Picture picture{.rows = grey.height(), .columns = grey.width(), .pixels = {}};
  for (int y = 0; y < grey.height(); ++y)
    picture.pixels.insert(picture.pixels.end(), grey.constScanLine(y), grey.constScanLine(y) + grey.width());
  return picture;
}

}  // namespace

class DigitDrawingTest : public QObject {
  Q_OBJECT

 private slots:
  void aDigitIsDrawnByKeyboardAlone();
  void drawingsBecomeADataSet();
  void inkIsShiftedTurnedAndUndone();
  void aPictureThatWasTakenStaysItself();
  void undoLiftsThePen();
  void picturesAreTakenFromFilesAndTheClipboard();
};

void DigitDrawingTest::aDigitIsDrawnByKeyboardAlone() {
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

void DigitDrawingTest::drawingsBecomeADataSet() {
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

void DigitDrawingTest::inkIsShiftedTurnedAndUndone() {
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

// Its own pixels, not those of the paper, as long as nothing is drawn on it.
void DigitDrawingTest::aPictureThatWasTakenStaysItself() {
  const data::Picture large{.rows = 400, .columns = 300, .pixels = std::vector<std::uint8_t>(400 * 300, 9)};
  Ink ink;
  QVERIFY(ink.drawn());
  ink.take(large);
  QVERIFY(!ink.drawn());
  QCOMPARE(ink.picture().pixels, large.pixels);
  ink.beginStroke({0.5, 0.5});
  QVERIFY(ink.drawn());
  QCOMPARE(ink.picture().rows, Ink::kSide);
  ink.undo();
  QCOMPARE(ink.picture().pixels, large.pixels);
  ink.shift({0.1, 0});
  QVERIFY(ink.drawn());
}

void DigitDrawingTest::undoLiftsThePen() {
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

void DigitDrawingTest::picturesAreTakenFromFilesAndTheClipboard() {
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
    QCOMPARE(drawing.answer().normalised->pixels, infer::normalise_as_mnist(pictureOf(sheet))->pixels);
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

SYNANN_WINDOW_TEST(synann::ui::DigitDrawingTest)
#include "digit_drawing_test.moc"
