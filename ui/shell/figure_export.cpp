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

QString askForFigurePath(QWidget* parent, const QString& folder, const QString& name, const QString& kind) {
  const QStringList kinds = {ExportWords::tr("Picture (*.png)"), ExportWords::tr("Vector figure (*.svg)"),
                             ExportWords::tr("Document (*.pdf)"), ExportWords::tr("Numbers (*.csv)"),
                             ExportWords::tr("NumPy array (*.npy)")};
  QFileDialog dialog(parent, ExportWords::tr("Export the figure"),
                     folder.isEmpty() ? QDir::homePath() : folder);
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setNameFilters(kinds);
  for (const QString& filter : kinds)
    if (filter.contains("*." + kind)) dialog.selectNameFilter(filter);
  dialog.setDefaultSuffix(kind);
  dialog.selectFile(name);
  // The suffix follows the kind, so that the question about replacing a file is asked for the right name.
  QObject::connect(&dialog, &QFileDialog::filterSelected, &dialog, [&dialog](const QString& filter) {
    dialog.setDefaultSuffix(filter.section(QStringLiteral("*."), 1).section(')', 0, 0));
  });
  return dialog.exec() == QDialog::Accepted ? dialog.selectedFiles().value(0) : QString();
}

QString runsFolder() {
  const auto folder = data::user_data_folder();
  return folder ? QString::fromStdString((*folder / "runs").string()) : QString();
}

}  // namespace synann::ui
