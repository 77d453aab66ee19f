// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cuda/fused_layout.h"
#include "engine/compute/cuda/storage.h"

namespace synann::compute::cuda {

// The device memory of the fused step beside the storage's: the second copy of what a step changes, and what
// one kernel leaves for the next.
class FusedBuffers {
 public:
  // synapse_layer: the number of the synapse layer in the model, for the watch over its headroom.
  FusedBuffers(Storage& storage, const FusedPlaces& places, int synapse_layer);

  void reserve(int batch);  // room for batches of so many samples
  void make_squares();      // Adam's, of the second copy
  FusedMemory memory() const;

  const Buffer<int>& headroom_layer() const { return headroom_layer_; }
  const Buffer<std::uint8_t>& watched() const { return watched_; }

 private:
  struct Copy {
    Buffer<float> fc1_by_input, synapse_by_input;
  };
  Device& device() { return storage_.memory.device(); }

  Storage& storage_;
  FusedPlaces places_;
  int synapse_layer_;
  Copy copies_[2];
  Buffer<float> other_values_, other_momenta_, other_squares_;
  Buffer<int> flags_, headroom_layer_;
  Buffer<std::uint8_t> watched_;  // [numbers]: of the watched tensor each belongs to, or 255
  Buffer<std::uint8_t> where1_, where2_, kept_maps_, kept_, target_;
  Buffer<float> pooled1_, pooled2_, hidden_, soft_, mixed_, normal_, dmixed_, dhidden_, rest_, alone_,
      log_probs_, dlogits_, losses_, headroom_, parts_;
};

}  // namespace synann::compute::cuda
