// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/study.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <span>
#include <system_error>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/train/event_json.h"
#include "engine/train/json_fields.h"
#include "engine/train/session.h"

namespace synann::train {
namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t kLargestStudy = 64 << 20;  // bytes

// Follows one session: what it came to, and how far it is.
class Follower final : public Observer {
 public:
  Follower(StudyRun& run, StudyProgress& progress, const std::function<void(const StudyProgress&)>& told)
      : run_(run), progress_(progress), told_(told) {}
  std::function<void()> look = [] {};  // between steps: whether to stop

  void on_start(const StartInfo& start) override {
    run_.parameter_count = start.parameter_count;
    run_.tier = start.tier;
    run_.threads = start.threads;
    steps_ = start.steps_per_epoch;
    look();
  }
  void on_steps(const StepLosses& losses) override {
    progress_.epoch = losses.epoch;
    progress_.epoch_fraction =
        static_cast<double>(losses.first_step + static_cast<int>(losses.losses.size())) / steps_;
    told_(progress_);
    look();
  }
  void on_evaluation_progress(int, int) override { look(); }
  void on_evaluation(const Evaluation& e) override {
    if (e.epoch == 0) return;
    run_.epochs = e.epoch;
    run_.accuracy = e.accuracy();
    run_.test_loss = e.test_loss;
    run_.train_loss = e.train_loss;
    run_.train_seconds += e.train_seconds;
    if (e.best) run_.best_accuracy = e.accuracy();
  }

 private:
  StudyRun& run_;
  StudyProgress& progress_;
  const std::function<void(const StudyProgress&)>& told_;
  int steps_ = 1;
};

ordered_json to_json(const StudyRun& r) {
  ordered_json j = to_json(r.settings);
  j.update(ordered_json{{"parameters", r.parameter_count},
                        {"tier", r.tier},
                        {"threads", r.threads},
                        {"accuracy", r.accuracy},
                        {"test_loss", r.test_loss},
                        {"train_loss", r.train_loss},
                        {"best_accuracy", r.best_accuracy},
                        {"epochs_trained", r.epochs},
                        {"train_seconds", r.train_seconds}});
  if (!r.failed.empty()) j["failed"] = r.failed;
  return j;
}

Result<StudyRun> run_from_json(const nlohmann::json& value, const std::string& where) {
  auto settings = settings_from_json(value, where);
  if (!settings) return settings.error();
  StudyRun r{.settings = std::move(*settings)};
  Fields fields(value, where);
  fields.require("parameters", r.parameter_count);
  fields.require("tier", r.tier);
  fields.require("threads", r.threads);
  fields.require("accuracy", r.accuracy);
  fields.require("test_loss", r.test_loss);
  fields.require("train_loss", r.train_loss);
  fields.require("best_accuracy", r.best_accuracy);
  fields.require("epochs_trained", r.epochs);
  fields.require("train_seconds", r.train_seconds);
  fields.read("failed", r.failed);
  // The first programs kept such a run as one that counts.
  if (r.failed.empty() && !std::isfinite(r.test_loss)) r.failed = "the loss on the test set is not finite";
  return fields.finish(std::move(r));
}

bool counts(const StudyRun* run) {
  return run->failed.empty();
}

// Seed by seed, where both runs count.
std::optional<PairedTest> compare(std::span<const StudyRun* const> runs,
                                  std::span<const StudyRun* const> first) {
  std::vector<double> own, other;
  for (std::size_t k = 0; k < std::min(runs.size(), first.size()); ++k) {
    if (!counts(runs[k]) || !counts(first[k])) continue;
    own.push_back(runs[k]->accuracy);
    other.push_back(first[k]->accuracy);
  }
  return paired_t_test(own, other);
}

// The same run, wherever its data are found.
bool same_run(Settings a, const Settings& b) {
  a.data = b.data;
  return a == b;
}

}  // namespace

Study::Study(StudyPlan plan) : plan_(std::move(plan)) {
  for (const Settings& model : plan_.models) {
    const auto varied = vary(model, plan_.variations);
    rows_.insert(rows_.end(), varied.begin(), varied.end());
  }
}

Result<Study> Study::open(StudyPlan plan) {
  if (plan.models.empty())
    return Error{.where = "--models", .problem = "names no model", .expected = "at least one"};
  if (plan.seeds < 1)
    return Error{.where = "--seeds", .problem = "is out of range", .expected = "at least 1"};
  for (auto m = plan.models.begin(); m != plan.models.end(); ++m) {
    if (std::any_of(plan.models.begin(), m, [&](const Settings& s) { return s.model == m->model; }))
      return Error{.where = "--models", .problem = fmt::format("names {} twice", m->model)};
  }
  for (auto v = plan.variations.begin(); v != plan.variations.end(); ++v) {
    if (std::any_of(plan.variations.begin(), v, [&](const Variation& other) { return other.key == v->key; }))
      return Error{.where = "--vary", .problem = fmt::format("names {} twice", v->key)};
  }
  Study study(std::move(plan));
  const data::Dataset& images = study.plan_.data->train;
  for (const Settings& row : study.rows_) {
    if (auto status = validate(row); !status) return status.error();
    if (const auto built =
            model::build(row.model, images.rows, images.columns, images.classes, synapse_options(row));
        !built)
      return built.error();
  }
  if (study.plan_.folder.empty()) return study;
  auto lock = FolderLock::take(study.plan_.folder);
  if (!lock) return lock.error();
  study.lock_ = std::move(*lock);
  if (auto status = study.read(); !status) return status.error();
  return study;
}

