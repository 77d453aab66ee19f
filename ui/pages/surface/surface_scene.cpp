// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_scene.h"

#include <algorithm>
#include <cmath>

#include "engine/core/version.h"
#include "ui/pages/synapses/synapse_view.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

double number(const QJsonObject& json, const char* key, double otherwise, double least, double most) {
  const double value = json.value(QLatin1String(key)).toDouble(otherwise);
  return std::isfinite(value) ? std::clamp(value, least, most) : otherwise;
}

}  // namespace

synapse::Synapse synapseOf(const train::SynapseFrame& frame, int unit, int cell) {
  const auto n = static_cast<std::size_t>(frame.n());
  const auto [row, column] = cellIn(frame, unit, cell);
  const auto i = static_cast<std::size_t>(row), j = static_cast<std::size_t>(column);
  return {static_cast<double>(frame.parameters.alpha[i]),
          static_cast<double>(frame.parameters.beta[i * n + j])};
}

synapse::Synapse synapseOf(const SurfaceScene& scene, const train::SynapseFrame* frame) {
  return scene.follow && frame != nullptr ? synapseOf(*frame, scene.unit, scene.cell) : scene.synapse;
}

QJsonObject toJson(const SurfaceScene& scene, const train::SynapseFrame* frame,
                   const std::filesystem::path& run) {
  QJsonObject json = frame != nullptr ? momentJson(*frame, run)
                                      : QJsonObject{{u"program"_s, u"synann-studio"_s},
                                                    {u"version"_s, QString::fromLatin1(kVersion)}};
  const synapse::Synapse s = synapseOf(scene, frame);
  json[u"view"_s] = u"surface"_s;
  json[u"figure"_s] = scene.figure;
  json[u"alpha"_s] = s.alpha;
  json[u"beta"_s] = s.beta;
  json[u"follow"_s] = scene.follow;
  json[u"unit"_s] = scene.unit;
  json[u"synapse"_s] = scene.cell;
  json[u"function"_s] = kSurfaceShown[static_cast<int>(scene.shown)];
  json[u"x"_s] = scene.x;
  json[u"y"_s] = scene.y;
  json[u"share"_s] = scene.share;
  json[u"axes"_s] = scene.data_range ? u"data"_s : u"unit"_s;
  json[u"points"_s] = scene.points;
  json[u"lines"_s] = scene.lines;
  json[u"contours"_s] = scene.style.contours;
  json[u"colors"_s] = colorMapId(scene.style.colors);
  json[u"temperature"_s] = scene.temperature;
  json[u"azimuth"_s] = scene.camera.azimuth;
  json[u"elevation"_s] = scene.camera.elevation;
  json[u"zoom"_s] = scene.camera.zoom;
  return json;
}

SurfaceScene surfaceSceneFromJson(const QJsonObject& json) {
  SurfaceScene scene;
  scene.synapse = {number(json, "alpha", 1, -kLargestEntry, kLargestEntry),
                   number(json, "beta", 0.5, -kLargestEntry, kLargestEntry)};
  scene.follow = json.value(u"follow"_s).toBool();
  scene.unit = std::max(0, json.value(u"unit"_s).toInt());
  scene.cell = std::max(0, json.value(u"synapse"_s).toInt());
  scene.shown = static_cast<SurfaceShown>(
      std::max<qsizetype>(0, kSurfaceShown.indexOf(json.value(u"function"_s).toString())));
  scene.x = number(json, "x", 0.5, 0, 1);
  scene.y = number(json, "y", 0.5, 0, 1);
  scene.share = number(json, "share", 0.1, 0.001, 1);
  scene.data_range = json.value(u"axes"_s).toString() == u"data"_s;
  scene.points = std::max(SurfaceScene::kNoClass, json.value(u"points"_s).toInt(SurfaceScene::kAllClasses));
  scene.lines = json.value(u"lines"_s).toBool();
  scene.style = {.colors = colorMapFromId(json.value(u"colors"_s).toString()),
                 .contours = json.value(u"contours"_s).toBool(true)};
  scene.temperature = number(json, "temperature", 1, 0.01, 100);
  const SurfaceCamera usual;
  scene.camera = limited({.azimuth = number(json, "azimuth", usual.azimuth, -360, 360),
                          .elevation = number(json, "elevation", usual.elevation, 0, 90),
                          .zoom = number(json, "zoom", 1, 0.1, 100)});
  const QString figure = json.value(u"figure"_s).toString();
  if (kSurfaceFigures.contains(figure)) scene.figure = figure;
  return scene;
}

}  // namespace synann::ui
