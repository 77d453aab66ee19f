#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A study by GNU parallel: two tasks at once, some of them killed (SIGKILL) on the way, handed on again until all are done. Its
# table must be that of one program, times aside. About half a minute.
#   tests/cluster/parallel_check.sh [SYNANN]
set -euo pipefail
# shellcheck source=tests/cluster/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SYNANN="$(realpath "${1:-$ROOT/build/release/bin/synann}")"
readonly SYNANN
[[ -x "$SYNANN" ]] || fail 2 "$SYNANN is not there; scripts/run.sh builds it, or name another."
require_packages parallel
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

make_data "$scratch/data"
mapfile -t options < <(study_options "$scratch/data")
"$SYNANN" study "${options[@]}" --json >"$scratch/serial.json" 2>/dev/null
"$SYNANN" study plan "${options[@]}" --out "$scratch/study" >/dev/null
printf ':\n' >"$scratch/hosts"

some_result() { compgen -G "$scratch/study/runs/*/result.json"; }
submit() { "$SYNANN" study submit "$scratch/study" --parallel 2 --hosts "$scratch/hosts"; }
submit >"$scratch/first.txt" 2>&1 &
first=$!
wait_for 60 "No task was done in a minute." some_result
pkill -KILL -f "study task '?$scratch/study" || fail 1 "No task was there to be killed."
if wait "$first"; then fail 1 "Tasks were killed, and submit did not say so."; fi
submit >"$scratch/second.txt" 2>&1 || { cat "$scratch/second.txt" >&2; fail 1 "The tasks could not be done."; }
"$SYNANN" study collect "$scratch/study" --json >"$scratch/collected.json"
same_table "$scratch/serial.json" "$scratch/collected.json" "GNU parallel with killed tasks"
