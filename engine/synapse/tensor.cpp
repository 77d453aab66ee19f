// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/tensor.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/synapse/scaled_product.h"
#include "engine/synapse/tensor_checks.h"

namespace synann::synapse {
namespace {

constexpr const char* kProductForm = "synapse tensor";  // names it in sentences

Status check_inputs(std::span<const double> x, bool extended) {
  if (extended) return {};
  const auto bad = std::ranges::find_if(x, [](double v) { return v < 0 || v > 1; });
  if (bad == x.end()) return {};
  return Error{.where = kProductForm,
               .problem = fmt::format("element {} of x is no probability", bad - x.begin()),
               .expected = "0 to 1",
               .found = fmt::format("{}", *bad),
               .remedy = "ask for the extended domain to compute with it all the same"};
}

// With every product β_ij x_j in range, every factor is finite.
Status check_products(std::span<const double> beta, std::span<const double> x) {
  const auto largest = [](std::span<const double> values) {
    double size = 0;
    for (const double v : values) size = std::max(size, std::abs(v));
    return size;
  };
  if (std::isfinite(largest(beta) * largest(x))) return {};
  return Error{.where = kProductForm,
               .problem = "β·x leaves the range of double precision",
               .expected = "finite products",
               .found = fmt::format("|β| up to {} and |x| up to {}", largest(beta), largest(x))};
}

Status check(const Tensor& t, std::span<const double> x, bool extended) {
  if (t.n == 0) return size_error(kProductForm, "the tensor", "at least 1", 0);
  if (t.beta.size() % t.n != 0 || t.beta.size() / t.n != t.n)
    return size_error(kProductForm, "β", fmt::format("{0} × {0}", t.n), t.beta.size());
  if (!t.alpha.empty() && t.alpha.size() != t.n)
    return size_error(kProductForm, "α", fmt::format("{} or none", t.n), t.alpha.size());
  if (x.empty() || x.size() % t.n != 0)
    return size_error(kProductForm, "x", fmt::format("a positive multiple of {}", t.n), x.size());
  for (const auto& status :
       {check_finite(kProductForm, "β", t.beta), check_finite(kProductForm, "α", t.alpha),
        check_finite(kProductForm, "x", x), check_inputs(x, extended), check_products(t.beta, x)}) {
    if (!status) return status.error();
  }
  return {};
}

double alpha_of(const Tensor& t, std::size_t i) {
  return t.alpha.empty() ? 1.0 : t.alpha[i];
}

// The factors 1 − β_ij x_bj of output i over the samples of one group, in the order of x.
class Factors {
 public:
  Factors(const Tensor& t, std::span<const double> group) : t_(t), group_(group) {}

  std::size_t count() const { return group_.size(); }
  double beta(std::size_t i, std::size_t k) const { return t_.beta[i * t_.n + k % t_.n]; }
  double at(std::size_t i, std::size_t k) const { return inhibition_factor(beta(i, k), group_[k]); }

  ScaledProduct product(std::size_t i) const {
    ScaledProduct all;
    for (std::size_t k = 0; k < count(); ++k) all *= at(i, k);
    return all;
  }

  // The terms need not have one sign, so what rounding takes away is carried along.
  double log_product(std::size_t i) const {
    CompensatedSum sum;
    for (std::size_t k = 0; k < count(); ++k) sum.add(log_abs_factor(beta(i, k), group_[k]));
    return sum.value();
  }

  // For each factor the product of all others, from the products before and after it: no division, so that
  // zero factors need no special case.
  void products_without(std::size_t i, std::vector<ScaledProduct>& others) const {
    others.assign(count(), ScaledProduct());
    for (std::size_t k = 1; k < count(); ++k) others[k] = others[k - 1] * at(i, k - 1);
    ScaledProduct after;
    for (std::size_t k = count(); k-- > 0;) {
      others[k] *= after;
      after *= at(i, k);
    }
  }

