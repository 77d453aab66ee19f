// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "engine/compute/exact/index.h"
#include "engine/model/description.h"

// Whether a step is one the theory speaks of: decided alike for every tier.
namespace synann::compute::exact {

// The smallest factor min (1 − β_ij x_bj) over outputs, inhibitors and samples: at or below zero the theory's
// probabilities have ended. For each j it is reached where β and x are extreme, so outputs · inputs + batch ·
// inputs numbers suffice. beta is [outputs, inputs]; number(s, j) is x_sj of `products` inputs of one
// product.
template <class T, class Number>
double headroom(int products, int inputs, int outputs, const Number& number, const T* beta) {
  double least = 1;
  for (int j = 0; j < inputs; ++j) {
    T low_x = number(0, j), high_x = low_x, low_b = beta[j], high_b = beta[j];
    for (int s = 0; s < products; ++s) {
      low_x = std::min(low_x, number(s, j));
      high_x = std::max(high_x, number(s, j));
    }
    for (int i = 0; i < outputs; ++i) {
      low_b = std::min(low_b, beta[at(0, i, j, outputs, inputs)]);
      high_b = std::max(high_b, beta[at(0, i, j, outputs, inputs)]);
    }
    for (const T b : {low_b, high_b})
      for (const T v : {low_x, high_x})
        least = std::min(least, 1 - static_cast<double>(b) * static_cast<double>(v));
  }
  return least;
}

// Of a layer of n inputs and as many outputs: x [batch, n].
template <class T>
double headroom(int batch, int n, const T* x, const T* beta) {
  return headroom(
      batch, n, n, [&](int s, int j) { return x[at(0, s, j, batch, n)]; }, beta);
}

// Of any synapse layer, over the places it is applied at too: x [batch, in].
template <class T>
double headroom(const model::Layer& l, int batch, const T* x, const T* beta) {
  const int inputs = l.synapse_inputs(), groups = l.synapse_groups();
  const bool channels = l.over == model::Over::Channels;
  const auto number = [&](int product, int j) {
    const int group = product % groups, within = channels ? j * groups + group : group * inputs + j;
    return x[at(0, product / groups, within, 0, l.in.size())];
  };
  return headroom(batch * groups, inputs, l.synapse_outputs(), number, beta);
}

}  // namespace synann::compute::exact
