// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include <QVariantMap>

#include "engine/runs/catalogue.h"

namespace synann::ui {

// How each run is drawn. A run keeps its look for good. Where two that are shown have the same one, the
// second has another for as long as they are. A new run gets a colour that no run had yet, while there are
// some, else the first look that is free.
class RunLooks {
 public:
  // To be shown together, kRunLooks at most. True where a run got its first look.
  bool show(const std::vector<runs::RunSummary>& runs);
  int of(const std::filesystem::path& folder) const;  // of a run that is shown; else 0

  // As it is kept in settings: those of the runs that are listed, and of some others.
  QVariantMap kept(const std::vector<runs::RunSummary>& listed) const;
  void take(const QVariantMap& kept);

 private:
  std::map<std::filesystem::path, int> looks_, shown_;
};

}  // namespace synann::ui
