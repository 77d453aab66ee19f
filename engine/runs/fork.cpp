// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/fork.h"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <utility>

#include "engine/compute/backend.h"
#include "engine/data/registry.h"
#include "engine/runs/fork_files.h"
#include "engine/train/history_cut.h"
#include "engine/train/run_data.h"
#include "engine/train/session.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;
using train::History;

Status check_step(const History& history, std::int64_t step) {
  if (history.start.steps_per_epoch < 1 || history.start.train_count < 1)
    return input_error("--step",
                       "has no meaning: the run's history does not tell how many steps an epoch has");
  const std::int64_t first = history.steps_at(history.start.position), last = train::last_step(history);
  if (step >= first && step <= last) return {};
  return Error{.where = "--step",
               .problem = "the run has no such step",
               .expected = fmt::format("{} to {}", first, last),
               .found = fmt::format("{}", step)};
}

// The settings that the new run goes on with.
Result<train::Settings> settings_of_fork(const ForkRequest& request, const History& history,
                                         const data::DataPair& data) {
  train::Settings settings = history.settings_at(request.step);
  const train::Settings before = settings;
  train::apply_settings(settings, request.asked);
  if (const auto key = changed_shape(before, settings)) {
    return input_error(fmt::format("--{}", *key), "cannot change in the middle of a run",
                       "leave it out, or begin a new run with synann train");
  }
  if (request.data) settings.data = data.location.empty() ? data.spec : data.location;
  if (auto status = train::validate(settings); !status) return status.error();
  return settings;
}

Result<data::DataPairPtr> data_of_fork(const ForkRequest& request, const History& history,
                                       std::vector<std::string>& notes) {
  if (!request.data) {
    auto found = train::open_run_data(history, request.run);
    if (!found) return found.error();
    if (!found->note.empty()) notes.push_back(found->note);
    return found->data;
  }
  if (request.data->sha256 == history.start.data_sha256) return request.data;
  return Error{.where = request.data->spec,
               .problem = fmt::format("is not the data that {} was trained on", request.run.string()),
               .expected = fmt::format("SHA-256 {}…", history.start.data_sha256.substr(0, 12)),
               .found = fmt::format("{}…", request.data->sha256.substr(0, 12)),
               .remedy = "name the run's data with --data"};
}

// Where the run was computed at that step, unless something else is asked for.
train::Execution execution_of_fork(const ForkRequest& request, const History& history) {
  train::Execution execution = request.execution;
  std::string device = history.start.device, tier = history.start.tier;
  for (const train::DeviceChange& change : history.devices) {
    if (history.steps_at(change.position) > request.step) break;
    device = change.device, tier = change.tier;
  }
  const auto tiers = compute::known_tiers();
  const bool known = std::find(tiers.begin(), tiers.end(), tier) != tiers.end();
  if (execution.device == "auto" && execution.tier == "auto" && device == "CPU" && known) {
    execution.device = "cpu";
    execution.tier = tier;
  }
  return execution;
}

// What held from the start on, and from each step at which that changed.
std::vector<train::Replay::Leg> legs_of(const History& history, std::int64_t start, std::int64_t until) {
  std::set<std::int64_t> steps{start}, fresh;
  for (const train::SettingChange& change : history.changes) steps.insert(history.steps_at(change.position));
  for (const train::Resume& resume : history.resumes)
    if (resume.fresh_optimiser) fresh.insert(history.steps_at(resume.position));
  for (const train::Fork& fork : history.forks)
    if (fork.fresh_optimiser) fresh.insert(history.steps_at(fork.position));
  steps.insert(fresh.begin(), fresh.end());
  std::vector<train::Replay::Leg> legs;
  for (const std::int64_t from : steps)
    if (from >= start && from <= until)
      legs.push_back({from, history.settings_at(from), fresh.contains(from)});
  return legs;
}

// Where the numbers did not come out as they were recorded. `from_seed`: no state was kept to begin at.
Error not_repeated(const ForkRequest& request, const History& history, const std::string& what,
                   bool from_seed) {
  const train::StartInfo& start = history.start;
  return {
      .kind = ErrorKind::Failed,
      .where = request.run.string(),
      .problem = fmt::format("trained again, it does not repeat to the bit: {}", what),
      .remedy = fmt::format(
          "fork it where it was trained ({}, {}, {}, version {}){}", start.device, start.tier, start.isa,
          start.version,
          from_seed ? "; a run that began with weights of its own has no step before its checkpoints" : "")};
}

// Compares every loss with the recorded one, tells how far it is, and stops on request.
class Replayer final : public train::Observer {
 public:
  Replayer(const History& history, std::int64_t start, std::int64_t until, const infer::Work& work)
      : history_(history), start_(start), until_(until), work_(work), done_(start) {}
  train::Session* session = nullptr;
  double epoch_seconds = 0;             // of the steps of the epoch at hand
  std::optional<std::int64_t> differs;  // the first step whose loss is another one

  void on_steps(const train::StepLosses& losses) override {
    for (std::size_t k = 0; k < losses.losses.size() && !differs; ++k) {
      const std::int64_t x = losses.first_examples + static_cast<std::int64_t>(k) * losses.batch_size;
      if (!matches(x, losses.losses[k])) differs = done_ + static_cast<std::int64_t>(k) + 1;
    }
    if (losses.epoch != epoch_) epoch_seconds = std::exchange(epoch_, losses.epoch) > 0 ? 0 : epoch_seconds;
    epoch_seconds += losses.seconds;
    done_ += static_cast<std::int64_t>(losses.losses.size());
    look();
  }
  void on_evaluation_progress(int, int) override { look(); }

