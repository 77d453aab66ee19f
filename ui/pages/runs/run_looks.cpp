// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_looks.h"

#include <algorithm>
#include <set>

#include "ui/pages/runs/runs_figure.h"

namespace synann::ui {
namespace {

constexpr qsizetype kMostOtherLooks = 1000;  // kept of runs that are not listed at the moment

}  // namespace

bool RunLooks::show(const std::vector<runs::RunSummary>& runs) {
  std::set<int> taken, known;
  bool fresh = false;
  shown_.clear();
  for (const auto& [folder, look] : looks_) known.insert(look);
  for (const runs::RunSummary& run : runs)
    if (const auto look = looks_.find(run.folder); look != looks_.end() && taken.insert(look->second).second)
      shown_[run.folder] = look->second;
  for (const runs::RunSummary& run : runs) {
    if (shown_.contains(run.folder)) continue;
    int look = 0;
    while (look < kRunColors && known.contains(look)) ++look;
    if (look == kRunColors) look = 0;
    while (taken.contains(look)) ++look;
    taken.insert(look);
    known.insert(look);
    shown_[run.folder] = look;
    fresh = looks_.emplace(run.folder, look).second || fresh;
  }
  return fresh;
}

int RunLooks::of(const std::filesystem::path& folder) const {
  const auto look = shown_.find(folder);
  return look == shown_.end() ? 0 : look->second;
}

QVariantMap RunLooks::kept(const std::vector<runs::RunSummary>& listed) const {
  std::set<std::filesystem::path> folders;
  for (const runs::RunSummary& run : listed) folders.insert(run.folder);
  QVariantMap kept;
  for (const auto& [folder, look] : looks_)
    if (kept.size() < kMostOtherLooks || folders.contains(folder))
      kept[QString::fromStdString(folder.string())] = look;
  return kept;
}

void RunLooks::take(const QVariantMap& kept) {
  for (auto look = kept.begin(); look != kept.end(); ++look)
    looks_.insert_or_assign(look.key().toStdString(), std::clamp(look.value().toInt(), 0, kRunLooks - 1));
}

}  // namespace synann::ui
