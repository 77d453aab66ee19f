#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A monkey at the window: random clicks, drags, turns of the wheel and keys over all pages of synann-studio while it
# trains, on a screen that nobody sees and in a home of its own. The same seed makes the same actions, whatever the
# window does. Ends with 1 when the program crashes, a sanitizer reports, or the window does not answer for 20 seconds,
# and prints the seed, the last actions and what the program said.
#   scripts/monkey.sh SEED SECONDS [SYNANN-STUDIO]
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/monkey_actions.sh
source "$ROOT/scripts/monkey_actions.sh"

[[ $# -ge 2 && $# -le 3 && "$1" =~ ^[0-9]{1,9}$ && "$2" =~ ^[0-9]{1,6}$ ]] ||
  fail 2 "Usage: scripts/monkey.sh SEED SECONDS [SYNANN-STUDIO]"
STUDIO="$(realpath -m "${3:-$ROOT/build/asan-ubsan/bin/synann-studio}")"
readonly SEED="$((10#$1))" TIME="$((10#$2))" STUDIO
readonly WIDTH=1280 HEIGHT=800 # pixels of the screen
readonly PATIENCE=20           # seconds after which a window that does nothing hangs
[[ -x "$STUDIO" ]] || fail 2 "$STUDIO is not there; build it, or name another."
require_packages "${PACKAGES_MONKEY[@]}"

scratch="$(mktemp -d)"
readonly HOME_OF_IT="$scratch/home" ACTIONS="$scratch/actions" ERRORS="$scratch/stderr"
mkdir -p "$HOME_OF_IT"/{config/synann-studio,data,cache,run,small}
chmod 700 "$HOME_OF_IT/run"
: >"$ACTIONS"
: >"$ERRORS"
pid="" screen="" manager=""
exec {never}<> <(:) # nothing ever comes out of it: pause reads from it, which is cheaper than sleep

pause() { read -rt "$1" -u "$never" || true; }

# end_process PID: asks it to end, and makes it end after ten seconds.
end_process() {
  [[ -n "$1" ]] && kill -TERM "$1" 2>/dev/null || return 0
  local wait
  for ((wait = 0; wait < 100; ++wait)); do
    if is_over "$1"; then break; fi
    pause 0.1
  done
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
trap 'end_process "$pid"; end_process "$manager"; end_process "$screen"; rm -rf "$scratch"' EXIT

# ---- the program --------------------------------------------------------------------------------------------------

# How a process is: its state into `life`, how often its first thread, the window's, has gone to sleep into `sleeps`.
look_at() {
  local field value rest
  life=gone
  while read -r field value rest; do
    case "$field" in
      State:) life="$value" ;;
      voluntary_ctxt_switches:) sleeps="$value" ;;
    esac
  done <"/proc/$1/task/$1/status" || true
} 2>/dev/null
is_over() {
  local life sleeps
  look_at "$1"
  [[ "$life" == gone || "$life" == Z ]]
}

# The report of a sanitizer, or the last words.
last_words() {
  if grep -qE 'ERROR: [A-Za-z]+Sanitizer|runtime error:' "$ERRORS"; then
    grep -E -m 1 -A 60 'ERROR: [A-Za-z]+Sanitizer|runtime error:' "$ERRORS"
  else
    tail -n 60 "$ERRORS"
  fi
}
mishap() {
  {
    printf '%s\nSeed %s; the last of %s actions:\n' "$1" "$SEED" "$count"
    tail -n 30 "$ACTIONS"
    printf 'What the program said:\n'
    last_words
  } >&2
  exit 1
}

# Starts the program and waits for its window; then it trains.
launch() {
  (
    cd "$HOME_OF_IT"
    export HOME="$HOME_OF_IT" XDG_CONFIG_HOME="$HOME_OF_IT/config" XDG_DATA_HOME="$HOME_OF_IT/data" \
      XDG_CACHE_HOME="$HOME_OF_IT/cache" XDG_RUNTIME_DIR="$HOME_OF_IT/run" LC_ALL=C.UTF-8 QT_QPA_PLATFORM=xcb \
      DBUS_SESSION_BUS_ADDRESS=disabled: \
      ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0:handle_abort=1}" \
      UBSAN_OPTIONS="${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}"
    exec "$STUDIO" >/dev/null 2>>"$ERRORS"
  ) &
  pid=$!
  local try
  for ((try = 0; try < 1200; ++try)); do
    if is_over "$pid"; then mishap "The program ended before its window was there."; fi
    window="$(xdotool search --onlyvisible --name '^SynaNN Studio$' 2>/dev/null | tail -n 1 || true)"
    if [[ -n "$window" ]]; then break; fi
    pause 0.1
  done
  [[ -n "$window" ]] || mishap "There was no window after two minutes."
  xdotool windowmove "$window" 0 0 windowsize "$window" "$WIDTH" "$HEIGHT" windowactivate "$window" sleep 0.5 key F5
  printf '(the program was started, and Train pressed)\n' >>"$ACTIONS"
}

# The program is over: well if it was asked to, by Quit or by the end of this script.
judge_the_end() {
  local code=0
  wait "$pid" || code=$?
  pid=""
  if grep -qE 'ERROR: [A-Za-z]+Sanitizer|runtime error:' "$ERRORS"; then mishap "A sanitizer has a report."; fi
  if [[ $code -ne 0 && $code -ne "$1" ]]; then mishap "The program ended with code $code."; fi
}

