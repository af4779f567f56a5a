#!/bin/sh
# shards_test.sh BENCH SIMULATOR: a campaign that is run in parts and joined is the one that is made at once, row for row,
# whatever their number; what does not belong together is refused, and said.
set -eu
bench=$(realpath "$1") simulator=$(realpath "$2")
. "$(dirname "$(realpath "$0")")/bench_run.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The rows of a campaign, without when they were stored.
rows() {
  awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "stored") s = i } { $s = ""; print }' "$1/runs.csv"
}

is_whole() {
  rows results/s >whole.rows
  rows "$1/s" | cmp - whole.rows || fail "$1: rows differ"
  for file in cells.csv ledger.csv details.csv columns.csv tables/t.csv figures/f.tsv; do
    cmp "results/s/$file" "$1/s/$file" || fail "$1: $file differs"
  done
  views=$(sqlite3 "$1/s/campaign.db" 'select count(*), count(distinct key) from current' 'select count(*) from ledger')
  [ "$views" = "$(sqlite3 results/s/campaign.db 'select count(*), count(distinct key) from current' 'select count(*) from ledger')" ] ||
    fail "$1: the views have $views"
}

# Two of the cells share their runs.
cat >s.yaml <<'END'
cases: {psk: {method: eap-psk}, kid: {method: eap-edhoc}}
sweep: {credential: [kid, x5t], frame_loss: [0, 0.2]}
repeat: 9
tables: [{name: t, columns: [success, mean time_ms, p95 time_ms]}]
figures: [{name: f, type: cdf, of: time_ms, title: T, series: [case, credential], where: {frame_loss: 0.2}}]
END
set -- --simulator "$simulator"
run 0 run "$@" s.yaml

for parts in 1 3 60; do
  part=$parts # the last first
  while [ "$part" -gt 0 ]; do
    run 0 run "$@" --results "by-$parts" --shard "$part/$parts" s.yaml
    part=$((part - 1))
  done
  "$bench" plan "$@" --results "by-$parts" --shards "$parts" s.yaml >log 2>/dev/null
  [ "$(awk -F '[ ,]+' '$2 != $4' log)" = "" ] || fail "shards are not whole"
  [ "$(awk '{ sum += $2 } END { print NR, sum }' log)" = "$parts 54" ] || fail "shards are not 54 runs"
  run 0 merge "by-$parts/s/shards"
  says "all 54 planned runs are there"
  run 0 merge "by-$parts/s/shards"
  says "with 54 runs, 0 of them new here"
  run 0 report --results "by-$parts" s.yaml
  is_whole "by-$parts"
done

# A shard that is missing, and then comes.
run 1 merge --into part/s/campaign.db by-3/s/shards/1-of-3.db by-3/s/shards/3-of-3.db
says "18 of 54 planned runs are missing"
run 0 report --results part s.yaml
says "24 runs of the scenario are missing"
run 0 merge --into part/s/campaign.db part/s/campaign.db by-3/s/shards/2-of-3.db
run 0 report --results part s.yaml
is_whole part
# The rest is run, and not run again where it was merged.
run 0 run "$@" --results part s.yaml
says "all 54 runs are in the store"

# Other code, another scenario, another number of runs.
FAKE_CODE=other "$bench" run "$@" --results other --shard 2/3 s.yaml >log 2>&1
run 2 merge --into x.db by-3/s/shards/1-of-3.db other/s/shards/2-of-3.db by-3/s/shards/3-of-3.db
says "other/s/shards/2-of-3.db: other code has made it"
[ ! -e x.db ] || fail "a store is made of what was refused"
run 0 run "$@" --results more --repeat 10 --shard 2/3 s.yaml
run 2 merge --into x.db by-3/s/shards/1-of-3.db more/s/shards/2-of-3.db
says "its scenario is another: it plans 80 runs in 8 cells, that of by-3/s/shards/1-of-3.db 72 in 8"
sed 's/0.2/0.1/' s.yaml >changed.yaml
echo 'name: s' >>changed.yaml
run 0 run "$@" --results changed --shard 2/3 changed.yaml
run 2 merge --into x.db by-3/s/shards/1-of-3.db changed/s/shards/2-of-3.db
says "changed/s/shards/2-of-3.db: its scenario is another: it plans other runs"
sed 's/title: T/title: U/' s.yaml >words.yaml
echo 'name: s' >>words.yaml
run 0 run "$@" --results words --shard 2/3 words.yaml
run 1 merge --into x.db by-3/s/shards/1-of-3.db words/s/shards/2-of-3.db
says "words/s/shards/2-of-3.db: its scenario has the same runs"

