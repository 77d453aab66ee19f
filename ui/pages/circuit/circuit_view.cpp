// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_view.h"

#include <algorithm>
#include <cmath>

#include <QAccessible>
#include <QKeyEvent>
#include <QPainter>

#include "ui/pages/circuit/circuit_accessible.h"
#include "ui/pages/circuit/circuit_figure.h"
#include "ui/pages/circuit/circuit_layout.h"
#include "ui/pages/circuit/circuit_painter.h"
#include "ui/pages/circuit/circuit_words.h"

namespace synann::ui {
namespace {

constexpr double kLeastCircuitZoom = 0.02, kMostCircuitZoom = 4, kFitZoom = 1.25;
constexpr double kViewMargin = 24;  // pixels around all of it

// Which parts of a widget have to be painted, in coarse squares: a region of wires has hundreds of
// rectangles.
class TouchedTiles {
 public:
  TouchedTiles(const QRegion& region, QSize size)
      : columns_(size.width() / kTile + 1), rows_(size.height() / kTile + 1) {
    touched_.assign(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_), 0);
    for (const QRect& part : region)
      any(part, [this](std::size_t tile) {
        touched_[tile] = 1;
        return false;
      });
  }
  bool touch(const QRectF& box) const {
    return any(box, [this](std::size_t tile) { return touched_[tile] != 0; });
  }

 private:
  static constexpr int kTile = 32;  // pixels

  template <class Met>
  bool any(const QRectF& box, Met&& met) const {
    const auto of = [](double at, int count) {
      return static_cast<int>(std::clamp(std::floor(at / kTile), -1.0, static_cast<double>(count)));
    };
    const int right = std::min(of(box.right(), columns_), columns_ - 1),
              bottom = std::min(of(box.bottom(), rows_), rows_ - 1);
    for (int y = std::max(0, of(box.top(), rows_)); y <= bottom; ++y)
      for (int x = std::max(0, of(box.left(), columns_)); x <= right; ++x)
        if (met(static_cast<std::size_t>(y * columns_ + x))) return true;
    return false;
  }

  int columns_, rows_;
  std::vector<char> touched_;
};

}  // namespace

CircuitView::CircuitView(QWidget* parent) : FigureWidget(parent) {
  installCircuitAccessibility();
  setPlaceholder(tr("No circuit yet: choose an example, open a file, or press S to add a synapse."));
  setAccessibleDescription(tr(
      "Tab walks along symbols and ports, the arrow keys to the next symbol; Enter edits, S adds a synapse, "
      "I an input, W begins a wire that Enter ends at a port, P makes it one of the step before; Delete "
      "removes, Ctrl and arrows move what is chosen, Space chooses one more; plus, minus and 0 zoom, Shift "
      "and arrows pan."));
  updateAccessibleName();
}

void CircuitView::setDrawn(const synapse::DrawnCircuit& drawn) {
  const std::set<std::string> names = chosenNames();
  const CircuitGraph& graph = scene_.graph();
  const bool wire = current_.kind == CircuitItem::Kind::Wire;
  const int node = wire ? graph.wire(current_.number).to : current_.number;
  const std::string name = current_ ? graph.name(node) : std::string();
  const bool inhibitory = wire && graph.wire(current_.number).inhibitory;
  endEdit();
  scene_.setDrawn(drawn);
  figure_.reset();
  chosen_.clear();
  for (const std::string& one : names)
    if (const int k = scene_.graph().node(one); k >= 0) chosen_.insert(k);
  const int now = name.empty() ? -1 : scene_.graph().node(name);
  current_ = now < 0 ? CircuitItem()
             : wire && !scene_.graph().isInput(now)
                 ? CircuitItem::wire(scene_.graph().wireInto(now, inhibitory))
                 : CircuitItem::node(now);
  if (fitted_) fitAll();
  updateAccessibleName();
  repaintChanged();
  emit selectionChanged();
}

void CircuitView::setValues(CircuitValues values) {
  scene_.setValues(std::move(values));
  figure_.reset();
  repaintChanged();
}

