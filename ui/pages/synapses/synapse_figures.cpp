// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/synapse_figures.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QStringList>

#include "ui/plots/ticks.h"
#include "ui/session/class_words.h"

namespace synann::ui {
namespace {

struct SynapseFigureWords {
  Q_DECLARE_TR_FUNCTIONS(synapse_figures)
};

constexpr synapse::TensorOptions kAnyInput{.extended =
                                               true};  // an input that is no probability is shown as well

std::vector<float> rowOf(const HeatData& data, int row) {
  const auto begin = data.values.begin() + static_cast<std::ptrdiff_t>(row) * data.columns;
  return {begin, begin + data.columns};
}

std::vector<float> columnOf(const HeatData& data, int column) {
  std::vector<float> values;
  for (int r = 0; r < data.rows; ++r) values.push_back(data.at(r, column));
  return values;
}

QString missingInputs(const train::SynapseFrame& frame) {
  if (frame.layer.recurrent)
    return SynapseFigureWords::tr("A recurrent layer has other inputs at every row of the image.");
  if (!frame.missing.empty()) return QString::fromStdString(frame.missing);
  return SynapseFigureWords::tr(
      "The inputs x of the image are known while training, at ends of epochs and where the run was paused "
      "or stopped, with the run's data open. Move the time there.");
}

}  // namespace

synapse::Cell cellIn(const train::SynapseFrame& frame, const synapse::Cell& cell) {
  const int last = std::max(0, frame.n() - 1);
  return {std::clamp(cell.i, 0, last), std::clamp(cell.j, 0, last)};
}

QString runName(const std::filesystem::path& run) {
  const std::filesystem::path path = run.has_filename() ? run : run.parent_path();
  return QString::fromStdString(path.filename().string());
}

QString lensValue(const train::SynapseQuery& query) {
  const QString value = query.lens == train::Lens::Beta ? QStringLiteral("β") : QStringLiteral("β·x");
  return query.compare ? QStringLiteral("Δ(%1)").arg(value) : value;
}

QString lensTitle(const train::SynapseQuery& query, const train::SynapseFrame& frame) {
  QString title;
  switch (query.lens) {
    case train::Lens::Beta:
      title = SynapseFigureWords::tr("β of %1").arg(QString::fromStdString(frame.layer.name));
      break;
    case train::Lens::Image:
      title = SynapseFigureWords::tr("βx for test image %1").arg(query.image);
      break;
    case train::Lens::ClassMean:
      title = SynapseFigureWords::tr("mean βx of class %1").arg(className(frame.class_names, query.class_a));
      break;
    case train::Lens::ClassDifference:
      title =
          SynapseFigureWords::tr("mean βx, class %1 − class %2")
              .arg(className(frame.class_names, query.class_a), className(frame.class_names, query.class_b));
      break;
  }
  if (!query.compare) return title;
  if (!query.other_run.empty())
    return SynapseFigureWords::tr("%1, difference to %2").arg(title, runName(query.other_run));
  return query.other_steps == 0
             ? SynapseFigureWords::tr("%1, change since the start").arg(title)
             : SynapseFigureWords::tr("%1, change since step %2").arg(title, countText(query.other_steps));
}

std::shared_ptr<const HeatData> heatDataOf(const train::SynapseFrame& frame,
                                           const train::SynapseQuery& query) {
  auto data = std::make_shared<HeatData>();
  data->values = frame.shown;
  data->rows = data->columns = frame.n();
  data->row_order = frame.row_order;
  data->column_order = frame.column_order;
  // Where the lens could not be had, β itself is shown, and called so.
  const train::SynapseQuery plain;
  const bool as_asked = frame.missing.empty();
  data->title = lensTitle(as_asked ? query : plain, frame);
  data->value = lensValue(as_asked ? query : plain);
  return data;
}

HeatScale heatScaleOf(const train::SynapseFrame& frame, const train::SynapseQuery& query,
                      const SynapseStyle& style) {
  HeatScale scale{style.least, style.most, style.colors};
  const bool fixed = style.scale == ScaleMode::Fixed && style.least < style.most;
  if (style.scale == ScaleMode::Robust) {
    scale = robustScaleOf(frame.shown, style.colors);
  } else if (!fixed) {
    scale = scaleOf(frame.shown, style.colors);
    const bool raw = query.lens == train::Lens::Beta && !query.compare;
    if (style.scale == ScaleMode::Run && raw && frame.run_least < frame.run_most)
      scale = scaleOf(std::min(scale.least, static_cast<double>(frame.run_least)),
                      std::max(scale.most, static_cast<double>(frame.run_most)), style.colors);
  }
  scale.logarithmic = style.logarithmic;
  return scale;
}

namespace {

// The numbers of one row or column as a picture: each pixel is a point.
std::shared_ptr<const TilesFigure> pictureOf(const train::SynapseFrame& frame, const HeatData& data,
                                             const HeatScale& scale, std::vector<float> values,
                                             const QString& title, const QString& index, int marked) {
  if (frame.layer.rows == 0) return nullptr;
  TilesFigure::Content content{.values = std::move(values),
                               .count = frame.n(),
                               .rows = 1,
                               .columns = 1,
                               .joined = true,
                               .marked = marked,
                               .per_line = frame.layer.columns,
                               .scale = scale,
                               .title = title,
                               .value = data.value};
  for (int k = 0; k < frame.n(); ++k) content.names.push_back(QStringLiteral("%1 %2").arg(index).arg(k));
  return std::make_shared<const TilesFigure>(std::move(content));
}

}  // namespace

std::shared_ptr<const TilesFigure> rowPicture(const train::SynapseFrame& frame, const HeatData& data,
                                              const HeatScale& scale, const synapse::Cell& cell) {
  return pictureOf(
      frame, data, scale, rowOf(data, cell.i),
      SynapseFigureWords::tr("%1 %2: %3 over the pixels j").arg(data.row).arg(cell.i).arg(data.value),
      data.column, cell.j);
}

std::shared_ptr<const TilesFigure> columnPicture(const train::SynapseFrame& frame, const HeatData& data,
                                                 const HeatScale& scale, const synapse::Cell& cell) {
  return pictureOf(
      frame, data, scale, columnOf(data, cell.j),
      SynapseFigureWords::tr("%1 %2: %3 over the pixels i").arg(data.column).arg(cell.j).arg(data.value),
      data.row, cell.i);
}

std::shared_ptr<const TilesFigure> rowPictures(const train::SynapseFrame& frame, const HeatData& data,
                                               const HeatScale& scale, const synapse::Cell& cell) {
  const bool pixels = frame.layer.rows > 0;
  TilesFigure::Content content{.values = data.values,
                               .count = data.rows,
                               .rows = pixels ? frame.layer.rows : 1,
                               .columns = pixels ? frame.layer.columns : data.columns,
                               .marked = cell.i,
                               .per_line = pixels ? 0 : 1,
                               .scale = scale,
                               .title = SynapseFigureWords::tr("%1, each row as a picture").arg(data.title),
                               .value = data.value};
  for (int i = 0; i < data.rows; ++i) content.names.push_back(QStringLiteral("%1 %2").arg(data.row).arg(i));
  return std::make_shared<const TilesFigure>(std::move(content));
}

std::shared_ptr<const RankFigure> strongestFigure(const HeatData& data, const SynapseStyle& style) {
  std::vector<RankFigure::Cell> cells;
  for (int i = 0; i < data.rows; ++i)
    for (int j = 0; j < data.columns; ++j)
      if (const float value = data.at(i, j); std::isfinite(value))
        cells.push_back({i, j, static_cast<double>(value)});
  using Ranked = RankFigure::Cell;
  const auto magnitude = [](const Ranked& a, const Ranked& b) {
    return std::abs(a.value) > std::abs(b.value);
  };
  const auto largest = [](const Ranked& a, const Ranked& b) { return a.value > b.value; };
  const auto smallest = [](const Ranked& a, const Ranked& b) { return a.value < b.value; };
  // Equal numbers stand in the order of the matrix.
  const auto keep = [&](const auto& before) {
    const auto ordered = [&](const Ranked& a, const Ranked& b) {
      if (before(a, b) || before(b, a)) return before(a, b);
      return a.row != b.row ? a.row < b.row : a.column < b.column;
    };
    const auto count = static_cast<std::ptrdiff_t>(
        std::min(cells.size(), static_cast<std::size_t>(std::max(0, style.strongest))));
    std::partial_sort(cells.begin(), cells.begin() + count, cells.end(), ordered);
    cells.resize(static_cast<std::size_t>(count));
  };
  QString title = SynapseFigureWords::tr("%1 cells of the largest |%2|");
  switch (style.order) {
    case RankOrder::Largest:
      keep(largest);
      title = SynapseFigureWords::tr("%1 cells of the largest %2");
      break;
    case RankOrder::Smallest:
      keep(smallest);
      title = SynapseFigureWords::tr("%1 cells of the smallest %2");
      break;
    case RankOrder::Magnitude:
    case RankOrder::Unit:
    case RankOrder::Synapse:
      keep(magnitude);
      break;
  }
  if (style.order == RankOrder::Unit)
    std::stable_sort(cells.begin(), cells.end(),
                     [](const Ranked& a, const Ranked& b) { return a.row < b.row; });
  if (style.order == RankOrder::Synapse)
    std::stable_sort(cells.begin(), cells.end(),
                     [](const Ranked& a, const Ranked& b) { return a.column < b.column; });
  const qsizetype count = static_cast<qsizetype>(cells.size());
  return std::make_shared<const RankFigure>(
      RankFigure::Content{.cells = std::move(cells),
                          .title = title.arg(count).arg(data.value) + QStringLiteral(" · ") + data.title,
                          .value = data.value,
                          .row = data.row,
                          .column = data.column});
}

std::shared_ptr<const ProfileFigure> rowProfile(const HeatData& data, const synapse::Cell& cell) {
  return std::make_shared<const ProfileFigure>(ProfileFigure::Content{
      .values = rowOf(data, cell.i),
      .title =
          SynapseFigureWords::tr("%1 %2: %3 over %4").arg(data.row).arg(cell.i).arg(data.value, data.column),
      .index = data.column,
      .value = data.value,
      .column = false,
      .marked = cell.j});
}

std::shared_ptr<const ProfileFigure> columnProfile(const HeatData& data, const synapse::Cell& cell) {
  return std::make_shared<const ProfileFigure>(ProfileFigure::Content{
      .values = columnOf(data, cell.j),
      .title =
          SynapseFigureWords::tr("%1 %2: %3 over %4").arg(data.column).arg(cell.j).arg(data.value, data.row),
      .index = data.row,
      .value = data.value,
      .column = true,
      .marked = cell.i});
}

std::shared_ptr<const HistogramFigure> histogramFigure(const train::SynapseFrame& frame, const HeatData& data,
                                                       const train::SynapseQuery& query) {
  const bool raw = (query.lens == train::Lens::Beta && !query.compare) || !frame.missing.empty();
  return std::make_shared<const HistogramFigure>(
      HistogramFigure::Content{.now = data.values,
                               .start = raw ? frame.initial : std::vector<float>(),
                               .title = data.title,
                               .value = data.value});
}

std::shared_ptr<const WaterfallFigure> waterfallFigure(const train::SynapseFrame& frame, int unit, int terms,
                                                       QString& why) {
  if (frame.x.empty()) {
    why = missingInputs(frame);
    return nullptr;
  }
  const train::DoubleTensor tensor(frame);
  auto waterfall = synapse::waterfall(tensor.view(), frame.x, static_cast<std::size_t>(unit),
                                      static_cast<std::size_t>(std::max(0, terms)), kAnyInput);
  if (!waterfall) {
    why = QString::fromStdString(waterfall.error().sentence());
    return nullptr;
  }
  return std::make_shared<const WaterfallFigure>(
      std::move(*waterfall), SynapseFigureWords::tr("−log y of unit %1, an image of class %2")
                                 .arg(unit)
                                 .arg(className(frame.class_names, frame.image_label)));
}

std::shared_ptr<const ProofFigure> proofFigure(const train::SynapseFrame& frame, const synapse::Cell& cell,
                                               bool slope, QString& why) {
  if (frame.x.empty()) {
    why = missingInputs(frame);
    return nullptr;
  }
  const train::DoubleTensor tensor(frame);
  const auto i = static_cast<std::size_t>(cell.i), column = static_cast<std::size_t>(cell.j);
  const auto routes = synapse::two_routes(tensor.view(), frame.x, i, kAnyInput);
  if (!routes) {
    why = QString::fromStdString(routes.error().sentence());
    return nullptr;
  }
  ProofFigure::Content content{
      .routes = *routes,
      .diagram = synapse::diagram(tensor.beta[i * tensor.n + column] * frame.x[column]),
      .slope = {},
      .title = SynapseFigureWords::tr("unit %1, diagram at synapse %2").arg(cell.i).arg(cell.j)};
  if (slope) {
    if (const auto check = synapse::check_slope(tensor.view(), frame.x, i, column, kAnyInput); check)
      content.slope = *check;
  }
  return std::make_shared<const ProofFigure>(std::move(content));
}

QString cellText(const train::SynapseFrame& frame, const HeatData& data, const synapse::Cell& cell) {
  const auto [row, column] = cell;
  if (row < 0 || column < 0 || row >= data.rows || column >= data.columns) return {};
  const auto k = static_cast<std::size_t>(row) * static_cast<std::size_t>(data.columns) +
                 static_cast<std::size_t>(column);
  const auto number = [](float value) { return numberText(static_cast<double>(value), 9); };
  const float beta = frame.parameters.beta[k];
  QStringList parts = {SynapseFigureWords::tr("i %1").arg(row), SynapseFigureWords::tr("j %1").arg(column),
                       SynapseFigureWords::tr("β %1").arg(number(beta))};
  if (data.value != QStringLiteral("β"))
    parts.append(SynapseFigureWords::tr("%1 %2").arg(data.value, number(data.values[k])));
  if (!frame.initial.empty()) {
    const float change = beta - frame.initial[k];
    parts.append(SynapseFigureWords::tr("since the start %1%2")
                     .arg(change > 0 ? QStringLiteral("+") : QString(), number(change)));
  }
  if (!frame.gradient.empty())
    parts.append(SynapseFigureWords::tr("∂loss/∂β %1").arg(number(frame.gradient[k])));
  return parts.join(QStringLiteral("   "));
}

QString stepText(const train::SynapseFrame& frame) {
  const train::Position at = frame.at.position;
  const QString where =
      at.step == 0 && at.epoch > 1
          ? SynapseFigureWords::tr("step %1 · end of epoch %2")
                .arg(countText(frame.at.steps))
                .arg(at.epoch - 1)
          : SynapseFigureWords::tr("step %1 · epoch %2").arg(countText(frame.at.steps)).arg(at.epoch);
  return frame.live ? SynapseFigureWords::tr("live · %1").arg(where) : where;
}

}  // namespace synann::ui
