// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

#include "engine/compute/backend.h"
#include "engine/compute/batch.h"
#include "engine/compute/isa.h"

namespace synann::compute {

// A tier that computes whole batches in float: what reference and eigen have in common, and all that they
// must supply. Owned and called by one thread. values and gradients are [float_count] of the model.
class BatchNetwork {
 public:
  virtual ~BatchNetwork() = default;
  virtual BackendInfo info() const = 0;

  // Forward and backward in training mode; returns the mean loss. gradients is overwritten (running
  // statistics: the batch's observation).
  virtual double gradient(std::span<const float> values, const Batch<float>& batch, const DropoutDraws& draws,
                          std::span<float> gradients) = 0;
  // Forward in evaluation mode; log_probs [batch, classes] stays valid until the next call.
  virtual std::span<const float> evaluate(std::span<const float> values, const Batch<float>& batch) = 0;
  // The same from a layer on, whose inputs [batch, size] are the batch's.
  virtual std::span<const float> evaluate_from(std::span<const float> values, std::size_t layer,
                                               const Batch<float>& batch) = 0;
  // After gradient() or evaluate(): the log-probabilities, and the output of a layer [batch, size].
  virtual std::span<const float> log_probs() const = 0;
  virtual std::span<const float> output(std::size_t layer) const = 0;

  // Where ranks share the work: output() has what this rank computed and what it needed of the others;
  // gradients, losses, log-probabilities and the inputs of synapse layers are whole after gradient().
  // Fetches the rest of all outputs; every rank calls it.
  virtual void gather_outputs() {}
  virtual int most_ranks(int /*batch_size*/) const { return 1; }
};

std::unique_ptr<BatchNetwork> make_reference_network(const model::Model& model);
std::unique_ptr<BatchNetwork> make_eigen_network(const model::Model& model, int threads,
                                                 Isa isa = chosen_isa(), Ranks* ranks = nullptr);

}  // namespace synann::compute
