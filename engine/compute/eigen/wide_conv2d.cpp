// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/compute/eigen/layers.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;

constexpr int kSamples = 10;  // at a time: places of the tables below

// Where the numbers of images lie that were copied into a larger, empty sheet: `before` rows and columns
// above and left.
struct Sheets {
  int channels = 0, rows = 0, columns = 0, before = 0;
  int plane() const { return rows * columns; }
  int sample() const { return channels * plane(); }
  int at(int s, int channel, int row, int column) const {
    return s * sample() + channel * plane() + (row + before) * columns + column + before;
  }
};

// The gradient by those inputs whose row and column, the padding counted, leave these remainders by the
// stride: which weights saw them (its taps), and where.
struct Phase {
  std::vector<int> taps;    // [taps] in the sheet of dy, from a row's place; negative ones too
  std::vector<int> weight;  // [taps] in weight[o, i, u, v], but for i
  std::vector<int> rows;    // [kSamples · pixels] in the sheet of dy
  std::vector<int> pixels;  // [pixels] in a channel of x
  std::size_t packed = 0;   // its first weight in the packed ones
};

// Convolution with many channels, any stride and padding, without groups. Output channels stand side by side
// in vectors, kOutputs of them; a pixel is read where it lies. The three products, y by x and w, dx by dy and
// w, dw by x and dy, are one kernel with other tables. Each chunk sums its own gradient, samples in their
// order.
class WideConv2d final : public EigenLayer {
 public:
  WideConv2d(const model::Model& model, const Layer& l, int threads, const Kernels& kernels)
      : kernels_(kernels),
        l_(l),
        at_(model, l),
        patch_(l.in.channels * l.kernel * l.kernel),
        places_(l.result.rows * l.result.columns),
        x_{l.in.channels, l.in.rows + 2 * l.padding, l.in.columns + 2 * l.padding, l.padding},
        scratch_(static_cast<std::size_t>(threads)) {
    for (int s = 0; s < kSamples; ++s)
      for (int r = 0; r < l.result.rows; ++r)
        for (int c = 0; c < l.result.columns; ++c)
          place_at_.push_back(x_.at(s, 0, r * l.step() - l.padding, c * l.step() - l.padding));
    for (int i = 0; i < l.in.channels; ++i)
      for (int u = 0; u < l.kernel; ++u)
        for (int v = 0; v < l.kernel; ++v) tap_at_.push_back(i * x_.plane() + u * x_.columns + v);
    make_phases();
  }

  void prepare(const Pass& p) override {
    pack_forward(p.values + at_.weight);
    if (p.mode != Mode::Training) return;
    partials_.resize(static_cast<std::size_t>(p.chunks) * partial_size());
    pack_backward(p.values + at_.weight);
  }

  void forward_chunk(const Pass& p, Chunk c, int thread) override {
    Scratch& scratch = prepared(thread);
    each_group(c, [&](int first, int count) {
      const float* x = sheet_of_x(p, first, count, scratch);
      const long rows = long{count} * places_ * kOutputs;  // numbers of a block
      each_step(l_.result.channels, [&](int b, int some) {
        for (int k = 0; k < some; ++k)
          fill_with_bias(p, b + k, count * places_, scratch.rows.data() + k * rows);
        kernels_.gather_multiply(count * places_, patch_, some, x, place_at_.data(), tap_at_.data(),
                                 forward_.data() + size(b, patch_) * kOutputs, patch_ * kOutputs,
                                 scratch.rows.data(), rows, true);
        for (int k = 0; k < some; ++k)
          for (int s = 0; s < count; ++s)
            kernels_.transpose(places_, channels_of(b + k, l_.result.channels),
                               scratch.rows.data() + k * rows + size(s * places_, kOutputs), kOutputs,
                               p.y + size(first + s, l_.result.size()) + size((b + k) * kOutputs, places_),
                               places_);
      });
    });
  }

