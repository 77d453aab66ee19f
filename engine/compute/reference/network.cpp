// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/reference/network.h"

#include <type_traits>

#include "engine/compute/reference/layers.h"

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
      softmax_forward(count, n, x, y.data());
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
      softmax_backward(count, n, y, dy, dx);
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
    case LogSoftmax:
      break;  // only as the last layer, where backward() starts
  }
}

template <class T>
void Network<T>::forward_synapse(std::size_t k, std::span<const T> values, int count) {
  const model::Layer& l = model_.layers[k];
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
