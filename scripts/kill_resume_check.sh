#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Kills a training run (SIGKILL) fifty times, resumes it each time, and compares it with a run nobody disturbed: the last
# checkpoint must be the same file, byte for byte, and the history must tell the same losses and epochs. The kills come at
# random moments, while the run is being resumed, between the renames of a checkpoint's files, and in the middle of a line
# of the history. Then two programs fight for one folder, both resuming what lies there, with the same outcome.
#   scripts/kill_resume_check.sh [SYNANN [KILLS [SEED [SECONDS-OF-FIGHT]]]]
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly SYNANN="${1:-$ROOT/build/release/bin/synann}"
readonly KILLS="${2:-50}"
readonly SEED="${3:-$$}"
readonly FIGHT="${4:-60}"
RANDOM="$SEED"
[[ -x "$SYNANN" ]] || fail 2 "$SYNANN is not there; scripts/run.sh builds it, or name another."
scratch="$(mktemp -d)"
readonly FENCE="$scratch/fence" # while it is there the two go on fighting
trap 'rm -f "$FENCE"; wait; rm -rf "$scratch"' EXIT
say "$KILLS kills, seed $SEED"

"$SYNANN" data make "$scratch/data" --train 3000 --test 300 >/dev/null
cc -shared -fPIC -O1 -o "$scratch/die.so" "$ROOT/tests/cases/die_in_the_middle.c" -ldl

# Sets `command` to what goes on with the run, or begins it: a kill may have come before its first checkpoint.
train_command() {
  local out="$1" epochs="$2"
  command=("$SYNANN" train --data "$scratch/data" --epochs "$epochs" --out "$out")
  if [[ -e "$out/last.safetensors" ]]; then command+=(--resume "$out/last.safetensors"); fi
}

# How often a history says that a killed program left half a line.
torn() { grep -c '"torn":' "$1/history.jsonl" || true; }

# The losses and evaluations that still count in a history, without times: what a resume overtook is left out.
what_counts() {
  awk '
    function number(key) { return match($0, "\"" key "\":[0-9]+") ? substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3) + 0 : -1 }
    /^\{"event":"start"/ { train = number("train_count"); batch = number("batch_size") }
    /^\{"event":"resume"/ {
      from = (number("epoch") - 1) * train + number("step") * batch
      for (x in loss) if (x + 0 >= from) delete loss[x]
      for (e in epoch) if (e + 0 >= number("epoch")) delete epoch[e]
    }
    /^\{"event":"losses".*\]\}$/ {
      x = number("examples")
      list = $0; sub(/.*"loss":\[/, "", list); sub(/\]\}$/, "", list)
      n = split(list, part, ",")
      for (k = 1; k <= n; ++k) { loss[x] = part[k]; x += batch }
    }
    /^\{"event":"(epoch|evaluation)".*\}$/ {
      line = $0; gsub(/"((train|eval)_seconds|unix_time)":[^,}]*/, "", line)
      epoch[number("epoch")] = line
    }
    END {
      for (x in loss) print "loss", x, loss[x]
      for (e in epoch) print "epoch", e, epoch[e]
    }' "$1/history.jsonl" | sort -k1,1 -k2,2n
}

# Trains the killed run and an undisturbed one two epochs further and compares them.
compare_with_undisturbed() {
  local killed="$1" whole="$2" reached epochs out
  reached="$(head -c 65536 "$killed/last.safetensors" | grep -ao '"epoch":"[0-9]*"' | grep -o '[0-9]*')"
  epochs=$((reached + 2))
  for out in "$killed" "$whole"; do
    train_command "$out" "$epochs"
    if ! "${command[@]}" >"$scratch/log" 2>&1; then
      tail -n 5 "$scratch/log" >&2
      fail 1 "The last epochs of $(basename "$out") could not be trained (seed $SEED)."
    fi
  done
  if ! cmp "$killed/last.safetensors" "$whole/last.safetensors"; then
    fail 1 "After $epochs epochs the last checkpoint differs from that of an undisturbed run (seed $SEED)."
  fi
  what_counts "$killed" >"$scratch/killed.txt"
  what_counts "$whole" >"$scratch/whole.txt"
  if ! diff "$scratch/killed.txt" "$scratch/whole.txt" >"$scratch/diff"; then
    head -n 20 "$scratch/diff" >&2
    fail 1 "After $epochs epochs the history differs from that of an undisturbed run (seed $SEED)."
  fi
  if [[ "$(wc -l <"$scratch/whole.txt")" -ne $((epochs * 31 + 1)) ]]; then # 30 steps and an evaluation an epoch
    fail 1 "The undisturbed run's history has $(wc -l <"$scratch/whole.txt") losses and evaluations in $epochs epochs."
  fi
  say "$epochs epochs: the last checkpoint is the undisturbed run's, byte for byte, and so are losses and epochs."
}

