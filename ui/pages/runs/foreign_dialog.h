// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QDialog>

#include "engine/exports/foreign_curve.h"
#include "ui/pages/runs/foreign_scene.h"

class QCheckBox;
class QComboBox;
class QListWidget;
class QPushButton;

namespace synann::ui {

class CalmSpinBox;

// Asks which curves of another program's run are drawn, with which curve of this program's runs, and what
// their x counts. What is proposed follows from the names until a person says otherwise. Lives in the
// window's thread.
class ForeignDialog : public QDialog {
  Q_OBJECT

 public:
  // `usual`: what is shown at the moment, and how long the epochs of the runs that are shown are.
  ForeignDialog(const QString& path, exports::ForeignRun run, const ForeignChoice& usual, QWidget* parent);

  std::vector<ForeignChoice> chosen() const;

 private:
  void layOut();
  void fillCurves();
  void propose(int row);  // by the curve's name and numbers
  void updateEnabled();

  QString path_;
  exports::ForeignRun run_;
  ForeignChoice usual_;
  bool unit_touched_ = false, zero_touched_ = false, quantity_touched_ = false,
       percent_touched_ = false;  // by a person

  QListWidget* curves_;
  QComboBox *unit_, *quantity_;
  CalmSpinBox *steps_, *examples_;
  QCheckBox *from_zero_, *percent_;
  QPushButton* add_ = nullptr;
};

}  // namespace synann::ui
