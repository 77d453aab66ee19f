// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_view.h"

#include <cmath>

#include <QGraphicsLayout>
#include <QPainter>

#include "ui/plots/crosshair.h"
#include "ui/plots/figure_widget.h"
#include "ui/plots/loss_chart_item.h"

namespace synann::ui {

LossView::LossView(QWidget* parent)
    : QChartView(new LossChartItem, parent),  // the view owns it
      figure_(static_cast<LossChartItem*>(chart())) {
  crosshair_ = new Crosshair(figure_);
  setRenderHint(QPainter::Antialiasing);
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::NoFocus);
  setAttribute(Qt::WA_TransparentForMouseEvents);
  connect(figure_, &QChart::plotAreaChanged, this, [this] {
    if (!drawing_) emit roomChanged();
  });
  applyPalette();
}

LossView::~LossView() = default;

void LossView::display(const std::shared_ptr<const LossCurve>& curve, const LossRange& range, bool logY,
                       const LossSmoothing& smoothing, const FigureStyle& style) {
  drawing_ = true;
  figure_->setStyle(style);
  shown_.assign(1, LossSeries{curve});
  const double width = figure_->plotArea().width();
  figure_->display(shown_, range, logY, smoothing);
  figure_->layout()->activate();
  // New labels may have changed the room for the curve: once more for the new number of columns.
  if (std::abs(figure_->plotArea().width() - width) >= 1) figure_->display(shown_, range, logY, smoothing);
  drawing_ = false;
}

void LossView::point(const LossCurve& curve, std::optional<CurvePoint> current) {
  if (!current) return crosshair_->hide();
  const double examples = pointExamples(curve, *current);
  const QPointF place = figure_->toPixel(examples, pointLoss(curve, *current));
  const QRectF area = figure_->plotArea();
  // A loss without a place (NaN, or zero on a log axis) still has its values: shown at the upper frame.
  const QPointF shown(place.x(), std::isnan(place.y()) ? area.top() : place.y());
  const QPointF x_only(figure_->toPixel(examples, figure_->range().maxY).x(), area.top());
  const QPointF at = std::isnan(shown.x()) ? x_only : shown;
  if (!area.adjusted(-1, -1, 1, 1).contains(at)) return crosshair_->hide();
  crosshair_->place(at, area, detailedPoint(curve, *current), font());
}

QRectF LossView::plotArea() const {
  return mapFromScene(figure_->mapToScene(figure_->plotArea())).boundingRect();
}

QPointF LossView::toFigure(QPointF position) const {
  return figure_->mapFromScene(mapToScene(position.toPoint()));
}

void LossView::applyPalette() {
  const FigureLook look = FigureLook::fromPalette(palette());
  figure_->setFont(font());
  figure_->setLook(look);
  crosshair_->setLook(look);
  setBackgroundBrush(look.background);
  emit roomChanged();
}

void LossView::changeEvent(QEvent* event) {
  QChartView::changeEvent(event);
  const bool look = event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
                    event->type() == QEvent::StyleChange;
  if (look && figure_ != nullptr && crosshair_ != nullptr) applyPalette();
}

void LossView::paintEvent(QPaintEvent* event) {
  QChartView::paintEvent(event);
  if (parentWidget() == nullptr || !parentWidget()->hasFocus()) return;
  QPainter painter(viewport());
  paintFocusFrame(painter, *viewport());
}

}  // namespace synann::ui