  void backward_chunk(const Pass& p, Chunk c, int thread) override {
    Scratch& scratch = prepared(thread);
    std::fill_n(partial(c.index), partial_size(), 0.0f);
    each_group(c, [&](int first, int count) {
      add_gradient(p, c.index, first, count, scratch);
      if (p.dx != nullptr) differentiate(p, first, count, scratch);
    });
  }

  std::vector<Written> chunks_written(const Pass& p) override {
    return {Written::blocks(partials_.data(), partial_size(), Written::each(p.chunks))};
  }
  int gradient_tasks(const Pass&) const override { return blocks(l_.result.channels); }
  // A block of output channels, whose partial sums are added in the order of the chunks.
  void gradient_task(const Pass& p, int task, int) override {
    const std::size_t begin = size(task, patch_ + 1) * kOutputs, count = size(patch_ + 1, kOutputs);
    float* sum = partial(0) + begin;
    for (int c = 1; c < p.chunks; ++c) {
      const float* more = partial(c) + begin;
      for (std::size_t k = 0; k < count; ++k) sum[k] += more[k];
    }
    const int outputs = channels_of(task, l_.result.channels);
    kernels_.transpose(patch_, outputs, sum, kOutputs,
                       p.gradients + at_.weight + size(task * kOutputs, patch_), patch_);
    if (l_.bias)
      std::copy_n(sum + size(patch_, kOutputs), outputs, p.gradients + at_.bias + size(task, kOutputs));
  }

 private:
  struct Scratch {
    std::vector<float> x, dy;  // sheets of kSamples samples, zero around the images
    // Blocks of outputs, as many as the kernel takes.
    std::vector<float> dyt;   // [blocks, kSamples · places, kOutputs]
    std::vector<float> rows;  // [blocks, kSamples · places or pixels, kOutputs]
  };

  static int blocks(int channels) { return (channels + kOutputs - 1) / kOutputs; }
  static int channels_of(int block, int channels) { return std::min(kOutputs, channels - block * kOutputs); }
  // Windows of the output see row r where (r + padding − u) / stride is one of its rows.
  void make_phases() {
    const int step = l_.step(), pad = l_.padding, before = (l_.kernel - 1) / step;
    const auto side = [&](int in, int result) {
      return before + std::max(result, (in - 1 + pad) / step + 1);
    };
    dy_ = {l_.result.channels, side(l_.in.rows, l_.result.rows), side(l_.in.columns, l_.result.columns),
           before};
    std::size_t packed = 0;
    for (int a = 0; a < step; ++a)
      for (int b = 0; b < step; ++b) {
        Phase phase;
        for (int o = 0; o < l_.result.channels; ++o)
          for (int u = a; u < l_.kernel; u += step)
            for (int v = b; v < l_.kernel; v += step) {
              phase.taps.push_back(o * dy_.plane() - u / step * dy_.columns - v / step);
              phase.weight.push_back((o * l_.in.channels * l_.kernel + u) * l_.kernel + v);
            }
        for (int s = 0; s < kSamples; ++s)
          for (int r = 0; r < l_.in.rows; ++r)
            for (int c = 0; c < l_.in.columns; ++c) {
              if ((r + pad) % step != a || (c + pad) % step != b) continue;
              phase.rows.push_back(dy_.at(s, 0, (r + pad) / step, (c + pad) / step));
              if (s == 0) phase.pixels.push_back(r * l_.in.columns + c);
            }
        phase.packed = packed;
        packed += phase.taps.size() * size(blocks(l_.in.channels), kOutputs);
        phases_.push_back(std::move(phase));
      }
    backward_.resize(packed);
  }

