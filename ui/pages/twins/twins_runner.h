// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <QObject>
#include <QString>
#include <QTimer>

#include "engine/runs/twins.h"
#include "ui/session/latest_value_worker.h"

namespace synann::ui {

// Trains two runs in lock-step on threads of their own. What there is to see is looked at some times a
// second, so that the runs never wait for the window. Lives in the window's thread; the destructor stops both
// and waits until they are saved.
class TwinsRunner : public QObject {
  Q_OBJECT

 public:
  explicit TwinsRunner(QObject* parent = nullptr);
  ~TwinsRunner() override;

  // Where the request has no data, those of its settings are opened. Nothing where twins are being trained.
  void start(runs::TwinsRequest request);
  void pause();
  void goOn();
  void stop();

  bool busy() const { return thread_.joinable(); }
  bool paused() const;
  bool stopping() const { return stopping_; }
  // As it is now, or was at the end; nothing before the first.
  std::shared_ptr<const runs::TwinTrace> trace() const { return trace_; }
  const runs::TwinsRequest& request() const { return request_; }

 signals:
  void changed();                      // of trace(), some times a second
  void ended(const QString& problem);  // empty where nothing went wrong

 private:
  void look();
  void finish();
  std::shared_ptr<runs::Twins> twins() const;

  runs::TwinsRequest request_;
  std::shared_ptr<const runs::TwinTrace> trace_;
  bool stopping_ = false;
  QTimer timer_;
  WorkerBell bell_;
  mutable std::mutex mutex_;  // guards all below
  std::shared_ptr<runs::Twins> twins_;
  std::string problem_;
  std::atomic<bool> stop_{false};
  std::jthread thread_;  // last
};

}  // namespace synann::ui
