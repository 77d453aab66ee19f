// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/data/picture.h"

namespace synann::infer {

struct BeforeEnlarging {
  data::Picture picture;
  bool whole = true;  // all of it was enlarged, so that its pixels are known to lie where they lay
};

// The picture of side × side pixels that this one was enlarged from, by a factor of at least one and one of
// the methods of enlarging.h: the whole picture, or a part of it on black, as where an enlarged picture was
// put on a larger sheet or cut to its ink. Nothing where none is found that, enlarged again, misses this
// picture by at most kEnlargedMiss of its ink.
//
// Where only a part was enlarged, its place and size are looked for: rows and columns are summed first, which
// gives two lines that were enlarged alike (the methods are separable), and the places at which both have the
// least left over by least squares are tried. The small picture is taken to be one of MNIST's, of
// 18 … 20 pixels of ink about its middle. Parts with ink of more than kLargestSought pixels are not looked
// for.
inline constexpr double kEnlargedMiss = 0.03;
inline constexpr int kLargestSought = 240;
std::optional<BeforeEnlarging> before_enlarging(const data::Picture& picture, int side);

// The same for a whole square picture that was reduced, to at most kMostReduced of its side: enlarged again
// with Lanczos' kernel of 3. What was lost in between stays lost: the mean difference to MNIST's images is
// about 0.02 of full scale from 24 pixels, where the best linear estimate that knows MNIST's statistics still
// misses 0.009. Nothing where its ink has not the size and the place of a digit in MNIST's images.
inline constexpr double kMostReduced = 0.86;
std::optional<data::Picture> before_reducing(const data::Picture& picture, int side);

}  // namespace synann::infer
