// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/check/exercise.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "engine/compute/reference/network.h"

namespace synann::compute {
namespace {

constexpr int kAttempts = 1000;  // one in three succeeds

float shortened(float x, float step) {
  return std::round(x / step) * step;
}

void expect_batch(const Exercise& e, reference::Network<double>& oracle, Expected& x) {
  const std::vector<double> values(e.state.values.begin(), e.state.values.end()),
      input(e.input.begin(), e.input.end());
  const Batch<double> batch{kCheckBatch, input, e.target};
  x.gradients.resize(values.size());
  oracle.forward(values, batch, Mode::Training, {});
  oracle.backward(values, batch, {}, x.gradients);
  x.loss = oracle.loss(batch);
  x.log_probs.assign(oracle.log_probs().begin(), oracle.log_probs().end());
  for (std::size_t k = 0; k < e.model->layers.size(); ++k) {
    if (e.model->layers[k].exposes.empty()) continue;
    const auto output = oracle.output(k);
    x.activations.emplace_back(e.model->layers[k].exposes, std::vector<double>(output.begin(), output.end()));
  }
  oracle.forward(values, batch, Mode::Evaluation, {});
  x.eval_log_probs.assign(oracle.log_probs().begin(), oracle.log_probs().end());
}

// What stands at number k of an output: its sample, channel, row and column.
struct Place {
  Place(const model::Layer& l, std::size_t k)
      : sample(static_cast<int>(k) / l.result.size()),
        channel(static_cast<int>(k) % l.result.size() / (l.result.rows * l.result.columns)),
        row(static_cast<int>(k) / l.result.columns % l.result.rows),
        column(static_cast<int>(k) % l.result.columns) {}
  int sample, channel, row, column;
};

std::size_t input_at(const model::Layer& l, int sample, int channel, int row, int column) {
  const int plane = sample * l.in.channels + channel;
  return static_cast<std::size_t>((plane * l.in.rows + row) * l.in.columns + column);
}

// Whether a pixel of a window is nearer to its largest than `margin` without being equal to it.
bool window_is_close(const model::Layer& l, std::span<const double> x, std::span<const double> top,
                     double margin) {
  const bool global = l.kind == model::LayerKind::GlobalMaxPool2d;
  const int rows = global ? l.in.rows : l.kernel, columns = global ? l.in.columns : l.kernel,
            step = global ? 1 : l.step();
  for (std::size_t k = 0; k < top.size(); ++k) {
    const Place place(l, k);
    for (int u = 0; u < rows; ++u)
      for (int v = 0; v < columns; ++v) {
        const double pixel =
            x[input_at(l, place.sample, place.channel, place.row * step + u, place.column * step + v)];
        if (pixel != top[k] && std::abs(pixel - top[k]) < margin) return true;
      }
  }
  return false;
}

// Whether an output of a convolution is zero only because terms cancel. In double they cancel exactly, where
// weights that add up to nothing meet a blank part of an image; in float they leave a rounding of either
// sign, which a ReLU passes on or not.
bool convolution_cancels(const model::Layer& l, std::span<const double> x, std::span<const double> y) {
  const int inputs = l.in.channels / l.groups, outputs = l.out / l.groups;
  for (std::size_t k = 0; k < y.size(); ++k) {
    if (y[k] != 0) continue;
    const Place place(l, k);
    const int first = place.channel / outputs * inputs;
    for (int channel = first; channel < first + inputs; ++channel)
      for (int u = 0; u < l.kernel; ++u)
        for (int v = 0; v < l.kernel; ++v) {
          const int row = place.row * l.step() + u - l.padding,
                    column = place.column * l.step() + v - l.padding;
          if (row < 0 || row >= l.in.rows || column < 0 || column >= l.in.columns) continue;
          if (x[input_at(l, place.sample, channel, row, column)] != 0) return true;
        }
  }
  return false;
}

// Whether rounding to float could decide which pixel of a pool is the largest, or whether a ReLU or a clamp
// passes its gradient on.
// Either would move a whole gradient, and training magnifies what it moves. Exact ties are decided by the
// rule. After the first step the weights are rounded too, every one a little otherwise in every back end, and
// move all sums of a convolution together.
bool rounding_decides(const model::Model& model, std::span<const double> input,
                      const reference::Network<double>& oracle, int steps_done) {
  using enum model::LayerKind;
  for (std::size_t k = 0; k < model.layers.size(); ++k) {
    const model::Layer& l = model.layers[k];
    const auto x = k == 0 ? input : oracle.output(k - 1);
    double most = 0;
    for (const double v : x) most = std::max(most, std::abs(v));
    const double margin = (steps_done == 0 ? 5e-7 : 4e-6) * most;  // units in the last place of a float
    const auto close_to_zero = [&](double v) { return v != 0 && std::abs(v) < margin; };
    switch (l.kind) {
      case Relu:
        if (std::any_of(x.begin(), x.end(), close_to_zero)) return true;
        break;
      case Clamp:
        for (const double end : {l.least, l.most})
          if (std::any_of(x.begin(), x.end(), [&](double v) { return close_to_zero(v - end); })) return true;
        break;
      case MaxPool2d:
      case GlobalMaxPool2d:
        if (window_is_close(l, x, oracle.output(k), margin)) return true;
        break;
      case Conv2d:
        if (convolution_cancels(l, x, oracle.output(k))) return true;
        break;
      case AvgPool2d:
      case GlobalAvgPool2d:
      case Sigmoid:
      case Tanh:
      case Glu:
      case Dropout2d:
      case Dropout:
      case Linear:
      case Softmax:
      case Synapse:
      case BatchNorm1d:
      case BatchNorm2d:
      case SynaRnn:
      case ResidualBegin:
      case ResidualEnd:
      case LogSoftmax:
        break;  // smooth: rounding moves their gradients by as little as it moves their outputs
    }
  }
  return false;
}

// SGD with momentum, as optimiser.h, in double. False when rounding decides something.
bool expect_steps(const Exercise& e, std::uint64_t seed, reference::Network<double>& oracle, Expected& x) {
  const std::size_t trained = e.model->parameters.trained_count();
  std::vector<double> values(e.state.values.begin(), e.state.values.end()), velocity(trained),
      gradients(values.size());
  const auto order = check_order(e.data->train.count());
  const auto table = scaling_table(e.model->scaling);
  std::vector<float> pixels(kCheckStepBatch * e.data->train.image_size());
  std::vector<std::uint8_t> target(kCheckStepBatch);
  x.losses.clear();
  for (int step = 0; step < kCheckSteps; ++step) {
    gather(e.data->train,
           std::span(order).subspan(static_cast<std::size_t>(step * kCheckStepBatch), kCheckStepBatch), table,
           pixels, target);
    const std::vector<double> input(pixels.begin(), pixels.end());
    const Batch<double> batch{kCheckStepBatch, input, target};
    const DropoutDraws draws{.enabled = true, .seed = seed, .epoch = 1, .step = step};
    oracle.forward(values, batch, Mode::Training, draws);
    if (rounding_decides(*e.model, input, oracle, step)) return false;
    oracle.backward(values, batch, draws, gradients);
    x.losses.push_back(oracle.loss(batch));
    for (std::size_t k = 0; k < trained; ++k) {
      velocity[k] = kCheckMomentum * velocity[k] + gradients[k];
      values[k] -= static_cast<double>(e.rate) * velocity[k];
    }
    for (const Parameter& p : e.model->parameters.all()) {
      if (p.role != Role::Buffer || p.type != ElementType::F32) continue;
      for (std::size_t k = p.offset; k < p.offset + p.size(); ++k)
        values[k] += kBatchNormMomentum * (gradients[k] - values[k]);
    }
  }
  x.values = std::move(values);
  x.momenta = std::move(velocity);
  return true;
}

}  // namespace

Exercise::Exercise(const CheckModel& m, std::uint64_t seed)
    : model(m.model), state(model::initialise(*model, seed)), rate(m.rate) {
  Numbers numbers(seed, 1);
  for (float& value : state.values) value += numbers.next(0, 0.05f);
  for (const Parameter& p : model->parameters.all()) {
    const auto first = state.values.begin() + static_cast<std::ptrdiff_t>(p.offset);
    if (p.name.starts_with("conv"))
      std::transform(first, first + static_cast<std::ptrdiff_t>(p.size()), first,
                     [](float x) { return shortened(x, 1.0f / 64); });
  }
  const int size = model->input.size();
  for (int k = 0; k < kCheckBatch * size; ++k)
    input.push_back(blank(k / size, k % size) ? -0.5f : shortened(numbers.next(), 1.0f / 8));
  for (int k = 0; k < kCheckBatch; ++k) target.push_back(label(numbers));
  auto pair = std::make_shared<data::DataPair>();
  pair->train = set(numbers, kCheckSteps * kCheckStepBatch);
  pair->test = set(numbers, kCheckBatch);
  data = pair;
}

bool Exercise::blank(int sample, int pixel) const {
  return sample % 2 == 0 && pixel % model->input.columns < model->input.columns / 2;
}

std::uint8_t Exercise::label(Numbers& numbers) const {
  return static_cast<std::uint8_t>(numbers.word() % static_cast<std::uint32_t>(model->classes));
}

data::Dataset Exercise::set(Numbers& numbers, int count) const {
  data::Dataset made{.rows = model->input.rows,
                     .columns = model->input.columns,
                     .classes = model->classes,
                     .pixels = {},
                     .labels = {}};
  for (int s = 0; s < count; ++s) {
    for (int k = 0; k < model->input.size(); ++k)
      made.pixels.push_back(blank(s, k) ? std::uint8_t{0} : static_cast<std::uint8_t>(numbers.word() >> 24));
    made.labels.push_back(label(numbers));
  }
  return made;
}

std::vector<std::uint32_t> check_order(int count) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(count));
  std::iota(order.rbegin(), order.rend(), 0u);
  return order;
}

Result<std::pair<Exercise, Expected>> solved(const CheckModel& m, std::uint64_t& seed) {
  reference::Network<double> oracle(*m.model);
  for (const std::uint64_t end = seed + kAttempts; seed < end; ++seed) {
    Exercise e(m, seed);
    Expected x;
    if (!expect_steps(e, seed, oracle, x)) continue;
    expect_batch(e, oracle, x);
    return std::pair{std::move(e), std::move(x)};
  }
  return Error{.kind = ErrorKind::Failed,
               .where = m.name,
               .problem = "no random inputs were found for which rounding decides no maximum"};
}

}  // namespace synann::compute
