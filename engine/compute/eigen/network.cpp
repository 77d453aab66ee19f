// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "engine/compute/batch_network.h"
#include "engine/compute/eigen/layers.h"
#include "engine/compute/exact/close_calls.h"
#include "engine/core/thread_pool.h"

namespace synann::compute {
namespace {

using eigen::Chunk;
using eigen::EigenLayer;
using eigen::Pass;

// The multi-threaded tier on Eigen: every model, every size. Consecutive layers that work sample by sample
// run as one parallel region, chunk by chunk; only layers that look across the batch make the threads meet.
class EigenTier final : public BatchNetwork {
 public:
  EigenTier(const model::Model& model, int threads, const eigen::Kernels& kernels)
      : model_(model),
        close_calls_(model),
        kernels_(kernels),
        pool_(threads),
        outputs_(model.layers.size() + 1),
        deltas_(model.layers.size() + 1) {
    for (std::size_t k = 0; k < model.layers.size(); ++k)
      layers_.push_back(eigen::make_layer(model, k, threads, kernels));
  }

  BackendInfo info() const override {
    return {.device = "CPU", .tier = "eigen", .isa = kernels_.isa, .threads = pool_.threads()};
  }

  double gradient(std::span<const float> values, const Batch<float>& batch, const DropoutDraws& draws,
                  std::span<float> gradients) override {
    std::fill(gradients.begin() + static_cast<std::ptrdiff_t>(model_.parameters.trained_count()),
              gradients.end(), 0.0f);
    begin({.batch = batch.count,
           .mode = Mode::Training,
           .draws = draws,
           .values = values.data(),
           .gradients = gradients.data()},
          batch);
    forward();
    backward(batch);
    double sum = 0;
    for (int s = 0; s < batch.count; ++s) {
      sum -= static_cast<double>(
          log_probs()[eigen::size(s, model_.classes) + batch.target[static_cast<std::size_t>(s)]]);
    }
    return sum / batch.count;
  }

  std::span<const float> evaluate(std::span<const float> values, const Batch<float>& batch) override {
    begin({.batch = batch.count, .mode = Mode::Evaluation, .draws = {}, .values = values.data()}, batch);
    forward();
    return log_probs();
  }

  std::span<const float> evaluate_from(std::span<const float> values, std::size_t layer,
                                       const Batch<float>& batch) override {
    begin({.batch = batch.count, .mode = Mode::Evaluation, .draws = {}, .values = values.data()}, batch);
    if (layer > 0) std::copy(batch.input.begin(), batch.input.end(), outputs_[layer].begin());
    forward(layer);
    return log_probs();
  }

  std::span<const float> log_probs() const override { return output(model_.layers.size() - 1); }
  std::span<const float> output(std::size_t layer) const override {
    return std::span(outputs_[layer + 1]).first(eigen::size(pass_.batch, model_.layers[layer].result.size()));
  }

 private:
  Chunk chunk(int index) const { return eigen::chunk_of(pass_.batch, index); }

  Pass layer_pass(std::size_t k) {
    Pass p = pass_;
    p.x = k == 0 ? input_ : outputs_[k].data();
    p.y = outputs_[k + 1].data();
    p.dy = deltas_[k + 1].data();
    p.dx = k == 0 ? nullptr : deltas_[k].data();
    const int block = model_.layers[k].block;
    if (block >= 0) {
      const bool begins = model_.layers[k].kind == model::LayerKind::ResidualBegin;
      p.kept = (begins ? deltas_ : outputs_)[static_cast<std::size_t>(block) + 1].data();
    }
    return p;
  }

  void begin(Pass pass, const Batch<float>& batch) {
    pass_ = pass;
    pass_.chunks = eigen::chunk_count(batch.count);
    input_ = batch.input.data();
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      const auto needed =
          static_cast<std::size_t>(batch.count) * static_cast<std::size_t>(model_.layers[k].result.size());
      if (outputs_[k + 1].size() < needed) outputs_[k + 1].resize(needed);
      if (pass_.mode == Mode::Training && deltas_[k + 1].size() < needed) deltas_[k + 1].resize(needed);
      layers_[k]->prepare(layer_pass(k));
    }
  }

