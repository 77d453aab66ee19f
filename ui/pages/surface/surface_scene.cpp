// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_scene.h"

#include <QCoreApplication>

#include "engine/core/version.h"
#include "ui/pages/color_field.h"
#include "ui/pages/synapses/synapse_view.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

struct SceneWords {
  Q_DECLARE_TR_FUNCTIONS(surface_scene)
};

Field<SurfaceScene> unitOf(FieldInfo info) {
  info.kind = FieldKind::Whole;
  info.most = kMostIndex;
  info.option = "--cell";
  return info.id == "unit" ? fieldOf<SurfaceScene, &SurfaceScene::cell, &synapse::Cell::i>(info)
                           : fieldOf<SurfaceScene, &SurfaceScene::cell, &synapse::Cell::j>(info);
}

// α, β and the cell.
void addSynapseFields(FieldTable<SurfaceScene>& table) {
  FieldInfo alpha{.id = "alpha",
                  .label = SceneWords::tr("α"),
                  .help = SceneWords::tr("Scales the excitation; moving it stops following the cell"),
                  .least = -kLargestEntry,
                  .most = kLargestEntry,
                  .fallback = 1,
                  .slider = {{0, 2}},
                  .option = "--alpha",
                  .option_help = "Scales the excitation; 1 unless told otherwise."};
  FieldInfo beta = alpha;
  beta.id = "beta";
  beta.label = SceneWords::tr("β");
  beta.help = SceneWords::tr(
      "Scales the inhibition; below 0 the inhibitor amplifies. Moving it stops following the cell");
  beta.fallback = 0.5;
  beta.slider = {{-1, 2}};
  beta.option = "--beta";
  beta.option_help = "Scales the inhibition; 0.5 unless told otherwise.";
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::follow>(FieldInfo{
      .id = "follow",
      .label = SceneWords::tr("Follow the cell"),
      .help = SceneWords::tr("α and β of the selected cell of the run, as it trains or at the step of the "
                             "time line; off: free"),
      .kind = FieldKind::Switch}));
  table.push_back(
      unitOf({.id = "unit",
              .label = SceneWords::tr("Unit i"),
              .help = SceneWords::tr("The unit i of the selected cell: its x is excited"),
              .prefix = SceneWords::tr("i "),
              .value = "I,J",
              .option_help =
                  "Unit i and synapse j of the run: α, β and data of a surface, or what --picture shows."}));
  table.push_back(unitOf({.id = "synapse",
                          .label = SceneWords::tr("Synapse j"),
                          .help = SceneWords::tr("The synapse j of the selected cell: its x inhibits"),
                          .prefix = SceneWords::tr("j ")}));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::synapse, &synapse::Synapse::alpha>(alpha));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::synapse, &synapse::Synapse::beta>(beta));
}

// What stands over the plane, and where it is cut.
void addPlaneFields(FieldTable<SurfaceScene>& table) {
  FieldInfo x{
      .id = "x",
      .label = SceneWords::tr("Chosen x"),
      .help = SceneWords::tr("The exciting input at which the sections cut"),
      .fallback = 0.5,
      .slider = {{0, 1}},
      .option = "--at",
      .value = "X,Y",
      .option_help = "The point x,y at which the sections cut, 0 to 1; 0.5,0.5 unless told otherwise."};
  FieldInfo y = x;
  y.id = "y";
  y.label = SceneWords::tr("Chosen y");
  y.help = SceneWords::tr("The inhibiting input at which the sections cut");
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::x>(x));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::y>(y));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::shown>(FieldInfo{
      .id = "function",
      .label = SceneWords::tr("Show"),
      .help = SceneWords::tr(
          "S itself, how strongly data can move β, the same in surprisal space, or where they cannot"),
      .kind = FieldKind::Word,
      .words = {{kSurfaceShown[0], SceneWords::tr("S")},
                {kSurfaceShown[1], SceneWords::tr("∂S/∂β")},
                {kSurfaceShown[2], SceneWords::tr("−log S (surprisal)")},
                {kSurfaceShown[3], SceneWords::tr("S, flat region grey")}},
      .option = "--function",
      .option_help = "value (S, the default), slope (∂S/∂β), surprisal (−log S), flat."}));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::share>(FieldInfo{
      .id = "share",
      .label = SceneWords::tr("Flat below, in percent"),
      .help =
          SceneWords::tr("Flat: where |∂S/∂β| is below this share of its largest, data can hardly teach β"),
      .least = 0.001,
      .most = 1,
      .fallback = 0.1,
      .step = 0.01,
      .factor = 100,
      .suffix = SceneWords::tr(" %"),
      .option = "--flat",
      .option_help = "Flat region: below this share of the largest |∂S/∂β|, in percent, 0.1 to 100; 10 "
                     "unless told otherwise."}));
}

