// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include <QString>

#include "engine/synapse/cell.h"
#include "engine/train/synapse_frame.h"
#include "ui/plots/heat_figure.h"
#include "ui/plots/histogram_figure.h"
#include "ui/plots/profile_figure.h"
#include "ui/plots/proof_figure.h"
#include "ui/plots/rank_figure.h"
#include "ui/plots/tiles_figure.h"
#include "ui/plots/waterfall_figure.h"

// The figures of the Synapses page, made of a frame: the same for the window and for a file.
namespace synann::ui {

// The chosen cell as far as the frame's layer reaches: it may have been chosen in a larger one. Who keeps a
// cell asks here before he reads its numbers.
synapse::Cell cellIn(const train::SynapseFrame& frame, const synapse::Cell& cell);

enum class ScaleMode { Matrix, Robust, Run, Fixed };

// Which cells the list of the strongest holds, and how they follow each other.
enum class RankOrder { Magnitude, Largest, Smallest, Unit, Synapse };

// How the figures look, beside what they show.
struct SynapseStyle {
  ColorMap colors = ColorMap::Automatic;
  ScaleMode scale = ScaleMode::Matrix;
  double least = -1, most = 1;  // of a fixed scale
  bool logarithmic = false;     // the colours
  bool pictures = false;        // rows and columns over pixels as pictures
  int strongest = 10;           // cells of the list
  RankOrder order = RankOrder::Magnitude;
  int terms = 12;      // inhibitions that the waterfall lists
  bool slope = false;  // the proof checks the derivative
};

// What is asked of a frame to know what its matrix is called.
QString lensTitle(const train::SynapseQuery& query, const train::SynapseFrame& frame);
QString runName(const std::filesystem::path& run);    // the last part of its path
QString lensValue(const train::SynapseQuery& query);  // "β", "β·x", "Δβ"

std::shared_ptr<const HeatData> heatDataOf(const train::SynapseFrame& frame,
                                           const train::SynapseQuery& query);
HeatScale heatScaleOf(const train::SynapseFrame& frame, const train::SynapseQuery& query,
                      const SynapseStyle& style);

std::shared_ptr<const ProfileFigure> rowProfile(const HeatData& data, const synapse::Cell& cell);
std::shared_ptr<const ProfileFigure> columnProfile(const HeatData& data, const synapse::Cell& cell);
// The chosen row and the chosen column as pictures, where the layer's inputs are pixels; null where not.
std::shared_ptr<const TilesFigure> rowPicture(const train::SynapseFrame& frame, const HeatData& data,
                                              const HeatScale& scale, const synapse::Cell& cell);
std::shared_ptr<const TilesFigure> columnPicture(const train::SynapseFrame& frame, const HeatData& data,
                                                 const HeatScale& scale, const synapse::Cell& cell);
// All rows as pictures; as strips where the inputs are no pixels.
std::shared_ptr<const TilesFigure> rowPictures(const train::SynapseFrame& frame, const HeatData& data,
                                               const HeatScale& scale, const synapse::Cell& cell);
// The cells of the largest numbers; those that are not finite are left out.
std::shared_ptr<const RankFigure> strongestFigure(const HeatData& data, const SynapseStyle& style);
std::shared_ptr<const HistogramFigure> histogramFigure(const train::SynapseFrame& frame, const HeatData& data,
                                                       const train::SynapseQuery& query);

// Null, with a sentence in `why`, where the inputs of the image are not known.
std::shared_ptr<const WaterfallFigure> waterfallFigure(const train::SynapseFrame& frame, int unit, int terms,
                                                       QString& why);
std::shared_ptr<const ProofFigure> proofFigure(const train::SynapseFrame& frame, const synapse::Cell& cell,
                                               bool slope, QString& why);

// The read-out of one cell, with as many digits as there are: "i 12 · j 7 · β 0.03125 · since the start …".
QString cellText(const train::SynapseFrame& frame, const HeatData& data, const synapse::Cell& cell);
// "step 12,400 · epoch 21", "live · step …".
QString stepText(const train::SynapseFrame& frame);

}  // namespace synann::ui
