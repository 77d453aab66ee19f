// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace synann::data {

// Where the parts of one data set lie; found by names, nothing is read.
struct Source {
  enum class Kind {
    Four,    // images and labels in files of their own, as MNIST
    Tables,  // images with their labels in one file, or in one for each set: NPZ, CSV
    Images,  // a folder for each class with an image in each file
  };
  using Paths = std::vector<std::filesystem::path>;

  Kind kind = Kind::Four;
  std::filesystem::path folder;  // that holds the parts
  std::string prefix;            // of the files' names: "emnist-letters"
  // Every file (or folder) that claims to be the part, the preferred first. Tables and Images: the images
  // alone are used.
  Paths train_images, train_labels, test_images, test_labels;
  Paths passed_over;  // other files of data beside them

  bool complete() const {
    return !train_images.empty() && !train_labels.empty() && !test_images.empty() && !test_labels.empty();
  }
};

// The data set that a folder holds, itself or in a folder inside it: torchvision's data/MNIST/raw, Kaggle's
// folder of each file; or the one that a file belongs to. Errors: nothing found, or several data sets.
Result<Source> find_source(const std::filesystem::path& file_or_folder);

// Whether all four files of a data set are there.
bool holds_four_files(const std::filesystem::path& folder);

}  // namespace synann::data
