// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/stored_backend.h"

#include <algorithm>
#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "engine/core/thread_pool.h"
#include "engine/data/image_file.h"

namespace synann::compute {
namespace {

using data::StoredImages;
using ShelfPtr = std::shared_ptr<const StoredImages::Shelf>;

constexpr int kImagesAtHand = 4096;  // about; at least a batch

// A group of consecutive steps: [first, first + count) of an epoch, and the samples of its batches.
struct StepGroup {
  int first = 0, count = 0;
  std::vector<std::uint32_t> samples{};
};

class StoredBackend final : public Backend {
 public:
  StoredBackend(std::shared_ptr<StoredImages> images, std::unique_ptr<Backend> backend)
      : images_(std::move(images)), backend_(std::move(backend)) {}
  ~StoredBackend() override {
    if (ahead_) ahead_->shelf.wait();
  }

  BackendInfo info() const override { return backend_->info(); }
  Status load(const model::State& state) override { return backend_->load(state); }
  Status fetch(model::State& state) override { return backend_->fetch(state); }
  Result<SpanResult> run(const StepSpan& span, const CancelFlag& cancel) override;
  Result<EvaluationResult> evaluate(EvaluationSet set, int batch_size, const CancelFlag& cancel,
                                    const std::function<void(int done)>& progress) override {
    auto result = backend_->evaluate(set, batch_size, cancel, progress);
    if (auto status = images_->file().trouble(); !status) return status.error();
    return result;
  }
  Result<Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) override {
    return backend_->probe(input, target);
  }
  Result<Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                    bool activations) override {
    auto reply = backend_->ask(set, samples, activations);
    if (auto status = images_->file().trouble(); !status) return status.error();
    return reply;
  }
  bool resumes(std::size_t layer) const override { return backend_->resumes(layer); }
  Result<std::vector<float>> resume(std::size_t layer, std::span<const float> input, int count) override {
    return backend_->resume(layer, input, count);
  }

 private:
  struct Ahead {
    std::vector<std::uint32_t> samples;
    std::future<Result<ShelfPtr>> shelf;
  };
  static StepGroup group_of(const StepSpan& span, int step);
  Status bring(std::vector<std::uint32_t> samples);
  void read_ahead(std::vector<std::uint32_t> samples);

  std::shared_ptr<StoredImages> images_;
  std::unique_ptr<Backend> backend_;
  std::vector<std::uint32_t> at_hand_;
  std::optional<Ahead> ahead_;
};

// The group that a step is in. Groups begin at the same steps however an epoch is cut into spans.
StepGroup StoredBackend::group_of(const StepSpan& span, int step) {
  StepGroup group;
  group.count = std::max(1, kImagesAtHand / span.batch_size);
  group.first = step / group.count * group.count;
  const auto size = static_cast<std::size_t>(span.batch_size);
  const std::size_t begin = std::min(span.order.size(), static_cast<std::size_t>(group.first) * size),
                    end = std::min(span.order.size(), begin + static_cast<std::size_t>(group.count) * size);
  group.samples.assign(span.order.begin() + static_cast<std::ptrdiff_t>(begin),
                       span.order.begin() + static_cast<std::ptrdiff_t>(end));
  return group;
}

Status StoredBackend::bring(std::vector<std::uint32_t> samples) {
  if (samples == at_hand_) return {};
  Result<ShelfPtr> shelf = ShelfPtr();
  if (ahead_ && ahead_->samples == samples) {
    shelf = ahead_->shelf.get();
    ahead_.reset();
  } else {
    shelf = images_->read(samples);
  }
  if (!shelf) return shelf.error();
  images_->bring(std::move(*shelf));
  at_hand_ = std::move(samples);
  return {};
}

void StoredBackend::read_ahead(std::vector<std::uint32_t> samples) {
  if (samples.empty() || samples == at_hand_ || (ahead_ && ahead_->samples == samples)) return;
  if (ahead_) ahead_->shelf.wait();
  Ahead ahead{std::move(samples), {}};
  ahead.shelf = std::async(std::launch::async, [images = images_, wanted = ahead.samples] {
    lower_thread_priority();
    return images->read(wanted);
  });
  ahead_.emplace(std::move(ahead));
}

Result<SpanResult> StoredBackend::run(const StepSpan& span, const CancelFlag& cancel) {
  SpanResult result;
  const int end = span.first_step + span.step_count;
  for (int step = span.first_step; step < end && !cancel.is_set();) {
    StepGroup group = group_of(span, step);
    const int next = std::min(end, group.first + group.count);
    if (auto status = bring(std::move(group.samples)); !status) return status.error();
    read_ahead(group_of(span, group.first + group.count).samples);
    StepSpan part = span;
    part.first_step = step;
    part.step_count = next - step;
    part.learning_rates = span.learning_rates.subspan(static_cast<std::size_t>(step - span.first_step),
                                                      static_cast<std::size_t>(next - step));
    part.first_count = span.first_count + step - span.first_step;
    auto done = backend_->run(part, cancel);
    if (!done) return done.error();
    if (auto status = images_->file().trouble(); !status) return status.error();
    result.losses.insert(result.losses.end(), done->losses.begin(), done->losses.end());
    result.failure = std::move(done->failure);
    if (result.failure || static_cast<int>(done->losses.size()) < part.step_count) break;
    step = next;
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<Backend>> make_stored_backend(
    const data::DataPair& data,
    const std::function<Result<std::unique_ptr<Backend>>(data::DataPairPtr)>& make) {
  const auto images = std::make_shared<StoredImages>(*data.train.stored);
  auto own = std::make_shared<data::DataPair>(data);
  own->train.stored = images;
  auto backend = make(std::move(own));
  if (!backend) return backend.error();
  return std::unique_ptr<Backend>(std::make_unique<StoredBackend>(images, std::move(*backend)));
}

}  // namespace synann::compute
