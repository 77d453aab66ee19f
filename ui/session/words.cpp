// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/words.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <QCoreApplication>
#include <QLocale>

#include "engine/data/registry.h"
#include "engine/train/own_model.h"

namespace synann::ui {

namespace {
struct Words {
  Q_DECLARE_TR_FUNCTIONS(words)
};
}  // namespace

QString stateWords(RunState state, bool stopping) {
  if (stopping) return Words::tr("Stopping");
  switch (state) {
    case RunState::Ready:
      return Words::tr("Ready");
    case RunState::Loading:
      return Words::tr("Loading");
    case RunState::Training:
      return Words::tr("Training");
    case RunState::Evaluating:
      return Words::tr("Evaluating");
    case RunState::Paused:
      return Words::tr("Paused");
    case RunState::Stopped:
      return Words::tr("Stopped");
    case RunState::Finished:
      return Words::tr("Finished");
    case RunState::Failed:
      return Words::tr("Failed");
    case RunState::Elsewhere:
      return Words::tr("Trained elsewhere");
  }
  return {};
}

QString modelWords(std::string_view id) {
  for (const model::ModelInfo& known : train::named_models())
    if (known.id == id)
      return QString::fromUtf8(known.title.data(), static_cast<qsizetype>(known.title.size()));
  return QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size()));
}

QString dataWords(const std::string& spec) {
  for (const data::KnownDataset& known : data::known_datasets())
    if (known.spec == spec) return QString::fromStdString(known.name);
  const std::filesystem::path path = std::filesystem::path(spec) / "";
  return QString::fromStdString(path.parent_path().filename().string());
}

QString epochsWords(int count) {
  return count == 1 ? Words::tr("1 epoch") : Words::tr("%1 epochs").arg(count);
}

QString countWords(std::int64_t count) {
  return QLocale(QLocale::English, QLocale::UnitedStates).toString(static_cast<qlonglong>(count));
}

QString durationWords(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::clamp(std::round(seconds), 0.0, 3.6e9));
  const std::int64_t hours = whole / 3600;
  const QString minutes_seconds = QStringLiteral("%1:%2")
                                      .arg(whole / 60 % 60, 2, 10, QLatin1Char('0'))
                                      .arg(whole % 60, 2, 10, QLatin1Char('0'));
  return hours > 0 ? QStringLiteral("%1:%2").arg(hours).arg(minutes_seconds) : minutes_seconds;
}

QString epochWords(const Progress& progress) {
  if (progress.count == 0) return {};
  if (progress.evaluate_count > 0) {
    return Words::tr("epoch %1 of %2 · %3 of %4 test images")
        .arg(progress.position.epoch)
        .arg(progress.epochs)
        .arg(countWords(progress.evaluated), countWords(progress.evaluate_count));
  }
  const int done = progress.position.epoch - 1;  // whole epochs
  if (progress.position.step == 0 && done >= progress.epochs) return epochsWords(done);
  return Words::tr("epoch %1 of %2 · %3 of %4 images")
      .arg(progress.position.epoch)
      .arg(progress.epochs)
      .arg(countWords(progress.examples), countWords(progress.count));
}

QString memoryWords(std::uint64_t bytes) {
  const double mib = static_cast<double>(bytes) / (1 << 20);
  return mib < 1000 ? Words::tr("%1 MiB").arg(std::lround(mib))
                    : Words::tr("%1 GiB").arg(mib / 1024, 0, 'f', mib < 100 * 1024 ? 1 : 0);
}

QString deviceWords(const train::DeviceChange& device) {
  QString words = QString::fromStdString(device.device) + ' ' + QString::fromStdString(device.isa);
  if (device.threads > 1) words += Words::tr(" · %1 threads").arg(device.threads);
  return words;
}

QString deviceWords(const Progress& progress) {
  if (progress.device.empty()) return {};
  train::DeviceChange device;
  device.device = progress.device;
  device.isa = progress.isa;
  device.threads = progress.threads;
  QString words = deviceWords(device);
  const train::Resources& r = progress.resources;
  if (r.memory_used > 0) words += QStringLiteral(" · ") + memoryWords(r.memory_used);
  if (r.memory_used > 0 && r.memory_total > 0) words += Words::tr(" of %1").arg(memoryWords(r.memory_total));
  return words;
}

QString speedWords(const Progress& progress) {
  if (progress.images_per_second <= 0) return {};
  QString words = Words::tr("%1 images/s").arg(countWords(std::llround(progress.images_per_second)));
  if (progress.seconds_left >= 0) words += Words::tr(" · %1 left").arg(durationWords(progress.seconds_left));
  return words;
}

}  // namespace synann::ui
