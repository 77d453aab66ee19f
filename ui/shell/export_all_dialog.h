// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/shell/export_all.h"

class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;

namespace synann::ui {

// Exports every figure of a run, with progress, Stop, and the list of what was written and what could not be.
// Begins at once. Window's thread only.
class ExportAllDialog : public QDialog {
  Q_OBJECT

 public:
  ExportAllDialog(const ViewOptions& options, const QString& folder, QWidget* parent = nullptr);

  // How it ended: "23 files are in …".
  QString sentence() const;
  bool running() const { return running_; }
  const ExportAll& work() const { return work_; }

 public slots:
  void reject() override;  // stops first, where there is anything to stop

 private:
  void refresh();
  void finish();

  ExportAll work_;
  QString trouble_;  // why it could not begin
  bool running_ = false;
  QProgressBar* progress_;
  QListWidget* list_;
  QLabel* words_;
  QPushButton* button_;  // Stop, then Close
};

}  // namespace synann::ui
