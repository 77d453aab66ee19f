// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <QCoreApplication>

#include "ui/pages/runs/run_numbers.h"
#include "ui/pages/runs/run_words.h"
#include "ui/plots/parallel_figure.h"
#include "ui/plots/scatter_figure.h"

namespace synann::ui {
namespace {

constexpr double kLogFactor = 20;  // that numbers span, above which their axis is logarithmic
constexpr std::size_t kMostSettingAxes = 8;
constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

struct ComparisonWords {
  Q_DECLARE_TR_FUNCTIONS(runs_comparison)
};

std::vector<runs::RunSummary> readableRuns(const std::vector<runs::RunSummary>& runs) {
  std::vector<runs::RunSummary> some;
  for (const runs::RunSummary& run : runs)
    if (run.problem.empty()) some.push_back(run);
  return some;
}

bool spansDecades(const std::vector<double>& values) {
  double least = INFINITY, most = -INFINITY;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  return least > 0 && most >= kLogFactor * least;
}

std::vector<double> valuesOf(const RunNumber& number, const std::vector<runs::RunSummary>& runs) {
  std::vector<double> values;
  for (const runs::RunSummary& run : runs) values.push_back(number.of(run).value_or(kNoNumber));
  return values;
}

QString shortName(const runs::RunSummary& run) {
  return QString::fromStdString(run.notes.title.empty() ? run.name : run.notes.title);
}

// A setting that is no number has its words, in alphabetic order.
void addWords(ParallelFigure::Content& content, const std::string& key,
              const std::vector<runs::RunSummary>& runs) {
  ParallelFigure::Axis axis{.name = runSettingName(key)};
  for (const runs::RunSummary& run : runs)
    if (train::setting_matters(run.settings, key)) axis.words.append(runSettingValue(run.settings, key));
  axis.words.removeDuplicates();
  axis.words.sort();
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const bool has = train::setting_matters(runs[k].settings, key);
    content.lines[k].values.push_back(
        has ? static_cast<double>(axis.words.indexOf(runSettingValue(runs[k].settings, key))) : kNoNumber);
  }
  content.axes.push_back(std::move(axis));
}

void addNumbers(ParallelFigure::Content& content, const RunNumber& number,
                const std::vector<runs::RunSummary>& runs) {
  const std::vector<double> values = valuesOf(number, runs);
  for (std::size_t k = 0; k < runs.size(); ++k) content.lines[k].values.push_back(values[k]);
  content.axes.push_back({.name = number.text, .log = spansDecades(values)});
}

}  // namespace

std::shared_ptr<const Figure> runsParallelFigure(const std::vector<runs::RunSummary>& listed) {
  const std::vector<runs::RunSummary> runs = readableRuns(listed);
  if (runs.empty()) return nullptr;
  const std::vector<RunNumber>& numbers = runNumbers();
  const RunNumber& best = numbers[static_cast<std::size_t>(runNumberAt(QStringLiteral("best")))];
  ParallelFigure::Content content{
      .title = ComparisonWords::tr("Settings that differ and outcome of %1 runs").arg(runs.size()),
      .color = best.text,
      .axes = {},
      .lines = {}};
  for (const runs::RunSummary& run : runs)
    content.lines.push_back(
        {.name = shortName(run), .values = {}, .color = best.of(run).value_or(kNoNumber)});
  std::vector<std::string> keys = runs::differing_settings(runs);
  if (keys.size() > kMostSettingAxes) {
    content.note =
        ComparisonWords::tr("the first %1 of %2 settings that differ").arg(kMostSettingAxes).arg(keys.size());
    keys.resize(kMostSettingAxes);
  }
  for (const std::string& key : keys) {
    const QString id = QString::fromStdString(key);
    const auto number = std::ranges::find(numbers, id, &RunNumber::id);
    number == numbers.end() ? addWords(content, key, runs) : addNumbers(content, *number, runs);
  }
  for (const char* id : {"loss", "best"})
    addNumbers(content, numbers[static_cast<std::size_t>(runNumberAt(QLatin1String(id)))], runs);
  return std::make_shared<const ParallelFigure>(std::move(content));
}

std::shared_ptr<const Figure> runsScatterFigure(const RunsScene& scene,
                                                const std::vector<runs::RunSummary>& listed) {
  const std::vector<runs::RunSummary> runs = readableRuns(listed);
  if (runs.empty()) return nullptr;
  const std::vector<RunNumber>& numbers = runNumbers();
  const RunNumber& x = numbers[static_cast<std::size_t>(scene.scatter_x)];
  const RunNumber& y = numbers[static_cast<std::size_t>(scene.scatter_y)];
  const RunNumber& best = numbers[static_cast<std::size_t>(runNumberAt(QStringLiteral("best")))];
  const std::vector<double> xs = valuesOf(x, runs), ys = valuesOf(y, runs), colors = valuesOf(best, runs);
  ScatterFigure::Content content{
      .title = ComparisonWords::tr("%1 by %2, %3 runs").arg(y.text, x.text).arg(runs.size()),
      .x = x.text,
      .y = y.text,
      .color = best.text,
      .points = {},
      .x_log = spansDecades(xs),
      .y_log = spansDecades(ys)};
  for (std::size_t k = 0; k < runs.size(); ++k)
    content.points.push_back({.name = shortName(runs[k]), .x = xs[k], .y = ys[k], .color = colors[k]});
  return std::make_shared<const ScatterFigure>(std::move(content));
}

}  // namespace synann::ui
