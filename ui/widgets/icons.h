// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>

class QPainter;

namespace synann::ui {

// Our own monochrome signs.
enum class Glyph {
  None,
  Train,
  Pause,
  StepBatch,
  StepEpoch,
  Stop,
  Restart,
  OpenData,
  OpenRun,
  Export,
  Quit,
  LogY,
  Follow,
  Theme,
  Keyboard,
  About,
  Curves,
  Network,
  Matrix,
  Surface,
  Digits,
  Runs,
  Circuit,
  Swap,
  Study,
  Twins,
  Back,
  Forward,
  Close,
  Warning,
  Help,
};

// An icon that is drawn in the application palette's text colour each time it is painted, so that it is sharp
// at any scale and follows a change between light and dark by itself.
QIcon glyphIcon(Glyph glyph);

// Draws a glyph into the unit square 16 × 16 with the painter's pen colour; exposed for tests.
void drawGlyph(QPainter& painter, Glyph glyph);

// The program's own icon: the synapse as an amplifier with an exciting (+) and an inhibiting (−) input.
QIcon applicationIcon();

}  // namespace synann::ui
