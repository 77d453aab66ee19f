// SPDX-License-Identifier: GPL-3.0-or-later
// What augmentation adds to SynaCNN's fused training step, batch 100, in turns: no augmentation, rotation
// with zoom and shift, elastic distortion as well, and one image on one thread alone. Prints JSON: medians of
// wall-clock times in microseconds, and the median over rounds of the ratio to the step without.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "benchmarks/ui_timing.h"
#include "engine/compute/augmenter.h"
#include "engine/compute/backend.h"
#include "engine/core/random.h"
#include "engine/core/thread_pool.h"
#include "engine/data/registry.h"

namespace {

using namespace synann;

constexpr int kSteps = 60, kRounds = 41, kBatch = 100;
constexpr data::Augmentation kAffine{.rotation = 15, .zoom = 0.15, .shift = 0.1};
constexpr data::Augmentation kElastic{
    .rotation = 15, .zoom = 0.15, .shift = 0.1, .elastic = 34, .elastic_sigma = 4};

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Microseconds a step.
double step_micros(compute::Backend& backend, const std::vector<std::uint32_t>& order,
                   const data::Augmentation& augmentation) {
  const std::vector<float> rates(kSteps, 0.001f);
  const double begin = now();
  const auto result = backend.run({.seed = 5,
                                   .step_count = kSteps,
                                   .batch_size = kBatch,
                                   .order = order,
                                   .learning_rates = rates,
                                   .optimiser = {.momentum = 0.5},
                                   .augmentation = augmentation,
                                   .watch = {}},
                                  {});
  if (!result || result->losses.size() != kSteps) std::exit(1);
  return 1e6 * (now() - begin) / kSteps;
}

// Microseconds an image.
double image_micros(const data::Dataset& set, const data::Augmentation& augmentation) {
  const compute::Augmenter augmenter(augmentation, set.rows, set.columns);
  compute::Augmenter::Scratch scratch;
  std::vector<std::uint8_t> made(set.image_size());
  constexpr std::uint32_t kImages = 1000;
  const double begin = now();
  for (std::uint32_t k = 0; k < kImages; ++k)
    augmenter.make(set.image(static_cast<int>(k)).data(), {.seed = 5, .epoch = 1, .image = k}, made.data(),
                   scratch);
  return 1e6 * (now() - begin) / kImages;
}

}  // namespace

int main(int argc, char** argv) {
  const auto data = data::open_dataset(argc > 1 ? argv[1] : "digits");
  if (!data || (*data)->train.count() < kSteps * kBatch) return 2;
  const int threads = argc > 2 ? std::atoi(argv[2]) : hardware_threads();
  const auto model = std::make_shared<const model::Model>(
      *model::build("syna-cnn", (*data)->train.rows, (*data)->train.columns, (*data)->train.classes));
  auto backend = compute::make_backend({.device = "cpu", .tier = "fused", .threads = threads}, model, *data);
  if (!backend || !(*backend)->load(model::initialise(*model, 5))) return 2;
  const auto order = epoch_order(5, 1, (*data)->train.count());
  std::vector<double> plain, affine, elastic, affine_ratio, elastic_ratio, image, elastic_image;
  for (int round = 0; round < kRounds; ++round) {
    plain.push_back(step_micros(**backend, order, {}));
    affine.push_back(step_micros(**backend, order, kAffine));
    elastic.push_back(step_micros(**backend, order, kElastic));
    affine_ratio.push_back(affine.back() / plain.back());
    elastic_ratio.push_back(elastic.back() / plain.back());
    image.push_back(image_micros((*data)->train, kAffine));
    elastic_image.push_back(image_micros((*data)->train, kElastic));
  }
  std::printf(
      "{\"threads\": %d, \"isa\": \"%s\", \"step\": %.1f, \"step_affine\": %.1f, \"step_elastic\": %.1f, "
      "\"affine_ratio\": %.3f, \"elastic_ratio\": %.3f, \"image_affine\": %.2f, \"image_elastic\": %.2f, "
      "\"least_step\": %.1f, \"least_image_affine\": %.2f, \"least_image_elastic\": %.2f}\n",
      threads, (*backend)->info().isa.c_str(), bench::quantile(plain, 0.5), bench::quantile(affine, 0.5),
      bench::quantile(elastic, 0.5), bench::quantile(affine_ratio, 0.5), bench::quantile(elastic_ratio, 0.5),
      bench::quantile(image, 0.5), bench::quantile(elastic_image, 0.5), bench::quantile(plain, 0.0),
      bench::quantile(image, 0.0), bench::quantile(elastic_image, 0.0));
}
