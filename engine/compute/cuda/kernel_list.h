// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cuda/kernels_any_image.h"
#include "engine/compute/cuda/kernels_any_synapse.h"
#include "engine/compute/cuda/kernels_any_synapse_backward.h"
#include "engine/compute/cuda/kernels_batch.h"
#include "engine/compute/cuda/kernels_channel_norm.h"
#include "engine/compute/cuda/kernels_dense.h"
#include "engine/compute/cuda/kernels_fused_backward.h"
#include "engine/compute/cuda/kernels_fused_forward.h"
#include "engine/compute/cuda/kernels_fused_head.h"
#include "engine/compute/cuda/kernels_fused_update.h"
#include "engine/compute/cuda/kernels_image.h"
#include "engine/compute/cuda/kernels_norm.h"
#include "engine/compute/cuda/kernels_pointwise.h"
#include "engine/compute/cuda/kernels_rnn.h"
#include "engine/compute/cuda/kernels_step.h"
#include "engine/compute/cuda/kernels_synapse.h"
#include "engine/compute/cuda/kernels_synapse_backward.h"

// Every kernel, in groups that are compiled apart (gpu_kernels_*.cu, host_kernels.cpp).
// clang-format off
#define SYNANN_CUDA_BATCH_KERNELS(X)                                                      \
  X(Gather) X(Relu) X(ReluBackward) X(DropoutMask) X(SoftmaxForward) X(SoftmaxBackward)   \
  X(LogSoftmaxForward) X(LossBackward) X(BatchLoss) X(Score)                              \
  X(CheckFinite) X(SquaredNorm) X(Judge) X(Update)                                        \
  X(Pointwise) X(PointwiseBackward) X(GluForward) X(GluBackward) X(Sum)                   \
  X(ScaledSoftmaxForward) X(ScaledSoftmaxBackward)
#define SYNANN_CUDA_LAYER_KERNELS(X)                                                      \
  X(MatMul) X(SumParts) X(ColumnSum) X(ConvForward) X(SettleWindows) X(ConvBackwardInput) \
  X(ConvBackwardWeight) X(MaxPoolForward) X(PoolBackward) X(AvgPoolForward)               \
  X(NormForward) X(NormEvaluate) X(NormBackward)                                          \
  X(AnyConvForward) X(AnyConvBackwardInput) X(AnyConvBackwardWeight)                      \
  X(AnyMaxPoolForward) X(AnyAvgPoolForward) X(AnyPoolBackward)                            \
  X(ChannelMoments) X(ChannelNorm) X(ChannelNormEvaluate)                                 \
  X(ChannelNormSums) X(ChannelNormBackward)
#define SYNANN_CUDA_SYNAPSE_KERNELS(X)                                                    \
  X(SynapseConstrain) X(SynapseChain) X(SynapseForward) X(CoupledFactor)                  \
  X(CoupledForward) X(CoupledGain) X(SynapsePrepare) X(SynapseBackwardInput)              \
  X(SynapseBackwardWeight) X(Headroom) X(Transpose) X(RnnForward) X(RnnBackward)          \
  X(AnySynapseConstrain) X(AnySynapseChain) X(AnySynapseForward) X(AnyCoupledFactor)      \
  X(AnyCoupledForward) X(AnySynapseSums) X(AnySynapsePrepare)                             \
  X(AnySynapseBackwardInput) X(AnySynapseBackwardWeight) X(AnyHeadroom)
#define SYNANN_CUDA_FUSED_KERNELS(X)                                                      \
  X(FusedForward) X(FusedHead) X(FusedClassify) X(FusedBackward) X(FusedReduce)           \
  X(FusedDerive) X(FusedSettle) X(FusedConclude)
#define SYNANN_CUDA_KERNELS(X)                                                            \
  SYNANN_CUDA_BATCH_KERNELS(X) SYNANN_CUDA_LAYER_KERNELS(X)                               \
  SYNANN_CUDA_SYNAPSE_KERNELS(X) SYNANN_CUDA_FUSED_KERNELS(X)
// clang-format on

namespace synann::compute::cuda {

#define SYNANN_KERNEL_ID(name) name,
namespace ids {
enum KernelId : int { SYNANN_CUDA_KERNELS(SYNANN_KERNEL_ID) kCount };
}
#undef SYNANN_KERNEL_ID

inline constexpr int kKernelCount = ids::kCount;

// The number of a kernel in the tables of launchers.
template <class Kernel>
struct KernelNumber;
#define SYNANN_KERNEL_NUMBER(name)                            \
  template <>                                                 \
  struct KernelNumber<name> {                                 \
    static constexpr int value = static_cast<int>(ids::name); \
  };
SYNANN_CUDA_KERNELS(SYNANN_KERNEL_NUMBER)
#undef SYNANN_KERNEL_NUMBER

}  // namespace synann::compute::cuda
