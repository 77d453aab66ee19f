// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/shown_figure.h"

namespace synann::ui {

std::shared_ptr<const Figure> figureOf(const ShownFigure& shown, const FigureOptions& options) {
  const auto whole = options.whole ? shown.figure->whole() : nullptr;
  return whole ? whole : shown.figure;
}

Result<FigureFile> fileOf(const ShownFigure& shown, const FigureOptions& options, const std::string& width,
                          const std::string& height) {
  const auto size = sizeOf(options, width, height);
  if (!size) return size.error();
  FigureStyle style = shown.figure->shownStyle();
  style.legend = options.legend.value_or(style.legend);
  style.marks = options.marks.value_or(style.marks);
  style.line_width = options.line_width;
  FigureFile file{.width = size->laid_out.width(),
                  .height = size->laid_out.height(),
                  .pixels = size->pixels,
                  .dark = options.dark,
                  .view = shown.view,
                  .settings = shown.settings,
                  .font_size = options.font_size,
                  .style = style,
                  .title = options.title};
  if (options.whole) file.view.remove(QLatin1String("range"));  // of the part
  return file;
}

Status saveFigure(const ShownFigure& shown, const FigureOptions& options, const std::filesystem::path& path) {
  const auto file = fileOf(shown, options);
  if (!file) return file.error();
  return exportFigure(*figureOf(shown, options), path, *file);
}

Status saveAsSeen(const ShownFigure& shown, const std::filesystem::path& path) {
  return saveFigure(shown, presetOptions(FigurePreset::AsShown, shown.size, shown.dark), path);
}

}  // namespace synann::ui
