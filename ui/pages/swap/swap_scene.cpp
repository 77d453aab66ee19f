// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/swap/swap_scene.h"

#include <cmath>

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include "engine/core/version.h"
#include "engine/synapse/least_squares.h"
#include "ui/pages/color_field.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr double kLargestSwapEntry = 1e6;  // of the α and β that a person may enter
constexpr double kMostKeptPoints = 2000;   // of a series in a figure's file
constexpr int kMostShownSteps = 100'000, kMostDaysAhead = 1000;

struct SwapSceneWords {
  Q_DECLARE_TR_FUNCTIONS(swap_scene)
};

// x, y, α and β.
void addSwapNumbers(FieldTable<SwapScene>& table) {
  FieldInfo x{.id = "x",
              .label = SwapSceneWords::tr("x"),
              .help = SwapSceneWords::tr("The one probability: exciting in S(x, y), inhibiting in S(y, x)"),
              .fallback = 0.6,
              .slider = {{0, 1}},
              .option = "--at",
              .value = "X,Y",
              .option_help = "The chosen point x,y, 0 to 1."};
  FieldInfo y = x;
  y.id = "y";
  y.label = SwapSceneWords::tr("y");
  y.help = SwapSceneWords::tr("The other probability: inhibiting in S(x, y), exciting in S(y, x)");
  y.fallback = 0.3;
  FieldInfo alpha{.id = "alpha",
                  .label = SwapSceneWords::tr("α"),
                  .help = SwapSceneWords::tr("Scales the excitation; it cancels in the swap ratio"),
                  .least = -kLargestSwapEntry,
                  .most = kLargestSwapEntry,
                  .fallback = 1,
                  .slider = {{0, 2}},
                  .option = "--alpha",
                  .option_help = "Scales the excitation."};
  FieldInfo beta = alpha;
  beta.id = "beta";
  beta.label = SwapSceneWords::tr("β");
  beta.help = SwapSceneWords::tr(
      "Scales the inhibition: with 1 the swap ratio is the odds ratio of x and y, below 1 the effect is "
      "imperfect");
  beta.slider = {{0, 1}};
  beta.option = "--beta";
  beta.option_help = "Scales the inhibition.";
  table.push_back(fieldOf<SwapScene, &SwapScene::x>(x));
  table.push_back(fieldOf<SwapScene, &SwapScene::y>(y));
  table.push_back(fieldOf<SwapScene, &SwapScene::synapse, &synapse::Synapse::alpha>(alpha));
  table.push_back(fieldOf<SwapScene, &SwapScene::synapse, &synapse::Synapse::beta>(beta));
}

// What stands over the plane, and how.
void addMapFields(FieldTable<SwapScene>& table) {
  table.push_back(fieldOf<SwapScene, &SwapScene::quantity>(FieldInfo{
      .id = "quantity",
      .label = SwapSceneWords::tr("Show"),
      .help = SwapSceneWords::tr("What the map and the section show over x and y"),
      .kind = FieldKind::Word,
      .fallback = 3,
      .words = {{u"forward"_s, QStringLiteral("S(x, y)")},
                {u"backward"_s, QStringLiteral("S(y, x)")},
                {u"ratio"_s, SwapSceneWords::tr("swap ratio S(x, y)/S(y, x)")},
                {u"log-ratio"_s, SwapSceneWords::tr("log of the swap ratio")},
                {u"difference"_s, SwapSceneWords::tr("difference α (x − y)")},
                {u"preference"_s, SwapSceneWords::tr("preference for x")}},
      .option = "--quantity",
      .option_help = "swap, swap-section: forward, backward, ratio, log-ratio (the default), difference, "
                     "preference."}));
  table.push_back(fieldOf<SwapScene, &SwapScene::along>(FieldInfo{
      .id = "along",
      .label = SwapSceneWords::tr("Section along"),
      .help = SwapSceneWords::tr("Which input the section runs along; the other one is held"),
      .kind = FieldKind::Word,
      .words = {{u"x"_s, SwapSceneWords::tr("x, y held")}, {u"y"_s, SwapSceneWords::tr("y, x held")}},
      .option = "--along",
      .option_help = "swap-section: x (the default) or y."}));
  table.push_back(fieldOf<SwapScene, &SwapScene::lines>(
      FieldInfo{.id = "lines",
                .label = SwapSceneWords::tr("Iso-lines"),
                .help = SwapSceneWords::tr("Lines on which the quantity is the same, with its value"),
                .kind = FieldKind::Switch,
                .fallback = 1,
                .option = "--no-iso-lines",
                .named = 0,
                .option_help = "swap: colours alone."}));
  table.push_back(fieldOf<SwapScene, &SwapScene::colors>(colorField(
      SwapSceneWords::tr("Of the map; automatic is blue–orange where it lies on both sides of 0"))));
}

