// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/message_bar.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/shell/icons.h"

namespace synann::ui {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent), icon_(new QLabel(this)), text_(new QLabel(this)), close_(new QToolButton(this)) {
  setFrameShape(QFrame::StyledPanel);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::ToolTipBase);
  text_->setForegroundRole(QPalette::ToolTipText);
  text_->setWordWrap(true);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  text_->setTextFormat(Qt::PlainText);
  text_->setAccessibleName(tr("Message"));
  close_->setIcon(glyphIcon(Glyph::Close));
  close_->setAutoRaise(true);
  close_->setFocusPolicy(Qt::StrongFocus);
  close_->setAccessibleName(tr("Dismiss the message"));
  close_->setToolTip(tr("Dismiss this message"));
  connect(close_, &QToolButton::clicked, this, &MessageBar::dismiss);

  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 4, 4, 4);
  row->addWidget(icon_);
  row->addWidget(text_, 1);
  row->addWidget(close_);
  hide();
}

void MessageBar::showNote(const QString& sentence) {
  show(sentence, false);
}
void MessageBar::showError(const QString& sentence) {
  show(sentence, true);
}

void MessageBar::dismiss() {
  text_->clear();
  hide();
}

QString MessageBar::text() const {
  return text_->text();
}

void MessageBar::show(const QString& sentence, bool error) {
  error_ = error;
  drawIcon();
  text_->setText(sentence);
  text_->setAccessibleDescription(sentence);
  QFrame::show();
  QAccessibleEvent event(text_, QAccessible::Alert);
  QAccessible::updateAccessibility(&event);
}

void MessageBar::drawIcon() {
  icon_->setPixmap(
      glyphIcon(error_ ? Glyph::Warning : Glyph::About).pixmap(QSize(16, 16), devicePixelRatioF()));
}

void MessageBar::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) drawIcon();
  QFrame::changeEvent(event);
}

}  // namespace synann::ui
