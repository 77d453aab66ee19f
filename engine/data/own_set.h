// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/core/result.h"
#include "engine/data/content.h"
#include "engine/data/picture.h"

// A data set of a person's own, which grows image by image: raw/train-images-idx3-ubyte and
// raw/train-labels-idx1-ubyte in a folder, which open_dataset() opens from two images on; as there is no test
// part, the last sixth is it.
//
// Images and labels change together, at whatever moment the program is killed or the power fails: both files
// are written into a folder of their own, synced, and that one takes the place of raw/ by one system call
// (renameat2 with RENAME_EXCHANGE; the first time by a plain rename). What may be left of such a folder is
// hidden, and gone with the next change. One program changes a set at a time: it holds the folder's lock.
// Stateless; any thread.
namespace synann::data {

inline constexpr const char* kOwnSetFolder = "raw";

// The images and labels; none where the folder is missing or empty. Errors: what is in the folder was not
// made here, or is damaged.
Result<Part> read_own_set(const std::filesystem::path& folder);

// Appends an image with its class, 0 … kMostClasses − 1; makes the folder where there is none. Returns how
// many images there are now. Errors, none of which changes anything: as read_own_set; images of another size;
// another program changes it; it cannot be written; the file system cannot exchange folders.
Result<int> add_to_own_set(const std::filesystem::path& folder, const Picture& picture, int label);

// Takes the last image away again, which must be this one with this class. The same errors.
Result<int> take_from_own_set(const std::filesystem::path& folder, const Picture& picture, int label);

}  // namespace synann::data
