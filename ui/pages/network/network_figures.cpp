// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/network_figures.h"

#include <algorithm>

#include <QCoreApplication>
#include <QStringList>

#include "engine/model/layer_words.h"
#include "ui/pages/network/model_figure.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/plots/heat_figure.h"
#include "ui/plots/histogram_figure.h"
#include "ui/plots/profile_figure.h"
#include "ui/plots/ticks.h"
#include "ui/plots/tiles_figure.h"

namespace synann::ui {

namespace {

struct NetworkWords {
  Q_DECLARE_TR_FUNCTIONS(network_figures)
};

QString fromStd(const std::string& text) {
  return QString::fromStdString(text);
}

std::vector<float> numbersOf(const Parameter& p, const std::vector<float>& values) {
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(p.offset);
  return {begin, begin + static_cast<std::ptrdiff_t>(p.size())};
}

// Null with a reason, or a tensor whose numbers are known.
const Parameter* knownTensor(const NetworkScene& scene, const NetworkMoment& moment, QString& why) {
  const Parameter* const tensor = tensorOf(moment, scene);
  if (!tensor)
    why = NetworkWords::tr("This layer has no parameters.");
  else if (!moment.values)
    why = NetworkWords::tr("Weights appear as soon as training begins: press Train (F5), or open a run.");
  return moment.values ? tensor : nullptr;
}

QString titleOf(const Parameter& p, const NetworkMoment& moment) {
  QStringList shape;
  for (const std::int64_t size : p.shape) shape.append(QString::number(size));
  return QStringLiteral("%1 [%2] · %3")
      .arg(fromStd(p.name), shape.join(QStringLiteral(", ")), whenText(moment));
}

int at(const Parameter& p, std::size_t axis) {
  return static_cast<int>(p.shape[axis]);
}

// "β" where the weights are, under their own name, what the synapse layer multiplies by.
QString symbolOf(const Parameter& p, const NetworkScene& scene, const NetworkMoment& moment) {
  const model::Layer& layer = moment.model->layers[static_cast<std::size_t>(layerOf(moment, scene).index)];
  const bool beta = layer.kind == model::LayerKind::Synapse && p.shape.size() == 2 &&
                    layer.synapse.beta == model::SynapseOptions::Beta::Free;
  return beta ? QStringLiteral("β") : QStringLiteral("w");
}

// Pictures named by what they are of, `inner` of them for each of `outer`.
std::vector<QString> tileNames(int outer, const QString& outer_name, int inner, const QString& inner_name) {
  std::vector<QString> names;
  for (int o = 0; o < outer; ++o)
    for (int c = 0; c < inner; ++c)
      names.push_back(inner == 1
                          ? QStringLiteral("%1 %2").arg(outer_name).arg(o)
                          : QStringLiteral("%1 %2, %3 %4").arg(outer_name).arg(o).arg(inner_name).arg(c));
  return names;
}

std::shared_ptr<const Figure> tilesOf(const Parameter& p, std::vector<float> values, int outer, int inner,
                                      int rows, int columns, const QStringList& words,
                                      const NetworkScene& scene, const NetworkMoment& moment) {
  const HeatScale scale = scaleOf(values, scene.colors);
  return std::make_shared<const TilesFigure>(
      TilesFigure::Content{.values = std::move(values),
                           .count = outer * inner,
                           .rows = rows,
                           .columns = columns,
                           .per_line = inner == 1 ? 0 : inner,
                           .names = tileNames(outer, words[0], inner, words[1]),
                           .scale = scale,
                           .title = titleOf(p, moment),
                           .value = symbolOf(p, scene, moment)});
}

// A matrix whose inputs are no image.
std::shared_ptr<const Figure> matrixOf(const Parameter& p, std::vector<float> values,
                                       const NetworkScene& scene, const NetworkMoment& moment) {
  const HeatScale scale = scaleOf(values, scene.colors);
  auto data = std::make_shared<HeatData>();
  data->values = std::move(values);
  data->rows = at(p, 0);
  data->columns = at(p, 1);
  data->title = titleOf(p, moment);
  data->value = symbolOf(p, scene, moment);
  data->row = NetworkWords::tr("output i");
  data->column = NetworkWords::tr("input j");
  return std::make_shared<const HeatFigure>(std::move(data), scale);
}

}  // namespace

std::shared_ptr<const Figure> modelFigure(const NetworkScene& scene, const NetworkMoment& moment) {
  const QString title = NetworkWords::tr("%1 · %2 parameters")
                            .arg(fromStd(moment.model->title), countText(moment.summary->trained));
  return std::make_shared<const ModelFigure>(moment.summary, moment.model->input, title,
                                             layerOf(moment, scene).index);
}

std::shared_ptr<const Figure> weightsFigure(const NetworkScene& scene, const NetworkMoment& moment,
                                            QString& why) {
  const Parameter* const p = knownTensor(scene, moment, why);
  if (!p) return nullptr;
  std::vector<float> values = numbersOf(*p, *moment.values);
  const bench::LayerSummary& layer = layerOf(moment, scene);
  const model::Shape& in = layer.in;
  const QString unit = NetworkWords::tr("unit"), map = NetworkWords::tr("map");
  if (p->shape.size() == 4)
    return tilesOf(*p, std::move(values), at(*p, 0), at(*p, 1), at(*p, 2), at(*p, 3),
                   {NetworkWords::tr("filter"), NetworkWords::tr("channel")}, scene, moment);
  // What stands over an image is shown as one.
  const bool image = in.rows > 1 && in.columns > 1;
  if (p->shape.size() == 2 && image && p->shape[1] == in.size())
    return tilesOf(*p, std::move(values), at(*p, 0), in.channels, in.rows, in.columns, {unit, map}, scene,
                   moment);
  if (p->shape.size() == 2) return matrixOf(*p, std::move(values), scene, moment);
  if (image && p->size() == static_cast<std::size_t>(in.size()))
    return tilesOf(*p, std::move(values), 1, in.channels, in.rows, in.columns, {unit, map}, scene, moment);
  return std::make_shared<const ProfileFigure>(
      ProfileFigure::Content{.values = std::move(values),
                             .title = titleOf(*p, moment),
                             .index = layer.kind == "conv2d" ? NetworkWords::tr("filter") : unit,
                             .value = QStringLiteral("w")});
}

std::shared_ptr<const Figure> weightHistogram(const NetworkScene& scene, const NetworkMoment& moment,
                                              QString& why) {
  const Parameter* const p = knownTensor(scene, moment, why);
  if (!p) return nullptr;
  return std::make_shared<const HistogramFigure>(
      HistogramFigure::Content{.now = numbersOf(*p, *moment.values),
                               .start = moment.start ? numbersOf(*p, *moment.start) : std::vector<float>(),
                               .title = titleOf(*p, moment),
                               .value = QStringLiteral("w")});
}

ActivationQuestion activationsOf(const NetworkScene& scene, const NetworkMoment& moment,
                                 const infer::SetPtr& set) {
  const auto layer = static_cast<std::size_t>(layerOf(moment, scene).index);
  return {.network = {moment.model, moment.values},
          .set = set,
          .image = scene.image,
          .layer = activationBehind(*moment.model, layer),
          .words = NetworkWords::tr("test image %1 · %2").arg(scene.image).arg(whenText(moment))};
}

std::shared_ptr<const Figure> networkFigure(const NetworkScene& scene, const NetworkMoment& moment,
                                            QString& why) {
  if (scene.figure == QLatin1String("weights")) return weightsFigure(scene, moment, why);
  if (scene.figure == QLatin1String("weight-histogram")) return weightHistogram(scene, moment, why);
  return modelFigure(scene, moment);
}

QString whenText(const NetworkMoment& moment) {
  if (!moment.values) return {};
  train::SynapseFrame at;
  at.at = moment.at;
  at.live = moment.live;
  return stepText(at);
}

QString layerText(const NetworkScene& scene, const NetworkMoment& moment) {
  const bench::LayerSummary& layer = layerOf(moment, scene);
  const auto line = [](const std::string& text) { return fromStd(text).toHtmlEscaped(); };
  const QString name = layer.name.empty() ? QString::number(layer.number) : fromStd(layer.name);
  QString text = QStringLiteral("<p><b>%1 · %2</b><br>%3</p>")
                     .arg(name.toHtmlEscaped(), line(layer.title), line(layer.formula));
  text += QStringLiteral("<p>%1 → %2<br>")
              .arg(line(model::shape_text(layer.in)), line(model::shape_text(layer.out)));
  text += NetworkWords::tr("%1 trained parameters, %2 % of the operations of a training step")
              .arg(countText(layer.trained))
              .arg(100 * layer.share, 0, 'f', 1);
  text += QStringLiteral("</p>");
  if (!layer.parameters.empty()) {
    QStringList rows;
    for (const Parameter& p : layer.parameters) {
      QStringList shape;
      for (const std::int64_t size : p.shape) shape.append(QString::number(size));
      const QString role = p.role == Role::Trained  ? QString()
                           : p.role == Role::Buffer ? NetworkWords::tr(", not trained: a running statistic")
                                                    : NetworkWords::tr(", not used");
      rows.append(QStringLiteral("%1 [%2]%3").arg(line(p.name), shape.join(QStringLiteral(", ")), role));
    }
    text += QStringLiteral("<p>%1</p>").arg(rows.join(QStringLiteral("<br>")));
  }
  if (!layer.twins.empty())
    text += QStringLiteral("<p>%1</p>").arg(NetworkWords::tr("In its place: %1.").arg(line(layer.twins)));
  return text;
}

}  // namespace synann::ui
