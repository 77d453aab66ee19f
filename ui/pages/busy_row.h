// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QProgressBar;

namespace synann::ui {

// How far something is that takes longer than a second, and a button that stops it; hidden otherwise. Lives
// in the window's thread.
class BusyRow : public QWidget {
  Q_OBJECT

 public:
  // The share that is done, 0 … 1; nothing once it has ended.
  using Done = std::function<std::optional<double>()>;

  // `name` begins the names of its parts, `what` is what takes its time: "bifurcation diagram".
  BusyRow(const QString& name, const QString& what, Done done, QWidget* parent);

  void begin();  // now something has begun
  void end() { look(); }

 signals:
  void stopWanted();

 private:
  void look();

  Done done_;
  QProgressBar* bar_;
  QTimer timer_;
  QElapsedTimer since_;
};

}  // namespace synann::ui
