// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/compute/eigen/layers.h"
#include "engine/compute/exact/index.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;

// Convolution with any stride, padding and groups: im2col and a matrix product per sample and group; each
// chunk sums its own gradient.
class AnyConv2d final : public EigenLayer {
 public:
  AnyConv2d(const model::Model& model, const Layer& l, int threads, const Kernels& kernels)
      : kernels_(kernels),
        l_(l),
        at_(model, l),
        inputs_(l.in.channels / l.groups),
        outputs_(l.result.channels / l.groups),
        patch_(inputs_ * l.kernel * l.kernel),
        places_(l.result.rows * l.result.columns),
        plane_(l.in.rows * l.in.columns),
        as_it_is_(l.kernel == 1 && l.step() == 1 && l.padding == 0),
        scratch_(static_cast<std::size_t>(threads)) {
    for (int v = 0; v < l.kernel; ++v) inside_.push_back(places_inside(v, l.in.columns, l.result.columns));
  }

  void forward_chunk(const Pass& p, Chunk c, int thread) override {
    Scratch& scratch = prepared(thread);
    for (int s = c.first; s < c.first + c.count; ++s)
      for (int g = 0; g < l_.groups; ++g) {
        const int first = g * outputs_;  // output channel
        float* y = p.y + size(s, l_.result.size()) + size(first, places_);
        for (int o = 0; l_.bias && o < outputs_; ++o)
          std::fill_n(y + size(o, places_), places_, p.values[at_.bias + size(first + o, 1)]);
        kernels_.multiply(outputs_, places_, patch_, p.values + at_.weight + size(first, patch_),
                          patches(p, s, g, scratch), y, l_.bias);
      }
  }

  void backward_chunk(const Pass& p, Chunk c, int thread) override {
    Scratch& scratch = prepared(thread);
    float *weight_sum = partial(c.index), *bias_sum = weight_sum + weights();
    std::fill_n(weight_sum, partial_size(), 0.0f);
    for (int s = c.first; s < c.first + c.count; ++s) {
      if (p.dx != nullptr) std::fill_n(p.dx + size(s, l_.in.size()), l_.in.size(), 0.0f);
      for (int g = 0; g < l_.groups; ++g) {
        const std::size_t weight = size(g * outputs_, patch_);
        const float* dy = p.dy + size(s, l_.result.size()) + size(g * outputs_, places_);
        kernels_.multiply_bt(outputs_, patch_, places_, dy, patches(p, s, g, scratch), weight_sum + weight,
                             patch_, true);
        if (p.dx == nullptr) continue;
        kernels_.multiply_at(patch_, places_, outputs_, p.values + at_.weight + weight, patch_, dy,
                             scratch.deltas.data(), false);
        scatter(scratch.deltas.data(), p.dx + size(s, l_.in.size()) + size(g * inputs_, plane_));
      }
      const float* dy = p.dy + size(s, l_.result.size());
      for (int o = 0; l_.bias && o < l_.result.channels; ++o) {
        float sum = 0;
        for (int k = 0; k < places_; ++k) sum += *dy++;
        bias_sum[o] += sum;
      }
    }
  }

  void prepare(const Pass& p) override {
    if (p.mode == Mode::Training) partials_.resize(static_cast<std::size_t>(p.chunks) * partial_size());
  }
  std::vector<Written> chunks_written(const Pass& p) override {
    return {Written::blocks(partials_.data(), partial_size(), Written::each(p.chunks))};
  }
  int gradient_tasks(const Pass&) const override { return std::min(l_.result.channels, kGradientTasks); }
  // Some output channels, whose partial sums are added in the order of the chunks.
  void gradient_task(const Pass& p, int task, int) override {
    const int tasks = gradient_tasks(p), first = l_.result.channels * task / tasks,
              end = l_.result.channels * (task + 1) / tasks;
    const std::size_t begin = size(first, patch_), count = size(end - first, patch_);
    float* weight = p.gradients + at_.weight + begin;
    std::fill_n(weight, count, 0.0f);
    for (int c = 0; c < p.chunks; ++c)
      for (std::size_t k = 0; k < count; ++k) weight[k] += partial(c)[begin + k];
    for (int o = first; l_.bias && o < end; ++o) {
      float sum = 0;
      for (int c = 0; c < p.chunks; ++c) sum += partial(c)[weights() + size(o, 1)];
      p.gradients[at_.bias + size(o, 1)] = sum;
    }
  }

