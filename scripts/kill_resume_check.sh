#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Kills a training run (SIGKILL) at fifty random moments, resumes it each time, and compares its last checkpoint with
# that of a run nobody disturbed: they must be the same file, byte for byte.
#   scripts/kill_resume_check.sh [SYNANN [KILLS [SEED]]]
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly SYNANN="${1:-$ROOT/build/release/bin/synann}"
readonly KILLS="${2:-50}"
readonly SEED="${3:-$$}"
RANDOM="$SEED"
[[ -x "$SYNANN" ]] || fail 2 "$SYNANN is not there; scripts/run.sh builds it, or name another."
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
say "$KILLS kills at random moments, seed $SEED"

"$SYNANN" data make "$scratch/data" --train 3000 --test 300 >/dev/null
readonly KILLED="$scratch/killed"

# Sets `command` to what goes on with the run, or begins it: a kill may have come before its first checkpoint.
train_command() {
  local out="$1" epochs="$2"
  command=("$SYNANN" train --data "$scratch/data" --epochs "$epochs" --out "$out")
  if [[ -e "$out/last.safetensors" ]]; then command+=(--resume "$out/last.safetensors"); fi
}

for ((kill_number = 1; kill_number <= KILLS; ++kill_number)); do
  train_command "$KILLED" 100000
  "${command[@]}" >"$scratch/log" 2>&1 &
  child=$!
  sleep "0.$(printf '%03d' $((20 + RANDOM % 400)))"
  kill -KILL "$child" 2>/dev/null || true # what became of it is seen next
  wait "$child" 2>/dev/null && code=0 || code=$?
  if [[ $code -ne 137 ]]; then
    cat "$scratch/log" >&2
    fail 1 "At kill $kill_number the run ended by itself, with exit code $code."
  fi
done

reached="$(head -c 65536 "$KILLED/last.safetensors" | grep -ao '"epoch":"[0-9]*"' | grep -o '[0-9]*')"
readonly EPOCHS=$((reached + 2))
for out in "$KILLED" "$scratch/whole"; do
  train_command "$out" "$EPOCHS"
  "${command[@]}" >"$scratch/log"
done
if ! cmp "$KILLED/last.safetensors" "$scratch/whole/last.safetensors"; then
  fail 1 "After $KILLS kills and $EPOCHS epochs the checkpoint differs from that of an undisturbed run (seed $SEED)."
fi
say "After $KILLS kills in $EPOCHS epochs the last checkpoint is the undisturbed run's, byte for byte."
