// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keys of CircuitView.
#include <cmath>
#include <utility>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QRubberBand>

#include "ui/pages/circuit/circuit_layout.h"
#include "ui/pages/circuit/circuit_view.h"
#include "ui/pages/circuit/circuit_words.h"
#include "ui/widgets/arrow_key.h"

namespace synann::ui {
namespace {

constexpr double kWobble = 4;  // pixels that a click may move
constexpr double kKeyZoom = 1.25;
constexpr double kPanKey = 64;  // pixels

}  // namespace

void CircuitView::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy) && !chosen_.empty()) return emit copyWanted();
  if (event->matches(QKeySequence::Cut) && !chosen_.empty()) return emit cutWanted();
  if (event->matches(QKeySequence::Paste)) return emit pasteWanted();
  if (event->matches(QKeySequence::SelectAll)) return chooseAll();
  if (event->key() == Qt::Key_Escape && wiring()) {
    endEdit();
    emit told(tr("No wire."));
    return;
  }
  if (event->key() == Qt::Key_Escape && (!chosen_.empty() || current_)) {
    chosen_.clear();
    current_ = {};
    update();
    emit selectionChanged();
    return;
  }
  if (event->key() == Qt::Key_Backspace) return emit removeWanted();
  FigureWidget::keyPressEvent(event);
}

void CircuitView::keyReleaseEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Space || event->isAutoRepeat()) return FigureWidget::keyReleaseEvent(event);
  space_ = false;
  if (edit_ == Drag::None) unsetCursor();
  if (space_used_ || current_.kind != CircuitItem::Kind::Node) return;
  if (!chosen_.erase(current_.number)) chosen_.insert(current_.number);
  update();
  emit selectionChanged();
}

bool CircuitView::figureKey(const QKeyEvent& event) {
  return wireKey(event) || walkKey(event) || editKey(event) || zoomKey(event);
}

// While a wire is on its way.
bool CircuitView::wireKey(const QKeyEvent& event) {
  if (event.key() == Qt::Key_W && !wiring() && current_.kind == CircuitItem::Kind::Node) {
    beginWire(current_.number);
    return true;
  }
  if (event.key() == Qt::Key_P && event.modifiers() == Qt::NoModifier) {
    setPreviousWires(!previous_);
    emit told(previous_ ? tr("Wires are from the step before.") : tr("Wires are of the same step."));
    return true;
  }
  if (wire_from_ < 0) return false;
  const bool inhibitory = event.key() == Qt::Key_Minus || event.modifiers().testFlag(Qt::ShiftModifier);
  const bool end = event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter ||
                   event.key() == Qt::Key_Plus || event.key() == Qt::Key_Minus;
  if (!end || !current_) return false;
  int wire = current_.number;
  if (current_.kind == CircuitItem::Kind::Node) {
    if (scene_.graph().isInput(current_.number)) return true;
    wire = scene_.graph().wireInto(current_.number, inhibitory);
  }
  const int from = wire_from_;
  endEdit();
  emit wireWanted(from, wire, previous_);
  return true;
}

void CircuitView::beginWire(int node) {
  wire_from_ = node;
  emit told(tr("A wire from %1: go to a port and press Enter; on a synapse, plus or minus chooses its port. "
               "Escape gives up.")
                .arg(QString::fromStdString(scene_.graph().name(node))));
  update();
}

bool CircuitView::walkKey(const QKeyEvent& event) {
  const auto arrow = arrowWay(event.key());
  if (!arrow) return false;
  const QPointF way = *arrow;
  if (event.modifiers().testFlag(Qt::ControlModifier)) {
    moveChosen(way * CircuitSize::kGrid);
    emit moved();
    return true;
  }
  if (event.modifiers().testFlag(Qt::ShiftModifier)) {
    rememberPart(Change::Turn, event.timestamp());
    moveBy(-way * kPanKey);
    return true;
  }
  if (scene_.empty()) return true;
  if (!current_) {
    walkTo(CircuitItem::node(0), false);
    return true;
  }
  const int here =
      current_.kind == CircuitItem::Kind::Wire ? scene_.graph().wire(current_.number).to : current_.number;
  const int to = current_.kind == CircuitItem::Kind::Wire ? here : scene_.nodeTowards(here, way);
  if (to >= 0) walkTo(CircuitItem::node(to), false);
  return true;
}

