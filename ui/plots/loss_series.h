// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>

#include <QJsonObject>
#include <QString>

#include "ui/plots/loss_smoothing.h"
#include "ui/plots/loss_viewport.h"

namespace synann::ui {

// One run's curve in a loss figure.
struct LossSeries {
  std::shared_ptr<const LossCurve> curve;  // shared with the owner, never null
  // Empty: the original figure's plain blue line and red points. Else the run's name; line and points have
  // the run's colour then, seriesColor(look, color), which it keeps for life.
  QString name{};
  int color = 0;
};

// How a loss figure is looked at.
struct LossPart {
  std::optional<LossRange> range{};  // all of the curves when absent
  bool log_y = false;
  LossSmoothing smoothing{};
  bool operator==(const LossPart&) const = default;
};

// As figures remember it: "range" [min x, max x, min y, max y] in examples and nats, "log", "smoothing",
// "smoothing_examples". Fields that are missing or make no sense keep their defaults.
QJsonObject toJson(const LossPart& part);
LossPart lossPartFromJson(const QJsonObject& json);

// All of the curves with a small margin.
LossRange fullRange(std::span<const LossSeries> curves, bool logY);

}  // namespace synann::ui
