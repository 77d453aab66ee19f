// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/tensor_views.h"

#include <span>

namespace synann::train {

namespace {

template <class Number>
std::span<const std::uint8_t> tensor_bytes(std::span<const Number> values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

}  // namespace

std::vector<io::TensorView> tensor_views(const model::State& state, const model::Model& model) {
  std::vector<io::TensorView> views;
  for (const Parameter& p : model.parameters.all()) {
    const bool whole = p.type == ElementType::I64;
    const auto bytes = whole ? tensor_bytes(std::span(state.counters).subspan(p.offset, p.size()))
                             : tensor_bytes(std::span(state.values).subspan(p.offset, p.size()));
    views.push_back({p.name, whole ? io::TensorType::I64 : io::TensorType::F32, p.shape, bytes});
  }
  return views;
}

}  // namespace synann::train
