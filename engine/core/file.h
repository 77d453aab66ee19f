// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "engine/core/result.h"

// Whole files in and out of memory. Stateless; every function may be called from any thread. Errors name the
// path as it was given.
namespace synann {

// The bytes of the regular file `path`, at most `limit` of them; a larger file is an error and is not read.
Result<std::vector<std::uint8_t>> read_file(const std::filesystem::path& path, std::uint64_t limit);

// Puts `bytes` into `path` so that a reader finds either the old file or the new one, also after a crash or a
// power failure: written aside as "<name>.part-<process id>" in the same folder, synced, renamed, folder
// synced. On failure the old file stays as it was and nothing is left beside it. A path that cannot be
// written, or that is there and is no regular file, is an Input error; a disk that is full or fails is a
// Failed error. One path must be written by one thread at a time.
Status write_file_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

// The content of a file in pieces, one after the other; they are borrowed.
using Pieces = std::vector<std::span<const std::uint8_t>>;

struct FileToWrite {
  std::filesystem::path path;
  const Pieces* content = nullptr;
};

// The same for several files of one folder, in this order: all are written aside and synced, then renamed one
// after the other, then the folder is synced once. A crash leaves the first so many of them new and the
// others old.
Status write_files_atomically(std::span<const FileToWrite> files);

// The first `bytes` of the regular file `from` (all of it where it is shorter) into `to`, in the same way and
// a piece at a time: files of any size, which may grow meanwhile.
Status copy_start_atomically(const std::filesystem::path& from, const std::filesystem::path& to,
                             std::uint64_t bytes);

// How a failed write is told: `code` is its errno. A full disk, or one that fails, is a Failed error.
Error write_error(const std::filesystem::path& path, int code);
// Makes the names in a folder last: 0, or errno. Some file systems cannot sync a folder (EINVAL): then there
// is nothing more to do, and that is 0 as well.
int sync_folder(const std::filesystem::path& folder);
// 0, or the errno of the write that failed; goes on after interruptions and short writes.
int write_all(int descriptor, std::span<const std::uint8_t> bytes);

}  // namespace synann
