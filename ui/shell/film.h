// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <QJsonObject>
#include <QStringList>

#include "engine/core/result.h"
#include "ui/pages/view_options.h"
#include "ui/plots/webp_film.h"

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

// The view of a figure that a page shows, as the prompt would ask for it, but for the step; of the run that
// the figure names, else of `run`. Errors: what it shows is the same at every step of a run.
Result<ViewOptions> filmView(const QJsonObject& view, const std::string& run);

// A film being written, a frame at a time, by the window's thread: an animated .webp, which is there once
// finish() returns, or pictures "<name>-0001.png" and so on. Where colours can have the range of the whole
// run, they have it, unless something else was typed.
class Film {
 public:
  // Of options.view at these steps, into options.export_path. Errors: as of the view; a view that is the same
  // at every step.
  static Result<Film> begin(ViewOptions options, const FilmOptions& how);

  int frames() const { return static_cast<int>(steps_.size()); }
  int done() const { return done_; }
  const QStringList& written() const { return written_; }  // paths

  Status next();    // draws a frame; only while done() < frames()
  Status finish();  // once, after the last

 private:
  Film(ViewOptions options, const FilmOptions& how, std::vector<std::int64_t> steps);
  Status addFrame(std::int64_t step);
  Status writePicture(std::int64_t step);

  ViewOptions options_;
  FilmOptions how_;
  std::vector<std::int64_t> steps_;
  int done_ = 0;
  std::optional<WebpFilm> film_;
  QStringList written_;
};

// Writes it whole and waits; `progress` is told after each frame.
Result<QStringList> writeFilm(const ViewOptions& options, const FilmOptions& film,
                              const std::function<void(int done, int count)>& progress);

}  // namespace synann::ui
