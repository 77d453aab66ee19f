// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/model_document.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <utility>

#include "engine/bench/model_summary.h"
#include "engine/io/json_tree.h"
#include "engine/model/layer_keys.h"
#include "engine/model/layer_words.h"
#include "engine/model/model_file.h"

namespace synann::ui {
namespace {

using model::Definition;
using model::Layer;
using model::LayerKind;

constexpr std::size_t kMostSteps = 200;
constexpr const char* kWhere = "model";

Layer usualLayer(LayerKind kind) {
  switch (kind) {
    case LayerKind::Conv2d:
      return {.kind = kind, .out = 16, .kernel = 3};
    case LayerKind::MaxPool2d:
    case LayerKind::AvgPool2d:
      return {.kind = kind, .kernel = 2};
    case LayerKind::Linear:
    case LayerKind::SynaRnn:
      return {.kind = kind, .out = 64};
    case LayerKind::Dropout:
    case LayerKind::Dropout2d:
      return {.kind = kind, .p = 0.5};
    case LayerKind::GlobalAvgPool2d:
    case LayerKind::GlobalMaxPool2d:
    case LayerKind::Relu:
    case LayerKind::Sigmoid:
    case LayerKind::Tanh:
    case LayerKind::Glu:
    case LayerKind::Clamp:
    case LayerKind::Softmax:
    case LayerKind::Synapse:
    case LayerKind::BatchNorm1d:
    case LayerKind::BatchNorm2d:
    case LayerKind::ResidualBegin:
    case LayerKind::ResidualEnd:
    case LayerKind::LogSoftmax:
      return {.kind = kind};
  }
  return {.kind = kind};
}

// "conv2d" makes "conv1", "batch_norm1d" "norm1": the first that is free.
std::string freeName(const Definition& d, LayerKind kind) {
  const std::string_view stem = kind == LayerKind::Conv2d    ? "conv"
                                : kind == LayerKind::Linear  ? "fc"
                                : kind == LayerKind::Synapse ? "synapse"
                                : kind == LayerKind::SynaRnn ? "rnn"
                                                             : "norm";
  for (int k = 1;; ++k) {
    std::string name = fmt::format("{}{}", stem, k);
    if (std::none_of(d.layers.begin(), d.layers.end(), [&](const Layer& l) { return l.name == name; }))
      return name;
  }
}

bool isEnd(const Layer& l) {
  return l.kind == LayerKind::ResidualBegin || l.kind == LayerKind::ResidualEnd;
}

// The other end of the block that begins or ends at `at`.
std::size_t otherEnd(const Definition& d, std::size_t at) {
  const bool begins = d.layers[at].kind == LayerKind::ResidualBegin;
  int open = 0;
  for (std::size_t k = at; k < d.layers.size(); begins ? ++k : --k) {
    if (d.layers[k].kind == LayerKind::ResidualBegin) ++open;
    if (d.layers[k].kind == LayerKind::ResidualEnd) --open;
    if (open == 0) return k;
  }
  return at;
}

// The number of the layer that a part of an error is about, from 1; 0 where it names none.
int numberIn(const std::string& where) {
  constexpr std::string_view kMark = "layer ";
  const auto at = where.find(kMark);
  int number = 0;
  if (at != std::string::npos)
    std::from_chars(where.data() + at + kMark.size(), where.data() + where.size(), number);
  return number;
}

// What a file with this network would say, without the name that stands for the file.
Result<Definition> checked(const Definition& d) {
  return model::parse_model_file(model::model_file_text(d), kWhere);
}

std::string sentenceOf(Error error, const std::string& id) {
  for (const std::string& prefix : {std::string(kWhere) + ": ", id + ": "})
    if (error.where.starts_with(prefix)) error.where = error.where.substr(prefix.size());
  if (error.where == kWhere || error.where == id) error.where = "network";
  return error.sentence();
}

// The layers before the one with this number as a network of their own, for their shapes.
model::Model part(const Definition& d, const model::Shape& image, int classes, std::size_t count) {
  model::Model m{.id = d.id,
                 .title = {},
                 .help = {},
                 .scaling = d.scaling,
                 .input = image,
                 .classes = classes,
                 .layers = {d.layers.begin(), d.layers.begin() + static_cast<std::ptrdiff_t>(count)},
                 .parameters = {}};
  int open = 0;
  for (const Layer& l : m.layers)
    open += l.kind == LayerKind::ResidualBegin ? 1 : l.kind == LayerKind::ResidualEnd ? -1 : 0;
  while (open-- > 0) m.layers.push_back({.kind = LayerKind::ResidualEnd});
  return m;
}

}  // namespace

void ModelDocument::open(Definition definition, std::string own_id) {
  own_id_ = std::move(own_id);
  states_.clear();
  states_.push_back(std::move(definition));
  now_ = 0;
}

void ModelDocument::undo() {
  if (canUndo()) --now_;
}
void ModelDocument::redo() {
  if (canRedo()) ++now_;
}

void ModelDocument::change(Definition next) {
  if (next == definition()) return;
  if (!own_id_.empty() && next.id == states_.front().id) {
    next.id = own_id_;
    next.title += " (edited)";
  }
  states_.resize(now_ + 1);
  states_.push_back(std::move(next));
  if (states_.size() > kMostSteps) states_.erase(states_.begin());
  now_ = states_.size() - 1;
}

std::size_t ModelDocument::add(std::size_t at, LayerKind kind) {
  Definition next = definition();
  Layer layer = usualLayer(kind);
  const auto keys = model::layer_keys(kind);
  if (std::ranges::any_of(keys, [](const model::LayerKey& k) { return k.name == "name"; }))
    layer.name = freeName(next, kind);
  // log_softmax stays the last.
  const std::size_t place = next.layers.empty() ? 0 : std::min(at + 1, next.layers.size() - 1);
  next.layers.insert(next.layers.begin() + static_cast<std::ptrdiff_t>(place), std::move(layer));
  change(std::move(next));
  return place;
}

bool ModelDocument::enclose(std::size_t at) {
  Definition next = definition();
  if (at >= next.layers.size() || isEnd(next.layers[at]) || next.layers[at].kind == LayerKind::LogSoftmax)
    return false;
  const auto place = next.layers.begin() + static_cast<std::ptrdiff_t>(at);
  next.layers.insert(next.layers.insert(place, {.kind = LayerKind::ResidualBegin}) + 2,
                     {.kind = LayerKind::ResidualEnd});
  change(std::move(next));
  return true;
}

bool ModelDocument::remove(std::size_t at) {
  Definition next = definition();
  if (at >= next.layers.size() || next.layers[at].kind == LayerKind::LogSoftmax) return false;
  const auto erase = [&](std::size_t k) {
    next.layers.erase(next.layers.begin() + static_cast<std::ptrdiff_t>(k));
  };
  if (isEnd(next.layers[at])) {
    const std::size_t other = otherEnd(next, at);
    erase(std::max(at, other));
    erase(std::min(at, other));
  } else {
    erase(at);
  }
  change(std::move(next));
  return true;
}

bool ModelDocument::move(std::size_t at, int by) {
  Definition next = definition();
  const std::size_t last = next.layers.size() - 1;  // log_softmax stays there
  const std::size_t to = by < 0 ? at - 1 : at + 1;
  if (at >= last || to >= last) return false;
  // A block never turns around.
  if (isEnd(next.layers[at]) && isEnd(next.layers[to])) return false;
  std::swap(next.layers[at], next.layers[to]);
  change(std::move(next));
  return true;
}

Status ModelDocument::set(std::size_t at, const std::string& key, const std::string& value) {
  Definition next = definition();
  Layer& layer = next.layers[at];
  const auto keys = model::layer_keys(layer.kind);
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const model::LayerKey& k) { return k.name == key; });
  if (found == keys.end()) return {};
  if (value.empty() && !found->required) {
    // A layer without the key, with all others as they are.
    Layer fresh{.kind = layer.kind, .exposes = layer.exposes};
    for (const model::LayerKey& k : keys)
      if (const JsonTree kept = k.write(layer); &k != &*found && !kept.is_null()) k.read(kept, fresh);
    layer = std::move(fresh);
  } else {
    // 32, true and [0, 1] are JSON; words are typed without quotation marks.
    JsonTree json = JsonTree::parse(value, nullptr, false);
    if (json.is_discarded() || found->name == "name" || !found->words.empty()) json = value;
    const std::string before = layer.name;
    if (!found->read(json, layer))
      return Error{.where = std::string(found->name),
                   .problem = "cannot be taken",
                   .expected = std::string(found->expected),
                   .found = fmt::format("\"{}\"", value)};
    if (layer.exposes == before) layer.exposes = layer.name;
  }
  change(std::move(next));
  return {};
}

