// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/compute/batch.h"
#include "engine/compute/eigen/kernels.h"
#include "engine/compute/ranks/team.h"
#include "engine/model/description.h"

// The layers of the multi-threaded tier. Work is cut into fixed chunks of samples and fixed tasks, and
// partial sums are added in their order, so results do not depend on the number of threads.
namespace synann::compute::eigen {

// Samples [first, first + count) of a batch: one unit of work.
struct Chunk {
  int index = 0, first = 0, count = 0;
};

// Ten samples a chunk, so that a batch of 100 shares well; larger batches in at most 32 chunks, to bound
// partial sums.
inline int chunk_size(int batch) {
  return batch > 320 ? (batch + 31) / 32 : 10;
}
inline int chunk_count(int batch) {
  return (batch + chunk_size(batch) - 1) / chunk_size(batch);
}
inline Chunk chunk_of(int batch, int index) {
  const int size = chunk_size(batch), first = index * size;
  return {index, first, size < batch - first ? size : batch - first};
}

// What one pass over one batch knows; pointers are to whole batches of this layer, [batch, features].
struct Pass {
  int batch = 0;   // samples
  int chunks = 0;  // into which the batch is cut
  Mode mode = Mode::Training;
  DropoutDraws draws;
  const float* values = nullptr;  // [float_count]
  float* gradients = nullptr;     // [float_count]
  const float* x = nullptr;       // input
  float* y = nullptr;             // output
  const float* dy = nullptr;
  float* dx = nullptr;  // null for the first layer: nobody needs it
  // ResidualEnd: what the begin of its block kept, [batch, features]; ResidualBegin, backward: the gradient
  // by the output of the end.
  const float* kept = nullptr;
};

// One layer. A forward (or backward) step is: begin_forward on the calling thread and all forward_tasks of
// the whole batch, then forward_chunk for each chunk; a layer uses what it needs (begin_… only with tasks). A
// layer that wants sums over the batch before its chunks takes them in rounds: measure_… for each chunk, then
// end_… on the calling thread. After the whole backward pass, gradient_tasks finish the parameter gradients.
// Tasks and chunks of one kind run concurrently, on any thread; `thread` names scratch memory.
class EigenLayer {
 public:
  virtual ~EigenLayer() = default;
  virtual void prepare(const Pass&) {
  }  // serial, before the forward pass; values are ready, activations are not

  virtual void begin_forward(const Pass&) {}
  virtual int forward_tasks(const Pass&) const { return 0; }
  virtual void forward_task(const Pass&, int /*task*/, int /*thread*/) {}
  virtual int forward_rounds(const Pass&) const { return 0; }
  virtual void measure_forward(const Pass&, int /*round*/, Chunk) {}
  virtual void end_forward_round(const Pass&, int /*round*/) {}
  virtual void forward_chunk(const Pass&, Chunk, int /*thread*/) {}

  virtual void begin_backward(const Pass&) {}
  virtual int backward_tasks(const Pass&) const { return 0; }
  virtual void backward_task(const Pass&, int /*task*/, int /*thread*/) {}
  virtual bool has_backward_round() const { return false; }
  virtual void measure_backward(const Pass&, Chunk) {}
  virtual void end_backward_round(const Pass&) {}
  virtual void backward_chunk(const Pass&, Chunk, int /*thread*/) {}
  // Whether this backward pass has work for chunks left, once begun.
  virtual bool has_backward_chunks() const { return true; }

  virtual int gradient_tasks(const Pass&) const { return 0; }
  virtual void gradient_task(const Pass&, int /*task*/, int /*thread*/) {}

  // Where ranks share the work, each runs its share of the chunks. Tasks see whole batches; ranks share those
  // of which a layer says what they wrote, by task, and run all of the others.
  virtual std::vector<Written> forward_written(const Pass&) { return {}; }
  virtual std::vector<Written> backward_written(const Pass&) { return {}; }
  virtual std::vector<Written> gradient_written(const Pass&) { return {}; }
  // What backward_chunk wrote beside dx, by chunk; what measure_… wrote.
  virtual std::vector<Written> chunks_written(const Pass&) { return {}; }
  virtual std::vector<Written> measured(const Pass&) { return {}; }
  // Whether gradient_task reads x and dy.
  virtual bool gradient_sees_batch() const { return false; }
};

// Bounds of tasks that take `units` of `count` each, the last one fewer.
inline std::vector<int> bounds_of(int tasks, int units, int count) {
  std::vector<int> bounds;
  for (int task = 0; task <= tasks; ++task) bounds.push_back(task * units < count ? task * units : count);
  return bounds;
}
// Of the chunks of a batch, in samples.
inline std::vector<int> chunk_bounds(int batch) {
  return bounds_of(chunk_count(batch), chunk_size(batch), batch);
}

inline std::size_t size(int a, int b) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b);
}

// Where a layer's tensors live in the flat blocks. A layer may have no bias.
struct Offsets {
  std::size_t weight, bias;
  Offsets(const model::Model& model, const model::Layer& l)
      : weight(model.parameters.find(l.name + ".weight")->offset),
        bias(l.bias ? model.parameters.find(l.name + ".bias")->offset : 0) {}
};

std::unique_ptr<EigenLayer> make_conv2d(const model::Model& model, const model::Layer& l, int threads,
                                        const Kernels& kernels);
// The same with any stride, padding and groups, with a bias or without.
std::unique_ptr<EigenLayer> make_any_conv2d(const model::Model& model, const model::Layer& l, int threads,
                                            const Kernels& kernels);
// The same without groups, for many channels of both sides, where its tables are of a sensible size; nobody
// needs the gradient by the first layer's input. Sums in another order than the two above.
bool is_wide_conv2d(const model::Layer& l, bool first);
std::unique_ptr<EigenLayer> make_wide_conv2d(const model::Model& model, const model::Layer& l, int threads,
                                             const Kernels& kernels);
std::unique_ptr<EigenLayer> make_max_pool2d(const model::Layer& l);
std::unique_ptr<EigenLayer> make_avg_pool2d(const model::Layer& l);
std::unique_ptr<EigenLayer> make_global_max_pool2d(const model::Layer& l);
std::unique_ptr<EigenLayer> make_global_avg_pool2d(const model::Layer& l);
// Sigmoid, Tanh, Clamp, Glu, Softmax with a temperature or a scale, and both ends of a residual block.
std::unique_ptr<EigenLayer> make_activation(const model::Layer& l);
std::unique_ptr<EigenLayer> make_batch_norm2d(const model::Model& model, const model::Layer& l,
                                              const Kernels& kernels);
std::unique_ptr<EigenLayer> make_synapse(const model::Model& model, const model::Layer& l, int threads,
                                         const Kernels& kernels);  // both semantics
// Any other than a square β over all features.
std::unique_ptr<EigenLayer> make_any_synapse(const model::Model& model, const model::Layer& l, int threads,
                                             const Kernels& kernels);
std::unique_ptr<EigenLayer> make_syna_rnn(const model::Model& model, const model::Layer& l, int threads,
                                          const Kernels& kernels);

// index: the layer's number in the model (its dropout stream).
std::unique_ptr<EigenLayer> make_layer(const model::Model& model, std::size_t index, int threads,
                                       const Kernels& kernels);

}  // namespace synann::compute::eigen
