// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_scene.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/pages/circuit/circuit_layout.h"
#include "ui/pages/circuit/circuit_router.h"

namespace synann::ui {
namespace {

constexpr double kSymbolAir = 5;  // pixels around a symbol that wires leave
constexpr double kInk = 12;       // around a wire: its width, ends and delay mark
constexpr double kDelayWidth = 24, kDelayHeight = 16, kDelayAir = 4;
constexpr double kTextOver = 20;  // that name and value reach beyond a symbol
constexpr int kTriedWires = 4'000, kBarelyTriedWires = 40'000;
constexpr double kAside = 3;  // how much more a node to the side counts than one straight ahead

double distanceTo(QPointF place, QPointF a, QPointF b) {
  const QPointF way = b - a;
  const double length = QPointF::dotProduct(way, way);
  const double t = length > 0 ? std::clamp(QPointF::dotProduct(place - a, way) / length, 0.0, 1.0) : 0;
  const QPointF off = place - (a + t * way);
  return std::hypot(off.x(), off.y());
}

// Where there are too many wires to be told apart, their ways are not worth a person's waiting.
int triesOf(int wires) {
  return wires <= kTriedWires ? 120 : wires <= kBarelyTriedWires ? 4 : 0;
}

// The p-th piece of a way, with its ink.
QRectF wirePiece(const QList<QPointF>& way, qsizetype p) {
  return QRectF(way[p - 1], way[p]).normalized().adjusted(-kInk, -kInk, kInk, kInk);
}

bool within(QPointF a, QPointF b, double reach) {
  return std::hypot(a.x() - b.x(), a.y() - b.y()) <= reach;
}

}  // namespace

void CircuitScene::setDrawn(const synapse::DrawnCircuit& drawn) {
  CircuitGraph graph(drawn.circuit);
  const bool same = graph == graph_ && !paths_.empty();
  circuit_ = drawn.circuit;
  synapse::CircuitLayout places = drawn.layout;
  if (static_cast<int>(places.size()) < graph.nodeCount()) places.merge(layOutCircuit(drawn.circuit));
  graph_ = std::move(graph);
  if (!same) return rebuild(places);
  changed_ = {QRectF()};  // numbers may stand anywhere
  std::vector<int> moved;
  for (int node = 0; node < graph_.nodeCount(); ++node) {
    const auto at = places.find(graph_.name(node));
    if (at != places.end() && QPointF(at->second.x, at->second.y) != place(node)) moved.push_back(node);
  }
  // Every one by its own way.
  for (const int node : moved) {
    const synapse::CircuitPlace& at = places.find(graph_.name(node))->second;
    place(node, {at.x, at.y});
  }
  if (!moved.empty()) moveNodes(moved, {});
}

void CircuitScene::rebuild(const synapse::CircuitLayout& layout) {
  index_.clear();
  places_.clear();
  for (int node = 0; node < graph_.nodeCount(); ++node) {
    const auto at = layout.find(graph_.name(node));
    places_.push_back(at == layout.end() ? QPointF() : QPointF(at->second.x, at->second.y));
    index_.put(node, body(node));
  }
  if (values_.shown.size() != circuit_.synapses.size()) values_ = {};
  leadAll();
  changed_ = {QRectF()};
}

void CircuitScene::place(int node, QPointF at) {
  index_.take(node, body(node));
  places_[static_cast<std::size_t>(node)] = at;
  index_.put(node, body(node));
}

// Wires of what moves, and those that it comes upon or makes way for.
void CircuitScene::moveNodes(const std::vector<int>& nodes, QPointF by) {
  std::vector<char> concerned(static_cast<std::size_t>(graph_.wireCount()), 0);
  QList<QRectF> boxes;
  const auto take = [&](int node) {
    for (const int wire : graph_.wiresFrom(node)) concerned[static_cast<std::size_t>(wire)] = 1;
    if (!graph_.isInput(node))
      for (const bool inhibitory : {false, true})
        concerned[static_cast<std::size_t>(graph_.wireInto(node, inhibitory))] = 1;
  };
  if (static_cast<int>(nodes.size()) == graph_.nodeCount()) return moveAll(by);
  CircuitIndex moved_over;
  for (const int node : nodes) {
    take(node);
    boxes.append(box(CircuitItem::node(node)));
    if (!by.isNull()) place(node, place(node) + by);
    boxes.append(box(CircuitItem::node(node)));
  }
  for (int k = 0; k < boxes.size(); ++k) moved_over.put(k, boxes[k]);
  for (int wire = 0; wire < graph_.wireCount(); ++wire) {
    const auto k = static_cast<std::size_t>(wire);
    for (qsizetype p = 1; concerned[k] == 0 && p < path(wire).size(); ++p) {
      const QRectF piece = wirePiece(path(wire), p);
      const auto meets = [&](int box) { return boxes[box].intersects(piece); };
      if (moved_over.any(piece, meets)) concerned[k] = 1;
    }
    if (concerned[k] == 0) continue;
    const QList<QPointF> before = path(wire);
    leadWire(wire);
    if (before == path(wire)) continue;
    for (const QList<QPointF>& way : {before, path(wire)})
      for (qsizetype p = 1; p < way.size(); ++p) changed_.append(wirePiece(way, p));
  }
  changed_ += boxes;
}

// What is among itself as it was needs no new ways.
void CircuitScene::moveAll(QPointF by) {
  changed_ = {QRectF()};
  if (by.isNull()) return leadAll();
  index_.clear();
  for (int node = 0; node < graph_.nodeCount(); ++node) {
    places_[static_cast<std::size_t>(node)] += by;
    index_.put(node, body(node));
  }
  for (QList<QPointF>& way : paths_)
    for (QPointF& corner : way) corner += by;
  delay_index_.clear();
  for (int wire = 0; wire < graph_.wireCount(); ++wire) {
    delays_[static_cast<std::size_t>(wire)] += by;
    if (graph_.wire(wire).previous) delay_index_.put(wire, delayBox(wire));
  }
}

void CircuitScene::setValues(CircuitValues values) {
  values_ = std::move(values);
  changed_ = {QRectF()};
}

synapse::CircuitLayout CircuitScene::layout() const {
  synapse::CircuitLayout places;
  for (int node = 0; node < graph_.nodeCount(); ++node)
    places[graph_.name(node)] = {place(node).x(), place(node).y()};
  return places;
}

double CircuitScene::value(int node) const {
  const std::size_t k = graph_.place(node);
  if (graph_.isInput(node)) return circuit_.inputs[k].value;
  return k < values_.shown.size() ? values_.shown[k] : std::numeric_limits<double>::quiet_NaN();
}

double CircuitScene::unclamped(int node) const {
  const std::size_t k = graph_.place(node);
  return !graph_.isInput(node) && k < values_.unclamped.size() ? values_.unclamped[k] : value(node);
}

QRectF CircuitScene::symbol(int node) const {
  return {place(node),
          QSizeF(CircuitSize::kWidth, graph_.isInput(node) ? CircuitSize::kInput : CircuitSize::kSynapse)};
}

QRectF CircuitScene::constantBox(int wire) const {
  const QPointF at = port(wire);
  return {at.x() - CircuitSize::kConstant, at.y() - 9, CircuitSize::kConstant - 8, 18};
}

QRectF CircuitScene::body(int node) const {
  QRectF all = symbol(node).adjusted(0, 0, kTextOver, 0);
  if (graph_.isInput(node)) return symbol(node);
  for (const bool inhibitory : {false, true})
    if (const int wire = graph_.wireInto(node, inhibitory); graph_.wire(wire).from < 0)
      all |= constantBox(wire);
  return all;
}

QPointF CircuitScene::output(int node) const {
  const QRectF rect = symbol(node);
  return {rect.right(), rect.center().y()};
}

QPointF CircuitScene::port(int wire) const {
  const CircuitWire& w = graph_.wire(wire);
  return place(w.to) + QPointF(0, (w.inhibitory ? 0.75 : 0.25) * CircuitSize::kSynapse);
}

bool CircuitScene::isFree(const QRectF& box) const {
  return !index_.any(box.adjusted(-kSymbolAir, -kSymbolAir, kSymbolAir, kSymbolAir), [&](int node) {
    if (symbol(node).adjusted(-kSymbolAir, -kSymbolAir, kSymbolAir, kSymbolAir).intersects(box)) return true;
    if (graph_.isInput(node)) return false;
    for (const bool inhibitory : {false, true}) {
      const int wire = graph_.wireInto(node, inhibitory);
      if (graph_.wire(wire).from < 0 && constantBox(wire).adjusted(-2, -2, 2, 2).intersects(box)) return true;
    }
    return false;
  });
}

void CircuitScene::leadWire(int wire) {
  const CircuitWire& w = graph_.wire(wire);
  QList<QPointF>& way = paths_[static_cast<std::size_t>(wire)];
  if (w.from < 0) return way.clear();
  const int tries = triesOf(graph_.wireCount());
  const CircuitRouter router([this, tries](const QRectF& box) { return tries == 0 || isFree(box); });
  way = router.route({.from = output(w.from),
                      .to = port(wire),
                      .lane = w.from,
                      .in_lane = wire,
                      .above_first = !w.inhibitory,
                      .around = CircuitSize::kSynapse / 2 + 16,
                      .tries = tries});
  if (w.previous) placeDelay(wire);
}

// On the longest piece, where no other mark is.
void CircuitScene::placeDelay(int wire) {
  const QList<QPointF>& way = path(wire);
  qsizetype longest = 1;
  const auto length = [&](qsizetype k) {
    const QPointF piece = way[k] - way[k - 1];
    return std::abs(piece.x()) + 0.5 * std::abs(piece.y());
  };
  for (qsizetype k = 2; k < way.size(); ++k)
    if (length(k) > length(longest)) longest = k;
  QPointF& middle = delays_[static_cast<std::size_t>(wire)];
  delay_index_.take(wire, delayBox(wire));
  const auto at = [&](double share) { return way[longest - 1] + share * (way[longest] - way[longest - 1]); };
  for (const double share : {0.5, 0.3, 0.7, 0.15, 0.85, 0.4, 0.6, 0.22, 0.78}) {
    middle = at(share);
    const QRectF box = delayBox(wire).adjusted(-kDelayAir, -kDelayAir, kDelayAir, kDelayAir);
    if (!delay_index_.any(box, [&](int other) { return delayBox(other).intersects(box); })) break;
    middle = at(0.5);
  }
  delay_index_.put(wire, delayBox(wire));
}

void CircuitScene::leadAll() {
  paths_.assign(static_cast<std::size_t>(graph_.wireCount()), {});
  delays_.assign(paths_.size(), {});
  delay_index_.clear();
  for (int wire = 0; wire < graph_.wireCount(); ++wire) leadWire(wire);
}

QRectF CircuitScene::delayBox(int wire) const {
  return {delays_[static_cast<std::size_t>(wire)] - QPointF(kDelayWidth, kDelayHeight) / 2,
          QSizeF(kDelayWidth, kDelayHeight)};
}

QRectF CircuitScene::wireBox(int wire) const {
  if (graph_.wire(wire).from < 0) return constantBox(wire).adjusted(-2, -2, 12, 2);
  const QList<QPointF>& way = path(wire);
  QRectF all(way.constFirst(), QSizeF());
  for (const QPointF& corner : way) {
    all.setLeft(std::min(all.left(), corner.x()));
    all.setRight(std::max(all.right(), corner.x()));
    all.setTop(std::min(all.top(), corner.y()));
    all.setBottom(std::max(all.bottom(), corner.y()));
  }
  return all.adjusted(-kInk, -kInk, kInk, kInk);
}

QRectF CircuitScene::box(const CircuitItem& item) const {
  if (item.kind == CircuitItem::Kind::Wire) return wireBox(item.number);
  return item ? body(item.number).adjusted(-kInk, -kInk, kInk, kInk) : QRectF();
}

QRectF CircuitScene::bounds() const {
  QRectF all;
  for (int node = 0; node < graph_.nodeCount(); ++node) all |= box(CircuitItem::node(node));
  for (int wire = 0; wire < graph_.wireCount(); ++wire) all |= wireBox(wire);
  return all;
}

int CircuitScene::nodeAt(QPointF place) const {
  int found = -1;
  index_.any({place, QSizeF(0.1, 0.1)}, [&](int node) {
    if (symbol(node).contains(place)) found = std::max(found, node);
    return false;
  });
  return found;
}

int CircuitScene::portAt(QPointF place, double reach) const {
  int found = -1;
  index_.any(QRectF(place, QSizeF()).adjusted(-reach, -reach, reach, reach), [&](int node) {
    if (graph_.isInput(node)) return false;
    for (const bool inhibitory : {false, true}) {
      const int wire = graph_.wireInto(node, inhibitory);
      const bool constant = graph_.wire(wire).from < 0 && constantBox(wire).contains(place);
      if (constant || within(port(wire), place, reach)) found = wire;
    }
    return found >= 0;
  });
  return found;
}

int CircuitScene::outputAt(QPointF place, double reach) const {
  int found = -1;
  index_.any(QRectF(place, QSizeF()).adjusted(-reach, -reach, reach, reach), [&](int node) {
    if (within(output(node), place, reach)) found = node;
    return found >= 0;
  });
  return found;
}

CircuitItem CircuitScene::itemAt(QPointF place, double reach) const {
  if (const int wire = portAt(place, reach); wire >= 0) return CircuitItem::wire(wire);
  if (const int node = nodeAt(place); node >= 0) return CircuitItem::node(node);
  int nearest = -1;
  double least = reach;
  for (int wire = 0; wire < graph_.wireCount(); ++wire) {
    const QList<QPointF>& way = path(wire);
    if (way.isEmpty() || !wireBox(wire).adjusted(-reach, -reach, reach, reach).contains(place)) continue;
    for (qsizetype p = 1; p < way.size(); ++p)
      if (const double off = distanceTo(place, way[p - 1], way[p]); off < least) {
        least = off;
        nearest = wire;
      }
  }
  return nearest >= 0 ? CircuitItem::wire(nearest) : CircuitItem();
}

std::vector<int> CircuitScene::nodesIn(const QRectF& band) const {
  std::vector<int> nodes;
  for (int node = 0; node < graph_.nodeCount(); ++node)
    if (band.intersects(symbol(node))) nodes.push_back(node);
  return nodes;
}

CircuitItem CircuitScene::item(int place) const {
  const int inputs = graph_.inputCount();
  if (place < 0 || place >= itemCount()) return {};
  if (place < inputs) return CircuitItem::node(place);
  const int synapse = (place - inputs) / 3, part = (place - inputs) % 3;
  return part == 0 ? CircuitItem::node(inputs + synapse)
                   : CircuitItem::wire(graph_.wireInto(inputs + synapse, part == 2));
}

int CircuitScene::itemPlace(const CircuitItem& item) const {
  const int inputs = graph_.inputCount();
  if (!item) return -1;
  if (item.kind == CircuitItem::Kind::Wire) {
    const CircuitWire& wire = graph_.wire(item.number);
    return inputs + 3 * (wire.to - inputs) + (wire.inhibitory ? 2 : 1);
  }
  return graph_.isInput(item.number) ? item.number : inputs + 3 * (item.number - inputs);
}

int CircuitScene::nodeTowards(int node, QPointF direction) const {
  int nearest = -1;
  double least = std::numeric_limits<double>::infinity();
  const QPointF here = symbol(node).center();
  for (int other = 0; other < graph_.nodeCount(); ++other) {
    const QPointF way = symbol(other).center() - here;
    const double ahead = QPointF::dotProduct(way, direction);
    if (other == node || ahead <= 0) continue;
    const double aside = std::abs(way.x() * direction.y()) + std::abs(way.y() * direction.x());
    const double far = ahead + kAside * aside;
    if (far >= least) continue;
    least = far;
    nearest = other;
  }
  return nearest;
}

}  // namespace synann::ui
