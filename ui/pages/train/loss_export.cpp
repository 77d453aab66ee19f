// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/loss_export.h"

#include <cstdio>
#include <fmt/format.h>

#include <QCoreApplication>
#include <QStringList>

#include "engine/core/version.h"
#include "engine/train/history.h"

namespace synann::ui {

namespace {

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
  parts.append(QStringLiteral("synann-studio=%1").arg(QString::fromLatin1(kVersion)));
  return parts.join(' ');
}

}  // namespace

LossFigureOptions lossFigureOptions(const train::StartInfo& start, const LossCurve& curve) {
  LossFigureOptions options;
  options.title =
      QCoreApplication::translate("loss_export", "Loss of %1 on %2")
          .arg(QString::fromStdString(start.settings.model), QString::fromStdString(start.data_name));
  options.settings = settingsText(start, curve.marks());
  return options;
}

Status exportLossView(const ViewOptions& options) {
  const Result<train::History> history = train::read_history(options.history);
  if (!history) return history.error();
  if (const std::string note = history->unknown_note(); !note.empty())
    fmt::print(stderr, "synann-studio: {}\n", note);
  train::StartInfo run = history->start;
  run.settings = history->settings();
  const LossCurve curve = LossCurve::fromHistory(*history);
  LossFigureOptions figure = lossFigureOptions(run, curve);
  figure.width = options.width;
  figure.height = options.height;
  figure.pixels = {options.pixels_wide, options.pixels_high};
  figure.dark = options.dark;
  figure.logY = options.log_y;
  return exportLossFigure(curve, options.export_path, figure);
}

}  // namespace synann::ui
