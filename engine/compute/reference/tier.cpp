// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/batch_network.h"
#include "engine/compute/reference/network.h"

namespace synann::compute {
namespace {

class ReferenceTier final : public BatchNetwork {
 public:
  explicit ReferenceTier(const model::Model& model) : network_(model) {}

  BackendInfo info() const override {
    return {.device = "CPU", .tier = "reference", .isa = "as compiled", .threads = 1};
  }

  double gradient(std::span<const float> values, const Batch<float>& batch, const DropoutDraws& draws,
                  std::span<float> gradients) override {
    network_.forward(values, batch, Mode::Training, draws);
    network_.backward(values, batch, draws, gradients);
    return network_.loss(batch);
  }

  std::span<const float> evaluate(std::span<const float> values, const Batch<float>& batch) override {
    network_.forward(values, batch, Mode::Evaluation, {});
    return network_.log_probs();
  }

  std::span<const float> evaluate_from(std::span<const float> values, std::size_t layer,
                                       const Batch<float>& batch) override {
    network_.forward(values, batch, Mode::Evaluation, {}, layer);
    return network_.log_probs();
  }

  std::span<const float> log_probs() const override { return network_.log_probs(); }
  std::span<const float> output(std::size_t layer) const override { return network_.output(layer); }

 private:
  reference::Network<float> network_;
};

}  // namespace

std::unique_ptr<BatchNetwork> make_reference_network(const model::Model& model) {
  return std::make_unique<ReferenceTier>(model);
}

}  // namespace synann::compute
