// SPDX-License-Identifier: GPL-3.0-or-later
// Where the window's parts are, and what is remembered of them.
#include <QActionGroup>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/pages/inspector.h"
#include "ui/pages/setting_form.h"
#include "ui/pages/time_line.h"
#include "ui/pages/train_page.h"
#include "ui/plots/loss_chart.h"
#include "ui/shell/device_choice.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/page_rail.h"
#include "ui/shell/run_bar.h"

namespace synann::ui {

namespace {
constexpr QSize kFirstSize(1240, 740);  // fits a screen of 1280 × 800 with its bars
constexpr int kInspectorWidth = 300;    // pixels
}  // namespace

void MainWindow::layOut() {
  auto* centre = new QWidget(this);
  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(run_bar_);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(new PageRail(page_group_->actions(), centre));
  middle_ = new QSplitter(Qt::Horizontal, centre);
  middle_->setObjectName("window.middle");
  middle_->setChildrenCollapsible(false);
  middle_->addWidget(stack_);
  middle_->addWidget(inspector_);
  middle_->setStretchFactor(0, 1);
  middle_->setSizes({kFirstSize.width() - kInspectorWidth, kInspectorWidth});
  middle->addWidget(middle_, 1);
  column->addLayout(middle, 1);
  column->addWidget(time_line_);
  time_line_->hide();
  column->addWidget(messages_);
  setCentralWidget(centre);
  setContextMenuPolicy(Qt::NoContextMenu);
}

// From top to bottom and from left to right, as the eye goes. Pages put their own parts in order.
void MainWindow::orderTabs() {
  QList<QWidget*> chain, order;
  for (QWidget* w = nextInFocusChain(); w != this; w = w->nextInFocusChain()) {
    if (w->window() == this && (w->focusPolicy() & Qt::TabFocus)) chain.append(w);
  }
  QList<const QWidget*> parts = {run_bar_, findChild<PageRail*>()};
  for (const Page* page : pages_) parts.append(page);
  parts.append({inspector_, time_line_, messages_});
  for (const QWidget* part : parts) {
    for (QWidget* w : chain) {
      if (part->isAncestorOf(w)) order.append(w);
    }
  }
  for (qsizetype k = 1; k < order.size(); ++k) setTabOrder(order[k - 1], order[k]);
}

void MainWindow::foldParts() {
  inspector_->setVisible(actions_.action("view.inspector")->isChecked());
  time_line_->setVisible(page()->usesTimeLine() && actions_.action("view.time-line")->isChecked());
}

void MainWindow::restore() {
  applyTheme(settings_.theme);
  if (!restoreGeometry(settings_.geometry)) resize(kFirstSize);
  for (const Page* page : pages_) {
    for (QSplitter* splitter : page->splitters()) {
      splitter->restoreState(settings_.splitters.value(splitter->objectName()));
    }
  }
  train_page_->chart()->setLogY(settings_.logY);
  middle_->restoreState(settings_.splitters.value(middle_->objectName()));
  train::Execution execution;
  execution.device = settings_.device.toStdString();
  execution.threads = settings_.threads;
  run_bar_->devices()->setExecution(execution);  // a GPU has not been found yet: onDevices()
  controller_.setExecution(run_bar_->devices()->execution());
  train_page_->setLogInterval(settings_.logInterval);
  train_page_->form()->setRecordMib(settings_.recordMib);
  controller_.setRecordBytes(std::int64_t{settings_.recordMib} << 20);
  actions_.action("view.time-line")->setChecked(settings_.timeLine);
  actions_.action("view.inspector")->setChecked(settings_.inspector);
  foldParts();
  for (const QString& folder : settings_.dataFolders) {
    if (QFileInfo(folder).isDir()) run_bar_->addData(folder);
  }
  if (!run_bar_->hasData(settings_.data)) settings_.data = QStringLiteral("digits");
  run_bar_->setDataSpec(settings_.data);
  train_page_->form()->setData(settings_.data.toStdString());
}

void MainWindow::remember() {
  settings_.geometry = saveGeometry();
  settings_.timeLine = actions_.action("view.time-line")->isChecked();
  settings_.inspector = actions_.action("view.inspector")->isChecked();
  settings_.splitters[middle_->objectName()] = middle_->saveState();
  settings_.logY = train_page_->chart()->logY();
  for (const Page* page : pages_) {
    for (const QSplitter* splitter : page->splitters()) {
      settings_.splitters[splitter->objectName()] = splitter->saveState();
    }
  }
  saveSettings(settings_);
}

}  // namespace synann::ui