void CircuitView::walkTo(const CircuitItem& item, bool more) {
  if (!wiring()) {
    if (!more) chosen_.clear();
    if (item.kind == CircuitItem::Kind::Node) chosen_.insert(item.number);
  }
  current_ = item;
  bringIntoView(item);
  tellCurrent();
  update();
  emit selectionChanged();
}

bool CircuitView::editKey(const QKeyEvent& event) {
  if (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier)) return false;
  switch (event.key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_F2:
      if (current_) emit editWanted();
      return true;
    case Qt::Key_S:
      emit addWanted(false);
      return true;
    case Qt::Key_I:
      emit addWanted(true);
      return true;
    case Qt::Key_Delete:
      emit removeWanted();
      return true;
    case Qt::Key_Space:
      if (event.isAutoRepeat()) return true;
      space_ = true;
      space_used_ = false;
      return true;
    case Qt::Key_Home:
    case Qt::Key_End:
      if (!scene_.empty())
        walkTo(scene_.item(event.key() == Qt::Key_Home ? 0 : scene_.itemCount() - 1), false);
      return true;
    default:
      return false;
  }
}

bool CircuitView::zoomKey(const QKeyEvent& event) {
  const QPointF middle(width() / 2.0, height() / 2.0);
  switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Minus:
      rememberPart(Change::Zoom);
      zoomAbout(middle, event.key() == Qt::Key_Minus ? 1 / kKeyZoom : kKeyZoom, {});
      return true;
    case Qt::Key_0:
      resetView();
      return true;
    default:
      return false;
  }
}

// What is chosen, or the symbol with the keyboard's mark.
void CircuitView::moveChosen(QPointF by) {
  std::vector<int> nodes(chosen_.begin(), chosen_.end());
  if (nodes.empty() && current_.kind == CircuitItem::Kind::Node) nodes = {current_.number};
  if (nodes.empty() || by.isNull()) return;
  scene_.moveNodes(nodes, by);
  figure_.reset();
  fitted_ = false;
  repaintChanged();
}

void CircuitView::mousePressEvent(QMouseEvent* event) {
  const bool left = event->button() == Qt::LeftButton;
  pressed_ = at_ = event->position();
  if (left && space_) {
    edit_ = Drag::Pan;
    space_used_ = true;
    rememberPart(Change::Zoom);
    setCursor(Qt::ClosedHandCursor);
    return event->accept();
  }
  const bool on_output = scene_.outputAt(toScene(pressed_), reach()) >= 0;
  if (!left || scene_.empty() || (event->modifiers().testFlag(Qt::ShiftModifier) && !on_output))
    return FigureWidget::mousePressEvent(event);
  pressAt(pressed_, event->modifiers());
  event->accept();
}

void CircuitView::pressAt(QPointF place, Qt::KeyboardModifiers held) {
  const QPointF at = toScene(place);
  endEdit();
  edit_ = Drag::Press;
  grabbed_node_ = -1;
  deselect_ = false;
  if (const int node = scene_.outputAt(at, reach()); node >= 0) {
    wire_from_ = node;
    edit_ = Drag::Wire;
    return;
  }
  const CircuitItem item = scene_.itemAt(at, reach());
  const bool more = held.testFlag(Qt::ControlModifier);
  if (item.kind == CircuitItem::Kind::Node) {
    grabbed_node_ = item.number;
    grabbed_ = scene_.place(item.number);
    if (more && chosen_.contains(item.number)) {
      chosen_.erase(item.number);
      grabbed_node_ = -1;
    } else if (!chosen_.contains(item.number)) {
      if (!more) chosen_.clear();
      chosen_.insert(item.number);
    } else {
      deselect_ = true;
    }
  } else if (!more) {
    chosen_.clear();
  }
  if (item.kind == CircuitItem::Kind::Wire && scene_.portAt(at, reach()) == item.number)
    wire_to_ = item.number;
  current_ = item;
  tellCurrent();
  update();
  emit selectionChanged();
}

void CircuitView::mouseMoveEvent(QMouseEvent* event) {
  if (edit_ == Drag::None) return FigureWidget::mouseMoveEvent(event);
  dragTo(event->position());
  event->accept();
}

