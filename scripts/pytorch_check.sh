#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compares the program with PyTorch, where a python3 with PyTorch is at hand (Debian: python3-torch): golden files are
# made by it for several models and options and checked with every tier, and checkpoints cross over in both directions;
# safetensors and huggingface_hub read them where they are installed.
# SYNANN_MNIST names the folder with MNIST; PYTHON another interpreter. Takes a few minutes.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly PYTHON="${PYTHON:-/usr/bin/python3}"
if ! "$PYTHON" -c 'import torch, numpy' 2>/dev/null; then
  say "skipped: $PYTHON has no PyTorch (Debian: apt-get install python3-torch; or set PYTHON)"
  exit 0
fi
if [[ ! -d "${SYNANN_MNIST:-}" ]]; then
  say "skipped: set SYNANN_MNIST to the folder with MNIST"
  exit 0
fi

require_packages "${PACKAGES_ENGINE[@]}"
configure release
build release synann
readonly SYNANN="$ROOT/build/release/bin/synann"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# golden NAME ARGUMENT...: makes a golden file and checks it.
golden() {
  local name="$1"
  shift
  "$PYTHON" "$ROOT/tests/oracle/make_golden.py" --mnist "$SYNANN_MNIST" --out "$scratch/$name.safetensors" "$@"
  if "$SYNANN" parity "$scratch/$name.safetensors" --data "$SYNANN_MNIST" >"$scratch/report"; then
    say "ok   $name"
  else
    grep -E 'tier|FAIL' "$scratch/report"
    failed=1
  fi
}

failed=0
say "Golden files made by PyTorch in float64"
golden syna-cnn --seed 12 --train-offset 3000
golden syna-cnn-batch-coupled --synapse batch-coupled --seed 51 --train-offset 25500
golden syna-cnn-sigmoid-softplus --beta sigmoid --alpha softplus --diagonal zero --seed 2
for model in syna-mlp syna-pixel syna-rnn dense-cnn dense-rnn identity-mlp linear; do
  golden "$model" --model "$model"
done
golden syna-pixel-clamp-exp --model syna-pixel --beta clamp --alpha exp
say "Checkpoints"
"$PYTHON" "$ROOT/tests/oracle/check_checkpoints.py" --synann "$SYNANN" --mnist "$SYNANN_MNIST" || failed=1
say "Optimisers and schedules"
"$PYTHON" "$ROOT/tests/oracle/compare_optimisers.py" --synann "$SYNANN" || failed=1
if "$PYTHON" -c 'import safetensors, huggingface_hub' 2>/dev/null; then
  for optimizer in sgd adam adamw; do
    "$SYNANN" train --data digits --epochs 1 --optimizer "$optimizer" --lr 0.001 --out "$scratch/$optimizer" >/dev/null 2>&1
  done
  "$PYTHON" "$ROOT/tests/oracle/read_checkpoints.py" "$scratch/sgd" "$scratch/adam" "$scratch/adamw" || failed=1
else
  say "skipped: $PYTHON has not both of safetensors and huggingface_hub, which would read checkpoints"
fi
exit "$failed"
