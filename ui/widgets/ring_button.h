// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QToolButton>

namespace synann::ui {

// A button that shows by a ring when it has the keyboard: the style alone leaves it as it is. Flat, as in a
// bar of tools; with a text it is raised.
class RingButton : public QToolButton {
 public:
  explicit RingButton(QWidget* parent = nullptr) : QToolButton(parent) {
    setAutoRaise(true);
    setFocusPolicy(Qt::StrongFocus);
  }
  RingButton(const QString& text, QWidget* parent) : RingButton(parent) {
    setText(text);
    setAutoRaise(false);
  }

 protected:
  void paintEvent(QPaintEvent* event) override {
    QToolButton::paintEvent(event);
    if (!hasFocus()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(palette().color(QPalette::Highlight), 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
  }
};

}  // namespace synann::ui
