// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QWidget>

#include "ui/plots/loss_curve.h"
#include "ui/plots/loss_viewport.h"

class QAction;

namespace synann::ui {

class LossView;

// The loss figure of a run, live: a blue line for the train loss, red points for the test loss, a crosshair
// with exact values, and zoom that stays while data arrive. The owner appends to the curve and calls
// refresh() at most 30 times a second; while hidden the chart does nothing and catches up when shown. Follows
// the palette, light or dark.
class LossChart : public QWidget {
  Q_OBJECT

 public:
  explicit LossChart(QWidget* parent = nullptr);

  // The curve is shared with the owner, who alone changes it, in this thread. Never null inside.
  void setCurve(std::shared_ptr<const LossCurve> curve);
  const LossCurve& curve() const;
  void refresh();  // shows what was appended; cheap when nothing was

  bool follow() const;
  bool logY() const;
  LossRange range() const;              // what is shown, in examples and nats
  void zoomTo(const LossRange& range);  // stops following

  // Checkable, without shortcuts: for menus, tool bars and buttons (QToolButton::setDefaultAction).
  QAction* followAction() const { return follow_action_; }
  QAction* logYAction() const { return log_action_; }

  QString currentPointText()
      const;  // "train loss 0.0936 at 12,800 examples, epoch 1"; empty without a crosshair
  LossView* view() const { return view_; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 public slots:
  void setFollow(bool follow);  // true: back to the full live range
  void setLogY(bool log);

 signals:
  void followChanged(bool follow);
  void logYChanged(bool log);
  void currentPointChanged(const QString& text);

 private:
  LossView* view_;
  QAction* follow_action_;
  QAction* log_action_;
};

}  // namespace synann::ui
