// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_accessible.h"

#include <map>

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>

#include "ui/pages/circuit/circuit_view.h"
#include "ui/pages/circuit/circuit_words.h"

namespace synann::ui {
namespace {

CircuitItem itemOfChild(const CircuitView& view, int child) {
  return view.scene().item(child);
}

// One symbol or port. Its number is its place in the order of reading; what it is may change under it.
class AccessiblePart : public QAccessibleInterface, public QAccessibleActionInterface {
 public:
  AccessiblePart(CircuitView* view, int child) : view_(view), child_(child) {}

  int number() const { return child_; }
  bool isValid() const override { return view_ && static_cast<bool>(item()); }
  QObject* object() const override { return nullptr; }
  QWindow* window() const override { return nullptr; }
  QAccessibleInterface* parent() const override {
    return QAccessible::queryAccessibleInterface(view_.data());
  }
  QAccessibleInterface* child(int) const override { return nullptr; }
  QAccessibleInterface* childAt(int, int) const override { return nullptr; }
  int childCount() const override { return 0; }
  int indexOfChild(const QAccessibleInterface*) const override { return -1; }
  QAccessible::Role role() const override { return QAccessible::ListItem; }
  void setText(QAccessible::Text, const QString&) override {}

  QString text(QAccessible::Text kind) const override {
    return kind == QAccessible::Name && isValid() ? itemText(view_->scene(), item()) : QString();
  }
  QRect rect() const override {
    if (!isValid()) return {};
    const QRectF box = view_->scene().box(item());
    const QRect seen =
        QRectF(view_->toWidget(box.topLeft()), view_->toWidget(box.bottomRight())).toAlignedRect();
    return {view_->mapToGlobal(seen.topLeft()), seen.size()};
  }
  QAccessible::State state() const override {
    QAccessible::State state;
    if (!isValid()) {
      state.invalid = true;
      return state;
    }
    state.focusable = state.selectable = true;
    state.focused = view_->hasFocus() && view_->current() == item();
    state.selected = item().kind == CircuitItem::Kind::Node && view_->chosen().contains(item().number);
    return state;
  }
  void* interface_cast(QAccessible::InterfaceType type) override {
    return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
  }
  QStringList actionNames() const override { return {setFocusAction(), pressAction()}; }
  void doAction(const QString& name) override {
    if (!isValid()) return;
    view_->setFocus();
    view_->setCurrent(item());
    if (name == pressAction()) emit view_->editWanted();
  }
  QStringList keyBindingsForAction(const QString&) const override { return {}; }

 private:
  CircuitItem item() const { return itemOfChild(*view_, child_); }

  QPointer<CircuitView> view_;
  int child_;
};

// The view itself: a group whose value is what the keyboard is at.
class AccessibleCircuit : public QAccessibleWidget {
 public:
  explicit AccessibleCircuit(CircuitView* view) : QAccessibleWidget(view, QAccessible::List) {}
  ~AccessibleCircuit() override {
    for (const auto& [child, id] : parts_) QAccessible::deleteAccessibleInterface(id);
  }

  int childCount() const override { return view()->scene().itemCount(); }
  QAccessibleInterface* child(int index) const override {
    if (index < 0 || index >= childCount()) return nullptr;
    auto& id = parts_[index];
    if (id == 0) id = QAccessible::registerAccessibleInterface(new AccessiblePart(view(), index));
    return QAccessible::accessibleInterface(id);
  }
  int indexOfChild(const QAccessibleInterface* part) const override {
    const auto* one = dynamic_cast<const AccessiblePart*>(part);
    return one == nullptr ? -1 : one->number();
  }
  QAccessibleInterface* childAt(int x, int y) const override {
    const CircuitItem item = view()->scene().itemAt(view()->toScene(view()->mapFromGlobal(QPoint(x, y))), 4);
    return item ? child(view()->scene().itemPlace(item)) : nullptr;
  }
  QAccessibleInterface* focusChild() const override {
    return child(view()->scene().itemPlace(view()->current()));
  }
  QString text(QAccessible::Text kind) const override {
    return kind == QAccessible::Value ? view()->currentPointText() : QAccessibleWidget::text(kind);
  }

 private:
  CircuitView* view() const { return static_cast<CircuitView*>(object()); }

  mutable std::map<int, QAccessible::Id> parts_;
};

QAccessibleInterface* createCircuit(const QString&, QObject* object) {
  auto* view = qobject_cast<CircuitView*>(object);
  return view != nullptr ? new AccessibleCircuit(view) : nullptr;
}

}  // namespace

// After the factory of all figures, so that it is asked first.
void installCircuitAccessibility() {
  static const bool installed = [] {
    QAccessible::installFactory(createCircuit);
    return true;
  }();
  Q_UNUSED(installed);
}

}  // namespace synann::ui
