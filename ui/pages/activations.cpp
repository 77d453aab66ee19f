// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/activations.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include <QCoreApplication>

#include "ui/plots/bars_figure.h"
#include "ui/plots/tiles_figure.h"

namespace synann::ui {

namespace {

struct ActivationWords {
  Q_DECLARE_TR_FUNCTIONS(activations)
};

constexpr const char* kOutput = "output";  // as infer::Activation names it

std::shared_ptr<const Figure> activationFigure(const infer::Activation& layer, const QString& image) {
  const QString name = QString::fromStdString(layer.name);
  const QString title = ActivationWords::tr("%1 of %2").arg(name, image);
  if (layer.shape.rows * layer.shape.columns > 1) {
    TilesFigure::Content content;
    content.count = layer.shape.channels;
    content.rows = layer.shape.rows;
    content.columns = layer.shape.columns;
    content.values = layer.values;
    content.scale = scaleOf(layer.values, ColorMap::Automatic);
    content.title = title;
    content.value = name;
    for (int k = 0; k < content.count; ++k) content.names.push_back(ActivationWords::tr("map %1").arg(k));
    return std::make_shared<const TilesFigure>(std::move(content));
  }
  BarsFigure::Content content{.title = title, .rows = ActivationWords::tr("unit"), .digits = 5};
  BarsFigure::Column column{.name = ActivationWords::tr("value"), .values = {}};
  for (std::size_t k = 0; k < layer.values.size(); ++k) {
    content.names.append(QString::number(k));
    column.values.push_back(static_cast<double>(layer.values[k]));
  }
  const auto [least, most] = std::minmax_element(column.values.begin(), column.values.end());
  if (least != column.values.end()) {
    content.least = std::min(0.0, *least);
    content.most = *most > 0 ? *most : *least < 0 ? 0 : 1;
  }
  content.columns.push_back(std::move(column));
  return std::make_shared<const BarsFigure>(std::move(content));
}

}  // namespace

QStringList activationNames(const model::Model& model) {
  QStringList names;
  for (const model::Layer& layer : model.layers)
    if (!layer.exposes.empty()) names.append(QString::fromStdString(layer.exposes));
  names.append(QLatin1String(kOutput));
  return names;
}

std::string activationBehind(const model::Model& model, std::size_t layer) {
  for (std::size_t k = layer; k < model.layers.size(); ++k)
    if (!model.layers[k].exposes.empty()) return model.layers[k].exposes;
  return kOutput;
}

std::string activationKey(const ActivationQuestion& q) {
  return fmt::format("activations {} {} {} {}", static_cast<const void*>(q.network.values.get()),
                     static_cast<const void*>(q.set.get()), q.image, q.layer);
}

AskedFigure::Job activationJob(const ActivationQuestion& question, std::shared_ptr<infer::Asker> asker) {
  if (!asker) asker = std::make_shared<infer::Asker>();
  return [q = question, asker = std::move(asker)](const infer::Work& work) -> AskedFigure::Made {
    const auto layers =
        asker->activations(q.network, *q.set, std::array{static_cast<std::uint32_t>(q.image)}, work);
    if (!layers) return layers.error();
    const auto chosen = std::find_if(layers->begin(), layers->end(),
                                     [&](const infer::Activation& one) { return one.name == q.layer; });
    if (layers->empty()) return Error{.problem = "no layer of this network can be looked at"};
    return activationFigure(chosen == layers->end() ? layers->back() : *chosen, q.words);
  };
}

}  // namespace synann::ui
