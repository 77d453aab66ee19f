#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Reads every source file of engine/, app/ and ui/ by itself, first the engine without Qt, or those of a change: each must include
# what it needs, which a unity build and precompiled headers hide. No code is made. A changed header is read with its source.
#   scripts/read_files.sh [--changed COMMIT]
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"

require_packages "${PACKAGES_ENGINE[@]}" "${PACKAGES_STUDIO[@]}"
with_window=(-DSYNANN_STUDIO=ON -DCMAKE_DISABLE_FIND_PACKAGE_Qt6=OFF)

# "FILE<tab>COMMAND" of compile_commands.json; a file that is compiled several times comes once.
commands() {
  awk '
    /^  "command": / { command = substr($0, 15); sub(/",$/, "", command); gsub(/\\"/, "\"", command); gsub(/\\\\/, "\\", command) }
    /^  "file": / { file = substr($0, 12); sub(/",?$/, "", file); if (!(file in seen)) print file "\t" command; seen[file] = 1 }
  ' build/files/compile_commands.json
}
# Their own commands, for Ninja would read all that the window is linked with before one file of it.
read_changed() {
  local all list file
  all="$(commands)"
  # What protoc and the version make is included; precompiled headers save two thirds of the time.
  cmake --build build/files --target synann_commit >/dev/null
  cmake --build build/files --target synann_message_headers >/dev/null 2>&1 || true
  awk -F '\t' '$1 ~ /cmake_pch\.hxx\.cxx$/ { print $2 }' <<<"$all" | run_lines
  list="$(for file in "$@"; do printf '%s\n' "$ROOT/$file"; done)"
  awk -F '\t' 'NR == FNR { wanted[$1] = 1; next } $1 in wanted { print $2 " -fsyntax-only" }' <(printf '%s\n' "$list") <(printf '%s\n' "$all") |
    run_lines || fail 1 "A file does not hold what it needs by itself; the compiler's words are above."
}
run_lines() { (cd build/files && tr '\n' '\0' | xargs -0 -r -n 1 -P "$(build_jobs)" sh -c); }

if [[ "${1:-}" == --changed ]]; then
  configure files "${with_window[@]}"
  mapfile -t files < <(git diff --name-only --diff-filter=d "${2:?a commit}" -- 'engine/*.cpp' 'engine/*.h' 'app/*.cpp' 'app/*.h' \
    'ui/*.cpp' 'ui/*.h' | sed 's/\.h$/.cpp/' | sort -u)
  say "Reading ${#files[@]} files"
  read_changed "${files[@]}"
else
  configure files -DSYNANN_STUDIO=OFF -DCMAKE_DISABLE_FIND_PACKAGE_Qt6=ON
  build files
  configure files "${with_window[@]}"
  build files
fi
