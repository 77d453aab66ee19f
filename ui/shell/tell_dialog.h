// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/shell/run_teller.h"

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace synann::ui {

class CalmSpinBox;

// Asks when a person wants to be told of a run that they do not look at, and how.
class TellDialog : public QDialog {
  Q_OBJECT

 public:
  explicit TellDialog(const TellSettings& settings, QWidget* parent = nullptr);

  TellSettings settings() const;

 private:
  void showMetric();

  QCheckBox *at_end_, *at_milestone_;
  QComboBox* metric_;
  CalmSpinBox* value_;
  QLineEdit* command_;
};

}  // namespace synann::ui
