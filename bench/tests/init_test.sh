#!/bin/sh
# init_test.sh BENCH SIMULATOR: `init` writes a scenario that is planned without a warning, runs, and keeps what it expects;
# where other verbs find it; never over another file, and never half of one.
set -eu
bench=$(realpath "$1") simulator=$(realpath "$2")
first=$(realpath "$(dirname "$0")/../command/first.yaml")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p scenarios other/deep

fail() {
  echo "init_test.sh: $*" >&2
  exit 1
}

# init STATUS WORDS ARGUMENT...
init() {
  expected=$1 words=$2 status=0
  shift 2
  "$bench" init "$@" >said 2>&1 || status=$?
  [ "$status" = "$expected" ] || fail "init $*: status $status, and not $expected: $(cat said)"
  grep -qF -e "$words" said || fail "init $*: no \"$words\" in: $(cat said)"
}

# Where it is found; what is said to do next is what can be done.
init 0 'plan first ' first
init 0 'plan other/deep/x.yaml ' other/deep/x
init 0 'plan y.yaml ' y.yaml
init 0 'plan other/z.yaml ' --scenarios other z
for file in scenarios/first.yaml other/deep/x.yaml y.yaml other/z.yaml; do
  tail -n +6 "$file" | cmp -s - "$first" || fail "$file is another scenario"
done
"$bench" init next >said
sed -n 's/^  \(.*\) #.*/\1/p' said >commands
[ "$(wc -l <commands)" = 3 ] || fail "three commands are told, and not: $(cat said)"
while IFS= read -r command; do
  case $command in *\ help\ *) option= ;; *) option="--simulator $simulator -j 2" ;; esac
  eval "$command $option" >printed 2>told || fail "$command: status $?: $(cat told)"
  ! grep -E '^(warning|note)' told || fail "$command: $(cat told)"
done <commands
[ -s results/next/report.html ] && [ -s results/next/figures/time.svg ] && [ -s results/next/tables/cost.tex ] ||
  fail "there is no report, figure or table"
"$bench" plan --simulator "$simulator" next >printed
grep -q '; 0 different runs are missing' printed || fail "not all is run: $(tail -n 1 printed)"

# What is there stays.
echo 'title: mine' >scenarios/mine.yaml
init 1 'scenarios/mine.yaml is there already' mine
[ "$(cat scenarios/mine.yaml)" = 'title: mine' ] || fail "a file was overwritten"
ln -s nowhere.yaml scenarios/link.yaml
init 1 'is there already' link
[ ! -e scenarios/nowhere.yaml ] || fail "it wrote through a link"
mkdir scenarios/folder.yaml
init 1 'is there already' folder

# Names that are none.
for name in '' . .. .hidden ./ scenarios/ 'a b' "a'b" 'a:b' '*' "$(printf 'a\nb')" "$(printf 'a\033b')" \
  "$(printf '%0201d' 7)" .yaml -- _x; do
  init 2 '' "$name"
done
init 2 'there is no folder nosuch' nosuch/a
init 2 'there is no folder nosuch' --scenarios nosuch a
init 2 'init takes one name'
init 2 'init takes one name' a b

# Nothing is left of one that could not be written whole.
count=$(find . | wc -l)
(ulimit -f 1 && trap '' XFSZ && init 1 'cannot be written' limited)
[ "$(id -u)" = 0 ] || { chmod a-w other && init 1 'cannot be written' other/closed && chmod u+w other; }
[ "$(find . | wc -l)" = "$count" ] && [ -z "$(find . -name '*.part*')" ] || fail "something is left: $(find .)"
echo "scenarios are begun"