// The four counts of a table of matched pairs, as one option.
void addCounts(FieldTable<SwapScene>& table) {
  FieldInfo both{.id = "both",
                 .label = SwapSceneWords::tr("Both exposed"),
                 .help = SwapSceneWords::tr("Pairs in which case and control were exposed"),
                 .kind = FieldKind::Whole,
                 .most = static_cast<double>(synapse::kMostPairs),
                 .fallback = 21,
                 .option = "--counts",
                 .value = "BOTH,CASE,CONTROL,NEITHER",
                 .option_help = "pairs: how many pairs of each kind; instead of --pairs and --example."};
  FieldInfo only = both;
  only.id = "case_only";
  only.label = SwapSceneWords::tr("Case only");
  only.help = SwapSceneWords::tr("Discordant pairs in which the case alone was exposed: b");
  only.fallback = 34;
  FieldInfo other = both;
  other.id = "control_only";
  other.label = SwapSceneWords::tr("Control only");
  other.help = SwapSceneWords::tr("Discordant pairs in which the control alone was exposed: c");
  other.fallback = 14;
  FieldInfo neither = both;
  neither.id = "neither";
  neither.label = SwapSceneWords::tr("Neither exposed");
  neither.help = SwapSceneWords::tr("Pairs in which neither case nor control was exposed");
  neither.fallback = 131;
  using Counts = synapse::PairCounts;
  table.push_back(fieldOf<SwapScene, &SwapScene::counts, &Counts::both>(both));
  table.push_back(fieldOf<SwapScene, &SwapScene::counts, &Counts::case_only>(only));
  table.push_back(fieldOf<SwapScene, &SwapScene::counts, &Counts::control_only>(other));
  table.push_back(fieldOf<SwapScene, &SwapScene::counts, &Counts::neither>(neither));
}

void addPairsFields(FieldTable<SwapScene>& table) {
  FieldInfo example{
      .id = "example",
      .label = SwapSceneWords::tr("Example"),
      .help = SwapSceneWords::tr("A worked example with invented numbers"),
      .kind = FieldKind::Word,
      .fallback = 1,
      .words = {{u"own"_s, SwapSceneWords::tr("own numbers")}},
      .plain = false,
      .option = "--example",
      .option_help = "pairs: an example with invented numbers; health-care unless told otherwise."};
  for (const synapse::PairsExample& e : synapse::pairs_examples())
    example.words.push_back({QString::fromUtf8(e.id.data(), static_cast<qsizetype>(e.id.size())),
                             QString::fromUtf8(e.title.data(), static_cast<qsizetype>(e.title.size()))});
  table.push_back(fieldOf<SwapScene, &SwapScene::example>(example));
  addCounts(table);
  table.push_back(fieldOf<SwapScene, &SwapScene::confidence>(FieldInfo{
      .id = "confidence",
      .label = SwapSceneWords::tr("Confidence, in percent"),
      .help = SwapSceneWords::tr("Of both intervals of the matched odds ratio"),
      .least = 0.5,
      .most = 0.999,
      .fallback = 0.95,
      .step = 0.01,
      .factor = 100,
      .suffix = SwapSceneWords::tr(" %"),
      .option = "--confidence",
      .option_help = "pairs: of the intervals, in percent, 50 to 99.9; 95 unless told otherwise."}));
  table.push_back(fieldOf<SwapScene, &SwapScene::effect>(FieldInfo{
      .id = "effect",
      .label = SwapSceneWords::tr("Effect β"),
      .help = SwapSceneWords::tr("In which share of those it reached an exposure shows: below 1 the "
                                 "measured ratio is not the crude odds ratio"),
      .fallback = 0.7,
      .step = 0.05,
      .slider = {{0, 1}},
      .option = "--effect",
      .option_help = "pairs, pairs-bias: β of an imperfect effect, 0 to 1; 0.7 unless told otherwise."}));
}

void addSarsFields(FieldTable<SwapScene>& table) {
  table.push_back(fieldOf<SwapScene, &SwapScene::steps>(FieldInfo{
      .id = "steps",
      .label = SwapSceneWords::tr("Steps of Adam"),
      .help = SwapSceneWords::tr("How long Adam trains the unit; the original script takes 3,000 steps"),
      .kind = FieldKind::Whole,
      .most = kMostShownSteps,
      .fallback = 3000,
      .step = 100,
      .option = "--adam-steps",
      .option_help = "sars: steps of Adam; 3000 unless told otherwise."}));
  table.push_back(fieldOf<SwapScene, &SwapScene::start>(
      FieldInfo{.id = "start",
                .label = SwapSceneWords::tr("Weight at the start"),
                .help = SwapSceneWords::tr("Keras draws it from −1.73 to 1.73; the bias starts at 0"),
                .least = -100,
                .most = 100,
                .step = 0.1,
                .option = "--start-weight",
                .option_help = "sars: the weight that Adam starts with; 0 unless told otherwise."}));
  table.push_back(fieldOf<SwapScene, &SwapScene::ahead>(
      FieldInfo{.id = "ahead",
                .label = SwapSceneWords::tr("Days ahead"),
                .help = SwapSceneWords::tr("How far the line is extrapolated beyond the last day"),
                .kind = FieldKind::Whole,
                .least = 1,
                .most = kMostDaysAhead,
                .fallback = 1,
                .option = "--ahead",
                .option_help = "sars: days beyond the last one; 1 unless told otherwise."}));
}

