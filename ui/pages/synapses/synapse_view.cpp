// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/synapse_view.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <nlohmann/json.hpp>

#include "engine/core/version.h"
#include "engine/train/event_json.h"
#include "engine/train/history.h"
#include "ui/pages/color_field.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr double kLargestBound = 1e6;  // of a fixed scale

struct ViewWords {
  Q_DECLARE_TR_FUNCTIONS(synapse_view)
};

// The cell, the image and the classes.
void addSelectionFields(FieldTable<SynapseView>& table) {
  const auto index = [](const char* id, const char* option, const char* help) {
    return FieldInfo{.id = id,
                     .kind = FieldKind::Whole,
                     .most = kMostIndex,
                     .plain = false,
                     .option = option,
                     .option_help = help};
  };
  table.push_back(fieldOf<SynapseView, &SynapseView::cell, &synapse::Cell::i>(
      index("unit", "--unit", "Unit i: row, waterfall, proof.")));
  table.push_back(fieldOf<SynapseView, &SynapseView::cell, &synapse::Cell::j>(
      index("synapse", "--synapse", "Synapse j: column, proof.")));
  FieldInfo image = index("image", "--image", "The test image whose inputs are used.");
  image.label = ViewWords::tr("Test image");
  image.help =
      ViewWords::tr("The image of the test set whose inputs x the lens, the waterfall and the proof use");
  FieldInfo a = index("class_a", "--classes", "The class of class-mean; both of class-difference.");
  a.label = ViewWords::tr("Class");
  a.help = ViewWords::tr("The class whose mean is shown");
  a.value = "A,B";
  a.shared = true;
  FieldInfo b = index("class_b", "--classes", "");
  b.label = ViewWords::tr("Class to subtract");
  b.help = ViewWords::tr("The class that is subtracted");
  b.fallback = 1;
  for (FieldInfo* info : {&image, &a, &b}) info->plain = true;
  table.push_back(fieldOf<SynapseView, &SynapseView::query, &train::SynapseQuery::image>(image));
  table.push_back(fieldOf<SynapseView, &SynapseView::query, &train::SynapseQuery::class_a>(a));
  table.push_back(fieldOf<SynapseView, &SynapseView::query, &train::SynapseQuery::class_b>(b));
}

void addMatrixFields(FieldTable<SynapseView>& table) {
  table.push_back(fieldOf<SynapseView, &SynapseView::query, &train::SynapseQuery::lens>(FieldInfo{
      .id = "lens",
      .label = ViewWords::tr("Show"),
      .help = ViewWords::tr("β as it is, or what it inhibits: β times the layer's input x for one image, on "
                            "average over a class, or for one class minus another"),
      .kind = FieldKind::Word,
      .words = {{u"beta"_s, ViewWords::tr("β")},
                {u"image"_s, ViewWords::tr("βx of the image")},
                {u"class-mean"_s, ViewWords::tr("mean βx of a class")},
                {u"class-difference"_s, ViewWords::tr("βx, class − class")}},
      .option = "--lens",
      .option_help = "beta, the default, or βx: image, class-mean, class-difference."}));
  FieldInfo rows{
      .id = "rows",
      .label = ViewWords::tr("Order of the rows"),
      .help = ViewWords::tr("By norm: the largest row first. By similarity: each row beside the one most "
                            "like it. Found once, then kept while time goes on"),
      .kind = FieldKind::Word,
      .words = {{u"natural"_s, ViewWords::tr("as they are")},
                {u"norm"_s, ViewWords::tr("by norm")},
                {u"similarity"_s, ViewWords::tr("by similarity")}}};
  FieldInfo columns = rows;
  columns.id = "columns";
  columns.label = ViewWords::tr("Order of the columns");
  columns.help = ViewWords::tr("The same for the columns");
  table.push_back(fieldOf<SynapseView, &SynapseView::query, &train::SynapseQuery::row_order>(rows));
  table.push_back(fieldOf<SynapseView, &SynapseView::query, &train::SynapseQuery::column_order>(columns));
  table.push_back(fieldOf<SynapseView, &SynapseView::query, &train::SynapseQuery::gradient>(
      FieldInfo{.id = "gradient",
                .label = ViewWords::tr("Gradient"),
                .help = ViewWords::tr("Also compute ∂loss/∂β over 20 images of each class, for the read-out"),
                .kind = FieldKind::Switch}));
}

