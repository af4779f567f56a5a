#!/bin/sh
# latex_test.sh BENCH SIMULATOR: pdflatex takes the tables of each kind, used as the comments at their heads say: with
# what is special in LaTeX in every text of the scenario, with labels and without, narrow, wide and long. They are on the
# pages as they are in the text files.
set -eu
bench=$(realpath "$1") simulator=$(realpath "$2")
. "$(dirname "$(realpath "$0")")/../../nodes/tests/suite/skip.sh"
skip_without pdflatex
[ -n "$(kpsewhich booktabs.sty)" ] || skip_because "booktabs is not installed (./waf-wrapper deps --all)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "latex_test.sh: $*" >&2
  exit 1
}

cat >tex.yaml <<'END'
cases:
  '[a] % _ & # ~ ^ \ {x} $y$ <b> | * " '' -- `': {}
  "µ – ’ × ≥ é 漢 \u0007": {token_bytes: 4}
sweep: {frame_loss: [0, 0.1], association: [oscore, dtls]}
repeat: 6
tables:
  - &measures
    name: measures
    title: 'All % _ & # ~ ^ \ {x} $y$ <b> | of ≥ 2 µs'
    against: {association: oscore}
    columns: [success, median time_ms, {ratio: median time_ms}, {saving_share: mean bytes_air}]
    labels: {oscore: '[OSCORE]', association: '* of_it', median time_ms: '50 % in \today [x] ≥ {', mean frames: "µ_F"}
  - {<<: *measures, name: other}
  - name: wide
    against: {association: oscore}
    columns: [success, mean time_ms, mean bytes_air, mean bytes_udp, mean frames, {difference: mean time_ms},
              {ratio: mean time_ms}, {saving: mean bytes_air}, {saving: mean bytes_udp}]
  - {name: ledger, ledger: ledger, where: {frame_loss: 0, association: dtls}}
  - {name: sides, side_by_side: true, against: {association: oscore}, where: {frame_loss: 0.1}, columns: [success, median time_ms]}
  - {name: sheets, sheets: [board.yaml]}
compare:
  - name: published
    title: 'The messages_of 50 % & more'
    file: data.csv
    column: octets
    where: {frame_loss: 0, association: oscore, case: "µ – ’ × ≥ é 漢 \u0007"}
    rows: {sum_of: {ours: max bytes_udp, why: '100 % of a_b & [c] \ ~'}}
END
sed -i '/<<: \*measures/d' tex.yaml
echo 'supply_v: {value: 3, source: "[a] 50 % & ~ _ µ"}' >board.yaml
printf '# Made_up & published.\nname,octets\nsum_of,400\n' >data.csv
"$bench" run --simulator "$simulator" tex.yaml >log 2>&1 || fail "$(cat log)"
cd results/tex/tables

# Each table in the lines that its comments have.
{
  printf '%s\n' '\documentclass{article}'
  sed -n 's/^% \(\\usepackage{booktabs}\).*/\1/p' measures.tex
  printf '%s\n' '\usepackage{graphicx}' '\begin{document}'
  for table in *.tex; do
    sed -n 's/^%   //p' "$table"
    printf '%s\n' '\clearpage'
  done
  sed -n 's/^% It is wide: \(.*\) (graphicx).*/\1/p' wide.tex
  printf '%s\n' '\end{document}'
} >all.latex
[ "$(grep -c 'begin{table}' all.latex)" = 6 ] || fail "$(cat all.latex)"
grep -q '\\resizebox' all.latex || fail "a wide table has no hint"
for _ in 1 2; do
  pdflatex -interaction=nonstopmode -halt-on-error all.latex >said 2>&1 || fail "$(tail -n 30 said)"
done
! grep -qE '^(LaTeX Warning: .*undefined|Missing character)' said all.log || fail "$(grep -E 'undefined|Missing' all.log)"

# Lines have as many fields as columns: LaTeX would complain of more, not of fewer.
command -v pdftotext >/dev/null || exit 0
pdftotext -layout all.pdf all.txt
for words in '\[OSCORE\]' '50 % in *.today' 'frame loss' '60.97, 100\]' 'in pairs of equal seeds' 'coap token' 'supply (V)' \
  '100 % of a.b & \[c\]' 'Table 6'; do
  grep -q -- "$words" all.txt || fail "the pages lack $words: $(cat all.txt)"
done
