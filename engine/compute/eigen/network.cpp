// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/compute/batch_network.h"
#include "engine/compute/eigen/layers.h"
#include "engine/compute/exact/close_calls.h"
#include "engine/compute/ranks/team.h"

namespace synann::compute {
namespace {

using eigen::Chunk;
using eigen::EigenLayer;
using eigen::Pass;

// The multi-threaded tier on Eigen: every model, every size. Consecutive layers that work sample by sample
// run as one parallel region, chunk by chunk; only layers that look across the batch make the threads meet.
class EigenTier final : public BatchNetwork {
 public:
  EigenTier(const model::Model& model, int threads, const eigen::Kernels& kernels, Ranks* ranks)
      : model_(model),
        close_calls_(model),
        kernels_(kernels),
        team_(threads, ranks),
        outputs_(model.layers.size() + 1),
        deltas_(model.layers.size() + 1),
        whole_outputs_(model.layers.size() + 1),
        whole_deltas_(model.layers.size() + 1) {
    for (std::size_t k = 0; k < model.layers.size(); ++k)
      layers_.push_back(eigen::make_layer(model, k, threads, kernels));
  }

  BackendInfo info() const override {
    return {.device = "CPU", .tier = "eigen", .isa = kernels_.isa, .threads = team_.threads()};
  }
  int most_ranks(int batch_size) const override { return eigen::chunk_count(batch_size); }

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
    gather_output(layers_.size() - 1);
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
    gather_output(layers_.size() - 1);
    return log_probs();
  }

  std::span<const float> evaluate_from(std::span<const float> values, std::size_t layer,
                                       const Batch<float>& batch) override {
    begin({.batch = batch.count, .mode = Mode::Evaluation, .draws = {}, .values = values.data()}, batch);
    if (layer > 0) std::copy(batch.input.begin(), batch.input.end(), outputs_[layer].begin());
    forward(layer);
    return log_probs();
  }

  void gather_outputs() override {
    for (std::size_t k = 0; k < layers_.size(); ++k) gather_output(k);
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
    whole_outputs_.assign(layers_.size() + 1, false);
    whole_deltas_.assign(layers_.size() + 1, false);
    whole_outputs_[0] = true;
  }

  // What the chunks of all ranks made, on every rank: the output of layer k; the gradient by it.
  void gather_output(std::size_t k) { gather(outputs_, whole_outputs_, k); }
  void gather_delta(std::size_t k) { gather(deltas_, whole_deltas_, k); }
  void gather(std::vector<std::vector<float>>& blocks, std::vector<bool>& whole, std::size_t k) {
    if (!team_.alone() && !whole[k + 1]) team_.exchange(rows(blocks, k));
    whole[k + 1] = true;
  }
  void gather_input(std::size_t k) {
    if (k > 0) gather_output(k - 1);
  }
  Written rows(std::vector<std::vector<float>>& blocks, std::size_t k) const {
    return Written::blocks(blocks[k + 1].data(), eigen::size(model_.layers[k].result.size(), 1),
                           eigen::chunk_bounds(pass_.batch));
  }

  // Tasks whose results are handed over are shared among the ranks.
  template <class Task>
  void run_tasks(int count, std::vector<Written> (EigenLayer::*written)(const Pass&), std::size_t k,
                 const Task& task) {
    if (team_.alone()) return team_.run(count, task);
    const std::vector<Written> parts = (*layers_[k].*written)(layer_pass(k));
    if (parts.empty()) return team_.run(count, task);
    team_.run_share(count, task);
    team_.exchange(parts);
  }

  void forward(std::size_t first = 0) {
    std::size_t begin = first;  // layers [begin, k) wait for their chunks
    // Those; then what the layer behind them measures first, while it is in the cache.
    const auto run_chunks = [&](std::size_t end, bool measure) {
      if (begin < end || measure) {
        team_.run_share(pass_.chunks, [&](int index, int thread) {
          for (std::size_t k = begin; k < end; ++k) {
            layers_[k]->forward_chunk(layer_pass(k), chunk(index), thread);
            if (pass_.mode == Mode::Training) settle(k, chunk(index));
          }
          if (measure) layers_[end]->measure_forward(layer_pass(end), 0, chunk(index));
        });
      }
      begin = end;
    };
    for (std::size_t k = first; k < layers_.size(); ++k) {
      const Pass p = layer_pass(k);
      for (int round = 0; round < layers_[k]->forward_rounds(p); ++round) {
        if (round == 0) {
          run_chunks(k, true);
        } else {
          team_.run_share(pass_.chunks,
                          [&](int index, int) { layers_[k]->measure_forward(p, round, chunk(index)); });
        }
        exchange_measured(k);
        layers_[k]->end_forward_round(p, round);
      }
      if (layers_[k]->forward_tasks(p) > 0) {
        run_chunks(k, false);
        gather_input(k);
        layers_[k]->begin_forward(p);
        run_tasks(layers_[k]->forward_tasks(p), &EigenLayer::forward_written, k,
                  [&](int task, int thread) { layers_[k]->forward_task(p, task, thread); });
        // Where close calls are settled, that is done by chunks.
        whole_outputs_[k + 1] = model_.layers[k].kind != model::LayerKind::Linear;
      }
    }
    run_chunks(layers_.size(), false);
  }