# Lets the window take in what was done: until its thread has slept once, or a third of a second; but for a thread that
# never sleeps, not even between two frames, there is an end of patience.
let_it_answer() {
  local before="$sleeps" turn
  for ((turn = 0; ; ++turn)); do
    look_at "$pid"
    if [[ "$life" == Z || "$life" == gone ]]; then
      judge_the_end 0
      launch
      look_at "$pid"
      last_answer="$SECONDS"
      return
    fi
    if ((sleeps != before)); then last_answer="$SECONDS"; fi
    if ((turn >= 3 && sleeps != before || turn >= 30)); then break; fi
    pause 0.01
  done
  if ((SECONDS - last_answer < PATIENCE)); then return; fi
  kill -ABRT "$pid" # a sanitizer tells where it is
  pause 5
  mishap "The window has not answered for $PATIENCE seconds."
}

# Dialogs for files are left at once, before anything is done to the files; others may be played with.
leave_dialogs() {
  local active="$1" title
  if [[ -z "$active" || "$active" == "$window" ]]; then
    dialog_age=0
    return
  fi
  title="$(xdotool getwindowname "$active" 2>/dev/null || true)"
  if [[ "$title" == "Keyboard shortcuts"* || "$title" == "About"* ]] && ((++dialog_age < 8)); then return; fi
  xdotool key Escape
}

# ---- the screen and the home --------------------------------------------------------------------------------------

# An IDX file: header and dimensions in hexadecimal, then what comes in.
idx() {
  printf '%b' "$1"
  cat
}
# A data set of another size and fewer classes than the digits; the images are the digits of numbers.
for part in train:600:0258 t10k:100:0064; do
  IFS=: read -r which images hex <<<"$part"
  head -c $((images * 400)) < <(seq 100000) |
    idx "\\0\\0\\x08\\x03\\0\\0\\x${hex:0:2}\\x${hex:2}\\0\\0\\0\\x14\\0\\0\\0\\x14" \
      >"$HOME_OF_IT/small/$which-images-idx3-ubyte"
  for ((image = 0; image < images; ++image)); do printf '%b' "\\x0$((image * 7 % 4))"; done |
    idx "\\0\\0\\x08\\x01\\0\\0\\x${hex:0:2}\\x${hex:2}" >"$HOME_OF_IT/small/$which-labels-idx1-ubyte"
done
# One thread, for the window needs one as well; small records, for a monkey begins many runs.
cat >"$HOME_OF_IT/config/synann-studio/synann-studio.ini" <<INI
[run]
device=cpu
threads=1
record_mib=4
data_folders=$HOME_OF_IT/small
INI
# The window manager gives the focus to what is new, and listens to nothing.
cat >"$scratch/openbox.xml" <<'XML'
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><focusLast>yes</focusLast></focus>
  <placement><policy>Smart</policy></placement>
  <desktops><number>1</number></desktops>
  <keyboard/>
  <mouse/>
  <applications><application class="*"><decor>no</decor></application></applications>
</openbox_config>
XML

Xvfb -displayfd 5 -screen 0 "${WIDTH}x${HEIGHT}x24" -nolisten tcp -noreset 5>"$scratch/display" >"$scratch/screen.log" 2>&1 &
screen=$!
for ((try = 0; try < 100; ++try)); do
  if [[ -s "$scratch/display" ]]; then break; fi
  pause 0.1
done
[[ -s "$scratch/display" ]] || fail 2 "$(cat "$scratch/screen.log")" "Xvfb did not start."
DISPLAY=":$(<"$scratch/display")"
export DISPLAY
HOME="$HOME_OF_IT" XDG_CONFIG_HOME="$HOME_OF_IT/config" XDG_CACHE_HOME="$HOME_OF_IT/cache" \
  XDG_DATA_HOME="$HOME_OF_IT/data" openbox --config-file "$scratch/openbox.xml" >/dev/null 2>&1 &
manager=$!
for ((try = 0; try < 100; ++try)); do
  if xdotool get_desktop >/dev/null 2>&1; then break; fi
  pause 0.1
done
xdotool get_desktop >/dev/null 2>&1 || fail 2 "openbox did not start."

# ---- on it goes ---------------------------------------------------------------------------------------------------

count=0 dialog_age=0 window="" life="" sleeps=0
say "Seed $SEED, $TIME seconds, on display $DISPLAY"
launch
SECONDS=0
last_answer=0
look_at "$pid"
while ((SECONDS < TIME)); do
  count=$((count + 1))
  if ((count % 50 == 0)); then # whatever was pressed, it trains
    act=(key F5) name=train
  else
    choose_action
  fi
  printf '%s %s: %s\n' "$count" "$name" "${act[*]//"$HOME_OF_IT"/\~}" >>"$ACTIONS"
  active="$(xdotool "${act[@]}" getactivewindow 2>/dev/null || true)"
  let_it_answer
  leave_dialogs "$active"
done

printf '(the program was asked to end)\n' >>"$ACTIONS"
kill -TERM "$pid" 2>/dev/null || true
for ((try = 0; try < 10 * PATIENCE; ++try)); do
  if is_over "$pid"; then break; fi
  pause 0.1
done
is_over "$pid" || mishap "The program did not end within $PATIENCE seconds."
judge_the_end 143
mapfile -t histories < <(find "$HOME_OF_IT/data" -name history.jsonl)
[[ ${#histories[@]} -gt 0 ]] || fail 1 "Nothing was trained (seed $SEED)."
grep -qs '"event":"losses"' "${histories[@]}" || fail 1 "Not a step was trained (seed $SEED)."
say "$count actions in $SECONDS seconds, seed $SEED; ${#histories[@]} runs; nothing broke."
