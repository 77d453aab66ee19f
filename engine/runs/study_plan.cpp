// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study_plan.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

#include "engine/model/description.h"
#include "engine/train/own_model.h"

namespace synann::runs {
namespace {

using train::Settings;
using train::Variation;

constexpr std::size_t kLongestRunName = 120;  // bytes, before the seed

Status check_names(const StudyPlan& plan) {
  for (auto m = plan.models.begin(); m != plan.models.end(); ++m) {
    if (std::any_of(plan.models.begin(), m, [&](const Settings& s) { return same_run(s, *m); }))
      return Error{.where = "--models", .problem = fmt::format("names {} twice", m->model)};
    if (std::any_of(plan.models.begin(), m,
                    [&](const Settings& s) { return s.model == m->model && s.own != m->own; }))
      return Error{.where = "--models",
                   .problem = fmt::format("names two networks \"{}\"", m->model),
                   .remedy = "give the model file an id of its own"};
  }
  for (auto v = plan.variations.begin(); v != plan.variations.end(); ++v) {
    if (std::any_of(plan.variations.begin(), v, [&](const Variation& other) { return other.key == v->key; }))
      return Error{.where = "--vary", .problem = fmt::format("names {} twice", v->key)};
  }
  const auto rows = planned_rows(plan);
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    const auto equal = std::find_if(rows.begin(), row,
                                    [&](const PlannedRow& r) { return same_run(r.settings, row->settings); });
    if (equal != row)
      return Error{.where = "--vary",
                   .problem = fmt::format("makes the same runs of {} and {}", equal->title(), row->title())};
  }
  return {};
}

}  // namespace

bool same_run(const Settings& a, const Settings& b) {
  if (a.seed != b.seed || a.model != b.model) return false;  // most are told apart by these
  Settings moved = a;
  moved.data = b.data;
  moved.log_interval = b.log_interval;
  return moved == b;
}

std::vector<PlannedRow> planned_rows(const StudyPlan& plan) {
  std::vector<PlannedRow> rows;
  for (std::size_t m = 0; m < plan.models.size(); ++m) {
    for (Settings& settings : train::vary(plan.models[m], plan.variations)) {
      settings.seed = plan.first_seed;
      PlannedRow row;
      row.name = m < plan.names.size() ? plan.names[m] : settings.model;
      row.variation = train::varied_text(settings, plan.variations);
      row.settings = std::move(settings);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

Status check_plan_size(const StudyPlan& plan) {
  std::size_t rows = plan.models.size();
  for (const Variation& variation : plan.variations) {
    if (rows > kMostStudyRows) break;  // it would overflow in the end
    rows *= variation.values.size();
  }
  if (rows > kMostStudyRows)
    return Error{.where = "--vary",
                 .problem = "makes too many rows",
                 .expected = fmt::format("at most {}", kMostStudyRows),
                 .remedy = "vary fewer settings, or compare fewer models"};
  if (const std::size_t runs = rows * static_cast<std::size_t>(plan.seeds); runs > kMostStudyRuns)
    return Error{.where = "--seeds",
                 .problem = "makes too many runs",
                 .expected = fmt::format("at most {}", kMostStudyRuns),
                 .found = fmt::format("{} × {} = {}", rows, plan.seeds, runs)};
  return {};
}

Status check_plan(const StudyPlan& plan) {
  if (plan.models.empty())
    return Error{.where = "--models", .problem = "names no model", .expected = "at least one"};
  if (plan.seeds < 1)
    return Error{.where = "--seeds", .problem = "is out of range", .expected = "at least 1"};
  if (auto status = check_plan_size(plan); !status) return status.error();
  if (auto status = check_names(plan); !status) return status;
  for (const PlannedRow& row : planned_rows(plan)) {
    if (auto status = train::validate(row.settings); !status) return status;
    if (!plan.data) continue;
    const data::Dataset& images = plan.data->train;
    const auto built = train::build_model(row.settings, images.rows, images.columns, images.classes);
    if (!built) return built.error();
  }
  return {};
}

std::string study_run_name(const Settings& settings) {
  Settings usual = train::recommended_settings(settings.model, settings.data);
  if (settings.own) {
    if (const auto own = train::recommended_settings(settings.own.definition, settings.data)) usual = *own;
  }
  usual.seed = settings.seed;
  std::string name = settings.model;
  for (const train::SettingDifference& d : train::differences(usual, settings))
    if (d.key != "data") name += fmt::format("-{}={}", d.key, train::value_text(d.to));
  // Cells that are frozen have signs that a folder's name should not have.
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return !std::isalnum(c) && c != '.' && c != '-' && c != '=' && c != '+'; }, '_');
  if (name.size() > kLongestRunName) name.resize(kLongestRunName);
  return fmt::format("{}-s{}", name, settings.seed);
}

}  // namespace synann::runs
