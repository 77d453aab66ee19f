// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QVariant>
#include <QWidget>

namespace synann::ui {

// Escape in a text or number field of a window gives back what was there when the field got the keyboard, or
// when Enter was pressed last. Where nothing was changed the key goes on to the window. Lives in the window's
// thread.
class FieldEscape : public QObject {
  Q_OBJECT

 public:
  explicit FieldEscape(QWidget* window);

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void keep(QWidget* field);
  bool giveBack();

  QPointer<QWidget> field_;
  QVariant value_;
  QString text_;
};

}  // namespace synann::ui
