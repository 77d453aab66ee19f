#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Trains the same runs with a program that was compiled file by file without optimisation, and with one of a unity build. Their
# data and their checkpoints must be the same files, byte for byte: how files are grouped for the compiler, and what it
# optimises of them, may change no number. (The kernels of the tiers are optimised in both.)
#   scripts/unity_check.sh [SYNANN-FILE-BY-FILE [SYNANN-UNITY]]
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ALONE="$(realpath -m "${1:-$ROOT/build/files/bin/synann}")"
UNITY="$(realpath -m "${2:-$ROOT/build/release/bin/synann}")"
readonly ALONE UNITY
for program in "$ALONE" "$UNITY"; do
  [[ -x "$program" ]] || fail 2 "$program is not there; build it (cmake --preset files, ./scripts/run.sh), or name another."
done
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# same FILE WHAT: FILE of both programs; which is told apart by the folders alone/ and unity/.
same() {
  cmp "$scratch/alone/$1" "$scratch/unity/$1" ||
    fail 1 "$2 differ between $ALONE (file by file) and $UNITY (unity build)." \
      "A floating-point result depends on how files are grouped: look for options or file-local names that one file hands on to the next."
}

for build in alone unity; do
  program="$ALONE"
  if [[ "$build" == unity ]]; then program="$UNITY"; fi
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
