// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/cases.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/bench/flops.h"
#include "engine/compute/eigen/synapse_alone.h"
#include "engine/core/random.h"

namespace synann::bench {
namespace {

constexpr std::uint64_t kSeed = 5;

// A model on a back end; its training and its evaluation share it.
struct Subject {
  std::shared_ptr<const model::Model> model;
  data::DataPairPtr data;
  std::unique_ptr<compute::Backend> backend;
};

// Steps of SGD as the original takes them, epoch after epoch.
class Training final : public Case {
 public:
  Training(std::shared_ptr<Subject> subject, int batch)
      : subject_(std::move(subject)),
        batch_(std::min(batch, subject_->data->train.count())),
        steps_(subject_->data->train.count() / batch_),
        order_(epoch_order(kSeed, 1, subject_->data->train.count())) {}

  Line line() const override {
    return {.work = Work::Train,
            .model = subject_->model->id,
            .backend = subject_->backend->info(),
            .useful_flops = useful_step_flops(*subject_->model),
            .dense_flops = dense_flops(*subject_->model).step(),
            .micros = {}};
  }
  Result<double> run(int times, const compute::CancelFlag& cancel) override {
    for (int done = 0; done < times && !cancel.is_set();) {
      const int count = std::min(times - done, steps_ - step_);
      rates_.assign(static_cast<std::size_t>(count), 0.012f);
      const auto result = subject_->backend->run({.seed = kSeed,
                                                  .epoch = epoch_,
                                                  .first_step = step_,
                                                  .step_count = count,
                                                  .batch_size = batch_,
                                                  .order = order_,
                                                  .learning_rates = rates_,
                                                  .optimiser = {.momentum = 0.5},
                                                  .watch = {.largest_loss = 1e30}},
                                                 cancel);
      if (!result) return result.error();
      if (result->failure) {
        return Error{
            .kind = ErrorKind::Failed, .where = subject_->model->id, .problem = result->failure->what};
      }
      done += count;
      step_ += count;
      if (step_ < steps_) continue;
      step_ = 0;
      ++epoch_;
    }
    return static_cast<double>(times) * batch_;
  }

 private:
  std::shared_ptr<Subject> subject_;
  int batch_, steps_;
  std::vector<std::uint32_t> order_;
  std::vector<float> rates_;
  int step_ = 0, epoch_ = 1;
};

// The whole test set.
class Evaluating final : public Case {
 public:
  Evaluating(std::shared_ptr<Subject> subject, int batch) : subject_(std::move(subject)), batch_(batch) {}

  Line line() const override {
    const double forward = dense_flops(*subject_->model).forward;
    return {.work = Work::Eval,
            .model = subject_->model->id,
            .backend = subject_->backend->info(),
            .useful_flops = forward,
            .dense_flops = forward,
            .micros = {}};
  }
  Result<double> run(int times, const compute::CancelFlag& cancel) override {
    double samples = 0;
    for (int k = 0; k < times && !cancel.is_set(); ++k) {
      const auto result = subject_->backend->evaluate(compute::EvaluationSet::Test, batch_, cancel, {});
      if (!result) return result.error();
      samples += result->count;
    }
    return samples;
  }

 private:
  std::shared_ptr<Subject> subject_;
  int batch_;
};

// What the layer alone works on, shared by its measurements: x as a softmax gives them, β as they start.
struct SynapseSubject {
  int width, batch;
  std::vector<float> x, beta, dy, y, dx, dbeta;

  SynapseSubject(int n, int samples) : width(n), batch(samples) {
    const std::size_t pairs = compute::eigen::size(n, n), block = compute::eigen::size(samples, n);
    const RandomStream stream = random_stream(kSeed, Purpose::Check);
    auto fill = [&, next = std::uint32_t{0}](std::vector<float>& v, std::size_t count, float centre,
                                             float reach) mutable {
      v.resize(count);
      for (float& f : v) f = centre + reach * (2 * stream.uniform(next++) - 1);
    };
    const float share = 1.0f / static_cast<float>(n);
    fill(x, block, share, 0.5f * share);
    fill(beta, pairs, 0, std::sqrt(share));
    fill(dy, block, 0, 1);
    y.resize(block);
    dx.resize(block);
    dbeta.resize(pairs);
  }
};

class SynapseWork final : public Case {
 public:
  SynapseWork(std::shared_ptr<SynapseSubject> subject, std::shared_ptr<compute::eigen::SynapseAlone> layer,
              bool backward)
      : s_(std::move(subject)), layer_(std::move(layer)), backward_(backward) {}

