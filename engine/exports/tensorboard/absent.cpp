// SPDX-License-Identifier: GPL-3.0-or-later
// What is said where the program was built without protobuf.
#include "engine/exports/tensorboard/event_scalars.h"
#include "engine/exports/tensorboard/live_log.h"

namespace synann::exports::tensorboard {
namespace {

Error no_protobuf(const std::filesystem::path& path) {
  return input_error(path.string(), "TensorBoard's files need the protobuf library, which this build lacks",
                     "install libprotobuf-dev and protobuf-compiler, and build again");
}

}  // namespace

Result<std::unique_ptr<train::Observer>> open_live_log(const std::filesystem::path& folder, LogStart,
                                                       train::Observer&) {
  return no_protobuf(folder);
}

Status add_event_scalars(std::span<const std::uint8_t>, const std::string& file, EventScalars&) {
  return no_protobuf(file);
}

}  // namespace synann::exports::tensorboard
