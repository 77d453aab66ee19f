// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/ticks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <span>

#include <QDateTime>
#include <QLocale>

namespace synann::ui {
namespace {

constexpr int kMaxDecades = 12;  // beyond this, minor ticks are closer than a pixel or two
constexpr double kRounding = 1e-9;
constexpr int kMostTries = 16;  // finer steps, for a second tick

// The smallest 1, 2 or 5 · 10ⁿ that divides the span into at most `wanted` steps.
double niceStep(double span, int wanted) {
  const double raw = span / std::max(1, wanted);
  const double decade = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * decade >= raw * (1 - kRounding)) return factor * decade;
  return 10 * decade;
}

// The multiples of step inside [min, max].
QList<double> multiples(double min, double max, double step) {
  QList<double> values;
  const double first = std::ceil(min / step - kRounding), last = std::floor(max / step + kRounding);
  if (!(last - first < 1000)) return values;
  for (double k = first; k <= last; k += 1) values.append(k * step + 0.0);  // + 0.0 turns −0 into 0
  return values;
}

struct Steps {
  double step;
  QList<double> values;
};

// Round values inside [min, max], about `wanted` of them and at least two: a single one is no scale. Steps
// are not below `least`, values not below `lowest`.
Steps roundSteps(double min, double max, int wanted, double least, double lowest = -INFINITY) {
  for (int more = wanted;; ++more) {
    const double step = std::max(least, niceStep(max - min, more));
    QList<double> values = multiples(std::max(lowest, min), max, step);
    if (values.size() >= 2 || step == least || more > wanted + kMostTries) return {step, values};
  }
}

// x · 10ⁿ with as many digits of x as tell it from its neighbours: "2·10⁹", "1.25·10⁻⁶".
QString powerText(double value, int digits) {
  if (value == 0) return QStringLiteral("0");
  QStringList parts = QString::number(value, 'e', digits).split('e');
  if (QString& front = parts.front(); front.contains('.')) {
    while (front.endsWith('0')) front.chop(1);
    if (front.endsWith('.')) front.chop(1);
  }
  QString power = QString::number(parts.back().toInt());
  static const QString kPlain = QStringLiteral("-0123456789"), kRaised = QStringLiteral("⁻⁰¹²³⁴⁵⁶⁷⁸⁹");
  for (QChar& c : power) c = kRaised[kPlain.indexOf(c)];
  return QStringLiteral("%1·10%2").arg(parts.front(), power);
}

// A label with the decimals that the step needs; `most`: the largest size on the axis, which all labels
// follow. Large numbers are read in groups of three digits, and as powers of ten where that would be long; so
// are small ones.
QString tickText(double value, double step, double most) {
  constexpr double kGrouped = 1e6, kLong = 1e9, kSmall = 1e-3, kFine = 0.99e-5;
  if ((step < kFine && most < kSmall) || most >= kLong) {
    const auto decade = [](double x) { return static_cast<int>(std::floor(std::log10(x) + 1e-6)); };
    return powerText(value, value == 0 ? 0 : std::clamp(decade(std::abs(value)) - decade(step), 0, 14));
  }
  const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-6)));
  if (most >= kGrouped && decimals == 0) return countText(std::llround(value));
  return QString::number(value, 'f', decimals);
}

// m · 10ⁿ for each factor m, inside [min, max].
QList<double> decadeValues(double min, double max, std::span<const double> factors) {
  QList<double> values;
  const int first = static_cast<int>(std::floor(std::log10(min))),
            last = static_cast<int>(std::floor(std::log10(max)));
  for (int n = first; n <= last; ++n)
    for (const double factor : factors) {
      const double value = factor * std::pow(10.0, n);
      if (value >= min * (1 - kRounding) && value <= max * (1 + kRounding)) values.append(value);
    }
  return values;
}

bool hasExtent(double min, double max) {
  return std::isfinite(min) && std::isfinite(max) && max > min;
}

}  // namespace

