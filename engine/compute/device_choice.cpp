// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/device_choice.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <numeric>
#include <utility>

namespace synann::compute {
namespace {

constexpr int kBatch = 100;               // the original's
constexpr double kMeasureSeconds = 0.03;  // long enough to be past the first launches

// Passes everything on; only info() has something to add.
class NotedBackend final : public Backend {
 public:
  NotedBackend(std::unique_ptr<Backend> backend, std::string note)
      : backend_(std::move(backend)), note_(std::move(note)) {}

  BackendInfo info() const override {
    BackendInfo info = backend_->info();
    info.note = note_;
    return info;
  }
  Status load(const model::State& state) override { return backend_->load(state); }
  Status fetch(model::State& state) override { return backend_->fetch(state); }
  Result<SpanResult> run(const StepSpan& span, const CancelFlag& cancel) override {
    return backend_->run(span, cancel);
  }
  Result<EvaluationResult> evaluate(EvaluationSet set, int batch_size, const CancelFlag& cancel,
                                    const std::function<void(int done)>& progress) override {
    return backend_->evaluate(set, batch_size, cancel, progress);
  }
  Result<Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) override {
    return backend_->probe(input, target);
  }
  Result<Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                    bool activations) override {
    return backend_->ask(set, samples, activations);
  }
  bool resumes(std::size_t layer) const override { return backend_->resumes(layer); }
  Result<std::vector<float>> resume(std::size_t layer, std::span<const float> input, int count) override {
    return backend_->resume(layer, input, count);
  }

 private:
  std::unique_ptr<Backend> backend_;
  std::string note_;
};

std::string time_text(double seconds) {
  return seconds < 1e-3 ? fmt::format("{:.0f} µs", seconds * 1e6) : fmt::format("{:.2g} ms", seconds * 1e3);
}

}  // namespace

Result<double> measure_step(Backend& backend, const data::DataPair& data) {
  using Clock = std::chrono::steady_clock;
  std::vector<std::uint32_t> order(static_cast<std::size_t>(data.train.count()));
  std::iota(order.begin(), order.end(), 0u);
  const int batch = std::min(kBatch, data.train.count()), most = std::max(1, data.train.count() / batch);
  const std::vector<float> rates(static_cast<std::size_t>(most), 0.0f);
  double least = 0, spent = 0;
  for (int steps = 1; spent < kMeasureSeconds; steps = std::min(most, 2 * steps)) {
    const auto begun = Clock::now();
    const auto result =
        backend.run({.step_count = steps,
                     .batch_size = batch,
                     .order = order,
                     .learning_rates = std::span(rates).first(static_cast<std::size_t>(steps)),
                     .watch = {}},
                    CancelFlag{});
    if (!result) return result.error();
    if (result->failure) return input_error("the first steps", result->failure->what);
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    spent += seconds;
    least = least > 0 ? std::min(least, seconds / steps) : seconds / steps;
  }
  return least;
}

std::unique_ptr<Backend> with_note(std::unique_ptr<Backend> backend, std::string note) {
  return std::make_unique<NotedBackend>(std::move(backend), std::move(note));
}

std::unique_ptr<Backend> choose_faster(std::unique_ptr<Backend> cpu, std::unique_ptr<Backend> gpu,
                                       const model::Model& model, const data::DataPair& data) {
  const auto gpu_seconds = measure_step(*gpu, data);
  const std::string name = gpu->info().device;
  if (!gpu_seconds)
    return with_note(std::move(cpu),
                     fmt::format("trained on the CPU, because {}", gpu_seconds.error().sentence()));
  const auto cpu_seconds = measure_step(*cpu, data);
  const bool use_gpu = !cpu_seconds || *gpu_seconds < *cpu_seconds;
  std::string note = fmt::format("trained on the {}", use_gpu ? name : "CPU");
  if (cpu_seconds) {
    note += fmt::format(": a step of {} takes {} on the CPU and {} on the {}", model.title,
                        time_text(*cpu_seconds), time_text(*gpu_seconds), name);
  }
  auto chosen = use_gpu ? std::move(gpu) : std::move(cpu);
  // The measurement moved momenta and running statistics.
  if (auto status = chosen->load(model::initialise(model, 0)); !status) return chosen;
  return with_note(std::move(chosen), std::move(note));
}

}  // namespace synann::compute
