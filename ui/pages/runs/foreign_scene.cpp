// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/foreign_scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QVariantMap>

#include "engine/core/lower_case.h"
#include "engine/exports/tensorboard/event_folder.h"

namespace synann::ui {
namespace {

using exports::ForeignUnit;

constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();
constexpr double kFirstClock = 1e8;  // seconds since 1970; smaller ones are since the run began
constexpr qsizetype kMostKeptForeign = 50;

double ratio(double number, double per) {
  return per > 0 ? number / per : kNowhere;
}

// Through epochs, which every program has.
double alongForeign(const DrawnForeign& foreign, std::size_t k, RunsAcross across) {
  const exports::ForeignCurve& curve = *foreign.curve;
  const ForeignChoice& choice = foreign.choice;
  const double x = curve.x[k], wall = curve.wall.empty() ? kNowhere : curve.wall[k];
  const auto known = [](double per) { return per > 0 ? per : kNowhere; };
  const double epochs = choice.unit == ForeignUnit::Epochs  ? x + (choice.from_zero ? 1 : 0)
                        : choice.unit == ForeignUnit::Steps ? ratio(x, choice.steps)
                                                            : ratio(x, choice.examples);
  switch (across) {
    case RunsAcross::Epochs:
      return epochs;
    case RunsAcross::Steps:
      return choice.unit == ForeignUnit::Steps ? x : epochs * known(choice.steps);
    case RunsAcross::Examples:
      return choice.unit == ForeignUnit::Examples ? x : epochs * known(choice.examples);
    case RunsAcross::Seconds:
      return curve.wall.empty() ? kNowhere : wall - curve.wall.front();
    case RunsAcross::Clock:
      return wall >= kFirstClock ? wall : kNowhere;
  }
  return kNowhere;
}

}  // namespace

// An event file has the name of its run's folder: its own is a number.
QString DrawnForeign::file() const {
  const QFileInfo file(choice.path);
  const bool events = exports::tensorboard::is_event_file_name(choice.path.toStdString());
  return events ? file.dir().dirName() : file.fileName();
}

QString DrawnForeign::name() const {
  return QCoreApplication::translate("foreign_scene", "%1 of %2").arg(choice.curve, file());
}

std::size_t foreignStride(const exports::ForeignCurve& curve) {
  return (curve.x.size() + kMostForeignPoints - 1) / kMostForeignPoints;
}

std::vector<runs::MeanPlace> foreignPlaces(const DrawnForeign& foreign, RunsAcross across) {
  std::vector<runs::MeanPlace> places;
  const exports::ForeignCurve& curve = *foreign.curve;
  const std::size_t stride = std::max<std::size_t>(1, foreignStride(curve));
  const double factor = foreign.choice.percent ? 100 : 1;
  for (std::size_t first = 0; first < curve.x.size(); first += stride) {
    double x = 0, y = 0;
    const std::size_t count = std::min(stride, curve.x.size() - first);
    for (std::size_t k = first; k < first + count; ++k) {
      x += alongForeign(foreign, k, across);
      y += curve.y[k] * factor;
    }
    x /= static_cast<double>(count);
    // A clock may have been set back in between: places rise.
    if (std::isfinite(x) && (places.empty() || x > places.back().x))
      places.push_back({.x = x, .y = y / static_cast<double>(count), .curves = 1});
  }
  return places;
}

RunsQuantity foreignQuantity(const std::string& name, RunsQuantity fallback) {
  const std::string words = lower_case(name);
  const auto has = [&](const char* word) { return words.find(word) != std::string::npos; };
  if (has("acc")) return RunsQuantity::Accuracy;
  if (has("learning_rate") || has("lr")) return RunsQuantity::Rate;
  if (has("grad")) return RunsQuantity::GradientNorm;
  const bool loss = has("loss") || has("nll") || has("entropy");
  if (loss && has("train")) return RunsQuantity::TrainLoss;
  if (loss) return has("val") || has("test") || has("eval") ? RunsQuantity::TestLoss : fallback;
  return fallback;
}

QVariantList keptForeign(const std::vector<ForeignChoice>& choices) {
  QVariantList kept;
  for (const ForeignChoice& choice : choices)
    kept.append(QVariantMap{{"path", choice.path},
                            {"curve", choice.curve},
                            {"unit", static_cast<int>(choice.unit)},
                            {"steps", choice.steps},
                            {"examples", choice.examples},
                            {"quantity", static_cast<int>(choice.quantity)},
                            {"from_zero", choice.from_zero},
                            {"percent", choice.percent}});
  return kept;
}

std::vector<ForeignChoice> foreignFromKept(const QVariantList& kept) {
  std::vector<ForeignChoice> choices;
  for (const QVariant& one : kept.first(std::min(kept.size(), kMostKeptForeign))) {
    const QVariantMap map = one.toMap();
    const int unit = map["unit"].toInt(), quantity = map["quantity"].toInt();
    const double steps = map["steps"].toDouble(), examples = map["examples"].toDouble();
    if (map["path"].toString().isEmpty() || unit < 0 || unit > static_cast<int>(ForeignUnit::Examples) ||
        quantity < 0 || quantity > static_cast<int>(RunsQuantity::BetaNorm))
      continue;
    choices.push_back({.path = map["path"].toString(),
                       .curve = map["curve"].toString(),
                       .unit = static_cast<ForeignUnit>(unit),
                       .steps = std::isfinite(steps) ? std::max(0.0, steps) : 0,
                       .examples = std::isfinite(examples) ? std::max(0.0, examples) : 0,
                       .quantity = static_cast<RunsQuantity>(quantity),
                       .from_zero = map["from_zero"].toBool(),
                       .percent = map["percent"].toBool()});
  }
  return choices;
}

}  // namespace synann::ui
