// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <QStringList>

#include "engine/core/result.h"
#include "ui/pages/view_options.h"

namespace synann::ui {

// A view of a run at many of its recorded steps.
struct FilmOptions {
  static constexpr int kFewest = 2, kMost = 10'000, kUsual = 100;
  static constexpr double kSlowest = 0.1, kFastest = 60, kRate = 12;
  int frames = kUsual;  // at most; evenly chosen among the recorded steps, the first and the last among them
  double rate = kRate;  // frames a second; the last one stays a second longer
};

// The steps that a film of so many frames shows, rising. Errors: a run without records.
Result<std::vector<std::int64_t>> filmSteps(const std::string& run, int frames);

// Whether an export to this file is a film: a .webp.
bool isFilmFile(const std::string& path);

// Writes options.view at these steps into options.export_path: an animated .webp, or pictures
// "<name>-0001.png" and so on. Where colours can have the range of the whole run, they have it, unless
// something else was typed. Errors: as of the view; a view that is the same at every step. The main thread's,
// which waits. `progress` is told after each frame.
Result<QStringList> writeFilm(const ViewOptions& options, const FilmOptions& film,
                              const std::function<void(int done, int count)>& progress);

}  // namespace synann::ui
