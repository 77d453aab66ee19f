// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace synann::ui {

// What the command line of synann-studio asks for.
struct StudioOptions {
  std::string data;         // "digits" or a folder; empty = what was chosen last
  std::string history;      // a run's folder: to open in the window, or to export from
  std::string export_path;  // empty = open the window
  std::string picture;      // of the window; empty = none
  std::string page = "train";
  bool dark = false;
  bool light = false;
  bool log_y = false;
  std::string view = "loss";  // or one of the lists below
  std::int64_t step = -1;     // of a view of synapses; negative = the last recorded one
  std::string layer;          // empty = the first
  std::string lens = "beta";  // "image", "class-mean", "class-difference"
  std::vector<int> classes = {0, 1};
  int unit = 0, synapse = 0, image = 0;
  std::int64_t minus_step = -1;  // subtracted; negative = nothing
  std::string minus_run;         // of minus_step; empty = the same run
  // Of the views of one synapse: α and β, or those of a cell (i, j) of the run.
  double alpha = 1, beta = 0.5;
  std::vector<int> cell;
  std::string function = "value";  // "slope", "surprisal", "flat"
  std::vector<double> at = {0.5, 0.5};
  bool at_named = false;
  double flat = 10;  // percent
  double temperature = 1;
  bool lines = false, unit_square = false;
  // Of the exported figure, as it is laid out, or of the window: pixels of 1/96 inch.
  int width = 960, height = 600;
  int pixels_wide = 960, pixels_high = 600;                               // of a PNG
  double font_size = 0;                                                   // points; 0 = the application's
  static constexpr int kNarrowest = 200, kLowest = 150, kLargest = 8000;  // of width and height
  static constexpr int kMostPixels = 16384;                               // of a PNG, each way
};

// The views of a run's synapse layer, and of one synapse.
inline const std::vector<std::string> kSynapseViews = {"synapses",  "row",       "column",
                                                       "histogram", "waterfall", "proof"};
inline const std::vector<std::string> kSurfaceViews = {"surface", "section-x", "section-y", "bose-einstein",
                                                       "points"};
bool isSurfaceView(const std::string& view);

}  // namespace synann::ui
