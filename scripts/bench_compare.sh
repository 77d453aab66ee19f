#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Is this tree slower than an earlier revision? Builds REV beside the tree, lets both `synann bench` run in turns, and prints
# for each piece of work how many times longer it takes now. Ends with 1 when one takes more than THRESHOLD times as long.
#
#   scripts/bench_compare.sh REV [--threshold 1.05] [--rounds 7] [-- OPTIONS OF synann bench]
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() { fail 2 "Usage: scripts/bench_compare.sh REV [--threshold 1.05] [--rounds 7] [-- OPTIONS OF synann bench]"; }
revision="" threshold=1.05 rounds=7
while [[ $# -gt 0 && "$1" != -- ]]; do
  case "$1" in
    --threshold) threshold="${2:-}" && shift ;;
    --rounds) rounds="${2:-}" && shift ;;
    -*) usage ;;
    *) revision="$1" ;;
  esac
  shift || usage
done
if [[ "${1:-}" == -- ]]; then shift; fi
options=("$@")
[[ -n "$revision" && "$rounds" =~ ^[1-9][0-9]*$ && "$threshold" =~ ^[0-9]+(\.[0-9]+)?$ ]] || usage
commit="$(git -C "$ROOT" rev-parse --verify --quiet "$revision^{commit}")" || fail 2 "\"$revision\" is no revision of this repository."

# The build of a revision never changes, so it is kept.
other="$ROOT/build/compare/${commit:0:12}"
if [[ ! -x "$other/build/bin/synann" ]]; then
  if [[ ! -e "$other/.git" ]]; then
    git -C "$ROOT" worktree prune
    git -C "$ROOT" worktree add --detach --force "$other" "$commit" >/dev/null
  fi
  say "Building $revision"
  cmake -S "$other" -B "$other/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSYNANN_STUDIO=OFF -DSYNANN_TESTS=OFF >/dev/null
  cmake --build "$other/build" --parallel "$(build_jobs)" --target synann
fi
"$other/build/bin/synann" bench --help >/dev/null 2>&1 || fail 2 "$revision has no \"synann bench\" yet."
configure release
build release synann

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
for ((round = 1; round <= rounds; ++round)); do
  say "Round $round of $rounds"
  # Who begins changes from round to round, so that neither always finds the warmer machine.
  order=(old new)
  if ((round % 2 == 0)); then order=(new old); fi
  for who in "${order[@]}"; do
    binary="$ROOT/build/release/bin/synann"
    if [[ "$who" == old ]]; then binary="$other/build/bin/synann"; fi
    "$binary" bench --json --work train,eval,synapse --quick --rounds 3 ${options[@]+"${options[@]}"} |
      sed -n "s/^{\"event\":\"result\"/$who $round &/p" >>"$folder/results"
  done
done

# One line per piece of work: median over rounds of new / old, least and most.
awk -v threshold="$threshold" '
  function field(name,   part) {
    if (!match($0, "\"" name "\":(\"[^\"]*\"|[0-9.eE+-]+)")) return ""
    part = substr($0, RSTART, RLENGTH); sub(/^"[^"]*":/, "", part); gsub(/"/, "", part); return part
  }
  { key = sprintf("%-16s %-12s %s threads", field("work"), field("width") == "" ? field("model") : "n = " field("width"), field("threads"))
    time[$1, $2, key] = field("us_min")
    if (!(key in seen)) { seen[key] = 1; keys[++count] = key }
    if ($2 > rounds) rounds = $2 }
  END {
    printf "%-40s %8s   %s\n", "work", "new/old", "range"
    for (k = 1; k <= count; ++k) {
      n = 0
      for (r = 1; r <= rounds; ++r)
        if ((("old", r, keys[k]) in time) && (("new", r, keys[k]) in time)) {
          x = time["new", r, keys[k]] / time["old", r, keys[k]]
          for (p = ++n; p > 1 && ratio[p - 1] > x; --p) ratio[p] = ratio[p - 1]
          ratio[p] = x
        }
      if (n == 0) continue
      median = n % 2 ? ratio[(n + 1) / 2] : (ratio[n / 2] + ratio[n / 2 + 1]) / 2
      slow = median > threshold ? "  SLOWER" : ""
      if (slow != "") ++failed
      printf "%-40s %8.3f   %.3f – %.3f%s\n", keys[k], median, ratio[1], ratio[n], slow
    }
    printf "%d of %d take more than %s times as long.\n", failed, count, threshold
    exit failed > 0
  }' "$folder/results"
