// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study.h"

#include <chrono>
#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace synann::runs {
namespace {

// Reckons the time that is left a few times a second; steps are told far more often.
class StudyClock {
 public:
  StudyClock(const StudyPlan& plan, const std::vector<StudyRun>& runs) : plan_(plan), runs_(runs) {}

  double left(const StudyProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (now < due_ && progress.run == run_) return left_;
    due_ = now + std::chrono::milliseconds(250);
    run_ = progress.run;
    return left_ = study_seconds_left(plan_, runs_, progress);
  }

 private:
  const StudyPlan& plan_;
  const std::vector<StudyRun>& runs_;
  std::chrono::steady_clock::time_point due_{};
  int run_ = 0;
  double left_ = 0;
};

}  // namespace

Result<Study> Study::open(StudyPlan plan) {
  if (auto status = check_plan(plan); !status) return status.error();
  Study study(std::move(plan));
  if (study.plan_.folder.empty()) return study;
  auto lock = FolderLock::take(study.plan_.folder);
  if (!lock) return lock.error();
  study.lock_ = std::move(*lock);
  if (auto status = study.read(); !status) return status.error();
  // Whoever looks at the folder sees at once what is to come.
  if (auto status = study.save(); !status) return status.error();
  return study;
}

Status Study::read() {
  const auto path = plan_.folder / kStudyFile;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return {};
  auto file = read_study(plan_.folder);
  if (!file) return file.error();
  if (file->data_sha256 != plan_.data->sha256) {
    return Error{.where = path.string(),
                 .problem = "is a study on other data",
                 .expected = fmt::format("SHA-256 {}…", file->data_sha256.substr(0, 12)),
                 .found = fmt::format("{}…", plan_.data->sha256.substr(0, 12)),
                 .remedy = "name another folder, or the data it was made on"};
  }
  runs_ = std::move(file->runs);
  return {};
}

Status Study::save() const {
  if (plan_.folder.empty()) return {};
  return write_study(
      plan_.folder,
      {.plan = plan_, .data_name = plan_.data->name, .data_sha256 = plan_.data->sha256, .runs = runs_});
}

Result<bool> Study::run(const std::atomic<bool>& stop, const StudyProgressTold& on_progress,
                        const std::function<void(const StudyRun&)>& on_run) {
  const auto rows = planned_rows(plan_);
  StudyProgress progress;
  progress.runs = plan_.seeds * static_cast<int>(rows.size());
  StudyClock clock(plan_, runs_);
  const StudyProgressTold told = [&](const StudyProgress& at) {
    StudyProgress with_time = at;
    with_time.seconds_left = clock.left(at);
    on_progress(with_time);
  };
  for (int k = 0; k < plan_.seeds; ++k)
    for (const PlannedRow& row : rows) {
      train::Settings settings = row.settings;
      settings.seed = plan_.first_seed + static_cast<std::uint64_t>(k);
      ++progress.run;
      const StudyRun* ended = find_study_run(runs_, settings);
      if (ended == nullptr) {
        if (stop.load()) return false;
        const std::string folder = plan_.folder.empty() ? std::string() : study_run_folder(plan_, settings);
        auto made = make_study_run(plan_, settings, folder, stop, progress, told);
        if (!made) return made.error();
        if (!*made) return false;
        runs_.push_back(std::move(**made));
        if (auto status = save(); !status) return status.error();
        ended = &runs_.back();
      }
      on_run(*ended);
    }
  return true;
}

}  // namespace synann::runs
