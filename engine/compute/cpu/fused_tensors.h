// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

#include "engine/compute/cpu/fused_memory.h"
#include "engine/compute/cpu/fused_plan.h"

namespace synann::compute::fused {
namespace SYNANN_NET {

// An update by SGD, or by Adam where there are squares; in place.
struct Update {
  float *values, *momenta, *squares = nullptr;
  float rate = 0, momentum = 0;  // SGD
  AdamNumbers adam{};
};

// The end of a step: what the chunks left, and where the gradients go.
struct Finish {
  const Partial* partials;
  int chunks;
  const Activations* activations;
  float* gradients;  // [float_count]
};

// The parameters in the kernels' layouts, and the work at the end of a step: first the gradients, as sums of
// the chunks in their order, then the update and the new layouts. Tasks touch different numbers and may run
// concurrently; a task updates what it has summed, so that it stays with one processor.
class Tensors {
 public:
  Tensors(const Plan& plan, const Kernels& kernels);

  // Lays out everything anew.
  void lay_out(const float* values);
  // values: those that were laid out last, by lay_out() or by an update.
  Weights weights(const float* values) const;

  // Lists the samples that keep each map of conv2; before the gradients are summed.
  void list_samples(const std::uint32_t* kept_maps, int samples);
  int tasks() const;
  // Returns whether every gradient of this task is finite.
  bool sum(int task, const Finish& finish);
  void update(int task, const float* gradients, const Update& update);

 private:
  // One of kParts parts of a tensor: outputs of fc1, maps of conv2, inputs j of β_ij. The rest has one.
  enum class Kind { Fc1, Conv2, Synapse, Rest };
  struct Task {
    Kind kind;
    int part;
  };
  Task task(int index) const;

  bool sum_fc1(int part, const Finish& f);
  bool sum_conv2(int part, const Finish& f);
  bool sum_synapse(int part, const Finish& f);
  bool sum_rest(const Finish& f);
  const float* reduce(const Finish& f, const float* first, int count, float* out) const;
  void move(std::size_t offset, int count, const float* gradients, const Update& update) const;

  void lay_out_conv2(const float* values, int part);
  void lay_out_synapse(const float* values, int part);
  void lay_out_rest(const float* values);

  Plan plan_;
  const Kernels& kernels_;
  std::vector<int> samples_[kMaps2];  // that keep a map
  Lines<float> conv2_by_tap_, conv2_transformed_, synapse_by_input_, fc2_, fc2_by_input_, fc2_bias_;
};

}  // namespace SYNANN_NET
}  // namespace synann::compute::fused
