// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/synapse_inspector.h"

#include <utility>

#include "engine/core/thread_pool.h"

namespace synann::ui {

SynapseInspector::SynapseInspector(QObject* parent) : QObject(parent) {
  connect(this, &SynapseInspector::woken, this, &SynapseInspector::take, Qt::QueuedConnection);
  thread_ = std::jthread([this](const std::stop_token& stop) {
    lower_thread_priority();
    work(stop);
  });
}

SynapseInspector::~SynapseInspector() {
  thread_.request_stop();
  thread_.join();
}

void SynapseInspector::ask(const train::SynapseQuery& query) {
  {
    const std::lock_guard lock(mutex_);
    query_ = query;
    number_ = ++asked_;
  }
  wake_.notify_one();
}

void SynapseInspector::work(const std::stop_token& stop) {
  train::SynapseReader reader;
  bool scanning = false;  // the run's range, a frame at a time, while nothing is asked
  while (!stop.stop_requested()) {
    std::optional<train::SynapseQuery> query;
    std::uint64_t number = 0;
    {
      std::unique_lock lock(mutex_);
      if (!scanning) wake_.wait(lock, stop, [&] { return query_.has_value(); });
      query = std::exchange(query_, std::nullopt);
      number = number_;
    }
    if (query) {
      auto frame = std::make_shared<const train::SynapseFrame>(reader.answer(*query));
      scanning = query->run_range && frame->error.empty() && !frame->run_range_whole;
      const std::lock_guard lock(mutex_);
      answer_ = {std::move(frame), number};
    } else if (scanning) {
      scanning = reader.scan();
      if (scanning) continue;
      const std::lock_guard lock(mutex_);
      range_known_ = true;
    } else {
      continue;
    }
    emit woken();
  }
}

void SynapseInspector::take() {
  Answer answer;
  bool range_known = false;
  {
    const std::lock_guard lock(mutex_);
    answer = std::exchange(answer_, {});
    range_known = std::exchange(range_known_, false);
  }
  if (answer.frame) {
    told_ = answer.number;
    emit answered(answer.frame);
  }
  if (range_known) emit rangeKnown();
}

}  // namespace synann::ui
