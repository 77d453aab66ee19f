#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and opens the window; the arguments are passed on to `synann-studio`.
# Without a display it trains three epochs on the built-in digits in the terminal (the arguments are then passed on to
# `synann train`) and writes the loss figure.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly BIN="$ROOT/build/release/bin"

# has_option NAME ARGUMENT...: whether NAME or NAME=value is among the arguments.
has_option() {
  local name="$1" argument
  shift
  for argument in "$@"; do
    if [[ "$argument" == "$name" || "$argument" == "$name="* ]]; then return 0; fi
  done
  return 1
}

# option_value NAME ARGUMENT...: the value of the last NAME VALUE or NAME=VALUE.
option_value() {
  local name="$1" value=""
  shift
  while [[ $# -gt 0 ]]; do
    if [[ "$1" == "$name" && $# -gt 1 ]]; then
      value="$2"
      shift
    elif [[ "$1" == "$name="* ]]; then
      value="${1#*=}"
    fi
    shift
  done
  printf '%s' "$value"
}

# Exports, versions and help need no display.
needs_display() {
  local name
  for name in --export --version --help -h; do
    if has_option "$name" "$@"; then return 1; fi
  done
}

# Qt's platforms without a screen (QT_QPA_PLATFORM=offscreen, as containers often have it) do not count as a display.
has_display() {
  case "${QT_QPA_PLATFORM:-}" in
    offscreen* | minimal*) return 1 ;;
  esac
  [[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]]
}

# Trains in the terminal, then draws the loss curves. What the arguments set is not set again.
train_without_display() {
  local arguments=() folder
  if ! has_option --resume "$@"; then # a resumed run brings its data and its length along
    has_option --data "$@" || arguments+=(--data digits)
    has_option --epochs "$@" || arguments+=(--epochs 3)
  fi
  folder="$(option_value --out "$@")"
  if [[ -z "$folder" ]]; then
    folder="$ROOT/out/first-run"
    arguments+=(--out "$folder")
  fi
  say "No display found, so training runs here; where there is a screen, ./scripts/run.sh opens the window."
  # Pictures of an earlier run in this folder would be taken for this one's.
  rm -f -- "$folder/loss.png" "$folder/loss.svg"
  local code=0 format
  "$BIN/synann" train "${arguments[@]}" "$@" || code=$?
  if [[ ! -e "$folder/history.jsonl" ]]; then return "$code"; fi
  for format in png svg; do
    "$BIN/synann-studio" --export "$folder/loss.$format" --history "$folder"
  done
  say "The loss curves: $folder/loss.png and $folder/loss.svg" "(checkpoints and history are beside them)"
  return "$code"
}

packages=("${PACKAGES_ENGINE[@]}" "${PACKAGES_STUDIO[@]}")
if [[ -z "${DISPLAY:-}" && -n "${WAYLAND_DISPLAY:-}" ]]; then
  packages+=(qt6-wayland) # Qt's Wayland support is a package of its own
fi
require_packages "${packages[@]}"
mapfile -t options < <(cuda_options)
configure release "${options[@]}"
build release synann synann-studio

if has_display || ! needs_display "$@"; then
  exec "$BIN/synann-studio" "$@"
fi
train_without_display "$@"
