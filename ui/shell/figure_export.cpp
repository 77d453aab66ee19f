// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/figure_export.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QStringList>

#include "engine/data/registry.h"

namespace synann::ui {

namespace {

struct ExportWords {
  Q_DECLARE_TR_FUNCTIONS(figure_export)
};

}  // namespace

QString askForFigurePath(QWidget* parent, const QString& folder, const QString& name, const QString& kind,
                         bool matrix) {
  QStringList kinds = {ExportWords::tr("Picture (*.png)"), ExportWords::tr("Vector figure (*.svg)"),
                       ExportWords::tr("Document (*.pdf)"), ExportWords::tr("Numbers (*.csv)")};
  if (matrix) kinds.append(ExportWords::tr("NumPy array (*.npy)"));
  QFileDialog dialog(parent, ExportWords::tr("Export the figure"),
                     folder.isEmpty() ? QDir::homePath() : folder);
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setNameFilters(kinds);
  const auto suffix = [](const QString& filter) {
    return filter.section(QStringLiteral("*."), 1).section(')', 0, 0);
  };
  QString first = kinds.constFirst();
  for (const QString& filter : kinds)
    if (suffix(filter) == kind) first = filter;
  dialog.selectNameFilter(first);
  dialog.setDefaultSuffix(suffix(first));
  dialog.selectFile(name);
  // The suffix follows the kind, so that the question about replacing a file is asked for the right name.
  QObject::connect(&dialog, &QFileDialog::filterSelected, &dialog,
                   [&dialog, suffix](const QString& filter) { dialog.setDefaultSuffix(suffix(filter)); });
  return dialog.exec() == QDialog::Accepted ? dialog.selectedFiles().value(0) : QString();
}

QString runsFolder() {
  const auto folder = data::user_data_folder();
  return folder ? QString::fromStdString((*folder / "runs").string()) : QString();
}

}  // namespace synann::ui
