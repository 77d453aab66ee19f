// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/circuit_work.h"
#include "engine/synapse/function.h"

// Where the latch x' = α x (1 − β_s x)(1 − β_c y), y' = α y (1 − β_s y)(1 − β_c x) remembers
// (docs/theory.md): in closed form, and tried out. Pure functions; any thread.
namespace synann::synapse {

struct LatchParameters {
  double alpha = 2, self = 0.6, cross = 0.9;  // α, β_s, β_c
};

// What becomes of two positive starts.
enum class LatchOutcome {
  Dies,      // α ≤ 1: both go to 0
  Memory,    // the larger start wins and stays, the other goes to 0
  Shared,    // β_c < β_s: both settle at the same value, whichever was larger
  Neutral,   // β_c = β_s: their ratio stays what it was
  Restless,  // α ≥ 3, or β_c so large that it overshoots: (x̂, 0) is left for a cycle, chaos or ±∞
};
const char* latch_outcome_word(LatchOutcome outcome);  // "dies", "memory", …

struct LatchRegion {
  LatchOutcome outcome = LatchOutcome::Dies;
  bool bistable = false;  // a stable memory inside the unit square: Memory, and inside
  bool inside = false;    // 1 − 1/α < β_s, so that the winner is below 1, and β_c < 1
  double winner = 0;      // x̂ = (1 − 1/α)/β_s; 0 where α ≤ 1
  double along = 0, across = 0;  // multipliers at (x̂, 0): 2 − α, and α (1 − β_c x̂); stable below 1 in size
};
// For α > 0, β_s > 0, β_c ≥ 0; what is beyond gives the same formulas.
LatchRegion latch_region(const LatchParameters& latch);

// The corners of the region of stable memories inside the unit square, over (β_s, β_c): 1 − 1/α < β_s < β_c <
// 1. A closed line, its first corner once more at the end; empty where α ≤ 1 or α ≥ 3.
struct LatchCorner {
  double self = 0, cross = 0;
};
std::vector<LatchCorner> latch_boundary(double alpha);

inline constexpr int kLatchWindow = 64;

struct LatchMapPlan {
  double alpha = 2;
  Range self{0, 1}, cross{0, 1};       // of β_s and β_c; cells are tried at their middles
  int columns = 200, rows = 200;       // along β_s and along β_c; 1 … kLargestLatchMapSide
  double larger = 0.5, smaller = 0.4;  // the start (x, y)
  std::int64_t most_steps = 5000;
};
inline constexpr int kLargestLatchMapSide = 2000;

// For each cell by how much the larger start leads in the end: max(0, x − y), the least of the last
// kLatchWindow steps where nothing comes to rest, so that two values that overtake each other again and again
// lead by nothing; NaN where they leave the range of double precision. The start that is exchanged needs no
// simulation: both halves are alike, and a step of (y, x) rounds as one of (x, y) does, so that it ends as
// the mirror image, to the bit.
struct LatchMap {
  Range self{}, cross{};
  int columns = 0, rows = 0;
  std::vector<double> lead{};  // [rows, columns], β_c rising row by row

  double at(int row, int column) const {
    return lead[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                static_cast<std::size_t>(column)];
  }
  // Whichever start is larger wins and stays ahead.
  bool remembers(int row, int column) const { return at(row, column) > kLeastLead; }
  double self_at(int column) const;  // middle of the cell
  double cross_at(int row) const;
  static constexpr double kLeastLead = 0.01;
};
// By simulation, until no value moves by more than 1e-12. Errors: ranges that are no intervals, starts that
// are no two different positive numbers, counts out of range; ErrorKind::Cancelled.
Result<LatchMap> latch_map(const LatchMapPlan& plan, int threads = 1, const CircuitProgress& progress = {},
                           const std::stop_token& stop = {});

}  // namespace synann::synapse
