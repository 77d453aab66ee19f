#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Trains the same runs with two builds of the program, say one that was hardly optimised and has sanitizers in it, and a release.
# Their data and their checkpoints must be the same files, byte for byte: what a compiler optimises, and how files are grouped
# for it, may change no number. (The kernels of the tiers are optimised in every build.)
#   scripts/builds_check.sh [SYNANN [SYNANN-OF-THE-RELEASE]]
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

FIRST="$(realpath -m "${1:-$ROOT/build/dev/bin/synann}")"
RELEASE="$(realpath -m "${2:-$ROOT/build/release/bin/synann}")"
readonly FIRST RELEASE
for program in "$FIRST" "$RELEASE"; do
  [[ -x "$program" ]] || fail 2 "$program is not there; build it (cmake --workflow --preset dev, ./scripts/run.sh), or name another."
done
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# same FILE WHAT: FILE of both programs; which is told apart by the folders first/ and release/.
same() {
  cmp "$scratch/first/$1" "$scratch/release/$1" ||
    fail 1 "$2 differ between $FIRST and $RELEASE." \
      "A floating-point result depends on how the program was compiled: look for options or file-local names that one file of a unity build hands on to the next, and for sums that may be reordered."
}

for build in first release; do
  program="$FIRST"
  if [[ "$build" == release ]]; then program="$RELEASE"; fi
  mkdir "$scratch/$build"
  (
    cd "$scratch/$build" # the paths in the checkpoints are the same then
    "$program" data make data --train 2000 --test 500 >/dev/null
    for run in syna-cnn:eigen syna-cnn:fused syna-rnn:eigen; do
      "$program" train --data data --epochs 2 --threads 1 --seed 3 --model "${run%:*}" --tier "${run#*:}" \
        --out "${run/:/-}" >log.txt 2>&1 ||
        fail 1 "$program could not train $run:" "$(tail -n 3 log.txt)" \
          "If it was built while files changed, build it anew; else the two builds differ."
    done
  )
done
for file in train-images-idx3-ubyte.gz t10k-images-idx3-ubyte.gz; do same "data/$file" "The built-in digits"; done
for run in syna-cnn-eigen syna-cnn-fused syna-rnn-eigen; do
  same "$run/last.safetensors" "The checkpoints of $run after two epochs"
done
say "Three runs of both builds: the same checkpoints to the byte"
