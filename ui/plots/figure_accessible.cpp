// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>

#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"
#include "ui/plots/surface_view.h"

namespace synann::ui {
namespace {

// A figure's widget as a chart whose value is its current point.
template <class View>
class AccessibleFigure : public QAccessibleWidget {
 public:
  explicit AccessibleFigure(View* view) : QAccessibleWidget(view, QAccessible::Chart) {}

  QString text(QAccessible::Text kind) const override {
    const auto* view = qobject_cast<const View*>(object());
    if (kind == QAccessible::Value && view != nullptr) return view->currentPointText();
    return QAccessibleWidget::text(kind);
  }
};

QAccessibleInterface* makeFigureInterface(const QString&, QObject* object) {
  if (auto* view = qobject_cast<FigureView*>(object)) return new AccessibleFigure<FigureView>(view);
  if (auto* view = qobject_cast<HeatView*>(object)) return new AccessibleFigure<HeatView>(view);
  if (auto* view = qobject_cast<SurfaceView*>(object)) return new AccessibleFigure<SurfaceView>(view);
  return nullptr;
}

}  // namespace

void installFigureAccessibility() {
  static const bool installed = [] {
    QAccessible::installFactory(makeFigureInterface);
    return true;
  }();
  Q_UNUSED(installed);
}

}  // namespace synann::ui
