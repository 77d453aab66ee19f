// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fmt/format.h>

#include "engine/compute/check/compare.h"
#include "engine/compute/check/convolutions.h"
#include "engine/compute/cpu/fused_memory.h"
#include "engine/compute/cpu/fused_network.h"
#include "engine/compute/eigen/synapse_alone.h"
#include "engine/compute/reference/synapse.h"

namespace synann::compute {
namespace {

using eigen::size;
using Doubles = std::vector<double>;

std::vector<float> poisoned(std::size_t count) {
  return std::vector<float>(count, NAN);
}

// c (+)= a b in every arrangement the kernels have, on shapes that fill no register tile.
CheckRow check_products(const char* name, const eigen::Kernels& kernels, Numbers& numbers) {
  Comparison c(fmt::format("eigen · {}", name), "matrix products", "kernel", 1e-10, 1e-4);
  constexpr int kShapes[][3] = {{1, 1, 1}, {7, 13, 300}, {20, 64, 250}, {33, 5, 17}, {100, 65, 3}};
  for (const auto [m, n, k] : kShapes) {
    const auto a = numbers.block(size(m, k)), b = numbers.block(size(k, n)),
               start = numbers.block(size(m, n));
    std::vector<float> at(a.size()), bt(b.size());
    for (int r = 0; r < m; ++r)
      for (int i = 0; i < k; ++i) at[reference::at(0, i, r, k, m)] = a[reference::at(0, r, i, m, k)];
    for (int i = 0; i < k; ++i)
      for (int col = 0; col < n; ++col)
        bt[reference::at(0, col, i, n, k)] = b[reference::at(0, i, col, k, n)];
    for (const bool add : {false, true}) {
      Doubles expected(start.begin(), start.end());
      if (!add) std::fill(expected.begin(), expected.end(), 0.0);
      for (int r = 0; r < m; ++r)
        for (int i = 0; i < k; ++i)
          for (int col = 0; col < n; ++col)
            expected[reference::at(0, r, col, m, n)] +=
                static_cast<double>(a[reference::at(0, r, i, m, k)]) *
                static_cast<double>(b[reference::at(0, i, col, k, n)]);
      const auto blank = add ? start : poisoned(start.size());
      auto found = blank;
      kernels.multiply(m, n, k, a.data(), b.data(), found.data(), add);
      c.add("a b", found, expected);
      found = blank;
      kernels.multiply_bt(m, n, k, a.data(), bt.data(), found.data(), n, add);
      c.add("a bᵀ", found, expected);
      found = blank;
      kernels.multiply_at(m, n, k, at.data(), m, b.data(), found.data(), add);
      c.add("aᵀ b", found, expected);
    }
  }
  return c.row();
}

// The layer alone, in double, sample by sample.
struct SynapseOracle {
  std::vector<double> y, dx, dbeta;
  SynapseOracle(int batch, int n, const std::vector<float>& x32, const std::vector<float>& beta32,
                const std::vector<float>& dy32)
      : y(x32.size()), dx(x32.size()), dbeta(beta32.size()) {
    const Doubles x(x32.begin(), x32.end()), beta(beta32.begin(), beta32.end()), dy(dy32.begin(), dy32.end()),
        alpha(static_cast<std::size_t>(n), 1.0);
    Doubles dalpha(static_cast<std::size_t>(n));
    reference::synapse_forward(batch, n, x.data(), alpha.data(), beta.data(), y.data());
    reference::synapse_backward(batch, n, x.data(), alpha.data(), beta.data(), dy.data(), dx.data(),
                                dalpha.data(), dbeta.data());
  }
};

// Widths that fill no register tile, batches of one and of more than one block; for the general kernel also
// factors 1 − βx that are zero or negative. A tensor of one number has nothing but that number to be measured
// by: βx < 3/8 keeps y = x (1 − βx) and dx = dy (1 − 2βx) at a quarter of their terms at least, so that their
// rounding is not magnified by more than four. A product of n factors near 1 has a rounding that does not
// average out: above 1 floats are two units u = 2⁻²⁴ apart, factors below 1 one, and every second of these
// leaves a tie that the small rest decides downwards, −u/4 a factor on average. With the product above 1 for
// a share of the way that is distributed as the arcsine law says, the mean square is ⅜ (n u/4)²: 5e-11 for n
// = 784, half of what is allowed.
CheckRow check_synapse(const char* name, Isa isa, Numbers& numbers, bool general) {
  Comparison c(fmt::format("eigen · {}", name), general ? "synapse layer, factors of zero" : "synapse layer",
               "kernel", 1e-10, 1e-4);
  constexpr int kShapes[][2] = {{1, 1}, {3, 5}, {1, 64}, {23, 64}, {100, 37}, {7, 300}, {150, 20}, {12, 784}};
  for (const auto [batch, n] : kShapes) {
    const float share = 1.0f / static_cast<float>(n);
    const float beta_reach = std::min(std::sqrt(share), 0.1875f / share);
    auto x = numbers.block(size(batch, n), share, share), beta = numbers.block(size(n, n), 0, beta_reach);
    const auto dy = numbers.block(size(batch, n));
    if (general && n > 4) {
      // A power of two, so that β = 1/x makes a factor of exactly zero, and β = 1.5/x a negative one. It is
      // no larger than other inputs: one number that outweighs a tensor would be all that is compared of it.
      x[1] = std::exp2(std::floor(std::log2(share)));
      beta[reference::at(0, 3, 1, n, n)] = 1 / x[1];
      beta[reference::at(0, 2, 1, n, n)] = 1.5f / x[1];
    }
    const SynapseOracle expected(batch, n, x, beta, dy);
    eigen::SynapseAlone layer(n, 2, isa);
    auto y = poisoned(x.size()), dx = poisoned(x.size()), dbeta = poisoned(beta.size());
    layer.forward(batch, x.data(), beta.data(), y.data());
    layer.backward(batch, x.data(), beta.data(), dy.data(), dx.data(), dbeta.data());
    const std::string shape = fmt::format(" [{}, {}]", batch, n);
    c.add("y" + shape, y, expected.y);
    c.add("dx" + shape, dx, expected.dx);
    c.add("dβ" + shape, dbeta, expected.dbeta);
  }
  return c.row();
}

CheckRow check_draws(const char* name, const fused::Kernels& kernels, Numbers& numbers) {
  Comparison c(fmt::format("fused · {}", name), "dropout's draws", "kernel", 1e-12, 1e-5);
  for (const int count : {4, 20, 64}) {
    const std::uint64_t seed = std::uint64_t{numbers.word()} << 32 | numbers.word();
    const RandomStream stream = random_stream(seed, Purpose::Dropout, 3, numbers.word(), numbers.word());
    const std::uint32_t first = numbers.word() / 64 * 4, threshold = numbers.word();
    const auto bits =
        kernels.draw(stream.seed, stream.purpose, stream.step, stream.epoch, first, count, threshold);
    std::vector<float> found, expected;
    for (int k = 0; k < 64; ++k) {
      found.push_back(static_cast<float>(bits >> k & 1u));
      expected.push_back(k < count && stream.word(first + static_cast<std::uint32_t>(k)) >= threshold ? 1
                                                                                                      : 0);
    }
    c.add(fmt::format("{} elements", count), found, expected);
  }
  return c.row();
}

CheckRow check_image(const char* name, const fused::Kernels& kernels, Numbers& numbers) {
  Comparison c(fmt::format("fused · {}", name), "scaled image", "kernel", 1e-12, 1e-5);
  std::vector<unsigned char> pixels;
  for (int k = 0; k < 784; ++k) pixels.push_back(static_cast<unsigned char>(numbers.word() >> 24));
  fused::Lines<float> image(fused::kImage * fused::kImageRow, NAN);
  kernels.scale_image(pixels.data(), 0.0127f, -0.42f, image.data());
  std::vector<float> found;
  Doubles expected;
  for (int r = 0; r < fused::kImage; ++r)
    for (int col = 0; col < fused::kImage; ++col) {
      found.push_back(image[static_cast<std::size_t>(fused::image_index(r, col))]);
      expected.push_back(pixels[static_cast<std::size_t>(r * fused::kImage + col)] *
                             static_cast<double>(0.0127f) +
                         static_cast<double>(-0.42f));
    }
  c.add("pixels", found, expected);
  return c.row();
}

CheckRow check_moments(const char* name, const fused::Kernels& kernels, Numbers& numbers) {
  Comparison c(fmt::format("fused · {}", name), "moments", "kernel", 1e-20, 1e-9);
  constexpr int kSamples = 11;
  const auto mixed = numbers.block(kSamples * fused::kHidden, 1, 0.01f);
  fused::Moments moments;
  std::fill_n(moments.mean, fused::kHidden, NAN);
  std::fill_n(moments.squares, fused::kHidden, NAN);
  kernels.measure(mixed.data(), kSamples, moments);
  Doubles mean(fused::kHidden), squares(fused::kHidden);
  for (std::size_t k = 0; k < mixed.size(); ++k)
    mean[k % fused::kHidden] += static_cast<double>(mixed[k]) / kSamples;
  for (std::size_t k = 0; k < mixed.size(); ++k) {
    const double d = static_cast<double>(mixed[k]) - mean[k % fused::kHidden];
    squares[k % fused::kHidden] += d * d;
  }
  c.add("mean", Doubles(moments.mean, moments.mean + fused::kHidden), mean);
  c.add("squares", Doubles(moments.squares, moments.squares + fused::kHidden), squares);
  return c.row();
}

// fc1's gradient, on a list of some of the samples in any order.
CheckRow check_fc1_gradient(const char* name, const fused::Kernels& kernels, Numbers& numbers) {
  Comparison c(fmt::format("fused · {}", name), "gradient of fc1", "kernel", 1e-12, 1e-5);
  constexpr int kSamples = 9, kMap = 7;
  const auto pooled2 = numbers.block(kSamples * fused::kFeatures),
             dhidden = numbers.block(kSamples * fused::kHidden);
  const std::vector<int> list{8, 1, 5, 2};
  for (int first = 0; first < fused::kHidden; first += 16) {
    auto found = poisoned(fused::kHidden * fused::kFeatures);
    Doubles part, expected;
    kernels.fc1_gradient(pooled2.data(), dhidden.data(), list.data(), static_cast<int>(list.size()), kMap,
                         first, found.data());
    for (int o = first; o < first + 16; ++o)
      for (int k = kMap * fused::kPixels2; k < (kMap + 1) * fused::kPixels2; ++k) {
        double sum = 0;
        for (const int s : list)
          sum += static_cast<double>(dhidden[size(s, fused::kHidden) + static_cast<std::size_t>(o)]) *
                 static_cast<double>(pooled2[size(s, fused::kFeatures) + static_cast<std::size_t>(k)]);
        expected.push_back(sum);
        part.push_back(static_cast<double>(found[size(o, fused::kFeatures) + static_cast<std::size_t>(k)]));
      }
    c.add(fmt::format("outputs from {}", first), part, expected);
  }
  return c.row();
}

CheckRow check_update(const char* name, const fused::Kernels& kernels, Numbers& numbers) {
  Comparison c(fmt::format("fused · {}", name), "update", "kernel", 1e-12, 1e-5);
  constexpr int kCount = 3 * 24 + 5;
  const auto value = numbers.block(kCount), velocity = numbers.block(kCount),
             gradient = numbers.block(kCount);
  auto result = value, moved = velocity;
  kernels.update(kCount, gradient.data(), 0.25f, 0.5f, result.data(), moved.data());
  Doubles found_result, found_moved, expected_result, expected_moved;
  for (std::size_t k = 0; k < value.size(); ++k) {
    const double v = 0.5 * static_cast<double>(velocity[k]) + static_cast<double>(gradient[k]);
    found_result.push_back(static_cast<double>(result[k]));
    found_moved.push_back(static_cast<double>(moved[k]));
    expected_result.push_back(static_cast<double>(value[k]) - 0.25 * v);
    expected_moved.push_back(v);
  }
  c.add("values", found_result, expected_result);
  c.add("momenta", found_moved, expected_moved);
  // What is broken between the columns looked at is not seen; what is broken among them is.
  constexpr int kRows = 3, kColumns = 21, kPitch = 24;
  const auto finite = [&](int broken) {
    auto x = numbers.block(kRows * kPitch);
    x[static_cast<std::size_t>(broken)] = INFINITY;
    return kernels.finite(x.data(), kRows, kColumns, kPitch) ? 1.0f : 0.0f;
  };
  c.add("whether all is finite",
        std::vector<float>{finite(kColumns), finite(kPitch + 2), finite(kPitch + kColumns - 1)},
        std::vector<float>{1, 0, 0});
  return c.row();
}

CheckRow check_adam(const char* name, const fused::Kernels& kernels, Numbers& numbers) {
  Comparison c(fmt::format("fused · {}", name), "Adam's update", "kernel", 1e-12, 1e-5);
  constexpr int kCount = 2 * 24 + 5;
  const auto value = numbers.block(kCount), momentum = numbers.block(kCount),
             square = numbers.block(kCount, 2, 1), gradient = numbers.block(kCount);
  auto result = value, moved = momentum, squares = square;
  const AdamNumbers adam{0.25f, 0.3f, 0.9f, 0.1f, 0.5f, 1e-8f};
  kernels.adam(kCount, gradient.data(), adam, result.data(), moved.data(), squares.data());
  Doubles expected_result, expected_moved, expected_squares;
  for (std::size_t k = 0; k < value.size(); ++k) {
    const auto g = static_cast<double>(gradient[k]), m = static_cast<double>(momentum[k]);
    expected_moved.push_back(m + static_cast<double>(adam.new1) * (g - m));
    expected_squares.push_back(static_cast<double>(adam.beta2) * static_cast<double>(square[k]) +
                               static_cast<double>(adam.new2) * g * g);
    expected_result.push_back(static_cast<double>(value[k]) -
                              0.25 * expected_moved.back() /
                                  (std::sqrt(expected_squares.back()) / 0.5 + 1e-8));
  }
  c.add("values", result, expected_result);
  c.add("means", moved, expected_moved);
  c.add("squares", squares, expected_squares);
  return c.row();
}

CheckRow check_layouts(const char* name, const fused::Kernels& kernels, Numbers& numbers) {
  Comparison c(fmt::format("fused · {}", name), "sums and layouts", "kernel", 1e-12, 1e-5);
  constexpr int kRows = 32, kColumns = 48;
  const auto from = numbers.block(kRows * kColumns);
  auto to = poisoned(kRows * kColumns);
  kernels.transpose(from.data(), kColumns, kRows, kColumns, to.data(), kRows);
  std::vector<float> transposed(to.size());
  for (int r = 0; r < kRows; ++r)
    for (int col = 0; col < kColumns; ++col)
      transposed[size(col, kRows) + static_cast<std::size_t>(r)] =
          from[size(r, kColumns) + static_cast<std::size_t>(col)];
  c.add("transpose", to, transposed);
  auto sums = poisoned(kColumns);
  kernels.reduce(from.data(), kColumns, kRows, kColumns, sums.data());
  Doubles expected(kColumns);
  for (std::size_t k = 0; k < from.size(); ++k) expected[k % kColumns] += static_cast<double>(from[k]);
  c.add("sum", sums, expected);
  return c.row();
}

}  // namespace

void check_kernels(std::uint64_t seed, const std::function<void(const CheckRow&)>& each) {
  for (const Isa isa : available_isas()) {
    Numbers numbers(seed, 2);
    const fused::Kernels& kernels = fused::kernels(isa);
    each(check_products(kernels.isa, eigen::kernels(isa), numbers));
    for (const bool general : {false, true}) each(check_synapse(kernels.isa, isa, numbers, general));
    for (const auto check : {check_draws, check_image, check_convolutions, check_moments, check_fc1_gradient,
                             check_update, check_adam, check_layouts})
      each(check(kernels.isa, kernels, numbers));
  }
}

}  // namespace synann::compute
