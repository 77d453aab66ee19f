// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/bench/summary.h"
#include "engine/compute/backend.h"
#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/model/description.h"

// How fast this build is on this machine. Everything is measured in rounds, one thing after the other in
// each, so that a disturbance hits all alike and ratios within a round mean something.
namespace synann::bench {

struct Options {
  std::vector<std::string> models{"syna-cnn", "syna-mlp", "syna-rnn"};
  std::vector<model::DefinitionPtr> own_models{};  // those of files, measured behind the others
  std::vector<int> threads{1, 2};
  std::vector<int> widths{64, 256, 784, 1024, 4096};  // of the synapse layer alone; empty: not measured
  bool train = true, eval = true;
  std::string device = "auto", tier = "auto";
  int batch = 100;
  int rounds = 7;
  double seconds = 0.15;  // of one measurement, at least
};

enum class Work {
  Train,
  Eval,
  Forward,
  Synapse
};                                 // the last two: the synapse layer alone; with its gradients
const char* work_name(Work work);  // "train", "eval", "synapse-forward", "synapse"

// What was measured of one piece of work.
struct Line {
  Work work = Work::Train;
  std::string model;  // "synapse" for the layer alone
  int width = 0;      // its n, else 0
  compute::BackendInfo backend{};
  double useful_flops = 0, dense_flops = 0;  // operations a sample (flops.h)
  std::vector<double> micros;                // a sample, one a round

  Summary summary() const { return summarise(micros); }
};

// The machine's multiply-add peak on a number of threads.
struct Peak {
  std::string isa;
  int threads = 1;
  bool chosen = true;          // of the instruction set that the kernels use
  std::vector<double> gflops;  // one a round

  double most() const;
};

struct Report {
  std::string data;
  int batch = 0;
  std::vector<Peak> peaks;
  std::vector<Line> lines;
};

// The peak of the chosen instruction set on as many threads; null where it was not measured.
const Peak* chosen_peak(const Report& report, int threads);

// How many times the time a line takes of what its useful work would take at the peak; 0 where unknown.
double floor_ratio(const Report& report, const Line& line);

// How many times faster `more` is than `fewer`: the median over rounds of the ratios within a round.
double speedup(const Line& fewer, const Line& more);

// Measures. Errors: unknown model, device or tier; ErrorKind::Cancelled when `cancel` was set.
Result<Report> run_suite(const Options& options, const data::DataPairPtr& data,
                         const compute::CancelFlag& cancel,
                         const std::function<void(const std::string& what)>& progress);

}  // namespace synann::bench
