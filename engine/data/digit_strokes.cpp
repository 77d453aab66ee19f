// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/digit_strokes.h"

#include <array>

namespace synann::data {
namespace {

using Styles = std::vector<Skeleton>;

// Laid out by hand, a stroke in as few lines as it needs.
// clang-format off
// Each table lists a digit's common shapes. One point a number pair; a repeated pair is a corner.

Styles zeros() {
  return {
      // closed oval
      {{{.52f, .01f}, {.27f, .12f}, {.14f, .48f}, {.25f, .86f}, {.5f, .99f}, {.75f, .86f}, {.86f, .5f},
        {.75f, .13f}, {.5f, .01f}}},
      // slender, its ends crossing at the top
      {{{.62f, .08f}, {.44f, .04f}, {.28f, .28f}, {.23f, .66f}, {.38f, .97f}, {.6f, .92f}, {.74f, .6f},
        {.72f, .25f}, {.55f, .02f}, {.42f, .1f}}},
      // round, with the pen running on inside
      {{{.6f, .06f}, {.3f, .08f}, {.07f, .4f}, {.12f, .78f}, {.42f, .98f}, {.78f, .86f}, {.95f, .5f},
        {.82f, .15f}, {.52f, .05f}, {.38f, .17f}}},
      // written clockwise from the left, a small gap above
      {{{.36f, .1f}, {.6f, .02f}, {.82f, .22f}, {.84f, .62f}, {.6f, .96f}, {.32f, .93f}, {.15f, .6f},
        {.2f, .28f}, {.33f, .13f}}},
  };
}

Styles ones() {
  return {
      // a plain bar
      {{{.5f, .0f}, {.5f, .5f}, {.5f, 1.f}}},
      // a slightly bent bar
      {{{.56f, .0f}, {.5f, .35f}, {.47f, .7f}, {.45f, 1.f}}},
      // with a flag
      {{{.36f, .2f}, {.46f, .12f}, {.55f, .0f}, {.55f, .0f}, {.54f, .5f}, {.53f, 1.f}}},
      // flag and foot
      {{{.36f, .22f}, {.45f, .13f}, {.53f, .0f}, {.53f, .0f}, {.53f, .5f}, {.53f, .97f}},
       {{.34f, .98f}, {.53f, .97f}, {.72f, .96f}}},
  };
}

Styles twos() {
  return {
      // round head, straight foot
      {{{.15f, .25f}, {.26f, .07f}, {.5f, .0f}, {.75f, .1f}, {.79f, .32f}, {.6f, .6f}, {.36f, .8f},
        {.13f, .98f}, {.13f, .98f}, {.5f, .97f}, {.9f, .96f}}},
      // a loop where head and foot meet
      {{{.16f, .22f}, {.3f, .04f}, {.55f, .01f}, {.74f, .18f}, {.68f, .48f}, {.48f, .76f}, {.24f, .95f},
        {.1f, .9f}, {.18f, .78f}, {.42f, .86f}, {.68f, .97f}, {.95f, .88f}}},
      // angular, near to a Z
      {{{.14f, .13f}, {.34f, .03f}, {.62f, .02f}, {.76f, .12f}, {.68f, .34f}, {.42f, .66f}, {.12f, .95f},
        {.12f, .95f}, {.36f, .9f}, {.6f, .97f}, {.9f, .94f}}},
      // hooked head, swinging foot
      {{{.26f, .36f}, {.14f, .24f}, {.28f, .06f}, {.55f, .0f}, {.78f, .14f}, {.76f, .4f}, {.5f, .7f},
        {.16f, .94f}, {.16f, .94f}, {.42f, .88f}, {.7f, .98f}, {.92f, .9f}}},
  };
}

Styles threes() {
  return {
      // two bows meeting in a cusp
      {{{.18f, .12f}, {.42f, .0f}, {.7f, .08f}, {.75f, .28f}, {.6f, .43f}, {.38f, .48f}, {.38f, .48f},
        {.66f, .53f}, {.83f, .72f}, {.7f, .93f}, {.42f, 1.f}, {.13f, .88f}}},
      // flat top
      {{{.16f, .04f}, {.45f, .03f}, {.78f, .02f}, {.78f, .02f}, {.6f, .22f}, {.42f, .41f}, {.42f, .41f},
        {.7f, .48f}, {.82f, .7f}, {.68f, .93f}, {.4f, 1.f}, {.13f, .9f}}},
      // a small loop in the middle
      {{{.2f, .14f}, {.44f, .0f}, {.72f, .1f}, {.72f, .32f}, {.52f, .47f}, {.36f, .5f}, {.38f, .42f},
        {.58f, .46f}, {.8f, .62f}, {.78f, .86f}, {.5f, 1.f}, {.14f, .9f}}},
      // soft waist, wide lower bow
      {{{.24f, .07f}, {.5f, .01f}, {.7f, .16f}, {.62f, .38f}, {.5f, .46f}, {.7f, .54f}, {.88f, .74f},
        {.7f, .96f}, {.38f, .99f}, {.08f, .82f}}},
  };
}

Styles fours() {
  return {
      // open, two strokes
      {{{.22f, .04f}, {.18f, .3f}, {.13f, .56f}, {.13f, .56f}, {.5f, .56f}, {.88f, .52f}},
       {{.72f, .03f}, {.68f, .5f}, {.64f, 1.f}}},
      // closed, as in print
      {{{.64f, .01f}, {.36f, .34f}, {.08f, .67f}, {.08f, .67f}, {.5f, .67f}, {.92f, .66f}},
       {{.64f, .01f}, {.64f, .5f}, {.63f, 1.f}}},
      // a bowl and a long stem
      {{{.2f, .03f}, {.14f, .3f}, {.24f, .5f}, {.5f, .51f}, {.76f, .38f}},
       {{.82f, .02f}, {.76f, .45f}, {.7f, 1.f}}},
      // closed at the top by a slanting stroke, short stem
      {{{.6f, .06f}, {.36f, .26f}, {.12f, .55f}, {.12f, .55f}, {.48f, .58f}, {.9f, .56f}},
       {{.66f, .24f}, {.62f, .6f}, {.6f, 1.f}}},
  };
}

Styles fives() {
  return {
      // cornered, the bar written last
      {{{.28f, .04f}, {.25f, .24f}, {.22f, .43f}, {.22f, .43f}, {.5f, .38f}, {.78f, .52f}, {.82f, .76f},
        {.58f, .98f}, {.3f, 1.f}, {.1f, .9f}},
       {{.28f, .04f}, {.56f, .03f}, {.88f, .0f}}},
      // one smooth stroke
      {{{.84f, .03f}, {.55f, .02f}, {.32f, .1f}, {.27f, .3f}, {.45f, .43f}, {.7f, .56f}, {.76f, .8f},
        {.52f, .98f}, {.26f, .98f}, {.1f, .88f}}},
      // one stroke with corners
      {{{.82f, .04f}, {.56f, .03f}, {.3f, .03f}, {.3f, .03f}, {.26f, .22f}, {.24f, .42f}, {.24f, .42f},
        {.5f, .36f}, {.76f, .46f}, {.84f, .7f}, {.66f, .94f}, {.36f, 1.f}, {.14f, .93f}}},
      // a slanting bar, wide bow
      {{{.36f, .12f}, {.26f, .42f}, {.26f, .42f}, {.56f, .44f}, {.78f, .62f}, {.72f, .88f}, {.44f, 1.f},
        {.1f, .95f}},
       {{.36f, .1f}, {.64f, .08f}, {.94f, .01f}}},
  };
}

Styles sixes() {
  return {
      // curved back
      {{{.7f, .02f}, {.42f, .16f}, {.2f, .48f}, {.18f, .8f}, {.42f, .99f}, {.72f, .9f}, {.78f, .66f},
        {.56f, .52f}, {.3f, .62f}, {.19f, .8f}}},
      // straight back, small bowl
      {{{.52f, .0f}, {.36f, .3f}, {.2f, .64f}, {.2f, .88f}, {.42f, .99f}, {.68f, .9f}, {.7f, .7f},
        {.5f, .62f}, {.3f, .7f}, {.2f, .84f}}},
      // hooked top, large bowl
      {{{.78f, .14f}, {.6f, .01f}, {.34f, .12f}, {.14f, .46f}, {.16f, .82f}, {.44f, 1.f}, {.76f, .88f},
        {.84f, .62f}, {.6f, .43f}, {.32f, .5f}, {.17f, .7f}}},
      // the bowl curls in
      {{{.58f, .0f}, {.3f, .24f}, {.14f, .6f}, {.24f, .92f}, {.54f, .98f}, {.8f, .82f}, {.74f, .6f},
        {.5f, .58f}, {.36f, .72f}, {.42f, .82f}}},
  };
}

Styles sevens() {
  return {
      // plain
      {{{.12f, .05f}, {.48f, .05f}, {.84f, .03f}, {.84f, .03f}, {.64f, .38f}, {.5f, .68f}, {.42f, 1.f}}},
      // crossed
      {{{.12f, .06f}, {.48f, .06f}, {.86f, .03f}, {.86f, .03f}, {.66f, .36f}, {.5f, .66f}, {.4f, 1.f}},
       {{.28f, .5f}, {.54f, .49f}, {.82f, .46f}}},
      // a drop at the left of the bar
      {{{.13f, .22f}, {.13f, .06f}, {.13f, .06f}, {.45f, .09f}, {.84f, .04f}, {.84f, .04f}, {.72f, .35f},
        {.6f, .7f}, {.55f, 1.f}}},
      // rounded shoulder
      {{{.1f, .16f}, {.3f, .05f}, {.58f, .03f}, {.8f, .08f}, {.78f, .28f}, {.62f, .6f}, {.46f, 1.f}}},
  };
}

Styles eights() {
  return {
      // one stroke from the upper right
      {{{.76f, .14f}, {.54f, .0f}, {.28f, .1f}, {.28f, .32f}, {.5f, .48f}, {.74f, .66f}, {.74f, .9f},
        {.48f, 1.f}, {.22f, .88f}, {.24f, .66f}, {.5f, .48f}, {.72f, .3f}, {.74f, .12f}}},
      // two rings
      {{{.5f, .47f}, {.27f, .36f}, {.27f, .12f}, {.5f, .0f}, {.73f, .12f}, {.73f, .36f}, {.5f, .47f}},
       {{.5f, .47f}, {.22f, .6f}, {.2f, .88f}, {.5f, 1.f}, {.8f, .88f}, {.78f, .6f}, {.5f, .47f}}},
      // open at the top, the ends apart
      {{{.68f, .06f}, {.44f, .02f}, {.28f, .18f}, {.38f, .38f}, {.6f, .54f}, {.72f, .76f}, {.58f, .97f},
        {.34f, .95f}, {.26f, .74f}, {.44f, .52f}, {.66f, .32f}, {.8f, .08f}}},
      // large above, small below, begun at the left
      {{{.3f, .3f}, {.24f, .12f}, {.48f, .0f}, {.78f, .1f}, {.76f, .32f}, {.5f, .54f}, {.3f, .76f},
        {.36f, .97f}, {.6f, .97f}, {.68f, .76f}, {.5f, .54f}, {.32f, .36f}}},
  };
}

Styles nines() {
  return {
      // ring and straight stem
      {{{.74f, .18f}, {.52f, .01f}, {.24f, .12f}, {.2f, .36f}, {.42f, .5f}, {.68f, .38f}, {.76f, .12f},
        {.76f, .12f}, {.72f, .55f}, {.68f, 1.f}}},
      // tail swinging to the left
      {{{.76f, .16f}, {.54f, .0f}, {.26f, .1f}, {.2f, .34f}, {.42f, .5f}, {.7f, .38f}, {.78f, .14f},
        {.8f, .46f}, {.74f, .78f}, {.54f, .99f}, {.22f, .94f}}},
      // small ring, slanting stem
      {{{.7f, .12f}, {.5f, .03f}, {.28f, .14f}, {.26f, .34f}, {.46f, .42f}, {.68f, .28f}, {.74f, .08f},
        {.74f, .08f}, {.6f, .52f}, {.44f, 1.f}}},
      // wide ring open at the shoulder
      {{{.8f, .1f}, {.5f, .02f}, {.2f, .16f}, {.16f, .4f}, {.42f, .54f}, {.72f, .4f}, {.84f, .16f},
        {.84f, .16f}, {.78f, .5f}, {.72f, .78f}, {.62f, 1.f}}},
  };
}

// clang-format on

}  // namespace

std::span<const Skeleton> digit_skeletons(int digit) {
  static const std::array<Styles, 10> styles = {zeros(), ones(),  twos(),   threes(), fours(),
                                                fives(), sixes(), sevens(), eights(), nines()};
  return styles[static_cast<std::size_t>(digit)];
}

}  // namespace synann::data
