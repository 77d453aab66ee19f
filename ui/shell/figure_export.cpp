// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/figure_export.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QLocale>
#include <QStringList>

#include "engine/data/registry.h"
#include "ui/pages/train_page.h"
#include "ui/plots/loss_chart.h"
#include "ui/shell/theme.h"
#include "ui/shell/version.h"

namespace synann::ui {

namespace {

struct ExportWords {
  Q_DECLARE_TR_FUNCTIONS(figure_export)
};

// The settings in force at the end, and where they were changed on the way.
QString settingsText(const train::StartInfo& start, const std::vector<SettingMark>& marks) {
  const train::Settings& s = start.settings;
  QStringList parts = {QStringLiteral("model=%1").arg(QString::fromStdString(s.model)),
                       QStringLiteral("data=%1").arg(QString::fromStdString(start.data_name))};
  for (const train::SettingInfo& info : train::setting_infos()) {
    const QString key = QString::fromUtf8(info.key.data(), static_cast<qsizetype>(info.key.size()));
    const QString value = QString::fromStdString(train::value_text(train::setting_value(s, info.key)));
    parts.append(key + '=' + (info.key == "seed" ? QString::number(s.seed) : value));
  }
  for (const train::ChoiceInfo& info : train::choice_infos()) {
    parts.append(QString::fromUtf8(info.key.data(), static_cast<qsizetype>(info.key.size())) + '=' +
                 QString::fromStdString(train::choice_value(s, info.key)));
  }
  parts.append(QStringLiteral("data-sha256=%1").arg(QString::fromStdString(start.data_sha256)));
  for (const SettingMark& mark : marks) {
    parts.append(QStringLiteral("changed=\"%1 from %2 examples on\"")
                     .arg(QString::fromStdString(mark.words))
                     .arg(mark.examples));
  }
  parts.append(QStringLiteral("synann-studio=%1").arg(programVersion()));
  return parts.join(' ');
}

}  // namespace

LossFigureOptions figureOptions(const train::StartInfo& start, const LossCurve& curve) {
  LossFigureOptions options;
  options.title =
      ExportWords::tr("Loss of %1 on %2")
          .arg(QString::fromStdString(start.settings.model), QString::fromStdString(start.data_name));
  options.settings = settingsText(start, curve.marks());
  return options;
}

QString askForFigurePath(QWidget* parent, const QString& folder, const QString& name) {
  QStringList kinds = {ExportWords::tr("Picture (*.png)"), ExportWords::tr("Vector figure (*.svg)"),
                       ExportWords::tr("Document (*.pdf)"), ExportWords::tr("Numbers (*.csv)"),
                       ExportWords::tr("NumPy array (*.npy)")};
  const bool loss = name == QLatin1String("loss");  // which has no matrix
  if (loss) kinds.removeLast();
  QFileDialog dialog(parent, ExportWords::tr("Export the figure"),
                     folder.isEmpty() ? QDir::homePath() : folder);
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setNameFilters(kinds);
  dialog.setDefaultSuffix(QStringLiteral("png"));
  dialog.selectFile(name);
  // The suffix follows the kind, so that the question about replacing a file is asked for the right name.
  QObject::connect(&dialog, &QFileDialog::filterSelected, &dialog, [&dialog](const QString& kind) {
    dialog.setDefaultSuffix(kind.section(QStringLiteral("*."), 1).section(')', 0, 0));
  });
  return dialog.exec() == QDialog::Accepted ? dialog.selectedFiles().value(0) : QString();
}

Status exportLoss(const TrainPage& page, const QString& path) {
  LossFigureOptions options = figureOptions(page.startInfo(), page.curve());
  const LossChart& chart = *page.chart();
  options.dark = isDark(page.palette());
  options.logY = chart.logY();
  if (!chart.follow()) options.range = chart.range();
  return exportLossFigure(page.curve(), path.toStdString(), options);
}

QString runsFolder() {
  const auto folder = data::user_data_folder();
  return folder ? QString::fromStdString((*folder / "runs").string()) : QString();
}

}  // namespace synann::ui
