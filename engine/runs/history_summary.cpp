// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/history_summary.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/train/event_json.h"
#include "engine/train/history.h"
#include "engine/train/json_fields.h"

namespace synann::runs {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

void take_start(const train::History& history, RunSummary& run) {
  run.settings = history.settings();
  run.data_name = history.start.data_name;
  run.data_sha256 = history.start.data_sha256;
  run.parameter_count = history.start.parameter_count;
  run.version = history.resumes.empty() ? history.start.version : history.resumes.back().version;
  const auto take_device = [&](const auto& from) {
    run.device = from.device, run.tier = from.tier, run.isa = from.isa, run.threads = from.threads;
  };
  history.devices.empty() ? take_device(history.start) : take_device(history.devices.back());
  if (history.forks.empty()) return;
  run.fork = history.forks.back();
  run.parent = run.fork->from;
  run.fork_steps = history.steps_at(run.fork->position);
}

void take_epochs(const train::History& history, RunSummary& run) {
  run.steps = static_cast<std::int64_t>(history.losses.size());
  for (const train::Evaluation& e : history.evaluations) {
    if (e.epoch == 0) continue;
    run.epochs = e.epoch;
    run.train_seconds += e.train_seconds;
    run.last = e;
    if (e.best) run.best = e;
    if (run.latest.size() == kLatestEpochs) run.latest.erase(run.latest.begin());
    run.latest.push_back({e.accuracy(), e.test_loss});
  }
  if (!history.evaluations.empty() && run.epochs > 0)
    run.steps = std::max(run.steps, history.steps_at({run.epochs + 1, 0}));
}

void take_end(const train::History& history, RunSummary& run) {
  if (!history.end) return;
  run.reason = history.end->reason;
  switch (history.end->state) {
    case train::State::Finished:
      run.state = RunState::Finished;
      break;
    case train::State::Failed:
      run.state = RunState::Failed;
      break;
    case train::State::Stopped:
    case train::State::Training:
    case train::State::Evaluating:
    case train::State::Paused:
      run.state = RunState::Stopped;
      break;
  }
}

ordered_json finite_or_null(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

// Whether it is null, or an evaluation.
bool take_evaluation(const json* value, std::optional<train::Evaluation>& into) {
  if (value == nullptr) return false;
  if (value->is_null()) return true;
  const auto evaluation = train::evaluation_from_json(*value, {.where = "index"});
  if (evaluation) into = *evaluation;
  return evaluation.ok();
}

bool take_fork(const json* value, std::optional<train::Fork>& into) {
  if (value == nullptr) return false;
  if (value->is_null()) return true;
  const auto fork = train::fork_from_json(*value, {.where = "index"});
  if (fork) into = *fork;
  return fork.ok();
}

bool take_latest(const json* value, std::vector<EpochScore>& into) {
  if (value == nullptr || !value->is_array()) return false;
  return std::all_of(value->begin(), value->end(), [&](const json& score) {
    train::Fields fields(score, "index");
    EpochScore read;
    fields.require("accuracy", read.accuracy);
    fields.require("test_loss", read.test_loss);
    into.push_back(read);
    return fields.finish(0).ok();
  });
}

}  // namespace

Result<HistorySummary> read_summary(const std::filesystem::path& folder) {
  const auto history = train::read_history(folder);
  if (!history) return history.error();
  HistorySummary summary;
  take_start(*history, summary.run);
  take_epochs(*history, summary.run);
  take_end(*history, summary.run);
  summary.waits = !history->pauses.empty() && !history->end &&
                  history->steps_at(history->pauses.back().position) >= summary.run.steps;
  return summary;
}

std::string summary_text(const HistorySummary& summary) {
  const RunSummary& run = summary.run;
  const auto evaluation = [](const std::optional<train::Evaluation>& e) {
    return e ? train::to_json(*e) : ordered_json();
  };
  ordered_json latest = ordered_json::array();
  for (const EpochScore& score : run.latest)
    latest.push_back(ordered_json{{"accuracy", finite_or_null(score.accuracy)},
                                  {"test_loss", finite_or_null(score.test_loss)}});
  const ordered_json j{{"settings", train::to_json(run.settings)},
                       {"state", static_cast<int>(run.state)},
                       {"reason", run.reason},
                       {"data_name", run.data_name},
                       {"data_sha256", run.data_sha256},
                       {"version", run.version},
                       {"device", run.device},
                       {"tier", run.tier},
                       {"isa", run.isa},
                       {"threads", run.threads},
                       {"parameters", run.parameter_count},
                       {"parent", run.parent},
                       {"fork", run.fork ? train::to_json(*run.fork) : ordered_json()},
                       {"fork_steps", run.fork_steps},
                       {"steps", run.steps},
                       {"epochs", run.epochs},
                       {"train_seconds", finite_or_null(run.train_seconds)},
                       {"best", evaluation(run.best)},
                       {"last", evaluation(run.last)},
                       {"latest", std::move(latest)},
                       {"waits", summary.waits}};
  return j.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::optional<HistorySummary> summary_from_text(const std::string& text) {
  const json object = json::parse(text, nullptr, false);
  HistorySummary summary;
  RunSummary& run = summary.run;
  train::Fields fields(object, "index");
  int state = -1;
  fields.require("state", state);
  fields.require("reason", run.reason);
  fields.require("data_name", run.data_name);
  fields.require("data_sha256", run.data_sha256);
  fields.require("version", run.version);
  fields.require("device", run.device);
  fields.require("tier", run.tier);
  fields.require("isa", run.isa);
  fields.require("threads", run.threads);
  fields.require("parameters", run.parameter_count);
  fields.require("parent", run.parent);
  fields.require("fork_steps", run.fork_steps);
  fields.require("steps", run.steps);
  fields.require("epochs", run.epochs);
  fields.require("train_seconds", run.train_seconds);
  fields.require("waits", summary.waits);
  const json* const read = fields.value("settings");
  if (read == nullptr || !take_evaluation(fields.value("best"), run.best) ||
      !take_evaluation(fields.value("last"), run.last) || !take_latest(fields.value("latest"), run.latest) ||
      !take_fork(fields.value("fork"), run.fork))
    return std::nullopt;
  auto settings = train::settings_from_json(*read, "index");
  if (!settings || !fields.finish(0).ok() || state < 0 || state > static_cast<int>(RunState::Interrupted))
    return std::nullopt;
  run.settings = std::move(*settings);
  run.state = static_cast<RunState>(state);
  return summary;
}

}  // namespace synann::runs
