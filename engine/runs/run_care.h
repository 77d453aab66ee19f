// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/core/result.h"

// What is done to a run's folder as a whole. Each takes the run's lock, so that nothing is done to a run that
// is being written; each leaves either what was or what is wanted. Any thread.
namespace synann::runs {

// Where runs wait that were thrown away, beside them: a folder that lists leave out.
inline constexpr const char* kBin = ".bin";

// The folder gets another name beside where it is. Returns the new path. Errors: `name` is no file name or is
// taken; the run is being written; the folder cannot be renamed.
Result<std::filesystem::path> rename_run(const std::filesystem::path& folder, const std::string& name);

// Into the bin of the folder that the run stands in; where the name is taken there, with "-2", "-3", ….
// Returns where the run is now; its notes go along.
Result<std::filesystem::path> bin_run(const std::filesystem::path& folder);

// Out of the bin to `folder`, which must not be there.
Status restore_run(const std::filesystem::path& binned, const std::filesystem::path& folder);

enum class Prune {
  Records,    // of the parameters at recorded steps; the curves stay
  Optimiser,  // the optimiser's states; going on from a checkpoint then needs a fresh one
};
// Removes these files for good. Returns the bytes that they took.
Result<std::uint64_t> prune_run(const std::filesystem::path& folder, Prune what);

}  // namespace synann::runs
