// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "engine/compute/eigen/layers.h"
#include "engine/compute/eigen/synapse_parameters.h"
#include "engine/core/lines.h"

namespace synann::compute::eigen {
namespace {

using model::Layer;
using model::Over;
using model::SynapseOptions;

constexpr int kMostBlocks = 8;  // of kOutputs lanes, that share one sum over their gradients by β

// Where the numbers of a product stand: group g of a sample has them at g · next, `apart` from each other.
struct Places {
  int features, next, apart;
  std::size_t at(int lane, int groups) const {
    return size(lane / groups, features) + size(lane % groups, next);
  }
};

Places places(const Layer& l, const model::Shape& shape, int numbers) {
  const int groups = l.synapse_groups();
  switch (l.over) {
    case Over::Features:
      return {shape.size(), 0, 1};
    case Over::Channels:
      return {shape.size(), 1, groups};
    case Over::Positions:
      return {shape.size(), numbers, 1};
  }
  return {};
}

// A synapse layer with any matrix β over the features, the channels or the positions. A lane is one product
// vector, that of a group of a sample; what is computed for several lanes has rows of kOutputs of them, in
// double. Backward a task takes some samples and sums their gradients by β.
class AnySynapse : public EigenLayer {
 public:
  AnySynapse(const model::Model& model, const Layer& l, int threads, const Kernels& kernels)
      : kernels_(kernels),
        l_(l),
        inputs_(l.synapse_inputs()),
        outputs_(l.synapse_outputs()),
        groups_(l.synapse_groups()),
        blocks_(std::clamp(kMostLanes / (kOutputs * std::max(inputs_, outputs_)), 1, kMostBlocks)),
        in_(places(l, l.in, inputs_)),
        out_(places(l, l.result, outputs_)),
        weight_(model.parameters.find(l.name + ".weight")->offset),
        alpha_parameter_(model.parameters.find(l.name + ".alpha")),
        beta_(size(outputs_, inputs_)),
        alpha_(size(outputs_, 1), 1.0),
        scratch_(static_cast<std::size_t>(threads)) {}

  void prepare(const Pass& p) override {
    const float* weight = p.values + weight_;
    std::transform(weight, weight + beta_.size(), beta_.begin(),
                   [this](float w) { return beta_of(l_.synapse.beta, w); });
    if (without_diagonal())
      for (int i = 0; i < outputs_; ++i) beta_[diagonal(i)] = 0;
    for (int i = 0; alpha_parameter_ && i < outputs_; ++i)
      alpha_[size(i, 1)] = static_cast<double>(alpha_of(l_.synapse.alpha, alpha_at(p)[i]));
    const bool training = p.mode == Mode::Training;
    const int blocks = training ? blocks_ : 1;
    for (Scratch& s : scratch_) {
      s.x.resize(size(blocks, inputs_) * kOutputs);
      s.product.resize(size(blocks, outputs_) * kOutputs);
      if (!training) continue;
      s.dx.resize(s.x.size());
      s.dy.resize(s.product.size());
      s.w.resize(s.product.size());
      s.prefixes.resize(2 * size(inputs_, kOutputs));
    }
    if (training) partials_.resize(size(backward_tasks(p), 1) * partial_size());
  }

  int backward_tasks(const Pass& p) const override { return (p.batch + samples(p) - 1) / samples(p); }
  void backward_task(const Pass& p, int task, int thread) override {
    const int first_sample = task * samples(p), end = std::min(p.batch, first_sample + samples(p)) * groups_;
    Scratch& s = scratch_[static_cast<std::size_t>(thread)];
    double* sums = partial(task);
    std::fill_n(sums, partial_size(), 0.0);
    for (int lane = first_sample * groups_; lane < end; lane += blocks_ * kOutputs) {
      const int blocks = std::min(blocks_, (end - lane + kOutputs - 1) / kOutputs);
      for (int b = 0; b < blocks; ++b) {
        const int first = lane + b * kOutputs, count = std::min(kOutputs, end - first);
        gather(p.x, in_, inputs_, first, count, s.x.data() + size(b * inputs_, kOutputs));
        gather(p.dy, out_, outputs_, first, count, s.dy.data() + size(b * outputs_, kOutputs));
      }
      std::fill_n(s.dx.begin(), size(blocks * inputs_, kOutputs), 0.0);
      differentiate(s, blocks, sums);
      if (p.dx == nullptr) continue;
      for (int b = 0; b < blocks; ++b) {
        const int first = lane + b * kOutputs, count = std::min(kOutputs, end - first);
        scatter(s.dx.data() + size(b * inputs_, kOutputs), in_, inputs_, first, count, p.dx);
      }
    }
  }

