// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/compute/backend.h"
#include "engine/core/result.h"
#include "engine/data/dataset.h"

namespace synann::compute {

// How far one tensor is from its golden one.
struct ParityRow {
  std::string tensor;  // "act/conv1", "grad/fc1.weight", "running/fcb.running_var", "after_5_steps/fcb.bias"
  double error = 0;    // ‖found − expected‖ / ‖expected‖
  double tolerance = 0;  // 1e-5 for activations and losses, 1e-4 for gradients and after steps
  bool passed() const { return error <= tolerance; }  // false for NaN
};

struct ParityReport {
  std::string device;  // "cpu", "cuda"
  std::string tier;
  std::vector<ParityRow> rows;
  bool steps_checked = false;  // the five steps need MNIST's training set
};

// Computes what the golden file holds (format synann-parity-1, docs/formats.md) with each of a device's
// `tiers` and compares; among several, those that do not run the model are left out. `mnist` is null where it
// is not at hand; then the steps are left out. Errors: a file that is not such a file, a device that is not
// there.
Result<std::vector<ParityReport>> check_parity(std::span<const std::uint8_t> bytes, const std::string& file,
                                               const std::vector<std::string>& tiers, data::DataPairPtr mnist,
                                               const std::string& device = "cpu");

}  // namespace synann::compute
