// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/compute/backend.h"

// What can only be measured from outside: whole runs of this program.
namespace synann::cli {

struct Programs {
  std::vector<double> version_ms;  // `synann --version`, from start to end
  std::vector<double> load_ms;     // opening and verifying the data
  double train_peak_mb = 0;        // most memory of `synann train`, one epoch; 10⁶ bytes; 0: not measured
  double own_peak_mb = 0;          // most memory of this process
};

// The start of this program, `times` times.
std::vector<double> measure_version(int times);

// One epoch of `synann train` on the data into a folder that is removed again.
double measure_train_memory(const std::string& data, const compute::CancelFlag& cancel);

double own_peak_megabytes();   // VmHWM
std::string processor_name();  // "AMD EPYC 9B14", or empty
double load_average();         // of the last minute

}  // namespace synann::cli
