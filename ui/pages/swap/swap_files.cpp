// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/swap/swap_files.h"

#include <QFile>
#include <QFileInfo>

#include "engine/io/csv_table.h"

namespace synann::ui {

namespace {
constexpr qint64 kHeadOfTable = 4096;  // bytes
}  // namespace

SwapTable swapTableOf(const QString& file) {
  QFile opened(file);
  if (!QFileInfo(file).isFile() || !opened.open(QIODevice::ReadOnly)) return SwapTable::None;
  QByteArray head = opened.read(kHeadOfTable);
  const auto line = head.indexOf('\n');
  if (line < 0 && head.size() == kHeadOfTable) return SwapTable::None;
  if (line >= 0) head.truncate(line);
  const auto table = parse_csv_table(
      {reinterpret_cast<const std::uint8_t*>(head.constData()), static_cast<std::size_t>(head.size())},
      file.toStdString());
  if (!table) return SwapTable::None;
  const auto has = [&](const char* name) { return table->column(name).has_value(); };
  if ((has("case") && has("control")) || (has("both") && has("case_only") && has("control_only")))
    return SwapTable::Pairs;
  if (has("day") && has("exposures")) return SwapTable::Series;
  return table->columns() == 2 ? SwapTable::TwoColumns : SwapTable::None;
}

Status openPairs(const QString& file, SwapScene& scene) {
  const auto counts = synapse::read_pairs(file.toStdString());
  if (!counts) return counts.error();
  scene.counts = *counts;
  scene.example = SwapScene::kOwnPairs;
  scene.source = QFileInfo(file).fileName();
  scene.figure = QStringLiteral("pairs");
  return {};
}

Status openSeries(const QString& file, SwapScene& scene) {
  auto series = synapse::read_series(file.toStdString());
  if (!series) return series.error();
  scene.series = std::move(*series);
  scene.series_source = QFileInfo(file).fileName();
  scene.series_path = QFileInfo(file).absoluteFilePath();
  scene.figure = QStringLiteral("sars");
  return {};
}

}  // namespace synann::ui
