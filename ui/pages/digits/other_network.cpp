// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/other_network.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

#include <QCoreApplication>

#include "engine/infer/recorded.h"
#include "ui/pages/synapses/synapse_figures.h"

namespace synann::ui {

namespace {

Result<OtherNetwork> openRecorded(const std::filesystem::path& run, std::int64_t steps) {
  auto record = infer::RecordedNetworks::open(run);
  if (!record) return record.error();
  const auto k = record->at_or_before(steps);
  if (!k) {
    return Error{.where = run.string(),
                 .problem = "no network was recorded at or before this step",
                 .expected = record->steps().empty()
                                 ? std::string("a recorded step")
                                 : fmt::format("{} or more", record->steps().front().steps),
                 .found = fmt::format("{}", steps)};
  }
  auto network = record->read(*k);
  if (!network) return network.error();
  return OtherNetwork{.path = run,
                      .network = std::move(*network),
                      .run = runName(run),
                      .what = stepWords(record->steps()[*k])};
}

// Whether no two of them are equal, or all are.
bool allDiffer(QStringList names) {
  return names.removeDuplicates() == 0;
}
bool allEqual(const QStringList& names) {
  return std::all_of(names.begin(), names.end(), [&](const QString& name) { return name == names.front(); });
}

}  // namespace

QString checkpointFilter() {
  return QCoreApplication::translate("other_network", "Checkpoints (*.safetensors *.pth *.pt)");
}

QString stepWords(const train::FrameStep& at) {
  train::SynapseFrame frame;
  frame.at = at;
  return stepText(frame);
}

Result<OtherNetwork> openOther(const std::filesystem::path& path, std::optional<std::int64_t> steps) {
  std::error_code code;
  const bool folder = std::filesystem::is_directory(path, code);
  if (folder && steps) return openRecorded(path, *steps);
  const std::filesystem::path file = folder ? path / train::kLastCheckpoint : path;
  auto opened = infer::open_network(file);
  if (!opened) return opened.error();
  const std::filesystem::path full = std::filesystem::absolute(file, code).lexically_normal();
  return OtherNetwork{.path = path,
                      .network = std::move(opened->network),
                      .run = runName(full.parent_path()),
                      .what = QString::fromStdString(full.stem().string())};
}

QStringList namesApart(const std::vector<OtherNetwork>& networks) {
  QStringList runs, whats, both;
  for (const OtherNetwork& one : networks) {
    runs.append(one.run);
    whats.append(one.what);
    both.append(one.run + QStringLiteral(", ") + one.what);
  }
  QStringList names = allDiffer(runs) ? runs : allEqual(runs) ? whats : both;
  for (qsizetype k = 0; k < names.size(); ++k) {
    const QString name = names[k];
    for (int number = 2; names.indexOf(names[k]) < k; ++number)
      names[k] = QStringLiteral("%1 (%2)").arg(name).arg(number);
  }
  return names;
}

}  // namespace synann::ui
