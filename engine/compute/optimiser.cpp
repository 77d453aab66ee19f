// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/optimiser.h"

#include <cmath>

#include "engine/compute/batch.h"

namespace synann::compute {
namespace {

void sgd(const Optimiser& o, model::State& state, std::span<const float> gradients, float rate) {
  const auto momentum = static_cast<float>(o.momentum);
  for (std::size_t k = 0; k < state.momenta.size(); ++k) {
    state.momenta[k] = momentum * state.momenta[k] + gradients[k];
    state.values[k] -= rate * (o.nesterov ? gradients[k] + momentum * state.momenta[k] : state.momenta[k]);
  }
}

void adam(const AdamNumbers& n, model::State& state, std::span<const float> gradients) {
  for (std::size_t k = 0; k < state.momenta.size(); ++k) {
    const float g = gradients[k];
    state.momenta[k] += n.new1 * (g - state.momenta[k]);
    state.squares[k] = n.beta2 * state.squares[k] + n.new2 * g * g;
    state.values[k] -= n.rate * state.momenta[k] / (std::sqrt(state.squares[k]) / n.correct2 + n.epsilon);
  }
}

void move_buffers(const model::Model& model, model::State& state, std::span<const float> gradients) {
  constexpr auto kTowards = static_cast<float>(kBatchNormMomentum);
  for (const Parameter& p : model.parameters.all()) {
    if (p.role != Role::Buffer) continue;
    for (std::size_t k = p.offset; k < p.offset + p.size(); ++k) {
      if (p.type == ElementType::I64) {
        ++state.counters[k];
      } else {
        state.values[k] = (1 - kTowards) * state.values[k] + kTowards * gradients[k];
      }
    }
  }
}

std::vector<float> numbers_at(std::span<const std::uint32_t> places, std::span<const float> from) {
  std::vector<float> numbers;
  if (from.empty()) return numbers;
  numbers.reserve(places.size());
  for (const std::uint32_t place : places) numbers.push_back(from[place]);
  return numbers;
}

}  // namespace

FrozenNumbers::FrozenNumbers(std::span<const std::uint32_t> places, std::span<const float> values,
                             std::span<const float> momenta, std::span<const float> squares)
    : places_(places),
      values_(numbers_at(places, values)),
      momenta_(numbers_at(places, momenta)),
      squares_(numbers_at(places, squares)) {}

void FrozenNumbers::put_back(std::span<float> values, std::span<float> momenta,
                             std::span<float> squares) const {
  for (std::size_t k = 0; k < places_.size(); ++k) {
    values[places_[k]] = values_[k];
    momenta[places_[k]] = momenta_[k];
    if (!squares_.empty()) squares[places_[k]] = squares_[k];
  }
}

// In double: 1 − 0.999f is off by 1e-5 of itself, and every step would be by half of that.
AdamNumbers adam_numbers(const Optimiser& o, float learning_rate, std::int64_t step) {
  const auto correct1 = static_cast<float>(1 - std::pow(o.beta1, static_cast<double>(step)));
  return {.rate = learning_rate / correct1,
          .new1 = static_cast<float>(1 - o.beta1),
          .beta2 = static_cast<float>(o.beta2),
          .new2 = static_cast<float>(1 - o.beta2),
          .correct2 = static_cast<float>(std::sqrt(1 - std::pow(o.beta2, static_cast<double>(step)))),
          .epsilon = static_cast<float>(o.epsilon)};
}

double gradient_norm(const model::Model& model, std::span<const float> gradients) {
  double sum = 0;
  for (const float g : gradients.first(model.parameters.trained_count()))
    sum += static_cast<double>(g) * static_cast<double>(g);
  return std::sqrt(sum);
}

void update(const Optimiser& o, const model::Model& model, model::State& state, std::span<float> gradients,
            float learning_rate, std::int64_t step, std::span<const std::uint32_t> frozen) {
  if (o.has_squares() && state.squares.empty()) state.squares.resize(state.momenta.size());
  const FrozenNumbers unmoved(frozen, state.values, state.momenta, state.squares);
  const auto trained = gradients.first(model.parameters.trained_count());
  if (o.clip_norm > 0) {
    // PyTorch's clip_grad_norm_: the small number keeps a zero gradient a zero.
    const double factor = o.clip_norm / (gradient_norm(model, gradients) + 1e-6);
    if (factor < 1) {
      for (float& g : trained) g *= static_cast<float>(factor);
    }
  }
  if (o.weight_decay > 0 && o.kind == Optimiser::Kind::AdamW) {
    const auto kept = static_cast<float>(1 - static_cast<double>(learning_rate) * o.weight_decay);
    for (float& p : std::span(state.values).first(trained.size())) p *= kept;
  } else if (o.weight_decay > 0) {
    for (std::size_t k = 0; k < trained.size(); ++k)
      trained[k] += static_cast<float>(o.weight_decay) * state.values[k];
  }
  if (o.kind == Optimiser::Kind::Sgd) sgd(o, state, gradients, learning_rate);
  if (o.has_squares()) adam(adam_numbers(o, learning_rate, step), state, gradients);
  unmoved.put_back(state.values, state.momenta, state.squares);
  move_buffers(model, state, gradients);
}

}  // namespace synann::compute
