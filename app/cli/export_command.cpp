// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/asked_work.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/core/text_value.h"
#include "engine/exports/format.h"

namespace synann::cli {
namespace {

struct ExportArguments {
  std::string format, content, checkpoint, model;
  std::vector<std::string> runs;
  exports::Request request;
};

// The format that was named, else the one that the file's name ends with.
Result<const exports::Format*> format_of(const ExportArguments& a) {
  if (!a.format.empty()) return exports::find_format(a.format);
  const std::string extension = a.request.out.extension().string();
  for (const exports::Format& format : exports::formats())
    if (!format.extension.empty() && extension == fmt::format(".{}", format.extension)) return &format;
  return input_error("--out", fmt::format("no format has files named *{}", extension),
                     "name one by --format");
}

// What was named, else what the format has first of this source.
exports::Content content_of(const ExportArguments& a, const exports::Format& format) {
  for (const exports::ContentInfo& info : exports::content_infos())
    if (info.id == a.content) return info.content;
  const auto contents = a.checkpoint.empty() ? format.of_runs : format.of_checkpoint;
  return contents.empty() ? exports::Content::Network : contents.front();
}

int export_run(ExportArguments& a) {
  const auto format = format_of(a);
  if (!format) return report(format.error());
  a.request.content = content_of(a, **format);
  a.request.checkpoint = a.checkpoint;
  for (const std::string& run : a.runs) a.request.runs.emplace_back(run);
  if (const Status status = ask_for_model(a.request.reading.asked, a.model); !status)
    return report(status.error());
  const auto written = [&] {
    AskedWork asked([](int done, int count) { return fmt::format("{} of {}", done, count); });
    return exports::write(**format, a.request, asked.work());
  }();
  if (!written) return report(written.error());
  print_notes(written->notes);
  for (const auto& file : written->files) print_line(file.string());
  return kOk;
}

std::string format_help() {
  std::string text = "How it is written; the ending of --out unless told otherwise.";
  for (const exports::Format& format : exports::formats())
    text += fmt::format(" {}: {}", format.id, format.help);
  return text;
}

std::string content_help() {
  std::string text = "What is written; the first that the format has of it unless told otherwise.";
  for (const exports::ContentInfo& info : exports::content_infos())
    text += fmt::format(" {}: {}.", info.id, info.help);
  return text;
}

template <class Rows>
std::vector<std::string> ids(const Rows& rows) {
  std::vector<std::string> words;
  for (const auto& row : rows) words.emplace_back(row.id);
  return words;
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  auto a = std::make_shared<ExportArguments>();
  CLI::App* c = app.add_subcommand("export", "Hand a network, runs or a circuit to other programs");
  app::add_word(*c, "--format", a->format, ids(exports::formats()), format_help());
  app::add_value(
      *c, "--out", "PATH",
      [a](const std::string& text) -> Status {
        a->request.out = text;
        return {};
      },
      "The file to write, or the folder to fill.")
      ->required();
  CLI::Option* checkpoint =
      app::add_text(*c, "--checkpoint", "FILE", a->checkpoint, "A checkpoint, or a PyTorch state dict.");
  app::add_text(*c, "--model", "MODEL", a->model, "The network of a state dict: an id or a model file.")
      ->needs(checkpoint);
  CLI::Option* history = app::add_value(
      *c, "--history", "RUN,RUN",
      [a](const std::string& text) -> Status {
        std::error_code ignored;
        a->runs = std::filesystem::exists(text, ignored) ? std::vector{text} : split_list(text);
        return {};
      },
      "Folders of runs, with commas between them.");
  CLI::Option* circuit = app::add_text(*c, "--circuit", "CIRCUIT", a->request.circuit,
                                       "A circuit file, or the name of an example.");
  app::add_whole(*c, "--steps", a->request.steps, 1, 10'000, "Steps that a circuit is unrolled to.")
      ->needs(circuit);
  app::add_word(*c, "--content", a->content, ids(exports::content_infos()), content_help())
      ->excludes(circuit);
  app::add_text(*c, "--data", "DATA", a->request.data,
                "What the network is asked about, where the format needs it: digits, mnist, or a folder or "
                "file; the run's own unless told otherwise.");
  add_execution(*c, a->request.execution);
  const std::vector sources{checkpoint, history, circuit};
  for (CLI::Option* one : sources)
    for (CLI::Option* other : sources)
      if (one != other) one->excludes(other);
  c->callback([a, sources, &action] {
    if (std::ranges::none_of(sources, [](const CLI::Option* source) { return source->count() > 0; }))
      throw CLI::RequiredError("--checkpoint, --history or --circuit");
    action = [a] { return export_run(*a); };
  });
}

}  // namespace synann::cli
