// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <QDialog>

#include "engine/core/result.h"
#include "engine/runs/fork.h"
#include "engine/train/history.h"
#include "ui/session/latest_value_worker.h"
#include "ui/session/run_plan.h"
#include "ui/session/training_controller.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace synann::ui {

class BusyRow;
class CalmSpinBox;
class SettingForm;

// Which run a fork is made of, and at which step.
struct ForkSubject {
  std::filesystem::path run;
  std::optional<std::int64_t> step{};  // nothing: its last one
  data::DataPairPtr data{};            // open already; taken where they are the run's
  int threads = 0;                     // 0 = all
};

// Asks for the step, the name and the settings of a new run that is made out of a step of another one, makes
// it on a thread of its own, and says how far that is. The run and its parent are compared then. Lives in the
// window's thread.
class ForkDialog : public QDialog {
  Q_OBJECT

 public:
  explicit ForkDialog(ForkSubject subject, QWidget* parent = nullptr);
  ~ForkDialog() override;

  // Of the new run, once the dialog was accepted.
  const std::filesystem::path& folder() const { return folder_; }
  QString sentence() const { return sentence_; }

  bool busy() const { return reader_.busy() || forker_.busy(); }
  RunPlan& plan() { return plan_; }
  void reject() override;  // gives up what is being made

 private:
  struct Question {
    runs::ForkRequest request;
    data::DataPairPtr data;
    std::string digest;  // that the run's data have
    std::stop_source stop;
    std::shared_ptr<std::atomic<double>> done;
  };
  struct Answer {
    Result<runs::Forked> forked;
    QString proof;
  };
  using History = std::shared_ptr<const Result<train::History>>;

  static Answer make(const Question& question);
  void layOut();
  void takeHistory(const History& history);
  void takeStep();
  void showWords();
  void begin();
  void takeAnswer(const std::shared_ptr<const Answer>& answer);
  std::int64_t step() const;
  std::filesystem::path wantedFolder() const;
  QString problem() const;  // why it cannot be made; empty where it can
  QString positionWords() const;
  QString differenceWords() const;
  void lock(bool locked);

  ForkSubject subject_;
  std::shared_ptr<const Result<train::History>> history_;
  std::filesystem::path folder_;
  QString sentence_, failure_;
  train::Settings parent_;  // as they are at the step
  bool named_ = false;      // by a person
  std::stop_source stop_;
  std::shared_ptr<std::atomic<double>> done_ = std::make_shared<std::atomic<double>>(0);

  TrainingController nothing_;  // trains nothing: a plan belongs to one
  RunPlan plan_{nothing_};
  CalmSpinBox* step_ = nullptr;
  QLabel* where_ = nullptr;
  QLineEdit* name_ = nullptr;
  SettingForm* form_ = nullptr;
  QLabel* words_ = nullptr;
  BusyRow* busy_ = nullptr;
  QPushButton* make_ = nullptr;

  // Last: their threads are gone before anything that they tell.
  LatestValueWorker<std::filesystem::path, History> reader_;
  LatestValueWorker<Question, std::shared_ptr<const Answer>> forker_;
};

}  // namespace synann::ui