Status ModelDocument::rename(const std::string& id) {
  Definition next = definition();
  if (next.title == next.id) next.title = id;
  next.id = id;
  if (const auto file = checked(next); !file && file.error().problem.find("\"id\"") != std::string::npos)
    return file.error();
  change(std::move(next));
  return {};
}

std::string ModelDocument::valueOf(const Layer& layer, const std::string& key) {
  for (const model::LayerKey& k : model::layer_keys(layer.kind)) {
    if (k.name != key) continue;
    const JsonTree value = k.write(layer);
    if (value.is_null()) return {};
    return value.is_string() ? value.get<std::string>() : value.dump();
  }
  return {};
}

ModelDocument::Seen ModelDocument::look(int rows, int columns, int classes) const {
  const Definition& d = definition();
  Seen seen;
  int depth = 0, number = 0, wrong = 0;
  const auto file = checked(d);
  Result<model::Model> built = model::build(d, rows, columns, classes);
  if (const Error* error = !file ? &file.error() : !built ? &built.error() : nullptr) {
    seen.wrong = sentenceOf(*error, d.id);
    wrong = std::max(numberIn(error->where), numberIn(error->remedy));
  }
  std::size_t before = 0;  // layers whose shapes are known all the same
  for (std::size_t k = 0; k < d.layers.size(); ++k) {
    const Layer& l = d.layers[k];
    if (l.kind == LayerKind::ResidualEnd) --depth;
    if (l.kind != LayerKind::ResidualEnd) ++number;
    seen.layers.push_back(
        {.depth = std::max(0, depth),
         .kind = l.kind == LayerKind::ResidualEnd ? "end of residual" : std::string(model::kind_id(l.kind)),
         .name = l.name,
         .shape = {},
         .wrong = wrong > 0 && number == wrong && l.kind != LayerKind::ResidualEnd});
    if (seen.layers.back().wrong) before = k;
    if (l.kind == LayerKind::ResidualBegin) ++depth;
  }
  if (!built) built = model::resolve(part(d, {1, rows, columns}, classes, before));
  if (!built) return seen;
  const bench::ModelSummary summary = bench::summarise(*built);
  const std::size_t known = seen.wrong.empty() ? d.layers.size() : std::min(before, d.layers.size());
  for (std::size_t k = 0; k < std::min(known, summary.layers.size()); ++k) {
    seen.layers[k].shape = model::shape_text(summary.layers[k].out);
    seen.layers[k].trained = summary.layers[k].trained;
    seen.layers[k].share = seen.wrong.empty() ? summary.layers[k].share : 0;
  }
  if (seen.wrong.empty()) seen.trained = summary.trained, seen.operations = summary.flops.step();
  return seen;
}

}  // namespace synann::ui