  void forward(std::size_t first = 0) {
    std::size_t begin = first;  // layers [begin, k) wait for their chunks
    const auto run_chunks = [&](std::size_t end) {
      if (begin < end) {
        pool_.run(pass_.chunks, [&](int index, int thread) {
          for (std::size_t k = begin; k < end; ++k) {
            layers_[k]->forward_chunk(layer_pass(k), chunk(index), thread);
            if (pass_.mode == Mode::Training) settle(k, chunk(index));
          }
        });
      }
      begin = end;
    };
    for (std::size_t k = first; k < layers_.size(); ++k) {
      const Pass p = layer_pass(k);
      if (layers_[k]->forward_tasks(p) > 0) {
        run_chunks(k);
        layers_[k]->begin_forward(p);
        pool_.run(layers_[k]->forward_tasks(p),
                  [&](int task, int thread) { layers_[k]->forward_task(p, task, thread); });
      }
    }
    run_chunks(layers_.size());
  }

  void settle(std::size_t k, Chunk c) {
    const Pass p = layer_pass(k);
    const model::Layer& l = model_.layers[k];
    close_calls_.settle(k, c.count, p.values, input_ + eigen::size(c.first, model_.input.size()),
                        p.x + eigen::size(c.first, l.in.size()), p.y + eigen::size(c.first, l.result.size()));
  }

  // The gradient of the mean loss by the logits: (softmax − onehot) / batch.
  void differentiate_loss(const Batch<float>& batch, const float* log_probabilities, float* dx) const {
    const auto share = static_cast<float>(batch.count);
    for (const std::uint8_t target : batch.target)
      for (int i = 0; i < model_.classes; ++i)
        *dx++ = (std::exp(*log_probabilities++) - (i == target ? 1.0f : 0.0f)) / share;
  }

  void backward(const Batch<float>& batch) {
    const std::size_t last = layers_.size() - 1;
    if (last == 0) return;  // nothing to train
    differentiate_loss(batch, outputs_[last + 1].data(), deltas_[last].data());
    std::size_t end = last;  // layers [k, end) wait for their chunks, to run in descending order
    const auto run_chunks = [&](std::size_t begin) {
      if (begin < end) {
        pool_.run(pass_.chunks, [&](int index, int thread) {
          for (std::size_t k = end; k-- > begin;)
            layers_[k]->backward_chunk(layer_pass(k), chunk(index), thread);
        });
      }
      end = begin;
    };
    for (std::size_t k = last; k-- > 0;) {
      const Pass p = layer_pass(k);
      if (layers_[k]->backward_tasks(p) > 0) {
        run_chunks(k + 1);
        layers_[k]->begin_backward(p);
        pool_.run(layers_[k]->backward_tasks(p),
                  [&](int task, int thread) { layers_[k]->backward_task(p, task, thread); });
      }
    }
    run_chunks(0);
    finish_gradients();
  }

  void finish_gradients() {
    tasks_.clear();
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      const int count = layers_[k]->gradient_tasks(layer_pass(k));
      for (int task = 0; task < count; ++task) tasks_.emplace_back(k, task);
    }
    pool_.run(static_cast<int>(tasks_.size()), [&](int index, int thread) {
      const auto [k, task] = tasks_[static_cast<std::size_t>(index)];
      layers_[k]->gradient_task(layer_pass(k), task, thread);
    });
  }

  const model::Model& model_;
  exact::CloseCalls close_calls_;
  const eigen::Kernels& kernels_;
  ThreadPool pool_;
  std::vector<std::unique_ptr<EigenLayer>> layers_;
  std::vector<std::vector<float>> outputs_, deltas_;  // [layers + 1]; index 0 is the input and stays empty
  std::vector<std::pair<std::size_t, int>> tasks_;
  const float* input_ = nullptr;
  Pass pass_;
};

}  // namespace

std::unique_ptr<BatchNetwork> make_eigen_network(const model::Model& model, int threads, Isa isa) {
  return std::make_unique<EigenTier>(model, threads, eigen::kernels(isa));
}

}  // namespace synann::compute