QJsonArray arrayOf(const std::vector<double>& values) {
  QJsonArray array;
  for (const double value : values) array.append(value);
  return array;
}

// Numbers that a line can be fitted to; else the series that was there stays.
void readSeries(const QJsonObject& json, SwapScene& scene) {
  synapse::Series series{.x_name = json.value(u"x_name"_s).toString(u"x"_s).toStdString(),
                         .y_name = json.value(u"y_name"_s).toString(u"y"_s).toStdString(),
                         .x = {},
                         .y = {}};
  const QJsonArray x = json.value(u"days"_s).toArray(), y = json.value(u"values"_s).toArray();
  for (const QJsonValue& value : x) series.x.push_back(value.toDouble(std::nan("")));
  for (const QJsonValue& value : y) series.y.push_back(value.toDouble(std::nan("")));
  if (!std::is_sorted(series.x.begin(), series.x.end())) return;
  if (series.x.size() < 3 || !synapse::fit_line(series.x, series.y)) return;
  scene.series = std::move(series);
  scene.series_source = json.value(u"series_source"_s).toString();
}

}  // namespace

const FieldTable<SwapScene>& swapFields() {
  static const FieldTable<SwapScene> table = [] {
    FieldTable<SwapScene> fields;
    addSwapNumbers(fields);
    addMapFields(fields);
    addPairsFields(fields);
    addSarsFields(fields);
    return fields;
  }();
  return table;
}

void takeExample(SwapScene& scene, int example) {
  const auto examples = synapse::pairs_examples();
  scene.example = example;
  scene.source.clear();
  if (example > 0 && example <= static_cast<int>(examples.size()))
    scene.counts = examples[static_cast<std::size_t>(example) - 1].counts;
}

const synapse::PairsExample* exampleOf(const SwapScene& scene) {
  const auto examples = synapse::pairs_examples();
  if (scene.example <= 0 || scene.example > static_cast<int>(examples.size())) return nullptr;
  const synapse::PairsExample& example = examples[static_cast<std::size_t>(scene.example) - 1];
  return example.counts == scene.counts ? &example : nullptr;
}

QJsonObject toJson(const SwapScene& scene) {
  QJsonObject json{{u"program"_s, u"synann-studio"_s},
                   {u"version"_s, QString::fromLatin1(kVersion)},
                   {u"view"_s, u"swap"_s},
                   {u"figure"_s, scene.figure}};
  SwapScene shown = scene;
  if (exampleOf(scene) == nullptr) shown.example = SwapScene::kOwnPairs;
  writeFields(swapFields(), shown, json);
  if (!scene.source.isEmpty()) json[u"source"_s] = scene.source;
  const bool own = !scene.series_source.isEmpty();
  if (own && static_cast<double>(scene.series.x.size()) <= kMostKeptPoints) {
    json[u"series_source"_s] = scene.series_source;
    json[u"x_name"_s] = QString::fromStdString(scene.series.x_name);
    json[u"y_name"_s] = QString::fromStdString(scene.series.y_name);
    json[u"days"_s] = arrayOf(scene.series.x);
    json[u"values"_s] = arrayOf(scene.series.y);
  }
  return json;
}

SwapScene swapSceneFromJson(const QJsonObject& json) {
  SwapScene scene;
  readFields(swapFields(), json, scene);
  scene.source = json.value(u"source"_s).toString();
  if (exampleOf(scene) == nullptr) scene.example = SwapScene::kOwnPairs;
  if (json.contains(u"days"_s)) readSeries(json, scene);
  const QString figure = json.value(u"figure"_s).toString();
  if (kSwapFigures.contains(figure)) scene.figure = figure;
  return scene;
}

QVariantMap keptScene(const SwapScene& scene) {
  return {{u"view"_s, QString::fromUtf8(QJsonDocument(toJson(scene)).toJson(QJsonDocument::Compact))},
          {u"series_path"_s, scene.series_path}};
}

std::optional<SwapScene> sceneKept(const QVariantMap& kept) {
  const auto json = QJsonDocument::fromJson(kept.value(u"view"_s).toString().toUtf8());
  if (!json.isObject()) return std::nullopt;
  SwapScene scene = swapSceneFromJson(json.object());
  const QString path = kept.value(u"series_path"_s).toString();
  if (path.isEmpty()) return scene;
  if (scene.series_source.isEmpty()) {
    auto series = synapse::read_series(path.toStdString());
    if (!series) return scene;
    scene.series = std::move(*series);
    scene.series_source = QFileInfo(path).fileName();
  }
  scene.series_path = path;
  return scene;
}

}  // namespace synann::ui