 private:
  static constexpr int kGradientTasks = 16;

  struct Scratch {
    std::vector<float> columns, deltas;  // [patch, places]
  };
  struct Range {
    int begin, end;
  };

  // The places whose windows have pixel `offset` inside a side of so many pixels, not in the padding.
  Range places_inside(int offset, int side, int places) const {
    const int step = l_.step(), before = l_.padding - offset, behind = side - 1 + before;
    const int begin = before > 0 ? (before + step - 1) / step : 0;
    const int end = behind < 0 ? 0 : std::min(places, behind / step + 1);
    return {std::min(begin, end), end};
  }

  Scratch& prepared(int thread) {
    Scratch& scratch = scratch_[static_cast<std::size_t>(thread)];
    scratch.columns.resize(size(patch_, places_));
    scratch.deltas.resize(size(patch_, places_));
    return scratch;
  }

  // [patch, places] of one group: row (i, u, v) holds x[i, r · step + u − padding, c · step + v − padding]
  // for every place (r, c), zero outside.
  const float* patches(const Pass& p, int sample, int group, Scratch& scratch) const {
    const float* x = p.x + size(sample, l_.in.size()) + size(group * inputs_, plane_);
    if (as_it_is_) return x;
    float* columns = scratch.columns.data();
    const int step = l_.step(), width = l_.result.columns;
    each_row(x, [&](const float* from, Range inside) {
      if (inside.begin > 0) std::fill_n(columns, inside.begin, 0.0f);
      if (step == 1) {
        std::copy(from, from + (inside.end - inside.begin), columns + inside.begin);
      } else {
        for (int c = inside.begin; c < inside.end; ++c, from += step) columns[c] = *from;
      }
      if (inside.end < width) std::fill_n(columns + inside.end, width - inside.end, 0.0f);
      columns += width;
    });
    return scratch.columns.data();
  }

  // Adds such a matrix to the pixels of a group.
  void scatter(const float* columns, float* x) const {
    const int step = l_.step();
    each_row(x, [&](float* to, Range inside) {
      const float* from = columns + inside.begin;
      const int count = inside.end - inside.begin;
      if (step == 1) {
        for (int c = 0; c < count; ++c) to[c] += from[c];
      } else {
        for (int c = 0; c < count; ++c) to[c * step] += from[c];
      }
      columns += l_.result.columns;
    });
  }

  // Rows of places over the pixels x of a group: visit(the pixel of the first place that sees one, the places
  // that see pixels and no padding).
  template <class Pixel, class Visit>
  void each_row(Pixel* x, const Visit& visit) const {
    for (int i = 0; i < inputs_; ++i)
      for (int u = 0; u < l_.kernel; ++u)
        for (int v = 0; v < l_.kernel; ++v) {
          const Range inside = inside_[static_cast<std::size_t>(v)];
          const int column = inside.begin * l_.step() + v - l_.padding;
          for (int r = 0, row = u - l_.padding; r < l_.result.rows; ++r, row += l_.step()) {
            const bool there = row >= 0 && row < l_.in.rows && inside.begin < inside.end;
            visit(there ? x + exact::at(i, row, column, l_.in.rows, l_.in.columns) : x,
                  there ? inside : Range{0, 0});
          }
        }
  }

  std::size_t weights() const { return size(l_.result.channels, patch_); }
  std::size_t partial_size() const { return weights() + size(l_.result.channels, 1); }
  float* partial(int chunk) { return partials_.data() + static_cast<std::size_t>(chunk) * partial_size(); }

  const Kernels& kernels_;
  Layer l_;
  Offsets at_;
  int inputs_, outputs_;          // channels of a group
  int patch_, places_, plane_;    // numbers of a window, of a channel of the output, of one of the input
  bool as_it_is_;                 // the matrix of windows is the input itself
  std::vector<Range> inside_;     // [kernel]
  std::vector<Scratch> scratch_;  // per thread
  std::vector<float> partials_;   // [chunks, weights + biases]
};

}  // namespace

std::unique_ptr<EigenLayer> make_any_conv2d(const model::Model& model, const Layer& l, int threads,
                                            const Kernels& kernels) {
  return std::make_unique<AnyConv2d>(model, l, threads, kernels);
}

}  // namespace synann::compute::eigen
