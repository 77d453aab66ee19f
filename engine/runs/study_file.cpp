// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study_file.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/runs/study_json.h"
#include "engine/runs/study_table.h"
#include "engine/runs/study_tasks.h"
#include "engine/train/event_json.h"
#include "engine/train/json_fields.h"

namespace synann::runs {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using train::Settings;
using train::Variation;

constexpr std::uint64_t kLargestStudy = 64 << 20;  // bytes
constexpr const char* kStudyFormat = "synann-study-1";

// A folder below the study's and nothing else: the file may come from anywhere.
bool stays_below(const std::string& run) {
  const std::filesystem::path path(run);
  return path.is_relative() && std::find(path.begin(), path.end(), "..") == path.end();
}

ordered_json plan_to_json(const StudyPlan& plan) {
  ordered_json models = ordered_json::array(), vary = ordered_json::array();
  for (std::size_t m = 0; m < plan.models.size(); ++m) {
    ordered_json model = train::to_json(plan.models[m]);
    if (m < plan.names.size()) model["name"] = plan.names[m];
    models.push_back(std::move(model));
  }
  for (const Variation& variation : plan.variations) {
    ordered_json values = ordered_json::array();
    for (const train::SettingValue& value : variation.values)
      std::visit([&](const auto& v) { values.push_back(v); }, value);
    vary.push_back(ordered_json{{"setting", variation.key}, {"values", std::move(values)}});
  }
  ordered_json j{{"first_seed", plan.first_seed}, {"seeds", plan.seeds}};
  if (!plan.ready.empty()) j["ready"] = plan.ready;
  j["models"] = std::move(models);
  j["vary"] = std::move(vary);
  return j;
}

// Through the same door as what a person types, so that nothing gets in that could not be asked for.
Result<Variation> variation_from_json(const json& value, const std::string& where) {
  train::Fields fields(value, where);
  std::string text;
  fields.require("setting", text);
  const json* values = fields.value("values");
  if (!values || !values->is_array()) fields.fail("values", "a list");
  auto key = fields.finish(std::move(text));
  if (!key) return key.error();
  std::string typed;
  for (const json& one : *values) {
    if (!typed.empty()) typed += ',';
    typed += one.is_string()   ? one.get<std::string>()
             : one.is_number() ? train::value_text(one.get<double>())
                               : std::string("?");
  }
  return train::parse_variation(where, *key + "=" + typed);
}

Result<StudyPlan> plan_from_json(const json& value, const std::string& where) {
  StudyPlan plan;
  train::Fields fields(value, where);
  fields.require("first_seed", plan.first_seed);
  fields.require("seeds", plan.seeds);
  fields.read("ready", plan.ready);
  const json* models = fields.value("models");
  const json* vary = fields.value("vary");
  if (!models || !models->is_array()) fields.fail("models", "a list");
  if (vary && !vary->is_array()) fields.fail("vary", "a list");
  if (plan.seeds < 1 || plan.seeds > kMostStudySeeds)
    fields.fail("seeds", fmt::format("1 to {}", kMostStudySeeds));
  if (const auto read = fields.finish(true); !read) return read.error();
  for (const json& model : *models) {
    auto settings = train::settings_from_json(model, where);
    if (!settings) return settings.error();
    plan.models.push_back(std::move(*settings));
    if (model.contains("name") && model["name"].is_string())
      plan.names.push_back(model["name"].get<std::string>());
  }
  if (plan.names.size() != plan.models.size()) plan.names.clear();
  for (const json& one : vary ? *vary : json::array()) {
    auto variation = variation_from_json(one, where);
    if (!variation) return variation.error();
    plan.variations.push_back(std::move(*variation));
  }
  if (auto status = check_plan(plan); !status) return status.error();
  return plan;
}

// What the runs of a file without a plan were: each that differs in more than the seed is a model of its own.
StudyPlan plan_of_runs(const std::vector<StudyRun>& runs) {
  StudyPlan plan;
  if (runs.empty()) return plan;
  std::uint64_t last = 0;
  plan.first_seed = UINT64_MAX;
  for (const StudyRun& run : runs) {
    plan.first_seed = std::min(plan.first_seed, run.settings.seed);
    last = std::max(last, run.settings.seed);
    Settings model = run.settings;
    model.seed = runs.front().settings.seed;
    if (std::none_of(plan.models.begin(), plan.models.end(),
                     [&](const Settings& s) { return same_run(s, model); }))
      plan.models.push_back(std::move(model));
  }
  plan.seeds = static_cast<int>(std::min<std::uint64_t>(last - plan.first_seed, kMostStudySeeds - 1)) + 1;
  for (const Settings& model : plan.models) {
    std::string name = model.model;
    for (const train::SettingDifference& d : train::differences(plan.models.front(), model))
      if (d.key != "data" && model.model == plan.models.front().model)
        name += fmt::format(" {}={}", d.key, train::value_text(d.to));
    plan.names.push_back(std::move(name));
  }
  return plan;
}

// What was trained as tasks. A result that cannot be read is left out; synann study collect names it.
void add_task_results(const std::filesystem::path& folder, StudyFile& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / kTasksFile, ignored)) return;
  std::vector<StudyRun> made;
  for (const PlannedRun& run : planned_runs(file.plan, file.runs)) {
    if (run.made != nullptr) continue;
    auto result = read_task_result(folder, task_id(run.settings, file.data_sha256), run.settings);
    if (result && *result) made.push_back(std::move(**result));
  }
  std::move(made.begin(), made.end(), std::back_inserter(file.runs));
}

}  // namespace

