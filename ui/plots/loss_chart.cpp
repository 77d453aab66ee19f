// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_chart.h"

#include <QAction>
#include <QVBoxLayout>

#include "ui/plots/loss_accessible.h"
#include "ui/plots/loss_view.h"

namespace synann::ui {

LossChart::LossChart(QWidget* parent)
    : QWidget(parent),
      view_(new LossView(this)),
      follow_action_(new QAction(tr("Follow"), this)),
      log_action_(new QAction(tr("Logarithmic loss"), this)) {
  installLossAccessibility();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(view_);
  setFocusProxy(view_);
  setAccessibleName(tr("Loss figure"));

  follow_action_->setCheckable(true);
  follow_action_->setChecked(view_->state().follow());
  follow_action_->setToolTip(tr("Shows all of the curve and grows with it; zooming stops it"));
  log_action_->setCheckable(true);
  log_action_->setToolTip(tr("Shows the loss on a logarithmic axis, which spreads small losses apart"));
  connect(follow_action_, &QAction::triggered, this, &LossChart::setFollow);
  connect(log_action_, &QAction::triggered, this, &LossChart::setLogY);
  connect(view_, &LossView::followChanged, follow_action_, &QAction::setChecked);
  connect(view_, &LossView::logYChanged, log_action_, &QAction::setChecked);
  connect(view_, &LossView::followChanged, this, &LossChart::followChanged);
  connect(view_, &LossView::logYChanged, this, &LossChart::logYChanged);
  connect(view_, &LossView::currentPointChanged, this, &LossChart::currentPointChanged);
}

void LossChart::setCurve(std::shared_ptr<const LossCurve> curve) {
  view_->setCurve(std::move(curve));
}
const LossCurve& LossChart::curve() const {
  return view_->curve();
}
void LossChart::refresh() {
  view_->refresh();
}
bool LossChart::follow() const {
  return view_->state().follow();
}
bool LossChart::logY() const {
  return view_->state().logY();
}
LossRange LossChart::range() const {
  return view_->state().range();
}
void LossChart::zoomTo(const LossRange& range) {
  view_->zoomTo(range);
}
void LossChart::setFollow(bool follow) {
  view_->setFollow(follow);
}
void LossChart::setLogY(bool log) {
  view_->setLogY(log);
}
QString LossChart::currentPointText() const {
  return view_->currentPointText();
}
QSize LossChart::sizeHint() const {
  return {800, 480};
}
QSize LossChart::minimumSizeHint() const {
  return {400, 260};
}

}  // namespace synann::ui
