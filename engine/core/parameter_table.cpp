// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/parameter_table.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace synann {

std::size_t Parameter::size() const {
  return static_cast<std::size_t>(
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>{}));
}

ParameterTable::ParameterTable(std::vector<Parameter> parameters) : parameters_(std::move(parameters)) {
  for (auto& p : parameters_) {
    if (p.type == ElementType::F32 && p.role == Role::Trained)
      p.offset = std::exchange(float_count_, float_count_ + p.size());
  }
  trained_count_ = float_count_;
  for (auto& p : parameters_) {
    if (p.type == ElementType::I64) {
      p.offset = std::exchange(counter_count_, counter_count_ + p.size());
    } else if (p.role != Role::Trained) {
      p.offset = std::exchange(float_count_, float_count_ + p.size());
    }
  }
}

const Parameter* ParameterTable::find(std::string_view name) const {
  const auto it = std::find_if(parameters_.begin(), parameters_.end(),
                               [&](const Parameter& p) { return p.name == name; });
  return it == parameters_.end() ? nullptr : &*it;
}

}  // namespace synann
