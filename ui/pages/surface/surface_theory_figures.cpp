// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_theory_figures.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "engine/synapse/iterates.h"
#include "engine/synapse/log_line.h"
#include "engine/synapse/occupations.h"
#include "engine/synapse/surprisal.h"
#include "ui/plots/pair_figure.h"

namespace synann::ui {
namespace {

constexpr std::size_t kLogLinePoints = 129, kOccupationBins = 48, kOccupationCurve = 121;
constexpr double kLeastShownEnergy = 0.05, kMostShownEnergy = 8;  // nats
constexpr double kMostShownOccupation = 5;

struct TheoryWords {
  Q_DECLARE_TR_FUNCTIONS(surface_theory)
};

std::vector<double> countUp(std::size_t count) {
  std::vector<double> numbers;
  for (std::size_t k = 0; k < count; ++k) numbers.push_back(static_cast<double>(k));
  return numbers;
}

std::shared_ptr<const CurveFigure> orbitFigure(const QString& title, const QString& y,
                                               std::vector<CurveFigure::Series> series) {
  auto at = countUp(series.front().values.size());
  return std::make_shared<const CurveFigure>(CurveFigure::Content{.title = title,
                                                                  .x = TheoryWords::tr("iterate"),
                                                                  .y = y,
                                                                  .at = std::move(at),
                                                                  .series = std::move(series),
                                                                  .marked = {},
                                                                  .x_range = {},
                                                                  .y_range = {},
                                                                  .note = {},
                                                                  .y_title = {}});
}

// The spread of n as steps: each bin is flat from edge to edge.
std::shared_ptr<const CurveFigure> spreadFigure(const synapse::Occupations& all) {
  std::vector<double> at, share;
  const double width = (all.to - all.from) / static_cast<double>(all.counts.size());
  for (std::size_t k = 0; k < all.counts.size(); ++k) {
    const double part = 100 * static_cast<double>(all.counts[k]) / static_cast<double>(all.terms);
    for (const double edge : {0.0, 1.0}) {
      at.push_back(all.from + (static_cast<double>(k) + edge) * width);
      share.push_back(part);
    }
  }
  return std::make_shared<const CurveFigure>(
      CurveFigure::Content{.title = TheoryWords::tr("How n is spread"),
                           .x = QStringLiteral("n = βx/(1 − βx)"),
                           .y = TheoryWords::tr("share"),
                           .at = std::move(at),
                           .series = {{TheoryWords::tr("% of the terms in each bin"), std::move(share), 0}},
                           .marked = {},
                           .x_range = {},
                           .y_range = {},
                           .note = {},
                           .y_title = {}});
}

// The two curves over the energy, and the layer's own means on them.
std::shared_ptr<const CurveFigure> energyFigure(const synapse::Occupations& all) {
  std::vector<double> at;
  for (std::size_t k = 0; k < kOccupationCurve; ++k)
    at.push_back(std::lerp(kLeastShownEnergy, kMostShownEnergy,
                           static_cast<double>(k) / static_cast<double>(kOccupationCurve - 1)));
  for (const auto* levels : {&all.bose, &all.fermi})
    for (const auto& level : *levels)
      if (level.energy <= kMostShownEnergy) at.push_back(level.energy);
  std::ranges::sort(at);
  at.erase(std::unique(at.begin(), at.end()), at.end());
  std::vector<double> bose, fermi, own(at.size(), std::nan("")), own_fermi = own;
  for (const double energy : at) {
    bose.push_back(synapse::bose_einstein(energy));
    fermi.push_back(-synapse::fermi_dirac(energy));
  }
  const auto put = [&](const std::vector<synapse::Occupations::Level>& levels, std::vector<double>& into) {
    for (const auto& level : levels) {
      const auto found = std::lower_bound(at.begin(), at.end(), level.energy);
      if (found != at.end()) into[static_cast<std::size_t>(found - at.begin())] = level.n;
    }
  };
  put(all.bose, own);
  put(all.fermi, own_fermi);
  return std::make_shared<const CurveFigure>(CurveFigure::Content{
      .title = TheoryWords::tr("An identity of the function, no law of the weights"),
      .x = QStringLiteral("ε = −log |βx|"),
      .y = QStringLiteral("n"),
      .at = std::move(at),
      .series = {{TheoryWords::tr("Bose–Einstein"), std::move(bose), 0},
                 {TheoryWords::tr("−Fermi–Dirac"), std::move(fermi), 1, Qt::DashLine},
                 {TheoryWords::tr("layer"), std::move(own), 0, Qt::SolidLine, true},
                 {TheoryWords::tr("layer, β < 0"), std::move(own_fermi), 1, Qt::SolidLine, true, false}},
      .marked = {},
      .x_range = Axes::Range{0, kMostShownEnergy},
      .y_range = Axes::Range{-1, kMostShownOccupation},
      .note = {},
      .y_title = {}});
}

}  // namespace

std::shared_ptr<const Figure> iteratesFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                             QString& why) {
  const double beta = synapseOf(scene, frame).beta;
  const auto steps = static_cast<std::size_t>(scene.iterates);
  auto complement = synapse::iterate_inhibition(1, scene.orbit, steps);
  auto inhibited = synapse::iterate_inhibition(beta, scene.orbit, steps);
  if (!complement || !inhibited) {
    why = TheoryWords::tr("There is no orbit: x must lie between 0 and 1, and β be finite.");
    return nullptr;
  }
  const QString beta_text = numberText(beta, 4);
  auto left =
      orbitFigure(TheoryWords::tr("In the probabilities"), QStringLiteral("x"),
                  {{QStringLiteral("1 − x"), std::move(complement->x), 0},
                   {QStringLiteral("1 − %1 x").arg(beta_text), std::move(inhibited->x), 1, Qt::DashLine}});
  auto right = orbitFigure(
      TheoryWords::tr("In surprisal space"), QStringLiteral("u"),
      {{QStringLiteral("G(u)"), std::move(complement->u), 0},
       {QStringLiteral("−log(1 − %1 e^(−u))").arg(beta_text), std::move(inhibited->u), 1, Qt::DashLine}});
  return std::make_shared<const PairFigure>(
      TheoryWords::tr("Iterates from x = %1, and from u = −log x = %2")
          .arg(numberText(scene.orbit, 4), numberText(synapse::surprisal(scene.orbit), 4)),
      std::move(left), std::move(right));
}