# ---- kills --------------------------------------------------------------------------------------------------------

for ((kill_number = 1; kill_number <= KILLS; ++kill_number)); do
  train_command "$scratch/killed" 100000
  die=()
  printf -v delay '0.%03d' $((20 + RANDOM % 400))
  case $((kill_number % 4)) in
    1) die=(LD_PRELOAD="$scratch/die.so" DIE_AT_RENAME=$((1 + RANDOM % 12))) ;;
    2) die=(LD_PRELOAD="$scratch/die.so" DIE_AT_APPEND=$((1 + RANDOM % 12))) ;;
    3) printf -v delay '0.0%02d' $((1 + RANDOM % 40)) ;; # it is being resumed
  esac
  code=0
  if ((${#die[@]} > 0)); then # a shell of its own tells the log, not the terminal, that it was killed
    (env "${die[@]}" "${command[@]}"; exit $?) >"$scratch/log" 2>&1 || code=$?
  else
    killed_after "$delay" "$scratch/log" "${command[@]}" || code=$?
  fi
  if [[ $code -ne 137 ]]; then
    cat "$scratch/log" >&2
    fail 1 "At kill $kill_number the run ended by itself, with exit code $code (seed $SEED)."
  fi
done
say "$(torn "$scratch/killed") of the kills left half a line in the history."
compare_with_undisturbed "$scratch/killed" "$scratch/whole"

# ---- two programs, one folder -------------------------------------------------------------------------------------

# Resumes again and again what lies in the folder, and is killed after a moment; may be told that somebody else writes.
fighter() {
  local me="$1" delay code wins=0 refusals=0
  RANDOM="$((SEED + me))"
  while [[ -e "$FENCE" ]]; do
    train_command "$scratch/fought" 100000
    printf -v delay '0.%03d' $((20 + RANDOM % 300))
    code=0
    killed_after "$delay" "$scratch/log-$me" "${command[@]}" || code=$?
    if [[ $code -eq 137 ]]; then
      wins=$((wins + 1))
    elif [[ $code -eq 2 ]] && grep -q 'is being written by process' "$scratch/log-$me"; then
      refusals=$((refusals + 1))
    else
      { cat "$scratch/log-$me"; printf 'Exit code %s.\n' "$code"; } >"$scratch/fault-$me"
      return
    fi
  done
  printf '%s %s\n' "$wins" "$refusals" >"$scratch/score-$me"
}

touch "$FENCE"
train_command "$scratch/fought" 1
"${command[@]}" >"$scratch/log" 2>&1
fighter 1 &
fighter 2 &
for ((second = 0; second < FIGHT; ++second)); do
  sleep 1
  if compgen -G "$scratch/fault-*" >/dev/null; then break; fi
done
rm -f "$FENCE"
wait
for me in 1 2; do
  if [[ -e "$scratch/fault-$me" ]]; then
    cat "$scratch/fault-$me" >&2
    fail 1 "While two programs wanted one folder, one of them failed (seed $SEED)."
  fi
done
read -r wins_1 refusals_1 <"$scratch/score-1"
read -r wins_2 refusals_2 <"$scratch/score-2"
say "Two programs wanted one folder: $((wins_1 + wins_2)) times one of them wrote, $((refusals_1 + refusals_2)) times it was told who does."
if ((FIGHT >= 30)) && ((wins_1 == 0 || wins_2 == 0 || refusals_1 + refusals_2 == 0)); then
  fail 1 "That was no fight."
fi
compare_with_undisturbed "$scratch/fought" "$scratch/whole-2"
