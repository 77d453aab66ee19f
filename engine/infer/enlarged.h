// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/data/picture.h"

namespace synann::infer {

// The picture of side × side pixels that this one was enlarged from as a whole: by nearest pixels, by the
// area they cover, linearly, cubically (Keys 1981, a = −1/2 or −3/4) or with Lanczos' kernel of 3. Nothing
// where it is no square, not larger, or was not enlarged: where the picture that is found, enlarged again,
// misses it by more than kEnlargedMiss of its ink.
inline constexpr double kEnlargedMiss = 0.03;
std::optional<data::Picture> before_enlarging(const data::Picture& picture, int side);

}  // namespace synann::infer
