// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/command_line/command_line.h"
#include "engine/runs/run_notes.h"

namespace synann::cli {
namespace {

struct NoteArguments {
  std::string run, title, note, tags, removed;
  bool clear = false, archive = false, unarchive = false, json = false;
  bool changes() const {
    return clear || archive || unarchive || !title.empty() || !note.empty() || !tags.empty() ||
           !removed.empty();
  }
};

// "baseline, paper" as its two tags.
std::vector<std::string> tags_in(const std::string& text) {
  std::vector<std::string> tags;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t first = part.find_first_not_of(' ');
    tags.push_back(first == std::string::npos ? ""
                                              : part.substr(first, part.find_last_not_of(' ') + 1 - first));
  }
  return tags;
}

void apply_to(runs::RunNotes& notes, const NoteArguments& a) {
  if (a.clear) notes = {.archived = notes.archived};
  if (!a.title.empty()) notes.title = a.title;
  if (!a.note.empty()) notes.note = a.note;
  for (const std::string& tag : tags_in(a.removed)) std::erase(notes.tags, tag);
  for (std::string& tag : tags_in(a.tags)) notes.tags.push_back(std::move(tag));
  if (a.archive) notes.archived = true;
  if (a.unarchive) notes.archived = false;
}

void print_note(const runs::RunNotes& notes) {
  if (notes.empty()) print_line("Nothing is noted about this run.");
  if (!notes.title.empty()) print_line("Title: " + notes.title);
  if (!notes.tags.empty()) print_line(fmt::format("Tags: {}", fmt::join(notes.tags, ", ")));
  if (notes.archived) print_line("Archived");
  if (!notes.note.empty()) print_line(notes.note);
}

int note_run(const NoteArguments& a) {
  if (a.changes()) {
    const auto changed = runs::change_notes(a.run, [&](runs::RunNotes& notes) { apply_to(notes, a); });
    if (!changed) return report(changed.error());
  }
  const auto notes = runs::read_notes(a.run);
  if (!notes) return report(notes.error());
  if (a.json) {
    print_line(nlohmann::ordered_json{{"run", a.run},
                                      {"title", notes->title},
                                      {"tags", notes->tags},
                                      {"note", notes->note},
                                      {"archived", notes->archived}}
                   .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    print_note(*notes);
  }
  return kOk;
}

}  // namespace

void add_note(CLI::App& app, Action& action) {
  auto a = std::make_shared<NoteArguments>();
  CLI::App* c =
      app.add_subcommand("note", "Say something about a run: a title, tags, a note; also while it trains");
  app::add_text(*c, "run", "RUN", a->run, "The run's folder. Without options its notes are printed.")
      ->required();
  app::add_text(*c, "--title", "TEXT", a->title, "What the run is called.");
  app::add_text(*c, "--note", "TEXT", a->note, "The note, instead of the one before.");
  app::add_text(*c, "--tag", "A,B", a->tags, "Tags to add, with commas between them.");
  app::add_text(*c, "--untag", "A,B", a->removed, "Tags to take away.");
  c->add_flag("--clear", a->clear, "Forget title, note and tags first");
  CLI::Option* archive =
      c->add_flag("--archive", a->archive, "Keep the run, and leave it out of the window's list");
  c->add_flag("--unarchive", a->unarchive, "Show it in the list again")->excludes(archive);
  c->add_flag("--json", a->json, "One JSON object");
  c->callback([a, &action] { action = [a] { return note_run(*a); }; });
}

}  // namespace synann::cli