std::shared_ptr<const Figure> CircuitView::shownFigure() const {
  if (scene_.empty()) return nullptr;
  if (!figure_) figure_ = std::make_shared<const CircuitFigure>(scene_);
  return figure_;
}

QString CircuitView::currentPointText() const {
  return itemText(scene_, current_);
}

std::set<std::string> CircuitView::chosenNames() const {
  std::set<std::string> names;
  for (const int node : chosen_) names.insert(scene_.graph().name(node));
  return names;
}

void CircuitView::choose(const std::set<std::string>& names) {
  chosen_.clear();
  for (const std::string& name : names)
    if (const int node = scene_.graph().node(name); node >= 0) chosen_.insert(node);
  current_ = chosen_.empty() ? CircuitItem() : CircuitItem::node(*chosen_.rbegin());
  if (current_) bringIntoView(current_);
  tellCurrent();
  update();
  emit selectionChanged();
}

void CircuitView::chooseAll() {
  for (int node = 0; node < scene_.graph().nodeCount(); ++node) chosen_.insert(node);
  update();
  emit selectionChanged();
}

void CircuitView::setCurrent(const CircuitItem& item) {
  if (item == current_) return;
  current_ = item;
  tellCurrent();
  update();
  emit selectionChanged();
}

// A screen reader hears what the keyboard came upon.
void CircuitView::tellCurrent() {
  updateAccessibleName();
  if (!current_ || !hasFocus()) return;
  QAccessibleEvent focus(this, QAccessible::Focus);
  focus.setChild(scene_.itemPlace(current_));
  QAccessible::updateAccessibility(&focus);
}

void CircuitView::setPreviousWires(bool previous) {
  if (previous == previous_) return;
  previous_ = previous;
  update();
  emit previousWiresChanged(previous);
}

FigureWidget::View CircuitView::shownPart() const {
  if (fitted_) return std::nullopt;
  return std::array{origin_.x(), origin_.y(), zoom_, 0.0};
}

void CircuitView::showPart(const View& part) {
  if (!part) return fitAll();
  origin_ = {(*part)[0], (*part)[1]};
  zoom_ = (*part)[2];
  fitted_ = false;
  update();
}

void CircuitView::fitAll() {
  fitted_ = true;
  const QRectF all = scene_.bounds();
  const QSizeF room = QSizeF(size()) - QSizeF(2 * kViewMargin, 2 * kViewMargin);
  if (!all.isEmpty() && room.width() > 1 && room.height() > 1) {
    zoom_ = std::clamp(std::min(room.width() / all.width(), room.height() / all.height()), kLeastCircuitZoom,
                       kFitZoom);
    origin_ = all.center() - QPointF(width(), height()) / 2 / zoom_;
  }
  update();
}

void CircuitView::moveBy(QPointF way) {
  origin_ -= way / zoom_;
  fitted_ = false;
  update();
}

void CircuitView::zoomAbout(QPointF place, double factor, Qt::KeyboardModifiers) {
  const QPointF fixed = toScene(place);
  zoom_ = std::clamp(zoom_ * factor, kLeastCircuitZoom, kMostCircuitZoom);
  origin_ = fixed - place / zoom_;
  fitted_ = false;
  update();
}

void CircuitView::bringIntoView(const CircuitItem& item) {
  const QRectF box = scene_.box(item), seen(toScene({0, 0}), toScene({double(width()), double(height())}));
  if (seen.contains(box) || seen.isEmpty()) return;
  QRectF to = seen;
  const auto shift = [](double least, double most, double from, double until) {
    return least < from ? least - from : most > until ? std::min(most - until, least - from) : 0;
  };
  to.translate(shift(box.left(), box.right(), seen.left(), seen.right()),
               shift(box.top(), box.bottom(), seen.top(), seen.bottom()));
  origin_ = to.topLeft();
  fitted_ = false;
  update();
}

