// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/bench/suite.h"

namespace synann::bench {

// One thing that can be done again and again while a clock runs.
class Case {
 public:
  virtual ~Case() = default;
  virtual Line line() const = 0;  // without measurements
  // Does the work `times` times; returns how many samples that were.
  virtual Result<double> run(int times, const compute::CancelFlag& cancel) = 0;
};

// Everything the options ask for, each ready to run. Errors: as make_backend.
Result<std::vector<std::unique_ptr<Case>>> make_cases(const Options& options, const data::DataPairPtr& data);

}  // namespace synann::bench
