// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include <QList>
#include <QString>

namespace synann::ui {

// One labelled place of an axis; `value` in data units.
struct Tick {
  double value = 0;
  QString label;
  bool operator==(const Tick&) const = default;
};

// "12,800": the same in every locale, as in the figure's files.
QString countText(std::int64_t count);

// Round steps of 1, 2 or 5 · 10ⁿ inside [min, max], about `wanted` of them, at least two where there are two
// (of the whole numbers, for counts); counts are whole numbers with
// thousands separators. Labels differ from each other.
QList<Tick> countTicks(double min, double max, int wanted);
QList<Tick> linearTicks(double min, double max, int wanted);

// Powers of ten inside [min, max], thinned to about `wanted`; 1-2-5 steps when there are fewer than three of
// them, round linear steps when there are fewer than three of those. min must be positive.
QList<Tick> logTicks(double min, double max, int wanted);

// Times of day and days, of seconds since 1970, in local time: "14:30", "14:30:15", "11-29" where a day
// begins.
QList<Tick> clockTicks(double min, double max, int wanted);
// "2026-11-29 14:30:15"
QString clockText(double seconds);

// The unlabelled 2 … 9 · 10ⁿ between powers of ten; none when the axis spans too many decades to tell them
// apart.
QList<double> logMinorTicks(double min, double max);

}  // namespace synann::ui