std::shared_ptr<const Figure> logLineFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                            QString& why) {
  auto line = synapse::log_line(synapseOf(scene, frame), scene.from, scene.to, kLogLinePoints);
  if (!line) {
    why = QString::fromStdString(line.error().sentence()) + '.';
    return nullptr;
  }
  return std::make_shared<const CurveFigure>(CurveFigure::Content{
      .title = TheoryWords::tr("log S from (%1, %2) to (%3, %4)")
                   .arg(numberText(scene.from.x, 4), numberText(scene.from.y, 4), numberText(scene.to.x, 4),
                        numberText(scene.to.y, 4)),
      .x = TheoryWords::tr("t, from the one end to the other"),
      .y = QStringLiteral("log S"),
      .at = std::move(line->t),
      .series = {{QStringLiteral("log S"), std::move(line->value), 0},
                 {TheoryWords::tr("chord"), std::move(line->chord), 2, Qt::DashLine}},
      .marked = {},
      .x_range = {},
      .y_range = {},
      .note = TheoryWords::tr("above its chord, by %1 at most, at t = %2")
                  .arg(numberText(line->largest_gap, 4), numberText(line->largest_at, 3)),
      .y_title = {}});
}

std::shared_ptr<const Figure> occupationFigure(const SurfaceScene& /*scene*/,
                                               const train::SynapseFrame* frame, QString& why) {
  if (frame == nullptr || frame->samples.empty()) {
    why = frame == nullptr
              ? TheoryWords::tr(
                    "The occupation numbers of a layer appear here with a run: press Train (F5), or "
                    "open one.")
              : TheoryWords::tr(
                    "The inputs of the layer are known while training, at ends of epochs and where "
                    "the run was paused or stopped, with the run's data open. Move the time there.");
    return nullptr;
  }
  const auto all = synapse::occupations(frame->parameters.beta, static_cast<std::size_t>(frame->n()),
                                        frame->samples, kOccupationBins);
  if (!all) {
    why = QString::fromStdString(all.error().sentence()) + '.';
    return nullptr;
  }
  const auto percent = [&](std::size_t count) {
    return numberText(100 * static_cast<double>(count) / static_cast<double>(all->terms), 3);
  };
  return std::make_shared<const PairFigure>(
      TheoryWords::tr("Occupation of %1: β > 0 %2 %, β < 0 %3 %, poles %4 %")
          .arg(QString::fromStdString(frame->layer.name), percent(all->bosonic), percent(all->fermionic),
               percent(all->poles)),
      spreadFigure(*all), energyFigure(*all));
}

}  // namespace synann::ui