void CircuitView::dragTo(QPointF place) {
  const QPointF all = place - pressed_, way = place - at_;
  if (edit_ == Drag::Press) {
    if (std::hypot(all.x(), all.y()) <= kWobble) return;
    edit_ = wire_to_ >= 0 ? Drag::Wire : grabbed_node_ >= 0 ? Drag::Move : current_ ? Drag::None : Drag::Band;
    if (edit_ == Drag::None) return;
  }
  const QPointF before = std::exchange(at_, place);
  if (edit_ == Drag::Pan) {
    moveBy(way);
  } else if (edit_ == Drag::Band) {
    showBand(place);
  } else if (edit_ == Drag::Wire) {
    const QPointF end = toWidget(wire_from_ >= 0 ? scene_.output(wire_from_) : scene_.port(wire_to_));
    for (const QPointF& pointer : {before, place})
      update(QRectF(end, pointer).normalized().toAlignedRect().adjusted(-4, -4, 4, 4));
  } else if (edit_ == Drag::Move) {
    const QPointF wish = grabbed_ + all / zoom_;
    const auto to = onGrid({wish.x(), wish.y()});
    moveChosen(QPointF(to.x, to.y) - scene_.place(grabbed_node_));
  }
}

void CircuitView::showBand(QPointF place) {
  if (band_ == nullptr) band_ = new QRubberBand(QRubberBand::Rectangle, this);
  band_->setGeometry(QRectF(pressed_, place).normalized().toRect());
  band_->show();
}

void CircuitView::mouseReleaseEvent(QMouseEvent* event) {
  if (edit_ == Drag::None) return FigureWidget::mouseReleaseEvent(event);
  const Drag was = edit_;
  event->accept();
  if (was == Drag::Wire) return dropWire(event->position(), event->modifiers().testFlag(Qt::ShiftModifier));
  const QRectF band = QRectF(toScene(pressed_), toScene(event->position())).normalized();
  const bool click = was == Drag::Press && deselect_;
  endEdit();
  if (was == Drag::Move) return emit moved();
  if (was == Drag::Band)
    for (const int node : scene_.nodesIn(band)) chosen_.insert(node);
  if (click && current_.kind == CircuitItem::Kind::Node && !event->modifiers().testFlag(Qt::ControlModifier))
    chosen_ = {current_.number};
  update();
  if (was == Drag::Band || click) emit selectionChanged();
}

// At a port, at an output, or anywhere on a symbol, which takes it at the nearer port.
void CircuitView::dropWire(QPointF place, bool shift) {
  const QPointF at = toScene(place);
  int from = wire_from_, wire = wire_to_;
  if (from < 0) {
    from = scene_.outputAt(at, 2 * reach());
    if (from < 0) from = scene_.nodeAt(at);
  } else {
    wire = scene_.portAt(at, 2 * reach());
    const int node = scene_.nodeAt(at);
    if (wire < 0 && node >= 0 && !scene_.graph().isInput(node) && node != from)
      wire = scene_.graph().wireInto(node, at.y() > scene_.symbol(node).center().y());
  }
  const bool moved_far = std::hypot(place.x() - pressed_.x(), place.y() - pressed_.y()) > kWobble;
  const int clicked = wire_from_;
  endEdit();
  if (moved_far && from >= 0 && wire >= 0) return emit wireWanted(from, wire, previous_ != shift);
  if (!moved_far && clicked >= 0) walkTo(CircuitItem::node(clicked), false);
}

void CircuitView::endEdit() {
  if (edit_ == Drag::Pan) unsetCursor();
  edit_ = Drag::None;
  wire_from_ = wire_to_ = -1;
  grabbed_node_ = -1;
  if (band_ != nullptr) band_->hide();
  update();
}

void CircuitView::pointTo(std::optional<QPointF> place) {
  const CircuitItem item = place ? scene_.itemAt(toScene(*place), reach()) : CircuitItem();
  setToolTip(itemText(scene_, item));
}

// The menu is about what is under the pointer.
void CircuitView::menuAt(QPointF place) {
  const CircuitItem item = scene_.itemAt(toScene(place), reach());
  if (item && !(item.kind == CircuitItem::Kind::Node && chosen_.contains(item.number))) walkTo(item, false);
}

void CircuitView::openAt(QPointF place) {
  endEdit();
  const CircuitItem item = scene_.itemAt(toScene(place), reach());
  if (!item) return resetView();
  setCurrent(item);
  emit editWanted();
}

}  // namespace synann::ui
