// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_painter.h"

#include <algorithm>
#include <cmath>

#include <QFontInfo>
#include <QFontMetricsF>
#include <QPainterPath>

#include "ui/pages/circuit/circuit_layout.h"
#include "ui/pages/circuit/circuit_words.h"
#include "ui/plots/figure.h"

namespace synann::ui {
namespace {

constexpr double kLeastTextZoom = 0.35;                 // below, texts are left out
constexpr double kWireWidth = 1.5, kOutline = 1.6;      // pixels
constexpr double kCorner = 6;                           // radius of a wire's corners
constexpr double kPort = 3.5;                           // radius
constexpr double kSmallestText = 9, kLargestText = 13;  // of the font, pixels
constexpr double kInputDisc = 28;                       // diameter

QPainterPath roundedWay(const QList<QPointF>& way) {
  QPainterPath path(way.constFirst());
  for (qsizetype k = 1; k + 1 < way.size(); ++k) {
    const QPointF in = way[k] - way[k - 1], out = way[k + 1] - way[k];
    const double before = std::hypot(in.x(), in.y()), behind = std::hypot(out.x(), out.y());
    const double radius = std::min({kCorner, before / 2, behind / 2});
    if (radius <= 0) continue;
    path.lineTo(way[k] - in * (radius / before));
    path.quadTo(way[k], way[k] + out * (radius / behind));
  }
  path.lineTo(way.constLast());
  return path;
}

QColor inkedGround(const QColor& ground, const QColor& ink, double share) {
  const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + share * (b - a))); };
  return {mix(ground.red(), ink.red()), mix(ground.green(), ink.green()), mix(ground.blue(), ink.blue())};
}

}  // namespace

CircuitPainter::CircuitPainter(QPainter& painter, const CircuitScene& scene, const CircuitPaint& how)
    : painter_(painter), scene_(scene), how_(how), texts_(how.zoom >= kLeastTextZoom) {
  painter_.setRenderHint(QPainter::Antialiasing);
  painter_.setFont(textFont(how.font));
}

QFont CircuitPainter::textFont(const QFont& font) {
  QFont text = font;
  text.setPixelSize(static_cast<int>(
      std::clamp(static_cast<double>(QFontInfo(font).pixelSize()), kSmallestText, kLargestText)));
  return text;
}

void CircuitPainter::paint(const std::function<bool(const QRectF& box)>& wanted) {
  const CircuitGraph& graph = scene_.graph();
  for (int wire = 0; wire < graph.wireCount(); ++wire)
    if (wanted(scene_.box(CircuitItem::wire(wire)))) paintWire(wire);
  // Above all wires, so that none runs through a mark.
  for (int wire = 0; wire < graph.wireCount(); ++wire)
    if (graph.wire(wire).previous && wanted(scene_.delayBox(wire))) paintDelay(wire);
  for (int node = 0; node < graph.nodeCount(); ++node) {
    if (!wanted(scene_.box(CircuitItem::node(node)))) continue;
    if (graph.isInput(node))
      paintInput(node);
    else
      paintSynapse(node);
  }
}

QColor CircuitPainter::wireColor(bool inhibitory) const {
  return seriesColor(how_.look, inhibitory ? 1 : 0);
}

// The ground of a symbol is the fuller, the larger its value.
QColor CircuitPainter::fill(double value) const {
  const double share = std::isnan(value) ? 0 : std::clamp(value, 0.0, 1.0);
  return inkedGround(how_.look.background, wireColor(false), 0.04 + 0.3 * share);
}

void CircuitPainter::paintWire(int wire) {
  const CircuitWire& w = scene_.graph().wire(wire);
  const bool current = how_.current == CircuitItem::wire(wire);
  if (w.from < 0) {
    paintConstant(wire);
    if (current) mark(scene_.constantBox(wire).adjusted(-3, -3, 3, 3), true);
    return;
  }
  const QList<QPointF>& way = scene_.path(wire);
  const double width = how_.line_width * kWireWidth * (current ? 2 : 1);
  QPen pen(wireColor(w.inhibitory), width);
  if (w.previous) pen.setDashPattern({5, 3});
  painter_.setPen(pen);
  painter_.setBrush(Qt::NoBrush);
  painter_.drawPath(roundedWay(way));
  painter_.setPen(QPen(wireColor(w.inhibitory), width));
  paintWireEnd(way.constLast(), w.inhibitory);
  if (current) mark(QRectF(way.constLast() - QPointF(9, 9), QSizeF(18, 18)), true);
}

