#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the pictures of the README, docs/images/*.png, from two runs on the built-in digits. Needs no display. The
# programs are those of build/release, or of the folder in SYNANN_BIN.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# One line for each picture: file, page, run, and whatever else synann-studio is told. A page's name is that of its
# action, "page.<name>".
readonly PICTURES=(
  "train.png train cnn --light"
  "train-dark.png train cnn --dark"
  "synapses.png synapses pixel --light --cell 147,148"
  "synapses-dark.png synapses pixel --dark --cell 147,148"
  "network.png network cnn --light"
  "digits.png digits cnn --light"
  "circuit.png circuit cnn --light"
  "surface.png surface cnn --light --cell 27,19"
  "surface-dark.png surface cnn --dark --cell 27,19"
  "swap.png swap cnn --light"
)

if [[ -z "${SYNANN_BIN:-}" ]]; then
  require_packages "${PACKAGES_ENGINE[@]}" "${PACKAGES_STUDIO[@]}"
  mapfile -t options < <(cuda_options)
  configure release "${options[@]}"
  build release synann synann-studio
fi
bin="${SYNANN_BIN:-$ROOT/build/release/bin}"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# The CPU: equal to the byte on every machine.
say "Training the two runs that the pictures show"
train() {
  "$bin/synann" train --data digits --device cpu "$@" >"$work/log" 2>&1 || fail 1 "$(cat "$work/log")"
}
train --epochs 20 --out "$work/cnn"
train --model syna-pixel --epochs 3 --out "$work/pixel"

mkdir -p "$ROOT/docs/images"
for picture in "${PICTURES[@]}"; do
  read -r file page run more <<<"$picture"
  # shellcheck disable=SC2086 # several words
  QT_LOGGING_RULES="*.warning=false" "$bin/synann-studio" --picture "$ROOT/docs/images/$file" --page "$page" --history "$work/$run" \
    --width 1180 --height 720 $more
  say "docs/images/$file"
done