# A record that is damaged is left out, and its run comes again.
cp -r by-3 damaged
sqlite3 damaged/s/shards/2-of-3.db "update records set result = replace(result, 'established', 'estatlished')
  where key = (select min(key) from runs where result like '%established%')"
rm damaged/s/campaign.db
run 1 merge damaged/s/shards
says "1 run has no record that is what was stored, and is left out"
says "1 of 54 planned runs is missing"
run 0 run "$@" --results damaged --retry damaged --shard 2/3 s.yaml
says "1 run is taken out, to be run once more"
run 0 merge damaged/s/shards
run 0 report --results damaged s.yaml
is_whole damaged

# A damaged record of the store that is joined into gives way to one that is as it was stored.
sqlite3 damaged/s/campaign.db "update records set result = replace(result, '1', '2') where rowid = 1"
run 0 merge damaged/s/shards
says "1 of them new here"
run 0 report --results damaged s.yaml
is_whole damaged

# So does a damaged record of a shard, whichever comes first; and where there is no good one, it is missing.
cp by-3/s/shards/2-of-3.db bad.db
sqlite3 bad.db "update records set result = replace(result, '1', '2') where rowid = 1"
for stores in "bad.db by-3/s/campaign.db" "by-3/s/campaign.db bad.db"; do
  rm -rf twice
  run 0 merge --into twice/s/campaign.db $stores
  says "note: twice/s/campaign.db: of 1 run one store has a damaged record, and another a good one"
  says "all 54 planned runs are there"
  run 0 report --results twice s.yaml
  is_whole twice
done
sqlite3 twice/s/campaign.db "update records set result = replace(result, '1', '2') where rowid = 1"
run 1 merge --into twice/s/campaign.db by-60/s/shards/60-of-60.db
says "1 run has no record that is what was stored"
says "1 of 54 planned runs is missing"

# A plan that is not whole, and a description of the simulator that is none, are told before anything is joined; what is
# somebody else's is not written to.
for damage in "delete from plan" "drop table columns" "update provenance set describe = '{}'" \
  "update provenance set describe = null"; do
  cp by-3/s/shards/2-of-3.db broken.db
  sqlite3 broken.db "$damage"
  run 2 merge --into y.db by-3/s/shards/1-of-3.db broken.db
  says "broken.db: "
  [ ! -e y.db ] || fail "$damage: a store is made"
done
sqlite3 foreign.db 'create table letters(text)'
run 2 merge --into y.db by-3/s/shards/1-of-3.db foreign.db
says "foreign.db: it is no store"
run 1 merge --into foreign.db by-3/s/shards/1-of-3.db
says "foreign.db: it is no store, but an SQLite file of something else"
[ "$(sqlite3 foreign.db .tables)" = letters ] || fail "a foreign file is changed"

# What is no store, or does not say where to.
mkfifo pipe.db
run 2 merge --into x.db pipe.db
says "pipe.db: it is no regular file"
run 2 merge
says "which stores?"
run 2 merge none.db
says "none.db: No such file or directory"
mkdir empty
run 2 merge empty
says "empty: there is no store in it"
echo text >text.db
run 2 merge --into x.db text.db
says "text.db: "
run 2 merge by-3/s/campaign.db
says "is in no folder \`shards\`: --into says"
run 2 run "$@" --shard 4/3 s.yaml
run 2 run "$@" --shard 1/3 --until-ci 5% s.yaml
says "--until-ci looks at all runs"

# A filter leaves the others planned, and another time they come.
run 0 run "$@" --results filtered --filter 'case==kid && seed<=4' s.yaml
says "56 runs of the scenario are missing"
run 0 run "$@" --results filtered --filter 'case==psk || seed>4' s.yaml
is_whole filtered
"$bench" plan "$@" --specs --filter 'case==kid && frame_loss>0 && seed==9' s.yaml >log 2>/dev/null
[ "$(grep -c . log)" = 2 ] || fail "two specs are so"
