// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QStringList>

#include "engine/infer/asker.h"
#include "engine/infer/biography.h"
#include "engine/infer/explanation.h"
#include "engine/infer/occlusion.h"
#include "engine/infer/robustness.h"
#include "ui/plots/figure.h"

// Figures of what the engine answers about one image, or about one network. Functions of values; any thread.
namespace synann::ui {

// The surprisal of one sample over the recorded steps, and when it was right; `sample` is its place.
std::shared_ptr<const Figure> biographyFigure(const infer::Biographies& lives, std::size_t sample,
                                              const QString& image, const QStringList& names);
// The units of the synapse layer that made it one class rather than the other, the strongest first.
std::shared_ptr<const Figure> explanationFigure(const infer::Explanation& explanation, const QString& image,
                                                const QString& a, const QString& b);
// How log p of a class changes where a patch is hidden, pixel by pixel.
std::shared_ptr<const Figure> occlusionFigure(const infer::Occlusion& occlusion, int rows, int columns,
                                              const QString& image, const QString& label, int side);
// Accuracy over the amount of a disturbance, of one network or of several at the same amounts.
struct RobustnessCurve {
  QString name;  // of the network, among several
  std::vector<infer::RobustnessPoint> points;
};
std::shared_ptr<const Figure> robustnessFigure(const std::vector<RobustnessCurve>& curves,
                                               infer::Disturbance kind, const QString& of);

}  // namespace synann::ui
