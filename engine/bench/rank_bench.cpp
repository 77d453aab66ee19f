// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/rank_bench.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/bench/summary.h"

namespace synann::bench {
namespace {

// Counts and times what goes over; the time holds the wait for ranks that are behind.
class CountedRanks final : public compute::Ranks {
 public:
  struct Count {
    double exchanges = 0, bytes = 0, seconds = 0;
  };
  explicit CountedRanks(compute::Ranks& ranks) : ranks_(ranks) {}
  ~CountedRanks() override {
    if (out_of_step()) ranks_.set_out_of_step();
  }
  CountedRanks(const CountedRanks&) = delete;
  CountedRanks& operator=(const CountedRanks&) = delete;
  Count take() { return std::exchange(count_, {}); }

  int rank() const override { return ranks_.rank(); }
  int count() const override { return ranks_.count(); }
  int on_this_machine() const override { return ranks_.on_this_machine(); }
  void broadcast(std::span<std::byte> bytes) override { ranks_.broadcast(bytes); }
  void gather(std::byte* block, std::span<const std::size_t> begins) override {
    const Stopwatch watch;
    ranks_.gather(block, begins);
    count_.seconds += watch.seconds();
    count_.exchanges += 1;
    count_.bytes += static_cast<double>(begins.back());
  }
  void abort(const std::string& sentence) override { ranks_.abort(sentence); }

 private:
  compute::Ranks& ranks_;
  Count count_;
};

// Steps of one back end, again and again.
class Steps {
 public:
  Steps(compute::Backend& backend, const compute::RankWork& work)
      : backend_(backend),
        batch_(work.batch_size),
        order_(static_cast<std::size_t>(work.data->train.count())) {
    std::iota(order_.begin(), order_.end(), 0u);
    rates_.resize(std::max<std::size_t>(1, order_.size() / static_cast<std::size_t>(batch_)), 0.0f);
  }
  int in_an_epoch() const { return static_cast<int>(rates_.size()); }
  // Seconds of so many steps, at most those of an epoch.
  Result<double> run(int steps) {
    const Stopwatch watch;
    const auto result =
        backend_.run({.step_count = steps,
                      .batch_size = batch_,
                      .order = order_,
                      .learning_rates = std::span(rates_).first(static_cast<std::size_t>(steps)),
                      .watch = {}},
                     compute::CancelFlag{});
    if (!result) return result.error();
    if (result->failure) return input_error("the first steps", result->failure->what);
    return watch.seconds();
  }
  // As many steps as take `seconds`.
  Result<int> enough(double seconds) {
    for (int steps = 1;; steps = std::min(2 * steps, in_an_epoch())) {
      const auto taken = run(steps);
      if (!taken) return taken.error();
      if (*taken >= seconds || steps == in_an_epoch()) return steps;
    }
  }

 private:
  compute::Backend& backend_;
  int batch_;
  std::vector<std::uint32_t> order_;
  std::vector<float> rates_;
};

double seconds_of_gather(compute::Ranks& ranks, std::size_t bytes, int times) {
  const Stopwatch watch;
  compute::gather_blank(ranks, bytes, times);
  return watch.seconds() / times;
}

}  // namespace

StepModel RankLine::step_model() const {
  const int most = (parts + ranks - 1) / ranks;
  const double alone = summarise(alone_us).median,
               busy = summarise(together_us).median - summarise(exchange_us).median,
               share = static_cast<double>(most) / parts;
  StepModel step{.parts = parts, .exchanges = exchanges, .bytes = bytes};
  step.parallel_us = share < 1 ? std::clamp((alone - busy) / (1 - share), 0.0, alone) : alone;
  step.serial_us = alone - step.parallel_us;
  return step;
}

double RankLine::speedup() const {
  std::vector<double> ratios;
  for (std::size_t k = 0; k < alone_us.size(); ++k) ratios.push_back(alone_us[k] / together_us[k]);
  return summarise(ratios).median;
}

Result<RankLine> measure_ranks(compute::Ranks& ranks, const RankBench& bench,
                               const compute::CancelFlag& cancel) {
  CountedRanks counted(ranks);
  auto together = compute::make_ranked_backend(counted, bench.run, bench.work);
  if (!together) return together.error();
  const compute::BackendInfo info = (*together)->info();
  compute::BackendRequest request = bench.work.request;
  request.device = "cpu";
  request.threads = info.threads;
  auto alone = compute::make_backend(request, bench.work.model, bench.work.data);
  if (!alone) return alone.error();
  const model::State start = model::initialise(*bench.work.model, 1);
  for (compute::Backend* backend : {together->get(), alone->get()})
    if (auto status = backend->load(start); !status) return status.error();
  Steps all(**together, bench.work), one(**alone, bench.work);
  const auto steps = one.enough(bench.seconds);
  if (!steps) return steps.error();
  if (const auto warm = all.run(1); !warm) return warm.error();
  RankLine line{.model = bench.work.model->id,
                .ranks = ranks.count(),
                .threads = info.threads,
                .batch = bench.work.batch_size,
                .parts = (*together)->most_ranks(bench.work.batch_size)};
  for (int round = 0; round < bench.rounds; ++round) {
    if (cancel.is_set()) return Error{.kind = ErrorKind::Cancelled, .problem = "interrupted"};
    const auto first = one.run(*steps);
    if (!first) return first.error();
    (void)counted.take();
    const auto second = all.run(*steps);
    if (!second) return second.error();
    const CountedRanks::Count count = counted.take();
    const double micros = 1e6 / *steps;
    line.alone_us.push_back(*first * micros);
    line.together_us.push_back(*second * micros);
    line.exchange_us.push_back(count.seconds * micros);
    line.exchanges = count.exchanges / *steps;
    line.bytes = count.bytes / *steps;
  }
  return line;
}

Network measure_network(compute::Ranks& ranks) {
  constexpr std::size_t kLarge = std::size_t{16} << 20;
  const double small = seconds_of_gather(ranks, 8 * static_cast<std::size_t>(ranks.count()), 2000),
               large = seconds_of_gather(ranks, kLarge, 20);
  int rounds = 0;
  while ((1 << rounds) < ranks.count()) ++rounds;
  const double received = static_cast<double>(kLarge) * (ranks.count() - 1) / ranks.count();
  return {.latency_us = 1e6 * small / std::max(1, rounds), .bytes_per_us = received / (1e6 * large)};
}

}  // namespace synann::bench