// An arrow excites, a bar inhibits.
void CircuitPainter::paintWireEnd(QPointF port, bool inhibitory) {
  const QPointF tip = port - QPointF(kPort + 1, 0);
  if (inhibitory) {
    painter_.drawLine(tip + QPointF(0, -4.5), tip + QPointF(0, 4.5));
    return;
  }
  painter_.setBrush(painter_.pen().color());
  painter_.drawPolygon(QPolygonF({tip, tip + QPointF(-6, -3.5), tip + QPointF(-6, 3.5)}));
}

void CircuitPainter::paintDelay(int wire) {
  const QRectF box = scene_.delayBox(wire);
  const double thicker = how_.current == CircuitItem::wire(wire) ? 2 : 1;
  painter_.setPen(
      QPen(wireColor(scene_.graph().wire(wire).inhibitory), how_.line_width * kWireWidth * thicker));
  painter_.setBrush(how_.look.background);
  painter_.drawRect(box);
  if (!texts_) return;
  painter_.setPen(how_.look.text);
  painter_.drawText(box, Qt::AlignCenter, QStringLiteral("z⁻¹"));
}

void CircuitPainter::paintConstant(int wire) {
  const CircuitWire& w = scene_.graph().wire(wire);
  const QRectF box = scene_.constantBox(wire);
  painter_.setPen(QPen(wireColor(w.inhibitory), kWireWidth * how_.line_width));
  painter_.setBrush(how_.look.background);
  painter_.drawLine(QPointF(box.right(), box.center().y()), scene_.port(wire));
  painter_.drawRect(box);
  if (!texts_) return;
  painter_.setPen(how_.look.text);
  const QFontMetricsF metrics(painter_.font());
  painter_.drawText(box, Qt::AlignCenter,
                    metrics.elidedText(numberText(w.constant, 3), Qt::ElideRight, box.width() - 2));
}

void CircuitPainter::paintSynapse(int node) {
  const QRectF symbol = scene_.symbol(node);
  const double value = scene_.value(node);
  const bool outside = isOutside(scene_.unclamped(node));
  const QPolygonF triangle(
      {symbol.topLeft(), symbol.bottomLeft(), QPointF(symbol.right(), symbol.center().y())});
  painter_.setBrush(fill(value));
  QPen outline(outside ? wireColor(true) : how_.look.text, kOutline * how_.line_width * (outside ? 2 : 1));
  outline.setJoinStyle(Qt::RoundJoin);
  painter_.setPen(outline);
  painter_.drawPolygon(triangle);
  painter_.setPen(QPen(how_.look.text, kOutline));
  for (const bool inhibitory : {false, true}) {
    const QPointF port = scene_.port(scene_.graph().wireInto(node, inhibitory));
    painter_.setBrush(how_.look.background);
    painter_.drawEllipse(port, kPort, kPort);
    const QPointF sign = port + QPointF(12, 0);
    painter_.drawLine(sign - QPointF(4, 0), sign + QPointF(4, 0));
    if (!inhibitory) painter_.drawLine(sign - QPointF(0, 4), sign + QPointF(0, 4));
  }
  const auto& outputs = scene_.circuit().outputs;
  const bool output = std::find(outputs.begin(), outputs.end(), scene_.graph().name(node)) != outputs.end();
  painter_.setBrush(output ? how_.look.text : how_.look.background);
  painter_.drawEllipse(scene_.output(node), kPort, kPort);
  if (texts_) paintSynapseTexts(node, symbol);
  if (how_.chosen.contains(node) || how_.current == CircuitItem::node(node))
    mark(symbol.adjusted(-7, -7, 7, 7), how_.current == CircuitItem::node(node));
}

