// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include "engine/compute/backend.h"

namespace synann::compute {

// How often images of one class were taken for another.
struct Confusion {
  int classes = 0;
  std::vector<int> counts;  // [classes, classes]: row = true class, column = what the network said

  int& at(int truth, int said) { return counts[static_cast<std::size_t>(truth * classes + said)]; }
  int at(int truth, int said) const { return counts[static_cast<std::size_t>(truth * classes + said)]; }
  // Of all images taken for the class, the share that is of it; 0 where there are none. And the reverse.
  double precision(int label) const;
  double recall(int label) const;
  double f1(int label) const;  // the harmonic mean of both; 0 where both are

  int count(int truth) const;  // images of the class
  int correct() const;         // on the diagonal
  bool operator==(const Confusion&) const = default;
};

// Shows the images of `set` to a back end that holds the model's numbers, in batches; running statistics, no
// dropout. Calls progress(done) between batches; where `cancel` is set meanwhile, it ends as Cancelled.
Result<Confusion> measure_confusion(Backend& backend, const model::Model& model, const data::Dataset& set,
                                    int batch_size, const CancelFlag& cancel,
                                    const std::function<void(int done)>& progress);

}  // namespace synann::compute
