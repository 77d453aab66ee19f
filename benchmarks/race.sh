#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How long syna-fast takes to 99 % of MNIST from scratch, beside its identity twin and beside Python importing PyTorch.
#
#   benchmarks/race.sh [--seeds "1 2 3"] [--threads N] [--python COMMAND] [--out FILE]
#
# Every seed trains both networks with syna-fast's own settings, in turns; the accuracy is that of the test set after the
# last epoch, and nothing is selected. A Python that has torch (python3 unless told otherwise) is timed in the same turns.
# Needs MNIST (SYNANN_MNIST, or ~/.local/share/synann-studio/mnist). SYNANN names another program than build/release's.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

seeds="1 2 3 4 5 6 7 8 9 10" threads=0 python=python3 out=""
while [[ $# -gt 0 ]]; do
  case "$1" in
    --seeds) seeds="${2:?}" && shift ;;
    --threads) threads="${2:?}" && shift ;;
    --python) python="${2:?}" && shift ;;
    --out) out="${2:?}" && shift ;;
    *) fail 2 "Usage: benchmarks/race.sh [--seeds \"1 2 3\"] [--threads N] [--python COMMAND] [--out FILE]" ;;
  esac
  shift
done
synann="${SYNANN:-$ROOT/build/release/bin/synann}"
if [[ -z "${SYNANN:-}" ]]; then
  configure release
  build release synann
fi
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

# seconds COMMAND...: its wall time; fails as the command does.
seconds() {
  local began="$EPOCHREALTIME"
  "$@" >/dev/null || return
  awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }'
}
# field NAME: a number of the history's epoch on standard input.
field() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p"; }
# column NUMBER FORMAT FILE: mean ± standard deviation.
column() {
  awk -v c="$1" -v f="$2" '{ s += $c; q += $c * $c; n++ }
    END { m = s / n; printf f " ± " f, m, (n > 1 ? sqrt((q - n * m * m) / (n - 1)) : 0) }' "$3"
}

has_torch=no
# shellcheck disable=SC2086 # a command of several words
if $python -c 'import torch' 2>/dev/null; then has_torch=yes; fi
for seed in $seeds; do
  say "Seed $seed" >&2
  for model in syna-fast syna-fast:identity; do
    wall="$(seconds "$synann" train --model "$model" --data mnist --seed "$seed" --threads "$threads" --record 0 --out "$folder/$model-$seed")"
    epoch="$(grep '"event":"epoch"' "$folder/$model-$seed/history.jsonl" | tail -n 1)"
    printf '%s %s %s %s\n' "$seed" "$(awk '{ print $1 / $2 * 100 }' <<<"$(field correct <<<"$epoch") $(field count <<<"$epoch")")" "$(field train_seconds <<<"$epoch")" "$wall" >>"$folder/$model"
  done
  # shellcheck disable=SC2086
  if [[ "$has_torch" == yes ]]; then printf '%s %s\n' "$seed" "$(seconds $python -c 'import torch')" >>"$folder/torch"; fi
done

table() {
  local model
  printf '# The race to 99 %%, %s\n\n%s, %s processors, load %s when it ended; %s.\n\n    benchmarks/race.sh --seeds "%s" --threads %s\n\n' \
    "$(date +%F)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)" \
    "$("$synann" --version | head -n 1)" "$seeds" "$threads"
  printf 'Mean ± standard deviation over %s seeds, MNIST with 60,000 training images, test accuracy after the last epoch.\n\n' "$(wc -w <<<"$seeds")"
  printf '| network | test accuracy, %% | training, s | whole process, s |\n| --- | --- | --- | --- |\n'
  for model in syna-fast syna-fast:identity; do
    printf '| %s | %s | %s | %s |\n' "$model" "$(column 2 %.3f "$folder/$model")" \
      "$(column 3 %.2f "$folder/$model")" "$(column 4 %.2f "$folder/$model")"
  done
  if [[ "$has_torch" == yes ]]; then
    printf '| `python3 -c "import torch"` (%s) | | | %s |\n' \
      "$($python -c 'import torch; print(torch.__version__)')" "$(column 2 %.2f "$folder/torch")"
  else
    printf '\nNo Python here has torch: its import was not timed.\n'
  fi
  printf '\nEvery seed:\n\n| seed | syna-fast, %% | training, s | identity, %% | training, s |\n| --- | --- | --- | --- | --- |\n'
  paste -d' ' "$folder/syna-fast" "$folder/syna-fast:identity" |
    awk '{ printf "| %s | %.2f | %.2f | %.2f | %.2f |\n", $1, $2, $3, $6, $7 }'
}
if [[ -n "$out" ]]; then
  table | tee "$out"
else
  table
fi
