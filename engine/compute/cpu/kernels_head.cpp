// SPDX-License-Identifier: GPL-3.0-or-later
// The forward pass behind the convolutions: fc1, softmax, synapse layer, batch norm, fc2 and the loss.
#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd.h"

namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {
namespace {

// Where float32 may have missed the sign of a sum of fc1, takes the sum again in double.
void settle_signs(const Weights& w, const Sample& s, int first, float rounding, Vec& sum) {
  const Vec near = spread(rounding);
  unsigned close = at_most(sum, near) & at_most(-near, sum);
  for (; close != 0; close &= close - 1) {
    const int lane = __builtin_ctz(close), o = first + lane;
    double exact = static_cast<double>(w.fc1_bias[o]);
    for (int k = 0; k < kFeatures; ++k) {
      if ((s.kept_maps >> (k / kPixels2)) & 1u)
        exact += static_cast<double>(w.fc1[o * kFeatures + k]) * static_cast<double>(s.pooled2[k]);
    }
    sum[lane] = static_cast<float>(exact);
  }
}

// hidden = ReLU(fc1 pooled2 + b) for the kLanes outputs from `first` on, over the maps that dropout2d keeps.
void connect(const Weights& w, const Sample& s, int first) {
  Vec sum[kLanes], top{};
#pragma GCC unroll 16
  for (int o = 0; o < kLanes; ++o) sum[o] = Vec{};
#pragma GCC unroll 1
  for (unsigned maps = s.kept_maps; maps != 0; maps &= maps - 1) {
    const int begin = __builtin_ctz(maps) * kPixels2;
    for (int k = begin; k < begin + kPixels2; k += kLanes) {
      const Vec x = load(s.pooled2 + k);
      const float* row = opaque(w.fc1 + first * kFeatures + k);
      top = larger(x, top);
#pragma GCC unroll 16
      for (int o = 0; o < kLanes; ++o) sum[o] += x * load(row + o * kFeatures);
    }
  }
  add_rows<kLanes / 2>(sum);
  Vec total = sum[0] + load(w.fc1_bias + first);
  settle_signs(w, s, first, kRounding * (1 + largest_lane(top)), total);
  store(s.hidden + first, positive_part(total));
}

// soft = softmax(dropout(hidden)), where the network has them
void soften(const Sample& s) {
  if constexpr (!kNet.softmax) {
    for (int k = 0; k < kHidden; k += kLanes) store(s.soft + k, load(s.hidden + k));
    return;
  }
  Vec top = spread(-__builtin_inff());
  for (int k = 0; k < kHidden; k += kLanes) {
    const VecInt bits = spread_int(static_cast<int>((s.kept >> k) & 0xffffu)) >> lane_numbers();
    const Vec x = (bits & 1) != 0 ? load(s.hidden + k) * s.kept_scale : Vec{};
    store(s.soft + k, x);
    top = larger(x, top);
  }
  const Vec shift = spread(largest_lane(top));
  Vec sum{};
  for (int k = 0; k < kHidden; k += kLanes) {
    const Vec e = exponential(load(s.soft + k) - shift);
    store(s.soft + k, e);
    sum += e;
  }
  const float scale = 1.0f / sum_lanes(sum);
  for (int k = 0; k < kHidden; k += kLanes) store(s.soft + k, load(s.soft + k) * scale);
}

// mixed_i = x_i Π_j (1 − β_ij x_j). What is carried is the product less one: the factors are close to one,
// and batch norm behind the layer subtracts nearly equal numbers, which would magnify the rounding of n
// factors.
void synapse(const float* beta, const float* x, float* mixed) {
  constexpr int kSide = 2, kParts = 4, kLength = kHidden / kParts;
  for (int i = 0; i < kHidden; i += kSide * kLanes) {
    Vec less_one[kParts][kSide];
#pragma GCC unroll 4
    for (int p = 0; p < kParts; ++p)
#pragma GCC unroll 2
      for (int k = 0; k < kSide; ++k) less_one[p][k] = Vec{};
#pragma GCC unroll 1
    for (int j = 0; j < kLength; ++j) {
#pragma GCC unroll 4
      for (int p = 0; p < kParts; ++p) {
        const int row = p * kLength + j;
        const Vec input = spread(x[row]);
#pragma GCC unroll 2
        for (int k = 0; k < kSide; ++k) {
          const Vec t = load(beta + row * kHidden + i + k * kLanes) * input;
          less_one[p][k] = (less_one[p][k] - t) - t * less_one[p][k];
        }
      }
    }
#pragma GCC unroll 2
    for (int k = 0; k < kSide; ++k) {
      const Vec a = less_one[0][k] + less_one[1][k] + less_one[0][k] * less_one[1][k];
      const Vec b = less_one[2][k] + less_one[3][k] + less_one[2][k] * less_one[3][k];
      const Vec input = load(x + i + k * kLanes);
      store(mixed + i + k * kLanes, input + input * (a + b + a * b));
    }
  }
}

// log_probs = log-softmax of the logits; returns the lanes' probabilities in `probs`.
void normalise_logits(const Weights& w, const float* logits, float* log_probs, float* probs) {
  Vec top = spread(-__builtin_inff());
  for (int k = 0; k < kClasses; k += kLanes) {
    const Vec x = lane_numbers() + k < w.classes ? load(logits + k) : spread(-__builtin_inff());
    store(log_probs + k, x);
    top = larger(x, top);
  }
  const float highest = largest_lane(top);
  Vec sum{};
  for (int k = 0; k < kClasses; k += kLanes) {
    Vec e = exponential(load(log_probs + k) - highest);
    e = lane_numbers() + k < w.classes ? e : Vec{};
    store(probs + k, e);
    sum += e;
  }
  const double total = static_cast<double>(sum_lanes(sum));
  const auto shift = static_cast<float>(static_cast<double>(highest) + __builtin_log(total));
  const auto scale = static_cast<float>(1.0 / total);
  for (int k = 0; k < kClasses; k += kLanes) {
    store(log_probs + k, load(log_probs + k) - shift);
    store(probs + k, load(probs + k) * scale);
  }
}

// The gradients of fc2 and batch norm's parameters, and dnormed.
void backward_logits(const Weights& w, const Sample& s, const float* z, const float* dlogits,
                     LossSums& sums) {
  for (int k = 0; k < kClasses; k += kLanes)
    store(sums.fc2_bias + k, load(sums.fc2_bias + k) + load(dlogits + k));
  for (int f = 0; f < kHidden; f += kLanes) {
    const Vec input = load(z + f);
    Vec dz{};
    for (int k = 0; k < w.classes; ++k) {
      const Vec d = spread(dlogits[k]);
      float* total = sums.fc2 + k * kHidden + f;
      store(total, load(total) + d * input);
      dz += d * load(w.fc2 + k * kHidden + f);
    }
    store(s.dnormed + f, dz);
    store(sums.norm_sum + f, load(sums.norm_sum + f) + dz);
    store(sums.norm_dot + f, load(sums.norm_dot + f) + dz * load(s.normal + f));
  }
}

}  // namespace

void mix(const Weights& w, const Sample* samples, int count) {
  // Outputs outside: what a few outputs read of fc1 stays in the first cache for all samples.
  for (int first = 0; first < kHidden; first += kLanes)
    for (int s = 0; s < count; ++s) connect(w, samples[s], first);
  for (int s = 0; s < count; ++s) soften(samples[s]);
  inhibit(w, samples, count);
}

void inhibit(const Weights& w, const Sample* samples, int count) {
  for (int s = 0; s < count; ++s) {
    const Sample& sample = samples[s];
    if (w.synapse_by_input != nullptr) {
      synapse(w.synapse_by_input, sample.soft, sample.mixed);
    } else {
      for (int k = 0; k < kHidden; k += kLanes) store(sample.mixed + k, load(sample.soft + k));
    }
  }
}

void measure(const float* mixed, int samples, Moments& moments) {
  for (int f = 0; f < kHidden; ++f) moments.mean[f] = moments.squares[f] = 0;
  for (int s = 0; s < samples; ++s)
    for (int f = 0; f < kHidden; ++f) moments.mean[f] += static_cast<double>(mixed[s * kHidden + f]);
  for (int f = 0; f < kHidden; ++f) moments.mean[f] /= samples;
  for (int s = 0; s < samples; ++s)
    for (int f = 0; f < kHidden; ++f) {
      const double d = static_cast<double>(mixed[s * kHidden + f]) - moments.mean[f];
      moments.squares[f] += d * d;
    }
}

void classify(const Weights& w, const Norm& norm, const Sample& s, float loss_scale, bool gradients,
              LossSums& sums) {
  alignas(64) float z[kHidden], logits[kClasses], probs[kClasses];
  for (int f = 0; f < kHidden; f += kLanes) {
    const Vec centred = (load(s.mixed + f) - load(norm.mean + f)) - load(norm.mean_rest + f);
    const Vec normal = centred * load(norm.inverse + f);
    store(s.normal + f, normal);
    store(z + f, load(w.norm_scale + f) * normal + load(w.norm_shift + f));
  }
  for (int k = 0; k < kClasses; k += kLanes) {
    Vec sum[4] = {load(w.fc2_bias + k), Vec{}, Vec{}, Vec{}};
    for (int f = 0; f < kHidden; f += 4)
#pragma GCC unroll 4
      for (int c = 0; c < 4; ++c) sum[c] += spread(z[f + c]) * load(w.fc2_by_input + (f + c) * kClasses + k);
    store(logits + k, (sum[0] + sum[1]) + (sum[2] + sum[3]));
  }
  normalise_logits(w, logits, s.log_probs, probs);
  sums.loss -= static_cast<double>(s.log_probs[s.target]);
  if (!gradients) return;
  probs[s.target] -= 1.0f;
  for (int k = 0; k < kClasses; k += kLanes) store(logits + k, load(probs + k) * loss_scale);
  backward_logits(w, s, z, logits, sums);
}

}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
