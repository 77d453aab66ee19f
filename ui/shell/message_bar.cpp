// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/message_bar.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "ui/widgets/icons.h"

namespace synann::ui {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent),
      icon_(new QLabel(this)),
      text_(new QLabel(this)),
      offer_(new QPushButton(this)),
      close_(new QToolButton(this)) {
  setFrameShape(QFrame::StyledPanel);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::ToolTipBase);
  text_->setForegroundRole(QPalette::ToolTipText);
  offer_->setObjectName("message.offer");
  offer_->setAutoDefault(false);
  offer_->setAccessibleName(tr("What can be done about the message"));
  offer_->hide();
  connect(offer_, &QPushButton::clicked, this, &MessageBar::takeOffer);
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
  row->addWidget(offer_);
  row->addWidget(close_);
  hide();
}

void MessageBar::showNote(const QString& sentence) {
  show(sentence, false);
}
void MessageBar::showError(const QString& sentence) {
  show(sentence, true);
}

void MessageBar::showOffer(const QString& sentence, const QString& button, std::function<void()> work) {
  show(sentence, false);
  addOffer(button, std::move(work));
}

void MessageBar::addOffer(const QString& button, std::function<void()> work) {
  offered_ = std::move(work);
  offer_->setText(button);
  offer_->setAccessibleName(button);
  offer_->setToolTip(text());
  offer_->show();
}

void MessageBar::takeOffer() {
  const std::function<void()> work = std::move(offered_);
  dismiss();
  if (work) work();
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
  offer_->hide();
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
