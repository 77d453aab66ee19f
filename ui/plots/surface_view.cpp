// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/surface_view.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include "ui/plots/figure_accessible.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/view_measures.h"

namespace synann::ui {
namespace {

constexpr double kTurn = 5;        // degrees of a key
constexpr double kTurnDrag = 0.5;  // degrees of a pixel
constexpr double kSurfaceZoomStep = 1.15;
constexpr int kLinesOfPage = 10;  // lines of the grid

// The next line of the grid beyond a place, so many lines further; nothing between lines is lost by it.
double nextLine(double at, const synapse::Range& range, std::size_t count, int lines) {
  const double step = (range.to - range.from) / static_cast<double>(count - 1);
  const double k = (at - range.from) / step;
  const double base = lines > 0 ? std::floor(k + 1e-6) : std::ceil(k - 1e-6);
  return range.from + std::clamp(base + lines, 0.0, static_cast<double>(count - 1)) * step;
}

}  // namespace

SurfaceView::SurfaceView(QWidget* parent) : QWidget(parent) {
  installFigureAccessibility();
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAccessibleDescription(
      tr("The arrow keys turn the surface; with Ctrl they move the chosen place along x and y, with Ctrl and "
         "Shift ten lines at a time; plus and minus zoom, Home turns it back."));
  setWhatsThis(
      tr("S over x and y. Drag to turn, click to choose a place, wheel to zoom, double click to turn it "
         "back."));
  setPlaceholder(tr("The surface appears when its page is shown."));
}

void SurfaceView::setData(std::shared_ptr<const SurfaceData> shown, const SurfaceStyle& style) {
  const bool same = figure_ && shown && figure_->data().grid.rows == shown->grid.rows &&
                    figure_->data().grid.columns == shown->grid.columns;
  if (!same) hovered_.reset();
  figure_ = shown ? std::make_shared<const SurfaceFigure>(std::move(shown), style, camera_) : nullptr;
  updateAccessibleName();
  update();
}

void SurfaceView::setPlaceholder(const QString& words) {
  placeholder_ = words;
  if (figure_) return;
  updateAccessibleName();
  update();
}

void SurfaceView::setCamera(const SurfaceCamera& camera) {
  const SurfaceCamera to = limited(camera);
  if (to == camera_) return;
  camera_ = to;
  if (figure_) {
    figure_ = std::make_shared<const SurfaceFigure>(figure_->sharedData(), figure_->style(), camera_);
    update();
  }
  emit cameraChanged();
}

QString SurfaceView::currentPointText() const {
  return figure_ ? figure_->placeText(figure_->data().chosen_x, figure_->data().chosen_y) : QString();
}

void SurfaceView::updateAccessibleName() {
  setAccessibleName(figure_ ? tr("%1: %2").arg(figure_->title(), currentPointText()) : placeholder_);
}

FigurePaint SurfaceView::how() const {
  return {.look = FigureLook::fromPalette(palette()),
          .font = font(),
          .vector = false,
          .current = hovered_,
          .titled = false,
          .quick = true};
}

QRectF SurfaceView::area() const {
  return QRectF(rect()).adjusted(kViewMargin, kViewMargin, -kViewMargin, -kViewMargin);
}

void SurfaceView::paintEvent(QPaintEvent*) {
  paintFigureWidget(*this, figure_.get(), area(), how(), placeholder_);
}

void SurfaceView::keyPressEvent(QKeyEvent* event) {
  if (!figure_ || !(walkKey(*event) || turnKey(*event))) QWidget::keyPressEvent(event);
}

bool SurfaceView::walkKey(const QKeyEvent& event) {
  if (!event.modifiers().testFlag(Qt::ControlModifier)) return false;
  const int lines = event.modifiers().testFlag(Qt::ShiftModifier) ? kLinesOfPage : 1;
  switch (event.key()) {
    case Qt::Key_Left:
      walk(-lines, 0);
      return true;
    case Qt::Key_Right:
      walk(lines, 0);
      return true;
    case Qt::Key_Down:
      walk(0, -lines);
      return true;
    case Qt::Key_Up:
      walk(0, lines);
      return true;
    default:
      return false;
  }
}

bool SurfaceView::turnKey(const QKeyEvent& event) {
  SurfaceCamera to = camera_;
  switch (event.key()) {
    case Qt::Key_Left:
      to.azimuth += kTurn;
      break;
    case Qt::Key_Right:
      to.azimuth -= kTurn;
      break;
    case Qt::Key_Up:
      to.elevation += kTurn;
      break;
    case Qt::Key_Down:
      to.elevation -= kTurn;
      break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      to.zoom *= kSurfaceZoomStep;
      break;
    case Qt::Key_Minus:
      to.zoom /= kSurfaceZoomStep;
      break;
    case Qt::Key_Home:
    case Qt::Key_R:
    case Qt::Key_0:
      to = {};
      break;
    default:
      return false;
  }
  setCamera(to);
  return true;
}

void SurfaceView::walk(int columns, int rows) {
  const SurfaceData& shown = figure_->data();
  const synapse::Surface& grid = shown.grid;
  const double x = columns == 0 ? shown.chosen_x : nextLine(shown.chosen_x, grid.x, grid.columns, columns);
  const double y = rows == 0 ? shown.chosen_y : nextLine(shown.chosen_y, grid.y, grid.rows, rows);
  emit placeChosen(x, y);
}

void SurfaceView::chooseAt(int point) {
  const synapse::Surface& grid = figure_->data().grid;
  const auto k = static_cast<std::size_t>(point);
  emit placeChosen(grid.x_at(k % grid.columns), grid.y_at(k / grid.columns));
}

void SurfaceView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !figure_) return;
  drag_ = press_ = event->position();
  dragged_ = false;
}

void SurfaceView::mouseMoveEvent(QMouseEvent* event) {
  if (!figure_) return;
  if (drag_) {
    const QPointF all = event->position() - press_, way = event->position() - *drag_;
    dragged_ = dragged_ || std::hypot(all.x(), all.y()) > kDragDistance;
    if (!dragged_) return;
    drag_ = event->position();
    hovered_.reset();
    setCamera({.azimuth = camera_.azimuth - kTurnDrag * way.x(),
               .elevation = camera_.elevation + kTurnDrag * way.y(),
               .zoom = camera_.zoom});
    return;
  }
  const auto point = figure_->pointAt(event->position(), area(), how());
  if (point == hovered_) return;
  hovered_ = point;
  update();
  emit placeHovered(point ? figure_->pointText(*point) : QString());
}

void SurfaceView::mouseReleaseEvent(QMouseEvent* event) {
  const bool click = drag_ && !dragged_ && event->button() == Qt::LeftButton;
  drag_.reset();
  if (!click || !figure_) return;
  if (const auto point = figure_->pointAt(event->position(), area(), how())) chooseAt(*point);
}

void SurfaceView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) setCamera({});
}

void SurfaceView::wheelEvent(QWheelEvent* event) {
  SurfaceCamera to = camera_;
  to.zoom *= std::pow(kSurfaceZoomStep, event->angleDelta().y() / kWheelNotch);
  setCamera(to);
  event->accept();
}

void SurfaceView::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  hovered_.reset();
  update();
  emit placeHovered({});
}

// The release of the button will not be told.
void SurfaceView::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  drag_.reset();
}

void SurfaceView::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void SurfaceView::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

}  // namespace synann::ui
