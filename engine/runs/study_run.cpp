// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study_run.h"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/runs/study_tasks.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/session.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;
using train::Evaluation;
using train::History;
using train::Settings;

// Follows one session: how far it is and at which pace, and whether its numbers broke.
class StudyFollower final : public train::Observer {
 public:
  StudyFollower(StudyProgress& progress, const StudyProgressTold& told) : progress_(progress), told_(told) {}
  std::function<void()> look = [] {};  // between steps: whether to stop
  train::StartInfo start;
  std::vector<Evaluation> evaluations;
  bool broke = false;

  void on_start(const train::StartInfo& s) override {
    start = s;
    look();
  }
  void on_steps(const train::StepLosses& losses) override {
    steps_ += static_cast<int>(losses.losses.size());
    seconds_ += losses.seconds;
    progress_.epoch = losses.epoch;
    progress_.epoch_fraction =
        static_cast<double>(losses.first_step + static_cast<int>(losses.losses.size())) /
        start.steps_per_epoch;
    progress_.epoch_seconds = seconds_ / std::max(1, steps_) * start.steps_per_epoch + eval_seconds_;
    told_(progress_);
    look();
  }
  void on_evaluation_progress(int, int) override { look(); }
  void on_evaluation(const Evaluation& e) override {
    evaluations.push_back(e);
    eval_seconds_ = e.eval_seconds;
  }
  void on_failure(std::shared_ptr<const train::Failure>) override { broke = true; }

 private:
  StudyProgress& progress_;
  const StudyProgressTold& told_;
  int steps_ = 0;
  double seconds_ = 0, eval_seconds_ = 0;
};

// What a run comes to, of its start and its measurements: the same numbers whether it was made at once or in
// parts.
StudyRun outcome(const Settings& settings, const train::StartInfo& start,
                 const std::vector<Evaluation>& evaluations) {
  StudyRun run;
  run.settings = settings;
  run.parameter_count = start.parameter_count;
  run.tier = start.tier;
  run.threads = start.threads;
  for (const Evaluation& e : evaluations) {
    if (e.epoch == 0) continue;
    run.epochs = e.epoch;
    run.accuracy = e.accuracy();
    run.test_loss = e.test_loss;
    run.train_loss = e.train_loss;
    run.train_seconds += e.train_seconds;
    run.eval_seconds += e.eval_seconds;
    if (e.best) run.best_accuracy = e.accuracy();
  }
  return run;
}

// Whether the history is that of this run and no other: trained from the same settings on the same data, and
// nothing was changed since.
bool is_of_run(const History& history, const StudyPlan& plan, const Settings& settings) {
  return history.start.data_sha256 == plan.data->sha256 && same_run(history.start.settings, settings) &&
         history.changes.empty() && history.forks.empty();
}

// The instruction sets that a run was made with, in their order.
std::vector<std::string> isas_in(const History& history) {
  std::vector<std::string> isas{history.start.isa};
  for (const train::DeviceChange& change : history.devices) isas.push_back(change.isa);
  return isas;
}
// Each once: "AVX2, AVX-512".
std::string isas_of(const std::vector<std::string>& isas) {
  std::string text;
  std::vector<std::string> told;
  for (const std::string& isa : isas) {
    if (isa.empty() || std::find(told.begin(), told.end(), isa) != told.end()) continue;
    text += (told.empty() ? "" : ", ") + isa;
    told.push_back(isa);
  }
  return text;
}

// The outcome of a run that is over, though the program was killed before it was written into study.json.
std::optional<StudyRun> outcome_of(const History& history, const Settings& settings) {
  if (!history.end || history.end->state == train::State::Stopped) return std::nullopt;
  const bool failed = history.end->state == train::State::Failed;
  if (failed && history.end->fault == train::FaultPlace::None) return std::nullopt;  // the disk, say
  StudyRun run = outcome(settings, history.start, history.evaluations);
  run.isa = isas_of(isas_in(history));
  if (failed) run.failed = history.end->reason;
  return run;
}

struct Ended {
  Result<train::State> state;
  std::vector<Evaluation> evaluations;
  train::StartInfo start;
  std::vector<std::string> isas;  // with which it was made so far
  bool broke = false;
};

// Trains, or goes on where a checkpoint is.
Result<Ended> train_run(const StudyPlan& plan, const Settings& settings, const fs::path& folder,
                        const std::atomic<bool>& stop, StudyProgress& progress,
                        const StudyProgressTold& told) {
  StudyFollower follower(progress, told);
  train::SessionOptions options;
  options.settings = settings;
  options.execution = plan.execution;
  options.data = plan.data;
  options.folder = folder;
  options.record = plan.record;
  std::error_code ignored;
  if (!folder.empty() && fs::exists(folder / train::kLastCheckpoint, ignored))
    options.resume = folder / train::kLastCheckpoint;
  auto session = train::Session::create(std::move(options), follower);
  if (!session) return session.error();
  std::vector<std::string> isas;
  if (auto past = (*session)->take_history()) {
    isas = isas_in(*past);
    follower.evaluations = std::move(past->evaluations);
  }
  follower.look = [&] {
    if (stop.load()) (*session)->request_stop();
  };
  auto state = (*session)->run();
  isas.push_back(follower.start.isa);
  return Ended{std::move(state), std::move(follower.evaluations), std::move(follower.start), std::move(isas),
               follower.broke};
}

}  // namespace

std::string study_run_folder(const StudyPlan& plan, const Settings& settings) {
  std::error_code code;
  if (std::string task = fmt::format("{}/{}", kStudyRunsFolder, task_id(settings, plan.data->sha256));
      fs::exists(plan.folder / task, code))
    return task;
  const std::string name = fmt::format("{}/{}", kStudyRunsFolder, study_run_name(settings));
  for (int n = 1;; ++n) {
    std::string run = n == 1 ? name : fmt::format("{}-{}", name, n);
    if (!fs::exists(plan.folder / run / train::kHistoryFile, code)) return run;
    const auto history = train::read_history(plan.folder / run);
    if (history ? is_of_run(*history, plan, settings)
                : !fs::exists(plan.folder / run / train::kLastCheckpoint, code))
      return run;
  }
}

Result<std::optional<StudyRun>> make_study_run(const StudyPlan& plan, const Settings& settings,
                                               const std::string& run, const std::atomic<bool>& stop,
                                               StudyProgress& progress, const StudyProgressTold& told) {
  progress.settings = &settings;
  progress.epoch = 1;
  progress.epochs = settings.epochs;
  progress.epoch_fraction = progress.epoch_seconds = 0;
  told(progress);
  fs::path folder;
  if (!run.empty()) {
    folder = plan.folder / run;
    if (const auto history = train::read_history(folder); history) {
      if (!is_of_run(*history, plan, settings))
        return input_error(folder.string(), "holds a run with other settings, or one that was changed",
                           "move it elsewhere");
      if (auto over = outcome_of(*history, settings)) {
        over->run = run;
        return over;
      }
    }
  }
  auto ended = train_run(plan, settings, folder, stop, progress, told);
  if (!ended) return ended.error();
  if (!ended->state && !ended->broke) return ended->state.error();
  if (ended->state && *ended->state == train::State::Stopped) return std::optional<StudyRun>();
  StudyRun made = outcome(settings, ended->start, ended->evaluations);
  made.isa = isas_of(ended->isas);
  made.run = run;
  if (!ended->state) made.failed = ended->state.error().sentence();
  return std::optional(std::move(made));
}

}  // namespace synann::runs
