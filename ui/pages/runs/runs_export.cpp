// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_export.h"

#include <QCoreApplication>

#include "engine/core/thread_pool.h"
#include "engine/runs/run_index.h"
#include "ui/pages/runs/run_tree_figure.h"
#include "ui/pages/runs/runs_comparison.h"
#include "ui/pages/runs/runs_reader.h"

namespace synann::ui {
namespace {

// A run that cannot be read is an error: it was asked for by its name.
Result<std::vector<runs::RunSummary>> readNamed(const std::vector<std::string>& folders) {
  std::vector<runs::RunSummary> found;
  for (const std::string& folder : folders) {
    runs::RunSummary run = runs::summarise(folder);
    if (!run.problem.empty()) return Error{.problem = run.problem};
    const std::filesystem::path path = std::filesystem::path(folder).lexically_normal();
    run.name = (path.has_filename() ? path.filename() : path.parent_path().filename()).string();
    found.push_back(std::move(run));
  }
  return found;
}

// All runs in the folder and below it, or those that were named, one by one.
Result<std::vector<runs::RunSummary>> readWanted(const ViewOptions& options) {
  if (!options.histories.empty()) return readNamed(options.histories);
  const std::string& folder = options.files.at("--runs");
  const auto threads = hardware_threads();
  runs::RunIndex index;
  auto catalogue = runs::list_runs(folder, threads, {}, {}, &index);
  if (!catalogue) return catalogue.error();
  std::vector<runs::RunSummary> found = std::move(catalogue->runs);
  std::erase_if(found, [](const runs::RunSummary& run) { return !run.problem.empty(); });
  if (found.empty()) return input_error(folder, "has no run that can be read", "name a folder of runs");
  return found;
}

ShownFigure curvesOf(const RunsScene& scene, std::vector<runs::RunSummary> found) {
  const std::size_t all = found.size();
  if (found.size() > kRunLooks) found.resize(kRunLooks);
  std::vector<RunCurve> curves = RunCurveReader().read(found, {});
  std::vector<std::filesystem::path> drawn;
  for (std::size_t k = 0; k < curves.size(); ++k) {
    curves[k].look = static_cast<int>(k);
    drawn.push_back(curves[k].run.folder);
  }
  const QString note =
      all > kRunLooks
          ? QCoreApplication::translate("runs_export", "The first %1 of %2 runs").arg(kRunLooks).arg(all)
          : QString();
  return {.figure = runsFigure(scene, curves, note),
          .name = QString::fromLatin1(kRunsView),
          .view = toJson(scene, drawn)};
}

}  // namespace

std::vector<PageFile> runsPageFiles() {
  return {{.option = "--runs",
           .value = "FOLDER",
           .help = "every run in this folder and below it, of curves 30 at most; run-tree: which was forked "
                   "from which; or name several runs with --history."}};
}

Status checkRuns(const ViewOptions& options) {
  const bool below = options.files.contains("--runs"), named = !options.histories.empty();
  if (!options.history.empty() || below == named)
    return Error{.problem = "--view " + options.view + " requires either --runs FOLDER or --history RUN,RUN"};
  return {};
}

Result<ShownFigure> runsViewFigure(const ViewOptions& options) {
  auto wanted = readWanted(options);
  if (!wanted) return wanted.error();
  std::vector<runs::RunSummary> found = std::move(*wanted);
  const QString name = QString::fromStdString(options.view);
  if (options.view == kRunTreeView)
    return ShownFigure{.figure = runTreeFigure(found), .name = name, .view = runTreeView()};
  RunsScene scene;
  applyTyped(runsFields(), options.typed, scene);
  scene.log_y = options.log_y;
  if (options.view == kRunsView) return curvesOf(scene, std::move(found));
  std::vector<std::filesystem::path> compared;
  for (const runs::RunSummary& run : found) compared.push_back(run.folder);
  return ShownFigure{.figure = options.view == kRunsParallelView ? runsParallelFigure(found)
                                                                 : runsScatterFigure(scene, found),
                     .name = name,
                     .view = toJson(scene, compared, name)};
}

}  // namespace synann::ui