void addListFields(FieldTable<SynapseView>& table) {
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::pictures>(
      FieldInfo{.id = "pictures",
                .label = ViewWords::tr("As pictures"),
                .help = ViewWords::tr("Row and column over the pixels as pictures instead of curves"),
                .kind = FieldKind::Switch,
                .option = "--pixels",
                .option_help = "row, column: as a picture, where the layer's inputs are pixels."}));
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::strongest>(
      FieldInfo{.id = "strongest",
                .label = ViewWords::tr("Cells"),
                .help = ViewWords::tr("How many cells the list of the strongest has"),
                .kind = FieldKind::Whole,
                .least = 1,
                .most = 1000,
                .fallback = 10,
                .option = "--strongest",
                .option_help = "strongest: so many cells, 1 to 1000; 10 unless told otherwise."}));
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::order>(
      FieldInfo{.id = "sort",
                .label = ViewWords::tr("Sorted by"),
                .help = ViewWords::tr("Which cells are listed, and in which order"),
                .kind = FieldKind::Word,
                .words = {{u"magnitude"_s, ViewWords::tr("magnitude")},
                          {u"largest"_s, ViewWords::tr("largest first")},
                          {u"smallest"_s, ViewWords::tr("smallest first")},
                          {u"unit"_s, ViewWords::tr("magnitude, then unit i")},
                          {u"synapse"_s, ViewWords::tr("magnitude, then synapse j")}},
                .option = "--sort",
                .option_help = "strongest: magnitude (the default), largest, smallest; unit or synapse list "
                               "those of the largest magnitude in the order of i or j."}));
}

void addStyleFields(FieldTable<SynapseView>& table) {
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::colors>(colorField(
      ViewWords::tr("All maps are perceptually uniform and safe for the colour-blind; automatic is "
                    "blue–orange about 0 where β is negative"))));
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::scale>(FieldInfo{
      .id = "scale",
      .label = ViewWords::tr("Scale"),
      .help = ViewWords::tr("What the ends of the colours mean: this matrix, the same without the "
                            "2 % of the numbers at either end, every recorded step of the run, "
                            "or fixed numbers"),
      .kind = FieldKind::Word,
      .words = {{u"matrix"_s, ViewWords::tr("this matrix")},
                {u"robust"_s, ViewWords::tr("robust: 2 to 98 %")},
                {u"run"_s, ViewWords::tr("the whole run")},
                {u"fixed"_s, ViewWords::tr("fixed")}},
      .option = "--color-scale",
      .option_help = "What the ends of the colours are: matrix (the default), robust, run or fixed."}));
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::logarithmic>(FieldInfo{
      .id = "logarithmic",
      .label = ViewWords::tr("Log"),
      .help = ViewWords::tr("Colours by the logarithm, on both sides of 0: small numbers are told apart"),
      .kind = FieldKind::Switch,
      .option = "--log-colors",
      .option_help = "synapses: colours by the logarithm, on both sides of 0."}));
  FieldInfo least{.id = "least",
                  .label = ViewWords::tr("Least"),
                  .help = ViewWords::tr("The number at the lower end of a fixed scale"),
                  .least = -kLargestBound,
                  .most = kLargestBound,
                  .fallback = -1,
                  .step = 0.01,
                  .option = "--color-ends",
                  .value = "LEAST,MOST",
                  .option_help = "The ends of --color-scale fixed; -1,1 unless told otherwise."};
  FieldInfo most = least;
  most.id = "most";
  most.label = ViewWords::tr("Greatest");
  most.help = ViewWords::tr("The number at the upper end of a fixed scale");
  most.fallback = 1;
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::least>(least));
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::most>(most));
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::terms>(
      FieldInfo{.id = "terms",
                .label = ViewWords::tr("Terms"),
                .help = ViewWords::tr("How many inhibitions the waterfall lists; the rest is one bar"),
                .kind = FieldKind::Whole,
                .most = 100,
                .fallback = 12}));
  table.push_back(fieldOf<SynapseView, &SynapseView::style, &SynapseStyle::slope>(
      FieldInfo{.id = "slope",
                .label = ViewWords::tr("Check the derivative"),
                .help = ViewWords::tr("Compares ∂y/∂β of the chosen cell with a finite difference"),
                .kind = FieldKind::Switch}));
  addListFields(table);
}

}  // namespace

