#!/bin/sh
# browser_test.sh BENCH: report.html and index.html of a campaign with odd names, in a real browser (Chromium, headless)
# without scripts and without a network: what they ask for, where their links lead, that the commands of their rows run,
# and what is on paper.
set -eu
bench=$(realpath "$1")
. "$(dirname "$(realpath "$0")")/../../nodes/tests/suite/skip.sh"
skip_without chromium
skip_without gnuplot
work=$(mktemp -d)
browser=
end() {
  [ -z "$browser" ] || kill "$browser" 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

fail() {
  echo "browser_test.sh: $*" >&2
  exit 1
}

# browse OPTION... URL: its output in ./output, what it says in ./said, what it asks the network for in ./net.json. Scripts
# are off, and no name has an address.
sandbox=
[ "$(id -u)" != 0 ] || sandbox=--no-sandbox
mkdir -p profile/Default
echo '{"profile": {"default_content_setting_values": {"javascript": 2}}}' >profile/Default/Preferences
browse() {
  rm -f net.json
  # shellcheck disable=SC2086
  timeout -k 2 60 chromium --headless $sandbox --disable-gpu --user-data-dir="$work/profile" --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --host-resolver-rules='MAP * ~NOTFOUND' \
    --disable-dev-shm-usage --enable-logging=stderr --log-net-log="$work/net.json" "$@" >output 2>said &
  browser=$!
  wait "$browser" && status=0 || status=$?
  browser=
  return "$status"
}

# Of what was browsed: addresses that are no files, but those that the browser itself is after.
asked() {
  grep -o '"url":"[a-z]*:[^"]*"' net.json | grep -v '"url":"\(file\|data\|chrome\|about\|devtools\)' |
    grep -v '//[^/]*\(google\|googleapis\|gvt1\)\.com/' | sort -u || true
}

console() {
  grep ':CONSOLE' said || true
}

# A page that does what ours shall not is found out.
cat >probe.html <<'END'
<!DOCTYPE html><title>probe</title><p id="p">off</p><img src="http://127.0.0.1:9/x.png">
<script>document.getElementById("p").textContent = "on"</script>
END
browse --dump-dom "file://$work/probe.html" && grep -q 'id="p"' output ||
  skip_because "chromium does not run here: $(grep -v -i dbus said | tail -n 3)"
grep -q '>off<' output || fail "scripts are not off"
asked | grep -q 127.0.0.1:9 || fail "a request is not seen"

# The campaign. `wrong-key` always fails.
mkdir build
ln -s "$bench" build/coap-eap-bench
results="the results' place" name="odd 'name' & <i> \$(touch touched)"
cat >"$name.yaml" <<'END'
title: "<script>document.title='hacked'</script> & \"quotes\" 'here'\nand a line"
description: "</style><script src='http://example.com/x.js'></script> <b onclick='x'>"
sweep: {hops: [1, 2], frame_loss: [0, 0.3]}
cases:
  "<script>alert(1)</script> 'one'": {}
  "fails \"always\"": {fault: wrong-key}
repeat: 6
tables:
  - {name: measures, title: "Measures <i>", columns: [success, median time_ms, mean bytes_air]}
  - {name: ledger, title: Ledger, ledger: ledger, where: {hops: 1}}
  - {name: sides, title: Sides, side_by_side: true, against: {hops: 1}, columns: [success, median bytes_air]}
figures:
  - {name: figure, title: "Figure </svg><b>", type: bands, x: hops, y: success, series: case, panels: frame_loss}
END
build/coap-eap-bench run --results "$results" "./$name.yaml" >log 2>&1 || fail "$(cat log)"
[ ! -e touched ] || fail "a name was run"
folder="$results/$name"
[ -f "$folder/report.html" ] || fail "no report"

# url FILE
url() {
  printf 'file://%s/' "$work"
  printf '%s' "$1" | sed "s/%/%25/g; s/ /%20/g; s/'/%27/g; s/</%3C/g; s/>/%3E/g; s/&/%26/g; s/\\$/%24/g; s/#/%23/g"
}

# Each tag of ./output is a line that begins with <.
tags() {
  tr '\n' ' ' <output | sed 's/</\n</g'
}

# Text of HTML as it is read.
plain() {
  sed "s/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&#39;/'/g; s/&nbsp;/ /g; s/&amp;/\&/g"
}

check_page() {
  [ -z "$(asked)" ] || fail "$1 asks for $(asked)"
  [ -z "$(console)" ] || fail "$1: $(console)"
  tags >tags
  ! grep -q '^<script\|^<[^>]* on[a-z]*=\|^<link\|^<iframe' tags || fail "$1 has more than text"
  grep -o '^<h[1-6]' tags | awk -F h '$2 > last + 1 { bad = 1 } { last = $2; first += $2 == 1 } END { exit bad || first != 1 }' ||
    fail "$1: its headings are not in order"
  ! grep '^<svg' tags | grep -v 'aria-label="[^"]' || fail "$1: a drawing has no words"
  ! grep '^<img' tags | grep -v 'alt="[^"]' || fail "$1: an image has no words"
  grep -o ' id="[^"]*"' tags | sort >ids
  [ -z "$(uniq -d ids)" ] || fail "$1: $(uniq -d ids) twice"
  grep -o '^<a [^>]*href="#[^"]*"' tags | sed 's/.*"#/ id="/' | sort -u >targets
  [ -z "$(comm -23 targets ids)" ] || fail "$1: no target of $(comm -23 targets ids)"
}

browse --dump-dom "$(url "$results/index.html")" || fail "index.html: $(cat said)"
check_page index.html
link=$(grep -o '^<a href="[^"]*report.html"' tags | head -n 1 | sed 's/.*href="//; s/"$//; s/%\(..\)/\\x\1/g')
[ -f "$results/$(bash -c 'printf "$1"' bash "$link")" ] || fail "index.html leads to $link"

browse --dump-dom "$(url "$folder/report.html")" || fail "report.html: $(cat said)"
check_page report.html
grep -q "^<title>&lt;script&gt;document.title='hacked'&lt;/script&gt;" tags || fail "the title is $(grep '<title' tags)"
[ -f "$results/index.html" ] || fail "no index"

# Each row of the first table, and each heading of a cell in the others, leads to a row with commands.
rows() {
  sed -n "/id=\"table-$1\"/,/^<\/table>/p" tags
}
[ "$(rows 1 | grep -c '^<tr>')" = 9 ] || fail "the table has not 8 lines"
[ "$(rows 1 | grep -c '^<a href="#cell-')" = 8 ] || fail "not each line of it leads somewhere"
[ "$(rows 2 | grep -c '^<a href="#cell-')" = 4 ] || fail "not each cell of the ledger leads somewhere"
[ "$(rows 3 | grep -c '^<a href="#cell-')" = 8 ] || fail "not each cell of the third table leads somewhere"
sed -n '/id="cells"/,/^<\/section>/p' tags >cells
[ "$(grep -c '^<tr id="cell-' cells)" = 8 ] || fail "not 8 cells"
[ "$(grep -c '^<a href="#table-[1-3]"' cells)" -ge 20 ] || fail "cells do not lead back to the tables"
tr '\n' ' ' <output | sed 's/<tr/\n<tr/g' | grep '^<tr id="cell-' >cell_rows
! grep -v '<pre>build/coap-eap-bench show ' cell_rows || fail "a cell has no command"
[ "$(grep -c 'none' cell_rows)" -ge 2 ] && [ "$(grep -c '6: seeds 1, 2, 3, 4, 5, …' cell_rows)" = 4 ] || fail "failures"

# The commands, as they are copied, show what they say.
sed -n 's/.*<pre>//; s/<.*//; /^build\/coap-eap-bench show .*--results/p' output | plain | sort -u >commands
for which in "--median.*/0'" "--slowest.*/1'" '/4/1' '/7/1'; do
  command=$(grep -e "$which" commands | head -n 1)
  [ -n "$command" ] || fail "no command $which in
$(cat commands)"
  sh -c "$command" >shown 2>shown_error || fail "$command: $(cat shown_error)"
  grep -q 'of the store, as it was stored' shown_error || fail "$command: $(cat shown_error)"
  grep -q 'Time and energy' shown || fail "$command: $(cat shown)"
done
[ ! -e touched ] || fail "a command ran a name"

# The drawings.
for ladder in median slowest failed; do
  sed -n "/id=\"ladder-$ladder\"/,/^<\/figure>/p" tags >ladder
  grep -q '^<svg role="img"' ladder && grep -q '^<text[^>]*>authenticator' ladder || fail "no ladder $ladder"
  command=$(grep -o 'build/coap-eap-bench show.*' ladder | plain)
  sh -c "$command" >shown 2>shown_error || fail "$command: $(cat shown_error)"
  grep -q 'as it was stored' shown_error || fail "$command: $(cat shown_error)"
  [ "$ladder" = failed ] || grep -q '^<text[^>]*>8) confirmation' ladder || fail "the ladder $ladder has no end"
done
ls "$folder"/ladders/median-1.svg "$folder"/ladders/ladders.json >/dev/null

# HTML, and paper.
if command -v tidy >/dev/null; then
  tidy -e -q "$folder/report.html" "$results/index.html" 2>&1 | grep -v 'proprietary attribute "\(font-family\|loading\)"' >problems || true
  [ ! -s problems ] || fail "$(cat problems)"
fi
browse --no-pdf-header-footer --print-to-pdf="$work/page.pdf" "$(url "$folder/report.html")" || fail "no PDF: $(cat said)"
[ "$(head -c 5 page.pdf)" = %PDF- ] || fail "page.pdf is no PDF"
if command -v pdftotext >/dev/null; then
  pdftotext -layout page.pdf page.txt
  for words in 'Table 1. Measures <i>' 'Table 2. Ledger' 'Table 3. Sides' 'Figure 1. Figure </svg><b>' 'Runs of each cell' \
    'The slowest run of all cells' 'The first run that failed' 'Time by cause' 'EAP-Response/Identity' 'mac fcs' -- \
    '--slowest' 'Limits'; do
    [ "$words" = -- ] || grep -q -F -e "$words" page.txt || fail "on paper there is no $words"
  done
  # The words below an arrow are the smallest of a ladder: 8 points are 8.9 from top to bottom.
  pdftotext -bbox page.pdf page.xml
  sed -n 's/.*yMin="\([0-9.]*\)".*yMax="\([0-9.]*\)">RADIUS<.*/\1 \2/p' page.xml | sort -u |
    awk '$2 - $1 < 8.9 { bad = 1 } END { exit bad || NR == 0 }' || fail "the words of a ladder are small"
fi

# What is drawn is left as it is; where it is missing, the page says so, and run draws it.
cp "$folder/ladders/median-1.svg" before.svg
rm -r "$folder/ladders"
build/coap-eap-bench report --results "$results" "./$name.yaml" >log 2>&1 || fail "$(cat log)"
grep -q 'No run is drawn: <code>run</code> does it at its end' "$folder/report.html" || fail "missing ladders are not missed"
build/coap-eap-bench run --results "$results" "./$name.yaml" >log 2>&1 || fail "$(cat log)"
cmp before.svg "$folder/ladders/median-1.svg" || fail "equal runs give other drawings"
