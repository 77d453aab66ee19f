// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>

#include "ui/plots/figure_widget.h"

namespace synann::ui {
namespace {

// A figure's widget as a chart whose value is its current point.
class AccessibleFigure : public QAccessibleWidget {
 public:
  explicit AccessibleFigure(FigureWidget* figure) : QAccessibleWidget(figure, QAccessible::Chart) {}

  QString text(QAccessible::Text kind) const override {
    const auto* figure = qobject_cast<const FigureWidget*>(object());
    if (kind == QAccessible::Value && figure != nullptr) return figure->currentPointText();
    return QAccessibleWidget::text(kind);
  }
};

QAccessibleInterface* create(const QString&, QObject* object) {
  auto* figure = qobject_cast<FigureWidget*>(object);
  return figure != nullptr ? new AccessibleFigure(figure) : nullptr;
}

}  // namespace

void installFigureAccessibility() {
  static const bool installed = [] {
    QAccessible::installFactory(create);
    return true;
  }();
  Q_UNUSED(installed);
}

}  // namespace synann::ui