  Line line() const override {
    const Flops flops = synapse_flops(s_->width);
    const double count = backward_ ? flops.step() : flops.forward;
    return {.work = backward_ ? Work::Synapse : Work::Forward,
            .model = "synapse",
            .width = s_->width,
            .backend = {.device = "CPU", .tier = "eigen", .isa = layer_->isa(), .threads = layer_->threads()},
            .useful_flops = count,
            .dense_flops = count,
            .micros = {}};
  }
  Result<double> run(int times, const compute::CancelFlag& cancel) override {
    SynapseSubject& s = *s_;
    for (int k = 0; k < times && !cancel.is_set(); ++k) {
      layer_->forward(s.batch, s.x.data(), s.beta.data(), s.y.data());
      if (backward_)
        layer_->backward(s.batch, s.x.data(), s.beta.data(), s.dy.data(), s.dx.data(), s.dbeta.data());
    }
    return static_cast<double>(times) * s.batch;
  }

 private:
  std::shared_ptr<SynapseSubject> s_;
  std::shared_ptr<compute::eigen::SynapseAlone> layer_;
  bool backward_;
};

Result<std::shared_ptr<Subject>> make_subject(const Options& o, Result<model::Model> built, int threads,
                                              const data::DataPairPtr& data) {
  if (!built) {
    Error error = built.error();
    error.where = "--models";
    return error;
  }
  auto subject = std::make_shared<Subject>();
  subject->model = std::make_shared<const model::Model>(std::move(*built));
  subject->data = data;
  // A fused tier that declines a model is no reason to leave that model out.
  const std::string tier = compute::tier_runs(o.device, o.tier, *subject->model) ? o.tier : "auto";
  auto backend =
      compute::make_backend({.device = o.device, .tier = tier, .threads = threads}, subject->model, data);
  if (!backend) return backend.error();
  subject->backend = std::move(*backend);
  if (auto status = subject->backend->load(model::initialise(*subject->model, kSeed)); !status)
    return status.error();
  return subject;
}

// Training and evaluation of a network on each number of threads.
Status add_network(std::vector<std::unique_ptr<Case>>& cases, const Options& o,
                   const std::function<Result<model::Model>()>& build, const data::DataPairPtr& data) {
  std::vector<std::shared_ptr<Subject>> subjects;  // one for each number of threads
  for (const int threads : o.threads) {
    if (!o.train && !o.eval) break;
    auto subject = make_subject(o, build(), threads, data);
    if (!subject) return subject.error();
    subjects.push_back(std::move(*subject));
  }
  for (const auto& subject : subjects)
    if (o.train) cases.push_back(std::make_unique<Training>(subject, o.batch));
  for (const auto& subject : subjects)
    if (o.eval) cases.push_back(std::make_unique<Evaluating>(subject, o.batch));
  return {};
}

}  // namespace

Result<std::vector<std::unique_ptr<Case>>> make_cases(const Options& o, const data::DataPairPtr& data) {
  std::vector<std::unique_ptr<Case>> cases;
  const data::Dataset& set = data->train;
  for (const std::string& id : o.models)
    if (auto status = add_network(
            cases, o, [&] { return model::build(id, set.rows, set.columns, set.classes); }, data);
        !status)
      return status.error();
  for (const model::DefinitionPtr& own : o.own_models)
    if (auto status = add_network(
            cases, o, [&] { return model::build(*own, set.rows, set.columns, set.classes); }, data);
        !status)
      return status.error();
  for (const int width : o.widths) {
    const auto subject = std::make_shared<SynapseSubject>(width, o.batch);
    std::vector<std::shared_ptr<compute::eigen::SynapseAlone>> layers;
    for (const int threads : o.threads)
      layers.push_back(std::make_shared<compute::eigen::SynapseAlone>(width, threads));
    for (const bool backward : {false, true})
      for (const auto& layer : layers)
        cases.push_back(std::make_unique<SynapseWork>(subject, layer, backward));
  }
  return cases;
}

}  // namespace synann::bench
