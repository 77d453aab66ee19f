// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/core/result.h"
#include "engine/data/content.h"
#include "engine/data/picture.h"

namespace synann::infer {

// Reads single images by name: a PNG or a JPEG file, or "FILE#INDEX" for an image of an IDX, NPZ or CSV file,
// packed with gzip or not. Keeps the file read last, for the next image of it. One thread at a time.
class ImageFiles {
 public:
  // Errors: as read_content; a file of several images without an index, an index that there is not.
  Result<data::Picture> read(const std::string& name);

 private:
  Status open(const std::string& path);

  std::string path_;
  std::optional<data::Part> images_;
};

}  // namespace synann::infer
