// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_ranks.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "app/cli/cancel_on_interrupt.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/rank_group.h"
#include "engine/bench/rank_bench.h"
#include "engine/core/file.h"
#include "engine/data/registry.h"
#include "engine/train/own_model.h"
#include "engine/train/rank_run.h"

namespace synann::cli {
namespace {

using bench::Network;
using bench::RankLine;
using nlohmann::ordered_json;

constexpr int kMostPredicted = 1024;  // ranks
constexpr int kSimulatedSteps = 200;

struct Prediction {
  int ranks;
  bool idle;  // more ranks than parts: as if the batch were cut into as many
  double us, simulated_us;
};

struct RankFigures {
  Network here, predicted_for;
  std::vector<RankLine> lines;
};

std::vector<Prediction> predict_ranks(const RankLine& line, const Network& network, double jitter) {
  std::vector<Prediction> predictions;
  for (int ranks = 1; ranks <= kMostPredicted; ranks *= 2) {
    bench::StepModel step = line.step_model();
    const bool idle = ranks > step.parts;
    step.parts = std::max(step.parts, ranks);
    predictions.push_back(
        {.ranks = ranks,
         .idle = idle,
         .us = bench::step_us(step, network, ranks),
         .simulated_us = bench::simulated_step_us(step, network, ranks, jitter, kSimulatedSteps, 1)});
  }
  return predictions;
}

Result<bench::RankBench> rank_bench_of(const std::string& model, const RankBenchArguments& a,
                                       const data::DataPairPtr& data) {
  auto settings = train::settings_for(model, a.data);
  if (!settings) return settings.error();
  settings->batch_size = a.batch;
  auto built = train::build_model(*settings, data->train.rows, data->train.columns, data->train.classes);
  if (!built) return built.error();
  const train::Execution execution{.device = "cpu", .tier = a.tier, .threads = a.threads};
  return bench::RankBench{.run = train::rank_run(*settings, *data, execution),
                          .work = {.request = {.device = "cpu", .tier = a.tier, .threads = a.threads},
                                   .model = std::make_shared<const model::Model>(std::move(*built)),
                                   .data = data,
                                   .batch_size = a.batch},
                          .rounds = a.rounds,
                          .seconds = a.seconds};
}

Result<RankFigures> measure_all_ranks(const RankBenchArguments& a, const data::DataPairPtr& data,
                                      compute::Ranks& ranks) {
  ProgressLine progress;
  progress.show("measuring the exchange");
  RankFigures measured{.here = bench::measure_network(ranks), .predicted_for = {}, .lines = {}};
  measured.predicted_for = measured.here;
  if (a.latency_us > 0) measured.predicted_for.latency_us = a.latency_us;
  if (a.megabytes_per_second > 0) measured.predicted_for.bytes_per_us = a.megabytes_per_second;
  for (const std::string& model : a.models) {
    progress.show(fmt::format("{} on {} ranks", model, ranks.count()));
    const auto bench = rank_bench_of(model, a, data);
    if (!bench) return bench.error();
    auto line = bench::measure_ranks(ranks, *bench, interrupt_flag());
    if (!line) return line.error();
    measured.lines.push_back(std::move(*line));
  }
  return measured;
}

std::string network_text(const Network& n) {
  return fmt::format("{:.1f} us a round, {:.0f} MB/s to a rank", n.latency_us, n.bytes_per_us);
}

void print_rank_table(const RankFigures& m, const RankBenchArguments& a, const data::DataPair& data) {
  print_line(fmt::format("{} · batch {} · {} rounds · exchange: {}", data.name, a.batch, a.rounds,
                         network_text(m.here)));
  print_line("");
  print_line("                             ms a step                      of a step");
  print_line("model         ranks thr parts   alone together exchange   x alone exchanges   MB");
  for (const RankLine& l : m.lines) {
    print_line(fmt::format("{:<13} {:>5} {:>3} {:>5} {:>7.3f} {:>8.3f} {:>8.3f} {:>9.2f} {:>9.1f} {:>4.2f}",
                           l.model, l.ranks, l.threads, l.parts, bench::summarise(l.alone_us).median / 1e3,
                           bench::summarise(l.together_us).median / 1e3,
                           bench::summarise(l.exchange_us).median / 1e3, l.speedup(), l.exchanges,
                           l.bytes / 1e6));
  }
  print_line("");
  print_line(fmt::format("Predicted for {}; simulated with times that vary by {:.0f} %.",
                         network_text(m.predicted_for), 100 * a.jitter));
  print_line("model         ranks   ms a step  simulated   x alone");
  for (const RankLine& l : m.lines) {
    bool idle = false;
    double alone = 0;
    for (const Prediction& p : predict_ranks(l, m.predicted_for, a.jitter)) {
      if (p.ranks == 1) alone = p.us;
      idle = idle || p.idle;
      print_line(fmt::format("{:<13} {:>5}{} {:>10.3f} {:>10.3f} {:>9.2f}", l.model, p.ranks,
                             p.idle ? "*" : " ", p.us / 1e3, p.simulated_us / 1e3, alone / p.us));
    }
    if (idle)
      print_line(fmt::format("* as if a batch of {} were cut into as many parts; it is cut into {}.", l.batch,
                             l.parts));
  }
}

std::vector<std::string> rank_json_lines(const RankFigures& m, const RankBenchArguments& a) {
  std::vector<std::string> lines;
  const auto line = [&](const ordered_json& j) { lines.push_back(j.dump()); };
  const auto network = [&](const char* event, const Network& n) {
    line({{"event", event}, {"latency_us", n.latency_us}, {"bytes_per_us", n.bytes_per_us}});
  };
  network("network", m.here);
  for (const RankLine& l : m.lines) {
    const bench::StepModel step = l.step_model();
    line({{"event", "ranks"},
          {"model", l.model},
          {"ranks", l.ranks},
          {"threads", l.threads},
          {"batch", l.batch},
          {"parts", l.parts},
          {"alone_us", bench::summarise(l.alone_us).median},
          {"together_us", bench::summarise(l.together_us).median},
          {"exchange_us", bench::summarise(l.exchange_us).median},
          {"speedup", l.speedup()},
          {"spread", bench::summarise(l.together_us).spread},
          {"exchanges", l.exchanges},
          {"bytes", l.bytes},
          {"serial_us", step.serial_us},
          {"parallel_us", step.parallel_us},
          {"rounds", a.rounds}});
  }
  network("predicted_for", m.predicted_for);
  for (const RankLine& l : m.lines)
    for (const Prediction& p : predict_ranks(l, m.predicted_for, a.jitter))
      line({{"event", "prediction"},
            {"model", l.model},
            {"ranks", p.ranks},
            {"more_than_parts", p.idle},
            {"us", p.us},
            {"simulated_us", p.simulated_us}});
  return lines;
}

int lead_bench(RankBenchArguments a, compute::Ranks* ranks) {
  if (ranks == nullptr)
    return report(input_error("--ranks", "this is one process, and there is nothing to exchange",
                              "start several: mpirun -np 2 synann bench --ranks"));
  const CancelOnInterrupt guard;
  if (a.data.empty()) a.data = data::known_datasets().size() > 1 ? "mnist" : "digits";
  const auto data = data::open_dataset(a.data);
  if (!data) return report(data.error());
  const auto measured = measure_all_ranks(a, *data, *ranks);
  if (!measured) return interrupt_flag().is_set() ? interrupted_code() : report(measured.error());
  const auto lines = rank_json_lines(*measured, a);
  if (a.json) {
    for (const std::string& line : lines) print_line(line);
  } else {
    print_rank_table(*measured, a, **data);
  }
  if (a.save.empty()) return kOk;
  const auto text = fmt::format("{}\n", fmt::join(lines, "\n"));
  const auto status =
      write_file_atomically(a.save, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return status ? kOk : report(status.error());
}

}  // namespace

int bench_ranks(const RankBenchArguments& arguments) {
  return on_all_ranks("bench", [&](compute::Ranks* ranks) { return lead_bench(arguments, ranks); });
}

}  // namespace synann::cli
