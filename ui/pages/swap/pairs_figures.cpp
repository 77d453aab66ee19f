// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QStringList>

#include "ui/pages/swap/swap_figures.h"
#include "ui/plots/curve_figure.h"
#include "ui/plots/interval_figure.h"

namespace synann::ui {
namespace {

constexpr std::size_t kBiasPoints = 101;

struct PairsFigureWords {
  Q_DECLARE_TR_FUNCTIONS(pairs_figures)
};

QString utf8(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString ratioText(double value, int digits = 6) {
  return std::isinf(value) ? PairsFigureWords::tr("infinite") : valueText(value, digits);
}

QString noDiscordant() {
  return PairsFigureWords::tr("there is no discordant pair");
}
QString noShares() {
  return PairsFigureWords::tr("a share of 0 or 1 on both sides, or no pairs, has no ratio of odds");
}
QString noInterval() {
  return PairsFigureWords::tr("no interval is given for it");
}

// Whose numbers these are; invented ones are said to be so wherever they stand.
QString ownerText(const SwapScene& scene) {
  if (const synapse::PairsExample* const example = exampleOf(scene))
    return PairsFigureWords::tr("%1, invented numbers").arg(utf8(example->title));
  return scene.source.isEmpty() ? PairsFigureWords::tr("Matched pairs") : scene.source;
}

QString percentText(double confidence) {
  return PairsFigureWords::tr("%1 %").arg(numberText(100 * confidence, 4));
}

double measuredOf(const SwapScene& scene) {
  return synapse::measured_ratio(synapse::case_exposure(scene.counts),
                                 synapse::control_exposure(scene.counts), scene.effect);
}

}  // namespace

std::shared_ptr<const Figure> pairsFigure(const SwapScene& scene, QString& why) {
  const auto odds = synapse::paired_odds(scene.counts, scene.confidence);
  if (!odds) {
    why = QString::fromStdString(odds.error().sentence());
    return nullptr;
  }
  const synapse::PairCounts& n = scene.counts;
  IntervalFigure::Content content{
      .title = PairsFigureWords::tr("%1: %2 pairs, %3 : %4 discordant")
                   .arg(ownerText(scene))
                   .arg(n.pairs())
                   .arg(n.case_only)
                   .arg(n.control_only),
      .axis = PairsFigureWords::tr("ratio (logarithmic)"),
      .rows = {},
      .notes = {PairsFigureWords::tr("matched b/c = %1, exact McNemar p = %2")
                    .arg(ratioText(odds->ratio, 4), numberText(odds->p_value, 3))}};
  const QString percent = percentText(odds->confidence);
  const auto row = [](QString name, double value, int color, QString gap) {
    return IntervalFigure::Row{.name = std::move(name),
                               .value = value,
                               .from = std::nullopt,
                               .to = std::nullopt,
                               .color = color,
                               .gap = std::move(gap)};
  };
  IntervalFigure::Row wald =
      row(PairsFigureWords::tr("matched, Wald %1").arg(percent), odds->ratio, 0, noDiscordant());
  if (odds->wald) {
    wald.from = odds->wald->from;
    wald.to = odds->wald->to;
  } else {
    wald.why = PairsFigureWords::tr("a count is 0");
    wald.instead = PairsFigureWords::tr("none: %1").arg(wald.why);
  }
  IntervalFigure::Row exact =
      row(PairsFigureWords::tr("matched, exact %1").arg(percent), odds->ratio, 1, noDiscordant());
  exact.from = odds->exact.from;
  exact.to = odds->exact.to;
  content.rows = {wald, exact,
                  row(PairsFigureWords::tr("crude odds(x)/odds(y)"), odds->shares_ratio, 2,
                      std::isnan(odds->shares_ratio) ? noShares() : noInterval())};
  if (scene.effect < 1) {
    const double measured = measuredOf(scene);
    content.rows.push_back(row(PairsFigureWords::tr("measured at β = %1").arg(numberText(scene.effect, 3)),
                               measured, 3, std::isnan(measured) ? noShares() : noInterval()));
  }
  return std::make_shared<const IntervalFigure>(std::move(content));
}

std::shared_ptr<const Figure> biasFigure(const SwapScene& scene, QString& why) {
  const double x = synapse::case_exposure(scene.counts), y = synapse::control_exposure(scene.counts);
  auto bias = synapse::effect_bias(x, y, kBiasPoints);
  if (!bias) {
    why = PairsFigureWords::tr("The bias needs exposed shares between 0 and 1 of cases and of controls.");
    return nullptr;
  }
  const std::vector<double> truth(kBiasPoints, bias->true_ratio), risk(kBiasPoints, bias->risk_ratio);
  CurveFigure::Content content{
      .title = PairsFigureWords::tr("%1: what an imperfect effect β leaves of the crude odds ratio")
                   .arg(ownerText(scene)),
      .x = QStringLiteral("β"),
      .y = PairsFigureWords::tr("ratio"),
      .at = std::move(bias->beta),
      .series = {{PairsFigureWords::tr("measured, odds(βx)/odds(βy)"), std::move(bias->measured), 0},
                 {PairsFigureWords::tr("crude, odds(x)/odds(y)"), truth, 2, Qt::DashLine},
                 {PairsFigureWords::tr("x/y"), risk, 3, Qt::DotLine}},
      .marked = {},
      .x_range = {},
      .y_range = {},
      .note = PairsFigureWords::tr("exposed: cases x = %1, controls y = %2")
                  .arg(numberText(x, 4), numberText(y, 4))};
  content.y_range = roomyRange(std::min(risk[0], truth[0]), std::max(risk[0], truth[0]), false);
  if (scene.effect < 1) content.marked = QPointF(scene.effect, measuredOf(scene));
  return std::make_shared<const CurveFigure>(std::move(content));
}

QString pairsNumbers(const SwapScene& scene) {
  const auto odds = synapse::paired_odds(scene.counts, scene.confidence);
  if (!odds) return QString::fromStdString(odds.error().sentence());
  const auto line = [](const QString& name, const QString& value) {
    return QStringLiteral("%1 %2").arg(name, -11).arg(value);
  };
  const auto number = [&](const QString& name, double value) {
    return line(name, ratioText(value, kComputedDigits));
  };
  const auto ends = [](const synapse::Range& r) {
    return QStringLiteral("%1 … %2").arg(ratioText(r.from, 9), ratioText(r.to, 9));
  };
  QStringList lines{number(PairsFigureWords::tr("matched b/c"), odds->ratio),
                    line(PairsFigureWords::tr("Wald"),
                         odds->wald ? ends(*odds->wald) : PairsFigureWords::tr("no value: a count is 0")),
                    line(PairsFigureWords::tr("exact"), ends(odds->exact)),
                    number(PairsFigureWords::tr("McNemar p"), odds->p_value),
                    number(PairsFigureWords::tr("x"), synapse::case_exposure(scene.counts)),
                    number(PairsFigureWords::tr("y"), synapse::control_exposure(scene.counts)),
                    number(PairsFigureWords::tr("crude"), odds->shares_ratio)};
  if (scene.effect < 1) lines.append(number(PairsFigureWords::tr("measured"), measuredOf(scene)));
  return lines.join('\n');
}

QString pairsRemark(const SwapScene& scene) {
  QStringList parts;
  if (const synapse::PairsExample* const e = exampleOf(scene))
    parts.append(PairsFigureWords::tr("Invented numbers. %1. A pair: %2; exposed: %3.")
                     .arg(utf8(e->help), utf8(e->pair), utf8(e->exposure)));
  else if (!scene.source.isEmpty())
    parts.append(PairsFigureWords::tr("From %1.").arg(scene.source));
  for (const std::string_view remark : synapse::remarks(scene.counts)) parts.append(utf8(remark) + '.');
  return parts.join(' ');
}

}  // namespace synann::ui