 private:
  bool matches(std::int64_t examples, float loss) const {
    const auto at = std::lower_bound(history_.examples.begin(), history_.examples.end(), examples);
    if (at == history_.examples.end() || *at != examples) return true;  // not recorded
    const float recorded = history_.losses[static_cast<std::size_t>(at - history_.examples.begin())];
    return std::bit_cast<std::uint32_t>(recorded) == std::bit_cast<std::uint32_t>(loss);
  }
  void look() {
    work_.tell(static_cast<int>(done_ - start_), static_cast<int>(until_ - start_));
    if ((work_.stopped() || differs) && session) session->request_stop();
  }

  const History& history_;
  std::int64_t start_, until_;
  const infer::Work& work_;
  std::int64_t done_;
  int epoch_ = 0;
};

struct Arrival {
  train::LoadedCheckpoint state;
  std::int64_t from_step = 0;
  double epoch_seconds = 0;
  bool from_seed = false;
};

Result<Arrival> train_again(const ForkRequest& request, const History& history, data::DataPairPtr data,
                            const infer::Work& work) {
  train::Replay replay{.start = nearest_state(request.run, history, request.step), .until = request.step};
  const bool from_seed = !replay.start;
  const train::Position begun = replay.start ? replay.start->checkpoint.position : train::Position{};
  const std::int64_t from = history.steps_at(begun);
  if (!replay.start && history.steps_at(history.start.position) > 0) {
    return input_error(request.run.string(), "keeps no whole state at or before this step",
                       "name a later step");
  }
  const int epoch = static_cast<int>(request.step / history.start.steps_per_epoch);
  replay.measured = std::any_of(history.evaluations.begin(), history.evaluations.end(),
                                [&](const train::Evaluation& e) { return e.epoch == epoch; });
  replay.legs = legs_of(history, from, request.step);
  for (const train::Replay::Leg& leg : replay.legs)
    if (auto status = train::validate(leg.settings); !status) return status.error();
  Replayer replayer(history, from, request.step, work);
  for (const train::EpochTime& time : history.times)
    if (time.position == begun) replayer.epoch_seconds = time.seconds;
  auto session = train::Session::create({.execution = execution_of_fork(request, history),
                                         .data = std::move(data),
                                         .replay = std::move(replay)},
                                        replayer);
  if (!session) return session.error();
  replayer.session = session->get();
  if (work.stopped()) (*session)->request_stop();
  const auto end = (*session)->run();
  if (replayer.differs) {
    return not_repeated(request, history,
                        fmt::format("the loss of step {} is another one", *replayer.differs), from_seed);
  }
  if (!end) return end.error();
  if (*end == train::State::Stopped)
    return Error{
        .kind = ErrorKind::Cancelled, .where = request.run.string(), .problem = "the fork was given up"};
  return Arrival{(*session)->take_state(), from, replayer.epoch_seconds, from_seed};
}

std::string folder_name(const fs::path& folder) {
  std::error_code code;
  const fs::path whole = fs::weakly_canonical(folder, code);
  return (whole.has_filename() ? whole.filename() : whole.parent_path().filename()).string();
}

bool keeps_squares(const train::Settings& settings) {
  return settings.optimizer.starts_with("adam");
}

}  // namespace

Result<Forked> fork_run(const ForkRequest& request, const infer::Work& work) {
  if (auto status = check_no_run(request.folder); !status) return status.error();
  const auto file = train::read_history_file(request.run / train::kHistoryFile);
  if (!file) return file.error();
  const History& history = file->history;
  if (auto status = check_step(history, request.step); !status) return status.error();
  Forked forked;
  auto data = data_of_fork(request, history, forked.notes);
  if (!data) return data.error();
  const auto settings = settings_of_fork(request, history, **data);
  if (!settings) return settings.error();
  auto arrival = train_again(request, history, *data, work);
  if (!arrival) return arrival.error();
  train::Checkpoint& checkpoint = arrival->state.checkpoint;
  if (!record_agrees(request.run, request.step, *arrival->state.model, checkpoint.state.values)
           .value_or(true)) {
    return not_repeated(request, history,
                        fmt::format("the record has other numbers after step {}", request.step),
                        arrival->from_seed);
  }
  const train::Settings before = history.settings_at(request.step);
  train::adopt_settings(checkpoint, *settings);
  const bool fresh = keeps_squares(before) != keeps_squares(*settings);
  if (fresh) train::zero_optimiser(checkpoint, request.step);
  auto written = write_fork({.run = request.run,
                             .folder = request.folder,
                             .state = arrival->state,
                             .steps = request.step,
                             .history = train::cut_history(file->text(), history, request.step),
                             .fork = {.position = checkpoint.position,
                                      .from = folder_name(request.run),
                                      .changed = train::differences(before, *settings),
                                      .fresh_optimiser = fresh},
                             .epoch_seconds = arrival->epoch_seconds});
  if (!written) return written.error();
  forked.fork = std::move(*written);
  forked.from_step = arrival->from_step;
  forked.checkpoint = request.folder / train::kLastCheckpoint;
  return forked;
}

}  // namespace synann::runs
