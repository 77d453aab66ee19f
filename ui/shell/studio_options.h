// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <variant>
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
  std::string view = "loss";  // or "synapses", "row", "column", "histogram", "waterfall", "proof"
  std::int64_t step = -1;     // of a view of synapses; negative = the last recorded one
  std::string layer;          // empty = the first
  std::string lens = "beta";  // "image", "class-mean", "class-difference"
  std::vector<int> classes = {0, 1};
  int unit = 0, synapse = 0, image = 0;
  std::int64_t minus_step = -1;  // subtracted; negative = nothing
  std::string minus_run;         // of minus_step; empty = the same run
  int width = 960;               // pixels of the exported figure, or of the window
  int height = 600;              // pixels
};

// The command line was answered, or was wrong: nothing more to do but to leave with this code.
struct Leave {
  int exit_code = 0;
};

// Reads the command line; prints help, version or one sentence of complaint itself. Needs no QApplication.
std::variant<StudioOptions, Leave> readCommandLine(int argc, char** argv);

}  // namespace synann::ui
