// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "engine/infer/asker.h"

// How a network bears images that are disturbed. Pure functions; any thread.
namespace synann::infer {

enum class Disturbance { Rotate, Shift, Noise, Thicken };
inline constexpr int kDisturbances = 4;

struct DisturbanceInfo {
  Disturbance kind;
  std::string_view id, label, unit, help;
  double least, most;  // of the amount; 0 leaves every image as it is, to the byte
};
std::span<const DisturbanceInfo> disturbance_infos();
const DisturbanceInfo& info_of(Disturbance kind);

// The set with every image disturbed by the amount, which depends on the seed, the image's number and the
// amount alone:
// Rotate: degrees against the clock about the middle of the image, linearly interpolated.
// Shift: pixels, each image into a direction of its own, linearly interpolated.
// Noise: Gaussian noise with that standard deviation, as a share of full scale.
// Thicken: the light grows by so many pixels (the lightest within a disc); negative: the dark does.
// Errors: an amount outside the range; ErrorKind::Cancelled.
Result<data::Dataset> disturbed(const data::Dataset& set, Disturbance kind, double amount,
                                std::uint64_t seed = 1, const std::stop_token& stop = {});

struct RobustnessQuery {
  Network network;
  SetPtr set;
  Disturbance kind = Disturbance::Rotate;
  std::vector<double> amounts{};
  std::uint64_t seed = 1;
};

struct RobustnessPoint {
  double amount = 0;
  Score score;
};

// The scores at each amount, in the order asked. Progress counts amounts.
Result<std::vector<RobustnessPoint>> robustness(Asker& asker, const RobustnessQuery& query, const Work& work);

}  // namespace synann::infer
