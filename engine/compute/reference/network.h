// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/compute/batch.h"
#include "engine/compute/exact/close_calls.h"
#include "engine/compute/reference/rnn.h"
#include "engine/model/description.h"

namespace synann::compute::reference {

// A model computed layer by layer with the plain loops of layers.h: the oracle of every faster tier.
// T is float or double. Owned and used by one thread; the model must outlive it.
template <class T>
class Network {
 public:
  explicit Network(const model::Model& model);

  // Runs the batch through all layers. values: [float_count]. Keeps every activation for backward(). In
  // evaluation it can begin with a later layer, whose inputs are then the batch's.
  void forward(std::span<const T> values, const Batch<T>& batch, Mode mode, const DropoutDraws& draws,
               std::size_t first = 0);

  // The gradient of the mean loss of the last forward() in training mode: [float_count], overwritten; the
  // slots of running statistics receive this batch's observation.
  void backward(std::span<const T> values, const Batch<T>& batch, const DropoutDraws& draws,
                std::span<T> gradients);

  // After forward(): the mean negative log-likelihood, and the output of layer k [batch, size].
  double loss(const Batch<T>& batch) const;
  std::span<const T> output(std::size_t layer) const { return outputs_[layer + 1]; }
  std::span<const T> log_probs() const { return outputs_.back(); }
  // After backward(): the gradient of the mean loss by that output.
  std::span<const T> delta(std::size_t layer) const { return deltas_[layer + 1]; }

 private:
  void forward_layer(std::size_t k, std::span<const T> values, const Batch<T>& batch, Mode mode,
                     const DropoutDraws& draws);
  void forward_synapse(std::size_t k, std::span<const T> values, int count);
  void backward_synapse(std::size_t k, std::span<const T> values, int count, std::span<T> gradients);
  void forward_any_synapse(std::size_t k, std::span<const T> values, int count);
  void backward_any_synapse(std::size_t k, std::span<const T> values, int count, std::span<T> gradients);
  void forward_channel_norm(std::size_t k, std::span<const T> values, int count, Mode mode);
  void backward_channel_norm(std::size_t k, std::span<const T> values, int count, std::span<T> gradients);
  void forward_rnn(std::size_t k, std::span<const T> values, int count);
  void backward_rnn(std::size_t k, std::span<const T> values, int count, std::span<T> gradients);
  void backward_layer(std::size_t k, std::span<const T> values, const Batch<T>& batch,
                      const DropoutDraws& draws, std::span<T> gradients);

  // What went into the residual block that a layer ends.
  const std::vector<T>& kept(const model::Layer& end) const {
    return outputs_[static_cast<std::size_t>(end.block) + 1];
  }

  const model::Model& model_;
  exact::CloseCalls close_calls_;                    // float only: doubles are exact enough
  std::vector<std::vector<T>> outputs_;              // [layers + 1]: the input, then each layer's output
  std::vector<std::vector<T>> deltas_;               // gradients of the same
  std::vector<std::vector<std::int32_t>> maxima_;    // MaxPool2d, GlobalMaxPool2d: where each maximum stood
  std::vector<std::vector<double>> mean_, inverse_;  // batch norms: the batch's statistics
  std::vector<std::vector<T>> observed_;             // batch norms: mean, unbiased variance [2 n]
  std::vector<std::vector<T>> alpha_, beta_;         // Synapse, SynaRnn: what the parameters mean
  std::vector<std::vector<RnnTrace<T>>> traces_;     // SynaRnn: one per sample
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace synann::compute::reference
