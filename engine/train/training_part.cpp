// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/training_part.h"

#include <fmt/format.h>

namespace synann::train {

Result<data::DataPairPtr> training_part(const data::DataPairPtr& whole, const Settings& settings) {
  if (whole->validation.count() > 0 || !whole->train_numbers.empty()) return whole;
  const int held_back = settings.validation, drawn = settings.train_count;
  data::DataPairPtr part = whole;
  if (held_back > 0) {
    if (const int all = whole->train.count(); held_back >= all)
      return Error{.where = "--validation",
                   .problem = "leaves nothing to train on",
                   .expected = fmt::format("fewer than {} images", all),
                   .found = fmt::format("{}", held_back)};
    part = data::hold_back(*whole, held_back);
  }
  if (drawn > 0) {
    if (const int left = part->train.count(); drawn > left)
      return Error{.where = "--train-count",
                   .problem = held_back > 0 ? "is more than --validation leaves" : "is more than there are",
                   .expected = fmt::format("at most {} images", left),
                   .found = fmt::format("{}", drawn)};
    part =
        data::draw_training(*part, drawn, settings.train_subset > 0 ? settings.train_subset : settings.seed);
  }
  return part;
}

}  // namespace synann::train
