// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cpu/fused_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace synann::compute::fused {
namespace SYNANN_NET {

namespace baseline {
extern const Kernels table;
}
#if defined(SYNANN_X86_VARIANTS)
namespace avx2 {
extern const Kernels table;
}
namespace avx512 {
extern const Kernels table;
}
#endif

const Kernels& kernels([[maybe_unused]] Isa isa) {
#if defined(SYNANN_X86_VARIANTS)
  if (isa == Isa::Avx512) return avx512::table;
  if (isa == Isa::Avx2) return avx2::table;
#endif
  return baseline::table;
}

namespace {

constexpr int kGroup = 8;  // samples that a thread takes together where it evaluates

// A map of conv2 that dropout2d dropped in every sample of a chunk.
void clear_untouched(BackwardSums& sums) {
  for (int m = 0; m < kMaps2; ++m) {
    if (((sums.touched >> m) & 1u) == 0) std::fill_n(sums.conv2 + m * kMapRow, kMapRow, 0.0f);
  }
}

}  // namespace

FusedNetwork::FusedNetwork(const model::Model& model, const Plan& plan, int threads, const Kernels& kernels,
                           Ranks* ranks)
    : plan_(plan),
      kernels_(kernels),
      close_calls_(model),
      team_(threads, ranks),
      scale_(static_cast<float>(1.0 / (255.0 * model.scaling.deviation))),
      offset_(static_cast<float>(-model.scaling.mean / model.scaling.deviation)),
      tensors_(plan, kernels),
      scratch_(static_cast<std::size_t>(team_.threads())),
      augment_scratch_(static_cast<std::size_t>(team_.threads())),
      mean_(kHidden),
      mean_rest_(kHidden),
      inverse_(kHidden),
      mean_dz_(kHidden),
      mean_dot_(kHidden) {}

void FusedNetwork::load(const float* values) {
  values_ = values;
  tensors_.lay_out(values);
  weights_ = tensors_.weights(values);
}

void FusedNetwork::make_room(const Samples& samples) {
  const auto pixels = static_cast<std::size_t>(samples.count) * kImage * kImage;
  if (images_.size() < pixels) images_.resize(pixels);
}

// A power of two, so that it divides well among threads: eight where they have eight samples each, more where
// they have 32. Each has sums of its own, which want room in the cache.
int FusedNetwork::chunk_count(int samples) {
  int count = 1;
  while (count < 32 && samples >= 2 * count * (count < 8 ? 8 : 32)) count *= 2;
  return count;
}

// Chunks begin with even samples, since the synapse layer's gradient takes them in pairs.
FusedNetwork::Chunk FusedNetwork::chunk(int samples, int index) {
  const int pairs = (samples + 1) / 2, chunks = chunk_count(samples);
  return {2 * (pairs * index / chunks), std::min(samples, 2 * (pairs * (index + 1) / chunks))};
}

std::vector<int> FusedNetwork::bounds_of(int samples) {
  std::vector<int> bounds = {0};
  for (int c = 0; c < chunk_count(samples); ++c) bounds.push_back(chunk(samples, c).end);
  return bounds;
}

Share FusedNetwork::own_samples(int samples) const {
  const std::vector<int> bounds = bounds_of(samples);
  const Share chunks = team_.share(chunk_count(samples));
  return {bounds[static_cast<std::size_t>(chunks.first)], bounds[static_cast<std::size_t>(chunks.end)]};
}

Norm FusedNetwork::norm() const {
  return {mean_.data(), mean_rest_.data(), inverse_.data(), mean_dz_.data(), mean_dot_.data()};
}

void FusedNetwork::read_image(const Samples& samples, int row, float* image) const {
  if (samples.set != nullptr) {
    kernels_.scale_image(&images_[static_cast<std::size_t>(row) * kImage * kImage], scale_, offset_, image);
    return;
  }
  const float* from = samples.scaled + static_cast<std::ptrdiff_t>(row) * kImage * kImage;
  for (int r = 0; r < kImage; ++r) {
    for (int c = 0; c < 24; c += 8)
      std::copy_n(from + r * kImage + c, std::min(16, kImage - c), image + image_index(r, c));
  }
}

// The images of a batch lie anywhere in a large set: fetches those of a chunk together, so that the waits for
// memory overlap.
void FusedNetwork::fetch(const Samples& samples, Chunk chunk, int thread) {
  if (samples.set == nullptr) return;
  std::uint8_t* to = &images_[static_cast<std::size_t>(chunk.first) * kImage * kImage];
  for (int row = chunk.first; row < chunk.end; ++row, to += kImage * kImage) {
    const std::uint32_t index = samples.order[row];
    const std::uint8_t* from = samples.set->image(static_cast<int>(index)).data();
    if (samples.augmenter == nullptr) {
      std::memcpy(to, from, kImage * kImage);
    } else {
      samples.augmenter->make(from, {.seed = samples.seed, .epoch = samples.epoch, .image = index}, to,
                              augment_scratch_[static_cast<std::size_t>(thread)]);
    }
  }
}

// Takes the pooling's decisions that float32 leaves open from exact sums; a few in a thousand samples.
void FusedNetwork::settle_close_calls(Sample& sample, const Scratch& scratch) const {
  std::array<float, kImage * kImage> image;
  for (int r = 0; r < kImage; ++r)
    for (int c = 0; c < kImage; ++c)
      image[static_cast<std::size_t>(r * kImage + c)] = scratch.image[image_index(r, c)];
  const auto layer = static_cast<std::size_t>(plan_.conv2_layer);
  for (int k = 0; k < scratch.close_count; ++k) {
    const int pixel = scratch.close[k], map = pixel / kPixels2, row = 2 * (pixel % kPixels2 / kSide2),
              column = 2 * (pixel % kSide2);
    if (close_calls_.is_flat(layer, image.data(), row, column)) continue;
    const auto best = close_calls_.best_of_window(layer, values_, image.data(), map, row, column);
    sample.pooled2[pixel] = static_cast<float>(std::max(best.sum, 0.0)) * sample.map_scale;
    constexpr int kSide = 2 * kSide2;  // of conv2 before its pool
    choose(sample.where2[map], pixel % kPixels2, best.place / kSide % 2 * 2 + best.place % 2);
  }
}

// The masks of one sample.
void FusedNetwork::draw(const DropoutDraws& draws, int row, Sample& sample) const {
  sample.kept_maps = kAllMaps;
  sample.kept = ~0ull;
  if (!kNet.dropout || !draws.enabled) return;
  const auto kept = [&](int layer, double p, int count) {
    const RandomStream s = draws.stream(layer);
    return kernels_.draw(s.seed, s.purpose, s.step, s.epoch, static_cast<std::uint32_t>(row * count), count,
                         dropout_threshold(p));
  };
  sample.kept_maps = static_cast<std::uint32_t>(kept(plan_.dropout2d_layer, plan_.dropout2d, kMaps2));
  sample.kept = kept(plan_.dropout_layer, plan_.dropout, kHidden);
  sample.map_scale = static_cast<float>(1.0 / (1.0 - plan_.dropout2d));
  sample.kept_scale = static_cast<float>(1.0 / (1.0 - plan_.dropout));
}

Sample FusedNetwork::open(const Samples& samples, int row, int place) {
  Sample s = activations_.sample(row, place);
  s.target = samples.set != nullptr ? samples.set->labels[samples.order[row]] : samples.target[row];
  return s;
}

FusedNetwork::Outcome FusedNetwork::step(const Samples& samples, const DropoutDraws& draws,
                                         std::span<float> gradients, const Update* update,
                                         const std::function<bool(double)>& go_on) {
  const int chunks = chunk_count(samples.count);
  activations_.resize(samples.count, samples.count);
  make_room(samples);
  if (partials_.size() < static_cast<std::size_t>(chunks)) partials_.resize(static_cast<std::size_t>(chunks));
  if (samples_.size() < static_cast<std::size_t>(samples.count))
    samples_.resize(static_cast<std::size_t>(samples.count));
  const auto each = [&](int index, const auto& work) {
    const Chunk c = chunk(samples.count, index);
    for (int row = c.first; row < c.end; ++row) work(samples_[static_cast<std::size_t>(row)], row);
    return c;
  };

  team_.run_share(chunks, [&](int index, int thread) {
    Scratch& scratch = scratch_[static_cast<std::size_t>(thread)];
    fetch(samples, chunk(samples.count, index), thread);
    const Chunk c = each(index, [&](Sample& s, int row) {
      s = open(samples, row, row);
      draw(draws, row, s);
      activations_.kept_maps(row) = s.kept_maps;
      read_image(samples, row, scratch.image);
      kernels_.convolve(weights_, s, scratch);
      if (scratch.close_count > 0) settle_close_calls(s, scratch);
    });
    kernels_.mix(weights_, &samples_[static_cast<std::size_t>(c.first)], c.end - c.first);
    kernels_.measure(activations_.mixed() + c.first * kHidden, c.end - c.first,
                     partials_[static_cast<std::size_t>(index)].moments);
  });
  if (!team_.alone())  // also what `go_on` looks at
    team_.exchange(std::array{Written::members(partials_.data(), &Partial::moments, chunks),
                              rows(activations_.soft(), kHidden, samples.count)});
  use_batch_statistics(chunks, samples.count, gradients);

  const float loss_scale = 1.0f / static_cast<float>(samples.count);
  team_.run_share(chunks, [&](int index, int) {
    LossSums& sums = partials_[static_cast<std::size_t>(index)].loss;
    std::memset(&sums, 0, sizeof sums);
    each(index, [&](Sample& s, int) { kernels_.classify(weights_, norm(), s, loss_scale, true, sums); });
  });
  if (!team_.alone()) team_.exchange(Written::members(partials_.data(), &Partial::loss, chunks));
  const double loss = use_loss_sums(chunks, samples.count);
  if (!std::isfinite(loss) || (go_on && !go_on(loss))) return {loss, false};

  team_.run_share(chunks, [&](int index, int thread) {
    BackwardSums& sums = partials_[static_cast<std::size_t>(index)].backward;
    Scratch& scratch = scratch_[static_cast<std::size_t>(thread)];
    const Chunk c = chunk(samples.count, index);
    kernels_.backward_head(weights_, norm(), &samples_[static_cast<std::size_t>(c.first)], c.end - c.first,
                           scratch, sums);
    each(index, [&](Sample& s, int row) {
      read_image(samples, row, scratch.image);
      kernels_.backward_convolutions(weights_, s, scratch, sums);
    });
    clear_untouched(sums);
  });
  if (!team_.alone()) {
    team_.exchange(std::array{Written::members(partials_.data(), &Partial::backward, chunks),
                              rows(activations_.pooled2(), kFeatures, samples.count),
                              rows(activations_.dhidden(), kHidden, samples.count),
                              rows(&activations_.kept_maps(0), 1, samples.count)});
  }

  tensors_.list_samples(activations_.kept_maps(), samples.count);
  std::atomic<bool> finite{true};
  const Finish finish{partials_.data(), chunks, &activations_, gradients.data()};
  team_.run(tensors_.tasks(), [&](int task, int) {
    if (!tensors_.sum(task, finish)) finite.store(false, std::memory_order_relaxed);
  });
  if (update != nullptr && finite)
    team_.run(tensors_.tasks(), [&](int task, int) { tensors_.update(task, gradients.data(), *update); });
  return {loss, finite};
}

// Calls work(group, rows, thread) for all rows of a batch, at most kGroup at a time; group is theirs to fill.
// Then takes them to their log-probabilities with running statistics.
template <class Work>
void FusedNetwork::each_group(int count, const Work& work) {
  use_running_statistics();
  team_.run_share(chunk_count(count), [&](int index, int thread) {
    const Chunk c = chunk(count, index);
    std::array<Sample, kGroup> group;
    LossSums sums{};
    for (int first = c.first; first < c.end; first += kGroup) {
      const int size = std::min(kGroup, c.end - first);
      work(group.data(), Chunk{first, first + size}, thread);
      for (int k = 0; k < size; ++k)
        kernels_.classify(weights_, norm(), group[static_cast<std::size_t>(k)], 0.0f, false, sums);
    }
  });
  if (!team_.alone()) team_.exchange(rows(activations_.log_probs(), kClasses, count));
}

const float* FusedNetwork::evaluate(const Samples& samples, bool keep) {
  const int places = kGroup * team_.threads();
  activations_.resize(samples.count, keep ? std::max(samples.count, places) : places);
  make_room(samples);
  const auto rows = static_cast<std::size_t>(samples.count);
  if (keep && samples_.size() < rows) samples_.resize(rows);
  each_group(samples.count, [&](Sample* group, Chunk c, int thread) {
    Scratch& scratch = scratch_[static_cast<std::size_t>(thread)];
    fetch(samples, c, thread);
    for (int row = c.first; row < c.end; ++row) {
      Sample& s = group[row - c.first];
      s = open(samples, row, keep ? row : thread * kGroup + row - c.first);
      draw({}, row, s);
      read_image(samples, row, scratch.image);
      kernels_.convolve(weights_, s, scratch);
      if (!keep) continue;
      activations_.kept_maps(row) = s.kept_maps;
      samples_[static_cast<std::size_t>(row)] = s;
    }
    kernels_.mix(weights_, group, c.end - c.first);
  });
  return activations_.log_probs();
}

const float* FusedNetwork::resume(const float* soft, int count) {
  activations_.resize(count, kGroup * team_.threads());
  each_group(count, [&](Sample* group, Chunk c, int thread) {
    for (int row = c.first; row < c.end; ++row) {
      Sample& s = group[row - c.first];
      s = activations_.sample(row, thread * kGroup + row - c.first);
      std::copy_n(soft + static_cast<std::ptrdiff_t>(row) * kHidden, kHidden, s.soft);
    }
    kernels_.inhibit(weights_, group, c.end - c.first);
  });
  return activations_.log_probs();
}

std::vector<float> FusedNetwork::pooled1(Share samples) const {
  std::vector<float> rows(static_cast<std::size_t>((samples.end - samples.first) * kMaps1 * kPixels1));
  float* map = rows.data();
  for (int row = samples.first; row < samples.end; ++row) {
    const Sample& s = samples_[static_cast<std::size_t>(row)];
    for (int m = 0; m < kMaps1; ++m, map += kPixels1)
      for (int k = 0; k < kPixels1; ++k) map[s.order[k]] = s.pooled1[m * kOrder + std::min(k, s.inked)];
  }
  return rows;
}

// Merges the chunks' moments in their order (Chan, Golub, LeVeque) in double.
void FusedNetwork::use_batch_statistics(int chunks, int samples, std::span<float> gradients) {
  std::array<double, kHidden> mean = {}, squares = {};
  double count = 0;
  for (int c = 0; c < chunks; ++c) {
    const Moments& m = partials_[static_cast<std::size_t>(c)].moments;
    const Chunk part = chunk(samples, c);
    const double more = part.end - part.first, share = more / (count + more), weight = count * share;
    for (std::size_t f = 0; f < kHidden; ++f) {
      const double delta = m.mean[f] - mean[f];
      squares[f] += m.squares[f] + delta * delta * weight;
      mean[f] += delta * share;
    }
    count += more;
  }
  for (std::size_t f = 0; f < kHidden; ++f) {
    mean_[f] = static_cast<float>(mean[f]);
    mean_rest_[f] = static_cast<float>(mean[f] - static_cast<double>(mean_[f]));
    inverse_[f] = static_cast<float>(1.0 / std::sqrt(squares[f] / samples + kBatchNormEpsilon));
    gradients[plan_.running_mean + f] = mean_[f];
    gradients[plan_.running_var + f] = static_cast<float>(squares[f] / std::max(1, samples - 1));
  }
}

void FusedNetwork::use_running_statistics() {
  for (std::size_t f = 0; f < kHidden; ++f) {
    mean_[f] = values_[plan_.running_mean + f];
    mean_rest_[f] = 0;
    inverse_[f] = static_cast<float>(
        1.0 / std::sqrt(static_cast<double>(values_[plan_.running_var + f]) + kBatchNormEpsilon));
  }
}

// The means that batch norm's backward pass needs, and the mean loss.
double FusedNetwork::use_loss_sums(int chunks, int samples) {
  std::fill(mean_dz_.begin(), mean_dz_.end(), 0.0f);
  std::fill(mean_dot_.begin(), mean_dot_.end(), 0.0f);
  double loss = 0;
  for (int c = 0; c < chunks; ++c) {
    const LossSums& sums = partials_[static_cast<std::size_t>(c)].loss;
    for (std::size_t f = 0; f < kHidden; ++f) {
      mean_dz_[f] += sums.norm_sum[f];
      mean_dot_[f] += sums.norm_dot[f];
    }
    loss += sums.loss;
  }
  for (std::size_t f = 0; f < kHidden; ++f) {
    mean_dz_[f] /= static_cast<float>(samples);
    mean_dot_[f] /= static_cast<float>(samples);
  }
  return loss / samples;
}

}  // namespace SYNANN_NET
}  // namespace synann::compute::fused
