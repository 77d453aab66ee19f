// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QObject>
#include <QString>

#include "engine/train/events.h"
#include "ui/session/workspace.h"

namespace synann::ui {

class MessageBar;

// The race to 99 %: syna-fast on MNIST from scratch with its own settings, one click, two seconds of
// training. When it has ended, the message bar tells the accuracy and the time. Lives in the window's thread.
class Race : public QObject {
  Q_OBJECT

 public:
  // Both must outlive it.
  Race(Workspace& workspace, MessageBar& messages, QObject* parent);

  // Where MNIST lies; nothing where it is not found.
  static std::optional<QString> data();

 public slots:
  // Begins it as a new run; where MNIST is not found, the message bar tells where it is looked for, and
  // nothing changes.
  void start();

 signals:
  void dataWanted(const QString& spec);  // to be chosen in the run bar as well

 private:
  void tell();

  Workspace& workspace_;
  MessageBar& messages_;
  bool on_ = false;
  std::optional<train::Evaluation> last_;
};

}  // namespace synann::ui
