// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/synapse_worker.h"

#include <utility>

namespace synann::ui {

SynapseWorker::SynapseWorker(QObject* parent)
    : QObject(parent),
      worker_([this](const train::SynapseQuery& query, const std::stop_token& cancelled,
                     const Worker::Tell& tell) { work(query, cancelled, tell); },
              [this](const Answer& answer) { take(answer); }) {}

// The answer, then the run's range, a frame at a time, until something else is asked.
void SynapseWorker::work(const train::SynapseQuery& query, const std::stop_token& cancelled,
                         const Worker::Tell& tell) {
  const auto frame = std::make_shared<const train::SynapseFrame>(reader_.answer(query));
  tell({frame});
  if (!query.run_range || !frame->error.empty() || frame->run_range_whole) return;
  while (!cancelled.stop_requested()) {
    if (reader_.scan()) continue;
    tell({frame, true});
    return;
  }
}

// What is told last says all: the answer may have been told before its range.
void SynapseWorker::take(const Answer& answer) {
  if (std::exchange(told_, answer.frame) != answer.frame) emit answered(answer.frame);
  if (answer.range_known) emit rangeKnown();
}

}  // namespace synann::ui
