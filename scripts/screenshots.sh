#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the pictures of the README and the manual, docs/images/*.png, from runs on the built-in digits. Needs no display. The
# programs are those of build/release, or of the folder in SYNANN_BIN.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# One line for each picture: file, page, run, and whatever else synann-studio is told. A page's name is that of its
# action, "page.<name>"; WORK is the folder of the runs.
readonly PICTURES=(
  "train.png train cnn --light"
  "train-dark.png train cnn --dark"
  "synapses.png synapses pixel --light --cell 147,148"
  "synapses-dark.png synapses pixel --dark --cell 147,148"
  "network.png network cnn --light"
  "model-editor.png network net --light --tab Edit"
  "digits.png digits cnn --light"
  "circuit.png circuit cnn --light"
  "surface.png surface cnn --light --cell 27,19"
  "surface-dark.png surface cnn --dark --cell 27,19"
  "swap.png swap cnn --light"
  "study-rivals.png study cnn --light --open WORK/rivals/study.json"
  "runs.png runs share/synann-studio/runs/rate-0.012-seed-1 --light"
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
say "Training the runs that the pictures show"
train() {
  "$bin/synann" train --data digits --device cpu "$@" >"$work/log" 2>&1 || fail 1 "$(cat "$work/log")"
}
train --epochs 20 --out "$work/cnn"
train --model syna-pixel --epochs 3 --out "$work/pixel"
train --model syna-mlp-relu --epochs 3 --out "$work/net"
# Where the window looks for runs.
export XDG_DATA_HOME="$work/share" XDG_CACHE_HOME="$work/cache"
for rate in 0.003 0.012 0.05; do
  for seed in 1 2 3; do
    train --model syna-pixel --epochs 6 --lr "$rate" --seed "$seed" \
      --out "$work/share/synann-studio/runs/rate-$rate-seed-$seed"
  done
done
say "A study and twins"
"$bin/synann" study --data digits --device cpu --models syna-pixel,dense-pixel --vary lr=0.012,0.05 --seeds 3 --epochs 3 \
  --out "$work/study" >"$work/log" 2>&1 || fail 1 "$(cat "$work/log")"
net=syna-mlp-relu
"$bin/synann" study --data digits --device cpu --models "$net,$net:dense,$net:dense-relu,$net:glu,$net:identity" --seeds 3 --epochs 4 \
  --train-count 500 --out "$work/rivals" >"$work/log" 2>&1 || fail 1 "$(cat "$work/log")"
"$bin/synann" twins --data digits --device cpu --epochs 4 --other lr=0.01200012 --out "$work/twins" >"$work/log" 2>&1 ||
  fail 1 "$(cat "$work/log")"

mkdir -p "$ROOT/docs/images"
for picture in "${PICTURES[@]}"; do
  read -r file page run more <<<"$picture"
  # shellcheck disable=SC2086 # several words
  QT_LOGGING_RULES="*.warning=false" "$bin/synann-studio" --picture "$ROOT/docs/images/$file" --page "$page" --history "$work/$run" \
    --width 1180 --height 720 ${more//WORK/$work}
  say "docs/images/$file"
done

# Figures of several runs.
export_figure() {
  local file="$1"
  shift
  QT_LOGGING_RULES="*.warning=false" "$bin/synann-studio" --export "$ROOT/docs/images/$file" --width 900 --height 420 --light "$@"
  say "docs/images/$file"
}
export_figure runs-seeds.png --view runs --runs-curve accuracy --runs-seeds --runs "$work/share"
export_figure runs-parallel.png --view runs-parallel --runs "$work/share"
export_figure study.png --view study --study "$work/study"
export_figure twins.png --view twins-difference --history "$work/twins/a,$work/twins/b"
