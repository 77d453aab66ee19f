#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs clang-tidy (rules in .clang-tidy) over the given source files, or over all of engine/, app/ and ui/, and
# checks the scripts where ShellCheck is installed. Slow over everything: some seconds a file. `--changed COMMIT` looks at
# the lines that are others than in that commit.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

require_packages "${PACKAGES_ENGINE[@]}" "${PACKAGES_STUDIO[@]}" "${PACKAGES_LINT[@]}"
configure dev
cd "$ROOT"
# What protoc makes is included; without protobuf there is no such target, and what needs it is not looked at.
cmake --build build/dev --target synann_message_headers >/dev/null 2>&1 || true
if command -v shellcheck >/dev/null; then
  shellcheck -x scripts/*.sh tests/cluster/*.sh .ci/run .ci/nightly
fi
# The lines that differ from COMMIT, as clang-tidy's --line-filter takes them.
changed_lines() {
  git diff -U0 --no-color --diff-filter=d "$1" -- '*.cpp' '*.h' | awk '
    /^\+\+\+ b\// { file = substr($0, 7) }
    /^@@/ {
      split($3, place, /[+,]/)
      count = place[3] == "" ? 1 : place[3]
      if (count > 0) ranges[file] = ranges[file] (ranges[file] ? "," : "") "[" place[2] "," place[2] + count - 1 "]"
    }
    END {
      for (file in ranges) all = all (all ? "," : "") "{\"name\":\"" file "\",\"lines\":[" ranges[file] "]}"
      print "[" all "]"
    }'
}

only=()
if [[ "${1:-}" == --changed ]]; then
  only=("--line-filter=$(changed_lines "${2:?a commit}")")
  mapfile -t files < <(git diff --name-only --diff-filter=d "$2" -- 'engine/*.cpp' 'app/*.cpp' 'ui/*.cpp')
  [[ ${#files[@]} -gt 0 ]] || exit 0
else
  files=("$@")
fi
if [[ ${#files[@]} -eq 0 ]]; then
  mapfile -t files < <(find engine app ui -name '*.cpp' | sort)
fi
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$(build_jobs)" clang-tidy -p build/dev --quiet --warnings-as-errors='*' "${only[@]}"
