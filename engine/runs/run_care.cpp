// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/run_care.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <vector>

#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/core/whole_path.h"
#include "engine/train/optimiser_file.h"
#include "engine/train/run_folder.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;

// The lock of a folder that holds a run.
Result<FolderLock> lock_run(const fs::path& folder) {
  std::error_code code;
  if (!fs::exists(folder / train::kHistoryFile, code))
    return input_error(folder.string(), "holds no run", "name the folder of a run");
  return FolderLock::take(folder);
}

// Renames a folder unless the name is taken; the folders on both sides keep it after a power failure.
Status move_folder(const fs::path& from, const fs::path& to) {
  int code = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0 ? 0 : errno;
  std::error_code unknown;
  if (code == EINVAL && !fs::exists(fs::symlink_status(to, unknown)))  // the file system cannot look itself
    code = ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
  if (code != 0) {
    if (code == EEXIST || code == ENOTEMPTY)
      return input_error(to.string(), "is there already", "choose another name");
    return input_error(
        from.string(),
        fmt::format("cannot be moved to {} ({})", to.string(), std::generic_category().message(code)),
        "look whether you may write to both folders");
  }
  sync_folder(from.parent_path());
  if (to.parent_path() != from.parent_path()) sync_folder(to.parent_path());
  return {};
}

}  // namespace

Result<fs::path> rename_run(const fs::path& folder, const std::string& name) {
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos || name.size() > 200)
    return input_error(fmt::format("name \"{}\"", name), "is no name for a folder",
                       "choose one without a slash that does not begin with a full stop");
  const auto lock = lock_run(folder);
  if (!lock) return lock.error();
  const fs::path from = whole_path(folder), to = from.parent_path() / name;
  if (auto status = move_folder(from, to); !status) return status.error();
  return to;
}

Result<fs::path> bin_run(const fs::path& folder) {
  const auto lock = lock_run(folder);
  if (!lock) return lock.error();
  const fs::path from = whole_path(folder), bin = from.parent_path() / kBin;
  if (auto status = make_folder(bin); !status) return status.error();
  std::error_code code;
  fs::path to = bin / from.filename();
  for (int n = 2; fs::exists(fs::symlink_status(to, code)); ++n)
    to = bin / fmt::format("{}-{}", from.filename().string(), n);
  if (auto status = move_folder(from, to); !status) return status.error();
  return to;
}

Status restore_run(const fs::path& binned, const fs::path& folder) {
  const auto lock = lock_run(binned);
  if (!lock) return lock.error();
  return move_folder(whole_path(binned), whole_path(folder));
}

Result<std::uint64_t> prune_run(const fs::path& folder, Prune what) {
  const auto lock = lock_run(folder);
  if (!lock) return lock.error();
  std::vector<fs::path> files;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    const std::string name = entry.path().filename().string();
    const bool record = name == train::kSynapseRecord || name == train::kNetworkRecord;
    if (what == Prune::Records ? record : train::is_optimiser_file_name(name)) files.push_back(entry.path());
  }
  std::uint64_t freed = 0;
  for (const fs::path& file : files) {
    std::error_code failed;
    const std::uint64_t bytes = fs::file_size(file, failed);
    if (!fs::remove(file, failed) || failed)
      return input_error(file.string(), fmt::format("cannot be removed ({})", failed.message()),
                         "look whether you may write to its folder");
    freed += bytes;
  }
  sync_folder(folder);
  return freed;
}

}  // namespace synann::runs