QPointF CircuitView::freePlace(bool input) const {
  const QSizeF size(CircuitSize::kWidth, input ? CircuitSize::kInput : CircuitSize::kSynapse);
  const QPointF middle = toScene({width() / 2.0, height() / 2.0}) - QPointF(size.width(), size.height()) / 2;
  for (int ring = 0; ring < 40; ++ring)
    for (int k = 0; k < std::max(1, 8 * ring); ++k) {
      const double angle = ring == 0 ? 0 : 2 * M_PI * k / (8 * ring);
      const auto at =
          onGrid({middle.x() + 48 * ring * std::cos(angle), middle.y() + 48 * ring * std::sin(angle)});
      const QPointF place(at.x, at.y);
      if (scene_.nodesIn(QRectF(place, size).adjusted(-64, -32, 64, 32)).empty()) return place;
    }
  return middle;
}

void CircuitView::repaintChanged() {
  const QList<QRectF> boxes = scene_.takeChanged();
  QRegion region;
  for (const QRectF& box : boxes) {
    if (box.isEmpty()) return update();
    region +=
        QRectF(toWidget(box.topLeft()), toWidget(box.bottomRight())).toAlignedRect().adjusted(-2, -2, 2, 2);
  }
  update(region);
}

void CircuitView::resizeEvent(QResizeEvent* event) {
  FigureWidget::resizeEvent(event);
  if (fitted_) fitAll();
}

void CircuitView::showEvent(QShowEvent* event) {
  FigureWidget::showEvent(event);
  if (fitted_) fitAll();
}

void CircuitView::paintEvent(QPaintEvent* event) {
  if (scene_.empty()) return FigureWidget::paintEvent(event);
  QPainter painter(this);
  CircuitPaint paint{.look = how().look, .font = font(), .zoom = zoom_, .chosen = chosen_, .current = {}};
  if (hasFocus() || current_.kind == CircuitItem::Kind::Wire) paint.current = current_;
  painter.fillRect(event->rect(), paint.look.background);
  const TouchedTiles tiles(event->region(), size());
  painter.save();
  painter.scale(zoom_, zoom_);
  painter.translate(-origin_);
  CircuitPainter drawing(painter, scene_, paint);
  drawing.paint([&](const QRectF& box) {
    return tiles.touch(QRectF(toWidget(box.topLeft()), toWidget(box.bottomRight())));
  });
  if (edit_ == Drag::Wire) {
    const QPointF pointer = toScene(at_);
    if (wire_from_ >= 0) drawing.paintLooseWire(scene_.output(wire_from_), pointer, previous_);
    if (wire_to_ >= 0) drawing.paintLooseWire(pointer, scene_.port(wire_to_), previous_);
  } else if (wiring() && current_) {
    const QPointF here = current_.kind == CircuitItem::Kind::Wire ? scene_.port(current_.number)
                                                                  : scene_.symbol(current_.number).center();
    drawing.paintLooseWire(scene_.output(wire_from_), here, previous_);
  }
  painter.restore();
  if (hasFocus()) paintFocusFrame(painter, *this);
}

bool CircuitView::event(QEvent* event) {
  // Keys of editing that the window could take for itself.
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    for (const auto standard :
         {QKeySequence::Copy, QKeySequence::Cut, QKeySequence::Paste, QKeySequence::SelectAll})
      if (key->matches(standard)) event->accept();
    if (key->key() == Qt::Key_Delete)
      event->accept();  // QKeySequence::Delete is Ctrl+D too, which duplicates
  }
  return FigureWidget::event(event);
}

// Tab walks through everything, then leaves.
bool CircuitView::focusNextPrevChild(bool next) {
  const int count = scene_.itemCount(), at = scene_.itemPlace(current_),
            to = at < 0 ? (next ? 0 : count - 1) : at + (next ? 1 : -1);
  if (to < 0 || to >= count) {
    setCurrent({});
    return FigureWidget::focusNextPrevChild(next);
  }
  walkTo(scene_.item(to), false);
  return true;
}

}  // namespace synann::ui
