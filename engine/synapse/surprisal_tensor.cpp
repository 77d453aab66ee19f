// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/surprisal_tensor.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/synapse/scaled_product.h"
#include "engine/synapse/surprisal.h"
#include "engine/synapse/tensor_checks.h"

namespace synann::synapse {
namespace {

constexpr const char* kSumForm = "surprisal tensor";  // names it in sentences

// Surprisals may be +∞ (probability 0), nothing else that is not finite.
Status check_surprisals(const char* what, std::span<const double> values) {
  const auto bad = std::ranges::find_if_not(values, [](double v) { return std::isfinite(v) || v > 0; });
  if (bad == values.end()) return {};
  return Error{.where = kSumForm,
               .problem = fmt::format("element {} of {} is no surprisal", bad - values.begin(), what),
               .expected = "a number or +∞",
               .found = fmt::format("{}", *bad)};
}

// βx ≤ 1 everywhere, or βx < 1 where derivatives are asked for.
Status check_energies(const SurprisalTensor& t, std::span<const double> u, bool derivatives) {
  for (std::size_t k = 0; k < u.size(); ++k) {
    for (std::size_t i = 0; i < t.n; ++i) {
      const double energy = t.gamma[i * t.n + k % t.n] + u[k];
      if (energy > 0 || (energy == 0 && !derivatives)) continue;
      return Error{.where = kSumForm,
                   .problem = fmt::format("γ + u of output {}, input {}, sample {} reaches the pole βx = 1",
                                          i, k % t.n, k / t.n),
                   .expected = derivatives ? "above 0" : "at least 0",
                   .found = fmt::format("{}", energy),
                   .remedy = "use the product form, which is defined there"};
    }
  }
  return {};
}

Status check(const SurprisalTensor& t, std::span<const double> u, bool derivatives) {
  if (t.n == 0) return size_error(kSumForm, "the tensor", "at least 1", 0);
  if (t.gamma.size() % t.n != 0 || t.gamma.size() / t.n != t.n)
    return size_error(kSumForm, "γ", fmt::format("{0} × {0}", t.n), t.gamma.size());
  if (!t.theta.empty() && t.theta.size() != t.n)
    return size_error(kSumForm, "θ", fmt::format("{} or none", t.n), t.theta.size());
  if (u.empty() || u.size() % t.n != 0)
    return size_error(kSumForm, "u", fmt::format("a positive multiple of {}", t.n), u.size());
  for (const auto& status :
       {check_surprisals("γ", t.gamma), check_surprisals("u", u), check_finite(kSumForm, "θ", t.theta)}) {
    if (!status) return status.error();
  }
  return check_energies(t, u, derivatives);
}

}  // namespace

Result<std::vector<double>> surprisal_forward(const SurprisalTensor& tensor, std::span<const double> u) {
  if (auto status = check(tensor, u, false); !status) return status.error();
  const std::size_t n = tensor.n;
  std::vector<double> v(u.size());
  for (std::size_t k = 0; k < u.size(); ++k) {
    const std::size_t i = k % n;
    const auto sample = u.subspan(k - i, n);
    CompensatedSum sum;
    if (!tensor.theta.empty()) sum.add(tensor.theta[i]);
    sum.add(u[k]);
    for (std::size_t j = 0; j < n; ++j) sum.add(conjugate(tensor.gamma[i * n + j] + sample[j]));
    v[k] = sum.value();
  }
  return v;
}

Result<SurprisalGradients> surprisal_backward(const SurprisalTensor& tensor, std::span<const double> u,
                                              std::span<const double> upstream) {
  if (auto status = check(tensor, u, true); !status) return status.error();
  if (upstream.size() != u.size())
    return size_error(kSumForm, "∂L/∂v", fmt::format("{}, as u", u.size()), upstream.size());
  if (auto status = check_finite(kSumForm, "∂L/∂v", upstream); !status) return status.error();
  const std::size_t n = tensor.n;
  SurprisalGradients grad{.u = std::vector<double>(upstream.begin(), upstream.end()),
                          .gamma = std::vector<double>(n * n),
                          .theta = std::vector<double>(n)};
  for (std::size_t begin = 0; begin < u.size(); begin += n) {
    for (std::size_t i = 0; i < n; ++i) {
      const double g = upstream[begin + i];
      grad.theta[i] += g;
      for (std::size_t j = 0; j < n; ++j) {
        // Error times Bose–Einstein number.
        const double slope = g * bose_einstein(tensor.gamma[i * n + j] + u[begin + j]);
        grad.gamma[i * n + j] -= slope;
        grad.u[begin + j] -= slope;
      }
    }
  }
  return grad;
}

}  // namespace synann::synapse
