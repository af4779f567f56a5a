#!/bin/sh
# slurm_cluster.sh FOLDER COMMAND [ARGUMENT...]: runs a command beside a cluster of Slurm that is this machine alone, with
# eight processors to give away however many there are; ends with the command's status. All of the cluster is in FOLDER, and
# of this user: key and socket of munge, state, logs, slurm.conf (SLURM_CONF says where). What was started is ended, however
# this ends. Exit status 77, with a reason: Slurm is not installed, or does not start here.
set -eu
# shellcheck disable=SC1091,SC2317
. "$(dirname "$(realpath "$0")")/../../nodes/tests/suite/skip.sh"
folder=$(realpath "$1")
shift
START_S=20
END_S=15

for program in munged slurmctld slurmd sbatch; do
  PATH=$PATH:/usr/sbin:/sbin
  skip_without "$program"
done

# start NAME PROGRAM [ARGUMENT...]: in the background, where Ctrl-C does not reach it. What was started last is ended first.
start() {
  log=$folder/$1.log
  shift
  setsid "$@" >"$log" 2>&1 </dev/null &
  echo "$!" >>"$folder/pids"
}

# within SECONDS COMMAND...: tries it until it succeeds.
within() {
  tries=$(($1 * 10))
  shift
  until "$@" 2>/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
  done
}

is_idle() {
  [ "$(sinfo -h -o %T)" = idle ]
}

# Jobs first, since they outlive who started them; then slurmd, slurmctld and munged.
end_cluster() {
  trap - EXIT
  trap '' HUP INT TERM
  if [ -e "$folder/up" ]; then
    scancel --user="$(id -un)" || :
    within "$END_S" is_idle || :
  fi
  tac "$folder/pids" | while read -r pid; do
    kill "$pid" || :
    within "$END_S" ended "$pid" || kill -KILL "$pid" || :
  done
} 2>/dev/null

ended() {
  ! kill -0 "$1" || grep -q '^State:.Z' "/proc/$1/status"
}

# If this script is killed, somebody else ends what it has started.
guard() {
  trap '' HUP INT TERM
  until ended $$ 2>/dev/null; do
    sleep 1
  done
  end_cluster
}

# The first port from NUMBER on that nobody listens to.
free_port() {
  port=$1
  while grep -qi ":$(printf '%04X' "$port") [0-9A-F]*:0000 0A" /proc/net/tcp /proc/net/tcp6; do
    port=$((port + 1))
  done
  echo "$port"
}

print_conf() {
  control_port=$(free_port $((10000 + $$ * 2 % 20000)))
  cat <<END_OF_CONF
ClusterName=bench
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmctldPort=$control_port
SlurmdPort=$(free_port $((control_port + 1)))
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1
KillWait=5
SlurmdParameters=config_overrides
NodeName=one NodeHostname=$(hostname) NodeAddr=127.0.0.1 CPUs=8
PartitionName=all Nodes=one Default=YES MaxTime=INFINITE State=UP
END_OF_CONF
}

# need WHAT LOG COMMAND...: within seconds, or this machine is none for Slurm.
need() {
  what=$1 log=$folder/$2
  shift 2
  within "$START_S" "$@" || skip_because "$what does not start here: $(tail -n 3 "$log" 2>&1)"
}

mkdir -p "$folder"
: >"$folder/pids"
SLURM_CONF=$folder/slurm.conf
export SLURM_CONF
trap 'end_cluster; kill -KILL "$guard_pid"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
guard >"$folder/guard.log" 2>&1 </dev/null &
guard_pid=$!

mkdir -p "$folder/state" "$folder/spool"
(umask 077 && head -c 128 /dev/urandom >"$folder/munge.key")
print_conf >"$folder/slurm.conf"
# --force: the folder may be closed to others.
start munged munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
  --pid-file="$folder/munged.pid" --log-file="$folder/munge.log" --seed-file="$folder/munge.seed"
need munged munged.log test -S "$folder/munge.socket"
start slurmctld slurmctld -D
start slurmd slurmd -D -N one
need Slurm slurmctld.log is_idle
: >"$folder/up"

status=0
"$@" || status=$?
exit "$status"