QString countText(std::int64_t count) {
  static const QLocale locale(QLocale::English, QLocale::UnitedStates);
  return locale.toString(static_cast<qlonglong>(count));
}

QList<Tick> countTicks(double min, double max, int wanted) {
  QList<Tick> ticks;
  if (!hasExtent(min, max)) return ticks;
  for (const double value : roundSteps(min, max, wanted, 1, 0).values)
    ticks.append({value, countText(static_cast<std::int64_t>(std::llround(value)))});
  return ticks;
}

QList<Tick> linearTicks(double min, double max, int wanted) {
  QList<Tick> ticks;
  if (!hasExtent(min, max)) return ticks;
  const auto [step, values] = roundSteps(min, max, wanted, 0);
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  for (const double value : values) ticks.append({value, tickText(value, step, most)});
  return ticks;
}

QList<Tick> logTicks(double min, double max, int wanted) {
  QList<Tick> ticks;
  if (!hasExtent(min, max) || min <= 0) return ticks;
  static constexpr std::array<double, 1> kDecades{1};
  static constexpr std::array<double, 3> kSteps{1, 2, 5};
  QList<double> values = decadeValues(min, max, kDecades);
  if (values.size() < 3) values = decadeValues(min, max, kSteps);
  if (values.size() < 3) return linearTicks(min, max, wanted);
  const qsizetype every = std::max<qsizetype>(1, (values.size() + wanted - 1) / std::max(1, wanted));
  for (qsizetype i = 0; i < values.size(); ++i) {
    // Counted from 10⁰, so that the labels keep their places while the range moves.
    if (every > 1 && std::llround(std::log10(values[i])) % every != 0) continue;
    ticks.append({values[i], QString::number(values[i], 'g', 6)});
  }
  if (ticks.size() < 2)  // the first and the last, which are apart
    ticks = {{values.front(), QString::number(values.front(), 'g', 6)},
             {values.back(), QString::number(values.back(), 'g', 6)}};
  return ticks;
}

QString clockText(double seconds) {
  return QDateTime::fromSecsSinceEpoch(static_cast<qint64>(std::floor(seconds)))
      .toString(QStringLiteral("yyyy-MM-dd hh:mm:ss"));
}

QList<Tick> clockTicks(double min, double max, int wanted) {
  constexpr qint64 kDay = 86'400;
  constexpr qint64 steps[] = {1,    2,        5,        10,        15,        30,        60,     120,
                              300,  600,      900,      1800,      3600,      10'800,    21'600, 43'200,
                              kDay, 2 * kDay, 7 * kDay, 30 * kDay, 90 * kDay, 365 * kDay};
  const auto fits = [&](qint64 step) {
    return (max - min) / static_cast<double>(step) <= std::max(2, wanted);
  };
  const auto found = std::find_if(std::begin(steps), std::end(steps), fits);
  const qint64 step = found == std::end(steps) ? steps[std::size(steps) - 1] : *found;
  // Round in local time.
  const auto from = static_cast<qint64>(std::ceil(min));
  const qint64 offset = QDateTime::fromSecsSinceEpoch(from).offsetFromUtc();
  const qint64 behind = (from + offset) % step;
  QList<Tick> ticks;
  for (qint64 at = behind == 0 ? from : from + step - behind; static_cast<double>(at) <= max; at += step) {
    const QDateTime time = QDateTime::fromSecsSinceEpoch(at);
    const bool midnight = time.time() == QTime(0, 0);
    ticks.append({static_cast<double>(at), time.toString(step >= kDay || midnight ? QStringLiteral("MM-dd")
                                                         : step >= 60             ? QStringLiteral("hh:mm")
                                                                      : QStringLiteral("hh:mm:ss"))});
  }
  return ticks;
}

QList<double> logMinorTicks(double min, double max) {
  if (!hasExtent(min, max) || min <= 0 || std::log10(max / min) > kMaxDecades) return {};
  static constexpr std::array<double, 8> kBetween{2, 3, 4, 5, 6, 7, 8, 9};
  return decadeValues(min, max, kBetween);
}

}  // namespace synann::ui
