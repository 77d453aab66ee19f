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

[[ $# -ge 2 && $# -le 3 && "$1" =~ ^[0-9]{1,9}$ && "$2" =~ ^[0-9]{1,6}$ ]] ||
  fail 2 "Usage: scripts/monkey.sh SEED SECONDS [SYNANN-STUDIO]"
STUDIO="$(realpath -m "${3:-$ROOT/build/asan-ubsan/bin/synann-studio}")"
readonly SEED="$1" TIME="$2" STUDIO
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

# ---- chance -------------------------------------------------------------------------------------------------------

# pick N: a number below N into `picked`. Not $RANDOM, which is another sequence in another bash.
state="$SEED"
pick() {
  state=$((state * 6364136223846793005 + 1442695040888963407))
  picked=$(((state >> 33 & 0x3fffffff) % $1))
}
# one_of WORD...: one of them into `word`.
one_of() {
  pick "$#"
  shift "$picked"
  word="$1"
}
# A place on the screen into `x` and `y`, more often where there is something to be had.
place() {
  local left=0 top=0 width="$WIDTH" height="$HEIGHT"
  pick 100
  if ((picked < 8)); then # menus and run bar
    height=90
  elif ((picked < 14)); then # rail of pages
    left=5 top=95 width=70 height=190
  elif ((picked < 22)); then # time line
    top=$((HEIGHT - 50)) height=50
  elif ((picked < 60)); then # picture of the page
    left=90 top=110 width=700 height=560
  elif ((picked < 80)); then # what stands beside it
    left=900 top=110 width=370 height=600
  fi
  pick "$width"
  x=$((left + picked))
  pick "$height"
  y=$((top + picked))
}

# ---- what a monkey does -------------------------------------------------------------------------------------------
# Each of these appends words for xdotool to `act`.

readonly KEYS=(Left Right Up Down Left Right Up Down Home End Page_Up Page_Down Tab Tab shift+Tab Escape Return space
  plus minus equal 0 f l t r d s 1 2 5 ctrl+Left ctrl+Right ctrl+Up ctrl+Down shift+Left shift+Right shift+Up shift+Down
  ctrl+shift+Left ctrl+shift+Up ctrl+a ctrl+c ctrl+Home ctrl+End Menu F4 alt+Down)
readonly NUMBERS=(0 1 2 3 7 20 0.5 -1 0.01 50 1000 1e6 99999999)

write() { act+=(type --delay 5 --args 1 -- "$1"); }
# A path into a dialog for files; the first Return may be for the list of names that it offers.
write_path() {
  act+=(sleep 0.5 key ctrl+a)
  write "$1"
  act+=(sleep 0.1 key Return sleep 0.2 key Return)
}
point() {
  place
  act+=(mousemove "$x" "$y")
}
click() {
  point
  one_of 1 1 1 1 1 1 2 3
  act+=(click "$word")
}
double_click() {
  point
  act+=(click --repeat 2 --delay 20 1)
}
hover() {
  point
  local step
  for ((step = 0; step < 4; ++step)); do
    pick 31
    x=$((x + picked - 15))
    act+=(mousemove "$((x > 0 ? x : 0))" "$y" sleep 0.02)
  done
}
turn_wheel() {
  point
  local held turns
  one_of "" "" "" "" ctrl shift
  held="$word"
  pick 5
  turns=$((picked + 1))
  one_of 4 4 5
  [[ -z "$held" ]] || act+=(keydown "$held")
  act+=(click --repeat "$turns" --delay 10 "$word")
  [[ -z "$held" ]] || act+=(keyup "$held")
}
# With a key in between now and then: a page may go while the button is held.
drag() {
  point
  local button held from_x="$x" from_y="$y"
  one_of 1 1 1 1 2 3
  button="$word"
  one_of "" "" "" shift
  held="$word"
  place
  [[ -z "$held" ]] || act+=(keydown "$held")
  act+=(mousedown "$button" mousemove "$(((2 * from_x + x) / 3))" "$(((2 * from_y + y) / 3))" sleep 0.02)
  pick 12
  if ((picked == 0)); then
    one_of ctrl+1 ctrl+2 ctrl+3 ctrl+r F8 F9
    act+=(key "$word")
  fi
  act+=(mousemove "$x" "$y" sleep 0.02 mouseup "$button")
  [[ -z "$held" ]] || act+=(keyup "$held")
}
press() {
  local presses
  pick 4
  for ((presses = picked; presses >= 0; --presses)); do
    one_of "${KEYS[@]}"
    act+=(key "$word")
  done
}
type_number() {
  point
  one_of "${NUMBERS[@]}"
  act+=(click 1 key ctrl+a)
  write "$word"
  act+=(key Return)
}
turn_page() {
  one_of ctrl+1 ctrl+2 ctrl+2 ctrl+3
  act+=(key "$word")
}
drive() {
  one_of F5 F5 F5 F6 F7 shift+F7 ctrl+r ctrl+r shift+F5
  act+=(key "$word")
}
change_view() {
  one_of F8 F9 ctrl+l ctrl+f F1 ctrl+o
  act+=(key "$word")
}
open_menu() {
  local steps
  one_of alt+f alt+r alt+v alt+h
  act+=(key "$word")
  pick 8
  for ((steps = picked; steps > 0; --steps)); do
    one_of Down Down Right
    act+=(key "$word")
  done
  one_of Return Return Escape
  act+=(key "$word" key Escape)
}
# Zooms into the loss figure, leaves the pointer on a point, and begins a new run.
restart_under_the_pointer() {
  act+=(key ctrl+1 mousemove 300 200 mousedown 1 mousemove 500 300 mousemove 700 380 mouseup 1)
  hover
  act+=(key ctrl+r)
}
# Another network or another data set for a new run: each of the choices in the run bar, by keys.
choose_otherwise() {
  act+=(key shift+F5 sleep 1)
  one_of 60 180
  act+=(mousemove "$word" 40 click 1 sleep 0.2)
  pick 6
  act+=(key Home key --repeat "$((picked + 1))" Down key Return key F5)
}
resize() {
  one_of "1280 800" "1280 800" "1110 710" "1200 760"
  # shellcheck disable=SC2206 # two words
  act+=(windowsize "$window" $word)
}
# An exported figure, and one of those rebuilt; an earlier run. Their number is all that chance says of them.
export_figure() {
  one_of png svg pdf csv npy
  act+=(key ctrl+e)
  write_path "$HOME_OF_IT/figure$count.$word"
}
open_figure() {
  local files=("$HOME_OF_IT"/figure*.png "$HOME_OF_IT"/figure*.svg)
  pick 1000
  act+=(key alt+f key f)
  write_path "${files[picked % ${#files[@]}]}"
}
open_run() {
  local folders=("$HOME_OF_IT"/data/synann*/runs/*)
  pick 1000
  act+=(key ctrl+shift+o)
  write_path "${folders[picked % ${#folders[@]}]}"
}

# The next action, by its weight, into `act` and `name`.
choose_action() {
  act=()
  pick 200
  if ((picked < 40)); then name=click
  elif ((picked < 48)); then name=double_click
  elif ((picked < 70)); then name=hover
  elif ((picked < 94)); then name=turn_wheel
  elif ((picked < 114)); then name=drag
  elif ((picked < 152)); then name=press
  elif ((picked < 158)); then name=type_number
  elif ((picked < 170)); then name=turn_page
  elif ((picked < 178)); then name=drive
  elif ((picked < 182)); then name=change_view
  elif ((picked < 186)); then name=open_menu
  elif ((picked < 190)); then name=restart_under_the_pointer
  elif ((picked < 192)); then name=choose_otherwise
  elif ((picked < 194)); then name=resize
  elif ((picked < 196)); then name=export_figure
  elif ((picked < 198)); then name=open_figure
  else name=open_run
  fi
  "$name"
}

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
