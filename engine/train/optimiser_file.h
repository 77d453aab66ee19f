// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/io/safetensors.h"
#include "engine/model/description.h"
#include "engine/model/state.h"

// The optimiser's state of a checkpoint, in a file of its own beside it: safetensors with one tensor for each
// trained one, named as PyTorch's optimisers name their buffers ("conv1.weight.momentum_buffer"; for Adam
// "conv1.weight.exp_avg" and "…exp_avg_sq"). The file's name holds the digest of its content
// (docs/formats.md).
namespace synann::train {

inline constexpr const char* kOptimiserFormat = "synann-optimizer-1";
inline constexpr const char* kNoOptimiser = "none";  // in a checkpoint's metadata: the state is zero

// The file to be written; `state` is borrowed. Nothing where all of the state is zero, as at the start.
std::unique_ptr<io::TensorFile> format_optimiser(const model::State& state, const model::Model& model);
// "optimizer-<first 16 hex digits of the SHA-256 of its bytes>.safetensors"
std::string optimiser_file_name(const io::TensorFile& file);
std::string optimiser_file_name(std::span<const std::uint8_t> bytes);
bool is_optimiser_file_name(std::string_view name);

// Fills state.momenta, and state.squares where the file has them. Errors: another model's or optimiser's, a
// tensor that is missing, misshapen, not finite, or none of the state's.
Status parse_optimiser(std::span<const std::uint8_t> bytes, const std::string& file,
                       const model::Model& model, model::State& state);
// Reads the file and checks that its content is the one its name tells.
Status read_optimiser(const std::filesystem::path& path, const model::Model& model, model::State& state);

}  // namespace synann::train
