#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A large training set that stays in its file: made of a small one, killed on the way, then trained for an epoch. It must take
# little memory of its own. Where it also fits into memory, the checkpoint must be that of a run from memory, byte for byte, and where it
# does not, the speed is held against that of the small set.
#   tests/cluster/stored_check.sh [SYNANN [IMAGES [SOURCE [MODEL]]]]
# 200,000 images of the built-in digits unless told otherwise; eight million of MNIST take a few minutes and 6.3 GB of disk.
set -euo pipefail
# shellcheck source=tests/cluster/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SYNANN="$(realpath "${1:-$ROOT/build/release/bin/synann}")"
readonly SYNANN IMAGES="${2:-200000}" SOURCE="${3:-digits}" MODEL="${4:-syna-cnn}"
readonly MOST_MIB=600       # of its own
readonly LEAST_SPEED=0.8    # of the small set's, an image
readonly COMPARED=1000000   # up to so many images are trained from memory, too
[[ -x "$SYNANN" ]] || fail 2 "$SYNANN is not there; scripts/run.sh builds it, or name another."
scratch="$(mktemp -d)"
trap 'jobs -p | xargs -r kill 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT

making=("$SYNANN" data make "$scratch/set" --like "$SOURCE" --train "$IMAGES")
killed_after 0.7 "$scratch/made.txt" "${making[@]}" || true
SECONDS=0
if [[ ! -e "$scratch/set/train-images-idx3-ubyte" ]]; then
  "${making[@]}" >"$scratch/made.txt" 2>&1 || { cat "$scratch/made.txt" >&2; fail 1 "The set could not be made."; }
fi
say "$(head -n 1 "$scratch/made.txt") ($SECONDS s after the kill)"

# train NAME EPOCHS OPTION...: remembers the most memory of its own, in MiB, and the seconds of the last epoch's steps.
train() {
  local name="$1" epochs="$2" child most=0 now
  shift 2
  "$SYNANN" train --model "$MODEL" --epochs "$epochs" --record 0 --out "$scratch/$name" "$@" >"$scratch/log" 2>&1 &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    now="$(awk '/^RssAnon:/ { print int($2 / 1024) }' "/proc/$child/status" 2>/dev/null || true)"
    if ((${now:-0} > most)); then most="$now"; fi
    sleep 0.1
  done
  wait "$child" || { tail -n 3 "$scratch/log" >&2; fail 1 "The run could not be trained ($*)."; }
  memory="$most"
  seconds="$(grep -o '"event":"epoch".*' "$scratch/$name/history.jsonl" | grep -o '"train_seconds":[0-9.e+-]*' | tail -n 1 | cut -d: -f2)"
}

train file 1 --data "$scratch/set" --keep-images file
say "From the file: $seconds s for $IMAGES images, $memory MiB of memory of its own"
((memory < MOST_MIB)) || fail 1 "It takes $memory MiB of memory of its own, $MOST_MIB at most are allowed."
file_seconds="$seconds"
if ((IMAGES <= COMPARED)); then
  train memory 1 --data "$scratch/set" --keep-images memory
  cmp "$scratch/file/last.safetensors" "$scratch/memory/last.safetensors" ||
    fail 1 "The checkpoint is not that of a run from memory."
  say "From memory: $seconds s, $memory MiB; the same checkpoint, byte for byte"
else
  train small 5 --data "$SOURCE"
  small="$(grep -o '"train_count":[0-9]*' "$scratch/small/history.jsonl" | head -n 1 | cut -d: -f2)"
  ratio="$(awk -v small="$seconds" -v n="$small" -v file="$file_seconds" -v m="$IMAGES" 'BEGIN { printf "%.2f", (small / n) / (file / m) }')"
  say "$SOURCE from memory: $seconds s for $small images; an image from the file at $ratio of that speed"
  awk -v r="$ratio" -v least="$LEAST_SPEED" 'BEGIN { exit r < least }' || fail 1 "That is below $LEAST_SPEED."
fi
