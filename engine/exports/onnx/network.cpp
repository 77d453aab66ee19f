// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/onnx/network.h"

#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "engine/compute/batch.h"
#include "engine/exports/onnx/layer_writer.h"
#include "engine/exports/onnx/synapse_layer.h"
#include "engine/model/layer_words.h"

namespace synann::exports::onnx {
namespace {

using model::Layer;
using model::LayerKind;
using model::Shape;

constexpr std::int64_t kChannelAxis = 1;  // the features of a vector, too

// What a layer gives: images [N, channels, rows, columns], or vectors [N, features].
struct Stream {
  std::string name;
  bool is_vector = false;
  Number of = Number::Float;
};

Stream in_precision(const LayerWriter& w, const Stream& x, Number of) {
  if (x.of == of) return x;
  return {w.cast(of == Number::Double ? "double" : "float", x.name, of), x.is_vector, of};
}

Stream vectors(const LayerWriter& w, const Stream& x) {
  if (x.is_vector) return x;
  return {w.node("Flatten", "flatten", {x.name}, {{"axis", kChannelAxis}}), true, x.of};
}

Stream images(const LayerWriter& w, const Stream& x) {
  if (!x.is_vector) return x;
  const Shape& in = w.layer.in;
  const std::string shape = w.graph.integers(w.name("image/shape"), {0, in.channels, in.rows, in.columns});
  return {w.node("Reshape", "image", {x.name, shape}), false, x.of};
}

// What layers of images compute with, and what layers of vectors do.
std::string float_images(const LayerWriter& w, const Stream& x) {
  return in_precision(w, images(w, x), Number::Float).name;
}
std::string double_vectors(const LayerWriter& w, const Stream& x) {
  return in_precision(w, vectors(w, x), Number::Double).name;
}
Stream double_vector(const std::string& name) {
  return {name, true, Number::Double};
}

// Activations are single precision: onnxruntime (1.16 at least) joins those behind a Gemm with it, for floats
// alone, and then refuses a model of doubles.
Stream activated(const LayerWriter& w, std::string_view op, std::string_view word, const Stream& x) {
  return {w.node(op, word, {in_precision(w, x, Number::Float).name}), x.is_vector};
}

Stream convolution(const LayerWriter& w, const Stream& x) {
  const Layer& l = w.layer;
  Values inputs{float_images(w, x), w.parameter(".weight")};
  if (l.bias) inputs.push_back(w.parameter(".bias"));
  const std::int64_t side = l.kernel, step = l.step(), edge = l.padding;
  return {w.node("Conv", "conv", inputs,
                 {{"kernel_shape", std::vector{side, side}},
                  {"strides", std::vector{step, step}},
                  {"pads", std::vector{edge, edge, edge, edge}},
                  {"group", std::int64_t{l.groups}}})};
}

Stream pooled(const LayerWriter& w, std::string_view op, const Stream& x) {
  const std::int64_t side = w.layer.kernel, step = w.layer.step();
  return {w.node(op, "pool", {float_images(w, x)},
                 {{"kernel_shape", std::vector{side, side}}, {"strides", std::vector{step, step}}})};
}

// Of all positions of a channel.
Stream pooled_over_all(const LayerWriter& w, std::string_view op, const Stream& x) {
  return {w.node(op, "pool", {float_images(w, x)})};
}

Stream gated(const LayerWriter& w, const Stream& x) {
  const std::int64_t half = w.layer.result.channels;
  const Stream whole = images(w, x);
  const Values parts = w.graph.split(w.name("halves"), whole.name, kChannelAxis, {half, half});
  return {w.node("Mul", "glu", {parts[0], w.node("Sigmoid", "gate", {parts[1]})}), false, x.of};
}

Stream clamped(const LayerWriter& w, const Stream& x) {
  const Layer& l = w.layer;
  return {w.node("Clip", "clamp", {x.name, w.number("least", l.least, x.of), w.number("most", l.most, x.of)}),
          x.is_vector, x.of};
}

Stream linear(const LayerWriter& w, const Stream& x) {
  Values inputs{double_vectors(w, x), w.wide_parameter(".weight")};
  if (w.layer.bias) inputs.push_back(w.wide_parameter(".bias"));
  return double_vector(w.node("Gemm", "linear", inputs, {{"transB", std::int64_t{1}}}));
}

Stream softmax(const LayerWriter& w, const Stream& x) {
  const Layer& l = w.layer;
  std::string value = double_vectors(w, x);
  const auto number = [&w](const char* word, double n) { return w.number(word, n, Number::Double); };
  if (l.temperature != 1)
    value = w.node("Div", "over_temperature", {value, number("temperature", l.temperature)});
  value = w.node("Softmax", "softmax", {value}, {{"axis", kChannelAxis}});
  if (l.scale != 1) value = w.node("Mul", "scaled", {value, number("scale", l.scale)});
  return double_vector(value);
}

std::string normalised(const LayerWriter& w, const Values& inputs) {
  return w.node("BatchNormalization", "batch_norm", inputs,
                {{"epsilon", static_cast<float>(compute::kBatchNormEpsilon)}});
}

constexpr std::string_view kNormParameters[] = {".weight", ".bias", ".running_mean", ".running_var"};

Stream vector_norm(const LayerWriter& w, const Stream& x) {
  Values inputs{double_vectors(w, x)};
  for (const std::string_view suffix : kNormParameters) inputs.push_back(w.wide_parameter(suffix));
  return double_vector(normalised(w, std::move(inputs)));
}

Stream image_norm(const LayerWriter& w, const Stream& x) {
  Values inputs{float_images(w, x)};
  for (const std::string_view suffix : kNormParameters) inputs.push_back(w.parameter(suffix));
  return {normalised(w, std::move(inputs))};
}

// The rows of products that a synapse layer has of a sample stand below each other, and go back.
Stream synapse(const LayerWriter& w, const Stream& x) {
  const Layer& l = w.layer;
  const Shape &in = l.in, &out = l.result;
  const auto reshaped = [&w](const char* word, const std::string& value,
                             const std::vector<std::int64_t>& shape) {
    return w.node("Reshape", word, {value, w.graph.integers(w.name(word) + "/shape", shape)});
  };
  Stream wide = in_precision(w, x, Number::Double);
  switch (l.over) {
    case model::Over::Features:
      return double_vector(synapse_rows(w, vectors(w, wide).name));
    case model::Over::Channels: {
      const std::string last = w.node("Transpose", "channels_last", {images(w, wide).name},
                                      {{"perm", std::vector<std::int64_t>{0, 2, 3, 1}}});
      const std::string y = synapse_rows(w, reshaped("rows", last, {-1, in.channels}));
      const std::string positions = reshaped("positions", y, {-1, out.rows, out.columns, out.channels});
      return {w.node("Transpose", "channels_first", {positions},
                     {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}}),
              false, Number::Double};
    }
    case model::Over::Positions: {
      const std::string y = synapse_rows(w, reshaped("rows", wide.name, {-1, in.rows * in.columns}));
      return {reshaped("positions", y, {-1, out.channels, out.rows, out.columns}), false, Number::Double};
    }
  }
  return wide;
}

Stream recurrent(const LayerWriter& w, const Stream& x) {
  const Shape& in = w.layer.in;
  const std::string shape = w.graph.integers(w.name("rows/shape"), {0, in.channels * in.rows, in.columns});
  const std::string rows = w.node("Reshape", "rows", {in_precision(w, x, Number::Double).name, shape});
  return double_vector(recurrent_cell(w, rows));
}

Stream sum(const LayerWriter& w, const Stream& x, const Stream& kept) {
  Stream a = x, b = kept;
  if (a.of != b.of) a = in_precision(w, a, Number::Double), b = in_precision(w, b, Number::Double);
  if (a.is_vector != b.is_vector) a = vectors(w, a), b = vectors(w, b);
  return {w.node("Add", "add", {a.name, b.name}), a.is_vector, a.of};
}

Stream log_softmax(const LayerWriter& w, const Stream& x) {
  const std::string wide =
      w.node("LogSoftmax", "log_softmax", {double_vectors(w, x)}, {{"axis", kChannelAxis}});
  return {w.graph.add_as("Cast", kLogProbabilities, {wide}, {{"to", element_type(Number::Float)}}), true};
}

// One layer; `kept` holds what each residual block began with.
Stream written_layer(const LayerWriter& w, const Stream& x, const std::vector<Stream>& kept) {
  switch (w.layer.kind) {
    case LayerKind::AvgPool2d:
      return pooled(w, "AveragePool", x);
    case LayerKind::Conv2d:
      return convolution(w, x);
    case LayerKind::MaxPool2d:
      return pooled(w, "MaxPool", x);
    case LayerKind::GlobalAvgPool2d:
      return pooled_over_all(w, "GlobalAveragePool", x);
    case LayerKind::GlobalMaxPool2d:
      return pooled_over_all(w, "GlobalMaxPool", x);
    case LayerKind::Relu:
      return activated(w, "Relu", "relu", x);
    case LayerKind::Sigmoid:
      return activated(w, "Sigmoid", "sigmoid", x);
    case LayerKind::Tanh:
      return activated(w, "Tanh", "tanh", x);
    case LayerKind::Glu:
      return gated(w, x);
    case LayerKind::Clamp:
      return clamped(w, x);
    case LayerKind::Linear:
      return linear(w, x);
    case LayerKind::Softmax:
      return softmax(w, x);
    case LayerKind::Synapse:
      return synapse(w, x);
    case LayerKind::BatchNorm1d:
      return vector_norm(w, x);
    case LayerKind::BatchNorm2d:
      return image_norm(w, x);
    case LayerKind::SynaRnn:
      return recurrent(w, x);
    case LayerKind::ResidualEnd:
      return sum(w, x, kept[static_cast<std::size_t>(w.layer.block)]);
    case LayerKind::LogSoftmax:
      return log_softmax(w, x);
    case LayerKind::Dropout2d:  // drop nothing in evaluation
    case LayerKind::Dropout:
    case LayerKind::ResidualBegin:
      return x;
  }
  return x;
}

// (image − mean) / deviation
Stream scaled(Graph& graph, const model::InputScaling& scaling) {
  const auto number = [&graph](const char* name, double value) {
    const auto single = static_cast<float>(value);
    return graph.floats(name, {}, {&single, 1});
  };
  std::string value = kImageInput;
  if (scaling.mean != 0)
    value = graph.add("Sub", "input/centred", {value, number("input/mean", scaling.mean)});
  if (scaling.deviation != 1)
    value = graph.add("Div", "input/scaled", {value, number("input/deviation", scaling.deviation)});
  return {value};
}

}  // namespace

