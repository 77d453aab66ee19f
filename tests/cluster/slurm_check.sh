#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A Slurm of two nodes on this machine, without systemd and on the loopback alone: a study is submitted, one node is killed in the
# middle, its tasks restart on the other, and a task whose time runs out goes on by itself. The tables must be those of one program,
# times aside. Ten minutes, most of which Slurm waits before it gives a node up. Needs root; leaves nothing that runs.
#   tests/cluster/slurm_check.sh [SYNANN]
set -euo pipefail
# shellcheck source=tests/cluster/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SYNANN="$(realpath "${1:-$ROOT/build/release/bin/synann}")"
readonly SYNANN
[[ -x "$SYNANN" ]] || fail 2 "$SYNANN is not there; scripts/run.sh builds it, or name another."
[[ "$(id -u)" -eq 0 ]] || fail 2 "A Slurm of one's own needs root."
require_packages slurmctld slurmd slurm-client munge
scratch="$(mktemp -d)"
readonly scratch
chmod 755 "$scratch"
host="$(hostname -s)"
export SLURM_CONF="$scratch/slurm.conf"

# ---- Slurm --------------------------------------------------------------------------------------------------------

pid_of() { cat "$scratch/$1.pid" 2>/dev/null || true; }
stop_slurm() {
  scancel --user root >/dev/null 2>&1 || true
  local name
  for name in slurmctld slurmd.n1 slurmd.n2 munged; do
    if [[ -n "$(pid_of "$name")" ]]; then kill "$(pid_of "$name")" 2>/dev/null || true; fi
  done
  sleep 1
  pkill -KILL -f "$scratch" 2>/dev/null || true
  rm -rf "$scratch"
}
trap stop_slurm EXIT

configure_slurm() {
  mkdir -p "$scratch/state" "$scratch/munge"
  chmod 700 "$scratch/munge"
  head -c 1024 /dev/urandom >"$scratch/munge/key"
  chmod 400 "$scratch/munge/key"
  cat >"$scratch/slurm.conf" <<END
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$scratch/munge/socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool.%n
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.%n.pid
SlurmctldLogFile=$scratch/slurmctld.log
SlurmdLogFile=$scratch/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=20
KillWait=10
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=17001 CPUs=1
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=17002 CPUs=1
PartitionName=debug Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
END
  printf 'CgroupPlugin=cgroup/v1\n' >"$scratch/cgroup.conf"
}

start_slurm() {
  munged --force --key-file="$scratch/munge/key" --socket="$scratch/munge/socket" --pid-file="$scratch/munged.pid" \
    --log-file="$scratch/munge/log" --seed-file="$scratch/munge/seed" >/dev/null 2>&1
  slurmctld >/dev/null 2>&1
  slurmd -N n1 >/dev/null 2>&1
  slurmd -N n2 >/dev/null 2>&1
}
two_nodes() { [[ "$(sinfo -h -N -o '%T' | grep -c idle)" -eq 2 ]]; }

# A node dies: its daemon, what it started, and the tasks on it.
kill_node() {
  local node="$1" file pid parents=()
  kill -KILL "$(pid_of "slurmd.$node")"
  for file in /proc/[0-9]*/environ; do
    pid="${file#/proc/}" pid="${pid%/environ}"
    if grep -qzx "SLURMD_NODENAME=$node" "$file" 2>/dev/null; then
      parents+=("$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status" 2>/dev/null || true)")
      kill -KILL "$pid" 2>/dev/null || true
    fi
  done
  for pid in "${parents[@]}"; do
    if [[ -n "$pid" && "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)" == slurmstepd* ]]; then
      kill -KILL "$pid" 2>/dev/null || true
    fi
  done
}

configure_slurm
start_slurm
wait_for 60 "The two nodes did not come up; see $scratch/*.log." two_nodes
say "Slurm $(sinfo --version | cut -d' ' -f2) with two nodes"

# ---- a study, and a node that dies --------------------------------------------------------------------------------

make_data "$scratch/data"
mapfile -t options < <(study_options "$scratch/data" 60)
"$SYNANN" study "${options[@]}" --threads 1 --json >"$scratch/serial.json" 2>/dev/null
"$SYNANN" study plan "${options[@]}" --out "$scratch/study"
"$SYNANN" study submit "$scratch/study" --slurm

work_on() { squeue -h -t RUNNING -w "$1" -o %i | grep -q .; }
some_result() { compgen -G "$scratch/study/runs/*/result.json"; }
wait_for 120 "No task was done." some_result
wait_for 60 "Nothing ran on the second node." work_on n2
lost="$(squeue -h -t RUNNING -w n2 -o %i | head -n 1)"
SECONDS=0
kill_node n2
say "Node n2 was killed while it worked on $lost"
node_is_down() { sinfo -h -N -n n2 -o '%T' | grep -q down; }
wait_for 120 "Slurm did not see that the node is gone." node_is_down
say "Slurm saw it after $SECONDS s"
timeout 600 "$SYNANN" study watch "$scratch/study" || fail 1 "The study did not end in ten minutes."
say "All tasks were done $SECONDS s after the kill"
"$SYNANN" study collect "$scratch/study" --json >"$scratch/collected.json"
same_table "$scratch/serial.json" "$scratch/collected.json" "Slurm with a node that died"

# ---- a task whose time runs out -----------------------------------------------------------------------------------

mapfile -t options < <(printf '%s\n' --data "$scratch/data" --models syna-mlp --seeds 1 --epochs "${SYNANN_LONG_EPOCHS:-600}")
"$SYNANN" study "${options[@]}" --threads 1 --json >"$scratch/serial.json" 2>/dev/null
"$SYNANN" study plan "${options[@]}" --out "$scratch/long" >/dev/null
"$SYNANN" study submit "$scratch/long" --slurm --time=2
timeout 1200 "$SYNANN" study watch "$scratch/long" || fail 1 "The task whose time ran out did not end."
resumes="$(cat "$scratch/long/runs/"*/history.jsonl | grep -c '"event":"resume"' || true)"
((resumes > 0)) || fail 1 "The task was done within its time; nothing was tried. More epochs: SYNANN_LONG_EPOCHS."
"$SYNANN" study collect "$scratch/long" --json >"$scratch/collected.json"
same_table "$scratch/serial.json" "$scratch/collected.json" "A task whose time ran out $resumes times"
