// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/fault.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "engine/compute/augmenter.h"
#include "engine/compute/reference/network.h"
#include "engine/compute/reference/synapse_any.h"
#include "engine/core/random.h"
#include "engine/model/layer_words.h"

namespace synann::infer {
namespace {

using Forward = compute::reference::Network<float>;

constexpr int kMeasuredAtOnce = 100;  // images, where they do not see each other

// One image's part of numbers [count, size].
std::span<const float> part(std::span<const float> all, std::size_t place, std::size_t size) {
  return all.subspan(place * size, size);
}

// The images of a batch whose part of these numbers is not finite.
std::vector<std::size_t> broken_images(std::span<const float> all, std::size_t count) {
  std::vector<std::size_t> broken;
  if (compute::all_finite(all)) return broken;
  for (std::size_t s = 0; s < count; ++s)
    if (!compute::all_finite(part(all, s, all.size() / count))) broken.push_back(s);
  return broken;
}

std::string layer_name(const model::Layer& layer) {
  if (!layer.name.empty()) return layer.name;
  return layer.exposes.empty() ? std::string(model::kind_id(layer.kind)) : layer.exposes;
}

// A batch with all that was computed of it.
class Pass {
 public:
  Pass(const FaultQuery& query, std::vector<std::uint32_t> samples)
      : q_(query),
        model_(*query.network.model),
        samples_(std::move(samples)),
        input_(samples_.size() * query.set->image_size()),
        target_(samples_.size()),
        forward_(model_) {
    gather();
    forward_.forward(*q_.network.values, batch(),
                     step() ? compute::Mode::Training : compute::Mode::Evaluation, draws());
  }

  Fault fault() {
    Fault fault{.part = q_.part, .batch = samples_};
    std::size_t place = largest_loss();
    if (const auto k = first_broken_layer()) {
      place = broken_images(forward_.output(*k), samples_.size()).front();
      fault.layer = layer_name(model_.layers[*k]);
    } else if (const auto spoilt = step() ? first_spoilt_image() : std::nullopt) {
      place = *spoilt;
      fault.gradient = true;
    }
    fault.image = samples_[place];
    fault.loss = loss(place);
    fault.headroom = least_headroom();
    return fault;
  }

 private:
  bool step() const { return q_.part == Part::Train; }
  // As the step saw its images.
  void gather() {
    const auto table = compute::scaling_table(model_.scaling);
    if (!step() || !q_.augmentation.on()) return compute::gather(*q_.set, samples_, table, input_, target_);
    compute::BatchAugmenter augmenter(1);
    const data::Dataset& made = augmenter.make(*q_.set, samples_, q_.augmentation, q_.seed, q_.epoch);
    compute::gather(made, augmenter.order(), table, input_, target_);
  }
  compute::Batch<float> batch() const {
    return {.count = static_cast<int>(samples_.size()), .input = input_, .target = target_};
  }
  compute::DropoutDraws draws() const {
    return {.enabled = q_.dropout, .seed = q_.seed, .epoch = q_.epoch, .step = q_.step};
  }
  double loss(std::size_t place) const {
    const auto classes = static_cast<std::size_t>(model_.classes);
    return -static_cast<double>(part(forward_.log_probs(), place, classes)[target_[place]]);
  }

  std::size_t largest_loss() const {
    std::size_t worst = 0;
    for (std::size_t s = 1; s < samples_.size(); ++s)
      if (loss(s) > loss(worst)) worst = s;
    return worst;
  }

  // Behind it batch norm spreads what broke over all images.
  std::optional<std::size_t> first_broken_layer() const {
    for (std::size_t k = 0; k < model_.layers.size(); ++k)
      if (!compute::all_finite(forward_.output(k))) return k;
    return std::nullopt;
  }

  // The pass back, from the loss to the image; nothing where no image, or each of them, is broken at once.
  std::optional<std::size_t> first_spoilt_image() {
    std::vector<float> gradients(q_.network.values->size());
    forward_.backward(*q_.network.values, batch(), draws(), gradients);
    for (std::size_t k = model_.layers.size() - 1; k-- > 0;) {
      const auto broken = broken_images(forward_.delta(k), samples_.size());
      if (broken.size() == samples_.size()) return std::nullopt;
      if (!broken.empty()) return broken.front();
    }
    return std::nullopt;
  }

  // The smallest factor of all synapse layers, not of recurrent ones.
  std::optional<Fault::Headroom> least_headroom() const {
    std::optional<Fault::Headroom> least;
    for (std::size_t k = 0; k < model_.layers.size(); ++k) {
      const model::Layer& l = model_.layers[k];
      if (l.kind != model::LayerKind::Synapse) continue;
      const Parameter* weight = model_.parameters.find(l.name + ".weight");
      std::vector<float> beta(weight->size()), rows(samples_.size() * static_cast<std::size_t>(l.in.size()));
      compute::reference::effective_beta(l, q_.network.values->data() + weight->offset, beta.data());
      compute::reference::to_rows(l, static_cast<int>(samples_.size()), l.synapse_inputs(),
                                  k == 0 ? input_.data() : forward_.output(k - 1).data(), rows.data());
      take_headroom(l, beta, rows, least);
    }
    return least;
  }

