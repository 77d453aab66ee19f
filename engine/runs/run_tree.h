// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/runs/catalogue.h"

namespace synann::runs {

// A run among its relatives: which one it was made of, where, and what was different from there on.
struct TreeRun {
  std::size_t run = 0;                  // index into the runs
  std::optional<std::size_t> parent{};  // index into the tree: it stands before its children
  int depth = 0;                        // forks between it and its root
  std::int64_t steps = 0;               // of the parent, at which it was made; 0 for a root
  std::string changed{};                // "lr 0.012 → 0.03"; empty where nothing was, and for a root
  std::string lost_parent{};            // the name of a parent that is not among the runs
};

// Parents before their forks, these in the order of their steps; roots in the order of the runs. A parent is
// the run beside its fork whose folder has the name that the fork's history gives; a checkpoint of another
// run that was trained on is one too, where its folder is among the runs.
std::vector<TreeRun> run_tree(const std::vector<RunSummary>& runs);

// "lr 0.012 → 0.03, weight-decay 0 → 0.01"
std::string changed_words(const train::Fork& fork);

}  // namespace synann::runs
