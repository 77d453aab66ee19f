// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/twins.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace synann::model {
namespace {

using enum LayerKind;

constexpr std::array kRivals{
    RivalInfo{Rival::Dense, "dense", "a linear layer"},
    RivalInfo{Rival::DenseRelu, "dense-relu", "a linear layer with ReLU"},
    RivalInfo{Rival::DenseNormRelu, "dense-bn-relu", "a linear layer with batch norm and ReLU"},
    RivalInfo{Rival::GatedLinear, "glu", "a gated linear unit"},
    RivalInfo{Rival::Identity, "identity", "nothing"},
    RivalInfo{Rival::WideIdentity, "wide-identity", "nothing, and the layer before it made wider"},
    RivalInfo{Rival::NoBatchNorm, "no-batch-norm", "no batch norm"},
};

const RivalInfo& info_of(Rival rival) {
  return *std::find_if(kRivals.begin(), kRivals.end(), [&](const RivalInfo& i) { return i.rival == rival; });
}

// What stands in the place of a synapse layer of n; its name goes to what is linear, so that it can be
// compared.
std::vector<Layer> in_its_place(const Layer& synapse, int n, Rival rival) {
  const auto linear = [&](int out, std::string exposes) {
    return Layer{.kind = Linear, .name = synapse.name, .out = out, .exposes = std::move(exposes)};
  };
  switch (rival) {
    case Rival::Dense:
      return {linear(n, synapse.exposes)};
    case Rival::DenseRelu:
      return {linear(n, {}), {.kind = Relu, .exposes = synapse.exposes}};
    case Rival::DenseNormRelu:
      return {linear(n, {}),
              {.kind = BatchNorm1d, .name = synapse.name + "_bn"},
              {.kind = Relu, .exposes = synapse.exposes}};
    case Rival::GatedLinear:
      return {linear(2 * n, {}), {.kind = Glu, .exposes = synapse.exposes}};
    case Rival::Identity:
    case Rival::WideIdentity:
    case Rival::NoBatchNorm:
      return {};
  }
  return {};
}

// The layer whose width a synapse layer sees: the linear one before it, with nothing between that has a size
// of its own.
std::optional<std::size_t> width_giver(const std::vector<Layer>& layers, std::size_t synapse) {
  for (std::size_t k = synapse; k-- > 0;) {
    switch (layers[k].kind) {
      case Linear:
        if (layers[k].out > 0) return k;
        return {};
      case BatchNorm1d:
      case Relu:
      case Sigmoid:
      case Tanh:
      case Clamp:
      case Dropout:
      case Softmax:
        continue;
      case AvgPool2d:
      case Conv2d:
      case MaxPool2d:
      case GlobalAvgPool2d:
      case GlobalMaxPool2d:
      case Glu:
      case Dropout2d:
      case Synapse:
      case BatchNorm2d:
      case SynaRnn:
      case ResidualBegin:
      case ResidualEnd:
      case LogSoftmax:
        return {};
    }
  }
  return {};
}

Error no_rival(const Definition& d, std::string problem, std::string remedy = {}) {
  return {.where = d.id, .problem = std::move(problem), .remedy = std::move(remedy)};
}

void name_rival(Definition& d, const RivalInfo& info) {
  constexpr std::string_view kOwn = "syna";
  d.title = fmt::format("{} with {}", d.title, info.words);
  d.help = info.rival == Rival::NoBatchNorm
               ? fmt::format("{}, without its batch norms.", d.id)
               : fmt::format("{} with {} in the place of the synapse layer.", d.id, info.words);
  d.id = d.id.starts_with(kOwn) ? fmt::format("{}{}", info.id, d.id.substr(kOwn.size()))
                                : fmt::format("{}-{}", d.id, info.id);
}

// The widest that has no more trained parameters than `most`.
Status widen(Definition& d, std::size_t giver, std::size_t most, const Shape& image, int classes) {
  const auto trained = [&](int width) -> std::size_t {
    d.layers[giver].out = width;
    const auto model = build(d, image.rows, image.columns, classes);
    return model ? model->parameters.trained_count() : SIZE_MAX;
  };
  int low = d.layers[giver].out, high = 2 * low;
  if (trained(low) > most) return no_rival(d, "has no room to be wider");
  while (trained(high) <= most && high < (1 << 20)) high *= 2;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (trained(middle) <= most ? low : high) = middle;
  }
  d.layers[giver].out = low;
  return {};
}

}  // namespace

std::span<const RivalInfo> rival_infos() {
  return kRivals;
}

Result<Definition> rival_of(const Definition& definition, Rival rival, int rows, int columns, int classes) {
  const auto model = build(definition, rows, columns, classes);
  if (!model) return model.error();
  Definition result = definition;
  result.layers.clear();
  std::optional<std::size_t> wider;
  std::size_t changed = 0;
  for (std::size_t k = 0; k < definition.layers.size(); ++k) {
    const Layer& l = definition.layers[k];
    const bool norm = l.kind == BatchNorm1d || l.kind == BatchNorm2d;
    if (rival == Rival::NoBatchNorm ? !norm : l.kind != Synapse) {
      result.layers.push_back(l);
      continue;
    }
    ++changed;
    if (norm) continue;
    if (!model->layers[k].is_plain_synapse())
      return no_rival(definition, fmt::format("layer {} is no square synapse layer over the features",
                                              layer_number(*model, k)));
    auto instead = in_its_place(l, model->layers[k].synapse_inputs(), rival);
    if (!wider) wider = width_giver(result.layers, result.layers.size());
    std::move(instead.begin(), instead.end(), std::back_inserter(result.layers));
  }
  if (changed == 0)
    return no_rival(definition, rival == Rival::NoBatchNorm ? "has no batch norm" : "has no synapse layer");
  name_rival(result, info_of(rival));
  if (rival == Rival::WideIdentity) {
    if (!wider)
      return no_rival(definition, "has no linear layer before its synapse layer that could be wider");
    if (auto status = widen(result, *wider, model->parameters.trained_count(), model->input, classes);
        !status)
      return status.error();
  }
  return result;
}

}  // namespace synann::model
