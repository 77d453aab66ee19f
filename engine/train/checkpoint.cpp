// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/io/base64.h"
#include "engine/io/safetensors.h"
#include "engine/train/event_json.h"

namespace synann::train {
namespace {

std::span<const std::uint8_t> as_bytes(std::span<const float> values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

// A reader of one text value of the metadata; keeps the first complaint.
class Metadata {
 public:
  Metadata(const std::map<std::string, std::string>& values, std::string file)
      : values_(values), file_(std::move(file)) {}

  std::string text(const char* key) {
    const auto it = values_.find(key);
    if (it != values_.end()) return it->second;
    fail(key, "a value", "none");
    return {};
  }
  template <class T>
  T number(const char* key, T least) {
    const std::string value = text(key);
    if (error) return least;
    T result{};
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (code != std::errc{} || end != value.data() + value.size() || !(result >= least)) {
      fail(key, fmt::format("a number of at least {}", least), fmt::format("\"{}\"", value.substr(0, 40)));
    }
    return result;
  }
  void fail(const std::string& key, std::string expected, std::string found) {
    if (!error)
      error = Error{.where = file_,
                    .problem = fmt::format("the checkpoint's {}", key),
                    .expected = std::move(expected),
                    .found = std::move(found)};
  }
  std::optional<Error> error;

 private:
  const std::map<std::string, std::string>& values_;
  std::string file_;
};

// One optimiser block in base64; `values` has its size.
Status read_block(Metadata& metadata, const char* key, std::vector<float>& values) {
  const std::string text = metadata.text(key);
  if (metadata.error) return *metadata.error;
  const auto bytes = io::from_base64(text);
  if (!bytes || bytes->size() != values.size() * sizeof(float)) {
    metadata.fail(key, fmt::format("{} numbers in base64", values.size()),
                  bytes ? fmt::format("{} bytes", bytes->size()) : "no base64");
    return *metadata.error;
  }
  std::memcpy(values.data(), bytes->data(), bytes->size());
  if (std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) return {};
  metadata.fail(key, "finite numbers", "NaN or infinity");
  return *metadata.error;
}

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (std::size_t k = 0; k < shape.size(); ++k) text += fmt::format("{}{}", k ? ", " : "", shape[k]);
  return text + "]";
}

// PyTorch writes scalars as []; some writers as [1].
bool same_shape(const Parameter& p, const io::Tensor& t) {
  return p.shape == t.shape || (p.shape.empty() && t.shape == std::vector<std::int64_t>{1});
}

bool names_match(const io::SafeTensors& content, const model::Model& model) {
  return std::all_of(content.tensors.begin(), content.tensors.end(), [&](const io::Tensor& t) {
    const Parameter* p = model.parameters.find(t.name);
    return p != nullptr && same_shape(*p, t);
  });
}

Status read_tensors(const io::SafeTensors& content, const model::Model& model, const std::string& file,
                    model::State& state) {
  for (const io::Tensor& t : content.tensors) {
    if (!model.parameters.find(t.name)) {
      return Error{.where = file,
                   .problem = fmt::format("holds a tensor \"{}\" that {} does not have", t.name, model.id)};
    }
  }
  for (const Parameter& p : model.parameters.all()) {
    const io::Tensor* t = content.find(p.name);
    if (!t)
      return Error{.where = file, .problem = fmt::format("tensor \"{}\" of {} is missing", p.name, model.id)};
    const auto type = p.type == ElementType::F32 ? io::TensorType::F32 : io::TensorType::I64;
    if (!same_shape(p, *t) || t->type != type) {
      return Error{
          .where = file,
          .problem = fmt::format("tensor \"{}\" does not fit {}", p.name, model.id),
          .expected = fmt::format("{} {}", p.type == ElementType::F32 ? "F32" : "I64", shape_text(p.shape)),
          .found = shape_text(t->shape)};
    }
    if (p.type == ElementType::I64) {
      state.counters[p.offset] = t->to_int64().front();
      continue;
    }
    const auto values = t->to_float();
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (!std::isfinite(values[k])) {
        return Error{.where = file,
                     .problem = fmt::format("tensor \"{}\" holds a number that is not finite at element {}",
                                            p.name, k),
                     .remedy = "go back to an earlier checkpoint"};
      }
      state.values[p.offset + k] = values[k];
    }
  }
  return {};
}

}  // namespace

std::vector<std::uint8_t> format_checkpoint(const Checkpoint& c, const model::Model& model) {
  io::SafeTensors content;
  for (const Parameter& p : model.parameters.all()) {
    if (p.type == ElementType::I64) {
      content.tensors.push_back(
          io::make_tensor(p.name, p.shape, std::span(c.state.counters).subspan(p.offset, p.size())));
    } else {
      content.tensors.push_back(
          io::make_tensor(p.name, p.shape, std::span(c.state.values).subspan(p.offset, p.size())));
    }
  }
  auto settings = to_json(c.settings);
  settings.erase("data");
  content.metadata = {
      {"format", kCheckpointFormat},
      {"model", model.id},
      {"settings", settings.dump()},
      {"data_sha256", c.data_sha256},
      {"rows", fmt::format("{}", c.rows)},
      {"columns", fmt::format("{}", c.columns)},
      {"classes", fmt::format("{}", c.classes)},
      {"seed", fmt::format("{}", c.settings.seed)},
      {"epoch", fmt::format("{}", c.position.epoch)},
      {"step", fmt::format("{}", c.position.step)},
      {"epoch_loss_sum", fmt::format("{}", c.epoch_loss_sum)},
      {"best_epoch", fmt::format("{}", c.best.epoch)},
      {"best_correct", fmt::format("{}", c.best.correct)},
      {"best_loss", fmt::format("{}", c.best.loss)},
      {"plateau_factor", fmt::format("{}", c.plateau.factor)},
      {"plateau_best_loss", fmt::format("{}", c.plateau.best_loss)},
      {"plateau_bad_epochs", fmt::format("{}", c.plateau.bad_epochs)},
      {"plateau_epochs_seen", fmt::format("{}", c.plateau.epochs_seen)},
      {"momentum", io::to_base64(as_bytes(c.state.momenta))},
  };
  if (!c.state.squares.empty()) content.metadata["adam_squares"] = io::to_base64(as_bytes(c.state.squares));
  return io::format_safetensors(content);
}

