// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/shapes.h"

#include <fmt/format.h>
#include <limits>
#include <string>
#include <utility>

#include "engine/model/layer_words.h"

namespace synann::model {
namespace {

Error misfit(std::string expected, std::string found) {
  return {.problem = "does not fit what comes before it",
          .expected = std::move(expected),
          .found = std::move(found)};
}

Error misfit(const Layer& l, std::string expected) {
  return misfit(std::move(expected), shape_text(l.in));
}

// Of a window that moves by `step` over `side` pixels; 0 where it does not fit once.
int places(int side, int window, int step) {
  return side < window ? 0 : (side - window) / step + 1;
}

Shape windows(const Layer& l, int channels) {
  return {channels, places(l.in.rows + 2 * l.padding, l.kernel, l.step()),
          places(l.in.columns + 2 * l.padding, l.kernel, l.step())};
}

Result<Shape> convolved(const Layer& l) {
  if (l.groups < 1 || l.in.channels % l.groups != 0)
    return misfit(l, fmt::format("a number of channels that {} groups share", l.groups));
  if (l.out % l.groups != 0)
    return misfit(fmt::format("\"out\" a multiple of its {} groups", l.groups), fmt::format("{}", l.out));
  return windows(l, l.out);
}

Result<Shape> inhibited(const Layer& l) {
  const int inputs = l.synapse_inputs(), outputs = l.synapse_outputs();
  if (l.excitatory.empty() && outputs > inputs) {
    return misfit(
        fmt::format(
            "\"out\" at most {}, because the first inputs excite the outputs, or a list \"excitatory\"",
            inputs),
        fmt::format("{}", outputs));
  }
  if (!l.excitatory.empty() && std::ssize(l.excitatory) != outputs)
    return misfit(fmt::format("an excitatory input for each of {} outputs", outputs),
                  fmt::format("{} of them", l.excitatory.size()));
  for (const int input : l.excitatory)
    if (input < 0 || input >= inputs)
      return misfit(fmt::format("excitatory inputs from 0 to {}", inputs - 1), fmt::format("{}", input));
  if (outputs == inputs) return l.in;
  switch (l.over) {
    case Over::Features:
      return Shape{outputs, 1, 1};
    case Over::Channels:
      return Shape{outputs, l.in.rows, l.in.columns};
    case Over::Positions:
      return Shape{l.in.channels, outputs, 1};
  }
  return l.in;
}

}  // namespace

Result<Shape> result_shape(const Layer& l) {
  switch (l.kind) {
    case LayerKind::Conv2d:
      return convolved(l);
    case LayerKind::AvgPool2d:
    case LayerKind::MaxPool2d:
      return windows(l, l.in.channels);
    case LayerKind::GlobalAvgPool2d:
    case LayerKind::GlobalMaxPool2d:
      return Shape{l.in.channels, 1, 1};
    case LayerKind::Linear:
    case LayerKind::SynaRnn:
      return Shape{l.out, 1, 1};
    case LayerKind::Glu:
      if (l.in.channels % 2 != 0) return misfit(l, "an even number of channels or features");
      return Shape{l.in.channels / 2, l.in.rows, l.in.columns};
    case LayerKind::Synapse:
      return inhibited(l);
    case LayerKind::Relu:
    case LayerKind::Sigmoid:
    case LayerKind::Tanh:
    case LayerKind::Clamp:
    case LayerKind::Dropout2d:
    case LayerKind::Dropout:
    case LayerKind::Softmax:
    case LayerKind::BatchNorm1d:
    case LayerKind::BatchNorm2d:
    case LayerKind::ResidualBegin:
    case LayerKind::ResidualEnd:
    case LayerKind::LogSoftmax:
      return l.in;
  }
  return l.in;
}

}  // namespace synann::model
