// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_tree_figure.h"

#include <algorithm>
#include <limits>

#include <QCoreApplication>

#include "engine/core/version.h"
#include "engine/runs/run_tree.h"
#include "ui/plots/tree_figure.h"

namespace synann::ui {
namespace {

struct RunTreeWords {
  Q_DECLARE_TR_FUNCTIONS(run_tree)
};

QString changedText(const runs::TreeRun& entry) {
  const QString changed = QString::fromStdString(entry.changed);
  if (entry.lost_parent.empty())
    return entry.parent && changed.isEmpty() ? RunTreeWords::tr("unchanged") : changed;
  const QString lost =
      RunTreeWords::tr("of %1, which is not listed").arg(QString::fromStdString(entry.lost_parent));
  return changed.isEmpty() ? lost : changed + QStringLiteral(" · ") + lost;
}

TreeFigure::Branch branchOf(const runs::RunSummary& run, const runs::TreeRun& entry, int parent) {
  TreeFigure::Branch branch;
  branch.name = QString::fromStdString(run.notes.title.empty() ? run.name : run.notes.title);
  branch.parent = parent;
  branch.from = entry.parent ? static_cast<double>(entry.steps) : 0;
  branch.to = static_cast<double>(run.steps);
  branch.words = changedText(entry);
  branch.value = run.best ? run.best->accuracy() : std::numeric_limits<double>::quiet_NaN();
  if (run.fork)
    branch.others = {QString::fromStdString(run.fork->history_sha256),
                     QString::fromStdString(run.fork->parameters_sha256)};
  return branch;
}

}  // namespace

std::shared_ptr<const Figure> runTreeFigure(const std::vector<runs::RunSummary>& all) {
  std::vector<runs::RunSummary> runs = all;
  std::erase_if(runs, [](const runs::RunSummary& run) { return !run.problem.empty(); });
  if (runs.empty()) return nullptr;
  const std::vector<runs::TreeRun> tree = runs::run_tree(runs);
  std::vector<bool> related(tree.size(), false);
  for (std::size_t k = 0; k < tree.size(); ++k) {
    if (tree[k].parent) related[k] = related[*tree[k].parent] = true;
    if (runs[tree[k].run].fork) related[k] = true;
  }
  const bool any = std::find(related.begin(), related.end(), true) != related.end();
  TreeFigure::Content content{.title = any ? RunTreeWords::tr("Runs and their forks")
                                           : RunTreeWords::tr("Runs, none of which is a fork of another one"),
                              .x = RunTreeWords::tr("steps"),
                              .value = RunTreeWords::tr("best %"),
                              .name = RunTreeWords::tr("run"),
                              .parent = RunTreeWords::tr("parent"),
                              .from = RunTreeWords::tr("from step"),
                              .words = RunTreeWords::tr("different"),
                              .branches = {},
                              .others = {RunTreeWords::tr("history at the fork, SHA-256"),
                                         RunTreeWords::tr("parameters at the fork, SHA-256")}};
  std::vector<int> places(tree.size(), -1);
  for (std::size_t k = 0; k < tree.size(); ++k) {
    if (any && !related[k]) continue;
    places[k] = static_cast<int>(content.branches.size());
    content.branches.push_back(
        branchOf(runs[tree[k].run], tree[k], tree[k].parent ? places[*tree[k].parent] : -1));
  }
  return std::make_shared<const TreeFigure>(std::move(content));
}

QJsonObject runTreeView() {
  return {{QStringLiteral("program"), QStringLiteral("synann-studio")},
          {QStringLiteral("version"), QString::fromLatin1(kVersion)},
          {QStringLiteral("view"), QString::fromLatin1(kRunTreeView)}};
}

}  // namespace synann::ui
