// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/compute/augmenter.h"
#include "engine/compute/batch.h"
#include "engine/compute/cpu/fused_tensors.h"
#include "engine/compute/exact/close_calls.h"
#include "engine/compute/isa.h"
#include "engine/compute/ranks/team.h"
#include "engine/data/dataset.h"

namespace synann::compute::fused {
namespace SYNANN_NET {

// The kernels of an instruction set that this machine has.
const Kernels& kernels(Isa isa);

// The samples of a step: images of a set, scaled on the fly, or images that are scaled already.
struct Samples {
  int count = 0;
  const data::Dataset* set = nullptr;  // with order
  const std::uint32_t* order = nullptr;
  const float* scaled = nullptr;  // [count, 784]; where there is no set
  const std::uint8_t* target = nullptr;
  const Augmenter* augmenter = nullptr;  // of the images of the set in this epoch
  std::uint64_t seed = 0;
  int epoch = 1;
};

// The fused arithmetic of one batch. A unit of work is a fixed chunk of samples, each taken from its pixels
// to the synapse layer (and back) while it is in the cache; only batch norm makes the threads meet. Sums go
// chunk by chunk, so results do not depend on the number of threads.
class FusedNetwork {
 public:
  // ranks: null where this process is alone. What others compute arrives before a step goes on, and the loss,
  // the gradients and what evaluate() returns are whole on every rank; activations are this rank's alone.
  FusedNetwork(const model::Model& model, const Plan& plan, int threads, const Kernels& kernels,
               Ranks* ranks = nullptr);

  const char* isa() const { return kernels_.isa; }
  int threads() const { return team_.threads(); }
  // The samples of a batch are cut into as many parts, all of which may have a rank of their own.
  static int chunk_count(int samples);
  // The samples of a batch that this rank computes, and the least of what all ranks say.
  Share own_samples(int samples) const;
  int least_of_ranks(int value) { return team_.least(value); }
  const Activations& activations() const { return activations_; }

  // Parameters and running statistics [float_count]; the block stays the caller's and must live on. When it
  // changes other than by step(), it has to be loaded again.
  void load(const float* values);

  // The mean loss of a batch and its gradients [float_count]; for running statistics: what this batch
  // observed. `go_on`, if any, is asked once the loss is known and finite, before anything changes. With
  // `update`, which must be of the block that was loaded, the step is taken if every gradient is finite.
  struct Outcome {
    double loss = 0;
    bool finite = true;  // the loss and every gradient, and `go_on` agreed
  };
  Outcome step(const Samples& samples, const DropoutDraws& draws, std::span<float> gradients,
               const Update* update = nullptr, const std::function<bool(double loss)>& go_on = {});

  // Log-probabilities [count, kClasses] with running statistics. `keep`: the activations of all samples, as
  // after step().
  const float* evaluate(const Samples& samples, bool keep = false);
  // The same from the synapse layer on, whose inputs [count, kHidden] are known.
  const float* resume(const float* soft, int count);

  // conv1's pooled pixels of these samples of the last step, or of an evaluation that kept them, [samples,
  // 10, 144].
  std::vector<float> pooled1(Share samples) const;

 private:
  struct Chunk {
    int first, end;
  };
  static Chunk chunk(int samples, int index);

  void make_room(const Samples& samples);
  void fetch(const Samples& samples, Chunk chunk, int thread);
  void draw(const DropoutDraws& draws, int row, Sample& sample) const;
  Sample open(const Samples& samples, int row, int place);
  template <class Work>
  void each_group(int count, const Work& work);
  void read_image(const Samples& samples, int row, float* image) const;
  void settle_close_calls(Sample& sample, const Scratch& scratch) const;
  void use_batch_statistics(int chunks, int samples, std::span<float> gradients);
  void use_running_statistics();
  double use_loss_sums(int chunks, int samples);
  Norm norm() const;
  static std::vector<int> bounds_of(int samples);
  template <class T>
  Written rows(T* block, std::size_t width, int samples) const {
    return Written::blocks(block, width, bounds_of(samples));
  }

  Plan plan_;
  const Kernels& kernels_;
  exact::CloseCalls close_calls_;
  Team team_;
  float scale_, offset_;  // pixel → input
  Tensors tensors_;
  Activations activations_;
  const float* values_ = nullptr;
  Weights weights_{};
  Lines<Partial> partials_;                                       // [chunks]
  Lines<Scratch> scratch_;                                        // [threads]
  std::vector<Augmenter::Scratch> augment_scratch_;               // [threads]
  Lines<Sample> samples_;                                         // [batch]
  Lines<std::uint8_t> images_;                                    // [batch, 784], as in the set
  Lines<float> mean_, mean_rest_, inverse_, mean_dz_, mean_dot_;  // [64]
};

}  // namespace SYNANN_NET
}  // namespace synann::compute::fused
