#!/bin/sh
# killed_test.sh BENCH SIMULATOR [MOMENTS]: SIGKILL at random moments (default: 100) of run, of shards and of merge. No run is
# lost that was said to be done, none is there twice, and going on leads to the campaign that is made at once.
set -eu
bench=$(realpath "$1") simulator=$(realpath "$2") moments=${3:-100}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "killed_test.sh: seed $seed, moment $moment: $*" >&2
  exit 1
}

# random MOST: from 0, of the test's own seed.
seed=${KILLED_SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
echo "killed_test.sh: seed $seed" >&2
state=$seed moment=0
random() {
  state=$(((state * 1103515245 + 12345) % 2147483648))
  echo $((state / 65536 % $1))
}

cat >s.yaml <<'END'
sweep: {hops: [1, 2], frame_loss: [0, 0.2]}
repeat: 100
END
set -- --simulator "$simulator" -j 2
"$bench" run "$@" s.yaml >log 2>&1
dump="select key, spec, json_remove(result, '$.wall_ms') from runs order by key"
sqlite3 results/s/campaign.db "$dump" >whole

# What a store has: its runs, all different, all as they were stored.
count() {
  sqlite3 "$1" 'select count(*) from runs' 2>/dev/null || echo 0
}

# killed MILLISECONDS STORE WORD...: bench, killed at a random moment before that; what could be seen in the store, and what
# was said to be done, is there.
killed() {
  most=$1 store=$2
  shift 2
  "$bench" "$@" >said 2>&1 &
  victim=$!
  sleep "0.$(printf %03d "$(random "$most")")"
  seen=$(count "$store")
  kill -KILL "$victim" 2>/dev/null || :
  wait "$victim" 2>/dev/null || :
  said=$(sed -n 's/.*: \([0-9]*\) of [0-9]* runs.*/\1/p' said | tail -1)
  after=$(count "$store")
  [ "$after" -ge "$seen" ] && [ "$after" -ge "${said:-0}" ] ||
    fail "$*: $seen runs were seen, ${said:-0} said to be done, and $after are there"
  [ ! -e "$store" ] || [ "$(sqlite3 "$store" 'pragma integrity_check')" = ok ] || fail "$*: the store is damaged"
}

is_whole() {
  sqlite3 "$1" "$dump" | cmp -s - whole || fail "$1: its runs are others"
}

# A run takes most of a second; the kills come before.
export FAKE_DELAY_US=1500
round=0
while [ "$moment" -lt "$moments" ]; do
  round=$((round + 1)) to=round-$round
  for part in 1 2; do
    for again in 1 2; do
      moment=$((moment + 1))
      killed 200 "$to/s/shards/$part-of-2.db" run "$@" --results "$to" --shard "$part/2" s.yaml
    done
    "$bench" run "$@" --results "$to" --shard "$part/2" s.yaml >log 2>&1 || fail "$(cat log)"
  done
  for again in 1 2; do
    moment=$((moment + 1))
    killed 80 "$to/s/campaign.db" merge "$to/s/shards"
  done
  "$bench" merge "$to/s/shards" >log 2>&1 || fail "$(cat log)"
  is_whole "$to/s/campaign.db"
  for again in 1 2 3; do
    moment=$((moment + 1))
    killed 200 "$to-once/s/campaign.db" run "$@" --results "$to-once" s.yaml
  done
  "$bench" run "$@" --results "$to-once" s.yaml >log 2>&1 || fail "$(cat log)"
  is_whole "$to-once/s/campaign.db"
  rm -r "$to" "$to-once"
done
echo "killed_test.sh: $moment moments" >&2
