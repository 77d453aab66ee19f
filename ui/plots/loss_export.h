// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include <QByteArray>
#include <QSize>
#include <QString>

#include "engine/core/result.h"
#include "ui/plots/loss_viewport.h"

namespace synann::ui {

// How a loss figure is exported; sizes in pixels of 1/96 inch.
struct LossFigureOptions {
  int width = 960;
  int height = 600;
  QSize pixels{};  // of a PNG; twice the size where there is none
  bool dark = false;
  bool logY = false;
  std::optional<LossRange> range;  // all of the curve when absent
  QString title;                   // kept in the file: SVG <title>, PNG text, PDF title
  QString settings;                // kept in the file: SVG <desc>, PNG text, PDF title
};

// Writes the figure to `path`: .png, .svg or .pdf by its extension, or .csv with every point. Needs a
// QApplication but neither a window nor a display (platform "offscreen"). The file appears whole or not at
// all.
Status exportLossFigure(const LossCurve& curve, const std::filesystem::path& path,
                        const LossFigureOptions& options = {});

// series,epoch,examples,loss,accuracy,setting in full resolution, a line for each change of a setting among
// them; numbers as short as they can be and still read back exactly, with a point whatever the locale.
QByteArray lossCsv(const LossCurve& curve);

}  // namespace synann::ui