void CircuitPainter::paintSynapseTexts(int node, const QRectF& symbol) {
  const synapse::CircuitSynapse& s = scene_.circuit().synapses[scene_.graph().place(node)];
  const QFontMetricsF metrics(painter_.font());
  const double line = metrics.height();
  painter_.setPen(how_.look.text);
  const QString numbers = numberText(s.alpha, 3) + QStringLiteral(", ") + numberText(s.beta, 3);
  // As wide as the triangle is at the height of the text.
  const QRectF inside(symbol.left() + 6, symbol.center().y() - line / 2, CircuitSize::kWidth - 28, line);
  painter_.drawText(inside, Qt::AlignLeft | Qt::AlignVCenter,
                    metrics.elidedText(numbers, Qt::ElideRight, inside.width()));
  const double left = symbol.left() + 44, right = symbol.right() + 20;
  const QRectF above(left, symbol.top() - 3, right - left, line),
      below(left, symbol.bottom() + 3 - line, right - left, line);
  painter_.drawText(above, Qt::AlignLeft | Qt::AlignVCenter,
                    metrics.elidedText(QString::fromStdString(s.name), Qt::ElideMiddle, above.width()));
  QFont bold = painter_.font();
  const QFont plain = bold;
  bold.setBold(true);
  painter_.setFont(bold);
  painter_.drawText(below.adjusted(0, 0, 8, 0), Qt::AlignLeft | Qt::AlignVCenter,
                    valueText(scene_.value(node), scene_.unclamped(node)));
  painter_.setFont(plain);
}

void CircuitPainter::paintInput(int node) {
  const QRectF symbol = scene_.symbol(node);
  const double value = scene_.value(node);
  const bool outside = isOutside(value);
  const QRectF disc(symbol.right() - kInputDisc - 4, symbol.center().y() - kInputDisc / 2, kInputDisc,
                    kInputDisc);
  painter_.setPen(
      QPen(outside ? wireColor(true) : how_.look.text, kOutline * how_.line_width * (outside ? 2 : 1)));
  painter_.setBrush(fill(value));
  painter_.drawEllipse(disc);
  painter_.setPen(QPen(how_.look.text, kOutline));
  painter_.drawLine(QPointF(disc.right(), disc.center().y()), scene_.output(node));
  painter_.setBrush(how_.look.background);
  painter_.drawEllipse(scene_.output(node), kPort, kPort);
  if (texts_) {
    const QFontMetricsF metrics(painter_.font());
    const double line = metrics.height(), width = disc.left() - symbol.left() - 4;
    const QRectF name(symbol.left(), symbol.center().y() - line, width, line);
    painter_.drawText(
        name, Qt::AlignRight | Qt::AlignVCenter,
        metrics.elidedText(QString::fromStdString(scene_.graph().name(node)), Qt::ElideMiddle, width));
    QFont bold = painter_.font();
    const QFont plain = bold;
    bold.setBold(true);
    painter_.setFont(bold);
    painter_.drawText(name.translated(-0.0, line), Qt::AlignRight | Qt::AlignVCenter,
                      valueText(value, value));
    painter_.setFont(plain);
  }
  if (how_.chosen.contains(node) || how_.current == CircuitItem::node(node))
    mark(symbol.adjusted(-5, -5, 7, 5), how_.current == CircuitItem::node(node));
}

// Chosen: a thin frame; with the keyboard's mark: a dashed one around it.
void CircuitPainter::mark(const QRectF& box, bool current) {
  painter_.setBrush(Qt::NoBrush);
  painter_.setPen(QPen(how_.look.train, current ? 2 : 1.4, current ? Qt::DashLine : Qt::SolidLine));
  painter_.drawRoundedRect(box, 3, 3);
}

void CircuitPainter::paintLooseWire(QPointF from, QPointF to, bool previous) {
  QPen pen(how_.look.train, 2);
  if (previous) pen.setDashPattern({5, 3});
  painter_.setPen(pen);
  painter_.setBrush(Qt::NoBrush);
  const double middle = (from.x() + to.x()) / 2;
  painter_.drawPath(roundedWay({from, {middle, from.y()}, {middle, to.y()}, to}));
}

}  // namespace synann::ui
