// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_series.h"

#include <algorithm>
#include <cmath>

#include <QJsonArray>

namespace synann::ui {

using namespace Qt::StringLiterals;

QJsonObject toJson(const LossPart& part) {
  QJsonObject json{{u"log"_s, part.log_y}, {u"smoothing"_s, smoothingId(part.smoothing.kind)}};
  if (part.smoothing.kind == SmoothingKind::MovingAverage)
    json.insert(u"smoothing_examples"_s, static_cast<qint64>(part.smoothing.examples));
  if (part.range)
    json.insert(u"range"_s,
                QJsonArray{part.range->minX, part.range->maxX, part.range->minY, part.range->maxY});
  return json;
}

LossPart lossPartFromJson(const QJsonObject& json) {
  LossPart part;
  part.log_y = json.value(u"log"_s).toBool();
  part.smoothing.kind = smoothingFromId(json.value(u"smoothing"_s).toString());
  part.smoothing.examples = std::clamp<std::int64_t>(
      json.value(u"smoothing_examples"_s).toInteger(part.smoothing.examples), 1, kMostSmoothed);
  const QJsonArray range = json.value(u"range"_s).toArray();
  const LossRange wished{range.at(0).toDouble(), range.at(1).toDouble(), range.at(2).toDouble(),
                         range.at(3).toDouble()};
  if (range.size() == 4 && wished.minX < wished.maxX && wished.minY < wished.maxY) part.range = wished;
  return part;
}

LossRange fullRange(std::span<const LossSeries> curves, bool logY) {
  std::optional<LossRange> all;
  for (const LossSeries& series : curves) {
    if (series.curve->empty()) continue;
    const LossRange one = fullRange(*series.curve, logY);
    if (!all) all = one;
    all = LossRange{std::min(all->minX, one.minX), std::max(all->maxX, one.maxX),
                    std::min(all->minY, one.minY), std::max(all->maxY, one.maxY)};
  }
  if (all) return *all;
  return fullRange(curves.empty() ? LossCurve() : *curves.front().curve, logY);
}

}  // namespace synann::ui