  void pack_forward(const float* weight) {
    forward_.resize(size(blocks(l_.result.channels), patch_) * kOutputs);
    for (int b = 0; b < blocks(l_.result.channels); ++b)
      kernels_.transpose(channels_of(b, l_.result.channels), patch_, weight + size(b * kOutputs, patch_),
                         patch_, forward_.data() + size(b, patch_) * kOutputs, kOutputs);
  }
  void pack_backward(const float* weight) {
    const int window = l_.kernel * l_.kernel;
    for (const Phase& phase : phases_) {
      float* to = backward_.data() + phase.packed;
      for (int b = 0; b < blocks(l_.in.channels); ++b)
        for (const int from : phase.weight) {
          const float* w = weight + from + size(b * kOutputs, window);
          for (int i = 0; i < channels_of(b, l_.in.channels); ++i) to[i] = w[i * window];
          to += kOutputs;
        }
    }
  }

  Scratch& prepared(int thread) {
    Scratch& scratch = scratch_[static_cast<std::size_t>(thread)];
    if (scratch.rows.empty()) {
      scratch.x.resize(l_.padding > 0 ? size(kSamples, x_.sample()) : 0);
      scratch.dy.resize(size(kSamples, dy_.sample()));
      const auto blocks = static_cast<std::size_t>(kernels_.gather_blocks);
      scratch.dyt.resize(blocks * size(kSamples * places_, kOutputs));
      scratch.rows.resize(blocks * size(kSamples * std::max(places_, l_.in.rows * l_.in.columns), kOutputs));
    }
    return scratch;
  }
  template <class Visit>
  static void each_group(Chunk c, const Visit& visit) {
    for (int s = 0; s < c.count; s += kSamples) visit(c.first + s, std::min(kSamples, c.count - s));
  }

  // As many blocks of outputs at a time as the kernel takes: visit(first, count).
  template <class Visit>
  void each_step(int channels, const Visit& visit) const {
    for (int b = 0; b < blocks(channels); b += kernels_.gather_blocks)
      visit(b, std::min(kernels_.gather_blocks, blocks(channels) - b));
  }

  // The images [count, channels, rows, columns] at `from` into a sheet.
  static void lay_out(const float* from, int count, int rows, int columns, const Sheets& sheet, float* to) {
    for (int s = 0; s < count; ++s)
      for (int i = 0; i < sheet.channels; ++i)
        for (int r = 0; r < rows; ++r, from += columns) std::copy_n(from, columns, to + sheet.at(s, i, r, 0));
  }
  const float* sheet_of_x(const Pass& p, int first, int count, Scratch& scratch) const {
    const float* x = p.x + size(first, l_.in.size());
    if (l_.padding == 0) return x;
    lay_out(x, count, l_.in.rows, l_.in.columns, x_, scratch.x.data());
    return scratch.x.data();
  }
  void fill_with_bias(const Pass& p, int block, int rows, float* to) const {
    float bias[kOutputs] = {};
    if (l_.bias)
      std::copy_n(p.values + at_.bias + size(block, kOutputs), channels_of(block, l_.result.channels), bias);
    for (int r = 0; r < rows; ++r) to = std::copy_n(bias, kOutputs, to);
  }

