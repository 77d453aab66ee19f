// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include <QObject>
#include <QString>
#include <QTimer>

#include "engine/infer/fault.h"
#include "ui/session/latest_value_worker.h"
#include "ui/session/workspace.h"

namespace synann::ui {

class MessageBar;

// Where a run failed because its numbers broke, the message that says so gets a button: it looks for the cell
// and the image at fault on a thread of its own, then shows them at the step where it happened. Lives in the
// window's thread.
class FailureOffer : public QObject {
  Q_OBJECT

 public:
  // Both must outlive it; whoever shows the message must be connected to the controller before.
  FailureOffer(Workspace& workspace, MessageBar& messages, QObject* parent);

  bool busy() const { return slow_.isActive(); }  // it is still looking

 signals:
  void pageWanted(const QString& id);

 private:
  struct Question {
    std::uint64_t number = 0;
    std::filesystem::path run{};
    std::shared_ptr<const train::Failure> failure{};
    data::DataPairPtr opened{};  // perhaps the run's
    std::stop_source stop{std::nostopstate};
    std::shared_ptr<std::atomic<double>> done{};  // 0 … 1
  };
  struct Answer {
    std::uint64_t number = 0;
    std::shared_ptr<const train::Failure> failure{};
    std::optional<infer::Fault> fault{};
    QString why{};  // there is none; empty where it was stopped
  };
  static Answer answerTo(const Question& question, const infer::Work& work);

  void take(const Snapshot& snapshot);
  void offer(const QString& told);
  void look();
  void stop();
  void tellProgress();
  void answered(const Answer& answer);
  void showCell();
  void showImage();
  QString sentence() const;

  Workspace& workspace_;
  MessageBar& messages_;
  std::shared_ptr<const train::Failure> failure_;  // of the run at hand; null: it did not fail so
  std::optional<infer::Fault> fault_;              // found last
  Question asked_;
  QTimer slow_;  // while it looks
  LatestValueWorker<Question, Answer> worker_;
};

}  // namespace synann::ui
