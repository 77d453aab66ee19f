// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options.h"

#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "engine/compute/backend.h"
#include "engine/model/description.h"

namespace synann::cli {
namespace {

bool is_switch(const train::SettingInfo& info) {
  return info.decimals == 0 && info.minimum == 0 && info.maximum == 1;
}

std::string help_of(const train::SettingInfo& info) {
  std::string help(info.help);
  // The defaults of epochs and rates depend on the model; those of the original are named.
  if (!is_switch(info)) help += fmt::format(" [original: {}]", info.fallback);
  return help;
}

}  // namespace

void add_settings(CLI::App& command, train::AskedSettings& asked) {
  for (const train::SettingInfo& info : train::setting_infos()) {
    const std::string key(info.key);
    if (is_switch(info)) {
      command.add_flag_function(
          fmt::format("--{0},!--no-{0}", key),
          [&asked, key](std::int64_t count) { asked.numbers[key] = count > 0 ? 1 : 0; }, help_of(info));
    } else {
      const bool whole = info.decimals == 0;
      command.add_option_function<double>(
          "--" + key,
          [&asked, key, whole, least = info.minimum, most = info.maximum](double value) {
            if (whole && value != std::floor(value)) {
              throw CLI::ValidationError("--" + key, fmt::format("expected a whole number, found {}", value));
            }
            if (!(value >= least && value <= most)) {
              throw CLI::ValidationError(
                  "--" + key,
                  fmt::format("is out of range: expected {} to {}, found {}", least, most, value));
            }
            asked.numbers[key] = value;
          },
          help_of(info));
    }
  }
  for (const train::ChoiceInfo& info : train::choice_infos()) {
    const std::string key(info.key);
    command.add_option_function<std::string>(
        "--" + key, [&asked, key](const std::string& option) { asked.choices[key] = option; },
        fmt::format("{} ({})", info.help, fmt::join(info.options, ", ")));
  }
}

void add_execution(CLI::App& command, train::Execution& execution) {
  command.add_option("--device", execution.device, "auto, cpu or cuda")->capture_default_str();
  command
      .add_option("--tier", execution.tier,
                  fmt::format("auto, {}; on cuda: auto, {}", fmt::join(compute::known_tiers(), ", "),
                              fmt::join(compute::known_tiers("cuda"), ", ")))
      ->capture_default_str();
  command.add_option("--threads", execution.threads, "0 = all processors")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
}

std::string model_list() {
  std::string list;
  for (const auto& info : model::known_models())
    list += fmt::format("{}{}", list.empty() ? "" : ", ", info.id);
  return list;
}

}  // namespace synann::cli
