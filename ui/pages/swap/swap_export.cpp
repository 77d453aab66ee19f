// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/swap/swap_export.h"

#include "ui/pages/swap/swap_figures.h"
#include "ui/pages/swap/swap_files.h"

namespace synann::ui {

std::vector<PageFile> swapPageFiles() {
  return {{.option = "--pairs",
           .value = "FILE",
           .help = "pairs, pairs-bias: a CSV with both,case_only,control_only,neither or case,control."},
          {.option = "--series",
           .value = "FILE",
           .help = "sars: a CSV with day,exposures, or of two columns, instead of the six days."}};
}

Status checkSwap(const ViewOptions& options) {
  const auto typed = [&](const char* option) { return options.typed.contains(option); };
  const int sources = (typed("--counts") ? 1 : 0) + (typed("--example") ? 1 : 0) +
                      (options.files.contains("--pairs") ? 1 : 0);
  if (sources > 1) return Error{.problem = "--counts, --example and --pairs exclude each other"};
  if (!options.history.empty())
    return Error{.problem = "--view " + options.view + " is of no run: leave --history"};
  return {};
}

Result<ShownFigure> swapViewFigure(const ViewOptions& options) {
  SwapScene scene;
  applyTyped(swapFields(), options.typed, scene);
  if (options.typed.contains("--example")) takeExample(scene, scene.example);
  if (options.typed.contains("--counts")) scene.example = SwapScene::kOwnPairs;
  if (const auto file = options.files.find("--pairs"); file != options.files.end())
    if (auto opened = openPairs(QString::fromStdString(file->second), scene); !opened) return opened.error();
  if (const auto file = options.files.find("--series"); file != options.files.end())
    if (auto opened = openSeries(QString::fromStdString(file->second), scene); !opened) return opened.error();
  scene.figure = QString::fromStdString(options.view);
  QString why;
  const auto figure = figureOfSwap(scene, why);
  if (!figure) return input_error("--view " + options.view, why.toStdString());
  return ShownFigure{.figure = figure, .name = scene.figure, .view = toJson(scene)};
}

}  // namespace synann::ui
