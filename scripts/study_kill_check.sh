#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Kills a study (SIGKILL) ten times at random moments and goes on with it each time, then compares it with a study nobody
# disturbed: the same table but for the times, and the same last checkpoint of every run, byte for byte.
#   scripts/study_kill_check.sh [SYNANN [KILLS [SEED]]]
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly SYNANN="${1:-$ROOT/build/release/bin/synann}"
readonly KILLS="${2:-10}"
readonly SEED="${3:-$$}"
RANDOM="$SEED"
[[ -x "$SYNANN" ]] || fail 2 "$SYNANN is not there; scripts/run.sh builds it, or name another."
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
say "$KILLS kills, seed $SEED"

"$SYNANN" data make "$scratch/data" --train 3000 --test 300 >/dev/null
plan=(study --data "$scratch/data" --models "syna-pixel,linear" --vary "lr=0.004,0.02" --seeds 2 --epochs 20)

# The table without what differs from one time to the next.
table_of() { sed 's/"train_seconds_per_epoch":[^,}]*//' "$1"; }

if ! "$SYNANN" "${plan[@]}" --out "$scratch/whole" --json >"$scratch/whole.json" 2>"$scratch/log"; then
  cat "$scratch/log" >&2
  fail 1 "The undisturbed study failed."
fi

killed=0
for ((attempt = 1; killed < KILLS && attempt < 20 * KILLS; ++attempt)); do
  printf -v delay '0.%03d' $((10 + RANDOM % 500))
  code=0
  killed_after "$delay" "$scratch/log" "$SYNANN" "${plan[@]}" --out "$scratch/killed" || code=$?
  if [[ $code -eq 137 ]]; then
    killed=$((killed + 1))
  elif [[ $code -eq 0 ]]; then
    rm -rf "$scratch/killed" # it came to its end between two kills: once more from the start
    killed=0
  else
    cat "$scratch/log" >&2
    fail 1 "After $killed kills the study ended by itself, with exit code $code (seed $SEED)."
  fi
done
[[ $killed -eq $KILLS ]] || fail 1 "Only $killed kills came in time (seed $SEED)."

if ! "$SYNANN" "${plan[@]}" --out "$scratch/killed" --json >"$scratch/killed.json" 2>"$scratch/log"; then
  cat "$scratch/log" >&2
  fail 1 "The killed study could not be brought to its end (seed $SEED)."
fi
if ! diff <(table_of "$scratch/whole.json") <(table_of "$scratch/killed.json") >"$scratch/diff"; then
  head -n 20 "$scratch/diff" >&2
  fail 1 "The killed study has another table (seed $SEED)."
fi
runs=0
for run in "$scratch/whole/runs/"*; do
  cmp "$run/last.safetensors" "$scratch/killed/runs/$(basename "$run")/last.safetensors" ||
    fail 1 "The last checkpoint of $(basename "$run") differs (seed $SEED)."
  runs=$((runs + 1))
done
[[ $runs -eq 8 ]] || fail 1 "The undisturbed study has $runs runs, not 8."
say "$killed kills: the same table, and the last checkpoints of all $runs runs byte for byte."