  // x: [images · groups, inputs]
  void take_headroom(const model::Layer& l, std::span<const float> beta, std::span<const float> x,
                     std::optional<Fault::Headroom>& least) const {
    const auto n = static_cast<std::size_t>(l.synapse_inputs()),
               groups = static_cast<std::size_t>(l.synapse_groups());
    for (std::size_t row = 0; row < x.size() / n; ++row)
      for (std::size_t k = 0; k < beta.size(); ++k) {
        const double value = 1 - static_cast<double>(beta[k]) * static_cast<double>(x[row * n + k % n]);
        if (std::isnan(value) || (least && !(value < least->value))) continue;
        least = {l.name, {static_cast<int>(k / n), static_cast<int>(k % n)}, samples_[row / groups], value};
      }
  }

  const FaultQuery& q_;
  const model::Model& model_;
  std::vector<std::uint32_t> samples_;
  std::vector<float> input_;
  std::vector<std::uint8_t> target_;
  Forward forward_;
};

Error no_such_step(const FaultQuery& q, int steps) {
  return {.where = fmt::format("epoch {}", q.epoch),
          .problem = "there is no such step",
          .expected = fmt::format("from 0 to {}", steps - 1),
          .found = fmt::format("{}", q.step)};
}

// The images from `first` on, a batch of them, in this order.
std::vector<std::uint32_t> next_batch(std::span<const std::uint32_t> order, int first, int size) {
  const auto batch = order.subspan(static_cast<std::size_t>(first));
  const auto count = std::min(batch.size(), static_cast<std::size_t>(size));
  return {batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count)};
}

// Of two batches of a measurement, neither of which is broken.
void keep_worse(Fault& kept, Fault&& other) {
  const auto least = !kept.headroom || (other.headroom && other.headroom->value < kept.headroom->value)
                         ? other.headroom
                         : kept.headroom;
  if (kept.batch.empty() || other.loss > kept.loss) kept = std::move(other);
  kept.headroom = least;
}

Result<Fault> fault_of_measurement(const FaultQuery& q, int batch_size, const Work& work) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(q.set->count()));
  std::iota(order.begin(), order.end(), 0u);
  const int count = (q.set->count() + batch_size - 1) / batch_size;
  Fault worst;
  for (int k = 0; k < count; ++k) {
    if (work.stopped()) return interrupted();
    Fault fault = Pass(q, next_batch(order, k * batch_size, batch_size)).fault();
    if (fault.not_finite()) return fault;
    keep_worse(worst, std::move(fault));
    work.tell(k + 1, count);
  }
  return worst;
}

void renumber(Fault& fault, const std::vector<std::uint32_t>& numbers) {
  for (std::uint32_t& image : fault.batch) image = numbers[image];
  fault.image = numbers[fault.image];
  if (fault.headroom) fault.headroom->image = numbers[fault.headroom->image];
}

std::string image_name(Part part, std::uint32_t image) {
  const char* set = part == Part::Train ? "training" : part == Part::Test ? "test" : "validation";
  return fmt::format("{} image {}", set, image);
}

}  // namespace

FaultQuery fault_query(const train::Failure& failure) {
  using train::FaultPlace;
  const Part part = failure.place == FaultPlace::Test         ? Part::Test
                    : failure.place == FaultPlace::Validation ? Part::Validation
                                                              : Part::Train;
  const train::Settings& s = failure.settings;
  return {.network = network_of(failure.weights),
          .set = set_of(failure.data, part),
          .part = part,
          .seed = s.seed,
          .epoch = failure.position.epoch,
          .step = failure.position.step,
          .batch_size = part == Part::Train ? s.batch_size : s.test_batch_size,
          .augmentation = train::augmentation(s),
          .numbers = part == Part::Train ? failure.data->train_numbers : std::vector<std::uint32_t>()};
}

Result<Fault> locate_fault(const FaultQuery& q, const Work& work) {
  if (!q.set) return input_error("images", "no data set is open", "choose the one the run was trained on");
  if (auto status = check_fit(q.network, *q.set); !status) return status.error();
  if (q.set->count() == 0) return input_error("images", "there are none of this set");
  const int size = std::max(1, q.batch_size), steps = (q.set->count() + size - 1) / size;
  if (q.part != Part::Train) {
    const bool coupled = model::is_batch_coupled(q.network.model->layers);
    return fault_of_measurement(q, coupled ? size : kMeasuredAtOnce, work);
  }
  if (q.step < 0 || q.step >= steps) return no_such_step(q, steps);
  if (work.stopped()) return interrupted();
  work.tell(0, 1);
  const auto order = epoch_order(q.seed, q.epoch, q.set->count());
  Fault fault = Pass(q, next_batch(order, q.step * size, size)).fault();
  if (!q.numbers.empty()) renumber(fault, q.numbers);
  work.tell(1, 1);
  return fault;
}

std::string fault_words(const Fault& f) {
  const std::string image = fmt::format("{} (batch of {})", image_name(f.part, f.image), f.batch.size());
  const std::string words =
      !f.layer.empty()
          ? fmt::format("{} is the first layer whose output is not finite, for {}", f.layer, image)
      : f.gradient ? fmt::format("{} is the first whose gradient is not finite", image)
                   : fmt::format("{} has the largest loss, {:.4g} nats", image, f.loss);
  if (!f.headroom) return words;
  const Fault::Headroom& h = *f.headroom;
  const std::string least =
      fmt::format("the smallest 1 − βx is {:.4g}, in cell ({}, {}) of {} for {}", h.value, h.cell.row,
                  h.cell.column, h.layer, image_name(f.part, h.image));
  return f.no_headroom() ? least + "; " + words : words + "; " + least;
}

}  // namespace synann::infer
