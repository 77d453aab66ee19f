// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/plots/loss_curve.h"
#include "ui/plots/loss_figure.h"
#include "ui/session/workspace.h"

class QAction;
class QLabel;
class QPlainTextEdit;
class QSplitter;

namespace synann::ui {

class CalmComboBox;
class LossChart;
class SettingForm;
class TrainTables;

// The training at a glance: the loss figure, the hyper-parameters beside it, the log and the accuracies
// below.
class TrainPage : public Page {
  Q_OBJECT

 public:
  static PageInfo info();

  // The actions belong to the figure and are kept in step with it; the workspace must outlive the page.
  TrainPage(Workspace& workspace, const PageActions& actions, QWidget* parent = nullptr);

  SettingForm* form() const { return form_; }
  LossChart* chart() const { return chart_; }
  const LossCurve& curve() const { return *curve_; }
  QList<QSplitter*> splitters() const override;
  FigureWidget* emptyFigure() const override;
  bool canExport() const override { return !curve_->empty(); }
  QString figureName() const override { return QStringLiteral("loss"); }
  Result<ShownFigure> shownFigure() const override;
  Status restoreView(const QJsonObject& view) override;
  QVariantMap remembered() const override;
  void remember(const QVariantMap& kept) override;

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void layOut(QAction* log_y, QAction* follow);
  QWidget* makeFigure(QAction* log_y, QAction* follow);
  QWidget* makeLog();
  QWidget* makeSmoothing(QWidget* parent);
  void connectFigure(QAction* log_y, QAction* follow);
  void take(const Snapshot& snapshot);
  void clear();
  void refresh();
  void showTitle();

  Workspace& workspace_;
  std::shared_ptr<LossCurve> curve_;
  train::StartInfo start_;
  LossChart* chart_;
  SettingForm* form_;
  QLabel* title_ = nullptr;
  QPlainTextEdit* log_ = nullptr;
  std::optional<LossPart> wanted_part_;  // of a figure whose run is being opened
  TrainTables* tables_;
  CalmComboBox* smoothing_ = nullptr;
  QSplitter* rows_ = nullptr;
  QSplitter* bottom_ = nullptr;
};

}  // namespace synann::ui
