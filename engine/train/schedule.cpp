// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <string>

#include "engine/core/text_value.h"

namespace synann::train {
namespace {

// From `start` to `end` along half a cosine, t in [0, 1].
double along_cosine(double start, double end, double t) {
  return end + (start - end) * (1 + std::cos(std::numbers::pi * t)) / 2;
}

// torch.optim.lr_scheduler.OneCycleLR(max_lr=top, total_steps=steps, cycle_momentum=False): the top is at
// step 0.3 steps - 1, the end at the last step.
double one_cycle(double top, double step, double steps) {
  constexpr double kRise = 0.3, kStart = 25, kEnd = 1e4;
  const double highest = kRise * steps - 1, last = steps - 1;
  if (step < highest) return along_cosine(top / kStart, top, step / highest);
  return along_cosine(top, top / kStart / kEnd, std::min(1.0, (step - highest) / (last - highest)));
}

double rate_after_breaks(const Settings& s, int epoch) {
  double rate = s.learning_rate;
  if (const auto breaks = parse_breaks({}, s.schedule_breaks); breaks && !s.schedule_breaks.empty())
    for (const RateBreak& b : *breaks)
      if (epoch > b.after) rate = b.rate;
  return rate;
}

}  // namespace

void Plateau::see(const Settings& settings, double loss) {
  if (epochs_seen++ == 0 || loss < best_loss) {
    best_loss = loss;
    bad_epochs = 0;
  } else if (++bad_epochs >= settings.schedule_epochs) {
    factor *= settings.schedule_factor;
    bad_epochs = 0;
  }
}

double learning_rate(const Settings& s, const Plateau& plateau, int epoch, int step, int steps_per_epoch) {
  const double done = static_cast<double>(epoch - 1) * steps_per_epoch + step;  // steps
  const double all = static_cast<double>(s.epochs) * steps_per_epoch;           // steps
  if (s.schedule == "step")
    return s.learning_rate * std::pow(s.schedule_factor, (epoch - 1) / s.schedule_epochs);
  if (s.schedule == "cosine") return along_cosine(s.learning_rate, 0, std::min(1.0, done / all));
  if (s.schedule == "one-cycle") return one_cycle(s.learning_rate, done, all);
  if (s.schedule == "plateau") return s.learning_rate * plateau.factor;
  if (s.schedule == "breaks") return rate_after_breaks(s, epoch);
  return s.learning_rate;
}

Result<std::vector<RateBreak>> parse_breaks(std::string_view option, std::string_view text) {
  constexpr int kMostEpochs = 100'000;
  constexpr double kMostRate = 10;
  std::vector<RateBreak> breaks;
  for (const std::string& part : split_list(text)) {
    const auto colon = part.find(':');
    if (colon == std::string::npos)
      return Error{.where = std::string(option),
                   .problem = "holds what is no break",
                   .expected = "EPOCH:RATE, as in 12:0.0001",
                   .found = in_quotes(part)};
    const auto after = parse_whole(option, std::string_view(part).substr(0, colon), 1, kMostEpochs);
    if (!after) return after.error();
    const auto rate = parse_number(option, std::string_view(part).substr(colon + 1), 0, kMostRate);
    if (!rate) return rate.error();
    if (!breaks.empty() && *after <= breaks.back().after)
      return Error{.where = std::string(option),
                   .problem = "does not go forward",
                   .expected = fmt::format("an epoch after {}", breaks.back().after),
                   .found = fmt::format("{}", *after)};
    breaks.push_back({static_cast<int>(*after), *rate});
  }
  return breaks;
}

}  // namespace synann::train
