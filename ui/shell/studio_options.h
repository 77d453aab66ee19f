// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "ui/pages/view_options.h"
#include "ui/shell/film.h"

namespace synann::ui {

// What the command line of synann-studio asks for: a view to be written (`export_path`), a picture of the
// window, or the window with `data` (empty = what was chosen last) and the run in `history`.
struct StudioOptions : ViewOptions {
  std::string picture;  // of the window; empty = none
  std::string page = "train";
  std::string open;  // in the picture: a file or folder, as if it were dropped on the page; empty = none
  std::string tab;   // in the picture: of the page, by its title; empty = the first
  bool light = false;
  std::optional<int> frames{};             // of a film, or of pictures that follow each other
  double frame_rate = FilmOptions::kRate;  // a second
  std::string export_all;                  // a folder: every view of the run is written into it; empty = none
};

}  // namespace synann::ui
