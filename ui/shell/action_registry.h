// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <QString>

#include "ui/widgets/action_info.h"

class QMenuBar;

namespace synann::ui {

// The table of every action except the pages', which come from the list of pages.
std::vector<ActionInfo> actionTable();

QString menuTitle(MenuId menu);  // "&File"

// Owns the QActions of the table. Lives in the window's thread.
class ActionRegistry : public QObject {
  Q_OBJECT

 public:
  explicit ActionRegistry(QObject* parent = nullptr);

  // Adds one more, before menus are filled.
  QAction* add(const ActionInfo& info);
  QAction* action(const QString& id) const;  // null when there is none
  const std::vector<ActionInfo>& infos() const { return infos_; }
  void fillMenus(QMenuBar* bar) const;
  // Text and help for now, such as "Train on" and "Go on with this run"; the shortcut is appended to the
  // help.
  void setText(const QString& id, const QString& text, const QString& help);

  // What is wrong with a table, one sentence each: shortcuts or mnemonics that clash, missing texts or helps.
  static std::vector<QString> faults(const std::vector<ActionInfo>& infos);

 private:
  std::vector<ActionInfo> infos_;
  std::map<QString, QAction*> actions_;
};

}  // namespace synann::ui