namespace {

// The model a bare state dict belongs to: the one with exactly its tensors, on 28 × 28 pixels.
Result<LoadedCheckpoint> import_state_dict(const io::SafeTensors& content, const std::string& file) {
  const io::Tensor* head = content.find("fc2.bias");
  const int classes = head ? static_cast<int>(std::min<std::size_t>(head->element_count(), 4096)) : 0;
  for (const model::ModelInfo& info : model::known_models()) {
    auto model = model::build(info.id, 28, 28, std::max(1, classes));
    if (!model || content.tensors.size() != model->parameters.all().size()) continue;
    LoadedCheckpoint loaded;
    loaded.checkpoint.settings = recommended_settings(info.id, "");
    loaded.checkpoint.classes = classes;
    loaded.checkpoint.state = model::initialise(*model, 0);
    if (!names_match(content, *model)) continue;
    if (auto status = read_tensors(content, *model, file, loaded.checkpoint.state); !status)
      return status.error();
    loaded.model = std::make_shared<const model::Model>(std::move(*model));
    return loaded;
  }
  return Error{
      .where = file,
      .problem = "is neither a checkpoint of this program nor the state dict of one of its models",
      .expected = fmt::format("metadata format {}, or the tensors of a known model", kCheckpointFormat)};
}

Result<Settings> read_settings(Metadata& metadata, const std::string& file) {
  const auto value = nlohmann::json::parse(metadata.text("settings"), nullptr, false);
  auto settings = settings_from_json(value, fmt::format("{}: settings", file));
  if (!settings) return settings;
  if (auto status = validate(*settings); !status) {
    Error error = status.error();
    error.where = fmt::format("{}: settings {}", file, error.where);
    return error;
  }
  return settings;
}

}  // namespace

Result<LoadedCheckpoint> parse_checkpoint(std::span<const std::uint8_t> bytes, const std::string& file) {
  const auto content = io::parse_safetensors(bytes, file);
  if (!content) return content.error();
  if (!content->metadata.contains("settings")) return import_state_dict(*content, file);
  Metadata metadata(content->metadata, file);
  if (const auto format = metadata.text("format"); metadata.error || format != kCheckpointFormat) {
    return Error{.where = file,
                 .problem = "is not a checkpoint of this program",
                 .expected = fmt::format("format {}", kCheckpointFormat),
                 .found = metadata.error ? "no format" : fmt::format("\"{}\"", format.substr(0, 40))};
  }
  LoadedCheckpoint loaded;
  Checkpoint& c = loaded.checkpoint;
  auto settings = read_settings(metadata, file);
  if (!settings) return settings.error();
  c.settings = std::move(*settings);
  c.data_sha256 = metadata.text("data_sha256");
  c.rows = metadata.number("rows", 1);
  c.columns = metadata.number("columns", 1);
  c.classes = metadata.number("classes", 1);
  c.position = {metadata.number("epoch", 1), metadata.number("step", 0)};
  c.best = {metadata.number("best_epoch", 0), metadata.number("best_correct", 0),
            metadata.number("best_loss", 0.0)};
  c.plateau = {metadata.number("plateau_factor", 0.0), metadata.number("plateau_best_loss", 0.0),
               metadata.number("plateau_bad_epochs", 0), metadata.number("plateau_epochs_seen", 0)};
  c.epoch_loss_sum = metadata.number("epoch_loss_sum", 0.0);
  if (metadata.error) return *metadata.error;
  if (c.rows > 4096 || c.columns > 4096 || c.classes > 4096) {
    return input_error(file, "the checkpoint's image size or number of classes is implausible");
  }
  auto model =
      model::build(metadata.text("model"), c.rows, c.columns, c.classes, synapse_options(c.settings));
  if (!model) {
    Error error = model.error();
    error.where = file;
    return error;
  }
  loaded.model = std::make_shared<const model::Model>(std::move(*model));
  c.state = model::initialise(*loaded.model, 0);
  if (auto status = read_tensors(*content, *loaded.model, file, c.state); !status) return status.error();
  if (auto status = read_block(metadata, "momentum", c.state.momenta); !status) return status.error();
  if (content->metadata.contains("adam_squares")) {
    c.state.squares.resize(c.state.momenta.size());
    if (auto status = read_block(metadata, "adam_squares", c.state.squares); !status) return status.error();
  }
  return loaded;
}

Result<LoadedCheckpoint> read_checkpoint(const std::filesystem::path& path) {
  const auto bytes = read_file(path, io::kLargestTensorFile);
  if (!bytes) return bytes.error();
  return parse_checkpoint(*bytes, path.string());
}

Status write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint,
                        const model::Model& model) {
  return write_file_atomically(path, format_checkpoint(checkpoint, model));
}

}  // namespace synann::train
