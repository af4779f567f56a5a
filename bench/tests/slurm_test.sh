#!/bin/sh
# slurm_test.sh SLURM BENCH SIMULATOR: a campaign in shards, by a Slurm of this machine alone (slurm_cluster.sh), is what it is
# when made at once, row for row; also when tasks are killed and submitted again.
set -eu
here=$(dirname "$(realpath "$0")")
if [ -z "${SLURM_TEST_FOLDER-}" ]; then
  SLURM_TEST_FOLDER=$(mktemp -d)
  export SLURM_TEST_FOLDER
  trap 'rm -rf "$SLURM_TEST_FOLDER"' EXIT
  trap 'exit 130' HUP INT TERM
  mkdir "$SLURM_TEST_FOLDER/cluster"
  "$here/slurm_cluster.sh" "$SLURM_TEST_FOLDER/cluster" "$0" "$@"
  exit
fi
slurm=$(realpath "$1") bench=$(realpath "$2") simulator=$(realpath "$3")
cd "$SLURM_TEST_FOLDER"
TASKS=8

fail() {
  echo "slurm_test.sh: $*" >&2
  exit 1
}

cat >campaign.yaml <<'END_OF_SCENARIO'
sweep: {hops: [1, 2], frame_loss: [0, 0.1, 0.2]}
repeat: 16
tables:
  - {name: cost, columns: [success, median time_ms, mean bytes_air], against: {frame_loss: 0}}
END_OF_SCENARIO

# submit RESULTS DELAY_MS [OPTION...]: its words are in log; each run takes so long.
submit() {
  results=$1
  FAKE_DELAY_US=${2}000
  export FAKE_DELAY_US
  shift 2
  "$slurm" "$bench" ./waf-wrapper --simulator "$simulator" --results "$results" campaign.yaml --tasks "$TASKS" "$@" >log 2>&1
}

shards() {
  "$bench" plan --simulator "$simulator" --results "$1" --shards "$TASKS" campaign.yaml 2>/dev/null
}

# stored RESULTS TASK: how many runs its shard has.
stored() {
  shards "$1" | awk -F '[/ ]' -v task="$2" '$1 == task { print $5 }'
}

await_stored() {
  for _ in $(seq 200); do
    [ "$(stored "$1" "$2")" -lt "$3" ] || return 0
    sleep 0.05
  done
  fail "task $2 stores nothing: $(shards "$1"); $(squeue -r); $(cat "$1"/campaign/slurm/logs/*)"
}

# job RESULTS array|second: its number.
job() {
  sed -n "$([ "$2" = array ] && echo 1 || echo 2)p" "$1/campaign/slurm/jobs"
}

# Waits for the second job; its words are in log, its status in `ended`.
await_end() {
  second=$(job "$1" second)
  for _ in $(seq 300); do
    case $(scontrol -o show job "$second") in
      *" JobState=COMPLETED "*) ended=0 && break ;;
      *" JobState=FAILED "*" ExitCode=1:0 "*) ended=1 && break ;;
      *" JobState=PENDING "* | *" JobState=RUNNING "* | *" JobState=COMPLETING "*) sleep 0.1 ;;
      *) fail "the second job: $(scontrol show job "$second")" ;;
    esac
  done
  cp "$1/campaign/slurm/logs/$second-merge.txt" log
}

# equals RESULTS ONCE: row for row; when a run was stored is the last column of runs.csv.
equals() {
  for file in cells.csv details.csv ledger.csv tables/cost.csv tables/cost.txt; do
    cmp "$2/campaign/$file" "$1/campaign/$file" || fail "$1: $file is another"
  done
  for folder in "$1" "$2"; do
    sed 's/,[^,]*$//' "$folder/campaign/runs.csv" >"$folder.runs"
  done
  cmp "$2.runs" "$1.runs" || fail "$1: runs.csv is another"
}

says() {
  grep -qF -- "$1" log || fail "it does not say \"$1\", but: $(cat log)"
}

"$bench" run --simulator "$simulator" --results once campaign.yaml >log 2>&1 || fail "$(cat log)"
[ "$(wc -l <once/campaign/runs.csv)" = 97 ] || fail "not 96 runs: $(wc -l once/campaign/runs.csv)"

# What cannot be submitted is not.
status=0
sed 's/hops: \[1, 2\]/hopps: [1, 2]/' campaign.yaml >faulty.yaml
"$slurm" "$bench" ./waf-wrapper --simulator "$simulator" faulty.yaml --tasks 2 >log 2>&1 || status=$?
[ "$status" = 2 ] || fail "a faulty scenario: status $status"
says hopps
TASKS=1001 && submit many 0 && fail "1001 tasks were submitted"
says "have 1000 tasks at most"
TASKS=8
[ -z "$(squeue -h)" ] || fail "something was submitted: $(squeue)"

# All at once; then there is nothing to do.
submit whole 0 --wait --comment "eight of them" || fail "$(cat log)"
says "runs the shards 1-8 of 8"
equals whole once
submit whole 0 --wait || fail "$(cat log)"
says "all 8 shards are complete"

# A plan of fewer runs, which all shards have already, but have not noted.
"$bench" run --simulator "$simulator" --results fewer --repeat 8 campaign.yaml >log 2>&1 || fail "$(cat log)"
submit whole 0 --repeat 8 --wait || fail "$(cat log)"
says "runs the shards 1-8 of 8"
equals whole fewer

# One task is killed, another one ended; they are named, and they alone are submitted again. Of an earlier task there is a
# store that is none yet.
mkdir -p lost/campaign/shards
: >lost/campaign/shards/4-of-8.db
submit lost 150 || fail "$(cat log)"
array=$(job lost array)
await_stored lost 3 1
await_stored lost 5 1
scancel --signal=KILL --batch "${array}_3"
scancel "${array}_5"
! submit lost 150 || fail "two jobs write the same stores"
says "job $array of this campaign has not ended"
await_end lost
[ "$ended" = 1 ] || fail "with two tasks lost the second job ends with $ended"
says "these tasks did not finish:"
[ "$(grep -E '^  [0-9]+/8: ' log | cut -d : -f 1 | tr -d ' ' | tr '\n' ' ')" = "3/8 5/8 " ] || fail "not 3 and 5: $(cat log)"
says "./waf-wrapper slurm --simulator $simulator --results lost campaign.yaml --tasks 8"
submit lost 0 --wait || fail "$(cat log)"
says "runs the shards 3,5 of 8"
equals lost once

# Killed at random moments: no run is lost that was stored, and none is there twice.
submit killed 200 || fail "$(cat log)"
array=$(job killed array)
await_stored killed 1 1
for victim in $(shuf -i 1-8 -n 5); do
  sleep "0.$(shuf -i 1-3 -n 1)"
  before=$(stored killed "$victim")
  scancel --signal=KILL --batch "${array}_$victim" 2>/dev/null || :
  [ "$(stored killed "$victim")" -ge "$before" ] || fail "task $victim had stored $before runs: $(shards killed)"
done
await_end killed
[ "$ended" = 1 ] || fail "five tasks were killed, and the second job ends with $ended"
submit killed 0 --wait || fail "$(cat log)"
equals killed once
