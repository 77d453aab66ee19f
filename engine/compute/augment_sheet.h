// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "engine/data/augment.h"
#include "engine/data/dataset.h"
#include "engine/data/picture.h"

namespace synann::compute {

// What augmentation makes of some images of a set: the first row has them as they are, each further one as
// an epoch trains on them, from `first_epoch` on.
struct AugmentSheet {
  data::Augmentation augmentation{};
  std::uint64_t seed = 0;
  int first_epoch = 1;
  int epochs = 1;
  int enlarged = 1;  // pixels a side of a pixel
  int gap = 4;       // pixels between images
};

// Dark ink on light ground, as on paper. Any thread; the sheet has at least one sample and one epoch.
data::Picture augment_sheet(const data::Dataset& set, std::span<const std::uint32_t> samples,
                            const AugmentSheet& sheet);

}  // namespace synann::compute
