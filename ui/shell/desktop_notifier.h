// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QObject>
#include <QString>

namespace synann::ui {

// Tells by the desktop's own notifications (org.freedesktop.Notifications), where it has them. Lives in the
// window's thread and never waits.
class DesktopNotifier : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  // `otherwise` is called where nobody takes it, at once or a little later.
  void notify(const QString& title, const QString& text, std::function<void()> otherwise);
};

}  // namespace synann::ui
