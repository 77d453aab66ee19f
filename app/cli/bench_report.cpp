// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "engine/compute/cpu/fused_network.h"
#include "engine/core/thread_pool.h"
#include "engine/core/version.h"

namespace synann::cli {
namespace {

using bench::Line;
using bench::Report;
using nlohmann::ordered_json;

// The same work on one thread; null for lines that are that themselves.
const Line* on_one_thread(const Report& report, const Line& line) {
  if (line.backend.threads == 1) return nullptr;
  for (const Line& other : report.lines) {
    if (other.backend.threads == 1 && other.work == line.work && other.model == line.model &&
        other.width == line.width)
      return &other;
  }
  return nullptr;
}

double gigaflops(double flops, const Line& line) {
  return flops / (line.summary().least * 1e3);
}

std::string name_of(const Line& line) {
  return line.width > 0 ? fmt::format("synapse {}", line.width) : line.model;
}

const char* isa_name() {
  return compute::fused::kernels(compute::chosen_isa()).isa;
}

void print_peaks(const Report& report) {
  print_line("");
  print_line("Peak of multiply-adds, GFLOP/s       threads       most     median   spread");
  for (const bench::Peak& peak : report.peaks) {
    const auto s = bench::summarise(peak.gflops);
    print_line(fmt::format("  {:<34} {:>7} {:>10.1f} {:>10.1f} {:>7.0f}%", peak.isa, peak.threads,
                           peak.most(), s.median, 100 * s.spread));
  }
}

void print_lines(const Report& report) {
  print_line("");
  print_line(
      "                                             us a sample             GFLOP/s       x floor   x 1 thr");
  print_line("work             model        tier    thr   least  median spread   useful   dense");
  for (const Line& line : report.lines) {
    const auto s = line.summary();
    const double floor = bench::floor_ratio(report, line);
    const Line* one = on_one_thread(report, line);
    print_line(
        fmt::format("{:<16} {:<12} {:<7} {:>3} {:>7.2f} {:>7.2f} {:>5.0f}% {:>8.1f} {:>7.1f} {:>9} {:>9}",
                    work_name(line.work), name_of(line), line.backend.tier, line.backend.threads, s.least,
                    s.median, 100 * s.spread, gigaflops(line.useful_flops, line),
                    gigaflops(line.dense_flops, line), floor > 0 ? fmt::format("{:.2f}", floor) : "",
                    one ? fmt::format("{:.2f}", bench::speedup(*one, line)) : ""));
  }
}

ordered_json to_json(const Report& report, const Line& line) {
  const auto s = line.summary();
  ordered_json j{{"event", "result"}, {"work", work_name(line.work)}, {"model", line.model}};
  if (line.width > 0) j["width"] = line.width;
  j.update({{"device", line.backend.device},
            {"tier", line.backend.tier},
            {"isa", line.backend.isa},
            {"threads", line.backend.threads},
            {"us_min", s.least},
            {"us_median", s.median},
            {"us_spread", s.spread},
            {"rounds", s.rounds},
            {"useful_gflops", gigaflops(line.useful_flops, line)},
            {"dense_gflops", gigaflops(line.dense_flops, line)}});
  if (const double floor = bench::floor_ratio(report, line); floor > 0) j["times_floor"] = floor;
  if (const Line* one = on_one_thread(report, line)) j["speedup"] = bench::speedup(*one, line);
  return j;
}

}  // namespace

void print_bench_table(const Report& report, const bench::Options& options, const Programs& programs) {
  print_line(fmt::format("synann {} · {} · {} processors · {} · load {:.1f}", kVersion, processor_name(),
                         hardware_threads(), isa_name(), load_average()));
  print_line(fmt::format("{} · batch {} · {} rounds", report.data, report.batch, options.rounds));
  print_peaks(report);
  print_lines(report);
  print_line("");
  if (!programs.version_ms.empty()) {
    const auto s = bench::summarise(programs.version_ms);
    print_line(fmt::format("synann --version        {:8.1f} ms  (median {:.1f})", s.least, s.median));
  }
  if (!programs.load_ms.empty()) {
    const auto s = bench::summarise(programs.load_ms);
    print_line(fmt::format("opening the data        {:8.1f} ms  (median {:.1f})", s.least, s.median));
  }
  if (programs.train_peak_mb > 0)
    print_line(fmt::format("synann train, one epoch {:8.1f} MB at most", programs.train_peak_mb));
  print_line(fmt::format("this process            {:8.1f} MB at most", programs.own_peak_mb));
}

std::vector<std::string> bench_json(const Report& report, const bench::Options& options,
                                    const Programs& programs) {
  std::vector<std::string> lines;
  const auto line = [&](const ordered_json& j) { lines.push_back(j.dump()); };
  line({{"event", "machine"},
        {"schema", "synann-bench-1"},
        {"program", "synann"},
        {"version", kVersion},
        {"processor", processor_name()},
        {"processors", hardware_threads()},
        {"isa", isa_name()},
        {"load", load_average()},
        {"data", report.data},
        {"batch", report.batch},
        {"rounds", options.rounds}});
  for (const bench::Peak& peak : report.peaks) {
    const auto s = bench::summarise(peak.gflops);
    line({{"event", "peak"},
          {"isa", peak.isa},
          {"threads", peak.threads},
          {"gflops_max", peak.most()},
          {"gflops_median", s.median},
          {"gflops_spread", s.spread}});
  }
  for (const Line& result : report.lines) line(to_json(report, result));
  const auto version = bench::summarise(programs.version_ms), load = bench::summarise(programs.load_ms);
  ordered_json end{{"event", "programs"}};
  if (version.rounds > 0)
    end.update({{"version_ms_min", version.least}, {"version_ms_median", version.median}});
  if (load.rounds > 0) end.update({{"load_ms_min", load.least}, {"load_ms_median", load.median}});
  if (programs.train_peak_mb > 0) end["train_peak_mb"] = programs.train_peak_mb;
  end["own_peak_mb"] = programs.own_peak_mb;
  line(end);
  return lines;
}

}  // namespace synann::cli