  bool has_backward_chunks() const override { return false; }
  std::vector<Written> backward_written(const Pass& p) override {
    const int tasks = backward_tasks(p);
    std::vector<Written> written = {Written::blocks(partials_.data(), partial_size(), Written::each(tasks))};
    if (p.dx != nullptr)
      written.push_back(Written::blocks(p.dx, size(l_.in.size(), 1), bounds_of(tasks, samples(p), p.batch)));
    return written;
  }

  // Some outputs, whose partial sums are added in the order of the tasks, and their chain rule by w and a.
  int gradient_tasks(const Pass&) const override { return std::min(outputs_, kMostTasks); }
  void gradient_task(const Pass& p, int task, int) override {
    const int tasks = gradient_tasks(p), parts = backward_tasks(p);
    for (int i = outputs_ * task / tasks; i < outputs_ * (task + 1) / tasks; ++i) {
      const std::size_t first = size(i, inputs_), end = first + size(inputs_, 1);
      double* sums = partial(0);
      for (int part = 1; part < parts; ++part)
        for (std::size_t k = first; k < end; ++k) sums[k] += partial(part)[k];
      for (std::size_t k = first; k < end; ++k)
        p.gradients[weight_ + k] =
            static_cast<float>(sums[k]) * beta_slope_of(l_.synapse.beta, p.values[weight_ + k], beta_[k]);
      if (without_diagonal()) p.gradients[weight_ + diagonal(i)] = 0;
      if (!alpha_parameter_) continue;
      double sum = 0;
      for (int part = 0; part < parts; ++part) sum += partial(part)[beta_.size() + size(i, 1)];
      p.gradients[alpha_parameter_->offset + size(i, 1)] =
          static_cast<float>(sum) * alpha_slope_of(l_.synapse.alpha, alpha_at(p)[i]);
    }
  }

 protected:
  // Per thread; rows of kOutputs lanes.
  struct Scratch {
    Lines<double> x, dx;           // [blocks, inputs]
    Lines<double> dy, w, product;  // [blocks, outputs]
    Lines<double> prefixes;        // [2, inputs]
  };

  // Of gathered blocks: adds to dx, which is zero, and to the sums by β [outputs, inputs] and by α [outputs].
  virtual void differentiate(Scratch& s, int blocks, double* sums) const = 0;

  // The row in each of these numbers [outputs, lanes] of an output, and the row of the input that excites it.
  static std::size_t row(int place) { return size(place, kOutputs); }
  std::size_t excitatory_row(int output) const { return row(l_.excitatory_input(output)); }

  // Lanes first … first + count − 1 of a whole batch, to [numbers, kOutputs]; zero in the lanes that are not
  // there.
  void gather(const float* from, const Places& places, int numbers, int first, int count, double* to) const {
    std::array<const float*, kOutputs> lanes{};
    for (int l = 0; l < count; ++l) lanes[size(l, 1)] = from + places.at(first + l, groups_);
    for (int k = 0; k < numbers; ++k, to += kOutputs)
      for (int l = 0; l < kOutputs; ++l)
        to[l] = l < count ? static_cast<double>(lanes[size(l, 1)][size(k, places.apart)]) : 0.0;
  }
  void scatter(const double* from, const Places& places, int numbers, int first, int count, float* to) const {
    std::array<float*, kOutputs> lanes{};
    for (int l = 0; l < count; ++l) lanes[size(l, 1)] = to + places.at(first + l, groups_);
    for (int k = 0; k < numbers; ++k, from += kOutputs)
      for (int l = 0; l < count; ++l) lanes[size(l, 1)][size(k, places.apart)] = static_cast<float>(from[l]);
  }

