#!/bin/sh
# Faulty scenarios, each with what is said of it in the comments at its head: every complaint with its
# place (# LINE:COLUMN: words), every warning (# warning: ...) and note, in this order, and nothing
# else. One with an error is refused with status 2.
#   faulty_test.sh COAP-EAP-BENCH SIMULATOR FOLDER
bench=$1 simulator=$2 folder=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$folder" || exit 1
failed=0 count=0
for scenario in *.yaml; do
  count=$((count + 1))
  sed -n '/^# /!q; s/^# //p' "$scenario" >"$work/expected"
  "$bench" plan --simulator "$simulator" --results "$work/results" "./$scenario" >"$work/out" 2>"$work/said"
  status=$?
  # The first line of each: the others show the line, and what is accepted.
  grep -v '^ ' "$work/said" | sed "s|\./$scenario:* *||" >"$work/got"
  grep -v -E '^(warning|note): ' "$work/expected" >"$work/errors"
  expected_status=0
  [ -s "$work/errors" ] && expected_status=2
  if ! diff "$work/expected" "$work/got" >"$work/diff" || [ $status != $expected_status ]; then
    echo "$folder/$scenario: status $status, expected $expected_status; < is expected, > is said:"
    cat "$work/diff"
    failed=1
  fi
done
[ $count -ge 40 ] || { echo "only $count faulty scenarios"; failed=1; }
[ $failed = 0 ] && echo "$count faulty scenarios are told what is wrong with them"
exit $failed
