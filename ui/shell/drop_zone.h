// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QMimeData;

namespace synann::ui {

// Lets a file or folder be dropped anywhere on a window, on its text fields too, and lies over the window
// with words about it while one is dragged there. Lives in the window's thread.
class DropZone : public QWidget {
  Q_OBJECT

 public:
  // Over `window`, its parent.
  explicit DropZone(QWidget* window);

 signals:
  // The first of what was dropped: a path of this machine. After the drop is over, so that a slot may take
  // its time.
  void dropped(const QString& path);

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  static QString pathOf(const QMimeData& data);
  void offer(const QString& path);

  QTimer leave_;  // a drag that goes from one part of the window to the next leaves the first
};

}  // namespace synann::ui