  const Kernels& kernels_;
  Layer l_;
  int inputs_, outputs_, groups_, blocks_;
  Places in_, out_;
  std::size_t weight_;
  const Parameter* alpha_parameter_;  // null for Alpha::One
  std::vector<float> beta_;           // [outputs, inputs]
  std::vector<double> alpha_;         // [outputs]
  std::vector<Scratch> scratch_;

 private:
  static constexpr int kMostTasks = 32;
  static constexpr int kMostLanes = 1 << 16;             // numbers: bounds the memory of a thread
  static constexpr std::size_t kMostPartials = 1 << 23;  // numbers: bounds the memory of the partial sums

  bool without_diagonal() const { return l_.synapse.diagonal == SynapseOptions::Diagonal::Zero; }
  std::size_t diagonal(int output) const {
    return size(output, inputs_) + size(l_.excitatory_input(output), 1);
  }
  const float* alpha_at(const Pass& p) const { return p.values + alpha_parameter_->offset; }
  // Samples of a task: as many as fill whole rows of lanes.
  int samples(const Pass& p) const {
    const std::size_t fitting = kMostPartials / partial_size();
    const int tasks = std::clamp(static_cast<int>(std::min<std::size_t>(fitting, kMostTasks)), 1, p.batch);
    const int share = (p.batch + tasks - 1) / tasks, whole = std::max(1, kOutputs / groups_);
    return (share + whole - 1) / whole * whole;
  }
  std::size_t partial_size() const { return beta_.size() + alpha_.size(); }
  double* partial(int task) { return partials_.data() + size(task, 1) * partial_size(); }

  std::vector<double> partials_;  // [tasks, by β and by α]
};

// Each sample on its own.
class AnyPerSampleSynapse final : public AnySynapse {
 public:
  using AnySynapse::AnySynapse;

  void forward_chunk(const Pass& p, Chunk c, int thread) override {
    Scratch& s = scratch_[static_cast<std::size_t>(thread)];
    const int end = (c.first + c.count) * groups_;
    for (int first = c.first * groups_; first < end; first += kOutputs) {
      const int count = std::min(kOutputs, end - first);
      gather(p.x, in_, inputs_, first, count, s.x.data());
      kernels_.inhibition_forward(outputs_, inputs_, beta_.data(), s.x.data(), s.product.data());
      for (int i = 0; i < outputs_; ++i) {
        const double* x = s.x.data() + excitatory_row(i);
        double* y = s.product.data() + row(i);
        for (int l = 0; l < kOutputs; ++l) y[l] *= alpha_[size(i, 1)] * x[l];
      }
      scatter(s.product.data(), out_, outputs_, first, count, p.y);
    }
  }

 private:
  // The direct way is dy α Π, that by the products has the weight w = dy α x.
  void differentiate(Scratch& s, int blocks, double* sums) const override {
    for (int b = 0; b < blocks; ++b)
      for (int i = 0; i < outputs_; ++i) {
        const double* x = s.x.data() + row(b * inputs_) + excitatory_row(i);
        const std::size_t at = row(b * outputs_ + i);
        for (std::size_t l = 0; l < kOutputs; ++l) s.w[at + l] = s.dy[at + l] * alpha_[size(i, 1)] * x[l];
      }
    kernels_.inhibition_backward(outputs_, inputs_, blocks, beta_.data(), s.x.data(), s.w.data(),
                                 s.product.data(), s.dx.data(), sums, s.prefixes.data());
    double* by_alpha = sums + beta_.size();
    for (int b = 0; b < blocks; ++b)
      for (int i = 0; i < outputs_; ++i) {
        const std::size_t from = row(b * inputs_) + excitatory_row(i), at = row(b * outputs_ + i);
        for (std::size_t l = 0; l < kOutputs; ++l) {
          const double gain = s.dy[at + l] * s.product[at + l];
          by_alpha[i] += gain * s.x[from + l];
          s.dx[from + l] += gain * alpha_[size(i, 1)];
        }
      }
  }
};

// One factor C_i for each output: the product over all samples and all groups of the batch, so nothing here
// works sample by sample.
class AnyCoupledSynapse final : public AnySynapse {
 public:
  AnyCoupledSynapse(const model::Model& model, const Layer& l, int threads, const Kernels& kernels)
      : AnySynapse(model, l, threads, kernels), common_(size(outputs_, 1)) {}

