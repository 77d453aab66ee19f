// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/compute/augmenter.h"
#include "engine/compute/backend.h"
#include "engine/compute/batch_network.h"

namespace synann::compute {

// A back end on the CPU that walks a span batch by batch: gather, gradient, check, update. The network
// supplies the arithmetic of a batch. data may be null where only probe() is called.
class BatchBackend final : public Backend {
 public:
  BatchBackend(std::shared_ptr<const model::Model> model, data::DataPairPtr data,
               std::unique_ptr<BatchNetwork> network);

  BackendInfo info() const override { return network_->info(); }
  int most_ranks(int batch_size) const override { return network_->most_ranks(batch_size); }
  Status load(const model::State& state) override;
  Status fetch(model::State& state) override;
  Result<SpanResult> run(const StepSpan& span, const CancelFlag& cancel) override;
  Result<EvaluationResult> evaluate(EvaluationSet set, int batch_size, const CancelFlag& cancel,
                                    const std::function<void(int done)>& progress) override;
  Result<Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) override;
  Result<Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                    bool activations) override;
  bool resumes(std::size_t layer) const override;
  Result<std::vector<float>> resume(std::size_t layer, std::span<const float> input, int count) override;

 private:
  // The exposed activations of the last pass.
  std::vector<std::pair<std::string, std::vector<float>>> exposed() const;
  // The batch at order[first, first + count) of a set, scaled, in this object's buffers.
  Batch<float> load_batch(const data::Dataset& set, std::span<const std::uint32_t> samples);

  // The same of the training set in a span, augmented where the span says so.
  Batch<float> load_training(const StepSpan& span, std::span<const std::uint32_t> samples);

  // The first thing that forbids the update of this step, in words; empty when all is well.
  std::string first_broken_layer() const;
  std::string trouble(double loss, const Watch& watch, int batch_count) const;

  std::shared_ptr<const model::Model> model_;
  data::DataPairPtr data_;
  std::unique_ptr<BatchNetwork> network_;
  BatchAugmenter augmenter_;
  std::vector<float> scaling_;
  model::State state_;
  std::vector<float> gradients_, input_;
  std::vector<std::uint8_t> target_;
};

}  // namespace synann::compute
