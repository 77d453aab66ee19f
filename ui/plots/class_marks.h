// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include <QColor>
#include <QPainter>
#include <QPointF>
#include <QRectF>
#include <QStringList>

#include "ui/plots/figure.h"

// How a point of a class is drawn: a disc with the class written in it, so that nothing is told by colour
// alone.
namespace synann::ui {

// One of ten colours that can be told apart and carry black or white digits; classes beyond ten begin again.
QColor classColor(int label);

// The radius of a mark that stands for so many points: its area grows with their number, up to a limit.
double classMarkRadius(int count);

// How much larger marks are drawn beside large letters: 1 up to the window's own.
double classMarkScale(const QFont& font);

// What is written in the mark of a class: its name where it is as short as a number, "a"; else its number.
QString classMarkText(int label, const QStringList& names);
void paintClassMark(QPainter& painter, QPointF place, int label, const QString& text, double radius,
                    const FigurePaint& how);

// "class ⓪ 20  ① 20 …" in one line from the left, with long names "class ⓪ boot 20  ① bag 20 …"; without the
// counts where they do not fit, then without the names, then closer together.
void paintClassLegend(QPainter& painter, const QRectF& line, const std::map<int, int>& counts,
                      const FigurePaint& how, const QStringList& names = {});

}  // namespace synann::ui