// Orbits, and the line along which log S is looked at.
void addTheoryFields(FieldTable<SurfaceScene>& table) {
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::iterates>(
      FieldInfo{.id = "iterates",
                .label = SceneWords::tr("Iterates"),
                .help = SceneWords::tr("How often 1 − x and its conjugate are applied"),
                .kind = FieldKind::Whole,
                .least = 1,
                .most = 200,
                .fallback = 20,
                .option = "--iterates",
                .option_help = "iterates: how many, 1 to 200; 20 unless told otherwise."}));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::orbit>(FieldInfo{
      .id = "orbit",
      .label = SceneWords::tr("Start of the iterates"),
      .help = SceneWords::tr("The x that they begin with; at 0.5, the fixed point, 1 − x stands still"),
      .least = 0.001,
      .most = 0.999,
      .fallback = 0.2,
      .step = 0.05,
      .option = "--iterate-from",
      .option_help = "iterates: the first x, 0.001 to 0.999; 0.2 unless told otherwise."}));
  FieldInfo end{
      .id = "from_x",
      .label = SceneWords::tr("Line from x"),
      .help = SceneWords::tr("Where the line for log S begins: its x"),
      .fallback = 0.1,
      .step = 0.05,
      .option = "--line",
      .value = "X,Y,X,Y",
      .option_help = "log-line: both ends of the line, 0 to 1; 0.1,0.9,0.9,0.1 unless told otherwise."};
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::from, &synapse::Place::x>(end));
  end.id = "from_y";
  end.label = SceneWords::tr("Line from y");
  end.help = SceneWords::tr("Where the line for log S begins: its y");
  end.fallback = 0.9;
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::from, &synapse::Place::y>(end));
  end.id = "to_x";
  end.label = SceneWords::tr("Line to x");
  end.help = SceneWords::tr("Where the line for log S ends: its x");
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::to, &synapse::Place::x>(end));
  end.id = "to_y";
  end.label = SceneWords::tr("Line to y");
  end.help = SceneWords::tr("Where the line for log S ends: its y");
  end.fallback = 0.1;
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::to, &synapse::Place::y>(end));
}

