// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/run_needs.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

#include "engine/core/memory_use.h"
#include "engine/train/record.h"

namespace synann::train {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFloat = 4;  // bytes

std::uint64_t floats_of(const model::Model& model, const std::vector<std::string>& names) {
  std::uint64_t count = 0;
  for (const std::string& name : names) count += model.parameters.find(name)->size();
  return count;
}

// Free for this user on the file system where the folder is, or will be; 0 where the system does not tell.
std::uint64_t free_bytes(fs::path folder) {
  std::error_code code;
  folder = fs::absolute(folder, code);
  while (!fs::exists(folder, code) && folder.has_relative_path()) folder = folder.parent_path();
  const fs::space_info space = fs::space(folder, code);
  return code ? 0 : space.available;
}

}  // namespace

RunNeeds run_needs(const model::Model& model, const Settings& settings, std::int64_t record_bytes) {
  const std::uint64_t values = model.parameters.float_count(), trained = model.parameters.trained_count();
  const std::uint64_t optimiser = trained * (train::optimiser(settings).has_squares() ? 2 : 1);
  const std::uint64_t state = values + optimiser;
  const std::uint64_t synapses = record_bytes > 0 ? floats_of(model, synapse_parameters(model)) : 0;
  const std::uint64_t recorded = synapses > 0 ? synapses + values : 0;
  // The session's and the back end's state, gradients; of each record a frame, its key, their difference and
  // what that packs to.
  const std::uint64_t memory = 2 * state + 2 * values + 4 * recorded;
  // last and best, and one of them once more while it is replaced; frames at the start and after each epoch.
  const auto frames = static_cast<std::uint64_t>(settings.epochs) + 1;
  return {.memory = kFloat * memory,
          .disk = kFloat * (3 * state + frames * recorded) +
                  (synapses > 0 ? static_cast<std::uint64_t>(record_bytes) : 0)};
}

std::string needs_note(const RunNeeds& needs, const fs::path& folder) {
  const std::uint64_t memory = memory_use().available, disk = folder.empty() ? 0 : free_bytes(folder);
  std::string words;
  if (memory > 0 && needs.memory > memory / 4)
    words =
        fmt::format("about {} of memory, of which {} are free", bytes_text(needs.memory), bytes_text(memory));
  if (disk > 0 && needs.disk > disk / 4) {
    words += fmt::format("{}up to {} on the disk of {}, where {} are free", words.empty() ? "" : ", and ",
                         bytes_text(needs.disk), folder.string(), bytes_text(disk));
  }
  return words.empty() ? words : "this run needs " + words;
}

std::string bytes_text(std::uint64_t bytes) {
  const double kib = static_cast<double>(bytes) / 1024;
  if (kib < 1024) return fmt::format("{:.0f} KiB", kib);
  if (kib < 1024 * 1024) return fmt::format("{:.{}f} MiB", kib / 1024, kib < 10 * 1024 ? 1 : 0);
  return fmt::format("{:.1f} GiB", kib / (1024 * 1024));
}

}  // namespace synann::train
