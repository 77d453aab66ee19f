// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/data/content.h"
#include "engine/data/dataset.h"
#include "engine/data/family.h"
#include "engine/data/source.h"

namespace synann::data {

// The parts of a data set as they were read, before anything is made of them.
struct Parts {
  Part train;
  std::optional<Part> test;
  // What was read, for error sentences.
  std::string train_images, train_labels, test_images, test_labels;
  std::vector<std::string> class_names;  // of folders; empty where labels are numbers
  std::vector<std::string> notes;        // what a person should know, each one sentence without a full stop
};

// Reads every part. Takes what the free memory holds.
Result<Parts> read_source(const Source& source);

// Reads folders of images, a folder for each class; read_source() for Source::Kind::Images.
Result<Parts> read_image_folders(const Source& source);

// Makes the data set of them: checks that they belong together, turns what is stored transposed, counts the
// classes, and makes the last sixth of the training images the test set where there is none. Fills all but
// name, spec and place.
Result<DataPair> assemble(Parts parts, const Family& family);

}  // namespace synann::data
