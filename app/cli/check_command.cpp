// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <fmt/format.h>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cancel_on_interrupt.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/command_line/command_line.h"
#include "engine/compute/check/check.h"

namespace synann::cli {
namespace {

struct CheckArguments {
  std::string device = "auto";
  std::uint64_t seed = 0;
  bool seed_given = false, json = false;
};

// Prints each comparison as it is made, and counts.
class Rows {
 public:
  explicit Rows(bool json) : json_(json) {}

  void take(const compute::CheckRow& row) {
    ++count_;
    failed_ += row.passed() ? 0 : 1;
    progress_.wipe();
    print_line(json_ ? json(row) : text(row));
    progress_.show(fmt::format("{} comparisons", count_));
  }
  int finish(std::uint64_t seed) {
    progress_.wipe();
    if (json_) {
      print_line(
          nlohmann::ordered_json{{"event", "end"}, {"seed", seed}, {"rows", count_}, {"failed", failed_}}
              .dump());
    } else if (failed_ == 0) {
      print_line(fmt::format("All {} comparisons agree (seed {}).", count_, seed));
    } else {
      print_line(fmt::format("{} of {} comparisons FAILED; \"synann check --seed {}\" repeats them.", failed_,
                             count_, seed));
    }
    return failed_ == 0 ? kOk : kFailed;
  }

 private:
  static std::string text(const compute::CheckRow& row) {
    return fmt::format("{:4} {:16} {:46} {:11} NMSE {:8.1e} (≤ {:.0e})  worst {:8.1e} (≤ {:.0e})  {}",
                       row.passed() ? "ok" : "FAIL", row.candidate, row.subject, row.part, row.nmse,
                       row.nmse_limit, row.worst, row.worst_limit, row.tensor);
  }
  static std::string json(const compute::CheckRow& row) {
    return nlohmann::ordered_json{{"event", "row"},
                                  {"candidate", row.candidate},
                                  {"subject", row.subject},
                                  {"part", row.part},
                                  {"tensor", row.tensor},
                                  {"nmse", row.nmse},
                                  {"nmse_limit", row.nmse_limit},
                                  {"worst", row.worst},
                                  {"worst_limit", row.worst_limit},
                                  {"passed", row.passed()}}
        .dump();
  }

  bool json_;
  ProgressLine progress_;
  int count_ = 0, failed_ = 0;
};

// Fresh numbers every time, unless a seed is named.
std::uint64_t fresh_seed() {
  return static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) %
         1'000'000'007;
}

int check_run(const CheckArguments& a) {
  const CancelOnInterrupt guard;
  const auto candidates = compute::check_candidates(a.device);
  if (!candidates) return report(candidates.error());
  const std::uint64_t seed = a.seed_given ? a.seed : fresh_seed();
  Rows rows(a.json);
  const auto each = [&](const compute::CheckRow& row) { rows.take(row); };
  if (!a.device.starts_with("cuda")) compute::check_kernels(seed, each);
  if (auto status = compute::check_steps(*candidates, compute::check_models(), seed, interrupt_flag(), each);
      !status)
    return report(status.error());
  return rows.finish(seed);
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  auto a = std::make_shared<CheckArguments>();
  CLI::App* c =
      app.add_subcommand("check", "Self-test of this machine: everything fast against the reference");
  app::add_word(*c, "--device", a->device, {"auto", "cpu", "cuda"}, "One of auto (all there is), cpu, cuda.");
  auto* seed = app::add_whole(*c, "--seed", a->seed, 0, INT64_MAX,
                              "Repeats the random inputs of an earlier self-test.");
  c->add_flag("--json", a->json, "JSON lines");
  c->callback([a, seed, &action] {
    action = [a, seed] {
      a->seed_given = seed->count() > 0;
      return check_run(*a);
    };
  });
}

}  // namespace synann::cli
