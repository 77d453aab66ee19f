# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Shared by the scripts beside it: a study that is made by one program and by many, and the comparison. Sourced.

# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

# What the studies train; about two seconds a run on one processor.
make_data() { "$SYNANN" data make "$1" --train 3000 --test 500 >/dev/null; }
study_options() { printf '%s\n' --data "$1" --models syna-pixel,linear,syna-mlp --seeds 2 --epochs "${2:-12}"; }

# The table without what differs from one time to the next.
table_of() { sed 's/"train_seconds_per_epoch":[^,}]*//' "$1"; }

# same_table SERIAL COLLECTED WHO: the rows of both, number for number.
same_table() {
  [[ -s "$1" ]] || fail 1 "The study of one program has no table."
  if ! diff <(table_of "$1") <(table_of "$2"); then
    fail 1 "The table of $3 (>) is not that of the study of one program (<)."
  fi
  say "$3: the table of one program, number for number ($(wc -l <"$1") rows)"
}

# Waits until COMMAND succeeds, SECONDS at most; then fails with SENTENCE.
wait_for() {
  local seconds="$1" sentence="$2" k
  shift 2
  for ((k = 0; k < seconds * 5; ++k)); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  fail 1 "$sentence"
}
