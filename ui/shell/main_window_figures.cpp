// SPDX-License-Identifier: GPL-3.0-or-later
// Figures out of the window into files, and back.
#include <QFileDialog>

#include "ui/pages/surface_page.h"
#include "ui/pages/synapses_page.h"
#include "ui/pages/train_page.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/loss_chart.h"
#include "ui/shell/figure_export.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

void MainWindow::exportDialog() {
  const QString path = askForFigurePath(this, settings_.exportFolder, page()->figureName());
  if (path.isEmpty()) return;
  exportFigure(path);
}

bool MainWindow::exportFigure(const QString& path) {
  const Status saved = page() == train_page_ ? exportLoss(*train_page_, path, controller_.runFolder())
                                             : page()->exportFigure(path);
  if (saved) {
    settings_.exportFolder = QFileInfo(path).absolutePath();  // only one that worked is worth going back to
    messages_->showNote(tr("Saved %1.").arg(path));
  } else {
    messages_->showError(QString::fromStdString(saved.error().sentence()));
  }
  return saved.ok();
}

// The run of the figure is opened where it is not already, and the page stands as it stood.
void MainWindow::openFigureDialog() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Open a figure"), settings_.exportFolder,
                                                    tr("Figures (*.png *.svg *.pdf)"));
  if (!path.isEmpty()) openFigure(path);
}

bool MainWindow::openFigure(const QString& path) {
  const auto view = readFigureView(path.toStdString());
  if (!view) {
    messages_->showError(QString::fromStdString(view.error().sentence()));
    return false;
  }
  const QString run = view->value(QLatin1String("run")).toString();
  if (!run.isEmpty() && run != QString::fromStdString(controller_.runFolder().string()))
    controller_.openRun(run);
  const QString kind = view->value(QLatin1String("view")).toString();
  if (kind == QLatin1String("loss")) {
    showPage(train_page_);
    train_page_->chart()->setPart(lossPartFromJson(*view));
  } else if (kind == QLatin1String("surface")) {
    showPage(surface_page_);
    surface_page_->restoreView(*view);
  } else {
    showPage(synapses_page_);
    synapses_page_->restoreView(*view);
  }
  return true;
}

}  // namespace synann::ui