const FieldTable<SynapseView>& synapseFields() {
  static const FieldTable<SynapseView> table = [] {
    FieldTable<SynapseView> fields;
    addSelectionFields(fields);
    addMatrixFields(fields);
    addStyleFields(fields);
    return fields;
  }();
  return table;
}

QJsonObject momentJson(const train::SynapseFrame& frame, const std::filesystem::path& run) {
  // The record knows what the run began with; its history, what was in force at this step.
  const std::string settings =
      train::to_json(train::recorded_settings(run, frame.at.steps).value_or(frame.run.settings))
          .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return {{u"program"_s, u"synann-studio"_s},
          {u"version"_s, QString::fromLatin1(kVersion)},
          {u"run"_s, QString::fromStdString(run.string())},
          {u"step"_s, static_cast<qint64>(frame.at.steps)},
          {u"epoch"_s, frame.at.position.epoch},
          {u"layer"_s, QString::fromStdString(frame.layer.name)},
          {u"data_sha256"_s, QString::fromStdString(frame.run.data_sha256)},
          {u"seed"_s, static_cast<qint64>(frame.run.settings.seed)},
          {u"settings"_s, QJsonDocument::fromJson(QByteArray::fromStdString(settings)).object()}};
}

QJsonObject toJson(const SynapseView& view, const train::SynapseFrame& frame) {
  const train::SynapseQuery& q = view.query;
  QJsonObject json = momentJson(frame, q.run);
  json[u"view"_s] = u"synapses"_s;
  json[u"figure"_s] = view.figure;
  writeFields(synapseFields(), view, json);
  if (q.compare) {
    json[u"minus_run"_s] = QString::fromStdString(q.other_run.string());
    json[u"minus_step"_s] = q.other_steps == train::kLatestStep ? -1 : static_cast<qint64>(q.other_steps);
  }
  return json;
}

SynapseView synapseViewFromJson(const QJsonObject& json) {
  SynapseView view;
  train::SynapseQuery& q = view.query;
  q.run = json.value(u"run"_s).toString().toStdString();
  q.steps = json.value(u"step"_s).toInteger(train::kLatestStep);
  q.layer = json.value(u"layer"_s).toString().toStdString();
  q.compare = json.contains(u"minus_step"_s);
  q.other_run = json.value(u"minus_run"_s).toString().toStdString();
  q.other_steps = json.value(u"minus_step"_s).toInteger(0);
  if (q.other_steps < 0) q.other_steps = train::kLatestStep;
  readFields(synapseFields(), json, view);
  view.figure = json.value(u"figure"_s).toString(u"beta"_s);
  return view;
}

std::shared_ptr<const Figure> synapseFigure(const SynapseView& view, const train::SynapseFrame& frame,
                                            QString& why) {
  const auto data = heatDataOf(frame, view.query);
  const synapse::Cell cell = cellIn(frame, view.cell);
  const HeatScale scale = heatScaleOf(frame, view.query, view.style);
  const bool pictures = view.style.pictures && frame.layer.rows > 0;
  if (view.figure == u"row"_s && pictures) return rowPicture(frame, *data, scale, cell);
  if (view.figure == u"column"_s && pictures) return columnPicture(frame, *data, scale, cell);
  if (view.figure == u"row"_s) return rowProfile(*data, cell);
  if (view.figure == u"column"_s) return columnProfile(*data, cell);
  if (view.figure == u"strongest"_s) return strongestFigure(*data, view.style);
  if (view.figure == u"rows"_s) return rowPictures(frame, *data, scale, cell);
  if (view.figure == u"histogram"_s) return histogramFigure(frame, *data, view.query);
  if (view.figure == u"waterfall"_s) return waterfallFigure(frame, cell.i, view.style.terms, why);
  if (view.figure == u"proof"_s) return proofFigure(frame, cell, view.style.slope, why);
  return std::make_shared<const HeatFigure>(data, scale);
}

}  // namespace synann::ui
