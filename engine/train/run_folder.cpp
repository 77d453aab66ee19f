// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/run_folder.h"

#include <array>
#include <fmt/format.h>
#include <system_error>

#include "engine/core/file.h"

namespace synann::train {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFiles = {kLastCheckpoint, kBestCheckpoint, kHistoryFile};

Error cannot(const fs::path& path, const char* what, const std::error_code& code) {
  return {.where = path.string(),
          .problem = fmt::format("{} ({})", what, code.message()),
          .remedy = "choose another folder"};
}

// Puts the files of an earlier run into the first free earlier-N, by renaming or by copying.
Status set_aside(const fs::path& folder, bool copy) {
  std::error_code code;
  bool any = false;
  for (const char* file : kFiles) any = any || fs::exists(folder / file, code);
  if (!any) return {};
  int n = 1;
  while (fs::exists(folder / fmt::format("earlier-{}", n), code)) ++n;
  const fs::path aside = folder / fmt::format("earlier-{}", n);
  if (!fs::create_directory(aside, code))
    return cannot(aside, "cannot be made to keep the earlier run", code);
  for (const char* file : kFiles) {
    if (!fs::exists(folder / file, code)) continue;
    if (copy) {
      fs::copy_file(folder / file, aside / file, code);
    } else {
      fs::rename(folder / file, aside / file, code);
    }
    if (code) return cannot(folder / file, "cannot be set aside", code);
  }
  return {};
}

}  // namespace

Result<RunFolder> RunFolder::open(const fs::path& folder, const fs::path& resumed_from,
                                  const StartInfo& start) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code || !fs::is_directory(folder, code)) return cannot(folder, "cannot be made", code);

  History past;
  if (!resumed_from.empty()) {
    const fs::path source = resumed_from.parent_path() / kHistoryFile;
    if (fs::exists(source, code)) {
      auto read = read_history(source);
      if (!read) return read.error();
      past = std::move(*read);
    }
  }
  const bool continues =
      !resumed_from.empty() && fs::equivalent(folder / kLastCheckpoint, resumed_from, code);
  const bool from_here =
      !resumed_from.empty() && fs::equivalent(folder, fs::absolute(resumed_from).parent_path(), code);
  if (!continues) {
    if (auto status = set_aside(folder, from_here); !status) return status.error();
  }
  RunFolder run;
  run.folder_ = folder;
  auto history = HistoryWriter::create(folder, past, start);
  if (!history) return history.error();
  run.history_ = std::move(*history);
  return run;
}

Status RunFolder::save(const Checkpoint& checkpoint, const model::Model& model, bool best) {
  if (auto status = history_->flush(); !status) return status;
  const auto bytes = format_checkpoint(checkpoint, model);
  if (best) {
    if (auto status = write_file_atomically(folder_ / kBestCheckpoint, bytes); !status) return status;
  }
  return write_file_atomically(folder_ / kLastCheckpoint, bytes);
}

}  // namespace synann::train
