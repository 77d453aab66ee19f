#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One training on several processes, over OpenMPI on this machine alone: any number of ranks leaves the checkpoint of one process,
# byte for byte, for SynaCNN, SynaRNN and a model file; a rank is killed (SIGKILL), all end within seconds, and the run goes on with
# another number of ranks to the same bytes; so it does after SIGTERM. Half a minute for two ranks.
#   tests/cluster/ranks_check.sh SYNANN [RANKS…]    SYNANN is built with -DSYNANN_MPI=ON; 2 ranks unless told otherwise
set -euo pipefail
# shellcheck source=tests/cluster/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SYNANN="$(realpath "${1:?name a synann that is built with -DSYNANN_MPI=ON}")"
readonly SYNANN
[[ -x "$SYNANN" ]] || fail 2 "$SYNANN is not there."
shift
ranks=("${@:-2}")
require_packages openmpi-bin
scratch="$(mktemp -d)"
trap 'pkill -KILL -f "$scratch/" 2>/dev/null || true; rm -rf "$scratch"' EXIT

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# Also where a process may not read another's memory.
export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_btl_sm_single_copy_mechanism=none
# train RANKS FOLDER OPTION…
train() {
  local count="$1" folder="$2"
  shift 2
  mpirun --oversubscribe -np "$count" "$SYNANN" train --out "$folder" "$@" >"$folder.log" 2>&1
}
same_checkpoint() {
  cmp "$1/last.safetensors" "$2/last.safetensors" || fail 1 "$3 does not leave the checkpoint of one process."
}

"$SYNANN" data make "$scratch/data" --train 2000 --test 500 >/dev/null
"$SYNANN" model write syna-mlp-relu >"$scratch/own.json"
for model in syna-cnn syna-rnn "$scratch/own.json"; do
  name="$(basename "$model" .json)"
  options=(--model "$model" --data "$scratch/data" --epochs 2 --validation 100)
  "$SYNANN" train "${options[@]}" --out "$scratch/$name" >/dev/null 2>&1
  for count in "${ranks[@]}"; do
    train "$count" "$scratch/$name-$count" "${options[@]}" ||
      { cat "$scratch/$name-$count.log" >&2; fail 1 "$name on $count ranks failed."; }
    same_checkpoint "$scratch/$name" "$scratch/$name-$count" "$name on $count ranks"
    grep -q "\"ranks\":$count," "$scratch/$name-$count/history.jsonl" || fail 1 "The history does not say how many ranks there were."
  done
  say "$name: the checkpoint of one process on ${ranks[*]} ranks"
done

code=0
train 9 "$scratch/many" --data "$scratch/data" --epochs 1 || code=$?
if ((code != 2)) || ! grep -q 'expected at most 8, found 9' "$scratch/many.log"; then
  cat "$scratch/many.log" >&2
  fail 1 "More ranks than parts of a batch are not refused with exit code 2 (it was $code)."
fi

# cut SIGNAL PROCESS: a run of 3 ranks is struck once its first epoch is saved; on 2 ranks it goes on.
options=(--data "$scratch/data" --epochs 150)
"$SYNANN" train "${options[@]}" --out "$scratch/whole" >/dev/null 2>&1
cut() {
  local signal="$1" process="$2" folder="$scratch/cut-$1" took
  train 3 "$folder" "${options[@]}" &
  local run=$!
  wait_for 60 "No epoch was saved in a minute." grep -q '"event":"epoch"' "$folder/history.jsonl"
  pkill "-$signal" --newest -f "$process" || fail 1 "There was no process to strike."
  took="$SECONDS"
  if wait "$run"; then fail 1 "The run ended well although it was struck with SIG$signal."; fi
  took=$((SECONDS - took))
  ((took <= 10)) || fail 1 "The other ranks went on for $took seconds."
  if grep -q '"state":"finished"' "$folder/history.jsonl"; then fail 1 "The run was over before it was struck."; fi
  mpirun --oversubscribe -np 2 "$SYNANN" train --resume "$folder/last.safetensors" >"$folder.log" 2>&1 ||
    { cat "$folder.log" >&2; fail 1 "The run does not go on after SIG$signal."; }
  same_checkpoint "$scratch/whole" "$folder" "A run that was struck with SIG$signal and went on"
  say "SIG$signal: all ended within $((took + 1)) s; the run went on to the same bytes"
}
cut KILL "^$SYNANN train --out $scratch/cut-KILL"
cut TERM "^mpirun .* train --out $scratch/cut-TERM"
