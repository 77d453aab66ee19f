// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/storage.h"

#include <algorithm>

#include "engine/compute/batch.h"

namespace synann::compute::cuda {
namespace {

template <class T>
void upload(Memory& memory, Buffer<T>& to, std::span<const T> from, const char* what) {
  to.reserve(memory, static_cast<Index>(from.size()), what);
  memory.device().upload(to.data(), from.data(), from.size_bytes());
}

}  // namespace

Storage::Storage(Memory& m, const model::Model& description) : memory(m), model(description) {
  const auto& parameters = model.parameters;
  std::vector<std::uint8_t> mask(parameters.float_count() - parameters.trained_count());
  std::vector<Range> places;
  for (const Parameter& p : parameters.all()) {
    if (p.type != ElementType::F32) continue;
    if (p.role == Role::Buffer)
      std::fill_n(mask.begin() + static_cast<std::ptrdiff_t>(p.offset - parameters.trained_count()), p.size(),
                  std::uint8_t{1});
    if (p.role == Role::Unused) continue;
    watched.push_back(&p);
    places.push_back({static_cast<Index>(p.offset), static_cast<Index>(p.size())});
  }
  upload<std::uint8_t>(memory, moving, mask, "moving");
  upload<Range>(memory, ranges, places, "ranges");
  flags.reserve(memory, static_cast<Index>(places.size()) * kFlagChunks, "flags");
  norm_parts.reserve(memory, kNormBlocks, "norm parts");
  control.reserve(memory, 1, "control");
  memory.device().fill(control.data(), 0, sizeof(Control));
  values.reserve(memory, static_cast<Index>(parameters.float_count()), "values");
  momenta.reserve(memory, static_cast<Index>(parameters.trained_count()), "momenta");
  gradients.reserve(memory, static_cast<Index>(parameters.float_count()), "gradients");
  memory.device().fill(gradients.data(), 0, gradients.bytes());  // dead tensors have none
  upload<float>(memory, table, scaling_table(model.scaling), "scaling table");
}

void Storage::load(const model::State& state) {
  Device& device = memory.device();
  device.upload(values.data(), state.values.data(), state.values.size() * sizeof(float));
  device.upload(momenta.data(), state.momenta.data(), state.momenta.size() * sizeof(float));
  adam_ = !state.squares.empty();
  if (adam_) upload<float>(memory, squares, state.squares, "squares");
}

void Storage::fetch(model::State& state) {
  Device& device = memory.device();
  state.values.resize(model.parameters.float_count());
  state.momenta.resize(model.parameters.trained_count());
  state.squares.resize(adam_ ? state.momenta.size() : 0);
  device.download(state.values.data(), values.data(), state.values.size() * sizeof(float));
  device.download(state.momenta.data(), momenta.data(), state.momenta.size() * sizeof(float));
  device.download(state.squares.data(), squares.data(), state.squares.size() * sizeof(float));
}

void Storage::make_squares() {
  if (adam_) return;
  squares.reserve(memory, static_cast<Index>(model.parameters.trained_count()), "squares");
  memory.device().fill(squares.data(), 0, squares.bytes());
  adam_ = true;
}

void Storage::upload_set(const data::Dataset& set, DeviceSet& to) {
  if (to.count == set.count()) return;
  upload<std::uint8_t>(memory, to.pixels, set.pixels, "pixels");
  upload<std::uint8_t>(memory, to.labels, set.labels, "labels");
  to.count = memory.device().status().ok() ? set.count() : 0;
}

// The training set comes again where it is wanted as it was.
void Storage::upload_training(const data::Dataset& images, std::size_t first, int all) {
  train.pixels.reserve(memory, static_cast<Index>(all) * static_cast<Index>(images.image_size()), "pixels");
  train.labels.reserve(memory, all, "labels");
  train.count = 0;
  Device& device = memory.device();
  if (!device.status()) return;
  device.upload(train.pixels.data() + first * images.image_size(), images.pixels.data(),
                images.pixels.size());
  device.upload(train.labels.data() + first, images.labels.data(), images.labels.size());
}

void Storage::upload_order(std::span<const std::uint32_t> wanted) {
  if (std::equal(order_.begin(), order_.end(), wanted.begin(), wanted.end())) return;
  upload<std::uint32_t>(memory, order, wanted, "order");
  order_.assign(wanted.begin(), wanted.end());
}

void Storage::upload_frozen(std::span<const std::uint32_t> places) {
  if (std::equal(frozen_.begin(), frozen_.end(), places.begin(), places.end())) return;
  std::vector<std::uint8_t> mask(model.parameters.trained_count());
  for (const std::uint32_t place : places) mask[place] = 1;
  upload<std::uint8_t>(memory, frozen, mask, "frozen");
  frozen_.assign(places.begin(), places.end());
}

}  // namespace synann::compute::cuda
