// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/result.h"

namespace synann {

// The right to write into a folder: one holder at a time, on any program of this machine (and of others,
// where the file system shares its locks). It is an flock on folder/run.lock, so it ends with the process
// however that ends; the file itself is never renamed or removed, for a second program might hold the old
// one. Reading the folder needs no lock. Movable; released by the destructor. One thread at a time.
// A folder can have other locks, on files of their own.
class FolderLock {
 public:
  static constexpr const char* kFile = "run.lock";

  // Makes the folder where there is none. Errors: the folder cannot be made or written; somebody writes into
  // it (who, since when), and still does after `patience`.
  static Result<FolderLock> take(const std::filesystem::path& folder, const char* name = kFile,
                                 std::chrono::milliseconds patience = std::chrono::milliseconds(100));

  // Who writes into the folder: "process 123 on host since 2026-11-28T10:29:23Z"; nothing where nobody does,
  // or where that cannot be told. Takes the lock for a moment that take() waits out.
  static std::optional<std::string> holder(const std::filesystem::path& folder, const char* name = kFile);

  FolderLock() = default;  // holds nothing
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

  // One sentence where the file system has no locks, so that nobody is kept out; else empty.
  const std::string& warning() const { return warning_; }

 private:
  int descriptor_ = -1;
  std::string warning_;
};

// Makes a folder and those above it. Errors name it.
Status make_folder(const std::filesystem::path& folder);

}  // namespace synann
