// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/cli/bench_programs.h"
#include "app/cli/bench_report.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "engine/bench/suite.h"
#include "engine/core/file.h"
#include "engine/core/thread_pool.h"
#include "engine/data/registry.h"
#include "engine/model/description.h"

namespace synann::cli {
namespace {

struct BenchArguments {
  bench::Options options;
  std::vector<std::string> work{"train", "eval", "synapse", "programs"};
  std::string data;  // empty: MNIST where it is found, else the digits
  std::string save;  // file for the JSON lines; empty: none
  bool quick = false, json = false;

  bool asks_for(const char* what) const { return std::find(work.begin(), work.end(), what) != work.end(); }
};

compute::CancelFlag cancel;
void on_interrupt() {
  cancel.set();
}

void fill_in(BenchArguments& a, bool threads_given, bool rounds_given, bool widths_given) {
  bench::Options& o = a.options;
  if (!threads_given)
    o.threads = hardware_threads() > 1 ? std::vector{1, hardware_threads()} : std::vector{1};
  if (o.models.size() == 1 && o.models.front() == "all") {
    o.models.clear();
    for (const auto& info : model::known_models()) o.models.emplace_back(info.id);
  }
  o.train = a.asks_for("train");
  o.eval = a.asks_for("eval");
  if (a.quick) {
    o.seconds = 0.02;
    if (!rounds_given) o.rounds = 3;
    if (!widths_given) o.widths = {64, 784};
  }
  if (!a.asks_for("synapse")) o.widths.clear();
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
  const InterruptGuard guard(on_interrupt);
  ProgressLine progress;
  progress.show("opening the data");
  Programs programs;
  const bool measure_programs = a.asks_for("programs");
  const auto data = open(a.data, measure_programs && !a.quick ? 5 : 1, programs);
  if (!data) return report(data.error());
  if (measure_programs) programs.version_ms = measure_version(a.quick ? 3 : 15);
  const auto measured =
      bench::run_suite(a.options, *data, cancel, [&](const std::string& what) { progress.show(what); });
  if (measured && measure_programs && !a.quick) {
    progress.show("training an epoch for its memory");
    programs.train_peak_mb = measure_train_memory(a.data, cancel);
  }
  progress.wipe();
  if (!measured) return report(measured.error());
  if (cancel.is_set()) return interrupted_code();
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
  c->add_option("--models", o.models, "Networks to measure, or all: " + model_list())
      ->delimiter(',')
      ->capture_default_str();
  auto* threads = c->add_option("--threads", o.threads, "Numbers of threads (1 and all processors)")
                      ->delimiter(',')
                      ->check(CLI::Range(1, 1024));
  auto* widths = c->add_option("--widths", o.widths, "Sizes of the synapse layer alone")
                     ->delimiter(',')
                     ->check(CLI::Range(1, 8192))
                     ->capture_default_str();
  c->add_option("--work", a->work, "What is measured: train, eval, synapse (the layer alone), programs")
      ->delimiter(',')
      ->check(CLI::IsMember({"train", "eval", "synapse", "programs"}))
      ->capture_default_str();
  c->add_option("--data", a->data, "digits (built in), mnist, or a folder (MNIST where it is found)");
  c->add_option("--device", o.device, "auto, cpu or cuda")->capture_default_str();
  c->add_option("--tier", o.tier, "auto, or one of the tiers of synann train")->capture_default_str();
  c->add_option("--batch-size", o.batch, "Samples a step")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  auto* rounds = c->add_option("--rounds", o.rounds, "Measurements of each")
                     ->capture_default_str()
                     ->check(CLI::Range(1, 1000));
  c->add_flag("--quick", a->quick, "Three short rounds, no large layers: for trying, not for quoting");
  c->add_flag("--json", a->json, "JSON lines (docs/formats.md) in place of the table");
  c->add_option("--save", a->save, "Writes the JSON lines into this file as well");
  c->callback([a, threads, widths, rounds, &action] {
    action = [a, threads, widths, rounds] {
      fill_in(*a, threads->count() > 0, rounds->count() > 0, widths->count() > 0);
      return bench_run(*a);
    };
  });
}

}  // namespace synann::cli
