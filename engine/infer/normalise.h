// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "engine/data/picture.h"

// Pictures of single digits, made as MNIST's images are. Pure functions; any thread.
namespace synann::infer {

inline constexpr int kDigitSide = 28, kInkSide = 20, kInkCentre = 14;  // pixels

// The picture as MNIST would have it (LeCun, Bottou, Bengio, Haffner 1998, section III A): light ink on
// black, its longest side 20 pixels, its centre of mass shifted by whole pixels to (14, 14) of 28 × 28,
// counting rows and columns from 0. MNIST's own images are left as they are, and come back exactly where they
// were shifted, inverted, or each pixel was made a square of pixels. Error: no ink, or more than one image
// can hold.
//
// - The ground is the median of the picture's border; where it is light, the picture is inverted. A ground
//   that is not black and even, as a scan's or a photo's, is taken off, with what it wavers by.
// - Ink whose longest side has 19 or 20 pixels keeps them, as in all of MNIST's images.
// - A centre of mass midway between two pixels goes to the upper one. By these rules 69,999 of MNIST's 70,000
//   images are as they should be; training image 19841, whose centre of mass is at row 13.480, moves down.
// - Where the picture, or a part of it, is an enlarged one, by whatever factor and method, its pixels are
// found
//   again (enlarged.h), and nearly so where the whole picture was reduced; otherwise each pixel becomes the
//   mean over the area it covers. What a pen drew was not enlarged, and is not looked at for it: that would
//   take longer than a person's hand.
enum class Origin { File, Pen };
Result<data::Picture> normalise_as_mnist(const data::Picture& picture, Origin origin = Origin::File);

}  // namespace synann::infer
