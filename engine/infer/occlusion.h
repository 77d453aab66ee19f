// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/infer/asker.h"

namespace synann::infer {

struct OcclusionQuery {
  Network network;
  SetPtr set;
  std::uint32_t image = 0;  // of the set
  int label = 0;            // the class whose probability is followed
  int side = 5;             // pixels of the patch
  std::uint8_t fill = 0;    // what is seen in its place; 0 = ground
};

// How the log-probability of a class changes when a square patch of the image is hidden (Zeiler and Fergus,
// ECCV 2014), for the whole network. A measurement of what hiding does, not a decomposition: patches overlap
// and their changes do not add up.
struct Occlusion {
  int rows = 0, columns = 0;   // places of the patch's upper left pixel
  double log_prob = 0;         // of the class with nothing hidden, nats
  std::vector<double> change;  // [rows, columns]: log p hidden − log p
  std::vector<double>
      pixels;  // [image rows, image columns]: mean change over the patches that hide the pixel
};

// Progress counts places. Errors: a patch larger than the image, no such class, as Asker::predict().
Result<Occlusion> occlude(Asker& asker, const OcclusionQuery& query, const Work& work);

}  // namespace synann::infer