ordered_json study_run_to_json(const StudyRun& r) {
  ordered_json j = train::to_json(r.settings);
  j.update(ordered_json{{"parameters", r.parameter_count}, {"tier", r.tier}});
  if (!r.isa.empty()) j["isa"] = r.isa;
  j.update(ordered_json{{"threads", r.threads},
                        {"accuracy", r.accuracy},
                        {"test_loss", r.test_loss},
                        {"train_loss", r.train_loss},
                        {"best_accuracy", r.best_accuracy},
                        {"epochs_trained", r.epochs},
                        {"train_seconds", r.train_seconds},
                        {"eval_seconds", r.eval_seconds}});
  if (!r.run.empty()) j["run"] = r.run;
  if (!r.failed.empty()) j["failed"] = r.failed;
  return j;
}

Result<StudyRun> study_run_from_json(const json& value, const std::string& where) {
  auto settings = train::settings_from_json(value, where);
  if (!settings) return settings.error();
  StudyRun r;
  r.settings = std::move(*settings);
  train::Fields fields(value, where);
  fields.require("parameters", r.parameter_count);
  fields.require("tier", r.tier);
  fields.read("isa", r.isa);
  fields.require("threads", r.threads);
  fields.require("accuracy", r.accuracy);
  fields.require("test_loss", r.test_loss);
  fields.require("train_loss", r.train_loss);
  fields.require("best_accuracy", r.best_accuracy);
  fields.require("epochs_trained", r.epochs);
  fields.require("train_seconds", r.train_seconds);
  fields.read("eval_seconds", r.eval_seconds);
  fields.read("run", r.run);
  fields.read("failed", r.failed);
  if (!stays_below(r.run)) fields.fail("run", "a folder below that of the study");
  // The first programs kept such a run as one that counts.
  if (r.failed.empty() && !std::isfinite(r.test_loss)) r.failed = "the loss on the test set is not finite";
  return fields.finish(std::move(r));
}

Result<StudyFile> read_study(const std::filesystem::path& folder) {
  const auto path = folder / kStudyFile;
  const auto bytes = read_file(path, kLargestStudy);
  if (!bytes) return bytes.error();
  const auto value = json::parse(bytes->begin(), bytes->end(), nullptr, false);
  const auto is = [&](const char* key, json::value_t type) {
    return value.is_object() && value.contains(key) && value[key].type() == type;
  };
  if (!is("format", json::value_t::string) || value["format"] != kStudyFormat ||
      !is("runs", json::value_t::array))
    return Error{
        .where = path.string(), .problem = "is not a study of this program", .remedy = "name another folder"};
  StudyFile file;
  train::Fields fields(value, path.string());
  fields.read("data_name", file.data_name);
  fields.require("data_sha256", file.data_sha256);
  if (const auto read = fields.finish(true); !read) return read.error();
  for (std::size_t k = 0; k < value["runs"].size(); ++k) {
    auto run = study_run_from_json(value["runs"][k], fmt::format("{}, run {}", path.string(), k + 1));
    if (!run) return run.error();
    file.runs.push_back(std::move(*run));
  }
  if (!value.contains("plan")) {
    file.plan = plan_of_runs(file.runs);
    return file;
  }
  auto plan = plan_from_json(value["plan"], path.string() + ", the plan");
  if (!plan) return plan.error();
  file.plan = std::move(*plan);
  add_task_results(folder, file);
  return file;
}

Status write_study(const std::filesystem::path& folder, const StudyFile& file) {
  ordered_json runs = ordered_json::array();
  for (const StudyRun& r : file.runs) runs.push_back(study_run_to_json(r));
  const std::string text = ordered_json{{"format", kStudyFormat},
                                        {"data_name", file.data_name},
                                        {"data_sha256", file.data_sha256},
                                        {"plan", plan_to_json(file.plan)},
                                        {"runs", std::move(runs)}}
                               .dump(1, ' ', false, ordered_json::error_handler_t::replace) +
                           "\n";
  return write_file_atomically(folder / kStudyFile,
                               {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace synann::runs
