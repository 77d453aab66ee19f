// SPDX-License-Identifier: GPL-3.0-or-later
// What the Surface page hands to files, and takes back from them.
#include <QEvent>
#include <QSignalBlocker>
#include <QTabWidget>

#include "ui/pages/surface/surface_page.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/surface_view.h"

namespace synann::ui {

bool SurfacePage::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusIn) {
    last_figure_ = qobject_cast<QWidget*>(watched);
    showTable();
  }
  return Page::eventFilter(watched, event);
}

QJsonObject SurfacePage::view() const {
  SurfaceScene scene = scene_;
  scene.figure = figureName();
  return toJson(scene, shownFrame(), source_.run());
}

Status SurfacePage::exportFigure(const QString& path) {
  const auto figure = currentFigure();
  if (!figure)
    return input_error(path.toStdString(), "this synapse has no surface",
                       "choose finite numbers for α and β");
  const QWidget* shown = surface_;
  if (last_figure_ && figure != surface_->figure()) shown = last_figure_;
  return synann::ui::exportFigure(*figure, path.toStdString(),
                                  {.width = std::max(480, shown->width()),
                                   .height = std::max(360, shown->height() + 24),
                                   .dark = isDarkLook(FigureLook::fromPalette(palette())),
                                   .view = view()});
}

Status SurfacePage::restoreView(const QJsonObject& json) {
  const SurfaceScene scene = surfaceSceneFromJson(json);
  Selection& selection = source_.selection();
  if (const QString layer = json.value(QLatin1String("layer")).toString(); !layer.isEmpty())
    selection.setLayer(layer);
  scene_ = scene;
  selection.setCell(scene.unit, scene.cell);
  if (json.contains(QLatin1String("step"))) selection.setStep(json.value(QLatin1String("step")).toInteger());
  {
    const QSignalBlocker quiet(surface_);
    surface_->setCamera(scene.camera);
  }
  const auto at = kSurfaceFigures.indexOf(scene.figure);
  tabs_->setCurrentIndex(at < 3 ? 0 : static_cast<int>(at) - 2);
  const QList<QWidget*> views = {surface_, section_x_, section_y_, bose_, data_};
  last_figure_ = views[at];
  showScene();
  return {};
}

}  // namespace synann::ui
