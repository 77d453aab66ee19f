#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds everything, and runs every test without a display. Arguments are passed on to CTest
# (`scripts/test.sh -R idx`). With CI=true warnings are errors and the build is build/ci, otherwise build/release.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

preset=release
if [[ "${CI:-}" == true ]]; then
  preset=ci
fi
require_packages "${PACKAGES_ENGINE[@]}" "${PACKAGES_STUDIO[@]}"
configure "$preset"
build "$preset"
say "Testing build/$preset"
cd "$ROOT"
exec env -u DISPLAY -u WAYLAND_DISPLAY ctest --preset "$preset" "$@"