  // dw += Σ x dy and db += Σ dy over the samples of a group.
  void add_gradient(const Pass& p, int chunk, int first, int count, Scratch& scratch) {
    const float* x = sheet_of_x(p, first, count, scratch);
    const long rows = long{count} * places_ * kOutputs;  // numbers of a block
    each_step(l_.result.channels, [&](int b, int some) {
      for (int k = 0; k < some; ++k)
        for (int s = 0; s < count; ++s)
          kernels_.transpose(channels_of(b + k, l_.result.channels), places_,
                             p.dy + size(first + s, l_.result.size()) + size((b + k) * kOutputs, places_),
                             places_, scratch.dyt.data() + k * rows + size(s * places_, kOutputs), kOutputs);
      const long sums = (long{patch_} + 1) * kOutputs;  // of a block
      float* sum = partial(chunk) + b * sums;
      kernels_.gather_multiply(patch_, count * places_, some, x, tap_at_.data(), place_at_.data(),
                               scratch.dyt.data(), rows, sum, sums, true);
      for (int k = 0; k < some; ++k) {
        float* bias = sum + k * sums + size(patch_, kOutputs);
        const float* dy = scratch.dyt.data() + k * rows;
        for (int r = 0; r < count * places_; ++r, dy += kOutputs)
          for (int o = 0; o < kOutputs; ++o) bias[o] += dy[o];
      }
    });
  }
  void differentiate(const Pass& p, int first, int count, Scratch& scratch) const {
    lay_out(p.dy + size(first, l_.result.size()), count, l_.result.rows, l_.result.columns, dy_,
            scratch.dy.data());
    const int plane = l_.in.rows * l_.in.columns;
    for (const Phase& phase : phases_) {
      const int pixels = static_cast<int>(phase.pixels.size()), taps = static_cast<int>(phase.taps.size());
      const long rows = long{count} * pixels * kOutputs;  // numbers of a block
      each_step(l_.in.channels, [&](int b, int some) {
        kernels_.gather_multiply(count * pixels, taps, some, scratch.dy.data(), phase.rows.data(),
                                 phase.taps.data(),
                                 backward_.data() + phase.packed + size(b, taps) * kOutputs,
                                 long{taps} * kOutputs, scratch.rows.data(), rows, false);
        for (int k = 0; k < some; ++k)
          for (int s = 0; s < count; ++s)
            put_inputs(phase, channels_of(b + k, l_.in.channels),
                       scratch.rows.data() + k * rows + size(s * pixels, kOutputs),
                       p.dx + size(first + s, l_.in.size()) + size((b + k) * kOutputs, plane));
      });
    }
  }
  // A block of inputs of a sample where they belong.
  void put_inputs(const Phase& phase, int inputs, const float* from, float* to) const {
    const int plane = l_.in.rows * l_.in.columns;
    if (l_.step() == 1) return kernels_.transpose(plane, inputs, from, kOutputs, to, plane);
    for (const int pixel : phase.pixels) {
      for (int i = 0; i < inputs; ++i) to[i * plane + pixel] = from[i];
      from += kOutputs;
    }
  }

  std::size_t partial_size() const { return size(blocks(l_.result.channels), patch_ + 1) * kOutputs; }
  float* partial(int chunk) { return partials_.data() + static_cast<std::size_t>(chunk) * partial_size(); }

  const Kernels& kernels_;
  Layer l_;
  Offsets at_;
  int patch_, places_;                     // numbers of a window, of a channel of the output
  Sheets x_, dy_;                          // x in its padding; dy in what the gradient by x needs around it
  std::vector<int> place_at_;              // [kSamples · places] in x_
  std::vector<int> tap_at_;                // [patch] in x_, from a place
  std::vector<Phase> phases_;              // [stride · stride]
  std::vector<float> forward_, backward_;  // the weights: [blocks of outputs, patch, kOutputs]; of each phase
                                           // [blocks of inputs, taps, kOutputs]
  std::vector<Scratch> scratch_;           // per thread
  std::vector<float> partials_;  // [chunks, blocks of outputs, patch and one for the bias, kOutputs]
};

}  // namespace

bool is_wide_conv2d(const Layer& l, bool first) {
  constexpr int kFewest = 12;             // of the kOutputs lanes of a block
  constexpr long kMostNumbers = 1 << 20;  // of a sample
  return l.groups == 1 && l.result.channels >= kOutputs && (first || l.in.channels >= kFewest) &&
         std::max(l.in.size(), l.result.size()) <= kMostNumbers && l.padding < l.kernel;
}
std::unique_ptr<EigenLayer> make_wide_conv2d(const model::Model& model, const Layer& l, int threads,
                                             const Kernels& kernels) {
  return std::make_unique<WideConv2d>(model, l, threads, kernels);
}

}  // namespace synann::compute::eigen
