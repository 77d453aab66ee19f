// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/exports/onnx/graph.h"
#include "engine/model/description.h"
#include "engine/model/state.h"

namespace synann::exports::onnx {

// Writes the nodes of one layer under the layer's name.
struct LayerWriter {
  Graph& graph;
  const model::Model& model;
  const model::State& state;
  const model::Layer& layer;
  std::string path;  // the layer's name, or its kind and number

  std::string node(std::string_view op, std::string_view word, const Values& inputs,
                   const std::vector<Attribute>& attributes = {}) const {
    return graph.add(op, name(word), inputs, attributes);
  }
  std::string name(std::string_view word) const { return path + "/" + std::string(word); }
  // A number that is no parameter of the layer, as the values that it is used with.
  std::string number(std::string_view word, double value, Number of) const {
    const auto single = static_cast<float>(value);
    if (of == Number::Float) return graph.floats(name(word), {}, {&single, 1});
    return graph.doubles(name(word), {}, {&value, 1});
  }
  std::string cast(std::string_view word, const std::string& value, Number to) const {
    return node("Cast", word, {value}, {{"to", element_type(to)}});
  }
  // The initialiser of a parameter, with its state_dict name; empty where the layer has none. Once for each.
  std::string parameter(std::string_view suffix) const {
    const Parameter* p = model.parameters.find(layer.name + std::string(suffix));
    if (p == nullptr) return {};
    graph.floats_as(p->name, p->shape, std::span(state.values).subspan(p->offset, p->size()));
    return p->name;
  }
  // The same in double precision.
  std::string wide_parameter(std::string_view suffix) const {
    return cast(suffix.substr(1), parameter(suffix), Number::Double);
  }
};

}  // namespace synann::exports::onnx
