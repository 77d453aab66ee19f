// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>

#include "ui/plots/loss_view.h"

namespace synann::ui {
namespace {

// A LossView as a screen reader meets it: a chart, not a scroll area, with the current point as its value.
class AccessibleLossView : public QAccessibleWidget {
 public:
  explicit AccessibleLossView(LossView* view) : QAccessibleWidget(view, QAccessible::Chart) {}

  QString text(QAccessible::Text kind) const override {
    const auto* view = qobject_cast<const LossView*>(object());
    if (kind == QAccessible::Value && view != nullptr) return view->currentPointText();
    return QAccessibleWidget::text(kind);
  }
};

QAccessibleInterface* makeLossInterface(const QString&, QObject* object) {
  auto* view = qobject_cast<LossView*>(object);
  return view != nullptr ? new AccessibleLossView(view) : nullptr;
}

}  // namespace

void installLossAccessibility() {
  static const bool installed = [] {
    QAccessible::installFactory(makeLossInterface);
    return true;
  }();
  Q_UNUSED(installed);
}

}  // namespace synann::ui
