// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synann {

enum class Role {
  Trained,  // has a gradient and a momentum
  Unused,   // kept so that PyTorch loads the state dict strictly (the original's fcn.bias)
  Buffer,   // a running statistic: not trained, but part of the model
};

enum class ElementType { F32, I64 };

enum class Initialiser { Constant, Uniform, Normal };  // `centre`; U(centre ± spread); N(centre, spread²)

// One tensor of a model, under its PyTorch state_dict name.
struct Parameter {
  std::string name;
  std::vector<std::int64_t> shape;  // PyTorch's order; empty for a scalar
  Role role = Role::Trained;
  Initialiser initialiser = Initialiser::Constant;
  double centre = 0, spread = 0;
  ElementType type = ElementType::F32;
  std::size_t offset = 0;  // elements into the flat block of its type; set by ParameterTable

  std::size_t size() const;  // elements; 1 for a scalar
};

// The single source for initialisation, optimiser, checkpoint, window and tests: the tensors of a model in
// state_dict order, and where each lives in the flat blocks. Trained tensors come first in the float block,
// so that an optimiser can treat [0, trained_count()) as one vector. Immutable; thread-safe.
class ParameterTable {
 public:
  ParameterTable() = default;
  explicit ParameterTable(std::vector<Parameter> parameters);

  std::span<const Parameter> all() const { return parameters_; }
  const Parameter* find(std::string_view name) const;           // nullptr when there is none
  std::size_t float_count() const { return float_count_; }      // floats of the flat block
  std::size_t trained_count() const { return trained_count_; }  // the first of them are trained
  std::size_t counter_count() const { return counter_count_; }  // 64-bit integers of the counter block

 private:
  std::vector<Parameter> parameters_;
  std::size_t float_count_ = 0, trained_count_ = 0, counter_count_ = 0;
};

}  // namespace synann
