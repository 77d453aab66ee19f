# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034 # the lists are used by the scripts that source this file
# Shared by the scripts beside it: which Debian packages each purpose needs, how they are installed, how a preset is
# configured and built, and how a program is killed. Sourced, never run. Needs bash 4.4 and nothing else.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly ROOT

# ---- what each purpose needs --------------------------------------------------------------------------------------

# The engine and `synann`: compiler, build tools and the libraries of engine/ and app/cli.
readonly PACKAGES_ENGINE=(g++ cmake ninja-build libeigen3-dev libfmt-dev nlohmann-json3-dev libcli11-dev
  zlib1g-dev libssl-dev pkgconf libzip-dev libspng-dev libjpeg-dev libsqlite3-dev
  libboost-dev protobuf-compiler libprotobuf-dev)
# The window. Qt Charts needs libqt6opengl6-dev, which qt6-base-dev only recommends; a bare system has no font at all.
readonly PACKAGES_STUDIO=(qt6-base-dev qt6-charts-dev libqt6opengl6-dev qt6-svg-dev libwebp-dev fonts-dejavu-core)
# The tests need nothing more: Qt Test is part of qt6-base-dev, and Qt draws without a screen.
readonly PACKAGES_FORMAT=(clang-format)
# A screen that nobody sees, somebody who clicks, and a window manager that gives dialogs the focus.
readonly PACKAGES_MONKEY=(xvfb xdotool openbox)
readonly PACKAGES_LINT=(clang-tidy)
# One training on several processes (-DSYNANN_MPI=ON).
readonly PACKAGES_MPI=(openmpi-bin libopenmpi-dev)

# ---- messages -----------------------------------------------------------------------------------------------------

say() { printf '\033[1m%s\033[0m\n' "$*"; }
if [[ ! -t 1 ]]; then
  say() { printf '%s\n' "$*"; }
fi

# fail CODE SENTENCE...: one line per argument on standard error, then the end.
fail() {
  local code="$1"
  shift
  printf '%s\n' "$@" >&2
  exit "$code"
}

# Set where packages are not installed for the person: what to install by hand if something turns out to be missing.
advice=""

# ---- packages -----------------------------------------------------------------------------------------------------

# Prints those of the given packages that are not installed, one per line.
missing_packages() {
  local package
  for package in "$@"; do
    if [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]]; then
      printf '%s\n' "$package"
    fi
  done
}

# run_as_root COMMAND...: runs it, through sudo where needed; sudo asks for the password by itself.
run_as_root() {
  if [[ "$(id -u)" -eq 0 ]]; then
    "$@"
  else
    sudo "$@"
  fi
}

