// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include <QObject>

#include "engine/core/thread_pool.h"

namespace synann::ui {

// Rung on one thread, heard in the thread of its owner. A class template cannot have signals itself.
class WorkerBell : public QObject {
  Q_OBJECT

 signals:
  void rung();
};

// Whether a worker gives way to the window, as it does unless told otherwise, or takes its turn beside it:
// for answers of a few milliseconds that a person waits for while every core trains.
enum class WorkerPriority { Low, Usual };

// Answers queries on a thread of its own at low priority, so that the window never waits. The newest query
// wins: one that still waits is forgotten, one that is worked on is cancelled. Only the latest answer is
// told, so neither side can flood the other. The thread begins with the first query. Made, asked and
// destroyed in one thread with an event loop, where answers are told; none is told after the destructor has
// begun, which waits until the work has heeded its token.
template <class Query, class Answer>
class LatestValueWorker {
 public:
  using Tell = std::function<void(Answer)>;
  // On the worker's thread, one query after the other: calls `tell` with an answer, again where there is more
  // to say, and returns soon once `cancelled` is requested. An answer that is told nevertheless counts: who
  // asks without a pause, as by dragging a slider, sees what was found on the way.
  using Work = std::function<void(const Query& query, const std::stop_token& cancelled, const Tell& tell)>;
  // In the owner's thread. May ask again, may not destroy the worker.
  using Told = std::function<void(const Answer&)>;

  LatestValueWorker(Work work, Told told, WorkerPriority priority = WorkerPriority::Low)
      : work_(std::move(work)), told_(std::move(told)), priority_(priority) {
    QObject::connect(
        &bell_, &WorkerBell::rung, &bell_, [this] { deliver(); }, Qt::QueuedConnection);
  }
  ~LatestValueWorker() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }
  LatestValueWorker(const LatestValueWorker&) = delete;
  LatestValueWorker& operator=(const LatestValueWorker&) = delete;

  void ask(Query query) {
    ++asked_;
    std::stop_source before{std::nostopstate};
    {
      const std::lock_guard lock(mutex_);
      query_ = std::move(query);
      number_ = asked_;
      before = turn_;
    }
    before.request_stop();
    wake_.notify_one();
    if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& end) { run(end); });
  }

  // Nothing has been told of the query asked last.
  bool busy() const { return asked_ != heard_; }

 private:
  void run(const std::stop_token& end) {
    if (priority_ == WorkerPriority::Low) lower_thread_priority();
    while (true) {
      std::optional<Query> query;
      std::uint64_t number = 0;
      std::stop_source turn;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, end, [this] { return query_.has_value(); });
        if (end.stop_requested()) return;
        query = std::exchange(query_, std::nullopt);
        number = number_;
        turn_ = turn;
      }
      const std::stop_callback relay(end, [&turn] { turn.request_stop(); });
      work_(*query, turn.get_token(), [&](Answer answer) { put(std::move(answer), number); });
      put(std::nullopt, number);
    }
  }

  // Nothing for a query that is done with.
  void put(std::optional<Answer> answer, std::uint64_t number) {
    bool ring = false;
    {
      const std::lock_guard lock(mutex_);
      ring = !rung_ && (answer || number != done_);
      rung_ = rung_ || ring;
      done_ = number;
      if (answer) answer_ = std::move(answer);
    }
    if (ring) emit bell_.rung();
  }

  void deliver() {
    std::optional<Answer> answer;
    {
      const std::lock_guard lock(mutex_);
      rung_ = false;
      heard_ = done_;
      answer = std::exchange(answer_, std::nullopt);
    }
    if (answer) told_(*answer);
  }

  Work work_;
  Told told_;
  WorkerPriority priority_;
  WorkerBell bell_;
  std::uint64_t asked_ = 0, heard_ = 0;  // numbers of queries, in the owner's thread
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<Query> query_;               // guarded by mutex_, as all below
  std::uint64_t number_ = 0;                 // of that query
  std::stop_source turn_{std::nostopstate};  // of the query that is worked on
  std::optional<Answer> answer_;             // the latest that is not told
  std::uint64_t done_ = 0;                   // number of the query answered last
  bool rung_ = false;                        // deliver() is to come
  std::jthread thread_;
};

}  // namespace synann::ui
