// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QDialog>

#include "ui/pages/study/study_submitter.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace synann::ui {

class CalmSpinBox;

// Asks how a study is handed to a cluster, and where it lies. Lives in the window's thread.
class SubmitDialog : public QDialog {
  Q_OBJECT

 public:
  // `folder`: of the study; `fixed`: it has begun and stays there.
  SubmitDialog(const std::filesystem::path& folder, bool fixed, QWidget* parent = nullptr);

  SubmitChoice choice() const;
  void setChoice(const SubmitChoice& choice);  // but for the folder

 private:
  void showWay();
  void browse(QLineEdit* line, bool folder);
  QWidget* withBrowse(QLineEdit* line, bool folder, const QString& name);

  QComboBox* way_;
  QLineEdit* folder_;
  QLineEdit* sbatch_;
  CalmSpinBox* jobs_;
  QLineEdit* hosts_;
  QLabel* help_;
  QPushButton* submit_;
  QFormLayout* form_;
  QWidget* hosts_row_;
};

}  // namespace synann::ui
