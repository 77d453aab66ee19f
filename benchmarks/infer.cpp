// SPDX-License-Identifier: GPL-3.0-or-later
// Asking SynaCNN about a test set after an epoch: an evaluation, knocking out a row of β, ranking all cells
// (also where every β is so large that the series does not hold), one image, and a drawing of 280 × 280
// pixels. Prints JSON: medians of wall-clock times in seconds, and their ratios to the evaluation.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "benchmarks/ui_timing.h"
#include "engine/core/random.h"
#include "engine/core/thread_pool.h"
#include "engine/data/registry.h"
#include "engine/infer/normalise.h"
#include "engine/infer/ranking.h"

namespace {

using namespace synann;

double median_seconds(int repeats, const std::function<bool()>& work) {
  std::vector<double> times;
  for (int k = 0; k < repeats; ++k) {
    const auto begin = std::chrono::steady_clock::now();
    if (!work()) std::exit(1);
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return bench::quantile(times, 0.5);
}

// SynaCNN after an epoch at the original's settings.
infer::Network trained(const data::DataPairPtr& data) {
  const int count = data->train.count(), steps = count / 100;
  auto model = std::make_shared<const model::Model>(
      *model::build("syna-cnn", data->train.rows, data->train.columns, data->train.classes));
  auto backend = compute::make_backend({.device = "cpu"}, model, data);
  model::State state = model::initialise(*model, 1);
  const auto order = epoch_order(1, 1, count);
  const std::vector<float> rates(static_cast<std::size_t>(steps), 0.012f);
  if (!backend || !(*backend)->load(state) ||
      !(*backend)->run({.seed = 1,
                        .step_count = steps,
                        .order = order,
                        .learning_rates = rates,
                        .optimiser = {.momentum = 0.5},
                        .watch = {}},
                       {}) ||
      !(*backend)->fetch(state))
    std::exit(1);
  return {model, std::make_shared<const std::vector<float>>(std::move(state.values))};
}

infer::Network with_large_beta(const infer::Network& network) {
  const auto layer = *infer::layer_named(*network.model, "");
  std::vector<infer::CellValue> changes;
  for (int i = 0; i < layer.n; ++i)
    for (int j = 0; j < layer.n; ++j) changes.push_back({{i, j}, (i + j) % 2 == 0 ? 8.0f : -8.0f});
  return *infer::with_beta(network, layer, changes);
}

// A stroke of 22 pixels around a circle, dark on white, with soft edges.
data::Picture drawing() {
  data::Picture p{.rows = 280, .columns = 280, .pixels = {}};
  for (int r = 0; r < p.rows; ++r)
    for (int c = 0; c < p.columns; ++c) {
      const double ink = std::min(1.0, std::max(0.0, 11.5 - std::abs(std::hypot(r - 150, c - 120) - 70)));
      p.pixels.push_back(static_cast<std::uint8_t>(255 - std::lround(255 * ink)));
    }
  return p;
}

double ranking_seconds(infer::Ablator& ablator, const infer::Network& network, const infer::SetPtr& set,
                       int threads) {
  if (!ablator.ablate({network, set}, {})) std::exit(1);  // what is computed once for all questions
  return median_seconds(5, [&] {
    return infer::rank_cells(ablator, {.network = network, .set = set, .threads = threads}, {}).ok();
  });
}

}  // namespace

int main(int argc, char** argv) {
  const auto data = data::open_dataset(argc > 1                            ? argv[1]
                                       : data::known_datasets().size() > 1 ? "mnist"
                                                                           : "digits");
  if (!data) return 2;
  const int threads = hardware_threads();
  const infer::Network network = trained(*data);
  const infer::SetPtr set = infer::set_of(*data);
  infer::Asker asker;
  infer::Ablator ablator;
  const double evaluation = median_seconds(11, [&] { return asker.predict(network, *set, {}, {}).ok(); });
  if (!ablator.ablate({network, set}, {})) return 1;
  const auto row = infer::set_to(infer::cells_of_row(64, 5), 0);
  const double ablation = median_seconds(11, [&] {
    return ablator.ablate({network, set, "", row}, {}).ok();
  });
  const double ranking = ranking_seconds(ablator, network, set, threads),
               one_thread = ranking_seconds(ablator, network, set, 1),
               large = ranking_seconds(ablator, with_large_beta(network), set, threads);
  const std::vector<std::uint32_t> one{7};
  const double image = median_seconds(101, [&] { return asker.predict(network, *set, one, {}).ok(); });
  const data::Picture drawn = drawing();
  const double normalised =
      median_seconds(11, [&] { return infer::normalise_as_mnist(drawn, infer::Origin::Pen).ok(); });
  std::printf(
      "{\"images\": %d, \"threads\": %d, \"evaluation\": %.4f, \"row_ablation\": %.4f, "
      "\"ranking\": %.4f, \"ranking_1_thread\": %.4f, \"ranking_large_beta\": %.4f, \"one_image\": %.6f, "
      "\"drawing_normalised\": %.6f, \"row_ablation_ratio\": %.3f, \"ranking_ratio\": %.3f}\n",
      set->count(), threads, evaluation, ablation, ranking, one_thread, large, image, normalised,
      ablation / evaluation, ranking / evaluation);
}
