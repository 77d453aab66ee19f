// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/help_dialogs.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "engine/core/thread_pool.h"
#include "ui/shell/version.h"

namespace synann::ui {

namespace {

void addRow(QTableWidget* table, const QString& what, const QString& key, const QString& help) {
  const int row = table->rowCount();
  table->insertRow(row);
  table->setItem(row, 0, new QTableWidgetItem(what));
  table->setItem(row, 1, new QTableWidgetItem(key));
  table->setItem(row, 2, new QTableWidgetItem(help));
}

// The keys of the loss figure itself; they act while the figure has the focus.
void addFigureRows(QTableWidget* table) {
  const QString where = ShortcutsDialog::tr("Loss figure: ");
  addRow(table, where + ShortcutsDialog::tr("walk the points"), QStringLiteral("←  →  Home  End"),
         ShortcutsDialog::tr("Move the crosshair from point to point; Page Up and Page Down move by 10 %"));
  addRow(table, where + ShortcutsDialog::tr("change the series"), QStringLiteral("↑  ↓  T"),
         ShortcutsDialog::tr("Walk on the train loss or on the test loss"));
  addRow(table, where + ShortcutsDialog::tr("zoom"), QStringLiteral("+  −  0"),
         ShortcutsDialog::tr("Show less, more or all; the wheel and a dragged frame do it too"));
  const QString heat = ShortcutsDialog::tr("Heat map: ");
  addRow(table, heat + ShortcutsDialog::tr("choose a cell"), QStringLiteral("←  →  ↑  ↓  Home  End"),
         ShortcutsDialog::tr(
             "Go from cell to cell, with Ctrl ten at a time; Page Up and Page Down move ten rows"));
  addRow(table, heat + ShortcutsDialog::tr("choose a block"), QStringLiteral("Shift+←  Shift+↓  Esc"),
         ShortcutsDialog::tr(
             "The cells from the chosen one to where the arrows go; Shift and a drag or a click do it too"));
  addRow(
      table, heat + ShortcutsDialog::tr("zoom and move"), QStringLiteral("+  −  0  Alt+←"),
      ShortcutsDialog::tr("Show fewer cells, more or all; Alt and an arrow move; wheel and drag do it too"));
  addRow(table, heat + ShortcutsDialog::tr("open the cell"), QStringLiteral("Enter"),
         ShortcutsDialog::tr("Show the chosen cell as a surface; a double click does it too"));
  const QString surface = ShortcutsDialog::tr("Surface: ");
  addRow(table, surface + ShortcutsDialog::tr("turn and zoom"), QStringLiteral("←  →  ↑  ↓  +  −  Home"),
         ShortcutsDialog::tr("Turn it, show it larger or smaller, or as at first; drag and wheel do it too"));
  addRow(
      table, surface + ShortcutsDialog::tr("move the chosen place"), QStringLiteral("Ctrl+←  Ctrl+↑"),
      ShortcutsDialog::tr("Along x and y by one line of the grid, with Shift by ten; a click chooses too"));
  const QString circuit = ShortcutsDialog::tr("Circuit: ");
  addRow(table, circuit + ShortcutsDialog::tr("walk and edit"), QStringLiteral("Tab  ←  →  ↑  ↓  Enter"),
         ShortcutsDialog::tr("Go through symbols and ports, or to the next symbol; Enter edits it, Space "
                             "chooses one more"));
  addRow(
      table, circuit + ShortcutsDialog::tr("add, wire, move"), QStringLiteral("S  I  W  P  Ctrl+←"),
      ShortcutsDialog::tr("Add a synapse or an input; begin a wire, which Enter ends at a port, P from the "
                          "step before; move what is chosen"));
  addRow(table, ShortcutsDialog::tr("Other figures: walk"), QStringLiteral("←  →  Home  End  Esc"),
         ShortcutsDialog::tr(
             "Go from point to point, with Page Up and Page Down ten at a time; Esc marks none"));
  addRow(table, ShortcutsDialog::tr("Time line: step"), QStringLiteral("←  →  Page Up  Page Down"),
         ShortcutsDialog::tr("Go to the recorded step before or after, or a tenth of the run further"));
}

void addButtons(QDialog* dialog, QVBoxLayout* column) {
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
  buttons->button(QDialogButtonBox::Close)->setIcon(QIcon());  // the style's own is black on dark
  QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
  column->addWidget(buttons);
}

}  // namespace

ShortcutsDialog::ShortcutsDialog(const std::vector<ActionInfo>& infos, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Keyboard shortcuts"));
  auto* table = new QTableWidget(0, 3, this);
  table->setObjectName("shortcuts");
  table->setAccessibleName(windowTitle());
  table->setHorizontalHeaderLabels({tr("Action"), tr("Key"), tr("What it does")});
  table->verticalHeader()->hide();
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setTabKeyNavigation(false);
  table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
  table->setShowGrid(false);
  table->setAlternatingRowColors(true);
  for (const ActionInfo& info : infos) {
    const QString submenu = info.submenu.isEmpty() ? QString() : info.submenu + tr(": ");
    QString name = menuTitle(info.menu) + tr(": ") + submenu + info.text;
    addRow(table, name.remove('&').remove(QStringLiteral("…")),
           QKeySequence(info.shortcut).toString(QKeySequence::NativeText), info.help);
  }
  addFigureRows(table);
  table->resizeColumnsToContents();
  table->horizontalHeader()->setStretchLastSection(true);
  auto* column = new QVBoxLayout(this);
  column->addWidget(table);
  addButtons(this, column);
  resize(900, 600);
}

AboutDialog::AboutDialog(QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("About SynaNN Studio"));
  auto* icon = new QLabel(this);
  icon->setPixmap(applicationIcon().pixmap(64, 64));
  icon->setAlignment(Qt::AlignCenter);
  auto* text = new QLabel(this);
  text->setObjectName("about");
  text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  text->setAlignment(Qt::AlignCenter);
  text->setAccessibleName(windowTitle());
  text->setText(tr("SynaNN Studio %1\nTrain and question synapse neural networks\n\n"
                   "Instruction set: %2\nThreads: %3\nQt %4\n\n"
                   "Free software under the GNU General Public License, version 3 or later,\n"
                   "without any warranty.")
                    .arg(programVersion(), instructionSet())
                    .arg(hardware_threads())
                    .arg(QString::fromLatin1(qVersion())));
  auto* column = new QVBoxLayout(this);
  column->addWidget(icon);
  column->addWidget(text);
  addButtons(this, column);
}

}  // namespace synann::ui
