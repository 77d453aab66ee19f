#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs clang-tidy (rules in .clang-tidy) over the given source files, or over all of engine/, app/ and ui/, and
# checks the scripts where ShellCheck is installed. Slow over everything: some seconds a file.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

require_packages "${PACKAGES_ENGINE[@]}" "${PACKAGES_STUDIO[@]}" "${PACKAGES_LINT[@]}"
configure dev
cd "$ROOT"
if command -v shellcheck >/dev/null; then
  shellcheck -x scripts/*.sh .ci/run
fi
files=("$@")
if [[ ${#files[@]} -eq 0 ]]; then
  mapfile -t files < <(find engine app ui -name '*.cpp' | sort)
fi
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$(build_jobs)" clang-tidy -p build/dev --quiet --warnings-as-errors='*'
