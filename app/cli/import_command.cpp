// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <system_error>

#include <CLI/CLI.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/core/folder_lock.h"
#include "engine/train/checkpoint.h"

namespace synann::cli {
namespace {

struct ImportArguments {
  std::string file, out;
  train::AskedSettings asked;
};

int import_run(const ImportArguments& a) {
  auto loaded = train::read_checkpoint(a.file);
  if (!loaded) return report(loaded.error());
  auto& checkpoint = loaded->checkpoint;
  train::apply_settings(checkpoint.settings, a.asked);
  if (auto status = train::validate(checkpoint.settings); !status) return report(status.error());
  const std::filesystem::path folder = a.out, path = folder / train::kLastCheckpoint;
  const auto lock = FolderLock::take(folder);
  if (!lock) return report(lock.error());
  std::error_code code;
  if (std::filesystem::exists(path, code)) {
    return report(input_error(path.string(), "is there already, and an import never replaces a run",
                              "choose another folder"));
  }
  if (auto status = train::write_checkpoint(path, checkpoint, *loaded->model); !status)
    return report(status.error());
  print_line(fmt::format("{}: {} with {} tensors; \"synann train --resume {}\" trains on", path.string(),
                         loaded->model->id, loaded->model->parameters.all().size(), path.string()));
  return kOk;
}

}  // namespace

void add_import(CLI::App& app, Action& action) {
  auto a = std::make_shared<ImportArguments>();
  CLI::App* c = app.add_subcommand("import", "Make a checkpoint of a PyTorch state dict (safetensors)");
  app::add_text(*c, "file", "FILE", a->file, "The state dict, with the names of the original network.")
      ->required();
  app::add_text(*c, "--out", "FOLDER", a->out, "For last.safetensors.")->required();
  add_settings(*c, a->asked);
  c->callback([a, &action] { action = [a] { return import_run(*a); }; });
}

}  // namespace synann::cli
