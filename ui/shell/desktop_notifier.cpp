// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/desktop_notifier.h"

#include <utility>

#ifdef SYNANN_DBUS
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFileInfo>
#include <QVariantMap>
#endif

namespace synann::ui {

#ifdef SYNANN_DBUS

namespace {

constexpr int kNotifyWait = 3000;  // milliseconds until somebody has answered

// Without a bus, asking for it could start one, and take its time.
bool haveSessionBus() {
  if (!qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")) return true;
  const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
  return !runtime.isEmpty() && QFileInfo::exists(runtime + QStringLiteral("/bus"));
}

}  // namespace

void DesktopNotifier::notify(const QString& title, const QString& text, std::function<void()> otherwise) {
  if (!haveSessionBus()) return otherwise();
  const QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return otherwise();
  QDBusMessage call = QDBusMessage::createMethodCall(
      QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("/org/freedesktop/Notifications"),
      QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("Notify"));
  call.setArguments({QStringLiteral("SynaNN Studio"), 0U, QStringLiteral("synann-studio"), title,
                     text.toHtmlEscaped(), QStringList(), QVariantMap(), -1});
  auto* const waits = new QDBusPendingCallWatcher(bus.asyncCall(call, kNotifyWait), this);
  connect(waits, &QDBusPendingCallWatcher::finished, this, [waits, otherwise = std::move(otherwise)] {
    waits->deleteLater();
    if (waits->isError()) otherwise();
  });
}

#else

void DesktopNotifier::notify(const QString&, const QString&, std::function<void()> otherwise) {
  otherwise();
}

#endif

}  // namespace synann::ui
