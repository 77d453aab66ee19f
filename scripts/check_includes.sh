#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks which folder includes what of which: app → ui → engine and never back, and what else CONTRIBUTING.md says of it.
# Names every line that breaks a rule, with a sentence that says which.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"
broken=0

# forbid PATTERN SENTENCE FOLDER...: no file below the folders may include what matches the pattern.
forbid() {
  local pattern="$1" sentence="$2" lines
  shift 2
  lines="$(grep -rnE --include='*.h' --include='*.cpp' --include='*.cu' --include='*.cuh' \
    "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" "$@" || true)"
  if [[ -n "$lines" ]]; then
    printf '%s\n%s\n' "$lines" "$sentence" >&2
    broken=1
  fi
}

forbid 'Q[A-Z]|Qt[A-Z]' "The engine knows no Qt: it must build with SYNANN_STUDIO=OFF." engine app/cli app/command_line
forbid '(ui|app)/' "The engine includes nothing of the window or of the programs: hand it values or functions." engine
forbid 'engine/train/' "The plots know nothing of training: hand them plain numbers." ui/plots
forbid 'app/' "The window's library includes nothing of the programs." ui
forbid 'engine/compute/reference/' \
  "A fast tier includes nothing of the reference that it is checked against: what both need is engine/compute/exact." \
  engine/compute/cpu engine/compute/eigen engine/compute/cuda
((broken == 0)) || exit 1
say "Every include goes the way it may"
