// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/suite.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/bench/cases.h"
#include "engine/bench/peak.h"
#include "engine/compute/cpu/fused_network.h"

namespace synann::bench {
namespace {

Error cancelled() {
  return {.kind = ErrorKind::Cancelled, .where = "bench", .problem = "the measurement was interrupted"};
}

// A case, and how often it is done while the clock runs once.
struct Prepared {
  std::unique_ptr<Case> work;
  int times = 1;
};

// Warms up, and finds how many repetitions take `seconds`.
Status calibrate(Prepared& p, double seconds, const compute::CancelFlag& cancel) {
  for (double spent = 0; !cancel.is_set();) {
    const Stopwatch watch;
    if (auto samples = p.work->run(p.times, cancel); !samples) return samples.error();
    spent = watch.seconds();
    if (spent >= 0.5 * seconds) {
      p.times = std::max(1, static_cast<int>(std::ceil(p.times * seconds / spent)));
      return {};
    }
    p.times *= spent > 0.05 * seconds ? 2 : 8;
  }
  return cancelled();
}

std::string title(const Line& line) {
  const std::string what = line.width > 0 ? fmt::format("synapse layer of {}", line.width) : line.model;
  return fmt::format("{} · {} · {} threads", what, work_name(line.work), line.backend.threads);
}

// The instruction sets of the machine, on each number of threads.
class Peaks {
 public:
  Peaks(const Options& o, Report& report) : report_(report), seconds_(std::min(0.05, o.seconds)) {
    for (const int threads : o.threads) {
      pools_.push_back(std::make_unique<ThreadPool>(threads));
      for (const compute::Isa isa : compute::available_isas()) {
        report.peaks.push_back({.isa = compute::fused::kernels(isa).isa,
                                .threads = threads,
                                .chosen = isa == compute::chosen_isa(),
                                .gflops = {}});
      }
    }
  }
  void measure() {
    std::size_t k = 0;
    for (const auto& pool : pools_)
      for (const compute::Isa isa : compute::available_isas())
        report_.peaks[k++].gflops.push_back(multiply_add_peak(isa, *pool, seconds_));
  }

 private:
  Report& report_;
  double seconds_;
  std::vector<std::unique_ptr<ThreadPool>> pools_;
};

Status measure(Prepared& p, Line& line, const compute::CancelFlag& cancel) {
  const Stopwatch watch;
  const auto samples = p.work->run(p.times, cancel);
  if (!samples) return samples.error();
  if (cancel.is_set()) return cancelled();
  line.micros.push_back(1e6 * watch.seconds() / *samples);
  return {};
}

}  // namespace

const char* work_name(Work work) {
  switch (work) {
    case Work::Train:
      return "train";
    case Work::Eval:
      return "eval";
    case Work::Forward:
      return "synapse-forward";
    case Work::Synapse:
      return "synapse";
  }
  return "";
}

double Peak::most() const {
  return gflops.empty() ? 0 : *std::max_element(gflops.begin(), gflops.end());
}

const Peak* chosen_peak(const Report& report, int threads) {
  for (const Peak& peak : report.peaks)
    if (peak.chosen && peak.threads == threads) return &peak;
  return nullptr;
}

double floor_ratio(const Report& report, const Line& line) {
  const Peak* peak = line.backend.device == "CPU" ? chosen_peak(report, line.backend.threads) : nullptr;
  if (peak == nullptr || peak->most() <= 0 || line.useful_flops <= 0) return 0;
  const double floor_micros = line.useful_flops / (peak->most() * 1e3);
  return line.summary().least / floor_micros;
}

double speedup(const Line& fewer, const Line& more) {
  std::vector<double> ratios;
  for (std::size_t k = 0; k < std::min(fewer.micros.size(), more.micros.size()); ++k)
    ratios.push_back(fewer.micros[k] / more.micros[k]);
  return summarise(std::move(ratios)).median;
}

Result<Report> run_suite(const Options& options, const data::DataPairPtr& data,
                         const compute::CancelFlag& cancel,
                         const std::function<void(const std::string& what)>& progress) {
  Report report{.data = data ? data->name : std::string(), .batch = options.batch, .peaks = {}, .lines = {}};
  auto cases = make_cases(options, data);
  if (!cases) return cases.error();
  std::vector<Prepared> prepared;
  for (auto& work : *cases) {
    report.lines.push_back(work->line());
    progress("warming up · " + title(report.lines.back()));
    prepared.push_back({std::move(work)});
    if (auto status = calibrate(prepared.back(), options.seconds, cancel); !status) return status.error();
  }
  Peaks peaks(options, report);
  for (int round = 0; round < options.rounds; ++round) {
    peaks.measure();
    for (std::size_t k = 0; k < prepared.size(); ++k) {
      progress(fmt::format("round {} of {} · {}", round + 1, options.rounds, title(report.lines[k])));
      if (auto status = measure(prepared[k], report.lines[k], cancel); !status) return status.error();
    }
  }
  return report;
}

}  // namespace synann::bench
