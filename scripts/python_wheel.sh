#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the wheel of the Python package in python/ into a folder, build/python unless one is named:
#   ./scripts/python_wheel.sh [OUT]
# It is built from a copy in an environment of its own, into which pip loads setuptools; the working tree stays as it is.
# PYTHON names another interpreter. The program needs none of this.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PYTHON="${PYTHON:-python3}"
if [[ "$PYTHON" == */* && "$PYTHON" != /* ]]; then
  PYTHON="$PWD/$PYTHON"
fi
if [[ $# -gt 1 || "${1:-}" == -* ]]; then
  fail 2 "usage: $0 [OUT]: the folder that the wheel goes into, build/python unless named"
fi
command -v "$PYTHON" >/dev/null ||
  fail 2 "$PYTHON is not there; install Python 3.10 or newer (Debian: apt-get install python3), or set PYTHON."
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
  fail 2 "$PYTHON is too old: the package needs Python 3.10 or newer; set PYTHON to another one."

out="${1:-$ROOT/build/python}"
mkdir -p "$out" 2>/dev/null || fail 2 "$out cannot be made a folder; name another one."
out="$(cd "$out" && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
cp -R "$ROOT/python" "$scratch/python"
cp "$ROOT/LICENSE" "$scratch/python/LICENSE"
rm -rf "$scratch/python/build" "$scratch/python/src/"*.egg-info
cd "$scratch" # Python takes the repository's folder build for the tool of that name

if "$PYTHON" -c 'import build.__main__' 2>/dev/null; then
  builder=(-m build --wheel --outdir "$scratch/wheel" "$scratch/python")
elif "$PYTHON" -m pip --version >/dev/null 2>&1; then
  builder=(-m pip wheel --disable-pip-version-check --no-deps --wheel-dir "$scratch/wheel" "$scratch/python")
else
  fail 2 "$PYTHON has neither pip nor build; install one (Debian: apt-get install python3-pip python3-venv), or set PYTHON."
fi
if ! "$PYTHON" "${builder[@]}" >"$scratch/log" 2>&1; then
  cat "$scratch/log" >&2
  fail 1 "" "The wheel was not built; the tool's own words are above."
fi
cp "$scratch/wheel/"*.whl "$out/"
for wheel in "$scratch/wheel/"*.whl; do
  say "$out/${wheel##*/}"
done
