#!/bin/sh
# until_test.sh BENCH SIMULATOR: seeds are added to all cells until the interval is as narrow as was asked for, or a limit
# is met; how it went stands in the provenance, and a report keeps to it.
set -eu
bench=$(realpath "$1") simulator=$(realpath "$2")
. "$(dirname "$(realpath "$0")")/bench_run.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The widest half of an interval of mean time_ms, as a share of the mean.
widest() {
  awk -F , '
    NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
    $c["metric"] == "time_ms" && $c["statistic"] == "mean" {
      half = ($c["high"] - $c["low"]) / 2 / $c["value"]
      if (half > most) most = half
    }
    END { printf "%.4f\n", most }' "results/$1/cells.csv"
}
seeds() {
  sqlite3 "results/$1/campaign.db" 'select count(distinct seed) from plan' 'select count(*) from current group by cell' |
    sort -un | tr '\n' ' '
}

cat >s.yaml <<'END'
sweep: {hops: [1, 2], frame_loss: [0, 0.2]}
repeat: 5
tables: [{name: t, columns: [success, mean time_ms]}]
END
set -- --simulator "$simulator"

run 0 run "$@" --until-ci 20% s.yaml
says "4 of 4 cells"
runs=$(seeds s)
runs=${runs% }
case $runs in *\ *) fail "cells have $runs runs" ;; esac
[ "$runs" -gt 30 ] && [ "$runs" -lt 1000 ] || fail "it takes $runs runs"
awk -v share="$(widest s)" 'BEGIN { exit !(share > 0 && share <= 0.2) }' || fail "an interval of $(widest s) is not narrow enough"
rule="until the interval of 95 % of mean time_ms is within 20 % of it in each cell; the same seeds for all, 30 at least, 1000 at most: met with $runs, in 4 of 4 cells"
grep -qF "\"stopping\": \"$rule\"" results/s/provenance.json || fail "the rule is not in provenance.json"
grep -qF -- "--repeat $runs  # runs, and this page" results/s/report.html || fail "the page does not say how to have its seeds again"
grep -qF "$rule" results/s/report.html || fail "the rule is not on the page"
[ "$(sqlite3 results/s/campaign.db 'select stopping from provenance order by number desc limit 1')" = "$rule" ] ||
  fail "the rule is not in the store"

# Again it is the same; a report keeps to it, and a plain run to the scenario.
cp results/s/cells.csv before
run 0 run "$@" --until-ci 20% s.yaml
[ "$(seeds s)" = "$runs " ] || fail "again it takes $(seeds s)"
run 0 report s.yaml
says "$runs runs of each cell, as they were run"
cmp before results/s/cells.csv || fail "report has other cells"
run 0 run "$@" s.yaml
[ "$(seeds s)" = "5 " ] || fail "the scenario has $(seeds s) runs"
! grep -q stopping results/s/provenance.json || fail "a rule of before is in provenance.json"

# 30 at least; a limit; cells that a filter takes out do not count.
run 0 run "$@" --until-ci 90% --filter frame_loss==0 --results easy s.yaml
says "met with 30, in 2 of 2 cells"
run 0 run "$@" --until-ci 2% --at-most 40 s.yaml
[ "$(seeds s)" = "40 " ] || fail "the limit is not kept: $(seeds s)"
says "ended without it with 40, in 2 of 4 cells"
run 0 run "$@" --repeat 7 s.yaml
[ "$(seeds s)" = "7 " ] || fail "--repeat 7 has $(seeds s)"

# What is no rule.
run 2 run "$@" --until-ci 5 s.yaml
says "a share in %, as 5%"
run 2 run "$@" --until-ci 0% s.yaml
run 2 run "$@" --until-ci 5% --of 'min time_ms' s.yaml
says "\`min time_ms\` has no interval"
run 2 run "$@" --until-ci 5% --of 'mean tim_ms' s.yaml
says "time_ms"
run 2 run "$@" --of 'mean time_ms' s.yaml
says "--of and --at-most go with --until-ci"