 private:
  const Tensor& t_;
  std::span<const double> group_;
};

std::size_t group_size(const Tensor& t, std::span<const double> x, Semantics semantics) {
  return semantics == Semantics::PerSample ? t.n : x.size();
}

// y and the products of one group that starts at element `begin` of x.
void forward_group(const Tensor& t, std::span<const double> group, std::size_t begin, TensorOutput& out) {
  const Factors factors(t, group);
  for (std::size_t i = 0; i < t.n; ++i) {
    const ScaledProduct product = factors.product(i);
    out.log_product.push_back(factors.log_product(i));
    out.sign.push_back(product.sign());
    for (std::size_t k = i; k < group.size(); k += t.n)
      out.y[begin + k] = (product * alpha_of(t, i) * group[k]).value();
    for (std::size_t k = 0; k < factors.count(); ++k) out.headroom = std::min(out.headroom, factors.at(i, k));
  }
}

// Adds what one group contributes. With A_i = Σ_b g_bi α_i x_bi over its samples and R the product of all
// factors but one:
//   dβ_ij = −A_i Σ_b x_bj R_i,bj      dx_bk = g_bk α_k P_k − Σ_i A_i β_ik R_i,bk      dα_i = P_i Σ_b g_bi
//   x_bi
void backward_group(const Tensor& t, std::span<const double> group, std::span<const double> upstream,
                    std::size_t begin, TensorGradients& grad) {
  const Factors factors(t, group);
  std::vector<ScaledProduct> others;
  for (std::size_t i = 0; i < t.n; ++i) {
    const ScaledProduct product = factors.product(i);
    double excitation = 0;  // Σ_b g_bi x_bi
    for (std::size_t k = i; k < group.size(); k += t.n) {
      excitation += upstream[k] * group[k];
      grad.x[begin + k] += (product * alpha_of(t, i) * upstream[k]).value();
    }
    grad.alpha[i] += (product * excitation).value();
    factors.products_without(i, others);
    for (std::size_t k = 0; k < factors.count(); ++k) {
      const ScaledProduct slope = others[k] * alpha_of(t, i) * -excitation;
      grad.beta[i * t.n + k % t.n] += (slope * group[k]).value();
      grad.x[begin + k] += (slope * factors.beta(i, k)).value();
    }
  }
}

}  // namespace

Result<TensorOutput> tensor_forward(const Tensor& tensor, std::span<const double> x,
                                    const TensorOptions& options) {
  if (auto status = check(tensor, x, options.extended); !status) return status.error();
  TensorOutput out;
  out.y.resize(x.size());
  out.headroom = inhibition_factor(tensor.beta[0], x[0]);
  const std::size_t step = group_size(tensor, x, options.semantics);
  for (std::size_t begin = 0; begin < x.size(); begin += step)
    forward_group(tensor, x.subspan(begin, step), begin, out);
  return out;
}

Result<TensorGradients> tensor_backward(const Tensor& tensor, std::span<const double> x,
                                        std::span<const double> upstream, const TensorOptions& options) {
  if (auto status = check(tensor, x, options.extended); !status) return status.error();
  if (upstream.size() != x.size())
    return size_error(kProductForm, "∂L/∂y", fmt::format("{}, as x", x.size()), upstream.size());
  if (auto status = check_finite(kProductForm, "∂L/∂y", upstream); !status) return status.error();
  TensorGradients grad{.x = std::vector<double>(x.size()),
                       .beta = std::vector<double>(tensor.beta.size()),
                       .alpha = std::vector<double>(tensor.n)};
  const std::size_t step = group_size(tensor, x, options.semantics);
  for (std::size_t begin = 0; begin < x.size(); begin += step)
    backward_group(tensor, x.subspan(begin, step), upstream.subspan(begin, step), begin, grad);
  return grad;
}

Result<Decomposition> decompose(const Tensor& tensor, std::span<const double> x, std::size_t output,
                                const TensorOptions& options) {
  if (auto status = check(tensor, x, options.extended); !status) return status.error();
  if (x.size() != tensor.n)
    return size_error(kProductForm, "x", fmt::format("{}: one sample", tensor.n), x.size());
  if (output >= tensor.n) {
    return Error{.where = kProductForm,
                 .problem = "there is no such output",
                 .expected = fmt::format("0 to {}", tensor.n - 1),
                 .found = std::to_string(output)};
  }
  const Factors factors(tensor, x);
  const ScaledProduct y = factors.product(output) * alpha_of(tensor, output) * x[output];
  Decomposition parts{.theta = -std::log(std::abs(alpha_of(tensor, output))),
                      .u = -std::log(std::abs(x[output])),
                      .inhibition = {},
                      .total = -y.log_abs(),
                      .residual = 0,
                      .sign = y.sign()};
  CompensatedSum sum;
  sum.add(parts.theta);
  sum.add(parts.u);
  for (std::size_t j = 0; j < tensor.n; ++j) {
    parts.inhibition.push_back(-log_abs_factor(factors.beta(output, j), x[j]));
    sum.add(parts.inhibition.back());
  }
  if (std::isfinite(parts.total)) parts.residual = parts.total - sum.value();
  return parts;
}

}  // namespace synann::synapse
