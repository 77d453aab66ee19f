// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/cuda/storage.h"

// The layers of the plain network: each queues its kernels.
namespace synann::compute::cuda {

// What one pass over one batch knows; arrays are [count, features] of this layer.
struct Pass {
  int count = 0;  // samples
  bool training = false, dropout = false;
  const float* x = nullptr;
  float* y = nullptr;
  const float* dy = nullptr;
  float* dx = nullptr;           // null for the first layer: nobody needs it
  const float* kept = nullptr;   // ResidualEnd: the output of the layer that began it
  const float* dkept = nullptr;  // ResidualBegin: the gradient by the output of the layer that ends it
};

class PlainLayer {
 public:
  virtual ~PlainLayer() = default;
  virtual void reserve(int /*batch*/) {}
  virtual void forward(const Pass& pass) = 0;
  virtual void backward(const Pass& pass) = 0;  // gradients of parameters go to the storage's block
  // The smallest factors of a synapse layer, one for each input; how many they are.
  virtual int headroom_count() const { return 0; }
  virtual void headroom(const Pass& /*pass*/, float* /*out*/) {}
};

// Where a tensor of a layer lies in a flat block; null where the layer has none of that name.
const float* find_tensor(const Storage& storage, const model::Layer& l, const char* suffix,
                         const Buffer<float>& block);
inline const float* value(const Storage& s, const model::Layer& l, const char* suffix) {
  return find_tensor(s, l, suffix, s.values);
}
inline float* gradient(const Storage& s, const model::Layer& l, const char* suffix) {
  return const_cast<float*>(find_tensor(s, l, suffix, s.gradients));
}

// index: the layer's number in the model (its dropout stream).
std::unique_ptr<PlainLayer> make_plain_layer(Storage& storage, int index);

std::unique_ptr<PlainLayer> make_plain_conv(Storage& storage, int index);
std::unique_ptr<PlainLayer> make_plain_pool(Storage& storage, const model::Layer& l);  // global ones too
std::unique_ptr<PlainLayer> make_plain_pointwise(Storage& storage, const model::Layer& l);
std::unique_ptr<PlainLayer> make_plain_glu(Storage& storage, const model::Layer& l);
std::unique_ptr<PlainLayer> make_plain_residual(Storage& storage, const model::Layer& l);  // begin or end
std::unique_ptr<PlainLayer> make_plain_softmax(Storage& storage, const model::Layer& l);
std::unique_ptr<PlainLayer> make_plain_norm(Storage& storage, const model::Layer& l);
std::unique_ptr<PlainLayer> make_plain_synapse(Storage& storage, const model::Layer& l);
std::unique_ptr<PlainLayer> make_plain_any_synapse(Storage& storage, const model::Layer& l);
std::unique_ptr<PlainLayer> make_plain_rnn(Storage& storage, const model::Layer& l);

// What the options of a synapse layer are called in kernels.
BetaForm beta_form(const model::SynapseOptions& options);
AlphaForm alpha_form(const model::SynapseOptions& options);

}  // namespace synann::compute::cuda
