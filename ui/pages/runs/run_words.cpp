// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_words.h"

#include <map>

#include <QCoreApplication>
#include <QStringList>

#include "ui/session/words.h"

namespace synann::ui {
namespace {

struct RunWords {
  Q_DECLARE_TR_FUNCTIONS(run_words)
};

QString engineText(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

}  // namespace

QString runSettingName(const std::string& key) {
  if (key == "model") return RunWords::tr("Model");
  if (key == "data") return RunWords::tr("Data");
  for (const train::SettingInfo& info : train::setting_infos())
    if (info.key == key) return engineText(info.label);
  for (const train::ChoiceInfo& info : train::choice_infos())
    if (info.key == key) return engineText(info.label);
  return QString::fromStdString(key);
}

QString runSettingValue(const train::Settings& settings, const std::string& key) {
  if (key == "model") return modelWords(settings.model);
  if (key == "data") return dataWords(settings.data);
  const std::string value = runs::setting_text(settings, key);
  for (const train::ChoiceInfo& info : train::choice_infos()) {
    if (info.key != key) continue;
    for (std::size_t k = 0; k < info.options.size() && k < info.names.size(); ++k)
      if (info.options[k] == value) return engineText(info.names[k]);
  }
  return QString::fromStdString(value);
}

QString runSettingsText(const runs::RunSummary& run, const std::vector<std::string>& keys) {
  QStringList parts;
  for (const std::string& key : keys) {
    if (!train::setting_matters(run.settings, key)) continue;
    const QString value = runSettingValue(run.settings, key);
    parts.append(key == "model" || key == "data" ? value : runSettingName(key) + ' ' + value);
  }
  return parts.join(QStringLiteral(", "));
}

std::vector<QString> runNames(const std::vector<runs::RunSummary>& runs) {
  const std::vector<std::string> keys = runs::differing_settings(runs);
  std::vector<QString> names;
  std::map<QString, int> times;
  for (const runs::RunSummary& run : runs) {
    names.push_back(run.problem.empty() ? runSettingsText(run, keys) : QString());
    ++times[names.back()];
  }
  for (std::size_t k = 0; k < runs.size(); ++k)
    if (names[k].isEmpty() || times[names[k]] > 1) names[k] = QString::fromStdString(runs[k].name);
  return names;
}

QString runStateText(const runs::RunSummary& run) {
  if (!run.problem.empty()) return RunWords::tr("cannot be read");
  const QString word = QString::fromLatin1(runs::state_word(run.state));
  return run.reason.empty() ? word : word + QStringLiteral(": ") + QString::fromStdString(run.reason);
}

}  // namespace synann::ui
