// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/synapse_view.h"

#include <algorithm>

#include <QJsonDocument>
#include <nlohmann/json.hpp>

#include "engine/core/version.h"
#include "engine/train/event_json.h"
#include "engine/train/history.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

// In the order of the enumerations.
const QStringList kLenses = {u"beta"_s, u"image"_s, u"class-mean"_s, u"class-difference"_s};
const QStringList kOrders = {u"natural"_s, u"norm"_s, u"similarity"_s};
const QStringList kScales = {u"matrix"_s, u"run"_s, u"fixed"_s};

// Unknown words are the first.
template <class Enum>
Enum valueOf(const QStringList& words, const QJsonValue& value) {
  return static_cast<Enum>(std::max<qsizetype>(0, words.indexOf(value.toString())));
}

template <class Enum>
QString word(const QStringList& words, Enum value) {
  return words[static_cast<int>(value)];
}

}  // namespace

QJsonObject momentJson(const train::SynapseFrame& frame, const std::filesystem::path& run) {
  // The record knows what the run began with; its history, what was in force at this step.
  const std::string settings =
      train::to_json(train::recorded_settings(run, frame.place.steps).value_or(frame.run.settings))
          .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return {{u"program"_s, u"synann-studio"_s},
          {u"version"_s, QString::fromLatin1(kVersion)},
          {u"run"_s, QString::fromStdString(run.string())},
          {u"step"_s, static_cast<qint64>(frame.place.steps)},
          {u"epoch"_s, frame.place.position.epoch},
          {u"layer"_s, QString::fromStdString(frame.layer.name)},
          {u"data_sha256"_s, QString::fromStdString(frame.run.data_sha256)},
          {u"seed"_s, static_cast<qint64>(frame.run.settings.seed)},
          {u"settings"_s, QJsonDocument::fromJson(QByteArray::fromStdString(settings)).object()}};
}

QJsonObject toJson(const SynapseView& view, const train::SynapseFrame& frame) {
  const train::SynapseQuery& q = view.query;
  QJsonObject json = momentJson(frame, q.run);
  const QJsonObject own{{u"view"_s, u"synapses"_s},
                        {u"figure"_s, view.figure},
                        {u"unit"_s, view.unit},
                        {u"synapse"_s, view.synapse},
                        {u"image"_s, q.image},
                        {u"lens"_s, word(kLenses, q.lens)},
                        {u"class_a"_s, q.class_a},
                        {u"class_b"_s, q.class_b},
                        {u"rows"_s, word(kOrders, q.row_order)},
                        {u"columns"_s, word(kOrders, q.column_order)},
                        {u"colors"_s, colorMapId(view.style.colors)},
                        {u"scale"_s, word(kScales, view.style.scale)},
                        {u"least"_s, view.style.least},
                        {u"most"_s, view.style.most},
                        {u"terms"_s, view.style.terms},
                        {u"slope"_s, view.style.slope}};
  for (auto field = own.begin(); field != own.end(); ++field) json.insert(field.key(), field.value());
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
  q.image = std::max(0, json.value(u"image"_s).toInt());
  q.lens = valueOf<train::Lens>(kLenses, json.value(u"lens"_s));
  q.class_a = std::max(0, json.value(u"class_a"_s).toInt(0));
  q.class_b = std::max(0, json.value(u"class_b"_s).toInt(1));
  q.row_order = valueOf<train::MatrixOrder>(kOrders, json.value(u"rows"_s));
  q.column_order = valueOf<train::MatrixOrder>(kOrders, json.value(u"columns"_s));
  q.compare = json.contains(u"minus_step"_s);
  q.other_run = json.value(u"minus_run"_s).toString().toStdString();
  q.other_steps = json.value(u"minus_step"_s).toInteger(0);
  if (q.other_steps < 0) q.other_steps = train::kLatestStep;
  view.style.colors = colorMapFromId(json.value(u"colors"_s).toString());
  view.style.scale = valueOf<ScaleMode>(kScales, json.value(u"scale"_s));
  view.style.least = json.value(u"least"_s).toDouble(view.style.least);
  view.style.most = json.value(u"most"_s).toDouble(view.style.most);
  view.style.terms = std::clamp(json.value(u"terms"_s).toInt(view.style.terms), 0, 100);
  view.style.slope = json.value(u"slope"_s).toBool();
  view.unit = std::max(0, json.value(u"unit"_s).toInt());
  view.synapse = std::max(0, json.value(u"synapse"_s).toInt());
  view.figure = json.value(u"figure"_s).toString(u"beta"_s);
  return view;
}

std::shared_ptr<const Figure> synapseFigure(const SynapseView& view, const train::SynapseFrame& frame,
                                            QString& why) {
  const auto data = heatDataOf(frame, view.query);
  const auto [unit, synapse] = cellIn(frame, view.unit, view.synapse);
  if (view.figure == u"row"_s) return rowProfile(*data, unit, synapse);
  if (view.figure == u"column"_s) return columnProfile(*data, unit, synapse);
  if (view.figure == u"histogram"_s) return histogramFigure(frame, *data, view.query);
  if (view.figure == u"waterfall"_s) return waterfallFigure(frame, unit, view.style.terms, why);
  if (view.figure == u"proof"_s) return proofFigure(frame, unit, synapse, view.style.slope, why);
  return std::make_shared<const HeatFigure>(data, heatScaleOf(frame, view.query, view.style));
}

}  // namespace synann::ui
