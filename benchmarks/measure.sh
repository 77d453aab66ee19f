#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# All numbers of the engine in one run, for a machine with nothing else to do: `synann bench` and the comparison with PyTorch.
#
#   [SYNANN_MNIST=FOLDER] benchmarks/measure.sh [ARGUMENTS OF compare_peer.sh]
#
# Results go to benchmarks/results/DATE-bench.{txt,jsonl} and DATE-peer.{md,json}.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

configure release
build release synann
result="$ROOT/benchmarks/results/$(date +%F)-bench"
"$ROOT/build/release/bin/synann" bench --rounds 11 --save "$result.jsonl" | tee "$result.txt"
"$ROOT/benchmarks/compare_peer.sh" "$@"
