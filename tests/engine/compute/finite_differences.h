// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/compute/reference/network.h"
#include "tests/engine/compute/fixtures.h"

// The reference's backward pass against its forward pass, in double.
namespace synann::testing {

inline constexpr compute::DropoutDraws kGradientDraws{.enabled = true, .seed = 3, .epoch = 2, .step = 7};

// The largest difference between the analytic gradient and central differences, relative to the gradient's
// size.
inline double worst_gradient_error(const model::Model& model, int batch_size) {
  compute::reference::Network<double> network(model);
  const auto data = random_batch<double>(model, batch_size, 11);
  const auto batch = data.view();
  const auto start = model::initialise(model, 5);
  std::vector<double> values(start.values.begin(), start.values.end()), gradients(values.size(), NAN);

  network.forward(values, batch, compute::Mode::Training, kGradientDraws);
  network.backward(values, batch, kGradientDraws, gradients);
  double scale = 0, worst = 0;
  for (std::size_t k = 0; k < model.parameters.trained_count(); ++k)
    scale = std::max(scale, std::abs(gradients[k]));

  constexpr double kStep = 1e-6;
  const auto loss_at = [&](std::size_t k, double value) {
    const double kept = std::exchange(values[k], value);
    network.forward(values, batch, compute::Mode::Training, kGradientDraws);
    values[k] = kept;
    return network.loss(batch);
  };
  // Every parameter of small models, a spread of them in large ones.
  const std::size_t stride = std::max<std::size_t>(1, model.parameters.trained_count() / 600);
  for (std::size_t k = 0; k < model.parameters.trained_count(); k += stride) {
    const double numeric = (loss_at(k, values[k] + kStep) - loss_at(k, values[k] - kStep)) / (2 * kStep);
    worst = std::max(worst, std::abs(numeric - gradients[k]) / scale);
  }
  return worst;
}

}  // namespace synann::testing
