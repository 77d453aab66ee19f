// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/train/settings.h"

// All that TensorBoard is told of a run in a folder.
namespace synann::exports::tensorboard {

// Of one run at most, evenly over its recorded ends of epochs, the first and the last among them.
inline constexpr std::size_t kMostHistogramSteps = 100, kMostPictureSteps = 20;

struct RunToExport {
  std::filesystem::path folder{};
  std::string data{};            // as Request::data
  train::Execution execution{};  // where the confusion matrices are measured
  std::stop_token stop{};
};

// Takes the next bytes of the event file. What it answers other than success ends the export.
using EventSink = std::function<Status(std::string_view bytes)>;
// Told what share is done, 0 … 1. What it answers other than success ends the export.
using ShareDone = std::function<Status(double share)>;

struct ExportedRun {
  std::int64_t begun = 0;          // whole seconds since 1970; 0 where its history does not say
  std::vector<std::string> notes;  // what a person is to be told, each one sentence
};
// Equal runs give equal bytes. Errors: the history or a record cannot be read; cancelled; what the two
// functions answer.
Result<ExportedRun> export_run(const RunToExport& run, const EventSink& sink, const ShareDone& done);

}  // namespace synann::exports::tensorboard
