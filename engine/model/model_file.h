// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/model/description.h"

// Model files (format synann-model-1, docs/formats.md): a network of any layers as readable JSON. Any thread.
namespace synann::model {

inline constexpr std::size_t kLargestModelFile = 1 << 20;  // bytes
inline constexpr int kMostLayers = 1000;

// Errors begin with `file`: what is no JSON of this format; then the layer by its number (counted in reading
// order, from 1) and kind, and what was expected. Whether the layers fit together is seen when the definition
// is built for images.
Result<Definition> parse_model_file(std::string_view text, const std::string& file);

// Errors: a file that cannot be read or is larger than kLargestModelFile; see parse_model_file().
Result<Definition> read_model_file(const std::filesystem::path& path);

// The same network as text: keys that have their default values are left out. parse_model_file() of it gives
// the same definition; two definitions are equal where their texts are.
std::string model_file_text(const Definition& definition);

// Whether what --model was given names a file: an existing one, or a name that ends with ".json".
bool is_model_file_name(const std::string& name);

}  // namespace synann::model
