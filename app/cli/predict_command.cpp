// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/asked_work.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json_number.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/data/registry.h"
#include "engine/infer/asker.h"
#include "engine/infer/image_files.h"
#include "engine/infer/normalise.h"

namespace synann::cli {
namespace {

struct PredictArguments {
  std::string checkpoint, model, data, normalise = "mnist";
  std::vector<std::string> images;
  train::Execution execution;
  bool json = false;
};

// The image as the network takes it.
Result<data::Picture> taken(const PredictArguments& a, const std::string& name, infer::ImageFiles& files,
                            const model::Shape& input) {
  auto picture = files.read(name);
  if (!picture) return picture.error();
  if (a.normalise == "mnist") {
    picture = infer::normalise_as_mnist(*picture);
    if (!picture) {
      Error error = picture.error();
      error.where = name;
      error.remedy = "give a picture of a digit, or --normalise none";
      return error;
    }
  }
  if (picture->rows == input.rows && picture->columns == input.columns) return picture;
  return Error{.where = name,
               .problem = a.normalise == "mnist" ? "normalised as MNIST, it does not fit the network"
                                                 : "the image does not fit the network",
               .expected = fmt::format("{} × {} pixels", input.rows, input.columns),
               .found = fmt::format("{} × {}", picture->rows, picture->columns),
               .remedy = a.normalise == "mnist" ? "take its pixels as they are with --normalise none"
                                                : "--normalise mnist makes an image of 28 × 28 pixels"};
}

// All images as a set; their classes are not known.
Result<data::Dataset> load(const PredictArguments& a, const model::Model& model) {
  data::Dataset set{.rows = model.input.rows,
                    .columns = model.input.columns,
                    .classes = model.classes,
                    .pixels = {},
                    .labels = {}};
  infer::ImageFiles files;
  for (const std::string& name : a.images) {
    const auto picture = taken(a, name, files, model.input);
    if (!picture) return picture.error();
    set.pixels.insert(set.pixels.end(), picture->pixels.begin(), picture->pixels.end());
    set.labels.push_back(0);
  }
  return set;
}

std::string label_of(const std::vector<std::string>& names, int label) {
  const auto k = static_cast<std::size_t>(label);
  return k < names.size() ? names[k] : fmt::format("{}", label);
}

std::string line_of(const PredictArguments& a, const infer::Predictions& said, int k,
                    const std::vector<std::string>& names) {
  const std::string &file = a.images[static_cast<std::size_t>(k)], label = label_of(names, said.said(k));
  if (!a.json) return fmt::format("{}: {} ({:.2f} %)", file, label, 100 * said.confidence(k));
  nlohmann::ordered_json probabilities = nlohmann::ordered_json::array();
  for (const float log_p : said.row(k))
    probabilities.push_back(number_or_null(std::exp(static_cast<double>(log_p))));
  const nlohmann::ordered_json line{{"file", file},
                                    {"class", said.said(k)},
                                    {"label", label},
                                    {"probability", number_or_null(said.confidence(k))},
                                    {"probabilities", probabilities}};
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Those of the data that were named, else those that the checkpoint knows.
Result<std::vector<std::string>> class_names(const PredictArguments& a, const infer::OpenedNetwork& opened) {
  if (a.data.empty()) return opened.class_names;
  const auto data = data::open_dataset(a.data);
  if (!data) return data.error();
  print_notes((*data)->notes);
  return (*data)->class_names;
}

int predict_run(const PredictArguments& a) {
  train::AskedSettings network;
  if (auto status = ask_for_model(network, a.model); !status) return report(status.error());
  const auto opened = infer::open_network(a.checkpoint, {.asked = network});
  if (!opened) return report(opened.error());
  print_notes(opened->notes);
  const auto names = class_names(a, *opened);
  if (!names) return report(names.error());
  const auto set = load(a, *opened->network.model);
  if (!set) return report(set.error());
  infer::Asker asker({.backend = {a.execution.device, a.execution.tier, a.execution.threads}});
  Result<infer::Predictions> said = infer::interrupted();
  {
    AskedWork asked([](int done, int count) { return fmt::format("{} of {} images", done, count); });
    said = asker.predict(opened->network, *set, {}, asked.work());
  }
  if (!said) {
    Error error = said.error();
    if (error.kind == ErrorKind::Cancelled) error.where = a.checkpoint;
    return report(error);
  }
  for (int k = 0; k < said->count(); ++k) print_line(line_of(a, *said, k, *names));
  return kOk;
}

}  // namespace

void add_predict(CLI::App& app, Action& action) {
  auto a = std::make_shared<PredictArguments>();
  CLI::App* c = app.add_subcommand("predict", "Ask a network which digits images show");
  add_checkpoint(*c, a->checkpoint, a->model);
  app::add_word(*c, "--normalise", a->normalise, {"mnist", "none"},
                "mnist (the default): dark ink on a light ground inverted, its longest side scaled to 20 "
                "pixels, its centre of mass shifted to (14, 14) of 28 × 28; none: the pixels as they are.");
  app::add_text(*c, "--data", "DATA", a->data,
                "The data set whose names of classes are told; those of the checkpoint's own unless named.");
  c->add_option("images", a->images,
                "PNG or JPEG files of one digit each, or FILE#INDEX: an image of an IDX file, from 0.")
      ->type_name("IMAGE")
      ->required();
  add_execution(*c, a->execution);
  c->add_flag("--json", a->json, "One JSON object a line");
  c->callback([a, &action] { action = [a] { return predict_run(*a); }; });
}

}  // namespace synann::cli
