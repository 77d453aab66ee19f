// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/drop_zone.h"

#include <QApplication>
#include <QDropEvent>
#include <QFileInfo>
#include <QMimeData>
#include <QPainter>
#include <QUrl>

namespace synann::ui {

namespace {
constexpr int kLeaveWait = 100;  // milliseconds
constexpr int kFrame = 8;        // pixels around the frame
}  // namespace

DropZone::DropZone(QWidget* window) : QWidget(window) {
  setObjectName("drop-zone");
  hide();
  setAcceptDrops(true);
  window->setAcceptDrops(true);
  leave_.setSingleShot(true);
  leave_.setInterval(kLeaveWait);
  connect(&leave_, &QTimer::timeout, this, &QWidget::hide);
  qApp->installEventFilter(this);  // before a text field could take the path as text
}

QString DropZone::pathOf(const QMimeData& data) {
  for (const QUrl& url : data.urls())
    if (url.isLocalFile()) return url.toLocalFile();
  return {};
}

bool DropZone::eventFilter(QObject* object, QEvent* event) {
  const QEvent::Type type = event->type();
  const bool leave = type == QEvent::DragLeave;
  if (!leave && type != QEvent::DragEnter && type != QEvent::DragMove && type != QEvent::Drop) return false;
  const auto* widget = qobject_cast<QWidget*>(object);
  if (widget == nullptr || widget->window() != parentWidget() || QApplication::activeModalWidget())
    return false;
  if (leave) {
    leave_.start();
    return false;
  }
  auto* const drop = static_cast<QDropEvent*>(event);
  const QString path = pathOf(*drop->mimeData());
  if (path.isEmpty()) return false;
  leave_.stop();
  drop->setDropAction(Qt::CopyAction);  // what is dropped stays where it is
  drop->accept();
  if (type == QEvent::Drop) {
    hide();
    QTimer::singleShot(0, this, [this, path] { emit dropped(path); });
  } else {
    offer(path);
  }
  return true;
}

void DropZone::offer(const QString& path) {
  setAccessibleName(tr("Drop to open %1").arg(QFileInfo(path).fileName()));
  setGeometry(parentWidget()->rect());
  raise();
  show();
}

void DropZone::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  QColor ground = palette().color(QPalette::Window);
  ground.setAlpha(225);
  painter.fillRect(rect(), ground);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(palette().color(QPalette::Highlight), 3, Qt::DashLine));
  painter.drawRoundedRect(QRectF(rect()).adjusted(kFrame, kFrame, -kFrame, -kFrame), kFrame, kFrame);
  painter.setPen(palette().color(QPalette::WindowText));
  QFont large = font();
  large.setPointSizeF(1.5 * large.pointSizeF());
  large.setBold(true);
  const QRect room = rect().adjusted(4 * kFrame, 0, -4 * kFrame, 0);
  const QRect above(room.left(), room.top(), room.width(), room.height() / 2 - kFrame / 2);
  const QRect below(room.left(), above.bottom() + kFrame, room.width(), room.height() / 2);
  painter.setFont(large);
  painter.drawText(above, Qt::AlignHCenter | Qt::AlignBottom | Qt::TextWordWrap, accessibleName());
  painter.setFont(font());
  painter.drawText(below, Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
                   tr("A data folder or file, a run, a checkpoint, or a figure that was saved here"));
}

}  // namespace synann::ui
