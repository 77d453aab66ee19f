// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_export.h"

#include <algorithm>
#include <thread>

#include <QCoreApplication>

#include "ui/pages/runs/runs_reader.h"

namespace synann::ui {

std::vector<PageFile> runsPageFiles() {
  return {{.option = "--runs",
           .value = "FOLDER",
           .help = "runs: the curves of every run in this folder and below it, 30 at most."}};
}

Status checkRuns(const ViewOptions& options) {
  if (!options.history.empty())
    return Error{.problem = "--view runs is of several runs: name their folder with --runs, not --history"};
  if (!options.files.contains("--runs")) return Error{.problem = "--view runs requires --runs"};
  return {};
}

Result<ShownFigure> runsViewFigure(const ViewOptions& options) {
  const std::string& folder = options.files.at("--runs");
  const auto threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  auto catalogue = runs::list_runs(folder, threads);
  if (!catalogue) return catalogue.error();
  std::vector<runs::RunSummary> found = std::move(catalogue->runs);
  std::erase_if(found, [](const runs::RunSummary& run) { return !run.problem.empty(); });
  if (found.empty()) return input_error(folder, "has no run that can be read", "name a folder of runs");
  const std::size_t all = found.size();
  if (found.size() > kRunLooks) found.resize(kRunLooks);
  std::vector<RunCurve> curves = RunCurveReader().read(found, {});
  std::vector<std::filesystem::path> drawn;
  for (std::size_t k = 0; k < curves.size(); ++k) {
    curves[k].look = static_cast<int>(k);
    drawn.push_back(curves[k].run.folder);
  }
  RunsScene scene;
  applyTyped(runsFields(), options.typed, scene);
  scene.log_y = options.log_y;
  const QString note =
      all > kRunLooks
          ? QCoreApplication::translate("runs_export", "The first %1 of %2 runs").arg(kRunLooks).arg(all)
          : QString();
  return ShownFigure{.figure = runsFigure(scene, curves, note),
                     .name = QString::fromLatin1(kRunsView),
                     .view = toJson(scene, drawn)};
}

}  // namespace synann::ui
