// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/check/convolutions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "engine/compute/cpu/fused_memory.h"

namespace synann::compute {
namespace {

using namespace fused;

constexpr auto index(int a, int b, int columns) {
  return static_cast<std::size_t>(a * columns + b);
}

// Both convolutions as PyTorch keeps them, and in the kernels' layouts.
struct Layers {
  Layers(const Kernels& kernels, Numbers& numbers)
      : conv1(numbers.block(kMaps1 * kTaps, 0, 0.2f)),
        bias1(numbers.block(kMaps1, 0, 0.2f)),
        conv2(numbers.block(kMaps2 * kMaps1 * kTaps, 0, 0.06f)),
        bias2(numbers.block(kMaps2, 0, 0.06f)),
        by_tap(kMaps2 * kTaps * kMaps1Padded),
        transformed(kMaps2 * kMapTransformed) {
    for (int m = 0; m < kMaps2; ++m) {
      for (int i = 0; i < kMaps1; ++i)
        for (int tap = 0; tap < kTaps; ++tap)
          by_tap[index(m * kTaps + tap, i, kMaps1Padded)] = conv2[index(m * kMaps1 + i, tap, kTaps)];
      kernels.transform_filters(&by_tap[index(m, 0, kTaps * kMaps1Padded)],
                                &transformed[index(m, 0, kMapTransformed)]);
    }
  }
  Weights weights() const {
    Weights w{};
    w.conv1 = conv1.data();
    w.conv1_bias = bias1.data();
    w.conv2_transformed = transformed.data();
    w.conv2_bias = bias2.data();
    w.conv2_by_tap = by_tap.data();
    return w;
  }
  std::vector<float> conv1, bias1, conv2, bias2;
  Lines<float> by_tap, transformed;
};

// One pool: its maximum, and the first of its four sums that reaches it.
struct Pool {
  double top = 0;
  int which = 0;
  double lead = 0;  // over the next smaller sum
};

// The pools [maps, side, side] over b + Σ w x with x [channels, 2 side + 4, 2 side + 4].
std::vector<Pool> pools(int channels, int maps, int side, const std::vector<double>& x,
                        const std::vector<float>& w, const std::vector<float>& b) {
  std::vector<Pool> all;
  const int width = 2 * side + 4;
  for (int m = 0; m < maps; ++m)
    for (int pixel = 0; pixel < side * side; ++pixel) {
      std::array<double, 4> sums;
      for (int k = 0; k < 4; ++k) {
        double sum = static_cast<double>(b[static_cast<std::size_t>(m)]);
        for (int i = 0; i < channels; ++i)
          for (int tap = 0; tap < kTaps; ++tap)
            sum += static_cast<double>(w[index(m * channels + i, tap, kTaps)]) *
                   x[index(i * width + 2 * (pixel / side) + k / 2 + tap / 5,
                           2 * (pixel % side) + k % 2 + tap % 5, width)];
        sums[static_cast<std::size_t>(k)] = sum;
      }
      const auto best = std::max_element(sums.begin(), sums.end());
      Pool pool{*best, static_cast<int>(best - sums.begin()), INFINITY};
      for (const double sum : sums)
        if (sum != pool.top) pool.lead = std::min(pool.lead, pool.top - sum);
      all.push_back(pool);
    }
  return all;
}

int which(const Choice& choice, int pool) {
  return (choice.row >> pool & 1) * 2 + (choice.column >> pool & 1);
}

// A blot of ink on a blank ground; a stroke as high as the image, whose sides are full of ties; nothing at
// all.
std::vector<unsigned char> picture(int kind, Numbers& numbers) {
  std::vector<unsigned char> pixels(kImage * kImage);
  for (int r = 0; r < kImage; ++r)
    for (int c = 0; c < kImage; ++c) {
      const std::uint32_t word = numbers.word();
      if (kind == 0 && r >= 5 && r < 23 && c >= 8 && c < 19 && word % 2 == 0)
        pixels[index(r, c, kImage)] = static_cast<unsigned char>(word >> 24);
      if (kind == 1 && c >= 12 && c < 15)
        pixels[index(r, c, kImage)] = static_cast<unsigned char>(80 * (c - 11));
    }
  return pixels;
}

void check_picture(const Kernels& kernels, const Layers& layers, const std::vector<unsigned char>& pixels,
                   const std::string& what, Numbers& numbers, Comparison& c) {
  Activations activations;
  activations.resize(1, 1);
  Sample s = activations.sample(0, 0);
  s.kept_maps = numbers.word() & ((1u << kMaps2) - 1);
  s.map_scale = 2;
  Lines<Scratch> scratch(1);
  kernels.scale_image(pixels.data(), 0.0127f, -0.42f, scratch[0].image);
  kernels.convolve(layers.weights(), s, scratch[0]);

  std::vector<double> image, exact;
  for (int r = 0; r < kImage; ++r)
    for (int col = 0; col < kImage; ++col)
      image.push_back(static_cast<double>(scratch[0].image[image_index(r, col)]));
  std::vector<float> found, found_which, expected_which;
  const auto first = pools(1, kMaps1, kSide1, image, layers.conv1, layers.bias1);
  for (const Pool& pool : first) exact.push_back(std::max(pool.top, 0.0));
  found.resize(exact.size());
  for (int m = 0; m < kMaps1; ++m)
    for (int k = 0; k < kPixels1; ++k) {
      const std::size_t pixel = index(m, s.order[k], kPixels1);
      found[pixel] = s.pooled1[m * kOrder + std::min(k, s.inked)];
      if (k >= s.inked || first[pixel].lead < 1e-5) continue;  // conv1's near ties are float32's
      found_which.push_back(static_cast<float>(which(s.where1[m * kChoices1 + k / 16], k % 16)));
      expected_which.push_back(static_cast<float>(first[pixel].which));
    }
  c.add("conv1" + what, found, exact);

  found.clear();
  std::vector<double> expected;
  const auto second = pools(kMaps1, kMaps2, kSide2, exact, layers.conv2, layers.bias2);
  const short* open = scratch[0].close;
  for (int k = 0; k < kFeatures; ++k) {
    if ((s.kept_maps >> (k / kPixels2) & 1u) == 0) continue;
    const Pool& pool = second[static_cast<std::size_t>(k)];
    found.push_back(s.pooled2[k]);
    expected.push_back(2 * std::max(pool.top, 0.0));
    if (pool.top <= 0 || std::count(open, open + scratch[0].close_count, k) > 0) continue;
    found_which.push_back(static_cast<float>(which(s.where2[k / kPixels2], k % kPixels2)));
    expected_which.push_back(static_cast<float>(pool.which));
  }
  c.add("conv2" + what, found, expected);
  c.add("choices" + what, found_which, expected_which);
}

}  // namespace

CheckRow check_convolutions(const char* name, const Kernels& kernels, Numbers& numbers) {
  Comparison c(fmt::format("fused · {}", name), "convolutions and pools", "kernel", 1e-11, 1e-5);
  const Layers layers(kernels, numbers);
  constexpr const char* kPictures[] = {", a blot", ", a stroke", ", blank"};
  for (int kind = 0; kind < 3; ++kind)
    check_picture(kernels, layers, picture(kind, numbers), kPictures[kind], numbers, c);
  return c.row();
}

}  // namespace synann::compute
