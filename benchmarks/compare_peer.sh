#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures synann and PyTorch on the same work, in turns, and prints how many times faster synann is.
#
#   benchmarks/compare_peer.sh [--rounds N] [--threads "1 2"] [--seconds S] [--work train,eval,synapse] [--models LIST] [--batch N]
#       [--name NAME] [PEER...]
#
# A PEER is NAME=COMMAND, COMMAND a Python that has torch; default: debian=python3. Debian's PyTorch uses the BLAS that
# `update-alternatives --display libblas.so.3-x86_64-linux-gnu` names: libopenblas0-pthread is the fair one. With MNIST in
# SYNANN_MNIST both work on it, otherwise on built-in digits and on random pixels. Results go to
# benchmarks/results/DATE-peer[-NAME].{md,json}.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

rounds=5 threads="1 2" seconds=0.3 work=train,eval,synapse models=syna-cnn,syna-mlp,syna-rnn batch=100 name="" peers=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    --rounds) rounds="${2:?}" && shift ;;
    --threads) threads="${2:?}" && shift ;;
    --seconds) seconds="${2:?}" && shift ;;
    --work) work="${2:?}" && shift ;;
    --models) models="${2:?}" && shift ;; # deep-cnn too, of benchmarks/networks
    --batch) batch="${2:?}" && shift ;;
    --name) name="-${2:?}" && shift ;;
    *=*) peers+=("$1") ;;
    *) fail 2 "Usage: benchmarks/compare_peer.sh [--rounds N] [--threads \"1 2\"] [--seconds S] [--work LIST] [--models LIST] [--batch N] [--name NAME] [PEER=COMMAND...]" ;;
  esac
  shift
done
if [[ ${#peers[@]} -eq 0 ]]; then peers=("debian=python3"); fi
for peer in "${peers[@]}"; do
  # shellcheck disable=SC2086 # a command of several words
  ${peer#*=} -c 'import torch' 2>/dev/null || fail 2 "\"${peer#*=}\" cannot import torch; name a Python that can."
done

synann="${SYNANN:-$ROOT/build/release/bin/synann}"
if [[ -z "${SYNANN:-}" ]]; then
  configure release
  build release synann
fi
files="${models//deep-cnn/$ROOT/benchmarks/networks/deep-cnn.json}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
for ((round = 1; round <= rounds; ++round)); do
  for count in $threads; do
    say "Round $round of $rounds, $count threads"
    "$synann" bench --json --work "$work" --models "$files" --batch-size "$batch" --widths 64,784 --rounds 2 --threads "$count" >>"$folder/$round-synann.jsonl"
    for peer in "${peers[@]}"; do
      # shellcheck disable=SC2086
      OMP_NUM_THREADS="$count" OPENBLAS_NUM_THREADS="$count" ${peer#*=} "$ROOT/benchmarks/peer_pytorch.py" \
        --threads "$count" --rounds 2 --seconds "$seconds" --work "$work" --models "$models" --batch "$batch" --compile 2>/dev/null >>"$folder/$round-${peer%%=*}.jsonl"
    done
  done
done

result="$ROOT/benchmarks/results/$(date +%F)-peer$name"
{
  printf '# synann and PyTorch, %s\n\n%s, %s processors, load %s when it ended.\n\n    benchmarks/compare_peer.sh --rounds %s --threads "%s" --seconds %s --work %s --models %s --batch %s\n\n' \
    "$(date +%F)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)" \
    "$rounds" "$threads" "$seconds" "$work" "$models" "$batch"
  python3 "$ROOT/benchmarks/peer_report.py" "$folder" --json "$result.json"
} | tee "$result.md"
say "Kept: ${result#"$ROOT"/}.md and .json"
