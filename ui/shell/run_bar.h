// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

#include "ui/session/run_plan.h"

class QComboBox;
class QLabel;
class QProgressBar;

namespace synann::ui {

class ActionButton;
class ActionRegistry;
class DataChoice;
class DeviceChoice;

// The bar above every page: what is trained on what and where, the commands, and how far the run is, in
// words.
class RunBar : public QWidget {
  Q_OBJECT

 public:
  // The plan must outlive it.
  RunBar(const ActionRegistry& actions, RunPlan& plan, QWidget* parent = nullptr);

  QString dataSpec() const;
  void setDataSpec(const QString& spec);  // adds it when it is not in the list
  void addData(const QString& spec);
  bool hasData(const QString& spec) const;
  void removeData(const QString& spec);
  DeviceChoice* devices() const { return devices_; }

  // Data set and model are fixed while a run is open.
  void setLocked(bool locked);
  void showState(RunState state, bool stopping, const QString& reason);
  void showProgress(const Progress& progress);
  void showData(int train_count, int test_count);  // of the data set that was opened, until a run begins
  // Train where it can be had, else Pause, so that the keyboard never gets lost.
  void focusCommand();
  bool commandHasFocus() const;

 signals:
  void dataChosen(const QString& spec);
  void openDataWanted();
  void openModelWanted();

 private:
  QWidget* makeChoices();
  void fillDataChoice();
  void fillModelChoice();
  void takePlan();
  void onModelActivated(int index);
  void onDataActivated(int index);
  QLabel* makeLabel(const QString& object, const QString& name, const QString& widest, QWidget* parent);
  QWidget* makeProgressRow();

  RunPlan& plan_;
  DataChoice* data_;
  QComboBox* model_;
  int own_model_ = 0;  // index behind the models with a name
  DeviceChoice* devices_;
  QLabel* state_;
  QLabel* epoch_;
  QProgressBar* bar_;
  QLabel* device_;
  QLabel* speed_;
  ActionButton* train_ = nullptr;
  ActionButton* pause_ = nullptr;
  QString data_words_;
  RunState shown_ = RunState::Ready;
  int chosen_ = 0;  // index of the data set before "Open data…" was picked
};

}  // namespace synann::ui
