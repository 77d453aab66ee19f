// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/command_line/command_line.h"
#include "engine/bench/model_summary.h"
#include "engine/core/file.h"
#include "engine/data/registry.h"
#include "engine/model/layer_words.h"
#include "engine/model/model_file.h"
#include "engine/model/twins.h"
#include "engine/train/checkpoint.h"
#include "engine/train/own_model.h"

namespace synann::cli {
namespace {

using nlohmann::ordered_json;

struct ModelArguments {
  std::string model;  // an id, or a checkpoint's file
  std::string data;   // whose images it is resolved for
  int rows = 28, columns = 28, classes = 10;
  bool json = false;
};

struct WriteArguments {
  std::string model, twin, out;
};

int list_run(const ModelArguments& a) {
  for (const model::ModelInfo& info : train::named_models()) {
    if (a.json) {
      print_line(ordered_json{{"id", info.id}, {"title", info.title}, {"help", info.help}}.dump());
    } else {
      print_line(fmt::format("{:<15}{}", info.id, info.help));
    }
  }
  return kOk;
}

// Whether a name is that of a file other than a model file: those begin with a brace.
bool is_checkpoint(const std::string& name) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(name, code)) return false;
  std::ifstream file(name);
  char first = 0;
  file >> std::ws >> first;
  return first != '{' && !name.ends_with(".json");
}

Result<train::Settings> settings_of_model(const std::string& name) {
  auto settings = train::settings_for(name, "digits");
  if (settings || settings.error().where != "--model") return settings;
  Error error = settings.error();
  error.where = "MODEL";
  error.problem = "is neither a known model nor a file";
  return error;
}

Result<model::Model> model_of(const ModelArguments& a) {
  if (is_checkpoint(a.model)) {
    auto loaded = train::read_checkpoint(a.model);
    if (!loaded) return loaded.error();
    return *loaded->model;
  }
  int rows = a.rows, columns = a.columns, classes = a.classes;
  if (!a.data.empty()) {
    const auto data = data::open_dataset(a.data);
    if (!data) return data.error();
    rows = (*data)->train.rows;
    columns = (*data)->train.columns;
    classes = (*data)->train.classes;
  }
  const auto settings = settings_of_model(a.model);
  if (!settings) return settings.error();
  return train::build_model(*settings, rows, columns, classes);
}

// What is written: the model, a rival of it, or the network of a checkpoint, with what it is trained with.
Result<model::Definition> definition_to_write(const WriteArguments& a) {
  Result<model::Definition> definition = model::Definition{};
  if (is_checkpoint(a.model)) {
    const auto loaded = train::read_checkpoint(a.model);
    if (!loaded) return loaded.error();
    definition = train::definition_of_settings(loaded->checkpoint.settings);
  } else {
    const auto settings = settings_of_model(a.model);
    if (!settings) return settings.error();
    definition = train::definition_of_settings(*settings);
  }
  if (!definition || a.twin.empty()) return definition;
  for (const model::RivalInfo& info : model::rival_infos())
    if (info.id == a.twin) return model::rival_of(*definition, info.rival);
  return definition;
}

