// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/fused_buffers.h"

#include <algorithm>

#include "engine/compute/cuda/kernels_fused_update.h"

namespace synann::compute::cuda {

FusedBuffers::FusedBuffers(Storage& storage, const FusedPlaces& places, int synapse_layer)
    : storage_(storage), places_(places), synapse_layer_(synapse_layer) {
  Memory& memory = storage.memory;
  for (auto& copy : copies_) {
    copy.fc1_by_input.reserve(memory, kHidden * kPooled2, "fc1 by input");
    copy.synapse_by_input.reserve(memory, kHidden * kHidden, "synapse by input");
  }
  other_values_.reserve(memory, places_.count, "other values");
  other_momenta_.reserve(memory, places_.trained, "other momenta");
  flags_.reserve(memory, ceil_div(places_.count, FusedReduce::kThreads), "fused flags");
  std::vector<std::uint8_t> watched(static_cast<std::size_t>(places_.count), 255);
  for (std::size_t k = 0; k < storage.watched.size(); ++k) {
    const Parameter& p = *storage.watched[k];
    std::fill_n(watched.begin() + static_cast<std::ptrdiff_t>(p.offset), p.size(),
                static_cast<std::uint8_t>(k));
  }
  watched_.reserve(memory, places_.count, "watched");
  device().upload(watched_.data(), watched.data(), watched.size());
}

void FusedBuffers::make_squares() {
  other_squares_.reserve(storage_.memory, places_.trained, "other squares");
}

void FusedBuffers::reserve(int batch) {
  Memory& memory = storage_.memory;
  const auto make = [&](auto& buffer, int size, const char* what) {
    buffer.reserve(memory, Index{batch} * size, what);
  };
  make(pooled1_, kPooled1, "pooled1"), make(where1_, kPooled1, "where1");
  make(pooled2_, kPooled2, "pooled2"), make(where2_, kPooled2, "where2");
  make(kept_maps_, kMaps2, "kept maps"), make(kept_, kHidden, "kept"), make(target_, 1, "target");
  make(hidden_, kHidden, "hidden"), make(soft_, kHidden, "soft"), make(mixed_, kHidden, "mixed");
  make(normal_, kHidden, "normal"), make(dmixed_, kHidden, "dmixed"), make(dhidden_, kHidden, "dhidden");
  make(rest_, kHidden, "rest"), make(alone_, kHidden, "alone");
  make(log_probs_, places_.classes, "log-probabilities"), make(dlogits_, places_.classes, "dlogits");
  make(losses_, 1, "losses"), make(headroom_, 1, "headroom"), make(parts_, kPartSize, "parts");
  if (!headroom_layer_.reserve(memory, batch, "headroom layer")) return;
  const std::vector<int> layers(static_cast<std::size_t>(batch), synapse_layer_);
  device().upload(headroom_layer_.data(), layers.data(), layers.size() * sizeof(int));
}

FusedMemory FusedBuffers::memory() const {
  const Storage& s = storage_;
  const bool adam = s.squares.data() != nullptr && other_squares_.data() != nullptr;
  return {.copies = {{s.values.data(), s.momenta.data(), adam ? s.squares.data() : nullptr,
                      copies_[0].fc1_by_input.data(), copies_[0].synapse_by_input.data()},
                     {other_values_.data(), other_momenta_.data(), adam ? other_squares_.data() : nullptr,
                      copies_[1].fc1_by_input.data(), copies_[1].synapse_by_input.data()}},
          .gradients = s.gradients.data(),
          .control = s.control.data(),
          .flags = flags_.data(),
          .flag_count = static_cast<int>(flags_.count()),
          .pooled1 = pooled1_.data(),
          .pooled2 = pooled2_.data(),
          .where1 = where1_.data(),
          .where2 = where2_.data(),
          .kept_maps = kept_maps_.data(),
          .kept = kept_.data(),
          .hidden = hidden_.data(),
          .soft = soft_.data(),
          .mixed = mixed_.data(),
          .normal = normal_.data(),
          .dmixed = dmixed_.data(),
          .dhidden = dhidden_.data(),
          .rest = rest_.data(),
          .alone = alone_.data(),
          .log_probs = log_probs_.data(),
          .dlogits = dlogits_.data(),
          .losses = losses_.data(),
          .headroom = headroom_.data(),
          .parts = parts_.data(),
          .target = target_.data()};
}

}  // namespace synann::compute::cuda
