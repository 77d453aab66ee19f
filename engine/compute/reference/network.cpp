// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/reference/network.h"

#include <functional>
#include <type_traits>

#include "engine/compute/reference/activations.h"
#include "engine/compute/reference/layers.h"
#include "engine/compute/reference/synapse_any.h"

namespace synann::compute::reference {
namespace {

// The slice of a flat block that holds `layer.suffix`.
template <class T>
T* slot(const model::Model& model, std::span<T> block, const model::Layer& layer, const char* suffix) {
  const Parameter* p = model.parameters.find(layer.name + suffix);
  return p == nullptr ? nullptr : block.data() + p->offset;
}

template <class T>
RnnParameters<T> rnn_parameters(const model::Model& model, std::span<T> block, const model::Layer& l) {
  const auto at = [&](const char* suffix) { return slot(model, block, l, suffix); };
  return {at(".weight_ie"), at(".weight_he"), at(".bias_e"), at(".weight_if"),
          at(".weight_hf"), at(".bias_f"),    at(".weight")};
}

constexpr model::SynapseOptions kRnnBeta{.beta = model::SynapseOptions::Beta::Sigmoid};

}  // namespace

template <class T>
Network<T>::Network(const model::Model& model)
    : model_(model),
      close_calls_(model),
      outputs_(model.layers.size() + 1),
      deltas_(model.layers.size() + 1),
      maxima_(model.layers.size()),
      mean_(model.layers.size()),
      inverse_(model.layers.size()),
      observed_(model.layers.size()),
      alpha_(model.layers.size()),
      beta_(model.layers.size()),
      traces_(model.layers.size()) {}

template <class T>
void Network<T>::forward(std::span<const T> values, const Batch<T>& batch, Mode mode,
                         const DropoutDraws& draws, std::size_t first) {
  outputs_[first].assign(batch.input.begin(), batch.input.end());
  for (std::size_t k = first; k < model_.layers.size(); ++k) {
    forward_layer(k, values, batch, mode, draws);
    if constexpr (std::is_same_v<T, float>) {
      if (mode == Mode::Training)
        close_calls_.settle(k, batch.count, values.data(), outputs_[0].data(), outputs_[k].data(),
                            outputs_[k + 1].data());
    }
  }
}

template <class T>
void Network<T>::forward_layer(std::size_t k, std::span<const T> values, const Batch<T>& batch, Mode mode,
                               const DropoutDraws& draws) {
  using enum model::LayerKind;
  const model::Layer& l = model_.layers[k];
  const int count = batch.count, n = l.result.size();
  auto& y = outputs_[k + 1];
  y.resize(static_cast<std::size_t>(count) * static_cast<std::size_t>(n));
  const T* x = outputs_[k].data();
  const auto weight = [&](const char* suffix) { return slot(model_, values, l, suffix); };
  const DropoutDraws active = mode == Mode::Training ? draws : DropoutDraws{};
  switch (l.kind) {
    case Conv2d:
      conv2d_forward(l, count, x, weight(".weight"), weight(".bias"), y.data());
      break;
    case MaxPool2d:
      maxima_[k].resize(y.size());
      max_pool2d_forward(l, count, x, y.data(), maxima_[k].data());
      break;
    case Relu:
      std::transform(x, x + y.size(), y.begin(), [](T v) { return v > 0 || std::isnan(v) ? v : T{0}; });
      break;
    case Dropout2d:
      dropout(l, count, l.in.rows * l.in.columns, active, static_cast<int>(k), x, y.data());
      break;
    case Dropout:
      dropout(l, count, 1, active, static_cast<int>(k), x, y.data());
      break;
    case Linear:
      linear_forward(l, count, x, weight(".weight"), weight(".bias"), y.data());
      break;
    case Softmax:
      softmax_forward(count, n, x, y.data(), static_cast<T>(l.temperature), static_cast<T>(l.scale));
      break;
    case Synapse:
      forward_synapse(k, values, count);
      break;
    case AvgPool2d:
      avg_pool2d_forward(l, count, x, y.data());
      break;
    case SynaRnn:
      forward_rnn(k, values, count);
      break;
    case BatchNorm1d: {
      const auto features = static_cast<std::size_t>(n);
      mean_[k].resize(features), inverse_[k].resize(features), observed_[k].resize(2 * features);
      if (mode == Mode::Training) {
        batch_norm_forward(count, n, x, weight(".weight"), weight(".bias"), y.data(), mean_[k].data(),
                           inverse_[k].data(), observed_[k].data(), observed_[k].data() + features);
      } else {
        batch_norm_evaluate(count, n, x, weight(".weight"), weight(".bias"), weight(".running_mean"),
                            weight(".running_var"), y.data());
      }
      break;
    }
    case BatchNorm2d:
      forward_channel_norm(k, values, count, mode);
      break;
    case GlobalMaxPool2d:
      maxima_[k].resize(y.size());
      global_max_pool2d_forward(l, count, x, y.data(), maxima_[k].data());
      break;
    case GlobalAvgPool2d:
      global_avg_pool2d_forward(l, count, x, y.data());
      break;
    case Sigmoid:
      std::transform(x, x + y.size(), y.begin(), [](T v) { return sigmoid(v); });
      break;
    case Tanh:
      std::transform(x, x + y.size(), y.begin(), [](T v) { return std::tanh(v); });
      break;
    case Glu:
      glu_forward(n, count, x, y.data());
      break;
    case Clamp:
      std::transform(x, x + y.size(), y.begin(), [&l](T v) { return clamped(l, v); });
      break;
    case ResidualBegin:
      std::copy_n(x, y.size(), y.begin());
      break;
    case ResidualEnd:
      std::transform(x, x + y.size(), kept(l).begin(), y.begin(), std::plus<T>());
      break;
    case LogSoftmax:
      log_softmax_forward(count, n, x, y.data());
      break;
  }
}

template <class T>
void Network<T>::backward(std::span<const T> values, const Batch<T>& batch, const DropoutDraws& draws,
                          std::span<T> gradients) {
  std::fill(gradients.begin(), gradients.end(), T{0});
  // The last layer is LogSoftmax; with the loss behind it the gradient by its input is (softmax − onehot) /
  // batch.
  const std::size_t last = model_.layers.size() - 1;
  deltas_[last].resize(outputs_[last].size());
  nll_backward(batch.count, model_.layers[last].in.size(), log_probs().data(), batch.target.data(),
               deltas_[last].data());
  for (std::size_t k = last; k-- > 0;) backward_layer(k, values, batch, draws, gradients);
}

template <class T>
void Network<T>::backward_layer(std::size_t k, std::span<const T> values, const Batch<T>& batch,
                                const DropoutDraws& draws, std::span<T> gradients) {
  using enum model::LayerKind;
  const model::Layer& l = model_.layers[k];
  const int count = batch.count, n = l.result.size();
  const T *x = outputs_[k].data(), *y = outputs_[k + 1].data(), *dy = deltas_[k + 1].data();
  auto& delta = deltas_[k];
  delta.resize(outputs_[k].size());
  T* dx = delta.data();
  const auto weight = [&](const char* suffix) { return slot(model_, values, l, suffix); };
  const auto gradient = [&](const char* suffix) { return slot(model_, gradients, l, suffix); };
  switch (l.kind) {
    case Conv2d:
      conv2d_backward(l, count, x, weight(".weight"), dy, dx, gradient(".weight"), gradient(".bias"));
      break;
    case MaxPool2d:
      max_pool2d_backward(l, count, maxima_[k].data(), dy, dx);
      break;
    case Relu:
      for (std::size_t i = 0; i < delta.size(); ++i) dx[i] = x[i] > 0 ? dy[i] : T{0};
      break;
    case Dropout2d:
      dropout(l, count, l.in.rows * l.in.columns, draws, static_cast<int>(k), dy, dx);
      break;
    case Dropout:
      dropout(l, count, 1, draws, static_cast<int>(k), dy, dx);
      break;
    case Linear:
      linear_backward(l, count, x, weight(".weight"), dy, dx, gradient(".weight"), gradient(".bias"));
      break;
    case Softmax:
      softmax_backward(count, n, y, dy, dx, static_cast<T>(l.temperature), static_cast<T>(l.scale));
      break;
    case Synapse:
      backward_synapse(k, values, count, gradients);
      break;
    case AvgPool2d:
      avg_pool2d_backward(l, count, dy, dx);
      break;
    case SynaRnn:
      backward_rnn(k, values, count, gradients);
      break;
    case BatchNorm1d:
      batch_norm_backward(count, n, x, weight(".weight"), mean_[k].data(), inverse_[k].data(), dy, dx,
                          gradient(".weight"), gradient(".bias"));
      std::copy_n(observed_[k].data(), n, gradient(".running_mean"));
      std::copy_n(observed_[k].data() + n, n, gradient(".running_var"));
      break;
    case BatchNorm2d:
      backward_channel_norm(k, values, count, gradients);
      break;
    case GlobalMaxPool2d:
      max_pool2d_backward(l, count, maxima_[k].data(), dy, dx);
      break;
    case GlobalAvgPool2d:
      global_avg_pool2d_backward(l, count, dy, dx);
      break;
    case Sigmoid:
      for (std::size_t i = 0; i < delta.size(); ++i) dx[i] = dy[i] * y[i] * (1 - y[i]);
      break;
    case Tanh:
      for (std::size_t i = 0; i < delta.size(); ++i) dx[i] = dy[i] * (1 - y[i] * y[i]);
      break;
    case Glu:
      glu_backward(n, count, x, dy, dx);
      break;
    case Clamp:
      for (std::size_t i = 0; i < delta.size(); ++i) dx[i] = is_inside(l, x[i]) ? dy[i] : T{0};
      break;
    case ResidualBegin:  // what the end of the block added, and what went through it
      std::transform(dy, dy + delta.size(), deltas_[static_cast<std::size_t>(l.block) + 1].begin(), dx,
                     std::plus<T>());
      break;
    case ResidualEnd:
      std::copy_n(dy, delta.size(), dx);
      break;
    case LogSoftmax:
      break;  // only as the last layer, where backward() starts
  }
}

template <class T>
void Network<T>::forward_synapse(std::size_t k, std::span<const T> values, int count) {
  const model::Layer& l = model_.layers[k];
  if (!l.is_plain_synapse()) return forward_any_synapse(k, values, count);
  const int n = l.in.size();
  auto &alpha = alpha_[k], &beta = beta_[k];
  alpha.resize(static_cast<std::size_t>(n));
  beta.resize(alpha.size() * alpha.size());
  effective_beta(l.synapse, n, slot(model_, values, l, ".weight"), beta.data());
  const T* parameter = slot(model_, values, l, ".alpha");
  for (int i = 0; i < n; ++i) alpha[static_cast<std::size_t>(i)] = effective_alpha(l.synapse, parameter, i);
  const auto forward =
      l.synapse.semantics == SynapseOptions::Semantics::PerSample ? synapse_forward<T> : coupled_forward<T>;
  forward(count, n, outputs_[k].data(), alpha.data(), beta.data(), outputs_[k + 1].data());
}

template <class T>
void Network<T>::backward_synapse(std::size_t k, std::span<const T> values, int count,
                                  std::span<T> gradients) {
  const model::Layer& l = model_.layers[k];
  if (!l.is_plain_synapse()) return backward_any_synapse(k, values, count, gradients);
  const int n = l.in.size();
  const T *x = outputs_[k].data(), *dy = deltas_[k + 1].data(), *alpha = alpha_[k].data(),
          *beta = beta_[k].data();
  T *dx = deltas_[k].data(), *dweight = slot(model_, gradients, l, ".weight");
  std::vector<T> dalpha(static_cast<std::size_t>(n));
  if (l.synapse.semantics == SynapseOptions::Semantics::PerSample) {
    synapse_backward(count, n, x, alpha, beta, dy, dx, dalpha.data(), dweight);
  } else {
    std::fill(deltas_[k].begin(), deltas_[k].end(), T{0});
    for (int i = 0; i < n; ++i) {
      const auto row = static_cast<std::size_t>(i);
      coupled_backward_row(count, n, x, alpha[row], beta, dy, i, dx, dalpha[row],
                           dweight + row * static_cast<std::size_t>(n));
    }
  }
  chain_beta(l.synapse, n, slot(model_, values, l, ".weight"), beta, dweight);
  if (T* gradient = slot(model_, gradients, l, ".alpha")) {
    const T* parameter = slot(model_, values, l, ".alpha");
    for (int i = 0; i < n; ++i)
      gradient[i] += dalpha[static_cast<std::size_t>(i)] * alpha_slope(l.synapse, parameter, i);
  }
}

template <class T>
void Network<T>::forward_any_synapse(std::size_t k, std::span<const T> values, int count) {
  const model::Layer& l = model_.layers[k];
  const int inputs = l.synapse_inputs(), outputs = l.synapse_outputs(), rows = count * l.synapse_groups();
  const auto size = [](int a, int b) { return static_cast<std::size_t>(a) * static_cast<std::size_t>(b); };
  alpha_[k].resize(size(outputs, 1)), beta_[k].resize(size(outputs, inputs));
  effective_parameters(l, slot(model_, values, l, ".weight"), slot(model_, values, l, ".alpha"),
                       alpha_[k].data(), beta_[k].data());
  std::vector<T> x(size(rows, inputs)), y(size(rows, outputs));
  to_rows(l, count, inputs, outputs_[k].data(), x.data());
  any_synapse_forward(l, rows, x.data(), alpha_[k].data(), beta_[k].data(), y.data());
  from_rows(l, count, outputs, y.data(), outputs_[k + 1].data());
}

template <class T>
void Network<T>::backward_any_synapse(std::size_t k, std::span<const T> values, int count,
                                      std::span<T> gradients) {
  const model::Layer& l = model_.layers[k];
  const int inputs = l.synapse_inputs(), outputs = l.synapse_outputs(), rows = count * l.synapse_groups();
  const auto size = [](int a, int b) { return static_cast<std::size_t>(a) * static_cast<std::size_t>(b); };
  std::vector<T> x(size(rows, inputs)), dx(x.size()), dy(size(rows, outputs)), dalpha(size(outputs, 1)),
      dbeta(size(outputs, inputs));
  to_rows(l, count, inputs, outputs_[k].data(), x.data());
  to_rows(l, count, outputs, deltas_[k + 1].data(), dy.data());
  for (int i = 0; i < outputs; ++i) {
    const auto row = size(i, inputs);
    any_synapse_backward_output(l, rows, i, x.data(), alpha_[k][size(i, 1)], beta_[k].data() + row, dy.data(),
                                dx.data(), dalpha[size(i, 1)], dbeta.data() + row);
  }
  from_rows(l, count, inputs, dx.data(), deltas_[k].data());
  chain_parameters(l, slot(model_, values, l, ".weight"), slot(model_, values, l, ".alpha"), beta_[k].data(),
                   dalpha.data(), dbeta.data());
  std::copy(dbeta.begin(), dbeta.end(), slot(model_, gradients, l, ".weight"));
  if (T* gradient = slot(model_, gradients, l, ".alpha")) std::copy(dalpha.begin(), dalpha.end(), gradient);
}

// Batch norm of channels is that of features over batch · positions samples.
template <class T>
void Network<T>::forward_channel_norm(std::size_t k, std::span<const T> values, int count, Mode mode) {
  const model::Layer& l = model_.layers[k];
  const int n = l.in.channels, positions = l.in.rows * l.in.columns, samples = count * positions;
  const auto features = static_cast<std::size_t>(n);
  mean_[k].resize(features), inverse_[k].resize(features), observed_[k].resize(2 * features);
  const auto weight = [&](const char* suffix) { return slot(model_, values, l, suffix); };
  std::vector<T> x(outputs_[k].size()), y(x.size());
  channels_last(count, n, positions, outputs_[k].data(), x.data());
  if (mode == Mode::Training) {
    batch_norm_forward(samples, n, x.data(), weight(".weight"), weight(".bias"), y.data(), mean_[k].data(),
                       inverse_[k].data(), observed_[k].data(), observed_[k].data() + features);
  } else {
    batch_norm_evaluate(samples, n, x.data(), weight(".weight"), weight(".bias"), weight(".running_mean"),
                        weight(".running_var"), y.data());
  }
  channels_first(count, n, positions, y.data(), outputs_[k + 1].data());
}

template <class T>
void Network<T>::backward_channel_norm(std::size_t k, std::span<const T> values, int count,
                                       std::span<T> gradients) {
  const model::Layer& l = model_.layers[k];
  const int n = l.in.channels, positions = l.in.rows * l.in.columns;
  std::vector<T> x(outputs_[k].size()), dy(x.size()), dx(x.size());
  channels_last(count, n, positions, outputs_[k].data(), x.data());
  channels_last(count, n, positions, deltas_[k + 1].data(), dy.data());
  const auto gradient = [&](const char* suffix) { return slot(model_, gradients, l, suffix); };
  batch_norm_backward(count * positions, n, x.data(), slot(model_, values, l, ".weight"), mean_[k].data(),
                      inverse_[k].data(), dy.data(), dx.data(), gradient(".weight"), gradient(".bias"));
  channels_first(count, n, positions, dx.data(), deltas_[k].data());
  std::copy_n(observed_[k].data(), n, gradient(".running_mean"));
  std::copy_n(observed_[k].data() + n, n, gradient(".running_var"));
}

template <class T>
void Network<T>::forward_rnn(std::size_t k, std::span<const T> values, int count) {
  const model::Layer& l = model_.layers[k];
  const auto p = rnn_parameters(model_, values, l);
  const auto n = static_cast<std::size_t>(l.out), in = static_cast<std::size_t>(l.in.size());
  beta_[k].assign(n * n, T{0});
  if (l.twin == Twin::Synapse) effective_beta(kRnnBeta, l.out, p.weight, beta_[k].data());
  if (l.twin == Twin::Dense) std::copy_n(p.weight, n * n, beta_[k].data());
  traces_[k].resize(static_cast<std::size_t>(count));
  for (std::size_t s = 0; s < traces_[k].size(); ++s) {
    rnn_forward(l, p, beta_[k].data(), outputs_[k].data() + s * in, traces_[k][s],
                outputs_[k + 1].data() + s * n);
  }
}

template <class T>
void Network<T>::backward_rnn(std::size_t k, std::span<const T> values, int count, std::span<T> gradients) {
  const model::Layer& l = model_.layers[k];
  const auto p = rnn_parameters(model_, values, l);
  const auto d = rnn_parameters(model_, gradients, l);
  const auto n = static_cast<std::size_t>(l.out), in = static_cast<std::size_t>(l.in.size());
  for (std::size_t s = 0; s < static_cast<std::size_t>(count); ++s) {
    rnn_backward(l, p, beta_[k].data(), outputs_[k].data() + s * in, traces_[k][s],
                 deltas_[k + 1].data() + s * n, deltas_[k].data() + s * in, d);
  }
  if (l.twin == Twin::Synapse) chain_beta(kRnnBeta, l.out, p.weight, beta_[k].data(), d.weight);
}

template <class T>
double Network<T>::loss(const Batch<T>& batch) const {
  const int classes = model_.classes;
  double sum = 0;
  for (int s = 0; s < batch.count; ++s) {
    sum -= static_cast<double>(
        log_probs()[at(0, s, batch.target[static_cast<std::size_t>(s)], batch.count, classes)]);
  }
  return sum / batch.count;
}

template class Network<float>;
template class Network<double>;

}  // namespace synann::compute::reference
