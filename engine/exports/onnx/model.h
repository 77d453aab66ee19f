// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/exports/onnx.pb.h"

namespace synann::exports::onnx {

namespace messages = ::synann::onnx;

inline constexpr std::int64_t kIrVersion = 8, kOpset = 17;  // what runtimes since 2022 read
// What a protobuf message can hold, in bytes.
inline constexpr std::size_t kLargestModel = std::numeric_limits<std::int32_t>::max();

// A model whose graph is still to be written.
messages::ModelProto begun_model(const std::string& name, std::string_view help);

void add_metadata(messages::ModelProto& to, std::string_view key, const std::string& value);

// Writes it as write_file_atomically() does. Errors: its errors; more than `largest` bytes. Equal models are
// equal files.
Status save_model(const messages::ModelProto& model, const std::filesystem::path& path,
                  std::size_t largest = kLargestModel);

}  // namespace synann::exports::onnx
