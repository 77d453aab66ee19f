// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

#include "engine/core/result.h"
#include "engine/synapse/circuit_work.h"
#include "ui/session/latest_value_worker.h"

namespace synann::ui {

// Answers questions about a circuit on a thread of its own that can be stopped and say how far they are. An
// answer to anything but the question asked last is never told. Lives in the window's thread.
template <class Query, class Value>
class CircuitWorker {
 public:
  using Found = Result<std::shared_ptr<const Value>>;
  // What is found on the way, then, exactly once, what is final: ErrorKind::Cancelled where it was stopped.
  using Tell = std::function<void(Found found, bool last)>;
  using Compute = std::function<void(const Query& query, const synapse::CircuitProgress& progress,
                                     const std::stop_token& stop, const Tell& tell)>;
  using Told = std::function<void(const Found& found, bool last)>;  // in the owner's thread

  CircuitWorker(Compute compute, Told told)
      : compute_(std::move(compute)),
        told_(std::move(told)),
        worker_([this](const Asked& asked, const std::stop_token& cancelled,
                       const typename Worker::Tell& tell) { work(asked, cancelled, tell); },
                [this](const Answer& answer) { take(answer); }) {}

  void ask(Query query) {
    stop_ = std::stop_source();
    running_ = true;
    done_ = 0;
    worker_.ask({++number_, stop_, std::make_shared<const Query>(std::move(query))});
  }
  // The work ends soon; what it tells then still counts.
  void stop() { stop_.request_stop(); }
  // Nothing more is told of what was asked.
  void forget() {
    stop();
    ++number_;
    running_ = false;
  }
  bool running() const { return running_; }
  double done() const { return done_; }  // 0 … 1

 private:
  struct Asked {
    std::uint64_t number = 0;
    std::stop_source stop{std::nostopstate};
    std::shared_ptr<const Query> query;
  };
  struct Answer {
    std::uint64_t number = 0;
    std::shared_ptr<const Found> found;
    bool last = false;
  };
  using Worker = LatestValueWorker<Asked, Answer>;

  void work(const Asked& asked, const std::stop_token& cancelled, const typename Worker::Tell& tell) {
    std::stop_source stop = asked.stop;
    const std::stop_callback relay(cancelled, [&stop] { stop.request_stop(); });
    compute_(
        *asked.query, [this](double done) { done_ = done; }, stop.get_token(),
        [&](Found found, bool last) {
          tell({asked.number, std::make_shared<const Found>(std::move(found)), last});
        });
  }

  void take(const Answer& answer) {
    if (answer.number != number_) return;
    if (answer.last) running_ = false;
    told_(*answer.found, answer.last);
  }

  Compute compute_;
  Told told_;
  std::uint64_t number_ = 0;
  std::stop_source stop_{std::nostopstate};
  bool running_ = false;
  std::atomic<double> done_ = 0;
  Worker worker_;  // last: its thread is gone before anything it uses
};

}  // namespace synann::ui
