// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/core/sha256.h"
#include "engine/core/version.h"
#include "engine/io/base64.h"
#include "engine/io/safetensors.h"
#include "engine/train/checkpoint_metadata.h"
#include "engine/train/event_json.h"
#include "engine/train/optimiser_file.h"
#include "engine/train/own_model.h"
#include "engine/train/tensor_views.h"

namespace synann::train {
namespace {

namespace fs = std::filesystem;

// One optimiser block in base64, as the first format keeps it; `values` has its size.
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

}  // namespace

namespace {

std::map<std::string, std::string> metadata_of(const Checkpoint& c, const model::Model& model,
                                               const std::string& optimiser_file) {
  auto settings = to_json(c.settings);
  settings.erase("data");
  settings.erase("log_interval");  // no matter of the result
  std::map<std::string, std::string> metadata = {
      {"format", "pt"},  // what Hugging Face's loaders ask for: the tensors are PyTorch's
      {"synann.format", kCheckpointFormat},
      {"synann.optimizer", optimiser_file.empty() ? kNoOptimiser : optimiser_file},
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
  };
  if (!c.class_names.empty())
    metadata["class_names"] =
        nlohmann::json(c.class_names).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (c.optimiser_begun > 0) metadata["optimizer_begun"] = fmt::format("{}", c.optimiser_begun);
  return metadata;
}

// The files of one moment; the numbers stay the checkpoint's.
struct Formatted {
  Formatted(const Checkpoint& c, const model::Model& model)
      : optimiser(format_optimiser(c.state, model)),
        optimiser_name(optimiser ? optimiser_file_name(*optimiser) : std::string()),
        tensors(metadata_of(c, model, optimiser_name), tensor_views(c.state, model)) {}
  std::unique_ptr<io::TensorFile> optimiser;  // null: there is none
  std::string optimiser_name;
  io::TensorFile tensors;
};

// The optimiser's file where it is not there yet, then the others; the last of them counts as the checkpoint.
Status write_formatted(const fs::path& folder, const Formatted& f, std::span<const fs::path> checkpoints) {
  std::vector<FileToWrite> files;
  std::error_code code;
  const fs::path optimiser = folder / f.optimiser_name;
  if (f.optimiser && !(fs::file_size(optimiser, code) == f.optimiser->size() && !code))
    files.push_back({optimiser, &f.optimiser->pieces()});
  for (const fs::path& path : checkpoints) files.push_back({path, &f.tensors.pieces()});
  return write_files_atomically(files);
}

}  // namespace

namespace {

// A bare state dict begins a run.
Result<LoadedCheckpoint> read_state_dict(io::SafeTensors& content, const std::string& file,
                                         const Reading& reading) {
  LoadedCheckpoint loaded;
  loaded.bare = true;
  if (auto status = strip_prefixes(content, file, loaded.notes); !status) return status.error();
  auto fit = fit_state_dict(content, reading, file, loaded.notes);
  if (!fit) return fit.error();
  Checkpoint& c = loaded.checkpoint;
  c.settings = std::move(fit->settings);
  c.rows = fit->sizes.rows;
  c.columns = fit->sizes.columns;
  c.classes = fit->sizes.classes;
  c.state = model::initialise(fit->model, 0);
  if (auto status = read_tensors(content, fit->model, file, c.state, loaded.notes); !status)
    return status.error();
  loaded.model = std::make_shared<const model::Model>(std::move(fit->model));
  return loaded;
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

namespace {

constexpr const char* kFirstFormat = "synann-checkpoint-1";

// Which format the metadata name; empty for a bare state dict. One that this program does not know is an
// error that says which version wrote it, where the file tells.
Result<std::string> format_of(const std::map<std::string, std::string>& metadata, const std::string& file) {
  const auto text = [&](const char* key) {
    const auto it = metadata.find(key);
    return it == metadata.end() ? std::string() : it->second;
  };
  const std::string format = metadata.contains("synann.format") ? text("synann.format") : text("format");
  const bool ours = metadata.contains("synann.format") || metadata.contains("settings");
  if (!ours) return std::string();
  if (format == kCheckpointFormat || format == kFirstFormat) return format;
  Error error{.where = file,
              .problem = "is not a checkpoint that this version of the program reads",
              .expected = fmt::format("synann.format {}", kCheckpointFormat),
              .found = format.empty() ? "no format" : fmt::format("\"{}\"", format.substr(0, 40))};
  if (const std::string needs = text("synann.needs"); !needs.empty())
    error.remedy =
        fmt::format("open it with version {} or newer (this is {})", needs.substr(0, 20), kVersion);
  return error;
}

// The momenta that checkpoints of the first format hold in their metadata.
Status read_first_format(Metadata& metadata, const io::SafeTensors& content, model::State& state) {
  if (auto status = read_block(metadata, "momentum", state.momenta); !status) return status;
  if (!content.metadata.contains("adam_squares")) return {};
  state.squares.resize(state.momenta.size());
  return read_block(metadata, "adam_squares", state.squares);
}

// A JSON list of names, as many as there are classes.
Status read_class_names(Metadata& metadata, Checkpoint& c) {
  if (!metadata.has("class_names")) return {};
  const auto value = nlohmann::json::parse(metadata.text("class_names"), nullptr, false);
  const bool fits =
      value.is_array() && value.size() == static_cast<std::size_t>(c.classes) &&
      std::all_of(value.begin(), value.end(), [](const auto& name) { return name.is_string(); });
  if (!fits) {
    metadata.fail("class_names", fmt::format("a list of {} names", c.classes),
                  value.is_array() ? fmt::format("{} entries", value.size()) : "no list");
    return *metadata.error;
  }
  c.class_names = value.get<std::vector<std::string>>();
  return {};
}

Status read_facts(Metadata& metadata, const std::string& file, Checkpoint& c) {
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
  if (metadata.has("optimizer_begun"))
    c.optimiser_begun = metadata.number("optimizer_begun", std::int64_t{0});
  if (metadata.error) return *metadata.error;
  if (c.rows > 4096 || c.columns > 4096 || c.classes > 4096)
    return input_error(file, "the checkpoint's image size or number of classes is implausible");
  return read_class_names(metadata, c);
}

// What `synann.optimizer` names: nothing else than a file of ours beside the checkpoint.
Status read_optimiser_name(Metadata& metadata, std::string& name) {
  name = metadata.text("synann.optimizer");
  if (metadata.error) return *metadata.error;
  if (name == kNoOptimiser) name.clear();
  if (name.empty() || is_optimiser_file_name(name)) return {};
  metadata.fail("synann.optimizer", "none, or optimizer-<16 hex digits>.safetensors",
                fmt::format("\"{}\"", name.substr(0, 60)));
  return *metadata.error;
}

}  // namespace

namespace {

// Leaves the run behind whose weights these are.
void begin_anew(const std::string& file, LoadedCheckpoint& loaded) {
  loaded.notes.push_back(
      fmt::format("{}: is a checkpoint of this program; its weights begin a new run", file));
  Checkpoint fresh;
  fresh.settings = loaded.checkpoint.settings;
  fresh.rows = loaded.checkpoint.rows;
  fresh.columns = loaded.checkpoint.columns;
  fresh.classes = loaded.checkpoint.classes;
  fresh.class_names = loaded.checkpoint.class_names;
  loaded.checkpoint = std::move(fresh);
}

// The run has not begun: it takes the settings that are asked for, and images of the size at hand.
Status begin_imported(const Reading& reading, Checkpoint& c) {
  apply_settings(c.settings, reading.asked);
  if (reading.sizes) {
    c.rows = reading.sizes->rows;
    c.columns = reading.sizes->columns;
    c.classes = reading.sizes->classes;
  }
  return validate(c.settings);
}

Status check_model(const std::string& asked, const std::string& model, const std::string& file) {
  if (asked.empty() || asked == model) return {};
  return Error{.where = file,
               .problem = "is a checkpoint of another model, and --model is for bare state dicts",
               .expected = fmt::format("--model {}", model),
               .found = fmt::format("--model {}", asked),
               .remedy = "leave it out"};
}

}  // namespace

Result<LoadedCheckpoint> parse_checkpoint(std::span<const std::uint8_t> bytes, const std::string& file,
                                          const Reading& reading) {
  auto content = io::parse_safetensors(bytes, file);
  if (!content) return content.error();
  const auto format = format_of(content->metadata, file);
  if (!format) return format.error();
  if (format->empty()) return read_state_dict(*content, file, reading);
  Metadata metadata(content->metadata, file);
  LoadedCheckpoint loaded;
  Checkpoint& c = loaded.checkpoint;
  if (auto status = read_facts(metadata, file, c); !status) return status.error();
  const std::string id = metadata.text("model");
  if (auto status = check_model(reading.asked.model, id, file); !status) return status.error();
  if (reading.begin && !c.data_sha256.empty()) begin_anew(file, loaded);
  if (c.data_sha256.empty()) {
    if (auto status = begin_imported(reading, c); !status) return status.error();
  }
  c.settings.model = id;  // settings of an own model say the same, or could not be read
  auto model = build_model(c.settings, c.rows, c.columns, c.classes);
  if (!model) {
    Error error = model.error();
    error.where = file;
    return error;
  }
  loaded.model = std::make_shared<const model::Model>(std::move(*model));
  c.state = model::initialise(*loaded.model, 0);
  if (auto status = read_tensors(*content, *loaded.model, file, c.state, loaded.notes); !status)
    return status.error();
  const Status optimiser = *format == kFirstFormat ? read_first_format(metadata, *content, c.state)
                                                   : read_optimiser_name(metadata, loaded.optimiser_file);
  if (!optimiser) return optimiser.error();
  if (reading.begin) {
    c.state.momenta.assign(c.state.momenta.size(), 0);
    c.state.squares.clear();
    loaded.optimiser_file.clear();
  }
  return loaded;
}

Result<LoadedCheckpoint> read_checkpoint(const fs::path& path, OptimiserState optimiser,
                                         const Reading& reading) {
  constexpr int kAttempts = 5;  // a program that writes there replaces both files together
  std::string missing;
  for (int attempt = 0;; ++attempt) {
    const auto bytes = io::read_tensor_file(path);
    if (!bytes) return bytes.error();
    auto loaded = parse_checkpoint(*bytes, path.string(), reading);
    if (!loaded || optimiser == OptimiserState::Leave || loaded->optimiser_file.empty()) return loaded;
    const fs::path file = path.parent_path() / loaded->optimiser_file;
    std::error_code code;
    if (fs::exists(file, code)) {
      const Status read = read_optimiser(file, *loaded->model, loaded->checkpoint.state);
      if (read) return loaded;
      if (fs::exists(file, code)) return read.error();
    }
    // Named twice and twice not there: it is missing, and nobody is replacing it.
    if (missing == loaded->optimiser_file || attempt >= kAttempts) {
      return Error{.where = file.string(),
                   .problem = fmt::format("is missing: it holds the optimiser's state of {}", path.string()),
                   .remedy = "bring it back, or resume with --fresh-optimizer"};
    }
    missing = loaded->optimiser_file;
  }
}

Status write_checkpoint(const fs::path& path, const Checkpoint& checkpoint, const model::Model& model) {
  return write_formatted(path.parent_path(), Formatted(checkpoint, model), {&path, 1});
}

void adopt_settings(Checkpoint& checkpoint, const Settings& settings) {
  constexpr std::string_view kPlateau = "plateau";
  if (settings.schedule == kPlateau && checkpoint.settings.schedule != kPlateau) checkpoint.plateau = {};
  checkpoint.settings = settings;
}

std::string parameters_sha256(const model::State& state, const model::Model& model) {
  const io::TensorFile file({}, tensor_views(state, model));
  Sha256 digest;
  for (const auto& piece : std::span(file.pieces()).subspan(1)) digest.add(piece);
  return digest.hex();
}

CheckpointWriter::CheckpointWriter(fs::path folder) : folder_(std::move(folder)) {
  std::error_code code;
  const fs::path best = folder_ / kBestCheckpoint;
  if (!fs::exists(best, code)) return;
  const auto metadata = io::read_tensor_metadata(best);
  if (!metadata) {
    best_understood_ = false;
    return;
  }
  const auto name = metadata->find("synann.optimizer");
  if (name != metadata->end() && name->second != kNoOptimiser) named_by_best_ = name->second;
}

Status CheckpointWriter::save(const Checkpoint& checkpoint, const model::Model& model, bool best) {
  const Formatted formatted(checkpoint, model);
  std::vector<fs::path> checkpoints;
  if (best) checkpoints.push_back(folder_ / kBestCheckpoint);
  checkpoints.push_back(folder_ / kLastCheckpoint);
  if (auto status = write_formatted(folder_, formatted, checkpoints); !status) return status;
  if (best) {
    named_by_best_ = formatted.optimiser_name;
    best_understood_ = true;
  }
  prune(formatted.optimiser_name);
  return {};
}

// What cannot be removed does no harm.
void CheckpointWriter::prune(const std::string& named_by_last) const {
  if (!best_understood_) return;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder_, code)) {
    const std::string name = entry.path().filename().string();
    if (!is_optimiser_file_name(name) || name == named_by_last || name == named_by_best_) continue;
    std::error_code ignored;
    fs::remove(entry.path(), ignored);
  }
}

}  // namespace synann::train
