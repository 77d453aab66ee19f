// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/cli/bench_programs.h"
#include "app/cli/bench_ranks.h"
#include "app/cli/bench_report.h"
#include "app/cli/cancel_on_interrupt.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/bench/suite.h"
#include "engine/core/file.h"
#include "engine/core/thread_pool.h"
#include "engine/data/registry.h"
#include "engine/model/description.h"
#include "engine/train/own_model.h"

namespace synann::cli {
namespace {

struct BenchArguments {
  bench::Options options;
  std::vector<std::string> models = bench::Options{}.models;
  std::vector<std::string> work{"train", "eval", "synapse", "programs"};
  std::string data;  // empty: MNIST where it is found, else the digits
  std::string save;  // file for the JSON lines; empty: none
  bool quick = false, json = false;
  bool across_ranks = false;  // instead of all else
  RankBenchArguments ranks{};

  bool asks_for(const char* what) const { return std::find(work.begin(), work.end(), what) != work.end(); }
};

Status find_models(BenchArguments& a) {
  bench::Options& o = a.options;
  o.models.clear();
  if (a.models.size() == 1 && a.models.front() == "all") {
    for (const auto& info : model::known_models()) o.models.emplace_back(info.id);
    return {};
  }
  for (const std::string& name : a.models) {
    const auto settings = train::settings_for(name, a.data);
    if (!settings) return settings.error();
    if (settings->own) {
      o.own_models.push_back(settings->own.definition);
    } else {
      o.models.push_back(settings->model);
    }
  }
  return {};
}

void fill_in(BenchArguments& a, bool threads_given, bool rounds_given, bool widths_given) {
  bench::Options& o = a.options;
  if (!threads_given)
    o.threads = hardware_threads() > 1 ? std::vector{1, hardware_threads()} : std::vector{1};
  o.train = a.asks_for("train");
  o.eval = a.asks_for("eval");
  if (a.quick) {
    o.seconds = 0.02;
    if (!rounds_given) o.rounds = 3;
    if (!widths_given) o.widths = {64, 784};
  }
  if (!a.asks_for("synapse")) o.widths.clear();
}

RankBenchArguments rank_arguments(const BenchArguments& a, bool threads_given) {
  RankBenchArguments ranks = a.ranks;
  ranks.models = a.models;
  if (a.models.size() == 1 && a.models.front() == "all") {
    ranks.models.clear();
    for (const auto& info : model::known_models()) ranks.models.emplace_back(info.id);
  }
  ranks.data = a.data;
  ranks.tier = a.options.tier;
  ranks.batch = a.options.batch;
  ranks.rounds = a.options.rounds;
  ranks.seconds = a.options.seconds;
  ranks.threads = threads_given ? a.options.threads.front() : 0;
  ranks.json = a.json;
  ranks.save = a.save;
  return ranks;
}

// Opens the data, with the time that takes.
Result<data::DataPairPtr> open(std::string& spec, int times, Programs& programs) {
  if (spec.empty()) spec = data::known_datasets().size() > 1 ? "mnist" : "digits";
  for (int k = 0;; ++k) {
    const bench::Stopwatch watch;
    auto data = data::open_dataset(spec);
    programs.load_ms.push_back(1e3 * watch.seconds());
    if (!data || k + 1 >= times) return data;
  }
}

int bench_run(BenchArguments a) {
  const CancelOnInterrupt guard;
  if (auto status = find_models(a); !status) return report(status.error());
  ProgressLine progress;
  progress.show("opening the data");
  Programs programs;
  const bool measure_programs = a.asks_for("programs");
  const auto data = open(a.data, measure_programs && !a.quick ? 5 : 1, programs);
  if (!data) return report(data.error());
  if (measure_programs) programs.version_ms = measure_version(a.quick ? 3 : 15);
  const auto measured = bench::run_suite(a.options, *data, interrupt_flag(),
                                         [&](const std::string& what) { progress.show(what); });
  if (measured && measure_programs && !a.quick) {
    progress.show("training an epoch for its memory");
    programs.train_peak_mb = measure_train_memory(a.data, interrupt_flag());
  }
  progress.wipe();
  if (!measured) return report(measured.error());
  if (interrupt_flag().is_set()) return interrupted_code();
  programs.own_peak_mb = own_peak_megabytes();
  const auto lines = bench_json(*measured, a.options, programs);
  if (a.json) {
    for (const std::string& line : lines) print_line(line);
  } else {
    print_bench_table(*measured, a.options, programs);
  }
  if (a.save.empty()) return kOk;
  const auto text = fmt::format("{}\n", fmt::join(lines, "\n"));
  const auto status =
      write_file_atomically(a.save, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return status ? kOk : report(status.error());
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  auto a = std::make_shared<BenchArguments>();
  CLI::App* c = app.add_subcommand("bench", "Measure the speed of this machine, beside its peak");
  bench::Options& o = a->options;
  app::add_words(
      *c, "--models", "ID|FILE,…", a->models,
      [](const std::string& name) { return name == "all" ? Status{} : check_model(name); },
      fmt::format("Networks to measure, {} unless told otherwise: all, or model files, or of {}.",
                  fmt::join(a->models, ","), model_list()));
  auto* threads = app::add_wholes(*c, "--threads", "N,N", o.threads, 1, kMostThreads, 1, kMostThreads,
                                  fmt::format("Numbers of threads, 1 to {}; 1 and all processors unless told "
                                              "otherwise.",
                                              kMostThreads));
  constexpr int kWidest = 8192;
  auto* widths =
      app::add_wholes(*c, "--widths", "N,N", o.widths, 1, kWidest, 1, 100,
                      fmt::format("Sizes of the synapse layer alone, 1 to {}; {} unless told otherwise.",
                                  kWidest, fmt::join(o.widths, ",")));
  app::add_words(
      *c, "--work", "WORD,WORD", a->work, {"train", "eval", "synapse", "programs"},
      "What is measured, all unless told otherwise: train, eval, synapse (the layer alone), programs.");
  app::add_text(*c, "--data", "DATA", a->data,
                "digits (built in), mnist, or a folder; MNIST where it is found unless told otherwise.");
  app::add_word(*c, "--device", o.device, {"auto", "cpu", "cuda"}, "One of auto (the default), cpu, cuda.");
  app::add_text(*c, "--tier", "TIER", o.tier, "auto (the default), or one of the tiers of synann train.");
  app::add_whole(*c, "--batch-size", o.batch, 1, 10'000,
                 fmt::format("Samples a step, 1 to 10000; {} unless told otherwise.", o.batch));
  auto* rounds =
      app::add_whole(*c, "--rounds", o.rounds, 1, 1000,
                     fmt::format("Measurements of each, 1 to 1000; {} unless told otherwise.", o.rounds));
  constexpr const char* kRanks = "Several processes";
  c->add_flag("--ranks", a->across_ranks,
              "Under mpirun: steps of one process and of all, their exchange, and what more processes may be "
              "expected to gain; instead of all else.")
      ->group(kRanks)
      ->disable_flag_override();
  app::add_number(*c, "--latency", a->ranks.latency_us, 0, 1e6,
                  "Microseconds of a round of the network that is predicted for; as measured unless told "
                  "otherwise.")
      ->group(kRanks);
  app::add_number(*c, "--bandwidth", a->ranks.megabytes_per_second, 0, 1e6,
                  "Megabytes a second of it; as measured unless told otherwise.")
      ->group(kRanks);
  app::add_number(*c, "--jitter", a->ranks.jitter, 0, 1,
                  fmt::format("How much the times of the simulation vary, as a fraction; {} unless told "
                              "otherwise.",
                              a->ranks.jitter))
      ->group(kRanks);
  c->add_flag("--quick", a->quick, "Three short rounds, no large layers: for trying, not for quoting.");
  c->add_flag("--json", a->json, "JSON lines (docs/formats.md) in place of the table.");
  app::add_text(*c, "--save", "FILE", a->save, "Writes the JSON lines into this file as well.");
  c->callback([a, threads, widths, rounds, &action] {
    action = [a, threads, widths, rounds] {
      fill_in(*a, threads->count() > 0, rounds->count() > 0, widths->count() > 0);
      return a->across_ranks ? bench_ranks(rank_arguments(*a, threads->count() > 0)) : bench_run(*a);
    };
  });
}

}  // namespace synann::cli
