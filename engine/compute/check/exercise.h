// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/compute/check/compare.h"

// The random inputs on which a back end is compared with the reference, and the reference's answers in
// double.
namespace synann::compute {

inline constexpr int kCheckBatch = 23, kCheckSteps = 2, kCheckStepBatch = 13;
inline constexpr double kCheckMomentum = 0.5;

// Fresh numbers for one model. Convolutions of short binary fractions are exact in float, so that float and
// double see the same maxima: one that moves by rounding alone would move a whole gradient.
struct Exercise {
  std::shared_ptr<const model::Model> model;
  model::State state;
  std::vector<float> input;          // [kCheckBatch, size]; every other image half blank, as digits are
  std::vector<std::uint8_t> target;  // [kCheckBatch]
  data::DataPairPtr data;            // for the steps
  float rate;                        // of the steps

  Exercise(const CheckModel& m, std::uint64_t seed);

 private:
  bool blank(int sample, int pixel) const;
  std::uint8_t label(Numbers& numbers) const;
  data::Dataset set(Numbers& numbers, int count) const;
};

// What the reference says in double: one batch, and a few steps of training.
struct Expected {
  double loss = 0;
  std::vector<double> log_probs, gradients, eval_log_probs;
  std::vector<std::pair<std::string, std::vector<double>>> activations;
  std::vector<double> losses, values,
      momenta;  // after the steps: [kCheckSteps], [float_count], [trained_count]
};

// The order in which the steps visit the training set.
std::vector<std::uint32_t> check_order(int count);

// An exercise in which rounding decides nothing, with its solution. The seed moves on until there is one.
Result<std::pair<Exercise, Expected>> solved(const CheckModel& m, std::uint64_t& seed);

}  // namespace synann::compute
