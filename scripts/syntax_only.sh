#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A launcher of the compiler, for CMake's preset `files`: reads each file, with all warnings that need no optimiser, and makes no
# code, which takes two thirds of the time. Headers that are precompiled are made as ever.
#   scripts/syntax_only.sh COMPILER ARGUMENT...
case " $* " in
*" c++-header "*) exec "$@" ;;
esac
"$@" -fsyntax-only || exit
while [ "$#" -gt 1 ]; do
  if [ "$1" = -o ]; then : >"$2"; fi # a build system wants to see that something was made
  shift
done
