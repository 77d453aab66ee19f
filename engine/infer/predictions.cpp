// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/predictions.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <numeric>

namespace synann::infer {

int Predictions::said(int k) const {
  const auto values = row(k);
  return static_cast<int>(std::max_element(values.begin(), values.end()) - values.begin());
}

double Predictions::confidence(int k) const {
  return std::exp(static_cast<double>(row(k)[static_cast<std::size_t>(said(k))]));
}

Score score(const Predictions& predictions) {
  Score s{.count = predictions.count()};
  for (int k = 0; k < s.count; ++k) {
    s.loss_sum += predictions.surprisal(k);
    s.correct += predictions.right(k) ? 1 : 0;
  }
  return s;
}

compute::Confusion confusion(const Predictions& predictions) {
  const auto classes = static_cast<std::size_t>(predictions.classes);
  compute::Confusion c{predictions.classes, std::vector<int>(classes * classes)};
  for (int k = 0; k < predictions.count(); ++k) ++c.at(predictions.truth(k), predictions.said(k));
  return c;
}

Result<std::vector<int>> difference(const compute::Confusion& before, const compute::Confusion& after) {
  if (before.classes != after.classes) {
    return Error{.where = "confusion",
                 .problem = "the two have other classes",
                 .expected = fmt::format("{} classes", before.classes),
                 .found = fmt::format("{}", after.classes)};
  }
  std::vector<int> change(after.counts.size());
  std::transform(after.counts.begin(), after.counts.end(), before.counts.begin(), change.begin(),
                 std::minus<>());
  return change;
}

std::vector<int> listed(const Predictions& predictions, const Listing& listing) {
  std::vector<int> places;
  std::vector<double> key(static_cast<std::size_t>(predictions.count()));
  std::vector<int> given(listing.given.begin(), listing.given.end());
  if (given.empty()) {
    given.resize(key.size());
    std::iota(given.begin(), given.end(), 0);
  }
  for (const int k : given) {
    const int truth = predictions.truth(k), said = predictions.said(k);
    if ((listing.truth && *listing.truth != truth) || (listing.said && *listing.said != said)) continue;
    if (listing.order == Order::SureMistakes && truth == said) continue;
    key[static_cast<std::size_t>(k)] =
        listing.order == Order::Hardest
            ? predictions.surprisal(k)
            : static_cast<double>(predictions.row(k)[static_cast<std::size_t>(said)]);
    places.push_back(k);
  }
  if (listing.order == Order::Given) return places;
  // What is no number comes first, as what is hardest; it also keeps the order a strict one.
  const auto rank = [&](int k) {
    const double v = key[static_cast<std::size_t>(k)];
    return std::isnan(v) ? std::numeric_limits<double>::infinity() : v;
  };
  std::stable_sort(places.begin(), places.end(), [&](int a, int b) { return rank(a) > rank(b); });
  return places;
}

}  // namespace synann::infer
