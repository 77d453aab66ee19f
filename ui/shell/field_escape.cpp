// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/field_escape.h"

#include <QAbstractSpinBox>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>

namespace synann::ui {

namespace {

bool isField(const QWidget* widget) {
  const auto* line = qobject_cast<const QLineEdit*>(widget);
  return qobject_cast<const QAbstractSpinBox*>(widget) != nullptr || (line != nullptr && !line->isReadOnly());
}

const char* valueName(const QWidget* field) {
  return qobject_cast<const QLineEdit*>(field) != nullptr ? "text" : "value";
}

bool isEnter(int key) {
  return key == Qt::Key_Return || key == Qt::Key_Enter;
}

}  // namespace

FieldEscape::FieldEscape(QWidget* window) : QObject(window) {
  qApp->installEventFilter(this);
}

bool FieldEscape::eventFilter(QObject* object, QEvent* event) {
  if (event->type() != QEvent::FocusIn && event->type() != QEvent::KeyPress) return false;
  auto* const widget = qobject_cast<QWidget*>(object);
  if (widget == nullptr || widget->window() != parent() || !isField(widget)) return false;
  if (event->type() == QEvent::FocusIn) {
    // From a menu or another window it comes back to a change that is not over.
    const Qt::FocusReason reason = static_cast<QFocusEvent*>(event)->reason();
    const bool back = reason == Qt::PopupFocusReason || reason == Qt::ActiveWindowFocusReason;
    if (widget != field_ || !back) keep(widget);
    return false;
  }
  if (widget != field_) return false;
  const int key = static_cast<QKeyEvent*>(event)->key();
  if (key == Qt::Key_Escape) return giveBack();
  // The field takes the value at this key, after this filter.
  if (isEnter(key))
    QMetaObject::invokeMethod(
        this, [this] { keep(field_); }, Qt::QueuedConnection);
  return false;
}

void FieldEscape::keep(QWidget* field) {
  if (field == nullptr) return;
  field_ = field;
  value_ = field->property(valueName(field));
  text_ = field->property("text").toString();
}

bool FieldEscape::giveBack() {
  if (field_->property("text").toString() == text_) return false;
  field_->setProperty(valueName(field_), value_);
  if (auto* const box = qobject_cast<QAbstractSpinBox*>(field_)) box->selectAll();
  return true;
}

}  // namespace synann::ui
