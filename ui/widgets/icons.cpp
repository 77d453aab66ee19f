// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icons.h"

#include <cstddef>
#include <iterator>

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPixmap>

namespace synann::ui {

namespace {

constexpr double kUnits = 16;  // a glyph is drawn on a 16 × 16 grid

void fill(QPainter& p, std::initializer_list<QPointF> corners) {
  p.setBrush(p.pen().color());
  QPen thin = p.pen();
  thin.setWidthF(0.6);
  p.setPen(thin);
  p.drawPolygon(QPolygonF(QList<QPointF>(corners)));
}

void bar(QPainter& p, double x, double y, double width, double height) {
  p.fillRect(QRectF(x, y, width, height), p.pen().color());
}

void lines(QPainter& p, std::initializer_list<QPointF> points) {
  p.setBrush(Qt::NoBrush);
  p.drawPolyline(QPolygonF(QList<QPointF>(points)));
}

void drawNothing(QPainter&) {}

void drawTrain(QPainter& p) {
  fill(p, {{4, 2.5}, {4, 13.5}, {13.5, 8}});
}

void drawPause(QPainter& p) {
  bar(p, 4, 3, 3, 10);
  bar(p, 9, 3, 3, 10);
}

void drawBack(QPainter& p) {
  fill(p, {{11, 3.5}, {11, 12.5}, {5, 8}});
}

void drawForward(QPainter& p) {
  fill(p, {{5, 3.5}, {5, 12.5}, {11, 8}});
}

void drawStepBatch(QPainter& p) {
  fill(p, {{3.5, 3}, {3.5, 13}, {10, 8}});
  bar(p, 11, 3, 2, 10);
}

void drawStepEpoch(QPainter& p) {
  fill(p, {{1.5, 3}, {1.5, 13}, {6.5, 8}});
  fill(p, {{7, 3}, {7, 13}, {12, 8}});
  bar(p, 12.6, 3, 2, 10);
}

void drawStop(QPainter& p) {
  bar(p, 3.5, 3.5, 9, 9);
}

void drawCross(QPainter& p) {
  lines(p, {{4, 4}, {12, 12}});
  lines(p, {{12, 4}, {4, 12}});
}

void drawRestart(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  p.drawArc(QRectF(3, 3, 10, 10), 60 * 16, -310 * 16);
  fill(p, {{7.2, 1.0}, {7.2, 6.4}, {11.6, 3.6}});
}

void drawFolder(QPainter& p) {
  lines(p, {{2, 13}, {2, 3.5}, {6.2, 3.5}, {7.6, 5.2}, {14, 5.2}, {14, 13}, {2, 13}});
}

void drawOpenRun(QPainter& p) {
  drawFolder(p);
  lines(p, {{4.2, 7.4}, {6.4, 10.2}, {8.6, 8.9}, {11.8, 11}});
}

void drawExport(QPainter& p) {
  lines(p, {{3, 9.5}, {3, 13.5}, {13, 13.5}, {13, 9.5}});
  lines(p, {{8, 10.5}, {8, 2.5}});
  lines(p, {{5, 5.3}, {8, 2.3}, {11, 5.3}});
}

void drawLogY(QPainter& p) {
  lines(p, {{3, 2}, {3, 14}, {14, 14}});
  for (const double y : {4.0, 5.2, 7.0, 10.0}) lines(p, {{3, y}, {6, y}});
  lines(p, {{7.5, 3.5}, {13.5, 11.5}});
}

void drawFollow(QPainter& p) {
  lines(p, {{2, 12}, {5, 6.5}, {8, 9}, {11.5, 5.5}});
  lines(p, {{14, 2}, {14, 14}});
  p.setBrush(p.pen().color());
  p.drawEllipse(QPointF(11.3, 5.7), 1.2, 1.2);
}

void drawTheme(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  p.drawEllipse(QPointF(8, 8), 5.5, 5.5);
  QPainterPath half;
  half.moveTo(8, 2.5);
  half.arcTo(QRectF(2.5, 2.5, 11, 11), 90, -180);
  p.fillPath(half, p.pen().color());
}

void drawKeyboard(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  p.drawRect(QRectF(1.5, 4, 13, 8));
  for (const double x : {4.0, 6.6, 9.2, 11.8}) bar(p, x - 0.7, 6, 1.4, 1.4);
  bar(p, 4.6, 9.2, 6.8, 1.3);
}

void drawAbout(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  p.drawEllipse(QPointF(8, 8), 6, 6);
  bar(p, 7.2, 7, 1.6, 4.6);
  bar(p, 7.2, 4.3, 1.6, 1.6);
}

void drawHelp(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  p.drawEllipse(QPointF(8, 8), 6, 6);
  QPainterPath mark(QPointF(5.9, 6.4));
  mark.cubicTo(5.9, 3.4, 10.1, 3.4, 10.1, 6.3);
  mark.cubicTo(10.1, 7.9, 8, 7.7, 8, 9.4);
  p.drawPath(mark);
  bar(p, 7.2, 10.8, 1.6, 1.6);
}

void drawMatrix(QPainter& p) {
  p.drawRect(QRectF(2, 2, 12, 12));
  p.setBrush(p.pen().color());
  for (const QPointF cell : {QPointF(2, 2), QPointF(10, 6), QPointF(6, 10)})
    p.drawRect(QRectF(cell, QSizeF(4, 4)));
  p.setBrush(Qt::NoBrush);
}

void drawNetwork(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  for (const double y : {1.5, 6.5, 11.5}) p.drawRect(QRectF(4, y, 8, 3));
  lines(p, {{8, 4.5}, {8, 6.5}});
  lines(p, {{8, 9.5}, {8, 11.5}});
}

void drawSurface(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  QPainterPath sheet(QPointF(1.5, 9.5));
  sheet.quadTo(QPointF(4, 5), QPointF(7.5, 6.5));
  sheet.quadTo(QPointF(11, 8), QPointF(14.5, 2.5));
  sheet.lineTo(QPointF(12.5, 9.5));
  sheet.quadTo(QPointF(9.5, 13.5), QPointF(6.5, 12));
  sheet.quadTo(QPointF(3.5, 11), QPointF(1.5, 9.5));
  p.drawPath(sheet);
  p.drawLine(QPointF(7.5, 6.5), QPointF(6.5, 12));
  p.drawLine(QPointF(11.3, 6.4), QPointF(9.6, 12));
}

void drawCircuit(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  lines(p, {{5, 3.5}, {5, 12.5}, {12, 8}, {5, 3.5}});
  lines(p, {{1.5, 5.6}, {5, 5.6}});
  lines(p, {{1.5, 10.4}, {5, 10.4}});
  lines(p, {{12, 8}, {14.5, 8}});
}

void drawSwap(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  lines(p, {{2, 5.5}, {13.5, 5.5}});
  lines(p, {{10.5, 2.5}, {13.5, 5.5}, {10.5, 8.5}});
  lines(p, {{14, 11}, {2.5, 11}});
  lines(p, {{5.5, 8}, {2.5, 11}, {5.5, 14}});
}

// Three intervals with their means.
void drawStudy(QPainter& p) {
  const double rows[3][3] = {{2, 5, 8}, {6, 9.5, 13}, {4, 7, 10}};  // from, mean, to
  for (int k = 0; k < 3; ++k) {
    const double y = 3.5 + 4.5 * k;
    lines(p, {{rows[k][0], y}, {rows[k][2], y}});
    lines(p, {{rows[k][1], y - 1.5}, {rows[k][1], y + 1.5}});
  }
}

// A 4 as it is written by hand, in its frame.
void drawDigits(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  p.drawRect(QRectF(1.5, 1.5, 13, 13));
  lines(p, {{6.5, 4}, {5, 9}, {11, 9}});
  lines(p, {{9.5, 6.5}, {9, 12.5}});
}

void drawCurves(QPainter& p) {
  lines(p, {{2.5, 2}, {2.5, 13.5}, {14, 13.5}});
  QPainterPath curve(QPointF(4.5, 3));
  curve.cubicTo(QPointF(5.5, 10), QPointF(8, 11), QPointF(13.5, 11.2));
  p.setBrush(Qt::NoBrush);
  p.drawPath(curve);
}

// A table of three runs.
void drawRuns(QPainter& p) {
  p.setBrush(Qt::NoBrush);
  p.drawRect(QRectF(1.5, 2.5, 13, 11));
  lines(p, {{1.5, 6.1}, {14.5, 6.1}});
  lines(p, {{1.5, 9.8}, {14.5, 9.8}});
  lines(p, {{6, 2.5}, {6, 13.5}});
}

// Two curves that part.
void drawTwins(QPainter& p) {
  lines(p, {{1.5, 3}, {6.5, 6}, {10, 10.5}, {14.5, 13.5}});
  lines(p, {{6.5, 6}, {10.5, 6.8}, {14.5, 5.5}});
}

void drawWarning(QPainter& p) {
  lines(p, {{8, 2}, {14.5, 13.5}, {1.5, 13.5}, {8, 2}});
  bar(p, 7.3, 6, 1.4, 4);
  bar(p, 7.3, 11, 1.4, 1.4);
}

// In the order of the glyphs.
struct Drawing {
  Glyph glyph;
  void (*draw)(QPainter&);
};
constexpr Drawing kDrawings[] = {
    {Glyph::None, drawNothing},        {Glyph::Train, drawTrain},         {Glyph::Pause, drawPause},
    {Glyph::StepBatch, drawStepBatch}, {Glyph::StepEpoch, drawStepEpoch}, {Glyph::Stop, drawStop},
    {Glyph::Restart, drawRestart},     {Glyph::OpenData, drawFolder},     {Glyph::OpenRun, drawOpenRun},
    {Glyph::Export, drawExport},       {Glyph::Quit, drawCross},          {Glyph::LogY, drawLogY},
    {Glyph::Follow, drawFollow},       {Glyph::Theme, drawTheme},         {Glyph::Keyboard, drawKeyboard},
    {Glyph::About, drawAbout},         {Glyph::Curves, drawCurves},       {Glyph::Network, drawNetwork},
    {Glyph::Matrix, drawMatrix},       {Glyph::Surface, drawSurface},     {Glyph::Digits, drawDigits},
    {Glyph::Runs, drawRuns},           {Glyph::Circuit, drawCircuit},     {Glyph::Swap, drawSwap},
    {Glyph::Study, drawStudy},         {Glyph::Twins, drawTwins},         {Glyph::Back, drawBack},
    {Glyph::Forward, drawForward},     {Glyph::Close, drawCross},         {Glyph::Warning, drawWarning},
    {Glyph::Help, drawHelp},
};

constexpr bool eachInItsPlace() {
  for (std::size_t k = 0; k < std::size(kDrawings); ++k)
    if (kDrawings[k].glyph != static_cast<Glyph>(k)) return false;
  return std::size(kDrawings) == static_cast<std::size_t>(Glyph::Help) + 1;
}
static_assert(eachInItsPlace());

// Paints a glyph with the palette as it is at that moment.
class GlyphEngine final : public QIconEngine {
 public:
  explicit GlyphEngine(Glyph glyph) : glyph_(glyph) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    const QPalette palette = QGuiApplication::palette();
    const QColor color = mode == QIcon::Disabled   ? palette.color(QPalette::Disabled, QPalette::ButtonText)
                         : mode == QIcon::Selected ? palette.color(QPalette::HighlightedText)
                                                   : palette.color(QPalette::Active, QPalette::ButtonText);
    const double side = std::min(rect.width(), rect.height());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->translate(rect.center().x() + 0.5 - side / 2 + 0.5, rect.center().y() + 0.5 - side / 2 + 0.5);
    painter->scale(side / kUnits, side / kUnits);
    painter->setPen(QPen(color, 1.3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    drawGlyph(*painter, glyph_);
    painter->restore();
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(0, 0), size), mode, state);
    return pixmap;
  }

  QIconEngine* clone() const override { return new GlyphEngine(glyph_); }

 private:
  Glyph glyph_;
};

}  // namespace

void drawGlyph(QPainter& p, Glyph glyph) {
  kDrawings[static_cast<std::size_t>(glyph)].draw(p);
}

QIcon glyphIcon(Glyph glyph) {
  return glyph == Glyph::None ? QIcon() : QIcon(new GlyphEngine(glyph));
}

QIcon applicationIcon() {
  return QIcon(QStringLiteral(":/synann/synann-studio.svg"));
}

}  // namespace synann::ui
