// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/infer/asker.h"
#include "engine/infer/cells.h"

// Knock-out: some β of one layer are set to other values, and the network is measured again.
namespace synann::infer {

// A plain value.
struct AblationQuery {
  Network network;
  SetPtr set;
  std::string layer{};  // empty: the first
  std::vector<CellValue> changes{};
};

struct Ablation {
  Network changed;  // as with_beta() makes it: to be saved, or trained on
  Score before, after;
  std::vector<int> class_counts;                   // [classes]: images of each class
  std::vector<int> correct_before, correct_after;  // [classes]
  struct Switched {
    std::uint32_t sample = 0;
    int truth = 0, before = 0, after = 0;  // classes
    bool operator==(const Switched&) const = default;
  };
  std::vector<Switched> switched;  // images that are taken for another class now, in their order
  Predictions answers;             // of the changed network
};

// Answers such questions. What reaches the layer does not change with its β, so it is computed once for a
// network and a set and kept, with what the network said; the rest of the network then is computed exactly as
// an evaluation of the changed state dict does, bit for bit. One thread at a time.
class Ablator {
 public:
  explicit Ablator(Asking asking = {}) : asker_(std::move(asking)) {}

  // Progress counts samples; where the inputs are not known yet, twice as many. Errors: as with_beta() and
  // Asker::predict().
  Result<Ablation> ablate(const AblationQuery& query, const Work& work);

  // What is kept for a network, a set and a layer.
  struct Base {
    Network network;
    SetPtr set;
    train::SynapseLayer layer;
    Predictions said;
    Score score;
    std::vector<float> x;  // [count, n]: the layer's inputs; empty where the back end does not tell them
  };
  Result<const Base*> base(const Network& network, const SetPtr& set, const std::string& layer,
                           const Work& work);
  // Of a changed network: everything else is the base's.
  Result<Predictions> predict(const Network& changed, const Base& base, const Work& work);

 private:
  Result<Base> measure(const Network& network, const SetPtr& set, const train::SynapseLayer& layer,
                       const Work& work);

  Asker asker_;
  std::optional<Base> base_;
};

}  // namespace synann::infer
