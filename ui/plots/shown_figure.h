// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include <QJsonObject>
#include <QSize>
#include <QString>

#include "engine/core/result.h"
#include "ui/plots/figure.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/figure_options.h"

namespace synann::ui {

// A figure as a page shows it or as the prompt asks for it, with what its file remembers. All that is
// previewed, copied and saved goes through it. Some figures are of the window's thread only.
struct ShownFigure {
  std::shared_ptr<const Figure> figure;  // never null
  QString name;                          // of its file, without extension: "loss"
  QJsonObject view{};                    // as FigureFile's
  QString settings{};                    // as FigureFile's
  QSize size{};                          // as it is seen, pixels of 1/96 inch; empty where it is not
  bool dark = false;                     // as it is seen
};

// The figure that the options mean: all of it where they say so.
std::shared_ptr<const Figure> figureOf(const ShownFigure& shown, const FigureOptions& options);
// What its file is to be like. An error where the size is out of range, which names the sides as given.
Result<FigureFile> fileOf(const ShownFigure& shown, const FigureOptions& options,
                          const std::string& width = "--width", const std::string& height = "--height");

// Writes it by the extension of `path`, as exportFigure() does.
Status saveFigure(const ShownFigure& shown, const FigureOptions& options, const std::filesystem::path& path);
// As large and as dark as it is seen.
Status saveAsSeen(const ShownFigure& shown, const std::filesystem::path& path);

}  // namespace synann::ui
