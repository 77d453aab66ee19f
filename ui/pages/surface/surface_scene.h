// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QJsonObject>
#include <QStringList>

#include "engine/synapse/cell.h"
#include "engine/synapse/log_line.h"
#include "engine/train/synapse_frame.h"
#include "ui/pages/view_field.h"
#include "ui/plots/surface_figure.h"

// What the Surface page shows and how, as a plain value: the window, the prompt and the files share it.
namespace synann::ui {

inline constexpr double kLargestEntry = 1e6;  // of the α and β that a person may enter

// What stands over the plane.
enum class SurfaceShown { Value, Slope, Surprisal, Flat };
inline const QStringList kSurfaceShown = {"value", "slope", "surprisal", "flat"};  // in the same order

struct SurfaceScene {
  static constexpr int kAllClasses = -1, kNoClass = -2;

  synapse::Synapse synapse;  // where no cell is followed
  bool follow = true;        // α_i and β_ij of the selected cell, where there is a run
  synapse::Cell cell;        // whose data are drawn
  SurfaceShown shown = SurfaceShown::Value;
  double x = 0.5, y = 0.5;   // the chosen point, as probabilities also in surprisal space
  double share = 0.1;        // of the flat region
  bool data_range = false;   // the axes end where the data end; else the unit square
  int points = kAllClasses;  // or one class
  bool lines = false;        // special lines
  double temperature = 1;    // of the Bose–Einstein curve
  int iterates = 20;         // of 1 − x and its conjugate
  double orbit = 0.2;        // where they begin; 0.5 is the fixed point
  synapse::Place from{.x = 0.1, .y = 0.9}, to{.x = 0.9, .y = 0.1};  // ends of the line for log S
  SurfaceStyle style;
  SurfaceCamera camera;
  QString figure = QStringLiteral("surface");  // one of kSurfaceFigures
};

// "surface", "section-x", …: as --view and files name them.
inline const QStringList kSurfaceFigures = {"surface", "section-x", "section-y", "bose-einstein",
                                            "points",  "iterates",  "log-line",  "occupations"};

// Its fields: controls, JSON and options of the prompt.
const FieldTable<SurfaceScene>& surfaceFields();

// The synapse of one cell; i and j are cut to the layer.
synapse::Synapse synapseOf(const train::SynapseFrame& frame, const synapse::Cell& cell);
// What the scene shows, of this frame where there is one.
synapse::Synapse synapseOf(const SurfaceScene& scene, const train::SynapseFrame* frame);

// What an exported figure remembers; the run's part where there is a frame. And back: fields that are missing
// or make no sense keep their defaults.
QJsonObject toJson(const SurfaceScene& scene, const train::SynapseFrame* frame,
                   const std::filesystem::path& run);
SurfaceScene surfaceSceneFromJson(const QJsonObject& json);

}  // namespace synann::ui
