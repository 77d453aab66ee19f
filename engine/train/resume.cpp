// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/resume.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "engine/data/family.h"
#include "engine/data/registry.h"
#include "engine/train/run_data.h"

namespace synann::train {
namespace {

namespace fs = std::filesystem;

Error other_data(const fs::path& resume, const std::string& expected, const std::string& found) {
  return {.where = resume.string(),
          .problem = "the run was trained on other data",
          .expected = fmt::format("SHA-256 {}…", expected.substr(0, 12)),
          .found = fmt::format("{}…", found.substr(0, 12)),
          .remedy = "choose the data set it was trained on"};
}

Error other_sizes(const fs::path& resume, const Checkpoint& c, const data::Dataset& found) {
  return {.where = resume.string(),
          .problem = "the checkpoint is of other images than the data",
          .expected = fmt::format("{} × {} pixels, {} classes", c.rows, c.columns, c.classes),
          .found = fmt::format("{} × {}, {}", found.rows, found.columns, found.classes)};
}

// What cannot change in the middle of a run is refused rather than ignored.
Status check_resume(const fs::path& resume, const Settings& has, const AskedSettings& asked) {
  const auto refuse = [&](std::string_view key) {
    return Error{.where = resume.string(),
                 .problem = fmt::format("--{} cannot change in the middle of a run", key),
                 .remedy = "leave it out, or start a new run without --resume"};
  };
  if (!asked.model.empty() && (asked.model != has.model || asked.own != has.own)) return refuse("model");
  for (const auto& [key, value] : asked.numbers) {
    if (!is_live(key) && value != setting_value(has, key)) return refuse(key);
  }
  for (const auto& [key, option] : asked.choices) {
    if (!is_live(key) && option != choice_value(has, key)) return refuse(key);
  }
  return {};
}

// Where it goes on in its own folder, the lock.
Status take_lock(const ResumeRequest& request, Resumption& plan) {
  std::error_code code;
  const bool own = !request.folder.empty() &&
                   fs::equivalent(request.folder, fs::absolute(plan.checkpoint).parent_path(), code);
  if (!own) return {};
  auto lock = FolderLock::take(request.folder);
  if (!lock) return lock.error();
  if (!lock->warning().empty()) plan.notes.push_back(lock->warning());
  plan.lock = std::move(*lock);
  return {};
}

Status find_history(Resumption& plan) {
  const fs::path file = plan.checkpoint.parent_path() / kHistoryFile;
  std::error_code code;
  if (!fs::exists(file, code)) return {};
  auto history = read_history_file(file);
  if (!history) return history.error();
  plan.history = std::move(*history);
  return {};
}

// The data that were named; where none were, those of the run.
Status find_data(const ResumeRequest& request, Resumption& plan) {
  if (request.data) {
    plan.data = request.data;
    plan.data_location = request.otherwise;
  } else if (plan.history) {
    auto found = open_run_data(plan.history->history, plan.checkpoint.parent_path());
    if (!found) return found.error();
    if (!found->note.empty()) plan.notes.push_back(found->note);
    plan.data = std::move(found->data);
  } else {
    auto opened = data::open_dataset(request.otherwise);
    if (!opened) return opened.error();
    plan.data = std::move(*opened);
  }
  if (!request.data) {
    plan.data_location = plan.data->spec;
    plan.notes.insert(plan.notes.end(), plan.data->notes.begin(), plan.data->notes.end());
  }
  if (!plan.data->location.empty()) plan.data_location = plan.data->location;
  return {};
}

Status read_whole(const ResumeRequest& request, Resumption& plan) {
  const data::Dataset& train = plan.data->train;
  auto loaded =
      read_checkpoint(plan.checkpoint, request.fresh_optimiser ? OptimiserState::Leave : OptimiserState::Read,
                      {.asked = request.asked, .sizes = DataSizes{train.rows, train.columns, train.classes}});
  if (!loaded) return loaded.error();
  const Checkpoint& c = loaded->checkpoint;
  plan.begins = c.data_sha256.empty();
  if (!plan.begins) {
    if (c.data_sha256 != plan.data->sha256)
      return other_data(plan.checkpoint, c.data_sha256, plan.data->sha256);
    if (auto status = check_resume(plan.checkpoint, c.settings, request.asked); !status) return status;
  }
  if (c.rows != train.rows || c.columns != train.columns || c.classes != train.classes)
    return other_sizes(plan.checkpoint, c, train);
  plan.notes.insert(plan.notes.end(), loaded->notes.begin(), loaded->notes.end());
  plan.loaded = std::move(*loaded);
  return {};
}

// A checkpoint brings its own settings, an imported one as well; the data's location is the caller's, and
// what was asked for. A bare state dict brings nothing but its model and its numbers, and gets what is
// recommended.
Status settle(const ResumeRequest& request, Resumption& plan) {
  Checkpoint& checkpoint = plan.loaded.checkpoint;
  Settings settings = checkpoint.settings;
  if (plan.loaded.bare && !settings.own) settings = recommended_settings(settings.model, plan.data_location);
  settings.data = plan.data_location;
  // Where the run was left, for the checkpoint does not have it.
  if (const auto& past = plan.history)
    settings.log_interval =
        past->history.settings_at(past->history.steps_at(checkpoint.position)).log_interval;
  apply_settings(settings, request.asked);
  adopt_settings(checkpoint, settings);
  if (plan.begins) {
    checkpoint.data_sha256 = plan.data->sha256;
    checkpoint.class_names = data::names_beyond_numbers(plan.data->class_names, plan.data->train.classes);
  }
  if (request.fresh_optimiser) {
    std::fill(checkpoint.state.momenta.begin(), checkpoint.state.momenta.end(), 0.0f);
    std::fill(checkpoint.state.squares.begin(), checkpoint.state.squares.end(), 0.0f);
  }
  return validate(settings);
}

}  // namespace

Result<Resumption> plan_resume(const ResumeRequest& request) {
  Resumption plan;
  plan.checkpoint = request.checkpoint;
  // The optimiser's state, the history and the records lie beside the file that a link points at.
  std::error_code code;
  if (fs::is_symlink(plan.checkpoint, code)) {
    if (auto file = fs::canonical(plan.checkpoint, code); !code) plan.checkpoint = std::move(file);
  }
  if (auto status = take_lock(request, plan); !status) return status.error();
  if (auto status = find_history(plan); !status) return status.error();
  if (auto status = find_data(request, plan); !status) return status.error();
  if (auto status = read_whole(request, plan); !status) return status.error();
  if (auto status = settle(request, plan); !status) return status.error();
  return plan;
}

}  // namespace synann::train
