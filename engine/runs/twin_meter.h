// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/compute/backend.h"
#include "engine/runs/twins.h"

// Private to twin*.cpp: what the two runs share while they train.
namespace synann::runs {

// The tensors that two models have with equal names and shapes.
struct SharedTensors {
  struct Tensor {
    std::array<std::size_t, 2> offset{};  // into the values of either
    std::size_t size = 0;
    bool beta = false;
  };
  std::vector<Tensor> tensors;
  bool all = false;  // neither has another one
};
SharedTensors shared_tensors(const model::Model& a, const model::Model& b);
TwinDistance distance_of(const SharedTensors& shared, std::int64_t steps, std::span<const float> a,
                         std::span<const float> b);
bool same_bits(std::span<const float> a, std::span<const float> b);

// Keeps both in step and compares them. Any thread.
class TwinMeter {
 public:
  void on_change(std::function<void()> told) { told_ = std::move(told); }

  // Of one of the two, when its back end is made.
  void set_model(int side, std::shared_ptr<const model::Model> model);
  // Waits until the other one has made as many steps. False: asked to stop.
  bool may_step(int side, const compute::CancelFlag& cancel);
  // After a step; whether its parameters are wanted, by add_values().
  bool add_loss(int side, float loss);
  void add_values(int side, std::span<const float> values);
  void finish_step(int side);  // the other one may begin its next one

  void start(int side, const train::StartInfo& start);
  void add_evaluation(int side, const train::Evaluation& evaluation);
  void set_state(int side, train::State state, const std::string& reason);
  void saved(int side, const std::string& checkpoint);
  void end(int side);  // the other one need not wait any more

  void set_paused(bool paused);
  bool paused() const;
  TwinTrace trace() const;

 private:
  bool wants_values(std::int64_t steps) const;
  void compare_values();
  void diverge(std::int64_t step, bool losses);
  void tell() const;

  struct Values {
    std::int64_t steps = -1;
    std::vector<float> numbers;
  };
  std::function<void()> told_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  TwinTrace trace_;
  std::array<std::shared_ptr<const model::Model>, 2> models_;
  SharedTensors shared_;
  std::array<Values, 2> values_;
  std::array<bool, 2> ended_{};
  std::array<std::size_t, 2> finished_{};  // steps, with their values where these were wanted
  bool paused_ = false;
  bool parameters_differ_ = false;
};

// A back end that makes one step at a time, when its turn has come.
class LockStepBackend final : public compute::Backend {
 public:
  LockStepBackend(std::unique_ptr<compute::Backend> inner, TwinMeter& meter, int side)
      : inner_(std::move(inner)), meter_(meter), side_(side) {}

  compute::BackendInfo info() const override { return inner_->info(); }
  Status load(const model::State& state) override {
    state_ = state;
    return inner_->load(state);
  }
  Status fetch(model::State& state) override { return inner_->fetch(state); }
  Result<compute::SpanResult> run(const compute::StepSpan& span, const compute::CancelFlag& cancel) override;
  Result<compute::EvaluationResult> evaluate(compute::EvaluationSet set, int batch_size,
                                             const compute::CancelFlag& cancel,
                                             const std::function<void(int done)>& progress) override {
    return inner_->evaluate(set, batch_size, cancel, progress);
  }
  Result<compute::Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) override {
    return inner_->probe(input, target);
  }
  Result<compute::Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                             bool activations) override {
    return inner_->ask(set, samples, activations);
  }

 private:
  std::unique_ptr<compute::Backend> inner_;
  TwinMeter& meter_;
  int side_;
  model::State state_;  // sizes of what is fetched
};

}  // namespace synann::runs
