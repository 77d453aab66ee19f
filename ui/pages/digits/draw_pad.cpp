// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/draw_pad.h"

#include <algorithm>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QTabletEvent>

#include "ui/plots/figure_look.h"
#include "ui/plots/figure_widget.h"
#include "ui/widgets/arrow_key.h"

namespace synann::ui {

namespace {

constexpr double kLeastPressure = 0.4;  // of the pen's width, where it is pressed least
constexpr double kCursorWidth = 1.5;    // pixels

QPointF middleOf(QPoint field) {
  return {(field.x() + 0.5) / DrawPad::kFields, (field.y() + 0.5) / DrawPad::kFields};
}

// Ink as on paper: dark on light, in the look of the window.
QImage onPaper(const QImage& ink, const FigureLook& look) {
  QList<QRgb> colors;
  const QColor ground = look.background, full = look.text;
  for (int k = 0; k < 256; ++k) {
    const auto mix = [k](int a, int b) { return a + (b - a) * k / 255; };
    colors.append(qRgb(mix(ground.red(), full.red()), mix(ground.green(), full.green()),
                       mix(ground.blue(), full.blue())));
  }
  QImage colored(ink.constBits(), ink.width(), ink.height(), ink.bytesPerLine(), QImage::Format_Indexed8);
  colored.setColorTable(colors);
  return colored.copy();
}

}  // namespace

DrawPad::DrawPad(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  setCursor(Qt::CrossCursor);
}

QRectF DrawPad::paper() const {
  const double side = std::min(width(), height()) - 4;
  return {(width() - side) / 2, (height() - side) / 2, side, side};
}

QPointF DrawPad::toInk(QPointF place) const {
  const QRectF square = paper();
  return {(place.x() - square.left()) / square.width(), (place.y() - square.top()) / square.height()};
}

void DrawPad::changed() {
  update();
  emit drawn();
}

// A stroke ends before the ink is anything else: the next one begins anew, and is undone by itself.
void DrawPad::liftPen() {
  pen_down_ = drawing_ = false;
}

void DrawPad::take(const data::Picture& picture) {
  liftPen();
  ink_.take(picture);
  changed();
}

void DrawPad::undo() {
  liftPen();
  ink_.undo();
  changed();
}

void DrawPad::redo() {
  liftPen();
  ink_.redo();
  changed();
}

void DrawPad::clear() {
  liftPen();
  ink_.clear();
  changed();
}

void DrawPad::paintEvent(QPaintEvent*) {
  const FigureLook look = FigureLook::fromPalette(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  const QRectF square = paper();
  painter.drawImage(square, onPaper(ink_.image(), look));
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(look.frame, 1));
  painter.drawRect(square.adjusted(-0.5, -0.5, 0.5, 0.5));
  if (!hasFocus()) return;
  const double field = square.width() / kFields;
  painter.setPen(
      QPen(pen_down_ ? look.test : look.train, kCursorWidth, pen_down_ ? Qt::SolidLine : Qt::DashLine));
  painter.drawRect(
      QRectF(square.left() + cursor_.x() * field, square.top() + cursor_.y() * field, field, field));
  paintFocusFrame(painter, *this);
}

void DrawPad::keyPressEvent(QKeyEvent* event) {
  if (arrowKey(*event) || editKey(*event)) return event->accept();
  QWidget::keyPressEvent(event);
}

bool DrawPad::arrowKey(const QKeyEvent& event) {
  const auto way = arrowWay(event.key());
  if (!way) return false;
  if (event.modifiers().testFlag(Qt::ControlModifier)) {
    liftPen();
    ink_.shift(QPointF(*way) / kFields);
    changed();
    emit told(tr("Shifted."));
    return true;
  }
  const QPoint to(std::clamp(cursor_.x() + way->x(), 0, kFields - 1),
                  std::clamp(cursor_.y() + way->y(), 0, kFields - 1));
  if (to == cursor_) return true;
  cursor_ = to;
  if (pen_down_) {
    ink_.strokeTo(middleOf(cursor_));
    emit drawn();
  }
  update();
  emit told(tr("column %1, row %2%3")
                .arg(cursor_.x())
                .arg(cursor_.y())
                .arg(pen_down_ ? tr(", pen down") : QString()));
  return true;
}

bool DrawPad::editKey(const QKeyEvent& event) {
  if (event.matches(QKeySequence::Undo)) {
    undo();
    emit told(tr("Undone."));
    return true;
  }
  if (event.matches(QKeySequence::Redo)) {
    redo();
    emit told(tr("Done again."));
    return true;
  }
  if (event.matches(QKeySequence::Paste)) {
    emit pasteWanted();
    return true;
  }
  switch (event.key()) {
    case Qt::Key_Space:
      pen_down_ = !pen_down_;
      if (pen_down_) {
        ink_.beginStroke(middleOf(cursor_));
        emit drawn();
      }
      update();
      emit told(pen_down_ ? tr("Pen down.") : tr("Pen up."));
      return true;
    case Qt::Key_Delete:
      clear();
      emit told(tr("Cleared."));
      return true;
    case Qt::Key_BracketLeft:
    case Qt::Key_BracketRight:
      liftPen();
      ink_.rotate(event.key() == Qt::Key_BracketLeft ? -kTurn : kTurn);
      changed();
      emit told(tr("Turned by %1 degrees.").arg(kTurn));
      return true;
    default:
      return false;
  }
}

void DrawPad::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
  drawing_ = true;
  pen_down_ = false;
  ink_.beginStroke(toInk(event->position()));
  changed();
}

void DrawPad::mouseMoveEvent(QMouseEvent* event) {
  if (!drawing_) return QWidget::mouseMoveEvent(event);
  ink_.strokeTo(toInk(event->position()));
  changed();
}

void DrawPad::mouseReleaseEvent(QMouseEvent* event) {
  if (!drawing_) return QWidget::mouseReleaseEvent(event);
  drawing_ = false;
}

// A pen draws the wider, the more it is pressed.
void DrawPad::tabletEvent(QTabletEvent* event) {
  const double width = Ink::kPen * (kLeastPressure + (1 - kLeastPressure) * 2 * event->pressure());
  const QPointF at = toInk(event->position());
  if (event->type() == QEvent::TabletPress) {
    drawing_ = true;
    ink_.beginStroke(at, width);
    changed();
  } else if (event->type() == QEvent::TabletMove && drawing_) {
    ink_.strokeTo(at, width);
    changed();
  } else if (event->type() == QEvent::TabletRelease) {
    drawing_ = false;
  }
  event->accept();
}

void DrawPad::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void DrawPad::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

}  // namespace synann::ui