Status write_network(const model::Model& model, const model::State& state, const infer::Work& work,
                     messages::GraphProto& to) {
  Graph graph(to);
  graph.reserve(kImageInput);
  graph.reserve(kLogProbabilities);
  for (const Parameter& p : model.parameters.all()) graph.reserve(p.name);
  const Shape& in = model.input;
  graph.input(kImageInput, Number::Float, {{.symbol = "N"}, {in.channels}, {in.rows}, {in.columns}},
              "Pixels divided by 255: 0 is the background, 1 is ink.");
  Stream stream = scaled(graph, model.scaling);
  std::vector<Stream> results;  // of each layer
  const auto count = static_cast<int>(model.layers.size());
  for (std::size_t k = 0; k < model.layers.size(); ++k) {
    if (work.stopped()) return infer::interrupted();
    const Layer& l = model.layers[k];
    std::string path =
        l.name.empty() ? fmt::format("{}_{}", model::kind_id(l.kind), model::layer_number(model, k)) : l.name;
    stream = written_layer({graph, model, state, l, std::move(path)}, stream, results);
    results.push_back(stream);
    work.tell(static_cast<int>(k) + 1, count);
  }
  graph.output(kLogProbabilities, Number::Float, {{.symbol = "N"}, {model.classes}},
               "The natural logarithm of the probability of each class.");
  return {};
}

}  // namespace synann::exports::onnx
