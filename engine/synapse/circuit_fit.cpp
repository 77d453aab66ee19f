// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_fit.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "engine/synapse/circuit_gradient.h"
#include "engine/synapse/circuit_parameter.h"

namespace synann::synapse {
namespace {

constexpr double kLeastShare = 0.001;      // of Smooth: how near β begins to 0 and 1, and α to 0
constexpr double kLeastAlpha = 0.000'001;  // of Clamped

// A learned number as gradient descent sees it: w with β = σ(w), α = softplus(w), or the number itself.
class Learned {
 public:
  Learned(CircuitParameter parameter, FitConstraint constraint, double value)
      : parameter_(parameter), constraint_(constraint) {
    const bool beta = parameter.kind == ParameterKind::Beta;
    if (constraint == FitConstraint::Smooth) {
      value = beta ? std::clamp(value, kLeastShare, 1 - kLeastShare) : std::max(value, kLeastShare);
      // The inverses: log(β / (1 − β)) and log(eᵅ − 1), which does not overflow written so.
      w_ = beta ? std::log(value / (1 - value)) : value + std::log(-std::expm1(-value));
    } else {
      w_ = value;
      clamp();
    }
  }

  CircuitParameter parameter() const { return parameter_; }
  double value() const {
    if (constraint_ != FitConstraint::Smooth) return w_;
    if (parameter_.kind == ParameterKind::Beta) return 1 / (1 + std::exp(-w_));
    return std::max(w_, 0.0) + std::log1p(std::exp(-std::abs(w_)));
  }
  // ∂ value / ∂ w
  double slope() const {
    if (constraint_ != FitConstraint::Smooth) return 1;
    const double share = 1 / (1 + std::exp(-w_));
    return parameter_.kind == ParameterKind::Beta ? share * (1 - share) : share;
  }
  void move(double by) {
    w_ += by;
    clamp();
  }

 private:
  void clamp() {
    if (constraint_ != FitConstraint::Clamped) return;
    w_ = parameter_.kind == ParameterKind::Beta ? std::clamp(w_, 0.0, 1.0) : std::max(w_, kLeastAlpha);
  }

  CircuitParameter parameter_;
  FitConstraint constraint_;
  double w_ = 0;
};

// Loss and gradient over all rows, in their order; of no use once the token is requested.
double add_rows(UnrolledCircuit& unrolled, const CircuitTargets& targets, CircuitGradients* sum,
                std::vector<double>* outputs, const std::stop_token& stop) {
  const double count = static_cast<double>(targets.rows * targets.synapses.size());
  double loss = 0;
  std::vector<double> upstream(unrolled.run().nodes().size(), 0.0);
  for (std::size_t row = 0; row < targets.rows && !stop.stop_requested(); ++row) {
    for (std::size_t k = 0; k < targets.inputs.size(); ++k)
      unrolled.run().set_input(targets.inputs[k], targets.inputs_of(row)[k]);
    const auto values = unrolled.forward(stop);
    for (std::size_t k = 0; k < targets.synapses.size(); ++k) {
      const double value = values[targets.synapses[k]], error = value - targets.targets_of(row)[k];
      loss += error * error / count;
      upstream[targets.synapses[k]] = 2 * error / count;
      if (outputs != nullptr) outputs->push_back(value);
    }
    if (sum != nullptr) unrolled.backward(upstream, *sum, stop);
  }
  return loss;
}

Result<std::vector<Learned>> learned_numbers(const Circuit& circuit, const FitOptions& options) {
  std::vector<Learned> learned;
  std::set<std::pair<ParameterKind, std::size_t>> taken;
  const auto take = [&](CircuitParameter parameter) {
    if (!taken.emplace(parameter.kind, parameter.index).second) return;
    const CircuitSynapse& s = circuit.synapses[parameter.index];
    learned.emplace_back(parameter, options.constraint,
                         parameter.kind == ParameterKind::Alpha ? s.alpha : s.beta);
  };
  const auto take_synapse = [&](std::size_t k) {
    take({ParameterKind::Alpha, k});
    take({ParameterKind::Beta, k});
  };
  if (options.train.empty()) {
    for (std::size_t k = 0; k < circuit.synapses.size(); ++k) take_synapse(k);
    return learned;
  }
  const CircuitNames names(circuit);
  for (const std::string& name : options.train) {
    if (const auto parameter = names.parameter(name)) {
      if (parameter->kind != ParameterKind::Alpha && parameter->kind != ParameterKind::Beta)
        return input_error(name, "is not learned",
                           "name α and β of synapses, such as a.alpha, or a for both");
      take(*parameter);
    } else if (const auto synapse = names.synapse(name)) {
      take_synapse(*synapse);
    } else {
      return name.find('.') == std::string::npos ? names.no_such_synapse(name)
                                                 : names.no_such_parameter(name);
    }
  }
  return learned;
}

Status check_options(const CircuitTargets& targets, const FitOptions& options) {
  if (targets.rows == 0 || targets.synapses.empty()) return input_error("targets", "hold no number to learn");
  if (options.iterations < 1 || options.iterations > kMostIterations)
    return Error{.where = "iterations",
                 .problem = "are out of range",
                 .expected = fmt::format("1 to {}", kMostIterations),
                 .found = fmt::format("{}", options.iterations)};
  if (!(options.rate > 0) || !std::isfinite(options.rate))
    return Error{.where = "learning rate",
                 .problem = "is out of range",
                 .expected = "a number above 0",
                 .found = fmt::format("{}", options.rate)};
  return {};
}

// One fit: the numbers, their gradient, and what Adam remembers of it.
class Fit {
 public:
  Fit(const Circuit& circuit, const CircuitTargets& targets, const FitOptions& options,
      UnrolledCircuit unrolled, std::vector<Learned> learned)
      : targets_(targets),
        options_(options),
        unrolled_(std::move(unrolled)),
        learned_(std::move(learned)),
        mean_(learned_.size()),
        square_(learned_.size()) {
    fit_.circuit = circuit;
    for (const Learned& number : learned_)
      fit_.trained.push_back(parameter_name(circuit, number.parameter()));
  }

