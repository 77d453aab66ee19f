#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Reads every export format back with its own tool: NumPy, pandas, safetensors, huggingface_hub, TensorBoard (2.21 or newer),
# onnxruntime. A small run is trained for it, with a title and a note that would do harm in a page.
#   scripts/exports_check.sh [SYNANN [WORD...]]
# The words choose among the cases of tests/oracle/onnx_check.py; without any it takes all, for more than an hour.
# PYTHON names the interpreter that has the tools: pip install numpy pandas torch safetensors huggingface_hub tensorboard onnx onnxruntime
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PYTHON="${PYTHON:-python3}"
synann="$(realpath -m "${1:-$ROOT/build/release/bin/synann}")"
[[ -x "$synann" ]] || fail 2 "$synann is not there; build it, or name another."
command -v "$PYTHON" >/dev/null || fail 2 "$PYTHON is not there; name an interpreter by PYTHON."
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

"$synann" train --data digits --train-count 2000 --epochs 3 --out "$scratch/run" >/dev/null
# shellcheck disable=SC2016 # it is to stand in the note as it is
"$synann" note "$scratch/run" --title '<script>alert(1)</script>' --note '[x](javascript:alert(1)) <img src=x onerror=alert(1)> $(id)' >/dev/null
out="$scratch/out"
mkdir "$out"
checkpoint="$scratch/run/last.safetensors"
"$synann" export --history "$scratch/run" --content record --out "$out/record.npz"
"$synann" export --history "$scratch/run" --content losses --out "$out/losses.csv"
"$synann" export --history "$scratch/run" --content epochs --out "$out/epochs.csv"
"$synann" export --history "$scratch/run" --content epochs --out "$out/epochs.jsonl"
"$synann" export --history "$scratch/run" --out "$out/report.html"
"$synann" export --history "$scratch/run" --format tensorboard --out "$out/logs"
"$synann" export --checkpoint "$checkpoint" --out "$out/parameters.npz"
"$synann" export --checkpoint "$checkpoint" --content predictions --out "$out/said.csv"
"$synann" export --checkpoint "$checkpoint" --format hub --out "$out/hub"
"$PYTHON" "$ROOT/tests/oracle/exports_check.py" "$scratch/run" "$out"
"$PYTHON" "$ROOT/tests/oracle/tensorboard_check.py" "$out/logs" "run=$scratch/run"
"$PYTHON" "$ROOT/tests/oracle/onnx_check.py" --synann "$synann" "${@:2}"
