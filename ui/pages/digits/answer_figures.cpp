// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/answer_figures.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <QCoreApplication>

#include "ui/plots/bars_figure.h"
#include "ui/plots/curve_figure.h"
#include "ui/plots/tiles_figure.h"

namespace synann::ui {

namespace {

struct AnswerWords {
  Q_DECLARE_TR_FUNCTIONS(answer_figures)
};

constexpr std::size_t kMostUnits = 12;  // of an explanation that are named

double largestOf(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values)
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  return most > 0 ? most : 1;
}

}  // namespace

std::shared_ptr<const Figure> biographyFigure(const infer::Biographies& lives, std::size_t sample,
                                              const QString& image, const QStringList& names) {
  CurveFigure::Content content{
      .title = AnswerWords::tr("Biography of %1, true %2").arg(image, names.value(lives.labels[sample])),
      .x = AnswerWords::tr("step"),
      .y = AnswerWords::tr("surprisal"),
      .at = {},
      .series =
          {{.name = AnswerWords::tr("surprisal of the true class, nats"), .values = {}},
           {.name = AnswerWords::tr("taken for another class"), .values = {}, .color = 1, .dots = true}},
      .marked = {}};
  for (std::size_t step = 0; step < lives.steps.size(); ++step) {
    const double surprisal = static_cast<double>(lives.surprisal[lives.at(step, sample)]);
    content.at.push_back(static_cast<double>(lives.steps[step].steps));
    content.series[0].values.push_back(surprisal);
    content.series[1].values.push_back(lives.right(step, sample) ? std::nan("") : surprisal);
  }
  const int forgotten = lives.forgotten(sample);
  const auto learnt = lives.learnt(sample);
  const QString when = learnt ? AnswerWords::tr("right from step %1 on").arg(lives.steps[*learnt].steps)
                              : AnswerWords::tr("wrong at the end");
  content.note = AnswerWords::tr("%1 · forgotten %2 times").arg(when).arg(forgotten);
  if (content.at.size() == 1) content.x_range = Axes::Range{content.at[0] - 1, content.at[0] + 1};
  return std::make_shared<const CurveFigure>(std::move(content));
}

std::shared_ptr<const Figure> explanationFigure(const infer::Explanation& explanation, const QString& image,
                                                const QString& a, const QString& b) {
  BarsFigure::Content content{
      .title = AnswerWords::tr("Why %1 rather than %2: %3").arg(a, b, image),
      .rows = AnswerWords::tr("unit"),
      .columns = {{.name = AnswerWords::tr("contribution to log p(%1) − log p(%2), nats").arg(a, b),
                   .values = {}}},
      .digits = 4};
  double shown = 0;
  for (std::size_t k = 0; k < std::min(explanation.order.size(), kMostUnits); ++k) {
    const int unit = explanation.order[k];
    content.names.append(QString::number(unit));
    content.columns[0].values.push_back(explanation.contribution[static_cast<std::size_t>(unit)]);
    shown += content.columns[0].values.back();
  }
  const double others = explanation.difference - explanation.rest - shown;
  content.names.append({AnswerWords::tr("others"), AnswerWords::tr("every image"), AnswerWords::tr("sum")});
  for (const double value : {others, explanation.rest, explanation.difference})
    content.columns[0].values.push_back(value);
  const double most = largestOf(content.columns[0].values);
  content.most = most;
  content.least = -most;
  content.marked = static_cast<int>(content.names.size()) - 1;
  content.note = AnswerWords::tr("Exact: the contributions of %1's units add up to the sum.")
                     .arg(QString::fromStdString(explanation.layer.name));
  return std::make_shared<const BarsFigure>(std::move(content));
}

std::shared_ptr<const Figure> occlusionFigure(const infer::Occlusion& occlusion, int rows, int columns,
                                              const QString& image, const QString& label, int side) {
  TilesFigure::Content content;
  content.count = content.per_line = 1;
  content.rows = rows;
  content.columns = columns;
  for (const double change : occlusion.pixels) content.values.push_back(static_cast<float>(change));
  content.scale = scaleOf(content.values, ColorMap::Diverging);
  content.title = AnswerWords::tr("Change of log p(%1) where %2 × %2 pixels are hidden · %3")
                      .arg(label)
                      .arg(side)
                      .arg(image);
  content.value = AnswerWords::tr("nats");
  content.names = {content.title};
  return std::make_shared<const TilesFigure>(std::move(content));
}

std::shared_ptr<const Figure> robustnessFigure(const std::vector<RobustnessCurve>& curves,
                                               infer::Disturbance kind, const QString& of) {
  const infer::DisturbanceInfo& info = infer::info_of(kind);
  const auto text = [](std::string_view words) {
    return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
  };
  CurveFigure::Content content{.title = AnswerWords::tr("%1, %2").arg(text(info.label), of),
                               .x = info.unit.empty()
                                        ? text(info.label)
                                        : QStringLiteral("%1, %2").arg(text(info.label), text(info.unit)),
                               .y = AnswerWords::tr("accuracy"),
                               .at = {},
                               .series = {},
                               .marked = {}};
  for (const infer::RobustnessPoint& point : curves.front().points) content.at.push_back(point.amount);
  if (curves.size() > 1) content.y_title = AnswerWords::tr("accuracy, %");
  // Not by their colours alone.
  constexpr Qt::PenStyle kPens[] = {Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
  for (const RobustnessCurve& curve : curves) {
    const std::size_t k = content.series.size();
    CurveFigure::Series series{
        .name = curves.size() > 1 ? AnswerWords::tr("%1, %").arg(curve.name) : AnswerWords::tr("accuracy, %"),
        .values = {},
        .color = static_cast<int>(k),
        .pen = kPens[k % std::size(kPens)]};
    for (const infer::RobustnessPoint& point : curve.points)
      series.values.push_back(100 * point.score.accuracy());
    content.series.push_back(std::move(series));
  }
  content.y_range = Axes::Range{0, 100};
  return std::make_shared<const CurveFigure>(std::move(content));
}

}  // namespace synann::ui
