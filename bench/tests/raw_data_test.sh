#!/bin/sh
# raw_data_test.sh LANGUAGE README BENCH SIMULATOR: the README's examples in sql, python or r run as they are printed, on a
# campaign of the README's own scenario, and say what its files say. In its store is a campaign of before, with another
# code and another network, of which nothing is to be seen.
set -eu
language=$1 readme=$(realpath "$2") bench=$(realpath "$3") simulator=$(realpath "$4")
. "$(dirname "$(realpath "$0")")/../../nodes/tests/suite/skip.sh"
case $language in
  sql)
    skip_without sqlite3
    run_example() { sqlite3 -header -column results/edhoc-loss/campaign.db <example; }
    ;;
  python)
    for python in python3 /usr/bin/python3 none; do
      ! "$python" -c 'import pandas' 2>/dev/null || break
    done
    [ "$python" != none ] || skip_because "pandas is not installed (./waf-wrapper deps --all)"
    run_example() { "$python" -B example; }
    ;;
  r)
    skip_without Rscript
    run_example() { Rscript --vanilla example; }
    ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "raw_data_test.sh: $language: $*" >&2
  exit 1
}

# The scenario of few runs, without figures and what it is expected to be.
sed -n '/cat >edhoc-loss.yaml/,/^ *END$/p' "$readme" | sed '1d;$d;/figures:/,$d;s/^    //;s/^repeat: .*/repeat: 4/' \
  >edhoc-loss.yaml
sed 's/fixed: {/fixed: {hops: 3, /' edhoc-loss.yaml >before.yaml
echo 'name: edhoc-loss' >>before.yaml
FAKE_CODE=older "$bench" run --simulator "$simulator" before.yaml >log 2>&1 || fail "$(cat log)"
"$bench" run --simulator "$simulator" edhoc-loss.yaml >log 2>&1 || fail "$(cat log)"

sed -n '/^### The raw data/,/^### No figure/p' "$readme" | sed -n "/^\`\`\`$language\$/,/^\`\`\`\$/p" | sed '/^```/d' >example
[ -s example ] || fail "the README has no example"
run_example >output 2>errors || fail "$(cat errors)"
[ ! -s errors ] || fail "$(cat errors)"

# mean FILE CONDITION COLUMN: over lines of a CSV file without quotes; columns are $c["NAME"].
mean() {
  awk -F , "NR == 1 { for (i = 1; i <= NF; i++) c[\$i] = i; next } $2 { sum += \$c[\"$3\"]; runs[\$c[\"seed\"]] = 1 }
            END { for (seed in runs) n++; printf \"%.9g\", sum / n }" "results/edhoc-loss/$1"
}

# says WHAT NUMBER: a word of the output is the number, as precise as it is printed
says() {
  awk -v number="$2" '{ for (i = 1; i <= NF; i++) if ($i ~ /^[0-9.]+$/ && $i > number * 0.9999 && $i < number * 1.0001) found = 1 }
                      END { exit !found }' output || fail "no $1, $2, in
$(cat output)"
}

for association in oscore dtls; do
  for loss in 0 0.1 0.2; do
    says "mean time of $association at a loss of $loss" \
      "$(mean runs.csv "\$c[\"association\"] == \"$association\" && \$c[\"frame_loss\"] == $loss && \$c[\"time_ms\"] != \"\"" time_ms)"
  done
  says "mean octets of the lower layer with $association" "$(mean ledger.csv "\$c[\"association\"] == \"$association\" &&
    \$c[\"frame_loss\"] == 0 && \$c[\"ledger\"] == \"ledger\" && \$c[\"row_family\"] == \"lower layer\"" bytes)"
done
[ "$language" = sql ] || exit 0
grep -q '^ms ' output || fail "no unit in
$(cat output)"

# cells.csv joins by what is varied: each of its cells is one of the files of runs, as it is written there.
cells() {
  awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next } { print $c["association"], $c["frame_loss"] }' \
    "results/edhoc-loss/$1" | sort -u
}
for file in runs.csv ledger.csv details.csv; do
  [ "$(cells cells.csv)" = "$(cells $file)" ] || fail "cells.csv has other cells than $file"
done
[ "$(cells cells.csv | wc -l)" = 10 ] || fail "cells.csv has not ten cells"

# And what the help advertises.
"$bench" --help | sed -n 's/^ *\(select .*\)/\1;/p' >example
[ -s example ] || fail "the help has no query"
run_example >output 2>&1 || fail "$(cat output)"
[ "$(grep -c '^1 ' output)" = 1 ] || fail "not the mean of one hop in
$(cat output)"
