// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_figures.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QStringList>

namespace synann::ui {
namespace {

struct CircuitFigureWords {
  Q_DECLARE_TR_FUNCTIONS(circuit_figures)
};

constexpr std::size_t kMostLossPoints = 4000;
constexpr double kLogFrom = 30;  // largest by least loss from which on the axis is logarithmic

QString figureTitle(const synapse::Circuit& circuit, const QString& what) {
  const QString name = QString::fromStdString(circuit.name);
  return name.isEmpty() ? what : CircuitFigureWords::tr("%1 of %2").arg(what, name);
}

QString synapseName(const synapse::Circuit& circuit, std::size_t synapse) {
  return QString::fromStdString(circuit.synapses[synapse].name);
}

// Of what is finite.
template <class Values, class Number>
Axes::Range rangeOf(const Values& values, const Number& number) {
  double least = INFINITY, most = -INFINITY;
  for (const auto& value : values) {
    const double v = number(value);
    if (!std::isfinite(v)) continue;
    least = std::min(least, v);
    most = std::max(most, v);
  }
  return roomyRange(least, most, false);
}

}  // namespace

std::shared_ptr<const PlaneFigure> phaseFigure(const synapse::Circuit& circuit,
                                               const synapse::CircuitTrace& trace, std::size_t across,
                                               std::size_t up, const std::optional<QPointF>& fixed) {
  PlaneFigure::Content content{.title = figureTitle(circuit, CircuitFigureWords::tr("Phase portrait")),
                               .x = synapseName(circuit, across),
                               .y = synapseName(circuit, up),
                               .points = {},
                               .extra_name = CircuitFigureWords::tr("step")};
  for (std::size_t t = 0; t < trace.rows(); ++t) {
    content.points.emplace_back(trace.at(t, across), trace.at(t, up));
    content.extra.push_back(static_cast<double>(t));
  }
  content.x_range = rangeOf(content.points, [](const QPointF& p) { return p.x(); });
  content.y_range = rangeOf(content.points, [](const QPointF& p) { return p.y(); });
  content.paths = {{.name = CircuitFigureWords::tr("steps"), .points = content.points, .color = 0}};
  if (!content.points.empty())
    content.marks = {{.name = CircuitFigureWords::tr("start"), .place = content.points.front(), .color = 2},
                     {.name = CircuitFigureWords::tr("end"), .place = content.points.back(), .color = 1}};
  if (fixed)
    content.marks.push_back({.name = CircuitFigureWords::tr("fixed point"), .place = *fixed, .color = 3});
  return std::make_shared<const PlaneFigure>(std::move(content));
}

std::shared_ptr<const PlaneFigure> bifurcationFigure(const synapse::Circuit& circuit,
                                                     const synapse::BifurcationPlan& plan,
                                                     const synapse::Bifurcation& diagram,
                                                     std::optional<double> current) {
  QStringList parameters;
  for (const std::string& name : plan.parameters) parameters.append(QString::fromStdString(name));
  PlaneFigure::Content content{
      .title = figureTitle(circuit, CircuitFigureWords::tr("Bifurcation diagram")),
      .x = parameters.join(QStringLiteral(" = ")),
      .y = QString::fromStdString(plan.synapse),
      .points = {},
      .x_range = {plan.from, plan.to},
      .y_range = rangeOf(diagram.values, [](double v) { return v; }),
      .note = CircuitFigureWords::tr("%1 values each, after %2 steps.").arg(plan.keep).arg(plan.drop)};
  content.points.reserve(diagram.values.size());
  for (std::size_t p = 0; p < diagram.points(); ++p)
    for (std::size_t k = 0; k < static_cast<std::size_t>(diagram.keep); ++k)
      content.points.emplace_back(diagram.parameter[p], diagram.at(p, k));
  if (current && *current >= plan.from && *current <= plan.to)
    content.paths = {{.name = CircuitFigureWords::tr("now %1").arg(numberText(*current)),
                      .points = {{*current, content.y_range.min}, {*current, content.y_range.max}},
                      .color = 1,
                      .pen = Qt::DashLine}};
  return std::make_shared<const PlaneFigure>(std::move(content));
}

std::shared_ptr<const PlaneFigure> latchFigure(const synapse::LatchMap& map,
                                               const synapse::LatchParameters& latch) {
  PlaneFigure::Content content{
      .title = CircuitFigureWords::tr("Where the latch remembers, α = %1").arg(numberText(latch.alpha)),
      .x = CircuitFigureWords::tr("β of itself"),
      .y = CircuitFigureWords::tr("β of the other"),
      .points = {},
      .dots = false,
      .x_range = {map.self.from, map.self.to},
      .y_range = {map.cross.from, map.cross.to},
      .note = std::any_of(map.lead.begin(), map.lead.end(), [](double v) { return std::isnan(v); })
                  ? CircuitFigureWords::tr("Grey: values that grow without end.")
                  : QString(),
      .extra_name = CircuitFigureWords::tr("lead"),
      .extra = map.lead};
  PlaneFigure::Field field{.values = std::vector<float>(map.lead.begin(), map.lead.end()),
                           .rows = map.rows,
                           .columns = map.columns,
                           .x = content.x_range,
                           .y = content.y_range,
                           .name = CircuitFigureWords::tr("lead")};
  // Winners above 1 are outside of the theory.
  field.scale = HeatScale{.least = 0, .most = 1, .colors = ColorMap::Viridis};
  content.field = std::move(field);
  for (int row = 0; row < map.rows; ++row)
    for (int column = 0; column < map.columns; ++column)
      content.points.emplace_back(map.self_at(column), map.cross_at(row));
  PlaneFigure::Path region{
      .name = CircuitFigureWords::tr("region in closed form"), .points = {}, .color = 1, .pen = Qt::DashLine};
  for (const synapse::LatchCorner& corner : synapse::latch_boundary(latch.alpha))
    region.points.emplace_back(corner.self, corner.cross);
  if (!region.points.empty()) content.paths = {std::move(region)};
  content.marks = {
      {.name = CircuitFigureWords::tr("this latch"), .place = {latch.self, latch.cross}, .color = 5}};
  return std::make_shared<const PlaneFigure>(std::move(content));
}

std::shared_ptr<const CurveFigure> fitFigure(const synapse::Circuit& circuit,
                                             const synapse::CircuitFit& fit) {
  CurveFigure::Content content{.title = figureTitle(circuit, CircuitFigureWords::tr("Loss of the fit")),
                               .x = CircuitFigureWords::tr("iteration"),
                               .y = CircuitFigureWords::tr("loss"),
                               .at = {},
                               .series = {{.name = CircuitFigureWords::tr("loss"), .values = {}}},
                               .marked = {},
                               .note = CircuitFigureWords::tr("Least loss %1, after %2 iterations.")
                                           .arg(numberText(fit.best_loss))
                                           .arg(fit.best_iteration)};
  const std::size_t stride = fit.losses.size() / kMostLossPoints + 1;
  for (std::size_t k = 0; k < fit.losses.size(); ++k) {
    const bool best = k == static_cast<std::size_t>(fit.best_iteration);
    if (k % stride != 0 && k + 1 != fit.losses.size() && !best) continue;
    content.at.push_back(static_cast<double>(k));
    content.series.front().values.push_back(fit.losses[k]);
  }
  // A loss that falls by decades would be a line along the axis.
  const auto [least, most] = std::minmax_element(fit.losses.begin(), fit.losses.end());
  content.y_log =
      least != fit.losses.end() && *least > 0 && std::isfinite(*most) && *most > kLogFrom * *least;
  if (content.at.size() == 1) content.x_range = Axes::Range{0, 1};
  if (!fit.losses.empty()) content.marked = QPointF(fit.best_iteration, fit.best_loss);
  return std::make_shared<const CurveFigure>(std::move(content));
}

}  // namespace synann::ui
