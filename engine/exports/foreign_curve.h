// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"

// Curves of runs that another program made: TensorBoard's event files, and tables of comma-separated values.
namespace synann::exports {

// What a curve's x counts, since its run began.
enum class ForeignUnit { Steps, Epochs, Examples };

struct ForeignCurve {
  std::string name;                       // the tag, or the name of the column
  ForeignUnit unit = ForeignUnit::Steps;  // as its names suggest; a person may know better
  std::vector<double> x;                  // rising
  std::vector<double> y;                  // as many, finite
  std::vector<double> wall;               // as many, seconds; empty: not known
};

struct ForeignRun {
  std::string name;                  // of the file or folder
  std::vector<ForeignCurve> curves;  // by name
  std::vector<std::string> notes;    // what a person is to be told, each one sentence
};

// What is more than this is refused.
inline constexpr std::uint64_t kMostForeignBytes = std::uint64_t{512} << 20,
                               kMostForeignTableBytes = 64u << 20;
inline constexpr std::size_t kMostForeignFiles = 500;
inline constexpr int kMostForeignLevels = 3;  // of folders

// An event file, a folder of such files (each folder below it is a run of its own, whose name begins its
// tags), or a table with a header: x is the column that is named step, iteration, epoch, examples or the
// like, wall the one named wall time, and every other column of numbers is a curve. Takes seconds for large
// files; any thread. Errors: one sentence that names the file.
Result<ForeignRun> read_foreign_run(const std::filesystem::path& path, const std::stop_token& stop = {});

// Whether the beginning of a file, or its name, promises curves: an event file, or a table.
enum class ForeignKind { None, Events, Table };
ForeignKind foreign_kind(const std::filesystem::path& file);

// A table by itself. A pure function of the bytes; `file` begins the sentences.
Result<ForeignRun> parse_foreign_table(std::span<const std::uint8_t> bytes, const std::string& file);

}  // namespace synann::exports