  void exchange_measured(std::size_t k) {
    if (!team_.alone()) team_.exchange(layers_[k]->measured(layer_pass(k)));
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
    whole_deltas_[last] = true;
    std::size_t end = last;  // layers [k, end) wait for their chunks, to run in descending order
    const auto run_chunks = [&](std::size_t begin, bool measure) {
      if (begin < end || measure) {
        team_.run_share(pass_.chunks, [&](int index, int thread) {
          for (std::size_t k = end; k-- > begin;)
            layers_[k]->backward_chunk(layer_pass(k), chunk(index), thread);
          if (measure) layers_[begin - 1]->measure_backward(layer_pass(begin - 1), chunk(index));
        });
      }
      end = begin;
    };
    for (std::size_t k = last; k-- > 0;) {
      const Pass p = layer_pass(k);
      if (layers_[k]->has_backward_round()) {
        run_chunks(k + 1, true);
        exchange_measured(k);
        layers_[k]->end_backward_round(p);
      }
      if (layers_[k]->backward_tasks(p) > 0) {
        run_chunks(k + 1, false);
        gather_input(k);
        gather_delta(k);
        layers_[k]->begin_backward(p);
        run_tasks(layers_[k]->backward_tasks(p), &EigenLayer::backward_written, k,
                  [&](int task, int thread) { layers_[k]->backward_task(p, task, thread); });
        whole_deltas_[k] = !layers_[k]->has_backward_chunks();
      }
    }
    run_chunks(0, false);
    finish_gradients();
  }

  // Everything that the last tasks read of other ranks goes over at once, and so does what they wrote.
  void finish_gradients() {
    if (!team_.alone()) gather_for_gradients();
    tasks_.clear();
    std::vector<Written> written;
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      const Pass p = layer_pass(k);
      const int count = layers_[k]->gradient_tasks(p);
      Share share{0, count};
      if (!team_.alone() && count > 0) {
        std::vector<Written> of_layer = layers_[k]->gradient_written(p);
        if (!of_layer.empty()) share = team_.share(count);
        std::move(of_layer.begin(), of_layer.end(), std::back_inserter(written));
      }
      for (int task = share.first; task < share.end; ++task) tasks_.emplace_back(k, task);
    }
    team_.run(static_cast<int>(tasks_.size()), [&](int index, int thread) {
      const auto [k, task] = tasks_[static_cast<std::size_t>(index)];
      layers_[k]->gradient_task(layer_pass(k), task, thread);
    });
    if (!written.empty()) team_.exchange(written);
  }

  void gather_for_gradients() {
    std::vector<Written> written;
    const auto take = [&](std::vector<std::vector<float>>& blocks, std::vector<bool>& whole, std::size_t k) {
      if (!whole[k + 1]) written.push_back(rows(blocks, k));
      whole[k + 1] = true;
    };
    for (std::size_t k = 0; k + 1 < layers_.size(); ++k) {
      std::vector<Written> sums = layers_[k]->chunks_written(layer_pass(k));
      std::move(sums.begin(), sums.end(), std::back_inserter(written));
      if (!layers_[k]->gradient_sees_batch()) continue;
      if (k > 0) take(outputs_, whole_outputs_, k - 1);
      take(deltas_, whole_deltas_, k);
    }
    if (!written.empty()) team_.exchange(written);
  }

  const model::Model& model_;
  exact::CloseCalls close_calls_;
  const eigen::Kernels& kernels_;
  Team team_;
  std::vector<std::unique_ptr<EigenLayer>> layers_;
  std::vector<std::vector<float>> outputs_, deltas_;  // [layers + 1]; index 0 is the input and stays empty
  std::vector<bool> whole_outputs_, whole_deltas_;    // the same: on this rank are the rows of all ranks
  std::vector<std::pair<std::size_t, int>> tasks_;
  const float* input_ = nullptr;
  Pass pass_;
};

}  // namespace

std::unique_ptr<BatchNetwork> make_eigen_network(const model::Model& model, int threads, Isa isa,
                                                 Ranks* ranks) {
  return std::make_unique<EigenTier>(model, threads, eigen::kernels(isa), ranks);
}

}  // namespace synann::compute
