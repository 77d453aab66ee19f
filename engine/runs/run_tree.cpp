// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/run_tree.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>

#include "engine/core/whole_path.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;

// The folder that a run's fork event means.
fs::path meant_parent(const RunSummary& run) {
  const fs::path folder = whole_path(run.folder);
  if (!run.fork->history_sha256.empty()) return folder.parent_path() / run.fork->from;
  return whole_path(fs::path(run.fork->from).parent_path());  // a checkpoint in it
}

struct Kinship {
  std::vector<std::optional<std::size_t>> parent;  // by run
  std::vector<std::vector<std::size_t>> children;  // by run
};

// A history can say anything: what would be its own ancestor is a root.
bool descends(const Kinship& kin, std::size_t run, std::size_t from) {
  for (std::optional<std::size_t> at = run; at; at = kin.parent[*at])
    if (*at == from) return true;
  return false;
}

Kinship kinship_of(const std::vector<RunSummary>& runs) {
  std::map<fs::path, std::size_t> places;
  for (std::size_t k = 0; k < runs.size(); ++k) places.emplace(whole_path(runs[k].folder), k);
  Kinship kin{.parent = std::vector<std::optional<std::size_t>>(runs.size()),
              .children = std::vector<std::vector<std::size_t>>(runs.size())};
  for (std::size_t k = 0; k < runs.size(); ++k) {
    if (!runs[k].fork) continue;
    const auto found = places.find(meant_parent(runs[k]));
    if (found == places.end() || descends(kin, found->second, k)) continue;
    kin.parent[k] = found->second;
    kin.children[found->second].push_back(k);
  }
  return kin;
}

}  // namespace

std::string changed_words(const train::Fork& fork) {
  std::string words;
  for (const train::SettingDifference& d : fork.changed)
    words += fmt::format("{}{} {} → {}", words.empty() ? "" : ", ", d.key, train::value_text(d.from),
                         train::value_text(d.to));
  return words;
}

std::vector<TreeRun> run_tree(const std::vector<RunSummary>& runs) {
  Kinship kin = kinship_of(runs);
  for (std::vector<std::size_t>& children : kin.children)
    std::stable_sort(children.begin(), children.end(),
                     [&](std::size_t a, std::size_t b) { return runs[a].fork_steps < runs[b].fork_steps; });
  std::vector<TreeRun> tree;
  struct Waiting {
    std::size_t run;
    std::optional<std::size_t> parent;  // in the tree
  };
  std::vector<Waiting> waiting;
  for (std::size_t k = runs.size(); k-- > 0;)
    if (!kin.parent[k]) waiting.push_back({k, std::nullopt});
  while (!waiting.empty()) {
    const Waiting next = waiting.back();
    waiting.pop_back();
    const RunSummary& run = runs[next.run];
    TreeRun entry{.run = next.run, .parent = next.parent};
    if (next.parent) entry.depth = tree[*next.parent].depth + 1;
    if (run.fork) {
      entry.steps = run.fork_steps;
      entry.changed = changed_words(*run.fork);
      if (!next.parent) entry.lost_parent = run.fork->from;
    }
    tree.push_back(std::move(entry));
    const std::vector<std::size_t>& children = kin.children[next.run];
    for (std::size_t k = children.size(); k-- > 0;) waiting.push_back({children[k], tree.size() - 1});
  }
  return tree;
}

}  // namespace synann::runs
