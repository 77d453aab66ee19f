// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QSocketNotifier;

namespace synann::ui {

// Turns Ctrl-C in the terminal (SIGINT), a request to end the process (SIGTERM) and the end of the terminal
// (SIGHUP) into an event, so that the run is saved first. A signal that is ignored, as under nohup, stays
// ignored. One at a time; puts the earlier signal handlers back when it goes.
class SignalWatcher : public QObject {
  Q_OBJECT

 public:
  explicit SignalWatcher(QObject* parent = nullptr);
  ~SignalWatcher() override;

 signals:
  void asked(int signal);

 private:
  void readSignal();

  QSocketNotifier* notifier_ = nullptr;
  int pipe_[2] = {-1, -1};
};

}  // namespace synann::ui
