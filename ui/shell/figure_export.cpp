// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/figure_export.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QJsonDocument>
#include <QLocale>
#include <QStringList>
#include <nlohmann/json.hpp>

#include "engine/data/registry.h"
#include "engine/train/event_json.h"
#include "ui/pages/train_page.h"
#include "ui/plots/loss_chart.h"
#include "ui/shell/theme.h"
#include "ui/shell/version.h"

namespace synann::ui {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("figure_export", text);
}

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

QString lossTitle(const train::StartInfo& start) {
  return tr("Loss of %1 on %2")
      .arg(QString::fromStdString(start.settings.model), QString::fromStdString(start.data_name));
}

FigureFile lossFile(const LossFigure& figure, const train::StartInfo& start,
                    const std::filesystem::path& run) {
  using namespace Qt::StringLiterals;
  const std::string settings =
      train::to_json(start.settings).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  FigureFile file;
  file.view = toJson(figure.part());
  const QJsonObject own{
      {u"program"_s, u"synann-studio"_s},
      {u"version"_s, programVersion()},
      {u"view"_s, u"loss"_s},
      {u"run"_s, QString::fromStdString(run.string())},
      {u"data_sha256"_s, QString::fromStdString(start.data_sha256)},
      {u"seed"_s, static_cast<qint64>(start.settings.seed)},
      {u"settings"_s, QJsonDocument::fromJson(QByteArray::fromStdString(settings)).object()}};
  for (auto field = own.begin(); field != own.end(); ++field) file.view.insert(field.key(), field.value());
  file.settings = settingsText(start, figure.curves().front().curve->marks());
  return file;
}

QString askForFigurePath(QWidget* parent, const QString& folder, const QString& name) {
  const QStringList kinds = {tr("Picture (*.png)"), tr("Vector figure (*.svg)"), tr("Document (*.pdf)"),
                             tr("Numbers (*.csv)"), tr("NumPy array (*.npy)")};
  QFileDialog dialog(parent, tr("Export the figure"), folder.isEmpty() ? QDir::homePath() : folder);
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

Status exportLoss(const TrainPage& page, const QString& path, const std::filesystem::path& run) {
  const LossFigure figure({.curves = {LossSeries{std::make_shared<const LossCurve>(page.curve())}},
                           .part = page.chart()->part(),
                           .title = lossTitle(page.startInfo())});
  FigureFile file = lossFile(figure, page.startInfo(), run);
  file.dark = isDark(page.palette());
  return exportFigure(figure, path.toStdString(), file);
}

QString runsFolder() {
  const auto folder = data::user_data_folder();
  return folder ? QString::fromStdString((*folder / "runs").string()) : QString();
}

}  // namespace synann::ui
