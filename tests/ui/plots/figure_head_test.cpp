// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_head.h"

#include <QFontMetricsF>
#include <QTest>

#include "tests/test_main.h"

using namespace Qt::StringLiterals;
using namespace synann::ui;

namespace {

QStringList headOf(const QString& title, const QStringList& notes, double width, bool titled = false) {
  FigurePaint how;
  how.titled = titled;
  return FigureHead(title, notes, QRectF(0, 0, width, 100), how).lines();
}
double widthOf(const QString& words) {
  return QFontMetricsF(FigurePaint{}.font).horizontalAdvance(words);
}

}  // namespace

// What stands above a figure is read whole wherever there is room for it.
class FigureHeadTest : public QObject {
  Q_OBJECT
 private slots:
  void whatFitsStaysOnALine();
  void breaksBetweenParts();
  void aPartTooWideAloneEndsInAnEllipsis();
  void takesNoLineForNothing();
};

void FigureHeadTest::whatFitsStaysOnALine() {
  const QString note = u"loss 0.18 → 0.18 · right 9,725 → 9,700 · 25 switch"_s;
  QCOMPARE(headOf(u"Knocked out"_s, {note}, widthOf(note) + 1), QStringList({u"Knocked out"_s, note}));
}

void FigureHeadTest::breaksBetweenParts() {
  const QString note = u"loss 0.18 → 0.18 · right 9,725 → 9,700 · 25 switch"_s;
  QCOMPARE(headOf(u"a"_s, {note}, widthOf(note) - 1),
           QStringList({u"a"_s, u"loss 0.18 → 0.18 · right 9,725 → 9,700"_s, u"25 switch"_s}));
  FigurePaint how;
  const double line = 1.2 * QFontMetricsF(how.font).height();
  QCOMPARE(FigureHead(u"a"_s, {note}, QRectF(0, 0, widthOf(note) - 1, 9), how).height(), 3 * line);
}

void FigureHeadTest::aPartTooWideAloneEndsInAnEllipsis() {
  const QStringList lines = headOf(u"a very long title of one part"_s, {}, widthOf(u"a very long"_s));
  QCOMPARE(lines.size(), 1);
  QVERIFY(lines[0].endsWith(QChar(0x2026)) && lines[0].startsWith(u"a very"));
}

void FigureHeadTest::takesNoLineForNothing() {
  QCOMPARE(headOf(u"title"_s, {u""_s, u"note"_s}, 500), QStringList({u"title"_s, u"note"_s}));
  QCOMPARE(headOf(u"title"_s, {u"note"_s}, 500, true), QStringList({u"note"_s}));
  QVERIFY(headOf(u"title"_s, {}, 500, true).isEmpty());
}

SYNANN_WINDOW_TEST(FigureHeadTest)
#include "figure_head_test.moc"
