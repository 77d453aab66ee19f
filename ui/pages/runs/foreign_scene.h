// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include <QString>
#include <QVariantList>

#include "engine/exports/foreign_curve.h"
#include "engine/runs/curve_comparison.h"
#include "ui/pages/runs/runs_scene.h"

// Curves of other programs' runs among those of this program's, as plain values.
namespace synann::ui {

// What a person chose of a file, and how it is to be read.
struct ForeignChoice {
  QString path, curve;                                      // file or folder, and the curve's name there
  exports::ForeignUnit unit = exports::ForeignUnit::Steps;  // what its x counts
  double steps = 0, examples = 0;                           // of an epoch of that program; 0: not known
  RunsQuantity quantity = RunsQuantity::TestLoss;           // with which it is drawn
  bool from_zero = false;  // epochs are counted from 0: what stands at 0 was measured after the first
  bool percent = false;    // its numbers are shares of 1, drawn as percent

  bool operator==(const ForeignChoice&) const = default;
};

// With its numbers.
struct DrawnForeign {
  ForeignChoice choice;
  std::shared_ptr<const exports::ForeignCurve> curve;

  QString name() const;  // "val_loss of keras.csv"
  QString file() const;  // "keras.csv", or the folder of an event file
};

// More points than this are drawn as means of so many after each other that these are left.
inline constexpr std::size_t kMostForeignPoints = 1'000;

// Where it lies along what the scene's curves run along; nothing where that cannot be known of it.
std::vector<runs::MeanPlace> foreignPlaces(const DrawnForeign& foreign, RunsAcross across);
// How many of its points are one of those; 1: each by itself.
std::size_t foreignStride(const exports::ForeignCurve& curve);

// What the name of a curve suggests, else `fallback`.
RunsQuantity foreignQuantity(const std::string& name, RunsQuantity fallback);

// As it is kept in settings and in the views of figures, and back; what makes no sense is left out.
QVariantList keptForeign(const std::vector<ForeignChoice>& choices);
std::vector<ForeignChoice> foreignFromKept(const QVariantList& kept);

}  // namespace synann::ui
