// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/io/json_tree.h"
#include "engine/model/description.h"

// The keys of a layer in a model file, kind by kind: one table from which files are read, written and
// checked, and forms are made. Stateless; any thread.
namespace synann::model {

// One key of a layer.
struct LayerKey {
  std::string_view name;
  std::string_view help;                  // one sentence for people
  std::string_view expected;              // of its value, in an error: "a whole number from 1 to 255"
  bool (*read)(const JsonTree&, Layer&);  // false where the value is another one than is expected
  JsonTree (*write)(const Layer&);        // null where the layer has the default
  bool required = false;
  std::span<const std::string_view> words = {};  // the values of a choice, the first is the default
};

// A kind of layer as people name it, with what a layer of that kind may say. "residual" is not among them: it
// holds layers (model_file.h).
struct KindInfo {
  LayerKind kind;
  std::span<const LayerKey> keys;
};
std::span<const KindInfo> kind_infos();
std::span<const LayerKey> layer_keys(LayerKind kind);  // none for the ends of residual blocks

}  // namespace synann::model