// How it looks.
void addLookFields(FieldTable<SurfaceScene>& table) {
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::data_range>(FieldInfo{
      .id = "axes",
      .label = SceneWords::tr("Axes"),
      .help = SceneWords::tr("The whole domain of x and y, or as far as the inputs of the data reach"),
      .kind = FieldKind::Word,
      .words = {{u"unit"_s, SceneWords::tr("unit square")}, {u"data"_s, SceneWords::tr("data range")}},
      .option = "--unit-square",
      .named = 0,
      .bare = true,
      .option_help = "Surface of a cell: not only where its data are."}));
  table.push_back(
      fieldOf<SurfaceScene, &SurfaceScene::points>(FieldInfo{.id = "points",
                                                             .kind = FieldKind::Whole,
                                                             .least = SurfaceScene::kNoClass,
                                                             .most = kMostIndex,
                                                             .fallback = SurfaceScene::kAllClasses,
                                                             .plain = false}));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::lines>(FieldInfo{
      .id = "lines",
      .label = SceneWords::tr("Lines"),
      .help =
          SceneWords::tr("Where the function has a simple form: y = 0, x = 1, y = 1, y = x, β = 0, the pole"),
      .kind = FieldKind::Switch,
      .option = "--special-lines",
      .option_help = "Names the lines where S has a simple form."}));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::style, &SurfaceStyle::contours>(
      FieldInfo{.id = "contours",
                .label = SceneWords::tr("Contours"),
                .help = SceneWords::tr("Level curves on the floor: branches of hyperbolas"),
                .kind = FieldKind::Switch,
                .fallback = 1}));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::style, &SurfaceStyle::colors>(colorField(
      SceneWords::tr("Of the height; automatic is blue–orange where it lies on both sides of 0"))));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::temperature>(
      FieldInfo{.id = "temperature",
                .label = SceneWords::tr("Temperature T"),
                .help = SceneWords::tr("Of the Bose–Einstein curve; the theory's is 1"),
                .least = 0.01,
                .most = 100,
                .fallback = 1,
                .step = 0.1,
                .option = "--temperature",
                .option_help = "bose-einstein: T, 0.01 to 100; 1 unless told otherwise."}));
  addTheoryFields(table);
  const SurfaceCamera usual;
  const auto camera = [](const char* id, double least, double most, double fallback) {
    return FieldInfo{.id = id, .least = least, .most = most, .fallback = fallback, .plain = false};
  };
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::camera, &SurfaceCamera::azimuth>(
      camera("azimuth", -360, 360, usual.azimuth)));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::camera, &SurfaceCamera::elevation>(
      camera("elevation", 0, 90, usual.elevation)));
  table.push_back(fieldOf<SurfaceScene, &SurfaceScene::camera, &SurfaceCamera::zoom>(
      camera("zoom", 0.1, 100, usual.zoom)));
}

}  // namespace

const FieldTable<SurfaceScene>& surfaceFields() {
  static const FieldTable<SurfaceScene> table = [] {
    FieldTable<SurfaceScene> fields;
    addSynapseFields(fields);
    addPlaneFields(fields);
    addLookFields(fields);
    return fields;
  }();
  return table;
}

synapse::Synapse synapseOf(const train::SynapseFrame& frame, const synapse::Cell& cell) {
  const auto n = static_cast<std::size_t>(frame.n());
  const auto [row, column] = cellIn(frame, cell);
  const auto i = static_cast<std::size_t>(row), j = static_cast<std::size_t>(column);
  return {static_cast<double>(frame.parameters.alpha[i]),
          static_cast<double>(frame.parameters.beta[i * n + j])};
}

synapse::Synapse synapseOf(const SurfaceScene& scene, const train::SynapseFrame* frame) {
  return scene.follow && frame != nullptr ? synapseOf(*frame, scene.cell) : scene.synapse;
}

QJsonObject toJson(const SurfaceScene& scene, const train::SynapseFrame* frame,
                   const std::filesystem::path& run) {
  QJsonObject json = frame != nullptr ? momentJson(*frame, run)
                                      : QJsonObject{{u"program"_s, u"synann-studio"_s},
                                                    {u"version"_s, QString::fromLatin1(kVersion)}};
  json[u"view"_s] = u"surface"_s;
  json[u"figure"_s] = scene.figure;
  SurfaceScene shown = scene;
  shown.synapse = synapseOf(scene, frame);
  writeFields(surfaceFields(), shown, json);
  return json;
}

SurfaceScene surfaceSceneFromJson(const QJsonObject& json) {
  SurfaceScene scene;
  readFields(surfaceFields(), json, scene);
  scene.camera = limited(scene.camera);
  const QString figure = json.value(u"figure"_s).toString();
  if (kSurfaceFigures.contains(figure)) scene.figure = figure;
  return scene;
}

}  // namespace synann::ui
