// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/surface_view.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>

namespace synann::ui {
namespace {

constexpr double kTurn = 5;        // degrees of a key
constexpr double kTurnDrag = 0.5;  // degrees of a pixel
constexpr double kSurfaceZoom = 1.15;
constexpr int kFartherLines = 10;  // lines of the grid

// The next line of the grid beyond a place, so many lines further; nothing between lines is lost by it.
double nextLine(double at, const synapse::Range& range, std::size_t count, int lines) {
  const double step = (range.to - range.from) / static_cast<double>(count - 1);
  const double k = (at - range.from) / step;
  const double base = lines > 0 ? std::floor(k + 1e-6) : std::ceil(k - 1e-6);
  return range.from + std::clamp(base + lines, 0.0, static_cast<double>(count - 1)) * step;
}

}  // namespace

SurfaceView::SurfaceView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleDescription(
      tr("The arrow keys turn the surface; with Ctrl they move the chosen point along x and y, with Ctrl and "
         "Shift ten lines at a time; plus and minus zoom, Backspace goes back one turn, Home and Escape turn "
         "it back."));
  setWhatsThis(
      tr("S over x and y. Drag to turn, click to choose a place, wheel to zoom, Backspace for the turn "
         "before, double click or Escape to turn it back, right click for more."));
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
  return figure_ ? figure_->textAt(figure_->data().chosen_x, figure_->data().chosen_y) : QString();
}

FigurePaint SurfaceView::how() const {
  FigurePaint paint = FigureWidget::how();
  paint.current = hovered_;
  paint.quick = true;
  return paint;
}

FigureWidget::View SurfaceView::shownPart() const {
  if (camera_ == SurfaceCamera()) return std::nullopt;
  return std::array{camera_.azimuth, camera_.elevation, camera_.zoom, 0.0};
}

void SurfaceView::showPart(const View& part) {
  setCamera(part ? SurfaceCamera{.azimuth = (*part)[0], .elevation = (*part)[1], .zoom = (*part)[2]}
                 : SurfaceCamera());
}

bool SurfaceView::figureKey(const QKeyEvent& event) {
  return figure_ && (walkKey(event) || turnKey(event));
}

bool SurfaceView::walkKey(const QKeyEvent& event) {
  if (!event.modifiers().testFlag(Qt::ControlModifier)) return false;
  const int lines = event.modifiers().testFlag(Qt::ShiftModifier) ? kFartherLines : 1;
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
      to.zoom *= kSurfaceZoom;
      break;
    case Qt::Key_Minus:
      to.zoom /= kSurfaceZoom;
      break;
    case Qt::Key_Home:
    case Qt::Key_R:
    case Qt::Key_0:
      resetView();
      return true;
    default:
      return false;
  }
  rememberPart(Change::Turn, event.timestamp());
  setCamera(to);
  return true;
}

void SurfaceView::walk(int columns, int rows) {
  const SurfaceData& shown = figure_->data();
  const synapse::Surface& grid = shown.grid;
  const double x = columns == 0 ? shown.chosen_x : nextLine(shown.chosen_x, grid.x, grid.columns, columns);
  const double y = rows == 0 ? shown.chosen_y : nextLine(shown.chosen_y, grid.y, grid.rows, rows);
  emit pointChosen(x, y);
}

void SurfaceView::chooseAt(QPointF at) {
  const auto point = figure_ ? figure_->pointAt(at, area(), how()) : std::nullopt;
  if (!point) return;
  const synapse::Surface& grid = figure_->data().grid;
  const auto k = static_cast<std::size_t>(*point);
  emit pointChosen(grid.x_at(k % grid.columns), grid.y_at(k / grid.columns));
}

void SurfaceView::turnBy(QPointF way) {
  hovered_.reset();
  setCamera({.azimuth = camera_.azimuth - kTurnDrag * way.x(),
             .elevation = camera_.elevation + kTurnDrag * way.y(),
             .zoom = camera_.zoom});
}

void SurfaceView::pointTo(std::optional<QPointF> place) {
  if (place && !figure_) return;
  const auto point = place ? figure_->pointAt(*place, area(), how()) : std::nullopt;
  if (point == hovered_ && place) return;
  hovered_ = point;
  update();
  emit pointHovered(point ? figure_->pointText(*point) : QString());
}

void SurfaceView::zoomAbout(QPointF, double factor, Qt::KeyboardModifiers) {
  SurfaceCamera to = camera_;
  to.zoom *= factor;
  setCamera(to);
}

}  // namespace synann::ui
