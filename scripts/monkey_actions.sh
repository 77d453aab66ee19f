# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # shared with the script that sources this file
# What scripts/monkey.sh does at random, as words for xdotool. It sets SEED, WIDTH, HEIGHT and HOME_OF_IT, `count` and
# `window`; choose_action gives `act` and `name`. Sourced, never run.

# ---- chance -------------------------------------------------------------------------------------------------------

# pick N: a number below N into `picked`. Not $RANDOM, which is another sequence in another bash.
# Begins with the seed when it is first asked.
pick() {
  state=$((${state:-$SEED} * 6364136223846793005 + 1442695040888963407))
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
    one_of ctrl+1 ctrl+2 ctrl+3 ctrl+4 ctrl+r F8 F9
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
  one_of ctrl+1 ctrl+2 ctrl+3 ctrl+3 ctrl+4
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
