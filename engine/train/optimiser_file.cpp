// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/optimiser_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <vector>

#include "engine/core/sha256.h"
#include "engine/train/checkpoint_metadata.h"

namespace synann::train {
namespace {

constexpr std::string_view kPrefix = "optimizer-", kSuffix = ".safetensors";
constexpr std::size_t kDigits = 16;  // of the digest

constexpr const char* kMomentum = "momentum_buffer";  // of torch.optim.SGD
constexpr const char* kMean = "exp_avg";              // of torch.optim.Adam
constexpr const char* kSquares = "exp_avg_sq";

std::string name_of(const std::string& digest) {
  return fmt::format("{}{}{}", kPrefix, digest.substr(0, kDigits), kSuffix);
}

bool all_zero(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return v == 0; });
}

// One block of the state, tensor by tensor; its floats lie where those of the model's block lie.
Status read_block(const io::SafeTensors& content, const model::Model& model, const char* buffer,
                  const std::string& file, std::vector<float>& values) {
  for (const Parameter& p : model.parameters.all()) {
    if (p.role != Role::Trained) continue;
    const std::string name = fmt::format("{}.{}", p.name, buffer);
    const io::Tensor* t = content.find(name);
    if (!t || t->type != io::TensorType::F32 || t->shape != p.shape) {
      return Error{.where = file,
                   .problem = fmt::format("tensor \"{}\" {}", name, t ? "does not fit" : "is missing"),
                   .expected = fmt::format("{} numbers of {}", p.size(), model.id)};
    }
    std::memcpy(values.data() + p.offset, t->bytes.data(), t->bytes.size());
    const auto here = std::span(values).subspan(p.offset, p.size());
    const auto bad = std::find_if_not(here.begin(), here.end(), [](float v) { return std::isfinite(v); });
    if (bad != here.end()) {
      return Error{.where = file,
                   .problem = fmt::format("tensor \"{}\" holds a number that is not finite at element {}",
                                          name, bad - here.begin()),
                   .remedy = "go back to an earlier checkpoint"};
    }
  }
  return {};
}

// Nothing stands beside the state's tensors: the file is all of one state.
Status refuse_others(const io::SafeTensors& content, const model::Model& model, const std::string& optimiser,
                     const std::string& file) {
  const bool adam = optimiser == "adam";
  for (const io::Tensor& t : content.tensors) {
    const auto dot = std::min(t.name.rfind('.'), t.name.size());
    const Parameter* p = model.parameters.find(std::string_view(t.name).substr(0, dot));
    const std::string buffer = t.name.substr(std::min(dot + 1, t.name.size()));
    const bool known = adam ? buffer == kMean || buffer == kSquares : buffer == kMomentum;
    if (p && p->role == Role::Trained && known) continue;
    return Error{.where = file,
                 .problem = fmt::format("holds a tensor \"{}\" that the {} state of {} does not have", t.name,
                                        optimiser, model.id)};
  }
  return {};
}

// The metadata name the format, the optimiser and the model.
Status check_facts(Metadata& metadata, const std::string& file, const model::Model& model) {
  const auto refuse = [&](const char* problem, const std::string& expected, const std::string& found) {
    return Error{.where = file,
                 .problem = problem,
                 .expected = expected,
                 .found = fmt::format("\"{}\"", found.substr(0, 40))};
  };
  const std::string format = metadata.text("synann.format"), optimiser = metadata.text("optimizer"),
                    id = metadata.text("model");
  if (metadata.error || format != kOptimiserFormat) {
    Error error = refuse("is not an optimiser's state of this program",
                         fmt::format("synann.format {}", kOptimiserFormat), format);
    if (metadata.error) error.found = "none";
    return error;
  }
  if (optimiser != "adam" && optimiser != "sgd")
    return refuse("holds the state of an optimiser that is not known", "sgd or adam", optimiser);
  if (id != model.id) return refuse("belongs to another model", model.id, id);
  return {};
}

}  // namespace

std::unique_ptr<io::TensorFile> format_optimiser(const model::State& state, const model::Model& model) {
  if (all_zero(state.momenta) && all_zero(state.squares)) return nullptr;
  const bool adam = !state.squares.empty();
  std::vector<std::string> names;  // borrowed by the views, so none may move
  names.reserve(2 * model.parameters.all().size());
  std::vector<io::TensorView> views;
  const auto add = [&](const Parameter& p, const char* buffer, const std::vector<float>& block) {
    names.push_back(fmt::format("{}.{}", p.name, buffer));
    const auto values = std::as_bytes(std::span(block).subspan(p.offset, p.size()));
    views.push_back({names.back(),
                     io::TensorType::F32,
                     p.shape,
                     {reinterpret_cast<const std::uint8_t*>(values.data()), values.size()}});
  };
  for (const Parameter& p : model.parameters.all()) {
    if (p.role != Role::Trained) continue;
    add(p, adam ? kMean : kMomentum, state.momenta);
    if (adam) add(p, kSquares, state.squares);
  }
  const std::map<std::string, std::string> metadata = {{"format", "pt"},
                                                       {"synann.format", kOptimiserFormat},
                                                       {"optimizer", adam ? "adam" : "sgd"},
                                                       {"model", model.id}};
  return std::make_unique<io::TensorFile>(metadata, std::move(views));
}

std::string optimiser_file_name(const io::TensorFile& file) {
  Sha256 digest;
  for (const auto piece : file.pieces()) digest.add(piece);
  return name_of(digest.hex());
}

std::string optimiser_file_name(std::span<const std::uint8_t> bytes) {
  return name_of(sha256_hex(bytes));
}

bool is_optimiser_file_name(std::string_view name) {
  if (name.size() != kPrefix.size() + kDigits + kSuffix.size() || !name.starts_with(kPrefix) ||
      !name.ends_with(kSuffix))
    return false;
  const auto digits = name.substr(kPrefix.size(), kDigits);
  return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status parse_optimiser(std::span<const std::uint8_t> bytes, const std::string& file,
                       const model::Model& model, model::State& state) {
  const auto content = io::parse_safetensors(bytes, file);
  if (!content) return content.error();
  Metadata metadata(content->metadata, file);
  if (auto status = check_facts(metadata, file, model); !status) return status;
  const std::string optimiser = metadata.text("optimizer");
  if (auto status = refuse_others(*content, model, optimiser, file); !status) return status;
  const bool adam = optimiser == "adam";
  state.momenta.assign(model.parameters.trained_count(), 0);
  state.squares.assign(adam ? model.parameters.trained_count() : 0, 0);
  if (auto status = read_block(*content, model, adam ? kMean : kMomentum, file, state.momenta); !status)
    return status;
  return adam ? read_block(*content, model, kSquares, file, state.squares) : Status();
}

Status read_optimiser(const std::filesystem::path& path, const model::Model& model, model::State& state) {
  const auto bytes = io::read_tensor_file(path);
  if (!bytes) return bytes.error();
  const std::string file = path.string(), found = optimiser_file_name(*bytes);
  if (path.filename() != found) {
    return Error{.where = file,
                 .problem = "is damaged: its content is not what its name says",
                 .expected = path.filename().string(),
                 .found = found,
                 .remedy = "resume from another checkpoint, or with --fresh-optimizer"};
  }
  return parse_optimiser(*bytes, file, model, state);
}

}  // namespace synann::train
