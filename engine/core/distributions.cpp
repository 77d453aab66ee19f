// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/distributions.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <limits>

namespace synann {
namespace {

namespace bm = boost::math;
using bm::policies::ignore_error;

// What has no value is NaN or infinite, as elsewhere in the engine; Boost would throw. Doubles are not
// promoted to long double, so that every machine gives the same.
using Quiet =
    bm::policies::policy<bm::policies::domain_error<ignore_error>, bm::policies::pole_error<ignore_error>,
                         bm::policies::overflow_error<ignore_error>,
                         bm::policies::evaluation_error<ignore_error>, bm::policies::promote_double<false>>;

}  // namespace

double normal_quantile(double p) {
  if (p == 0 || p == 1) return p == 0 ? -std::numeric_limits<double>::infinity() : -normal_quantile(0);
  return bm::quantile(bm::normal_distribution<double, Quiet>(), p);
}

double student_t_quantile(double p, double freedom) {
  return bm::quantile(bm::students_t_distribution<double, Quiet>(freedom), p);
}

double beta_quantile(double p, double a, double b) {
  return bm::quantile(bm::beta_distribution<double, Quiet>(a, b), p);
}

double binomial_at_most(std::uint64_t k, std::uint64_t n, double p) {
  return bm::cdf(bm::binomial_distribution<double, Quiet>(static_cast<double>(n), p), static_cast<double>(k));
}

}  // namespace synann
