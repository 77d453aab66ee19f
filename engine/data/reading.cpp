// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/reading.h"

#include <utility>

namespace synann::data {
namespace {

thread_local ReadingWatch* watch_of_thread = nullptr;

}  // namespace

ReadingWatch::ReadingWatch(Told told)
    : told_(std::move(told)), outer_(std::exchange(watch_of_thread, this)) {}

ReadingWatch::~ReadingWatch() {
  watch_of_thread = outer_;
}

bool ReadingWatch::goes_on(std::uint64_t done, std::uint64_t bytes) {
  return !watch_of_thread || !watch_of_thread->told_ || watch_of_thread->told_(done, bytes);
}

}  // namespace synann::data
