// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/swap/swap_figures.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QStringList>

#include "engine/synapse/domain.h"
#include "ui/plots/curve_figure.h"
#include "ui/plots/map_figure.h"

namespace synann::ui {
namespace {

constexpr std::size_t kMapSide = 65, kSectionPoints = 201;
// The odds end at 0 and 1: the grid stops a little before them.
constexpr synapse::Range kInside{.from = 0.001, .to = 0.999};
constexpr double kMostShownRatio = 10;

struct SwapFigureWords {
  Q_DECLARE_TR_FUNCTIONS(swap_figures)
};

// Why a quantity has no value at some places.
QString noOdds() {
  return SwapFigureWords::tr("βx or βy is beyond 1, where there are no odds");
}

// How the quantity is called above a bar and in a title.
struct QuantityNames {
  QString mark, title;
};
QuantityNames namesOf(synapse::SwapQuantity quantity) {
  switch (quantity) {
    case synapse::SwapQuantity::Forward:
      return {QStringLiteral("S(x, y)"), QStringLiteral("S(x, y) = αx(1 − βy)")};
    case synapse::SwapQuantity::Backward:
      return {QStringLiteral("S(y, x)"), QStringLiteral("S(y, x) = αy(1 − βx)")};
    case synapse::SwapQuantity::Ratio:
      return {SwapFigureWords::tr("swap ratio"), QStringLiteral("S(x, y)/S(y, x) = odds(βx)/odds(βy)")};
    case synapse::SwapQuantity::LogRatio:
      return {SwapFigureWords::tr("log swap ratio"),
              QStringLiteral("log S(x, y)/S(y, x) = logit(βx) − logit(βy)")};
    case synapse::SwapQuantity::Difference:
      return {SwapFigureWords::tr("difference"), QStringLiteral("S(x, y) − S(y, x) = α(x − y)")};
    case synapse::SwapQuantity::Preference:
      break;
  }
  return {SwapFigureWords::tr("preference"), QStringLiteral("S(x, y)/(S(x, y) + S(y, x))")};
}

QString parametersText(const synapse::Synapse& s) {
  return QStringLiteral("α %1, β %2").arg(numberText(s.alpha), numberText(s.beta));
}

}  // namespace

std::shared_ptr<const Figure> swapMap(const SwapScene& scene) {
  auto grid = synapse::sample_swap(scene.quantity, scene.synapse, kInside, kInside, kMapSide, kMapSide);
  if (!grid) return nullptr;
  const synapse::Range range = synapse::swap_range(scene.quantity, *grid);
  auto levels = scene.lines ? synapse::swap_levels(scene.quantity, *grid) : std::vector<double>();
  const QuantityNames names = namesOf(scene.quantity);
  return std::make_shared<const MapFigure>(
      MapFigure::Content{.title = QStringLiteral("%1   %2").arg(names.title, parametersText(scene.synapse)),
                         .x = QStringLiteral("x"),
                         .y = QStringLiteral("y"),
                         .value = names.mark,
                         .grid = std::move(*grid),
                         .x_range = {0, 1},
                         .y_range = {0, 1},
                         .scale = scaleOf(range.from, range.to, scene.colors),
                         .levels = std::move(levels),
                         .chosen = QPointF(scene.x, scene.y),
                         .gap = noOdds()});
}

std::shared_ptr<const Figure> swapSection(const SwapScene& scene) {
  const bool by_x = scene.along == synapse::Along::X;
  const double held = by_x ? scene.y : scene.x, chosen = by_x ? scene.x : scene.y;
  auto section =
      synapse::sample_swap_section(scene.quantity, scene.synapse, scene.along, held, kInside, kSectionPoints);
  if (!section) return nullptr;
  const QuantityNames names = namesOf(scene.quantity);
  const double marked = synapse::swap_quantity(scene.quantity, scene.synapse, scene.x, scene.y);
  CurveFigure::Content content{
      .title = SwapFigureWords::tr("%1 at %2 = %3")
                   .arg(names.mark, by_x ? QStringLiteral("y") : QStringLiteral("x"), numberText(held, 4)),
      .x = by_x ? QStringLiteral("x") : QStringLiteral("y"),
      .y = names.mark,
      .at = std::move(section->at),
      .series = {{.name = names.mark,
                  .values = std::move(section->values),
                  .color = by_x ? 0 : 1,
                  .gap = noOdds()}},
      .marked = QPointF(chosen, marked),
      .x_range = Axes::Range{0, 1},
      .y_range = {},
      .note = {}};
  // Towards an end the ratio has no bound.
  if (scene.quantity == synapse::SwapQuantity::Ratio)
    content.y_range =
        Axes::Range{0, std::max(kMostShownRatio, std::isfinite(marked) ? 1.2 * marked : kMostShownRatio)};
  return std::make_shared<const CurveFigure>(std::move(content));
}

std::shared_ptr<const Figure> figureOfSwap(const SwapScene& scene, QString& why) {
  why = SwapFigureWords::tr("There is no such figure: α and β must be finite.");
  switch (kSwapFigures.indexOf(scene.figure)) {
    case 1:
      return swapSection(scene);
    case 2:
      return pairsFigure(scene, why);
    case 3:
      return biasFigure(scene, why);
    case 4:
      return sarsFigure(scene, why);
    case 5:
      return residualsFigure(scene, why);
    case 6:
      return adamLossFigure(scene, why);
    default:
      return swapMap(scene);
  }
}

QString swapNumbers(const SwapScene& scene) {
  const synapse::Swap s = synapse::swap(scene.synapse, scene.x, scene.y);
  const auto line = [](const QString& name, double value) {
    return QStringLiteral("%1 %2").arg(name, -11).arg(valueText(value, kComputedDigits));
  };
  return QStringList{line(QStringLiteral("S(x, y)"), s.forward),
                     line(QStringLiteral("S(y, x)"), s.backward),
                     line(SwapFigureWords::tr("swap ratio"), s.ratio),
                     line(SwapFigureWords::tr("its log"), s.log_ratio),
                     line(SwapFigureWords::tr("difference"), s.difference),
                     line(SwapFigureWords::tr("preference"), s.preference)}
      .join('\n');
}

QString swapRemark(const SwapScene& scene) {
  const synapse::Synapse& s = scene.synapse;
  if (scene.x == 0 && scene.y == 0)
    return SwapFigureWords::tr("x and y are 0: both S are 0, and the swap ratio has no value.");
  if (synapse::open_fraction(s, scene.x) <= 0 || synapse::open_fraction(s, scene.y) <= 0)
    return SwapFigureWords::tr(
        "βx or βy has reached 1: there are no odds, and the swap ratio is none of odds.");
  if (s.beta < 0 || s.beta > 1)
    return SwapFigureWords::tr(
        "β is not from 0 to 1, as the theory asks for: βx and βy may be no probabilities, and the swap ratio "
        "none of odds.");
  if (s.beta == 1)
    return SwapFigureWords::tr("β = 1: the swap ratio is odds(x)/odds(y), the odds ratio of x and y.");
  if (s.beta == 0)
    return SwapFigureWords::tr(
        "β = 0: nothing inhibits. S(x, y) is αx, S(y, x) is αy, and the swap ratio is x/y, as if both odds "
        "were taken of small probabilities.");
  return SwapFigureWords::tr(
      "β < 1, an imperfect effect: the swap ratio lies between x/y and the odds ratio of x and y, and nearer "
      "to 1 than that.");
}

}  // namespace synann::ui