  Result<CircuitFit> go(const FitProgress& progress, const std::stop_token& stop) {
    for (int iteration = 0;; ++iteration) {
      CircuitGradients gradients = unrolled_.zero_gradients();
      for (const Learned& number : learned_)
        set_parameter(unrolled_.run(), number.parameter(), number.value());
      const bool last = iteration == options_.iterations;
      const double loss = add_rows(unrolled_, targets_, last ? nullptr : &gradients, nullptr, stop);
      if (stop.stop_requested()) {
        fit_.end = FitEnd::Stopped;
        break;
      }
      if (!std::isfinite(loss)) {
        if (iteration == 0) return not_finite();
        fit_.end = FitEnd::Diverged;
        break;
      }
      fit_.losses.push_back(loss);
      if (iteration == 0 || loss < fit_.best_loss) keep_best(iteration, loss);
      if (progress) progress({.iteration = iteration, .loss = loss, .best = fit_.best_loss});
      if (last) break;
      update(gradients, iteration + 1);
    }
    return finish(stop);
  }

 private:
  static Error not_finite() {
    return {.kind = ErrorKind::Failed,
            .where = "fit",
            .problem = "the loss is no finite number from the beginning",
            .remedy = "take fewer steps, smaller α, or clamp the values"};
  }

  void keep_best(int iteration, double loss) {
    fit_.best_iteration = iteration;
    fit_.best_loss = loss;
    for (const Learned& number : learned_) parameter_in(fit_.circuit, number.parameter()) = number.value();
  }

  void update(const CircuitGradients& gradients, int step) {
    constexpr double kFirst = 0.9, kSecond = 0.999, kEpsilon = 1e-8;
    for (std::size_t k = 0; k < learned_.size(); ++k) {
      const CircuitParameter p = learned_[k].parameter();
      const auto& of = p.kind == ParameterKind::Alpha ? gradients.alpha : gradients.beta;
      const double g = of[p.index] * learned_[k].slope();
      if (options_.optimiser == FitOptimiser::GradientDescent) {
        learned_[k].move(-options_.rate * g);
        continue;
      }
      mean_[k] = kFirst * mean_[k] + (1 - kFirst) * g;
      square_[k] = kSecond * square_[k] + (1 - kSecond) * g * g;
      const double mean = mean_[k] / (1 - std::pow(kFirst, step));
      const double square = square_[k] / (1 - std::pow(kSecond, step));
      learned_[k].move(-options_.rate * mean / (std::sqrt(square) + kEpsilon));
    }
  }

  // What the best circuit gives, by one more pass; a fit that was stopped does without.
  CircuitFit finish(const std::stop_token& stop) {
    if (fit_.losses.empty() || fit_.end == FitEnd::Stopped) return std::move(fit_);
    for (const Learned& number : learned_)
      set_parameter(unrolled_.run(), number.parameter(), parameter_in(fit_.circuit, number.parameter()));
    add_rows(unrolled_, targets_, nullptr, &fit_.outputs, stop);
    if (stop.stop_requested()) {
      fit_.end = FitEnd::Stopped;
      fit_.outputs.clear();
    }
    return std::move(fit_);
  }

  const CircuitTargets& targets_;
  const FitOptions& options_;
  UnrolledCircuit unrolled_;
  std::vector<Learned> learned_;
  std::vector<double> mean_, square_;  // of Adam
  CircuitFit fit_;
};

}  // namespace

const char* fit_optimiser_word(FitOptimiser optimiser) {
  return optimiser == FitOptimiser::Adam ? "adam" : "sgd";
}

const char* fit_constraint_word(FitConstraint constraint) {
  switch (constraint) {
    case FitConstraint::Free:
      return "free";
    case FitConstraint::Smooth:
      return "smooth";
    case FitConstraint::Clamped:
      return "clamp";
  }
  return "";
}

Result<CircuitFit> fit_circuit(const Circuit& circuit, const CircuitTargets& targets,
                               const FitOptions& options, const FitProgress& progress,
                               const std::stop_token& stop) {
  auto unrolled = UnrolledCircuit::create(circuit, options.steps, options.clamped);
  if (!unrolled) return unrolled.error();
  if (auto status = check_options(targets, options); !status) return status.error();
  auto learned = learned_numbers(circuit, options);
  if (!learned) return learned.error();
  return Fit(circuit, targets, options, std::move(*unrolled), std::move(*learned)).go(progress, stop);
}

Result<CircuitLoss> circuit_loss(const Circuit& circuit, const CircuitTargets& targets, int steps,
                                 bool clamped) {
  auto unrolled = UnrolledCircuit::create(circuit, steps, clamped);
  if (!unrolled) return unrolled.error();
  CircuitGradients gradients = unrolled->zero_gradients();
  const double loss = add_rows(*unrolled, targets, &gradients, nullptr, {});
  return CircuitLoss{.loss = loss, .alpha = std::move(gradients.alpha), .beta = std::move(gradients.beta)};
}

}  // namespace synann::synapse
