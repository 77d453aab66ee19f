// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/lens.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

#include "engine/synapse/surprisal.h"

namespace synann::synapse {
namespace {

Error no_such(const char* what, std::size_t found, std::size_t n) {
  return {.where = "synapse tensor",
          .problem = fmt::format("there is no such {}", what),
          .expected = fmt::format("a number below {}", n),
          .found = fmt::format("{}", found)};
}

// Row i of the tensor as a tensor's single product: y_i with β_ij replaced.
double output_of(const Tensor& tensor, std::span<const double> x, std::size_t i, std::size_t j, double beta) {
  double y = (tensor.alpha.empty() ? 1.0 : tensor.alpha[i]) * x[i];
  for (std::size_t k = 0; k < tensor.n; ++k) y *= 1 - (k == j ? beta : tensor.beta[i * tensor.n + k]) * x[k];
  return y;
}

}  // namespace

std::vector<double> effective_inhibition(const Tensor& tensor, std::span<const double> x) {
  std::vector<double> effect(tensor.n * tensor.n);
  for (std::size_t i = 0; i < tensor.n; ++i)
    for (std::size_t j = 0; j < tensor.n; ++j)
      effect[i * tensor.n + j] = tensor.beta[i * tensor.n + j] * x[j];
  return effect;
}

std::vector<double> class_mean(std::span<const double> x, std::size_t n, std::span<const int> labels,
                               int label) {
  std::vector<double> mean(n);
  double count = 0;
  for (std::size_t s = 0; s < labels.size(); ++s) {
    if (labels[s] != label) continue;
    for (std::size_t j = 0; j < n; ++j) mean[j] += x[s * n + j];
    ++count;
  }
  if (count > 0) {
    for (double& value : mean) value /= count;
  }
  return mean;
}

Result<Waterfall> waterfall(const Tensor& tensor, std::span<const double> x, std::size_t output,
                            std::size_t shown, const TensorOptions& options) {
  const auto parts = decompose(tensor, x, output, options);
  if (!parts) return parts.error();
  Waterfall w{.terms = {}, .total = parts->total, .residual = parts->residual, .sign = parts->sign};
  w.terms.push_back({.kind = WaterfallTerm::Kind::Excitation, .value = parts->u});
  w.terms.push_back({.kind = WaterfallTerm::Kind::Gain, .value = parts->theta});
  std::vector<int> order(parts->inhibition.size());
  std::iota(order.begin(), order.end(), 0);
  const auto size = [&](int j) { return std::abs(parts->inhibition[static_cast<std::size_t>(j)]); };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return size(a) > size(b); });
  const std::size_t listed = std::min(shown, order.size());
  for (std::size_t k = 0; k < listed; ++k)
    w.terms.push_back({.synapse = order[k], .value = parts->inhibition[static_cast<std::size_t>(order[k])]});
  if (listed < order.size()) {
    WaterfallTerm rest{.kind = WaterfallTerm::Kind::Rest, .count = static_cast<int>(order.size() - listed)};
    for (std::size_t k = listed; k < order.size(); ++k)
      rest.value += parts->inhibition[static_cast<std::size_t>(order[k])];
    w.terms.push_back(rest);
  }
  double sum = 0;
  for (WaterfallTerm& term : w.terms) {
    term.before = sum;
    sum += term.value;
  }
  return w;
}

Result<TwoRoutes> two_routes(const Tensor& tensor, std::span<const double> x, std::size_t output,
                             const TensorOptions& options) {
  const auto parts = decompose(tensor, x, output, options);
  if (!parts) return parts.error();
  TwoRoutes routes;
  routes.surprisal = parts->total;
  routes.product = parts->sign * probability(parts->total);
  routes.sum = parts->theta + parts->u;
  double sizes = std::abs(parts->theta) + std::abs(parts->u);
  for (const double term : parts->inhibition) {
    routes.sum += term;
    sizes += std::abs(term);
  }
  routes.back = parts->sign * probability(routes.sum);
  const bool infinite = std::isinf(routes.surprisal) && std::isinf(routes.sum);
  routes.difference = infinite ? 0 : routes.surprisal - routes.sum;
  // Each addition and each logarithm rounds once.
  const double allowed = 4 * std::numeric_limits<double>::epsilon() *
                         (sizes + static_cast<double>(parts->inhibition.size()) + 2);
  routes.agree = infinite || std::abs(routes.difference) <= allowed;
  return routes;
}

Diagram diagram(double p) {
  Diagram d{.p = p, .complement = complement(p), .defined = p > 0 && p < 1};
  if (!d.defined) return d;
  d.u = surprisal(p);
  d.over = surprisal(d.complement);
  d.under = conjugate(d.u);
  d.difference = d.over - d.under;
  return d;
}

Result<SlopeCheck> check_slope(const Tensor& tensor, std::span<const double> x, std::size_t output,
                               std::size_t synapse, const TensorOptions& options) {
  if (output >= tensor.n) return no_such("output", output, tensor.n);
  if (synapse >= tensor.n) return no_such("input", synapse, tensor.n);
  if (auto valid = tensor_forward(tensor, x, options); !valid) return valid.error();
  const double beta = tensor.beta[output * tensor.n + synapse];
  SlopeCheck check{.step = std::cbrt(std::numeric_limits<double>::epsilon()) * std::max(1.0, std::abs(beta))};
  // y is linear in β_ij, so the slope is y without that factor, times −x_j.
  check.formula = -x[synapse] * output_of(tensor, x, output, synapse, 0);
  const double up = output_of(tensor, x, output, synapse, beta + check.step),
               down = output_of(tensor, x, output, synapse, beta - check.step);
  check.difference = (up - down) / (2 * check.step);
  const double least = std::numeric_limits<double>::epsilon() * (std::abs(up) + std::abs(down)) / check.step;
  const double scale = std::max(std::abs(check.formula), least);
  check.error = scale > 0 ? std::abs(check.formula - check.difference) / scale : 0;
  return check;
}

}  // namespace synann::synapse
