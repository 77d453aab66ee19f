// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QSocketNotifier;

namespace synann::ui {

// Turns Ctrl-C in the terminal and a request to end the process into an event, so that the run is saved
// first. One at a time; puts the earlier signal handlers back when it goes.
class SignalWatcher : public QObject {
  Q_OBJECT

 public:
  explicit SignalWatcher(QObject* parent = nullptr);
  ~SignalWatcher() override;

 signals:
  void asked();

 private:
  void readSignal();

  QSocketNotifier* notifier_ = nullptr;
  int pipe_[2] = {-1, -1};
};

}  // namespace synann::ui
