// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>

#include <QString>

#include "engine/runs/study_plan.h"
#include "ui/session/latest_value_worker.h"
#include "ui/session/run_job.h"

namespace synann::ui {

enum class SubmitWay { Slurm, Parallel };

// How a study is handed to a cluster, as a person chooses it.
struct SubmitChoice {
  SubmitWay way = SubmitWay::Slurm;
  std::filesystem::path folder{};
  QString sbatch{};  // more options, as at the prompt
  int jobs = 0;      // at once on each host, of GNU parallel; 0: as many as there are processors
  std::filesystem::path hosts{};
  bool operator==(const SubmitChoice&) const = default;
};

// What came of it.
struct SubmitNews {
  std::filesystem::path folder{};
  bool done = false;
  QString sentence{};
};

// Writes a plan as tasks and hands them on, or ends what was handed on, on a thread of its own. Lives in the
// window's thread.
class StudySubmitter {
 public:
  using Told = std::function<void(const SubmitNews&)>;  // in the window's thread
  explicit StudySubmitter(Told told);

  void setDataOpener(DataOpener opener) { open_data_ = std::move(opener); }
  // Only while it is not busy.
  void submit(runs::StudyPlan plan, const SubmitChoice& choice);
  void cancel(const std::filesystem::path& folder);
  bool busy() const { return worker_.busy(); }

 private:
  struct Job {
    bool cancel = false;
    runs::StudyPlan plan{};
    SubmitChoice choice{};
    DataOpener open_data{};
  };
  static SubmitNews work(const Job& job);
  static SubmitNews cancelAll(const std::filesystem::path& folder);
  static SubmitNews submitAll(const Job& job);

  DataOpener open_data_;
  LatestValueWorker<Job, SubmitNews> worker_;  // last: its thread is gone before anything that it tells
};

}  // namespace synann::ui
