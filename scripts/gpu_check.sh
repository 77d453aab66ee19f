#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Everything that only a machine with an NVIDIA GPU can show, in one command: builds for its GPU, runs the self-test,
# parity with PyTorch's golden files, compute-sanitizer where it is installed, bit-identical reruns, the benchmark and
# the time to 99 % on MNIST over ten seeds. What it prints also goes to a file under out/, for benchmarks/results.
#   scripts/gpu_check.sh [GOLDEN_FILE...]     (or SYNANN_GOLDEN=folder; MNIST as everywhere: SYNANN_MNIST=folder)
# shellcheck disable=SC2317 # the checks are called by their names
set -uo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Ten seeds of this are trained for the time to 99 %; SYNANN_RECIPE names another. A place to start, not tuned.
readonly RECIPE="${SYNANN_RECIPE:---model syna-cnn --optimizer adam --lr 0.002 --schedule cosine --epochs 60}"
readonly FOLDER="$ROOT/out/gpu-check"
readonly SYNANN="$ROOT/build/release/bin/synann"
failures=()

# part NAME COMMAND...: runs it; a failure is remembered, and the rest goes on.
part() {
  say "" "==== $1 ===="
  shift
  if ! "$@"; then
    failures+=("$*")
    say "FAILED: $*"
  fi
}

# has_command NAME: whether this synann has the subcommand.
has_command() { "$SYNANN" "$1" --help >/dev/null 2>&1; }

find_data() {
  if [[ -n "${SYNANN_MNIST:-}" ]]; then
    printf '%s' "$SYNANN_MNIST"
  elif "$SYNANN" eval --help >/dev/null && [[ -d "$HOME/.local/share/synann-studio/mnist" ]]; then
    printf 'mnist'
  else
    printf 'digits'
  fi
}

parity() {
  local files=("$@")
  if [[ ${#files[@]} -eq 0 && -n "${SYNANN_GOLDEN:-}" ]]; then files=("$SYNANN_GOLDEN"/*.safetensors); fi
  if [[ ${#files[@]} -eq 0 ]]; then
    say "Left out: name golden files, or set SYNANN_GOLDEN to their folder."
    return
  fi
  "$SYNANN" parity --device cuda --data "$data" "${files[@]}"
}

# memcheck and racecheck find accesses outside of arrays and races between threads of a block.
sanitize() {
  local sanitizer tool
  sanitizer="$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null || true)"
  if [[ -z "$sanitizer" ]]; then
    say "Left out: compute-sanitizer is not installed (it comes with the CUDA toolkit)."
    return
  fi
  for tool in memcheck racecheck initcheck synccheck; do
    for model in syna-cnn syna-mlp syna-rnn syna-pixel; do
      say "compute-sanitizer --tool $tool, $model"
      "$sanitizer" --tool "$tool" --error-exitcode 1 "$SYNANN" train --model "$model" --data digits --device cuda \
        --epochs 1 --batch-size 2000 --out "$FOLDER/sanitize-$tool-$model" >"$FOLDER/$tool-$model.log" 2>&1 ||
        { tail -n 30 "$FOLDER/$tool-$model.log"; return 1; }
    done
  done
}

# Two runs with the same settings give the same checkpoint, byte for byte.
rerun() {
  local run
  for run in first second; do
    "$SYNANN" train --data digits --device cuda --epochs 2 --seed 11 --out "$FOLDER/rerun-$run" >/dev/null || return 1
  done
  cmp "$FOLDER/rerun-first/last.safetensors" "$FOLDER/rerun-second/last.safetensors" && say "Bit-identical."
}

# An epoch of the original at batch 100, as the history tells it: seconds of training steps alone.
epochs() {
  "$SYNANN" train --data "$data" --device cuda --epochs 6 --json --out "$FOLDER/epochs" |
    sed -n 's/.*"event":"epoch".*"train_seconds":\([0-9.e-]*\).*/train_seconds \1/p'
}

# Seconds of training until the test accuracy first reaches 99 %, for ten seeds, and their mean.
time_to_99() {
  if [[ "$data" == digits ]]; then
    say "Left out: it needs MNIST (set SYNANN_MNIST)."
    return
  fi
  local seed
  say "Recipe: $RECIPE"
  for seed in 1 2 3 4 5 6 7 8 9 10; do
    # shellcheck disable=SC2086 # the recipe is a list of options
    "$SYNANN" train $RECIPE --data "$data" --device cuda --seed "$seed" --target-accuracy 99 --json \
      --out "$FOLDER/seed-$seed" |
      awk -v seed="$seed" '
        /"event":"epoch"/ {
          match($0, /"train_seconds":[0-9.e-]+/); seconds += substr($0, RSTART + 16, RLENGTH - 16); epochs++
          match($0, /"correct":[0-9]+/); correct = substr($0, RSTART + 10, RLENGTH - 10)
        }
        END { printf "seed %d: %d epochs, %.4f s, %d correct%s\n", seed, epochs, seconds, correct,
                     (correct >= 9900 ? "" : " (99 % not reached)") }'
  done | tee "$FOLDER/seeds.txt"
  awk '{ sum += $5; squares += $5 * $5; missed += /not reached/ }
       END { mean = sum / NR; printf "mean of %d seeds: %.4f s, standard deviation %.4f s, %d missed 99 %%\n", NR, mean,
             sqrt((squares - NR * mean * mean) / (NR - 1)), missed }' "$FOLDER/seeds.txt"
}

run_all() {
  nvidia-smi || fail 2 "nvidia-smi does not run: this script needs an NVIDIA GPU and its driver."
  git -C "$ROOT" log -1 --format='commit %H' 2>/dev/null
  require_packages "${PACKAGES_ENGINE[@]}" "${PACKAGES_STUDIO[@]}"
  mapfile -t options < <(cuda_options)
  configure release "${options[@]}"
  build release synann engine_compute_cuda_tests engine_train_tests
  local data
  data="$(find_data)"
  part "Self-test" check
  part "The tests of the kernels, on the GPU" kernel_tests
  part "Parity with PyTorch" parity "$@"
  part "compute-sanitizer" sanitize
  part "Bit-identical reruns" rerun
  part "Epochs at batch 100 ($data)" epochs
  part "Benchmark" bench
  part "Time to 99 %" time_to_99
  say ""
  if [[ ${#failures[@]} -gt 0 ]]; then fail 1 "These parts failed:" "${failures[@]/#/  }"; fi
  say "Everything holds. The output is in $FOLDER/output.txt; benchmarks/README.md says where results go."
}

# The tests that otherwise run the kernels on the host.
kernel_tests() {
  kernel_test engine_compute_cuda_tests device_backend_test &&
    kernel_test engine_compute_cuda_tests device_failures_test &&
    kernel_test engine_train_tests session_device_test
}

# kernel_test PROGRAM TEST
kernel_test() {
  SYNANN_TEST_GPU=1 QT_QPA_PLATFORM=offscreen "$ROOT/build/release/tests/bin/$1" "$2" -nocrashhandler
}

check() {
  if has_command check; then "$SYNANN" check --device cuda; else say "Left out: this synann has no self-test."; fi
}
bench() {
  if has_command bench; then
    "$SYNANN" bench --device cuda --json | tee "$FOLDER/bench.json"
  else
    say "Left out: this synann has no benchmark."
  fi
}

rm -rf "$FOLDER"
mkdir -p "$FOLDER"
run_all "$@" 2>&1 | tee "$FOLDER/output.txt"
exit "${PIPESTATUS[0]}"
