// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>

#include "engine/core/result.h"

namespace synann::exports::tensorboard {

// A new file that is written piece by piece under a name that TensorBoard does not look at, and gets its own
// name when it is whole. What was not put into its place is removed, with the folder where that was made for
// it. Movable; one thread.
class PartFile {
 public:
  // Makes the folder where there is none.
  static Result<PartFile> begin(const std::filesystem::path& folder);
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&& other) noexcept;
  ~PartFile();

  Status append(std::string_view bytes);
  Status sync();
  // Errors: there is such a file.
  Status commit(const std::filesystem::path& path);

 private:
  PartFile() = default;

  std::filesystem::path folder_, path_;
  bool made_ = false;
  int descriptor_ = -1;
};

}  // namespace synann::exports::tensorboard
