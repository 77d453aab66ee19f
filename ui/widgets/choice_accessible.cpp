// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/choice_accessible.h"

#include <QAbstractItemView>
#include <QAccessible>
#include <QAccessibleWidget>

#include "ui/widgets/calm_combo_box.h"

namespace synann::ui {
namespace {

// A list of choices: its label is its name, what is chosen its value.
class AccessibleChoice : public QAccessibleWidget {
 public:
  explicit AccessibleChoice(QComboBox* box) : QAccessibleWidget(box, QAccessible::ComboBox) {}

  QString text(QAccessible::Text kind) const override {
    return kind == QAccessible::Value ? box()->currentText() : QAccessibleWidget::text(kind);
  }
  QAccessible::State state() const override {
    QAccessible::State state = QAccessibleWidget::state();
    state.expandable = true;
    state.expanded = box()->view()->isVisible();
    return state;
  }
  QStringList actionNames() const override {
    return QStringList{showMenuAction()} + QAccessibleWidget::actionNames();
  }
  void doAction(const QString& name) override {
    if (name != showMenuAction()) return QAccessibleWidget::doAction(name);
    if (box()->view()->isVisible())
      box()->hidePopup();
    else
      box()->showPopup();
  }

 private:
  QComboBox* box() const { return static_cast<QComboBox*>(object()); }
};

QAccessibleInterface* createChoice(const QString&, QObject* object) {
  auto* const box = dynamic_cast<CalmComboBox*>(object);
  return box != nullptr && !box->isEditable() ? new AccessibleChoice(box) : nullptr;
}

}  // namespace

void installChoiceAccessibility() {
  static const bool installed = [] {
    QAccessible::installFactory(createChoice);
    return true;
  }();
  Q_UNUSED(installed);
}

}  // namespace synann::ui
