// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/pages/study/study_outlook.h"
#include "ui/pages/study/study_runner.h"

class QLabel;
class QProgressBar;

namespace synann::ui {

// What is planned, how far it is, and where it is kept, with the buttons that run it. Lives in the window's
// thread.
class StudyStatus : public QWidget {
  Q_OBJECT

 public:
  // `buttons` stand below what is planned.
  explicit StudyStatus(QWidget* buttons, QWidget* parent = nullptr);

  // `news`: of the run that trains; null where none does. `writer`: who else writes the study.
  void setStudy(const StudyOutlook& outlook, const StudyNews* news, const QString& writer);
  // The data, and the folder where there is one.
  void setPlace(const std::string& data_spec, const std::filesystem::path& folder);

 private:
  QLabel* plan_words_;
  QProgressBar* bar_;
  QLabel* progress_words_;
  QLabel* place_words_;
};

}  // namespace synann::ui
