// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/action_registry.h"

#include <set>

#include <QCoreApplication>
#include <QMenu>
#include <QMenuBar>

namespace synann::ui {

namespace {

struct ActionWords {
  Q_DECLARE_TR_FUNCTIONS(actions)
};

QString tooltip(const QString& help, const QKeySequence& shortcut) {
  return shortcut.isEmpty()
             ? help
             : QStringLiteral("%1 (%2)").arg(help, shortcut.toString(QKeySequence::NativeText));
}

std::vector<ActionInfo> fileActions() {
  return {
      {"file.open-data",
       ActionWords::tr("&Open data…"),
       "Ctrl+O",
       ActionWords::tr(
           "Train on images of your own: a folder or a file such as those of MNIST, EMNIST or Kaggle"),
       Glyph::OpenData,
       MenuId::File,
       {}},
      {"file.open-model",
       ActionWords::tr("Open &model…"),
       {},
       ActionWords::tr("Take the network of a model file for the next run, and show it on the Network page"),
       Glyph::None,
       MenuId::File,
       {}},
      {"file.open-run",
       ActionWords::tr("Open &run…"),
       "Ctrl+Shift+O",
       ActionWords::tr("Show the curves of an earlier run; Train then goes on from its last checkpoint"),
       Glyph::OpenRun,
       MenuId::File,
       {}},
      {"file.open-figure",
       ActionWords::tr("Open &figure…"),
       {},
       ActionWords::tr(
           "Rebuild the view of a figure that was exported from the Synapses or the Surface page"),
       Glyph::None,
       MenuId::File,
       {},
       false,
       true},
      {"file.export",
       ActionWords::tr("&Export figure…"),
       "Ctrl+E",
       ActionWords::tr("Save or copy the page's figure, as large as is wanted, or save its numbers"),
       Glyph::Export,
       MenuId::File,
       {}},
      {"file.export-film",
       ActionWords::tr("Export over the &steps…"),
       {},
       ActionWords::tr(
           "Save the page's figure at every recorded step of its run, as a film or as numbered pictures"),
       Glyph::None,
       MenuId::File,
       {}},
      {"file.export-all",
       ActionWords::tr("Export e&verything…"),
       {},
       ActionWords::tr(
           "Save every figure of the run into a new folder, in the size and look of the last export"),
       Glyph::None,
       MenuId::File,
       {}},
      {"file.export-formats",
       ActionWords::tr("Export for other pro&grams…"),
       "Ctrl+Shift+E",
       ActionWords::tr("Save the run or its network as ONNX, NumPy or TensorBoard files, a report and more"),
       Glyph::None,
       MenuId::File,
       {}},
      {"file.quit",
       ActionWords::tr("&Quit"),
       "Ctrl+Q",
       ActionWords::tr("Save the run, if one is open, and leave"),
       Glyph::Quit,
       MenuId::File,
       {},
       false,
       true},
  };
}

std::vector<ActionInfo> runActions() {
  return {
      {"run.train",
       ActionWords::tr("&Train"),
       "F5",
       ActionWords::tr("Train until the last epoch"),
       Glyph::Train,
       MenuId::Run,
       {}},
      {"run.pause",
       ActionWords::tr("&Pause"),
       "F6",
       ActionWords::tr("Wait after the current step; Train goes on"),
       Glyph::Pause,
       MenuId::Run,
       {}},
      {"run.step-batch",
       ActionWords::tr("Step &batch"),
       "F7",
       ActionWords::tr("Train on one batch, then pause"),
       Glyph::StepBatch,
       MenuId::Run,
       {},
       false,
       true},
      {"run.step-epoch",
       ActionWords::tr("Step &epoch"),
       "Shift+F7",
       ActionWords::tr("Train to the end of this epoch, evaluate, then pause"),
       Glyph::StepEpoch,
       MenuId::Run,
       {}},
      {"run.stop",
       ActionWords::tr("&Stop"),
       "Shift+F5",
       ActionWords::tr("Finish the current step, save a checkpoint and end the run"),
       Glyph::Stop,
       MenuId::Run,
       {},
       false,
       true},
      {"run.restart",
       ActionWords::tr("&Restart"),
       "Ctrl+R",
       ActionWords::tr("Begin again from the first step with the same seed, as a new run"),
       Glyph::Restart,
       MenuId::Run,
       {}},
  };
}

std::vector<ActionInfo> runTools() {
  return {
      {"run.race",
       ActionWords::tr("Race to &99 %"),
       {},
       ActionWords::tr(
           "Train SynaFast on MNIST from scratch, as a new run: 99 % of the test images in one epoch"),
       Glyph::StepEpoch,
       MenuId::Run,
       {}},
      {"run.fork",
       ActionWords::tr("&Fork…"),
       "Ctrl+Shift+F",
       ActionWords::tr("Make a new run out of a step of this one, with other settings from there on"),
       Glyph::None,
       MenuId::Run,
       {},
       false,
       true},
      {"run.tell",
       ActionWords::tr("Te&ll me…"),
       {},
       ActionWords::tr("Be told when a run ends, fails or passes a value, by the desktop or by a command"),
       Glyph::None,
       MenuId::Run,
       {}},
  };
}

std::vector<ActionInfo> viewActions() {
  return {
      {"view.time-line",
       ActionWords::tr("&Time line"),
       "F8",
       ActionWords::tr("Show the slider over the recorded steps below the pages that follow it"),
       Glyph::None,
       MenuId::View,
       {},
       true,
       true},
      {"view.inspector",
       ActionWords::tr("&Inspector"),
       "F9",
       ActionWords::tr("Show what is selected beside the page, with all its digits"),
       Glyph::None,
       MenuId::View,
       {},
       true},
      {"view.theme-system",
       ActionWords::tr("&System"),
       {},
       ActionWords::tr("Light or dark as the system was at the start"),
       Glyph::None,
       MenuId::View,
       ActionWords::tr("T&heme"),
       true},
      {"view.theme-light",
       ActionWords::tr("&Light"),
       {},
       ActionWords::tr("Dark text on light"),
       Glyph::None,
       MenuId::View,
       ActionWords::tr("T&heme"),
       true},
      {"view.theme-dark",
       ActionWords::tr("&Dark"),
       {},
       ActionWords::tr("Light text on dark"),
       Glyph::None,
       MenuId::View,
       ActionWords::tr("T&heme"),
       true},
  };
}

std::vector<ActionInfo> helpActions() {
  return {
      {"help.page",
       ActionWords::tr("&This page"),
       "F1",
       ActionWords::tr("Say what this page shows, and what its figures and controls do"),
       Glyph::Help,
       MenuId::Help,
       {}},
      {"help.shortcuts",
       ActionWords::tr("&Keyboard shortcuts"),
       "Ctrl+F1",
       ActionWords::tr("List every action and its key"),
       Glyph::Keyboard,
       MenuId::Help,
       {}},
      {"help.about",
       ActionWords::tr("&About SynaNN Studio"),
       {},
       ActionWords::tr("Version, instruction set and licence"),
       Glyph::About,
       MenuId::Help,
       {}},
  };
}

// The letter behind the single '&', or null.
QChar mnemonic(const QString& text) {
  const qsizetype at = text.indexOf('&');
  return at >= 0 && at + 1 < text.size() ? text[at + 1].toLower() : QChar();
}

}  // namespace

std::vector<ActionInfo> actionTable() {
  std::vector<ActionInfo> table;
  for (const std::vector<ActionInfo>& part :
       {fileActions(), runActions(), runTools(), viewActions(), helpActions()}) {
    table.insert(table.end(), part.begin(), part.end());
  }
  return table;
}

QString menuTitle(MenuId menu) {
  switch (menu) {
    case MenuId::File:
      return ActionWords::tr("&File");
    case MenuId::Run:
      return ActionWords::tr("&Run");
    case MenuId::View:
      return ActionWords::tr("&View");
    case MenuId::Help:
      return ActionWords::tr("&Help");
  }
  return {};
}

ActionRegistry::ActionRegistry(QObject* parent) : QObject(parent) {
  for (const ActionInfo& info : actionTable()) add(info);
}

QAction* ActionRegistry::add(const ActionInfo& info) {
  auto* action = new QAction(info.text, this);
  action->setObjectName(info.id);
  action->setIcon(glyphIcon(info.glyph));
  action->setShortcut(QKeySequence(info.shortcut));
  action->setStatusTip(info.help);
  action->setToolTip(tooltip(info.help, action->shortcut()));
  action->setCheckable(info.checkable);
  if (info.id == QLatin1String("file.quit")) action->setMenuRole(QAction::QuitRole);
  infos_.push_back(info);
  actions_[info.id] = action;
  return action;
}

QAction* ActionRegistry::action(const QString& id) const {
  const auto found = actions_.find(id);
  return found == actions_.end() ? nullptr : found->second;
}

void ActionRegistry::setText(const QString& id, const QString& text, const QString& help) {
  QAction* const changed = action(id);
  changed->setText(text);
  changed->setStatusTip(help);
  changed->setToolTip(tooltip(help, changed->shortcut()));
}

void ActionRegistry::fillMenus(QMenuBar* bar) const {
  for (const MenuId id : {MenuId::File, MenuId::Run, MenuId::View, MenuId::Help}) {
    QMenu* const menu = bar->addMenu(menuTitle(id));
    menu->setToolTipsVisible(true);
    std::map<QString, QMenu*> submenus;
    for (const ActionInfo& info : infos_) {
      if (info.menu != id) continue;
      if (info.separator_before) menu->addSeparator();
      QMenu* target = menu;
      if (!info.submenu.isEmpty()) {
        QMenu*& submenu = submenus[info.submenu];
        if (!submenu) {
          menu->addSeparator();
          submenu = menu->addMenu(info.submenu);
        }
        target = submenu;
      }
      target->addAction(action(info.id));
    }
  }
}

std::vector<QString> ActionRegistry::faults(const std::vector<ActionInfo>& infos) {
  std::vector<QString> found;
  std::map<QString, QString> ids_by_key;
  std::set<QString> ids, mnemonics;
  for (const ActionInfo& info : infos) {
    if (!ids.insert(info.id).second) found.push_back(info.id + " is there twice");
    if (info.text.isEmpty()) found.push_back(info.id + " has no text");
    if (info.help.isEmpty()) found.push_back(info.id + " has no help");
    if (!info.shortcut.isEmpty()) {
      const QString key = QKeySequence(info.shortcut).toString();
      if (key.isEmpty()) found.push_back(info.id + " has a shortcut that is none: " + info.shortcut);
      const auto [other, fresh] = ids_by_key.emplace(key, info.id);
      if (!fresh) found.push_back(info.id + " and " + other->second + " share " + key);
    }
    const QChar letter = mnemonic(info.text);
    if (letter.isNull()) continue;
    const QString place = menuTitle(info.menu) + "/" + info.submenu + "/" + letter;
    if (!mnemonics.insert(place).second) found.push_back(info.id + " shares its mnemonic " + letter);
  }
  return found;
}

}  // namespace synann::ui
