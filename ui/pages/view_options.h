// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "ui/pages/view_field.h"
#include "ui/plots/figure_options.h"

namespace synann::train {
class SynapseReader;
}

namespace synann::ui {

// A view as the prompt asks for it: of which run, what of it, and how it looks.
struct ViewOptions {
  std::string data;                    // "digits" or a folder; empty = the run's own
  std::string history;                 // a run's folder
  std::vector<std::string> histories;  // instead of it: those of several runs, for the view of such
  std::string export_path;             // where it is written
  std::string view = "loss";           // of the page table
  FigureOptions figure;                // how large, and how it looks
  bool log_y = false;
  std::int64_t step = -1;                    // of a view of synapses; negative = the last recorded one
  std::string layer;                         // empty = the first
  std::int64_t minus_step = -1;              // subtracted; negative = nothing
  std::string minus_run;                     // of minus_step; empty = the same run
  TypedFields typed;                         // fields of the page's views, by option
  std::map<std::string, std::string> files;  // of PageInfo::files, by option
  // Of a view of synapses at one step after the other: keeps the run's files open, and the range that was
  // found. Null: each opens them anew. One thread.
  std::shared_ptr<train::SynapseReader> reader{};
};

// Whether a run was named, for the views that are of one.
inline Status requireRun(const ViewOptions& options) {
  if (!options.history.empty()) return {};
  return Error{.problem = "--export requires --history (or --view surface)"};
}

}  // namespace synann::ui
