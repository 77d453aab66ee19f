// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/curve_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/statistics.h"
#include "engine/train/event_json.h"

namespace synann::runs {

std::vector<double> trailing_mean(std::span<const double> values, int width) {
  std::vector<double> means, finite;
  for (const double value : values) {
    if (!std::isfinite(value)) {
      means.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    finite.push_back(value);
    const std::size_t used = std::min(finite.size(), static_cast<std::size_t>(std::max(width, 1)));
    means.push_back(mean(std::span(finite).last(used)));
  }
  return means;
}

std::vector<std::vector<std::size_t>> alike_but_seed(const std::vector<RunSummary>& runs) {
  std::vector<std::vector<std::size_t>> groups;
  std::map<std::string, std::size_t> known;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const RunSummary& run = runs[k];
    std::string key = run.folder.string();
    if (run.problem.empty()) {
      train::Settings settings = run.settings;
      settings.seed = 0;
      settings.data.clear();  // where it lies does not matter, nor does how much was said of it
      settings.log_interval = train::kLogInterval;
      key = run.data_sha256 + train::to_json(settings).dump();
    }
    const auto [at, fresh] = known.emplace(std::move(key), groups.size());
    if (fresh) groups.emplace_back();
    groups[at->second].push_back(k);
  }
  return groups;
}

std::vector<MeanPlace> mean_curve(std::span<const std::vector<CurvePlace>> curves) {
  std::map<int, std::pair<std::vector<double>, std::vector<double>>> places;  // x and y by epoch
  for (const std::vector<CurvePlace>& curve : curves)
    for (const CurvePlace& place : curve) {
      places[place.epoch].first.push_back(place.x);
      places[place.epoch].second.push_back(place.y);
    }
  std::vector<MeanPlace> means;
  for (const auto& [epoch, at] : places)
    means.push_back({.x = mean(at.first),
                     .y = mean(at.second),
                     .deviation = standard_deviation(at.second),
                     .curves = static_cast<int>(at.second.size())});
  return means;
}

}  // namespace synann::runs
