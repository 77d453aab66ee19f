// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/run_data.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <system_error>

#include "engine/core/whole_path.h"
#include "engine/data/registry.h"

namespace synann::train {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLevels = 4;  // folders above the run's, itself included, that are looked into

bool built_in(const std::string& spec) {
  return spec == "digits" || spec == "mnist";
}

// Adds a location that is there, once.
void add(std::vector<std::string>& locations, const fs::path& location) {
  std::error_code ignored;
  if (!fs::exists(location, ignored)) return;
  for (const std::string& known : locations)
    if (fs::equivalent(known, location, ignored)) return;
  locations.push_back(location.string());
}

// The path, then without its first folder, without its first two, …
std::vector<fs::path> endings(const fs::path& path) {
  std::vector<fs::path> result;
  fs::path rest = path.relative_path();
  while (!rest.empty()) {
    result.push_back(rest);
    fs::path shorter;
    for (auto part = std::next(rest.begin()); part != rest.end(); ++part) shorter /= *part;
    rest = shorter;
  }
  return result;
}

Error other_content(const std::string& location, const std::string& expected, const std::string& found) {
  return {.where = location,
          .problem = "its content is not what the run was trained on",
          .expected = fmt::format("SHA-256 {}…", expected.substr(0, 12)),
          .found = fmt::format("{}…", found.substr(0, 12)),
          .remedy = "name the run's data with --data"};
}

}  // namespace

std::vector<std::string> run_data_locations(const History& history, const fs::path& run) {
  const std::string spec = history.settings().data;
  std::vector<std::string> locations;
  if (built_in(spec)) {
    locations.push_back(spec);
  } else {
    add(locations, spec);
    fs::path folder = whole_path(run);
    const auto ends = endings(spec);
    for (int level = 0; level < kMostLevels && !folder.empty(); ++level) {
      for (const fs::path& end : ends) add(locations, folder / end);
      if (folder == folder.parent_path()) break;
      folder = folder.parent_path();
    }
  }
  for (const data::KnownDataset& known : data::known_datasets()) {
    if (known.name != history.start.data_name) continue;
    if (built_in(known.spec)) {
      if (known.spec != spec) locations.push_back(known.spec);
    } else {
      add(locations, known.spec);
    }
  }
  return locations;
}

Result<RunData> open_run_data(const History& history, const fs::path& run) {
  const std::string spec = history.settings().data, &digest = history.start.data_sha256;
  std::optional<Error> refused;  // of the location that the history names; other locations are guesses
  for (const std::string& location : run_data_locations(history, run)) {
    auto data = data::open_dataset(location);
    if (data && (digest.empty() || (*data)->sha256 == digest)) {
      RunData found{*data, {}};
      if (location != spec)
        found.note = fmt::format("the data of the run are found in {}, no longer in {}", location, spec);
      return found;
    }
    if (location == spec) refused = data ? other_content(location, digest, (*data)->sha256) : data.error();
  }
  if (refused) return *refused;
  return input_error(spec, "the data of the run are not there any more", "name them with --data");
}

void set_data_location(History& history, const std::string& location) {
  history.start.settings.data = location;
  for (SettingChange& change : history.changes)
    if (change.key == "data") change.value = location;
}

}  // namespace synann::train
