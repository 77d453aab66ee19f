// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/loss_export.h"

#include <cstdio>
#include <fmt/format.h>

#include <QCoreApplication>
#include <QJsonDocument>
#include <QStringList>
#include <nlohmann/json.hpp>

#include "engine/core/version.h"
#include "engine/train/event_json.h"
#include "engine/train/history.h"
#include "ui/pages/train/loss_points.h"

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
    const QString key = QString::fromUtf8(info.key.data(), static_cast<qsizetype>(info.key.size()));
    const QString value = QString::fromStdString(train::choice_value(s, info.key));
    if (!info.is_text())
      parts.append(key + '=' + value);
    else if (!value.isEmpty())
      parts.append(QStringLiteral("%1=\"%2\"").arg(key, value));
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

QString lossTitle(const train::StartInfo& start) {
  return QCoreApplication::translate("loss_export", "Loss of %1 on %2")
      .arg(QString::fromStdString(start.settings.model), QString::fromStdString(start.data_name));
}

ShownFigure lossShown(std::shared_ptr<const LossFigure> figure, const train::StartInfo& start,
                      const std::filesystem::path& run) {
  using namespace Qt::StringLiterals;
  const std::string settings =
      train::to_json(start.settings).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  ShownFigure shown;
  shown.name = u"loss"_s;
  shown.view = toJson(figure->part());
  const QJsonObject own{
      {u"program"_s, u"synann-studio"_s},
      {u"version"_s, QString::fromLatin1(kVersion)},
      {u"view"_s, u"loss"_s},
      {u"run"_s, QString::fromStdString(run.string())},
      {u"data_sha256"_s, QString::fromStdString(start.data_sha256)},
      {u"seed"_s, static_cast<qint64>(start.settings.seed)},
      {u"settings"_s, QJsonDocument::fromJson(QByteArray::fromStdString(settings)).object()}};
  for (auto field = own.begin(); field != own.end(); ++field) shown.view.insert(field.key(), field.value());
  shown.settings = settingsText(start, figure->curves().front().curve->marks());
  shown.figure = std::move(figure);
  return shown;
}

Result<ShownFigure> lossViewFigure(const ViewOptions& options) {
  const Result<train::History> history = train::read_history(options.history);
  if (!history) return history.error();
  if (const std::string note = history->unknown_note(); !note.empty())
    fmt::print(stderr, "synann-studio: {}\n", note);
  train::StartInfo run = history->start;
  run.settings = history->settings();
  const std::filesystem::path path = options.history;
  std::error_code code;
  auto figure = std::make_shared<const LossFigure>(
      LossFigure::Content{.curves = {LossSeries{std::make_shared<const LossCurve>(lossCurve(*history))}},
                          .part = {.log_y = options.log_y},
                          .title = lossTitle(run)});
  return lossShown(std::move(figure), run,
                   std::filesystem::is_directory(path, code) ? path : path.parent_path());
}

}  // namespace synann::ui
