// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/model/description.h"

namespace synann::ui {

// One line of the editor: a layer as it stands in the file.
struct EditedLayer {
  int depth = 0;      // in how many residual blocks it stands
  std::string kind;   // "conv2d"; "residual" and "end of residual" for the two ends of a block
  std::string name;   // empty for layers without tensors
  std::string shape;  // of its output; empty where it cannot be known
  std::int64_t trained = 0;
  double share = 0;    // of the operations of a training step, 0 … 1
  bool wrong = false;  // what keeps the network from being built is here
};

// A network of layers that is being edited, with all steps back and forth. Layers are counted from 0, the
// ends of residual blocks too. The window's thread.
class ModelDocument {
 public:
  // Another network; there is nothing to undo then. Where `own_id` is not empty, the first change gives it
  // that name.
  void open(model::Definition definition, std::string own_id = {});
  const model::Definition& definition() const { return states_[now_]; }

  bool canUndo() const { return now_ > 0; }
  bool canRedo() const { return now_ + 1 < states_.size(); }
  void undo();
  void redo();

  // A layer of this kind behind layer `at`, with usual sizes and a name of its own; returns where it is.
  std::size_t add(std::size_t at, model::LayerKind kind);
  // A residual block around layer `at`; false for log_softmax and the ends of blocks.
  bool enclose(std::size_t at);
  // Of a block: its two ends alone. False for the last layer, log_softmax.
  bool remove(std::size_t at);
  // Past the one before or behind it; false where that makes no network.
  bool move(std::size_t at, int by);
  // A key of a layer (engine/model/layer_keys.h) to a value as a file has it; an empty text is the default.
  Status set(std::size_t at, const std::string& key, const std::string& value);
  // What the file calls the network. Errors: as in a file.
  Status rename(const std::string& id);

  // A line for each layer, for images of that size, and why the network cannot be built, as a sentence; empty
  // where it can.
  struct Seen {
    std::vector<EditedLayer> layers;
    std::string wrong;
    std::int64_t trained = 0;
    double operations = 0;  // of a training step, a sample
  };
  Seen look(int rows, int columns, int classes) const;

  // The value of a key as a file has it; empty for the default.
  static std::string valueOf(const model::Layer& layer, const std::string& key);

 private:
  void change(model::Definition next);

  std::vector<model::Definition> states_{1};
  std::string own_id_;
  std::size_t now_ = 0;
};

}  // namespace synann::ui
