#!/bin/sh
# own_hardware_test.sh BENCH SIMULATOR SCENARIOS: a board and a crypto profile that nobody ships are YAML
# files, from a spec, on show's command line and in a scenario, where paths begin at the scenario.
set -eu
bench=$1 simulator=$2 scenarios=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "own_hardware_test.sh: $*" >&2
  exit 1
}

# expect WHAT WORDS: they stand in $work/out.
expect() {
  grep -qF -- "$2" "$work/out" || fail "$1: not \"$2\", but: $(cut -c1-400 "$work/out")"
}

mkdir -p "$work/boards" "$work/elsewhere"
sed 's/value: 6.40/value: 12.80/' "$scenarios/platforms/nrf52840.yaml" >"$work/boards/board.yaml"
sed 's/cycles: 634.7/cycles: 1269.4/' "$scenarios/crypto/cortex-m4-asm.yaml" >"$work/boards/mine.yaml"
cd "$work/boards"

echo '{"platform": "board.yaml", "crypto": "mine.yaml"}' | "$simulator" >"$work/out"
expect "a spec" '"outcome":"established"'
expect "a spec" 'transmit_ma=12.8 '
expect "a spec" 'aes128_block=1269.4'
"$bench" show --simulator "$simulator" platform=board.yaml crypto=mine.yaml >"$work/out"
expect "show" '"crypto":"mine.yaml","platform":"board.yaml"'
expect "show" energy_peer_cpu_mj

cat >own.yaml <<'EOF'
title: A board of ours
fixed: {crypto: mine.yaml}
sweep: {platform: [board.yaml, nrf52840]}
repeat: 2
EOF
cd "$work/elsewhere"
"$bench" run --simulator "$simulator" --results r ../boards/own.yaml >"$work/out" 2>&1 || fail "run: $(cat "$work/out")"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
  NR > 1 { mj[$at["platform"]] += $at["energy_peer_transmit_mj"] }
  END { ratio = mj["../boards/board.yaml"] / mj["nrf52840"]; exit ratio < 1.99 || ratio > 2.01 }' r/own/runs.csv ||
  fail "not twice the energy with twice the current: $(cat r/own/runs.csv)"
cd "$work"
"$bench" plan --simulator "$simulator" --results elsewhere/r boards/own.yaml >"$work/out"
expect "from another folder" "0 different runs are missing"
"$bench" show --simulator "$simulator" boards/own.yaml >"$work/out"
expect "show of a scenario" '"platform":"boards/board.yaml"'

# Faults of the file, with place, what is accepted and what may have been meant.
sed 's/transmit_ma/transmitt_ma/' boards/board.yaml >boards/bad.yaml
sed -i 's/board.yaml/bad.yaml/' boards/own.yaml
for words in "show platform=boards/bad.yaml" "plan boards/own.yaml"; do
  # shellcheck disable=SC2086
  ! "$bench" $words --simulator "$simulator" --results r >"$work/out" 2>&1 || fail "$words: taken"
  expect "$words" 'boards/bad.yaml:10:1: unknown key "transmitt_ma"; did you mean "transmit_ma"? accepted: '
done
! "$bench" show --simulator "$simulator" platform=nrf52480 >"$work/out" 2>&1 || fail "nrf52480: taken"
expect "a name" 'there is no "nrf52480"; did you mean "nrf52840"? it takes '
expect "a name" 'or the path of a file that ends in .yaml'
