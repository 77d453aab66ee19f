#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Formats every C++ file of the project with clang-format; with --check it changes nothing, names the files that differ
# and ends with 1. The house's version is 14 (Debian 12), because versions differ in details.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly HOUSE_VERSION=14
check=no
case "${1:-}" in
  "") ;;
  --check) check=yes ;;
  *) fail 2 "Usage: scripts/format.sh [--check]" ;;
esac

formatter="$(command -v "clang-format-$HOUSE_VERSION" || command -v clang-format || true)"
if [[ -z "$formatter" ]]; then
  require_packages "${PACKAGES_FORMAT[@]}"
  formatter="$(command -v clang-format)" || fail 2 "clang-format was not found; please install it."
fi
version="$("$formatter" --version)"
echo "$version"
if [[ ! "$version" =~ version\ $HOUSE_VERSION\. ]]; then
  echo "Note: the project is formatted with clang-format $HOUSE_VERSION; other versions may differ in details." >&2
fi

# The files of the project: what git tracks or would track; without git (an unpacked archive), what lies in the folders.
cpp_files() {
  local patterns=('*.h' '*.cpp' '*.cu' '*.cuh')
  if git -C "$ROOT" rev-parse --git-dir >/dev/null 2>&1; then
    git -C "$ROOT" ls-files -z --cached --others --exclude-standard -- "${patterns[@]}"
  else
    (cd "$ROOT" && find app benchmarks engine fuzz tests ui -type f \
      \( -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' \) -print0)
  fi
}

cd "$ROOT"
mapfile -d '' -t files < <(cpp_files | sort -zu)
existing=()
for file in "${files[@]}"; do
  if [[ -f "$file" ]]; then existing+=("$file"); fi
done
if [[ ${#existing[@]} -eq 0 ]]; then
  fail 1 "No C++ files were found in $ROOT."
fi

if [[ "$check" == no ]]; then
  "$formatter" -i "${existing[@]}"
  echo "${#existing[@]} files are formatted."
  exit 0
fi
# shellcheck disable=SC2016 # the variables are those of the shells that look at a few files each
mapfile -t wrong < <(printf '%s\0' "${existing[@]}" | xargs -0 -n 16 -P "$(nproc 2>/dev/null || echo 2)" bash -c '
  for file in "${@:2}"; do
    "$1" "$file" | cmp -s - "$file" || printf "%s\n" "$file"
  done' check "$formatter" | sort)
if [[ ${#wrong[@]} -gt 0 ]]; then
  fail 1 "Not formatted (scripts/format.sh mends it):" "${wrong[@]/#/  }"
fi
echo "All ${#existing[@]} files are formatted."
