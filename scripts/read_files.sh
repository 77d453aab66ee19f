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
if [[ "${1:-}" == --changed ]]; then
  configure files -DSYNANN_STUDIO=ON -DCMAKE_DISABLE_FIND_PACKAGE_Qt6=OFF
  mapfile -t files < <(git diff --name-only --diff-filter=d "${2:?a commit}" -- 'engine/*.cpp' 'engine/*.h' 'app/*.cpp' 'app/*.h' \
    'ui/*.cpp' 'ui/*.h' | sed 's/\.h$/.cpp/' | sort -u)
  targets=()
  for file in "${files[@]}"; do
    # "FILE^" is what Ninja makes of a source; a header alone, or a file of another system, is none.
    if ninja -C build/files -t query "$ROOT/$file" >/dev/null 2>&1; then targets+=("$ROOT/$file^"); fi
  done
  say "${#targets[@]} files"
  [[ ${#targets[@]} -eq 0 ]] || build files "${targets[@]}"
else
  configure files -DSYNANN_STUDIO=OFF -DCMAKE_DISABLE_FIND_PACKAGE_Qt6=ON
  build files
  configure files -DSYNANN_STUDIO=ON -DCMAKE_DISABLE_FIND_PACKAGE_Qt6=OFF
  build files
fi
