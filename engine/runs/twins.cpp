// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/twins.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "engine/core/thread_pool.h"
#include "engine/runs/twin_meter.h"
#include "engine/train/session.h"

namespace synann::runs {
namespace {

// Tells the meter what one of the two does.
class TwinObserver final : public train::Observer {
 public:
  TwinObserver(TwinMeter& meter, int side) : meter_(meter), side_(side) {}
  void on_start(const train::StartInfo& start) override { meter_.start(side_, start); }
  void on_evaluation(const train::Evaluation& e) override { meter_.add_evaluation(side_, e); }
  void on_state(train::State state, const std::string& reason) override {
    meter_.set_state(side_, state, reason);
  }
  void on_saved(const std::string& checkpoint) override { meter_.saved(side_, checkpoint); }

 private:
  TwinMeter& meter_;
  int side_;
};

}  // namespace

class Twins::Impl {
 public:
  explicit Impl(TwinsRequest request) : request_(std::move(request)) {}
  TwinMeter meter;

  Result<bool> run() {
    std::optional<Error> second_failed;
    bool second_whole = true;
    Result<bool> first = true;
    {
      const std::jthread second([&] {
        const auto end = run_side(1);
        if (!end) second_failed = end.error();
        second_whole = end.ok() && *end;
      });
      first = run_side(0);
    }
    if (!first) return first;
    if (second_failed) return *second_failed;
    return *first && second_whole;
  }

  // From a signal handler too: flags alone.
  void request_stop() noexcept {
    stop_.store(true);
    for (std::atomic<train::Session*>& session : sessions_)
      if (train::Session* const running = session.load()) running->request_stop();
  }

 private:
  Result<bool> run_side(int side) {
    auto ended = train_side(side);
    meter.end(side);
    if (!ended) request_stop();  // the other one is saved
    return ended;
  }

  Result<bool> train_side(int side) {
    const auto me = static_cast<std::size_t>(side);
    TwinObserver observer(meter, side);
    train::Execution execution = request_.execution;
    if (execution.threads == 0) execution.threads = hardware_threads();
    execution.threads = std::max(1, (execution.threads + (side == 0 ? 1 : 0)) / 2);
    const auto make = [this, side](const compute::BackendRequest& asked,
                                   std::shared_ptr<const model::Model> model,
                                   data::DataPairPtr data) -> Result<std::unique_ptr<compute::Backend>> {
      auto inner = request_.make_backend(asked, model, std::move(data));
      if (!inner) return inner.error();
      meter.set_model(side, std::move(model));
      return std::unique_ptr<compute::Backend>(
          std::make_unique<LockStepBackend>(std::move(*inner), meter, side));
    };
    auto session = train::Session::create({.settings = request_.settings[me],
                                           .execution = execution,
                                           .data = request_.data,
                                           .folder = request_.folders[me],
                                           .record = request_.record,
                                           .make_backend = make},
                                          observer);
    if (!session) return session.error();
    sessions_[me].store(session->get());
    if (stop_.load()) (*session)->request_stop();
    const auto end = (*session)->run();
    sessions_[me].store(nullptr);
    finished_[me] = std::move(*session);
    if (!end) return end.error();
    return *end == train::State::Finished;
  }

  TwinsRequest request_;
  std::atomic<bool> stop_{false};
  std::array<std::atomic<train::Session*>, 2> sessions_{};
  // Kept to the end: request_stop() may have seen the pointer just before.
  std::array<std::unique_ptr<train::Session>, 2> finished_;
};

int TwinTrace::epoch() const {
  const std::int64_t in_epoch = std::max(1, steps_per_epoch);
  return static_cast<int>(std::max<std::int64_t>(0, steps - 1) / in_epoch) + 1;
}

Result<std::unique_ptr<Twins>> Twins::create(TwinsRequest request) {
  if (!request.data) return Error{.problem = "twins need data to train on"};
  for (train::Settings& settings : request.settings) {
    if (auto status = train::validate(settings); !status) return status.error();
    settings.data = request.data->spec;
  }
  return std::unique_ptr<Twins>(new Twins(std::make_unique<Impl>(std::move(request))));
}

Twins::Twins(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Twins::~Twins() = default;
void Twins::on_change(std::function<void()> told) {
  impl_->meter.on_change(std::move(told));
}
Result<bool> Twins::run() {
  return impl_->run();
}
void Twins::pause() {
  impl_->meter.set_paused(true);
}
void Twins::go_on() {
  impl_->meter.set_paused(false);
}
bool Twins::paused() const {
  return impl_->meter.paused();
}
void Twins::request_stop() noexcept {
  impl_->request_stop();
}
TwinTrace Twins::trace() const {
  return impl_->meter.trace();
}

}  // namespace synann::runs
