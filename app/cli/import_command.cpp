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
  std::string file, out;  // the model is among what is asked for
  train::AskedSettings asked;
};

int import_run(const ImportArguments& a) {
  const auto loaded =
      train::read_checkpoint(a.file, train::OptimiserState::Leave, {.asked = a.asked, .begin = true});
  if (!loaded) return report(loaded.error());
  print_notes(loaded->notes);
  const train::Checkpoint& checkpoint = loaded->checkpoint;
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
  print_line(
      fmt::format("{0}: {1} with {2} tensors for {3} × {4} pixels and {5} classes; \"synann train --resume "
                  "{0}\" trains on",
                  path.string(), loaded->model->id, loaded->model->parameters.all().size(), checkpoint.rows,
                  checkpoint.columns, checkpoint.classes));
  return kOk;
}

}  // namespace

void add_import(CLI::App& app, Action& action) {
  auto a = std::make_shared<ImportArguments>();
  CLI::App* c = app.add_subcommand("import", "Make a checkpoint of a PyTorch state dict (safetensors)");
  app::add_text(*c, "file", "FILE", a->file, "The state dict, with the names of the original network.")
      ->required();
  app::add_text(*c, "--out", "FOLDER", a->out, "For last.safetensors.")->required();
  app::add_value(
      *c, "--model", "ID|FILE", [a](const std::string& id) { return ask_for_model(a->asked, id); },
      "The network it is of, where several fit: a model file, or one of " + model_list() + ".");
  add_settings(*c, a->asked);
  c->callback([a, &action] { action = [a] { return import_run(*a); }; });
}

}  // namespace synann::cli