  int forward_tasks(const Pass&) const override { return outputs_; }
  void forward_task(const Pass& p, int i, int) override {
    Factor& common = common_[size(i, 1)];
    common = common_factor(p, i);
    const double c = alpha_[size(i, 1)] * common.value();
    for (int lane = 0; lane < p.batch * groups_; ++lane)
      p.y[out_.at(lane, groups_) + size(i, out_.apart)] = static_cast<float>(c * excitation(p, lane, i));
  }

  // Σ dy_i x_e(i) of each output, over the batch.
  void begin_backward(const Pass& p) override {
    for (int i = 0; i < outputs_; ++i) {
      double gain = 0;
      for (int lane = 0; lane < p.batch * groups_; ++lane)
        gain +=
            static_cast<double>(p.dy[out_.at(lane, groups_) + size(i, out_.apart)]) * excitation(p, lane, i);
      common_[size(i, 1)].gain = gain;
    }
  }

 private:
  struct Factor {
    double product = 1;  // of the factors that are not zero
    int zeros = 0;       // how many are
    double gain = 0;
    double value() const { return zeros > 0 ? 0 : product; }
  };

  double excitation(const Pass& p, int lane, int i) const {
    return static_cast<double>(p.x[in_.at(lane, groups_) + size(l_.excitatory_input(i), in_.apart)]);
  }
  Factor common_factor(const Pass& p, int i) const {
    const float* beta = beta_.data() + size(i, inputs_);
    Factor result;
    for (int lane = 0; lane < p.batch * groups_; ++lane) {
      const float* x = p.x + in_.at(lane, groups_);
      for (int j = 0; j < inputs_; ++j) {
        const double factor = 1 - static_cast<double>(beta[j]) * static_cast<double>(x[size(j, in_.apart)]);
        if (factor == 0) {
          ++result.zeros;
        } else {
          result.product *= factor;
        }
      }
    }
    return result;
  }

  // With G_i = α_i Σ dy_i x_e(i): dβ_ij −= G_i x_j C_i / (1 − β_ij x_j) and dx_j −= G_i β_ij C_i / (1 − β_ij
  // x_j), where one zero among the factors leaves its own derivative alone, and two leave none.
  void differentiate(Scratch& s, int blocks, double* sums) const override {
    for (int i = 0; i < outputs_; ++i) {
      const Factor& common = common_[size(i, 1)];
      const double alpha = alpha_[size(i, 1)], gain = alpha * common.gain, direct = alpha * common.value(),
                   at_zero = common.zeros == 1 ? gain * common.product : 0, elsewhere = gain * common.value();
      for (int b = 0; b < blocks; ++b) {
        const double *x = s.x.data() + row(b * inputs_), *dy = s.dy.data() + row(b * outputs_ + i);
        double* dx = s.dx.data() + row(b * inputs_);
        for (int l = 0; l < kOutputs; ++l) {
          dx[excitatory_row(i) + size(l, 1)] += dy[l] * direct;
          sums[beta_.size() + size(i, 1)] += dy[l] * x[excitatory_row(i) + size(l, 1)] * common.value();
        }
        for (int j = 0; j < inputs_; ++j, x += kOutputs, dx += kOutputs) {
          const double beta = static_cast<double>(beta_[size(i, inputs_) + size(j, 1)]);
          double sum = 0;
          for (int l = 0; l < kOutputs; ++l) {
            const double factor = 1 - beta * x[l], others = factor == 0 ? at_zero : elsewhere / factor;
            sum += x[l] * others;
            dx[l] -= beta * others;
          }
          sums[size(i, inputs_) + size(j, 1)] -= sum;
        }
      }
    }
  }

  std::vector<Factor> common_;  // [outputs]
};

}  // namespace

std::unique_ptr<EigenLayer> make_any_synapse(const model::Model& model, const Layer& l, int threads,
                                             const Kernels& kernels) {
  if (l.synapse.semantics == SynapseOptions::Semantics::BatchCoupled)
    return std::make_unique<AnyCoupledSynapse>(model, l, threads, kernels);
  return std::make_unique<AnyPerSampleSynapse>(model, l, threads, kernels);
}

}  // namespace synann::compute::eigen