Status Study::read() {
  const auto path = plan_.folder / kStudyFile;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return {};
  const auto bytes = read_file(path, kLargestStudy);
  if (!bytes) return bytes.error();
  const auto value = nlohmann::json::parse(bytes->begin(), bytes->end(), nullptr, false);
  const Error foreign{.where = path.string(),
                      .problem = "is not a study of this program on the same data",
                      .remedy = "name another folder"};
  if (!value.is_object() || value.value("format", "") != "synann-study-1" || !value.contains("runs") ||
      !value["runs"].is_array() || value.value("data_sha256", "") != plan_.data->sha256)
    return foreign;
  for (std::size_t k = 0; k < value["runs"].size(); ++k) {
    auto run = run_from_json(value["runs"][k], fmt::format("{}, run {}", path.string(), k + 1));
    if (!run) return run.error();
    runs_.push_back(std::move(*run));
  }
  return {};
}

Status Study::save() const {
  if (plan_.folder.empty()) return {};
  ordered_json runs = ordered_json::array();
  for (const StudyRun& r : runs_) runs.push_back(to_json(r));
  const std::string text = ordered_json{{"format", "synann-study-1"},
                                        {"data_name", plan_.data->name},
                                        {"data_sha256", plan_.data->sha256},
                                        {"runs", std::move(runs)}}
                               .dump(1, ' ', false, nlohmann::json::error_handler_t::replace) +
                           "\n";
  return write_file_atomically(plan_.folder / kStudyFile,
                               {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

const StudyRun* Study::find(const Settings& settings) const {
  const auto it = std::find_if(runs_.begin(), runs_.end(),
                               [&](const StudyRun& r) { return same_run(settings, r.settings); });
  return it == runs_.end() ? nullptr : &*it;
}

Result<std::optional<StudyRun>> Study::make(
    const Settings& settings, const std::atomic<bool>& stop, StudyProgress& progress,
    const std::function<void(const StudyProgress&)>& on_progress) const {
  StudyRun made{.settings = settings};
  progress.settings = &settings;
  progress.epoch = 1;
  progress.epochs = settings.epochs;
  progress.epoch_fraction = 0;
  on_progress(progress);
  Follower follower(made, progress, on_progress);
  auto session =
      Session::create({.settings = settings, .execution = plan_.execution, .data = plan_.data}, follower);
  if (!session) return session.error();
  follower.look = [&] {
    if (stop.load()) (*session)->request_stop();
  };
  const auto end = (*session)->run();
  if (end && *end == State::Stopped) return std::optional<StudyRun>();
  if (!end) made.failed = end.error().sentence();
  return std::optional(std::move(made));
}

Result<bool> Study::run(const std::atomic<bool>& stop,
                        const std::function<void(const StudyProgress&)>& on_progress,
                        const std::function<void(const StudyRun&)>& on_run) {
  StudyProgress progress{.runs = plan_.seeds * static_cast<int>(rows_.size())};
  for (int k = 0; k < plan_.seeds; ++k)
    for (Settings settings : rows_) {
      settings.seed = plan_.first_seed + static_cast<std::uint64_t>(k);
      ++progress.run;
      if (find(settings) == nullptr) {
        auto made = make(settings, stop, progress, on_progress);
        if (!made) return made.error();
        if (!*made) return false;
        runs_.push_back(std::move(**made));
        if (auto status = save(); !status) return status.error();
      }
      on_run(*find(settings));
    }
  return true;
}

std::vector<const StudyRun*> Study::runs_of(const Settings& row) const {
  std::vector<const StudyRun*> runs;
  for (int k = 0; k < plan_.seeds; ++k) {
    Settings settings = row;
    settings.seed = plan_.first_seed + static_cast<std::uint64_t>(k);
    const StudyRun* run = find(settings);
    if (run == nullptr) break;
    runs.push_back(run);
  }
  return runs;
}

std::vector<StudyRow> Study::table() const {
  std::vector<StudyRow> rows;
  std::vector<const StudyRun*> first;  // the first row's
  for (const Settings& settings : rows_) {
    const auto all = runs_of(settings);
    if (all.empty()) continue;
    std::vector<const StudyRun*> runs;
    std::copy_if(all.begin(), all.end(), std::back_inserter(runs), counts);
    const auto each = [&](auto member) {
      std::vector<double> values;
      for (const StudyRun* run : runs) values.push_back(static_cast<double>(run->*member));
      return values;
    };
    const auto accuracies = each(&StudyRun::accuracy), losses = each(&StudyRun::test_loss);
    StudyRow row{.model = settings.model,
                 .settings = all.front()->settings,
                 .variation = varied_text(settings, plan_.variations),
                 .parameter_count = all.front()->parameter_count,
                 .runs = static_cast<int>(runs.size()),
                 .failed = static_cast<int>(all.size() - runs.size()),
                 .accuracy = mean(accuracies),
                 .accuracy_deviation = standard_deviation(accuracies),
                 .best_accuracy = mean(each(&StudyRun::best_accuracy)),
                 .test_loss = mean(losses),
                 .test_loss_deviation = standard_deviation(losses),
                 .seconds_per_epoch = mean(each(&StudyRun::train_seconds)) / mean(each(&StudyRun::epochs))};
    if (rows.empty()) {
      first = all;
    } else {
      row.against_first = compare(all, first);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace synann::train
