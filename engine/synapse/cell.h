// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace synann::synapse {

// A cell of β: how strongly synapse j (a column) inhibits unit i (a row).
struct Cell {
  int i = 0, j = 0;
  bool operator==(const Cell&) const = default;
};

}  // namespace synann::synapse
