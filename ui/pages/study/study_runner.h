// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <QObject>
#include <QString>

#include "engine/runs/study_table.h"
#include "ui/pages/study/study_outlook.h"
#include "ui/session/run_job.h"

namespace synann::ui {

// How far a study is.
struct StudyNews {
  StudyRuns runs{};        // that have ended; null before the study is open
  int run = 0, count = 0;  // of the run at hand, from 1; 0 before the first
  int epoch = 0, epochs = 0;
  double fraction = 0;      // of the run at hand, 0 … 1
  double seconds_left = 0;  // NaN while nothing tells

  // The run that trains, of all planned ones; null before the first.
  const runs::PlannedRun* atHand(const std::vector<runs::PlannedRun>& planned) const {
    const auto k = static_cast<std::size_t>(run);
    return run > 0 && k <= planned.size() ? &planned[k - 1] : nullptr;
  }
};

// Trains a study on a thread of its own at nice 10, so that the window and a run that trains in it come
// first. Lives in the window's thread, which never waits for it but at the end.
class StudyRunner : public QObject {
  Q_OBJECT

 public:
  explicit StudyRunner(QObject* parent = nullptr);
  ~StudyRunner() override;  // pauses: what is at hand is saved

  void setDataOpener(DataOpener opener) { open_data_ = std::move(opener); }
  // Opens the data that the plan's first model names, then trains. Only while nothing runs.
  void start(runs::StudyPlan plan);
  void pause();  // within 100 ms; the run at hand is saved where it stands
  bool running() const { return running_; }
  bool pausing() const { return running_ && stop_.load(); }
  StudyNews news() const;

 signals:
  void changed();  // at most ten times a second
  // Paused, finished, or not possible, which the sentence tells; empty where nothing went wrong.
  void ended(bool finished, const QString& sentence);
  void woken();  // from the training thread to this object alone

 private:
  struct Outcome {
    bool finished = false;
    QString sentence;
  };
  Outcome work(runs::StudyPlan plan);
  void tell(const std::function<void(StudyNews&)>& change, bool at_once);
  void take();

  DataOpener open_data_;
  bool running_ = false;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  StudyNews news_;                    // guarded by mutex_, as is
  std::unique_ptr<Outcome> outcome_;  // how it ended, until it is told
  std::jthread thread_;               // last: joined before what it uses is gone
};

}  // namespace synann::ui
