// SPDX-License-Identifier: GPL-3.0-or-later
// The layout of the Hugging Face Hub: model.safetensors (the state dict alone), config.json, README.md.
#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/core/version.h"
#include "engine/exports/asked_network.h"
#include "engine/exports/setting_rows.h"
#include "engine/exports/writers.h"
#include "engine/model/model_file.h"
#include "engine/train/event_json.h"
#include "engine/train/own_model.h"
#include "engine/train/tensor_views.h"

namespace synann::exports {

namespace {

using nlohmann::ordered_json;

std::string json_text(const ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

// As Markdown shows it as it is: names and notes of files are not to be taken for markup.
std::string markdown_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
    } else {
      if (std::string_view("\\`*_{}[]()<>#+-.!|&~").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

// How the network did on its test set.
struct Measurement {
  std::string data_name;
  infer::Score score;
};

// The definition with the options that the run's synapse layers have.
Result<ordered_json> config_of(const train::LoadedCheckpoint& loaded) {
  const train::Checkpoint& c = loaded.checkpoint;
  const auto definition = train::definition_of_settings(c.settings);
  if (!definition) return definition.error();
  ordered_json settings = train::to_json(c.settings);
  for (const char* key : {"data", "log_interval", "model_file"}) settings.erase(key);
  return ordered_json{{"library", "synann"},
                      {"version", kVersion},
                      {"model", ordered_json::parse(model::model_file_text(*definition))},
                      {"rows", c.rows},
                      {"columns", c.columns},
                      {"classes", c.classes},
                      {"class_names", c.class_names},
                      {"epoch", c.position.epoch},
                      {"step", c.position.step},
                      {"data_sha256", c.data_sha256},
                      {"settings", std::move(settings)}};
}

// YAML takes JSON, whose texts cannot end early.
std::string card_head(const model::Model& model, const std::optional<Measurement>& measured) {
  std::string head =
      "---\nlibrary_name: synann\npipeline_tag: image-classification\ntags: [synapse, "
      "image-classification]\n";
  if (measured)
    head += fmt::format(
        "model-index:\n- name: {}\n  results:\n  - task: {{type: image-classification}}\n    dataset: "
        "{{name: "
        "{}, type: {}}}\n    metrics: [{{type: accuracy, value: {:.2f}}}, {{type: loss, value: {:.6f}}}]\n",
        json_text(model.title, -1), json_text(measured->data_name, -1), json_text(measured->data_name, -1),
        100 * measured->score.accuracy(), measured->score.loss());
  return head + "---\n";
}

constexpr std::string_view kHowToLoad = R"(## How to load it

With the Python package `synann`, which comes with SynaNN Studio, from the folder that holds this file:

```python
import numpy
import synann.torch

network = synann.torch.from_hub(".")  # or the folder that huggingface_hub.snapshot_download() gave
images = numpy.zeros((1, {rows}, {columns}), numpy.uint8)  # background = 0, ink = 255
log_probs = network(network.scale(images))  # [1, {classes}]
```

The tensors of `model.safetensors` are a PyTorch state dict. SynaNN Studio itself opens them too:
`synann import model.safetensors --model {model} --out RUN`.
)";

std::string card_text(const train::LoadedCheckpoint& loaded, const std::optional<Measurement>& measured) {
  const model::Model& model = *loaded.model;
  std::string text = card_head(model, measured);
  text += fmt::format("# {}\n\n{}\n\n{} trained numbers. Images of {} × {} pixels, {} classes.\n\n",
                      markdown_text(model.title), markdown_text(model.help), model.parameters.trained_count(),
                      model.input.rows, model.input.columns, model.classes);
  if (measured)
    text += fmt::format(
        "**{:.2f} %** of {} test images of {} are told right ({}/{}; mean loss {:.6f} nats).\n\n",
        100 * measured->score.accuracy(), measured->score.count, markdown_text(measured->data_name),
        measured->score.correct, measured->score.count, measured->score.loss());
  else
    text += "It was not measured when this folder was written: its data were not at hand.\n\n";
  std::string how(kHowToLoad);
  const std::pair<std::string_view, std::string> places[] = {
      {"{rows}", fmt::format("{}", model.input.rows)},
      {"{columns}", fmt::format("{}", model.input.columns)},
      {"{classes}", fmt::format("{}", model.classes)},
      {"{model}", loaded.checkpoint.settings.own ? "MODEL.json" : model.id}};
  for (const auto& [place, value] : places)
    for (std::size_t at; (at = how.find(place)) != std::string::npos;) how.replace(at, place.size(), value);
  text += how + "\n## How it was trained\n\n| setting | value |\n| --- | --- |\n";
  for (const auto& [label, value] : setting_rows(loaded.checkpoint.settings))
    text += fmt::format("| {} | {} |\n", markdown_text(label), markdown_text(value));
  return text + fmt::format("\nWritten by SynaNN Studio {}.\n", kVersion);
}

// Nothing where the data are not at hand, which is noted.
Result<std::optional<Measurement>> measure_network(const Request& request, const infer::Work& work,
                                                   std::vector<std::string>& notes) {
  const auto asked = ask_network(request);
  if (!asked) {
    if (!request.data.empty()) return asked.error();
    notes.push_back(fmt::format("the card has no accuracy: {}", asked.error().sentence()));
    return std::optional<Measurement>();
  }
  const auto said = ask_test_set(request, *asked, work);
  if (!said) return said.error();
  return std::optional<Measurement>({asked->data->name, infer::score(*said)});
}

}  // namespace

Result<Written> write_hub(const Request& request, const infer::Work& work) {
  const auto loaded = read_network(request);
  if (!loaded) return loaded.error();
  Written written{{}, loaded->notes};
  const auto config = config_of(*loaded);
  if (!config) return config.error();
  const auto measured = measure_network(request, work, written.notes);
  if (!measured) return measured.error();
  std::error_code code;
  std::filesystem::create_directories(request.out, code);
  if (code) return write_error(request.out, code.value());
  const std::string config_text = json_text(*config, 2) + '\n', card = card_text(*loaded, *measured);
  const io::TensorFile tensors({{"format", "pt"}},
                               train::tensor_views(loaded->checkpoint.state, *loaded->model));
  const auto piece = [](const std::string& text) -> Pieces {
    return {{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}};
  };
  const Pieces config_piece = piece(config_text), card_piece = piece(card);
  const FileToWrite files[] = {{request.out / "model.safetensors", &tensors.pieces()},
                               {request.out / "config.json", &config_piece},
                               {request.out / "README.md", &card_piece}};
  if (const Status status = write_files_atomically(files); !status) return status.error();
  for (const FileToWrite& file : files) written.files.push_back(file.path);
  return written;
}

}  // namespace synann::exports
