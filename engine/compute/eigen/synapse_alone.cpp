// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/eigen/synapse_alone.h"

namespace synann::compute::eigen {
namespace {

model::Model only_synapse(int n) {
  // A layer of one row of n pixels always resolves.
  return *model::resolve({.id = "synapse",
                          .title = {},
                          .help = {},
                          .scaling = {},
                          .input = {1, 1, n},
                          .classes = n,
                          .layers = {{.kind = model::LayerKind::Synapse, .name = "fcn"}},
                          .parameters = {}});
}

}  // namespace

SynapseAlone::SynapseAlone(int n, int threads, Isa isa)
    : kernels_(eigen::kernels(isa)),
      pool_(threads),
      model_(only_synapse(n)),
      layer_(make_synapse(model_, model_.layers.front(), threads, kernels_)) {}

Pass SynapseAlone::pass(int batch, const float* x, const float* beta) const {
  // The weight is the first tensor of the model, so β stands where the values begin.
  return {.batch = batch, .chunks = chunk_count(batch), .draws = {}, .values = beta, .x = x};
}

void SynapseAlone::forward(int batch, const float* x, const float* beta, float* y) {
  Pass p = pass(batch, x, beta);
  p.y = y;
  layer_->prepare(p);
  layer_->begin_forward(p);
  pool_.run(layer_->forward_tasks(p), [&](int task, int thread) { layer_->forward_task(p, task, thread); });
}

void SynapseAlone::backward(int batch, const float* x, const float* beta, const float* dy, float* dx,
                            float* dbeta) {
  Pass p = pass(batch, x, beta);
  p.dy = dy;
  p.dx = dx;
  p.gradients = dbeta;
  layer_->begin_backward(p);
  pool_.run(layer_->backward_tasks(p), [&](int task, int thread) { layer_->backward_task(p, task, thread); });
  if (!layer_->has_backward_chunks()) return;
  pool_.run(p.chunks,
            [&](int index, int thread) { layer_->backward_chunk(p, chunk_of(batch, index), thread); });
}

}  // namespace synann::compute::eigen
