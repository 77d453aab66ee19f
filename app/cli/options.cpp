// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/command_line/command_line.h"
#include "engine/compute/backend.h"
#include "engine/core/text_value.h"
#include "engine/data/image_file.h"
#include "engine/model/description.h"
#include "engine/train/own_model.h"

namespace synann::cli {
namespace {

constexpr const char* kTraining = "Training";
constexpr const char* kEnding = "When to stop";
constexpr const char* kAugmentation = "Augmentation";
constexpr const char* kSynapse = "Synapse layer";
constexpr const char* kComputing = "Computing";

bool is_switch(const train::SettingInfo& info) {
  return info.decimals == 0 && info.minimum == 0 && info.maximum == 1;
}

// The defaults of epochs and rates depend on the model; those of the original are named.
std::string help_of(const train::SettingInfo& info) {
  if (is_switch(info)) return fmt::format("{} A switch; --no-{} turns it off.", info.help, info.key);
  return fmt::format("{} {} to {}; the original: {}.", info.help, info.minimum, info.maximum, info.fallback);
}

const char* group_of(std::string_view key) {
  constexpr std::string_view ending[] = {"target-accuracy", "patience", "minutes", "watch-headroom"};
  constexpr std::string_view synapse[] = {"synapse", "beta", "alpha", "diagonal", "frozen"};
  if (train::setting_group(key) == kAugmentation) return kAugmentation;
  if (std::find(std::begin(ending), std::end(ending), key) != std::end(ending)) return kEnding;
  return std::find(std::begin(synapse), std::end(synapse), key) != std::end(synapse) ? kSynapse : kTraining;
}

CLI::Option* add_setting(CLI::App& command, const train::SettingInfo& info, train::AskedSettings& asked) {
  const std::string key(info.key), name = "--" + key;
  if (is_switch(info)) {
    return command
        .add_flag_function(
            fmt::format("{},!--no-{}", name, key),
            [&asked, key](std::int64_t count) { asked.numbers[key] = count > 0 ? 1 : 0; }, help_of(info))
        ->disable_flag_override();
  }
  if (info.decimals == 0) {
    return app::add_whole_value(
        command, name, [&asked, key](std::int64_t value) { asked.numbers[key] = static_cast<double>(value); },
        static_cast<std::int64_t>(info.minimum), static_cast<std::int64_t>(info.maximum), help_of(info));
  }
  return app::add_value(
      command, name, "X",
      [&asked, key, name, least = info.minimum, most = info.maximum](const std::string& text) -> Status {
        const auto value = parse_number(name, text, least, most);
        if (!value) return value.error();
        asked.numbers[key] = *value;
        return {};
      },
      help_of(info));
}

}  // namespace

void add_settings(CLI::App& command, train::AskedSettings& asked) {
  for (const train::SettingInfo& info : train::setting_infos())
    add_setting(command, info, asked)->group(group_of(info.key));
  for (const train::ChoiceInfo& info : train::choice_infos()) {
    const std::string key(info.key);
    const std::string help = info.is_text()
                                 ? std::string(info.help)
                                 : fmt::format("{} One of {}.", info.help, fmt::join(info.options, ", "));
    app::add_value(
        command, "--" + key,
        !info.is_text()   ? "WORD"
        : key == "frozen" ? "CELLS"
                          : "EPOCH:RATE,…",
        [&asked, key](const std::string& text) -> Status {
          if (text.empty()) return Error{.where = "--" + key, .problem = "has an empty value"};
          if (auto status = train::check_choice(key, text); !status) return status;
          asked.choices[key] = text;
          return {};
        },
        help)
        ->group(group_of(key));
  }
}

void add_augmentation(CLI::App& command, train::AskedSettings& asked) {
  for (const train::SettingInfo& info : train::setting_infos())
    if (train::setting_group(info.key) == kAugmentation)
      add_setting(command, info, asked)->group(kAugmentation);
}

void add_execution(CLI::App& command, train::Execution& execution) {
  app::add_word(command, "--device", execution.device, {"auto", "cpu", "cuda"},
                "auto takes the faster one and says why. One of auto, cpu, cuda.")
      ->group(kComputing);
  app::add_text(
      command, "--tier", "TIER", execution.tier,
      fmt::format("Which implementation computes: auto, {}; on cuda auto, {}.",
                  fmt::join(compute::known_tiers(), ", "), fmt::join(compute::known_tiers("cuda"), ", ")))
      ->group(kComputing);
  app::add_whole(
      command, "--threads", execution.threads, 0, kMostThreads,
      fmt::format("Threads on the CPU, up to {}; 0, the default, takes all processors. The result is the "
                  "same for any number.",
                  kMostThreads))
      ->group(kComputing);
}

void add_checkpoint(CLI::App& command, std::string& checkpoint, std::string& model, const std::string& more) {
  app::add_text(command, "--checkpoint", "FILE", checkpoint,
                "The checkpoint, last.safetensors or best.safetensors of a run, or a PyTorch state dict." +
                    (more.empty() ? "" : " " + more))
      ->required();
  app::add_value(
      command, "--model", "ID|FILE",
      [&model](const std::string& id) -> Status {
        model = id;
        return check_model(id);
      },
      "The network of a bare state dict, where several fit: a model file, or one of " + model_list() + ".");
}

CLI::Option* add_data(CLI::App& command, std::string& data) {
  app::add_value(
      command, "--keep-images", "WHERE",
      [](const std::string& where) -> Status {
        if (where != "auto" && where != "memory" && where != "file")
          return Error{.where = "--keep-images",
                       .problem = "is unknown",
                       .expected = "auto, memory or file",
                       .found = where};
        data::keep_images(where == "file"     ? data::ImagePlace::File
                          : where == "memory" ? data::ImagePlace::Memory
                                              : data::ImagePlace::Auto);
        return {};
      },
      "Where training images are kept: memory, or file, where a plain IDX file is read batch by batch; auto, "
      "the "
      "default, leaves those in it that are larger than a quarter of the free memory.");
  return app::add_text(
      command, "--data", "DATA", data,
      "The data set: digits (built in, the default), mnist, or a folder or file: IDX, NPZ, CSV, images.");
}

void add_test_batch_size(CLI::App& command, int& batch_size) {
  app::add_whole(command, "--test-batch-size", batch_size, 1, 100'000,
                 "Images measured at a time, 1 to 100000; 100 unless told otherwise.");
}

Status check_model(const std::string& id) {
  return train::check_model_name(id);
}

Status ask_for_model(train::AskedSettings& asked, const std::string& model) {
  if (model.empty()) return {};
  const auto settings = train::settings_for(model, "");
  if (!settings) return settings.error();
  asked.model = settings->model;
  asked.own = settings->own;
  return {};
}

std::string model_list() {
  std::string list;
  for (const auto& info : train::named_models())
    list += fmt::format("{}{}", list.empty() ? "" : ", ", info.id);
  return list;
}

}  // namespace synann::cli
