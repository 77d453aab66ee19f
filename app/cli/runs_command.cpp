// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <memory>
#include <system_error>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/asked_work.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json_number.h"
#include "app/command_line/command_line.h"
#include "engine/core/thread_pool.h"
#include "engine/runs/catalogue.h"
#include "engine/runs/run_index.h"
#include "engine/train/event_json.h"
#include "engine/train/run_folder.h"

namespace synann::cli {
namespace {

using nlohmann::ordered_json;
using runs::RunSummary;

struct RunsArguments {
  std::string folder;
  bool json = false;
  bool no_index = false;
};

ordered_json evaluation_json(const std::optional<train::Evaluation>& e) {
  if (!e) return {};
  return {{"epoch", e->epoch},
          {"accuracy", e->accuracy()},
          {"test_loss", number_or_null(e->test_loss)},
          {"train_loss", number_or_null(e->train_loss)}};
}

ordered_json to_json(const RunSummary& run) {
  ordered_json j{{"run", run.name}, {"folder", run.folder.string()}};
  if (!run.problem.empty()) {
    j["problem"] = run.problem;
    return j;
  }
  j.update({{"title", run.notes.title},
            {"tags", run.notes.tags},
            {"note", run.notes.note},
            {"archived", run.notes.archived},
            {"state", runs::state_word(run.state)},
            {"reason", run.reason},
            {"writer", run.writer},
            {"data_name", run.data_name},
            {"data_sha256", run.data_sha256},
            {"epochs_done", run.epochs},
            {"steps", run.steps},
            {"best", evaluation_json(run.best)},
            {"last", evaluation_json(run.last)},
            {"train_seconds", run.train_seconds},
            {"written", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(run.written))},
            {"parameters", run.parameter_count},
            {"version", run.version},
            {"device", run.device},
            {"tier", run.tier},
            {"isa", run.isa},
            {"threads", run.threads},
            {"parent", run.parent},
            {"bytes", run.bytes},
            {"settings", train::to_json(run.settings)}});
  if (run.fork) {
    j["fork"] = train::to_json(*run.fork);
    j["fork"].erase("event");
    j["fork"]["steps"] = run.fork_steps;
  }
  return j;
}

constexpr std::size_t kColumns = 10, kParentColumn = 8;
using TableLine = std::array<std::string, kColumns>;

// Its folder, what a person calls it, and its tags.
std::string called(const RunSummary& run) {
  std::string text = run.name;
  if (!run.notes.title.empty()) text += fmt::format(" \"{}\"", run.notes.title);
  for (const std::string& tag : run.notes.tags) text += " #" + tag;
  return text;
}

// One line of the table; `differing` are the keys of the last column.
TableLine line_of(const RunSummary& run, const std::vector<std::string>& differing) {
  if (!run.problem.empty()) return {called(run), "", "cannot be read"};
  const auto percent = [](const std::optional<train::Evaluation>& e) {
    return e ? fmt::format("{:.2f}", e->accuracy()) : std::string("–");
  };
  std::string settings;
  for (const std::string& key : differing) {
    if (key == "model" || !train::setting_matters(run.settings, key)) continue;
    settings +=
        fmt::format("{}{}={}", settings.empty() ? "" : " ", key, runs::setting_text(run.settings, key));
  }
  return {called(run),
          run.settings.model,
          runs::state_word(run.state),
          fmt::format("{}/{}", run.epochs, run.settings.epochs),
          percent(run.best),
          percent(run.last),
          run.last ? fmt::format("{:.4f}", run.last->test_loss) : "–",
          clock_text(run.train_seconds),
          run.parent.empty() ? "–" : run.parent,
          settings};
}

// Characters, not bytes: a dash is three of these.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void print_table(const std::vector<RunSummary>& found) {
  const auto differing = runs::differing_settings(found);
  std::vector<TableLine> lines{{"run", "model", "state", "epochs", "best %", "last %", "test loss", "time",
                                "parent", "settings that differ"}};
  for (const RunSummary& run : found) lines.push_back(line_of(run, differing));
  // Where no run left another one there is nothing to say about it.
  const bool parents =
      std::any_of(found.begin(), found.end(), [](const RunSummary& run) { return !run.parent.empty(); });
  std::array<std::size_t, kColumns> widths{};
  for (const TableLine& line : lines)
    for (std::size_t k = 0; k < kColumns; ++k) widths[k] = std::max(widths[k], width_of(line[k]));
  for (const TableLine& line : lines) {
    std::string text;
    for (std::size_t k = 0; k < kColumns; ++k) {
      if (k == kParentColumn && !parents) continue;
      const std::string gap(widths[k] - width_of(line[k]), ' ');
      const bool number = k >= 3 && k < kParentColumn;
      text += (k > 0 ? "  " : "") + (number ? gap + line[k] : line[k] + gap);
    }
    print_line(text.substr(0, text.find_last_not_of(' ') + 1));
  }
}

void say_no_runs(const std::filesystem::path& folder) {
  fmt::print(stderr, "synann: no runs in or below {}.\n", folder.string());
}

int runs_run(const RunsArguments& a) {
  const bool usual = a.folder.empty();
  const std::filesystem::path folder = usual ? train::runs_folder() : std::filesystem::path(a.folder);
  if (std::error_code code; usual && !std::filesystem::exists(folder, code)) {
    say_no_runs(folder);
    return kOk;
  }
  const auto threads = hardware_threads();
  auto catalogue = [&]() -> Result<runs::Catalogue> {
    AskedWork asked([](int done, int count) { return fmt::format("run {} of {}", done, count); });
    const infer::Work work = asked.work();
    runs::RunIndex index(a.no_index ? std::filesystem::path() : runs::RunIndex::usual_file());
    return runs::list_runs(folder, threads, work.progress, work.stop, &index);
  }();
  if (!catalogue) return report(catalogue.error());
  print_notes(catalogue->notes);
  if (a.json) {
    for (const RunSummary& run : catalogue->runs)
      print_line(to_json(run).dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  } else if (catalogue->runs.empty()) {
    say_no_runs(folder);
  } else {
    print_table(catalogue->runs);
  }
  std::vector<std::string> problems;
  for (const RunSummary& run : catalogue->runs)
    if (!run.problem.empty()) problems.push_back(run.problem);
  print_notes(problems);
  return kOk;
}

}  // namespace

void add_runs(CLI::App& app, Action& action) {
  auto a = std::make_shared<RunsArguments>();
  CLI::App* c =
      app.add_subcommand("runs", "List the runs in a folder and below it: how far, how good, what differs");
  app::add_text(*c, "folder", "FOLDER", a->folder,
                "Where to look; unless told otherwise where runs are kept that no folder was named for.");
  c->add_flag("--json", a->json, "One JSON object a run");
  c->add_flag("--no-index", a->no_index,
              "Read every run's history, and leave what was kept of it in the user's cache alone");
  c->callback([a, &action] { action = [a] { return runs_run(*a); }; });
}

}  // namespace synann::cli
