// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/data/dataset.h"

namespace synann::data {

// One data set a person can choose without opening a folder.
struct KnownDataset {
  std::string spec;  // for open_dataset: "digits" or a folder
  std::string name;  // for people
};

// The built-in digits first, then MNIST where it is found: $SYNANN_MNIST, else <XDG data>/synann-studio/mnist
// (XDG data = $XDG_DATA_HOME, else $HOME/.local/share, then each of $XDG_DATA_DIRS). Looks, reads nothing.
std::vector<KnownDataset> known_datasets();

// Opens "digits" (the built-in digits), "mnist" (where known_datasets finds it), or a folder or file: the
// four IDX files of MNIST and its relatives (source.h says where they are looked for), an NPZ archive, CSV,
// or images in a folder for each class. Takes a second and more; call it on a worker thread, under a
// ReadingWatch (reading.h) where somebody waits. Errors: one sentence that names the file as given;
// ErrorKind::Cancelled.
Result<DataPairPtr> open_dataset(const std::string& spec);

// Writes train and test as four gzip-compressed IDX files with the names of MNIST into `folder` (made if
// missing). Refuses to replace files that exist unless `force`. Each file is written aside, synced and
// renamed.
Status write_idx_folder(const DataPair& data, const std::filesystem::path& folder, bool force);

// <XDG data>/synann-studio: the user's folder for data sets and runs; nullopt where HOME and XDG_DATA_HOME
// are unset.
std::optional<std::filesystem::path> user_data_folder();
// <XDG cache>/synann-studio (XDG cache = $XDG_CACHE_HOME, else $HOME/.cache): what can be made again at any
// time; nullopt where both are unset.
std::optional<std::filesystem::path> user_cache_folder();

}  // namespace synann::data
