// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include "ui/widgets/calm_combo_box.h"

// The controls beside the figures of a page.
namespace synann::ui {

inline constexpr int kSideWidth = 340;  // pixels of the column they stand in

// Gives a widget its name for tests and style sheets, its name for screen readers, and its help.
template <class Widget>
Widget* named(Widget* widget, const QString& name, const QString& label, const QString& help) {
  widget->setObjectName(name);
  widget->setAccessibleName(label);
  widget->setToolTip(help);
  return widget;
}

// Items with their data, numbered from `first`; never narrower than `characters`.
inline QComboBox* makeChoice(const QStringList& items, QWidget* parent, int characters, int first = 0) {
  auto* box = new CalmComboBox(parent);
  for (int k = 0; k < items.size(); ++k) box->addItem(items[k], first + k);
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(characters);
  return box;
}

}  // namespace synann::ui
