// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/command_line/command_line.h"
#include "engine/compute/parity.h"
#include "engine/core/file.h"
#include "engine/data/registry.h"
#include "engine/io/safetensors.h"

namespace synann::cli {
namespace {

struct ParityArguments {
  std::vector<std::string> files;
  std::string device = "auto", tier = "all", data = "mnist";
  bool json = false;
};

void print(const std::string& file, const compute::ParityReport& report, bool json) {
  if (!json)
    print_line(fmt::format("{} · {} · tier {}{}", file, report.device, report.tier,
                           report.steps_checked ? "" : " · steps left out: no MNIST here"));
  for (const auto& row : report.rows) {
    if (json) {
      print_line(nlohmann::ordered_json{{"file", file},
                                        {"device", report.device},
                                        {"tier", report.tier},
                                        {"tensor", row.tensor},
                                        {"error", row.error},
                                        {"tolerance", row.tolerance},
                                        {"passed", row.passed()}}
                     .dump());
    } else {
      print_line(fmt::format("  {:4} {:32} {:9.2e}  (at most {:.0e})", row.passed() ? "ok" : "FAIL",
                             row.tensor, row.error, row.tolerance));
    }
  }
}

int parity_run(const ParityArguments& a) {
  std::vector<std::string> devices{a.device};
  if (a.device == "auto") {
    devices = {"cpu"};
    if (compute::has_gpu()) devices.emplace_back("cuda");
  }
  data::DataPairPtr mnist;
  if (auto opened = data::open_dataset(a.data)) mnist = *opened;
  bool passed = true;
  for (const std::string& file : a.files) {
    const auto bytes = io::read_tensor_file(file);
    if (!bytes) return report(bytes.error());
    for (const std::string& device : devices) {
      const auto tiers = a.tier == "all" ? compute::known_tiers(device) : std::vector{a.tier};
      const auto reports = compute::check_parity(*bytes, file, tiers, mnist, device);
      if (!reports) return report(reports.error());
      for (const auto& tier : *reports) {
        print(file, tier, a.json);
        for (const auto& row : tier.rows) passed = passed && row.passed();
      }
    }
  }
  return passed ? kOk : kFailed;
}

}  // namespace

void add_parity(CLI::App& app, Action& action) {
  auto a = std::make_shared<ParityArguments>();
  CLI::App* c = app.add_subcommand("parity", "Compare this program with PyTorch's numbers in golden files");
  c->add_option("files", a->files, "Golden files (safetensors, format synann-parity-1)")->required();
  app::add_word(*c, "--device", a->device, {"auto", "cpu", "cuda"}, "cpu, cuda, or auto for all there are.");
  app::add_text(*c, "--tier", "TIER", a->tier, "all, the default, or one tier.");
  app::add_text(*c, "--data", "DATA", a->data, "MNIST, for the training steps.");
  c->add_flag("--json", a->json, "One JSON object a tensor");
  c->callback([a, &action] { action = [a] { return parity_run(*a); }; });
}

}  // namespace synann::cli
