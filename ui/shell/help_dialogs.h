// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QDialog>

#include "ui/shell/action_registry.h"

namespace synann::ui {

// The list of all actions and their keys, made from the registry, and the keys of the loss figure.
class ShortcutsDialog : public QDialog {
  Q_OBJECT

 public:
  ShortcutsDialog(const std::vector<ActionInfo>& infos, QWidget* parent = nullptr);
};

// Version, instruction set, licence.
class AboutDialog : public QDialog {
  Q_OBJECT

 public:
  explicit AboutDialog(QWidget* parent = nullptr);
};

}  // namespace synann::ui
