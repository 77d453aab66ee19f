// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_follower.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "engine/core/folder_lock.h"
#include "engine/core/thread_pool.h"
#include "engine/train/history_tail.h"
#include "ui/session/run_job.h"

namespace synann::ui {

namespace {

constexpr std::chrono::milliseconds kLookInterval{300};

// The steps of one epoch that `now` has beyond the first `known` of the run; returns how many.
std::size_t tellSteps(const train::History& now, std::size_t known, SnapshotMailbox& mailbox) {
  const auto per_epoch = static_cast<std::size_t>(now.start.steps_per_epoch);
  const std::size_t epoch = known / per_epoch, end = std::min((epoch + 1) * per_epoch, now.losses.size());
  mailbox.on_steps({.epoch = static_cast<int>(epoch) + 1,
                    .first_step = static_cast<int>(known % per_epoch),
                    .batch_size = now.start.settings.batch_size,
                    .first_examples = now.examples[known],
                    .losses = std::span(now.losses).subspan(known, end - known)});
  return end - known;
}

template <class Event>
bool beginsWith(const std::vector<Event>& now, const std::vector<Event>& before) {
  return now.size() >= before.size() && std::equal(before.begin(), before.end(), now.begin());
}

// Also where a loss is not a number.
bool sameBits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

bool continues(const train::History& before, const train::History& now) {
  const std::size_t evaluated = before.evaluations.size();
  return now.start.data_sha256 == before.start.data_sha256 && now.start.steps_per_epoch > 0 &&
         now.start.steps_per_epoch == before.start.steps_per_epoch && now.resumes == before.resumes &&
         now.forks == before.forks && now.losses.size() >= before.losses.size() &&
         std::equal(before.losses.begin(), before.losses.end(), now.losses.begin(), sameBits) &&
         beginsWith(now.devices, before.devices) && now.changes.size() >= before.changes.size() &&
         now.evaluations.size() >= evaluated &&
         (evaluated == 0 || now.evaluations[evaluated - 1].test_loss == before.evaluations.back().test_loss);
}

}  // namespace

// How much of a history the mailbox has been told.
struct ToldOfRun {
  std::size_t losses = 0, evaluations = 0, changes = 0, devices = 0;
  static ToldOfRun all(const train::History& h) {
    return {h.losses.size(), h.evaluations.size(), h.changes.size(), h.devices.size()};
  }
};

namespace {

// Events of several kinds come in the order of their steps: an evaluation after the steps of its epoch.
void tellBeyond(ToldOfRun told, const train::History& now, SnapshotMailbox& mailbox) {
  const auto tell_evaluations = [&] {
    while (told.evaluations < now.evaluations.size() &&
           now.steps_at({now.evaluations[told.evaluations].epoch + 1, 0}) <=
               static_cast<std::int64_t>(told.losses))
      mailbox.on_evaluation(now.evaluations[told.evaluations++]);
  };
  for (; told.changes < now.changes.size(); ++told.changes) mailbox.on_change(now.changes[told.changes]);
  for (; told.devices < now.devices.size(); ++told.devices) mailbox.on_device(now.devices[told.devices]);
  tell_evaluations();
  while (told.losses < now.losses.size()) {
    told.losses += tellSteps(now, told.losses, mailbox);
    tell_evaluations();
  }
}

}  // namespace

bool tellGrowth(const train::History& before, const train::History& now, SnapshotMailbox& mailbox) {
  if (!continues(before, now)) return false;
  tellBeyond(ToldOfRun::all(before), now, mailbox);
  return true;
}

// The thread's own.
class RunFollower::Watch {
 public:
  Watch(std::filesystem::path folder, std::shared_ptr<const train::History> shown,
        std::shared_ptr<SnapshotMailbox> mailbox)
      : folder_(std::move(folder)), tail_(folder_), shown_(std::move(shown)), mailbox_(std::move(mailbox)) {}

  // The writer first: what it says at its end is in the file when it is gone.
  void look() {
    const auto writer = FolderLock::holder(folder_);
    readGrowth();
    if (writer == writer_) return;
    if (writer) {
      mailbox_->putState(RunState::Elsewhere, *writer);
    } else {
      const StateChange left = leftState(shown_ ? *shown_ : tail_.history());
      mailbox_->putState(left.state, left.state == RunState::Failed ? left.reason : std::string());
    }
    writer_ = writer;
  }

 private:
  // A file that cannot be read just now is looked at again. The first look reads what the window has as well.
  void readGrowth() {
    const auto look = tail_.look();
    if (!look || *look == train::HistoryTail::Look::Same) return;
    const train::History& now = tail_.history();
    const bool grown = *look == train::HistoryTail::Look::Grown && now.start.steps_per_epoch > 0;
    if (grown) {
      tellBeyond(told_, now, *mailbox_);
    } else if (!shown_ || !tellGrowth(*shown_, now, *mailbox_)) {
      auto whole = std::make_shared<train::History>(now);
      findData(*whole, folder_);
      mailbox_->putHistory(std::move(whole));
    }
    shown_ = nullptr;
    told_ = ToldOfRun::all(now);
  }

  std::filesystem::path folder_;
  train::HistoryTail tail_;
  std::shared_ptr<const train::History> shown_;  // until the first look
  ToldOfRun told_;                               // since then
  std::shared_ptr<SnapshotMailbox> mailbox_;
  std::optional<std::string> writer_;
};

RunFollower::RunFollower(std::filesystem::path folder, std::shared_ptr<const train::History> shown,
                         std::shared_ptr<SnapshotMailbox> mailbox)
    : thread_([watch = Watch(std::move(folder), std::move(shown), std::move(mailbox))](
                  const std::stop_token& stop) mutable {
        lower_thread_priority();
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        do {
          watch.look();
        } while (!wake.wait_for(lock, stop, kLookInterval, [&] { return stop.stop_requested(); }));
      }) {}

}  // namespace synann::ui
