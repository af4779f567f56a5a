#!/bin/sh
# newcomer_test.sh README BENCH SIMULATOR: a newcomer writes the scenario that README prints, runs it, asks the store for what
# the table says, puts the table into a paper, makes the slowest run again, and opens its capture.
set -eu
readme=$(realpath "$1") bench=$(realpath "$2") simulator=$(realpath "$3")
. "$(dirname "$0")/../../nodes/tests/suite/skip.sh"
for tool in sqlite3 tshark gnuplot; do
  skip_without "$tool"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "newcomer_test.sh: $*" >&2
  exit 1
}

# expect WHAT EXPECTED CAME
expect() {
  [ "$3" = "$2" ] || fail "$1: expected \"$2\", came \"$3\""
}

ask() {
  sqlite3 results/edhoc-loss/campaign.db "$1"
}

# column NAME [AWK-CONDITION]: of runs.csv, whose fields have no quotes here.
column() {
  awk -F, -v name="$1" "NR == 1 { for (i = 1; i <= NF; i++) at[\$i] = i; next } ${2:-1} { print \$at[name] }" \
    results/edhoc-loss/runs.csv
}

show() {
  "$bench" show --simulator "$simulator" "$@" >shown 2>said
}

sed -n "/cat >edhoc-loss.yaml/,/^    END/p" "$readme" | sed '1d; $d; s/^    //' >edhoc-loss.yaml
[ -s edhoc-loss.yaml ] || fail "README prints no edhoc-loss.yaml"
"$bench" run --simulator "$simulator" edhoc-loss.yaml >printed 2>said || fail "run: $(cat said)"

expect "runs of the present campaign" 1000 "$(ask 'SELECT count(*) FROM current')"
expect "what runs.csv has" "$(column time_ms | awk '{ sum += $1 } END { printf "%.6f", sum }')" \
  "$(ask "SELECT printf('%.6f', sum(time_ms)) FROM current")"
expect "octets of a cell, by ledger and result" "$(ask 'SELECT sum(bytes_air) FROM current WHERE cell = 3')" \
  "$(ask "SELECT sum(bytes) FROM ledger WHERE cell = 3 AND ledger = 'ledger'")"

# The slowest, and the one in the middle, by SQL and by show.
slowest=$(ask "SELECT key FROM current WHERE association = 'dtls' AND frame_loss = 0.2 ORDER BY time_ms DESC LIMIT 1")
show --slowest edhoc-loss association=dtls frame_loss=0.2 || fail "show --slowest: $(cat said)"
grep -q "^run $(echo "$slowest" | cut -c1-16) of the store, as it was stored" said || fail "show --slowest: $(cat said)"
cell=$(ask "SELECT cell FROM current WHERE key = '$slowest'")
cp shown by_columns
show --slowest "edhoc-loss/$cell" && diff by_columns shown || fail "by its number the cell is another"
show "$slowest" && diff by_columns shown || fail "by its key the run is another"
show --slowest ./edhoc-loss.yaml association=dtls frame_loss=0.2 && diff by_columns shown || fail "by its file the cell is another"
seed=$(ask "SELECT seed FROM current WHERE key = '$slowest'")
show "edhoc-loss/$cell/$seed" && diff by_columns shown || fail "by cell and seed the run is another"
show "edhoc-loss.yaml/$cell/$seed" && diff by_columns shown || fail "by file, cell and seed the run is another"
middle=$(ask "SELECT key FROM current WHERE cell = $cell ORDER BY bytes_air, seed LIMIT 1 OFFSET 49")
show --median "edhoc-loss/$cell" --by bytes_air || fail "show --median: $(cat said)"
grep -q "^run $(echo "$middle" | cut -c1-16) of the store, as it was stored" said || fail "show --median: $(cat said)"

# refused WORDS ARGUMENT...
refused() {
  words=$1 status=0
  shift
  show "$@" || status=$?
  [ "$status" = 2 ] && grep -q "$words" said || fail "show $*: status $status: $(cat said)"
}
refused 'several cells are like that' --slowest edhoc-loss association=dtls
refused 'there is no such cell' --slowest edhoc-loss/99
refused 'was not run yet' --median other/3
refused 'did you mean `edhoc-loss`' --median edhoc-los/3
refused 'did you mean the file `edhoc-loss.yaml`' edhoc-los
refused 'did you mean the file `edhoc-loss.yaml`' edhoc-loss.yml
refused 'did you mean `bytes_air`' --median edhoc-loss/0 --by bytes_ai
refused 'no run in .* has a key that begins with' deadbeefdeadbeef
refused 'has no run of seed 101' edhoc-loss/0/101
refused 'did you mean the file `edhoc-loss.yaml`' edhoc-loss
refused 'a cell is NAME/CELL' --slowest edhoc-loss/0/1
refused 'ask for a run: name no other' --slowest edhoc-loss/0 --median edhoc-loss/1
refused 'ask for a run: name no other' --slowest edhoc-loss/0 edhoc-loss/0/1
refused 'there is no such cell' --slowest edhoc-loss/0 frame_loss=0.2

# Stores beside it that cannot be read, and a folder whose name is a pattern, hide no run.
mkdir results/damaged
echo junk >results/damaged/campaign.db
show "$slowest" || fail "a damaged store beside it: $(cat said)"
refused 'damaged/campaign.db: file is not a database' deadbeefdeadbeef
rm -r results/damaged
ln -s results 'res[1]'
show --results 'res[1]' "$slowest" || fail "a folder with brackets: $(cat said)"

# Its capture, by the commands that show prints.
show "$slowest"
sed -n '/^Again/,/^coap-eap-sim/s/^  //p' shown >commands
sh -e ./commands >opened 2>said || fail "the commands of show: $(cat said)"
grep -qE 'CoAP.* POST, .*/b/5' opened || fail "DTLS is not opened: $(cat opened)"

# The table in a paper, by the lines that the comments at its head have.
table=results/edhoc-loss/tables/loss.tex
grep -q 'frame loss' $table || fail "the table has no words: $(cat $table)"
if ! command -v pdflatex >/dev/null || [ -z "$(kpsewhich booktabs.sty)" ]; then
  echo "the table is in no paper: pdflatex with booktabs is not installed (./waf-wrapper deps --all)"
  exit 0
fi
{
  printf '%s\n' '\documentclass{article}' '\usepackage{booktabs}' '\begin{document}'
  sed -n 's/^%   //p' $table
  printf '%s\n' '\end{document}'
} >paper.tex
cp $table .
pdflatex -interaction=nonstopmode -halt-on-error paper.tex >said || fail "pdflatex: $(tail -n 30 said)"
