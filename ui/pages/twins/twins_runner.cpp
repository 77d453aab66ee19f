// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/twins/twins_runner.h"

#include <utility>

#include "engine/data/registry.h"

namespace synann::ui {
namespace {

constexpr int kTwinLook = 200;  // milliseconds

}  // namespace

TwinsRunner::TwinsRunner(QObject* parent) : QObject(parent) {
  timer_.setInterval(kTwinLook);
  connect(&timer_, &QTimer::timeout, this, &TwinsRunner::look);
  connect(&bell_, &WorkerBell::rung, this, &TwinsRunner::finish, Qt::QueuedConnection);
}

TwinsRunner::~TwinsRunner() {
  stop();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<runs::Twins> TwinsRunner::twins() const {
  const std::lock_guard lock(mutex_);
  return twins_;
}

void TwinsRunner::start(runs::TwinsRequest request) {
  if (busy()) return;
  request_ = request;
  trace_ = std::make_shared<const runs::TwinTrace>();
  stopping_ = false;
  stop_.store(false);
  problem_.clear();
  thread_ = std::jthread([this, request = std::move(request)]() mutable {
    lower_thread_priority();
    const auto fail = [this](const Error& error) {
      const std::lock_guard lock(mutex_);
      problem_ = error.sentence();
    };
    [&] {
      if (!request.data) {
        auto opened = data::open_dataset(request.settings[0].data);
        if (!opened) return fail(opened.error());
        request.data = std::move(*opened);
      }
      auto made = runs::Twins::create(std::move(request));
      if (!made) return fail(made.error());
      const std::shared_ptr<runs::Twins> twins = std::move(*made);
      {
        const std::lock_guard lock(mutex_);
        twins_ = twins;
      }
      if (stop_.load()) twins->request_stop();
      if (const auto whole = twins->run(); !whole) fail(whole.error());
    }();
    emit bell_.rung();
  });
  timer_.start();
  emit changed();
}

void TwinsRunner::pause() {
  if (const auto running = twins()) running->pause();
  emit changed();
}

void TwinsRunner::goOn() {
  if (const auto running = twins()) running->go_on();
  emit changed();
}

bool TwinsRunner::paused() const {
  const auto running = twins();
  return running && running->paused();
}

void TwinsRunner::stop() {
  if (!busy()) return;
  stopping_ = true;
  stop_.store(true);
  if (const auto running = twins()) running->request_stop();
}

void TwinsRunner::look() {
  const auto running = twins();
  if (!running) return;
  trace_ = std::make_shared<const runs::TwinTrace>(running->trace());
  emit changed();
}

// The runs are closed here, so that others may write to their folders.
void TwinsRunner::finish() {
  if (!thread_.joinable()) return;
  thread_.join();
  timer_.stop();
  look();
  std::string problem;
  {
    const std::lock_guard lock(mutex_);
    twins_.reset();
    problem = std::exchange(problem_, {});
  }
  stopping_ = false;
  emit ended(QString::fromStdString(problem));
}

}  // namespace synann::ui