// To a file that is not there yet, or to standard output.
int write_run(const WriteArguments& a) {
  const auto definition = definition_to_write(a);
  if (!definition) return report(definition.error());
  const std::string text = model::model_file_text(*definition);
  if (a.out.empty()) {
    print_line(text.substr(0, text.size() - 1));
    return kOk;
  }
  std::error_code code;
  if (std::filesystem::exists(a.out, code))
    return report(input_error(a.out, "is there already", "name another file, or move that one away"));
  if (auto status =
          write_file_atomically(a.out, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
      !status)
    return report(status.error());
  print_line(fmt::format("{0}: {1}; \"synann train --model {0}\" trains it", a.out, definition->title));
  return kOk;
}

const char* role_word(Role role) {
  switch (role) {
    case Role::Trained:
      return "trained";
    case Role::Buffer:
      return "buffer";
    case Role::Unused:
      return "unused";
  }
  return "";
}

ordered_json shape_json(const model::Shape& shape) {
  return {shape.channels, shape.rows, shape.columns};
}

void print_json(const model::Model& m, const bench::ModelSummary& summary) {
  ordered_json layers = ordered_json::array();
  for (const bench::LayerSummary& l : summary.layers) {
    ordered_json parameters = ordered_json::array();
    for (const Parameter& p : l.parameters)
      parameters.push_back({{"name", p.name}, {"shape", p.shape}, {"role", role_word(p.role)}});
    ordered_json layer{{"number", l.number},
                       {"kind", l.kind},
                       {"name", l.name},
                       {"title", l.title},
                       {"formula", l.formula},
                       {"input", shape_json(l.in)},
                       {"output", shape_json(l.out)},
                       {"parameters", parameters},
                       {"trained", l.trained},
                       {"forward_operations", l.flops.forward},
                       {"step_operations", l.flops.step()},
                       {"share", l.share}};
    if (!l.twins.empty()) layer["twins"] = l.twins;
    layers.push_back(std::move(layer));
  }
  print_line(ordered_json{
      {"id", m.id},
      {"title", m.title},
      {"help", m.help},
      {"input", shape_json(m.input)},
      {"classes", m.classes},
      {"trained", summary.trained},
      {"forward_operations", summary.flops.forward},
      {"step_operations", summary.flops.step()},
      {"useful_step_operations", bench::useful_step_flops(m)},
      {"layers",
       layers}}.dump());
}

// "0.32 M", "1,234 k": three digits are enough for a table.
std::string count_text(double count) {
  if (count >= 1e6) return fmt::format("{:.2f} M", count / 1e6);
  if (count >= 1e3) return fmt::format("{:.1f} k", count / 1e3);
  return fmt::format("{:.0f}", count);
}

void print_layers(const bench::ModelSummary& summary) {
  print_line(fmt::format("{:>3}  {:<8}{:<36}{:<14}{:>9}{:>12}{:>7}", "", "name", "layer", "output", "trained",
                         "operations", "share"));
  for (const bench::LayerSummary& l : summary.layers)
    print_line(fmt::format("{:>3}  {:<8}{:<36}{:<14}{:>9}{:>12}{:>5.1f} %", l.number, l.name, l.title,
                           model::shape_text(l.out), l.trained, count_text(l.flops.step()), 100 * l.share));
  print_line("");
  for (const bench::LayerSummary& l : summary.layers) {
    print_line(fmt::format("{:>3}  {}", l.number, l.formula));
    for (const Parameter& p : l.parameters)
      print_line(fmt::format("     {:<24}[{}]{}", p.name, fmt::join(p.shape, ", "),
                             p.role == Role::Trained ? "" : fmt::format(" {}", role_word(p.role))));
    if (!l.twins.empty()) print_line(fmt::format("     twins: {}", l.twins));
  }
}

int show_run(const ModelArguments& a) {
  const auto m = model_of(a);
  if (!m) return report(m.error());
  const bench::ModelSummary summary = bench::summarise(*m);
  if (a.json) {
    print_json(*m, summary);
    return kOk;
  }
  print_line(fmt::format("{} ({}): {}", m->title, m->id, m->help));
  const double useful = bench::useful_step_flops(*m);
  const std::string of_zeros = useful < summary.flops.step()
                                   ? fmt::format(", {} of them useful (not with zeros)", count_text(useful))
                                   : "";
  print_line(fmt::format(
      "Input {}, {} classes, {} trained parameters; a training step takes {} operations a sample{}\n",
      model::shape_text(m->input), m->classes, summary.trained, count_text(summary.flops.step()), of_zeros));
  print_layers(summary);
  return kOk;
}

void add_show(CLI::App& app, Action& action) {
  constexpr int kMostPixels = 4096, kMostClasses = 65536;
  auto a = std::make_shared<ModelArguments>();
  CLI::App* c = app.add_subcommand("show", "One model: its layers, shapes, parameters and operations");
  app::add_text(*c, "model", "MODEL", a->model,
                "An id of \"synann model list\", a model file, either with a rival behind a colon (synann "
                "model write --help), or "
                "a checkpoint's file.")
      ->required();
  CLI::Option* const data =
      app::add_text(*c, "--data", "DATA", a->data, "For the images of this data set, as train takes it.");
  const auto size = [&](const char* name, int& out, int most, const char* help) {
    app::add_whole(*c, name, out, 1, most, help)->excludes(data);
  };
  size("--rows", a->rows, kMostPixels, "Rows of an image; 28 unless told otherwise.");
  size("--columns", a->columns, kMostPixels, "Columns of an image; 28 unless told otherwise.");
  size("--classes", a->classes, kMostClasses, "Classes; 10 unless told otherwise.");
  c->add_flag("--json", a->json, "One JSON object");
  c->callback([a, &action] { action = [a] { return show_run(*a); }; });
}

void add_write(CLI::App& app, Action& action) {
  auto a = std::make_shared<WriteArguments>();
  CLI::App* c = app.add_subcommand(
      "write", "A model as a model file: to read, to change, and to train with --model FILE");
  app::add_text(*c, "model", "MODEL", a->model,
                "An id of \"synann model list\", a model file, or a checkpoint's file.")
      ->required();
  std::vector<std::string> twins;
  std::string words;
  for (const model::RivalInfo& info : model::rival_infos()) {
    twins.emplace_back(info.id);
    words += fmt::format("{}{} ({})", words.empty() ? "" : ", ", info.id, info.words);
  }
  app::add_word(*c, "--twin", a->twin, twins,
                fmt::format("Its rival, with something else in the place of its synapse layers: {}.", words));
  app::add_text(*c, "--out", "FILE", a->out, "Where to; standard output unless named. Nothing is replaced.");
  c->callback([a, &action] { action = [a] { return write_run(*a); }; });
}

}  // namespace

void add_model(CLI::App& app, Action& action) {
  CLI::App* c = app.add_subcommand("model", "The networks: which there are, and what one is made of");
  c->require_subcommand(1);
  auto a = std::make_shared<ModelArguments>();
  CLI::App* list = c->add_subcommand("list", "The models that train takes, one a line");
  list->add_flag("--json", a->json, "JSON lines");
  list->callback([a, &action] { action = [a] { return list_run(*a); }; });
  add_show(*c, action);
  add_write(*c, action);
}

}  // namespace synann::cli