# require_packages PACKAGE...: installs what is missing, or says what to install.
# Systems without apt, and SYNANN_NO_INSTALL=1, are taken to have what they need; configuring then finds out.
require_packages() {
  if [[ -n "${SYNANN_NO_INSTALL:-}" ]] || ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    require_tools "$@"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [[ ${#missing[@]} -eq 0 ]]; then
    return
  fi
  say "Installing what is missing: ${missing[*]}"
  if [[ "$(id -u)" -ne 0 ]] && ! command -v sudo >/dev/null; then
    fail 2 "Not root, and there is no sudo. Ask an administrator to run:" "  apt-get install ${missing[*]}"
  fi
  run_as_root true || fail 2 "Installing needs root. Ask an administrator to run:" "  apt-get install ${missing[*]}"
  # A failing third-party source must not stop us: what counts is whether the packages can be installed.
  run_as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q ||
    printf 'apt-get update failed; going on with the package lists at hand.\n' >&2
  require_known_packages "${missing[@]}"
  run_as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" ||
    fail 2 "apt-get could not install the packages (its own words are above). Once that is mended, run this again."
}

# Says so if apt knows no such package: the system is older than Debian 12 or Ubuntu 24.04, or its lists are empty.
require_known_packages() {
  local package unknown=()
  for package in "$@"; do
    if ! apt-cache show "$package" >/dev/null 2>&1; then
      unknown+=("$package")
    fi
  done
  if [[ ${#unknown[@]} -gt 0 ]]; then
    fail 2 "apt does not know: ${unknown[*]}" \
      "Needed: Debian 12, Ubuntu 24.04 or newer, with the package lists up to date (apt-get update)."
  fi
}

# require_tools PACKAGE...: without apt, checks for the programs; the libraries are found or missed by CMake.
require_tools() {
  local tool missing=()
  advice="Please install what these Debian packages hold (other systems use similar names):"$'\n'"  $*"
  for tool in cmake ninja; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  command -v "${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null ||
    missing+=(g++)
  if [[ ${#missing[@]} -gt 0 ]]; then
    fail 2 "Not found: ${missing[*]}" "$advice"
  fi
}

# ---- configuring and building -------------------------------------------------------------------------------------

# How many compilers at once: one per processor, but no more than the memory holds (about 1.5 GB each).
build_jobs() {
  local processors memory
  processors="$(nproc 2>/dev/null || echo 2)"
  memory="$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo 2>/dev/null || true)"
  memory="${memory:-$processors}"
  if ((memory < 1)); then memory=1; fi
  echo $((memory < processors ? memory : processors))
}

# configure PRESET [OPTION...]: configures build/PRESET, unless that is done with these options and the presets have
# not changed since (Ninja itself configures again when a CMakeLists.txt changes). Starts afresh where the folder was
# moved or copied. Quiet unless it fails.
configure() {
  local preset="$1" folder="$ROOT/build/$1" log options=("${@:2}")
  if ! configured_here "$folder"; then
    options+=(--fresh)
  elif [[ "$folder/build.ninja" -nt "$ROOT/CMakePresets.json" ]] &&
    [[ $# -eq 1 || "$(cat "$folder/configure.options" 2>/dev/null)" == "${*:2}" ]]; then
    return
  fi
  say "Configuring build/$preset"
  mkdir -p "$folder"
  printf '%s\n' "${*:2}" >"$folder/configure.options"
  log="$folder/configure.log"
  if ! (cd "$ROOT" && cmake --preset "$preset" "${options[@]}") >"$log" 2>&1; then
    cat "$log" >&2
    fail 2 "" "Configuring failed; CMake's own words are above." ${advice:+"$advice"}
  fi
}

# The options that build for the NVIDIA GPU of this machine alone, or without CUDA where there is none: the kernels for
# every GPU there is are for packages, and take their time.
cuda_options() {
  local capability
  capability="$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -dc 0-9 || true)"
  if [[ "$capability" =~ ^[0-9]{2,3}$ ]] && ((capability >= 75)); then
    printf '%s\n' -DSYNANN_CUDA=AUTO "-DSYNANN_CUDA_ARCHITECTURES=$capability-real"
  else
    printf '%s\n' -DSYNANN_CUDA=OFF
  fi
}

# Whether the build folder was configured for this very checkout, where it lies now.
configured_here() {
  local source
  source="$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$1/CMakeCache.txt" 2>/dev/null || true)"
  [[ -n "$source" && "$source" -ef "$ROOT" ]]
}

# build PRESET [TARGET...]: builds the targets of build/PRESET, or everything.
build() {
  local preset="$1"
  shift
  say "Building build/$preset"
  cmake --build "$ROOT/build/$preset" --parallel "$(build_jobs)" ${@:+--target "$@"} ||
    fail 1 "" "Building failed; the compiler's own words are above."
}

# with_mpi FILE: puts a synann of build/ci with MPI there; build/ci itself stays without.
with_mpi() {
  local switch
  require_packages "${PACKAGES_MPI[@]}"
  for switch in ON OFF; do
    cmake -DSYNANN_MPI="$switch" "$ROOT/build/ci" >"$ROOT/build/ci/configure.log" 2>&1 ||
      { cat "$ROOT/build/ci/configure.log" >&2; fail 2 "" "Configuring with MPI failed; CMake's own words are above."; }
    build ci synann
    if [[ "$switch" == ON ]]; then cp "$ROOT/build/ci/bin/synann" "$1"; fi
  done
  if ldd "$ROOT/build/ci/bin/synann" | grep libmpi; then fail 1 "A synann without MPI is linked with it."; fi
}

# ---- killing ------------------------------------------------------------------------------------------------------

# killed_after SECONDS LOG COMMAND...: runs it and kills it (SIGKILL) after so many seconds. Returns its exit code: 137
# where the kill came in time, else that with which it ended by itself.
killed_after() {
  local delay="$1" log="$2" child code=0
  shift 2
  "$@" >"$log" 2>&1 &
  child=$!
  sleep "$delay"
  kill -KILL "$child" 2>/dev/null || true # what became of it is seen next
  wait "$child" 2>/dev/null || code=$?
  return "$code"
}
