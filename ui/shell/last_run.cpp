// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/last_run.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <nlohmann/json.hpp>

#include "engine/io/safetensors.h"
#include "engine/train/checkpoint.h"
#include "engine/train/event_json.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

QString translated(const char* text) {
  return QCoreApplication::translate("last_run", text);
}

QString dayWords(const QDateTime& when) {
  const qint64 days = when.date().daysTo(QDate::currentDate());
  if (days == 0) return translated("Today, %1").arg(when.toString(QStringLiteral("HH:mm")));
  if (days == 1) return translated("Yesterday, %1").arg(when.toString(QStringLiteral("HH:mm")));
  return when.date().toString(Qt::ISODate);
}

}  // namespace

QString lastRunWords(const std::filesystem::path& folder) {
  const auto file = folder / train::kLastCheckpoint;
  const auto metadata = io::read_tensor_metadata(file);
  if (!metadata) return {};
  const auto text = [&](const char* key) {
    const auto found = metadata->find(key);
    return found == metadata->end() ? std::string() : found->second;
  };
  const auto json = nlohmann::json::parse(text("settings"), nullptr, false);
  if (!json.is_object()) return {};
  const auto settings = train::settings_from_json(json, file.string());
  if (!settings) return {};
  const int epoch = QString::fromStdString(text("epoch")).toInt(),
            step = QString::fromStdString(text("step")).toInt();
  const QString model = modelWords(settings->model);
  const QString day = dayWords(QFileInfo(QString::fromStdString(file.string())).lastModified());
  if (epoch > settings->epochs)
    return translated("%1: %2 finished its %3.").arg(day, model, epochsWords(settings->epochs));
  return step == 0 ? translated("%1: %2 stopped after epoch %3 of %4.")
                         .arg(day, model)
                         .arg(epoch - 1)
                         .arg(settings->epochs)
                   : translated("%1: %2 stopped in epoch %3 of %4.")
                         .arg(day, model)
                         .arg(epoch)
                         .arg(settings->epochs);
}

}  // namespace synann::ui
