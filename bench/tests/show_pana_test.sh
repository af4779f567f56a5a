#!/bin/sh
# show_pana_test.sh BENCH SIMULATOR: the ladder of PANA as text and drawing, directly and by its relay: each
# message in its order with its octets, AVPs by name, and all of them inside of the drawing.
set -eu
bench=$1 simulator=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "show_pana_test.sh: $*" >&2
  exit 1
}

# show WHAT SETTING...: into WHAT.txt and WHAT.svg
show() {
  what=$1
  shift
  "$bench" show --simulator "$simulator" --svg "$work/$what.svg" lower_layer=pana association=none "$@" \
    >"$work/$what.txt"
}

# The rungs of the ladder, "label octets", in order; not those behind the authenticator.
rungs() {
  sed -n '/^Octets on air/q; s/^ *[0-9.]* .*-- *[0-9]*) \(.*\) --*[>|][^0-9]* \([0-9][0-9]*\)\(  *[0-9][0-9]*  *[0-9][0-9]*\)*\(  *([0-9]* datagrams)\)*$/\1 \2/p' \
    "$work/$1.txt" | sed 's/ --*[>|]*//'
}

# expect_rungs WHAT: as standard input has them
expect_rungs() {
  cat >"$work/expected"
  rungs "$1" >"$work/rungs"
  diff "$work/expected" "$work/rungs" >&2 || fail "$1: other rungs than expected"
}

# has WHAT WORDS
has() {
  grep -qF -- "$2" "$work/$1.txt" || fail "$1: no \"$2\" in $(cat "$work/$1.txt")"
}

# Each label of the text is in the drawing, too, as a whole, and no word begins outside of it.
expect_drawn() {
  rungs "$1" | sed 's/ [0-9]*$//' | while read -r label; do
    grep -qF -- ") $label</text>" "$work/$1.svg" || fail "$1: the drawing lacks \"$label\", or all of it"
  done
  awk -v RS='<' '
    /^svg/ { if (match($0, /viewBox="[^"]*"/)) split(substr($0, RSTART + 9, RLENGTH - 10), box, " ") }
    /^text/ {
      match($0, / x="[^"]*"/)
      x = substr($0, RSTART + 4, RLENGTH - 5) + 0
      if (x < 0 || x > box[3]) { print "a word outside: " $0; bad = 1 }
    }
    END { exit bad || box[3] == 0 }' "$work/$1.svg" >&2 || fail "$1: the drawing"
}

show direct
expect_rungs direct <<'END'
PANA PCI 16
PANA PAR start 40
PANA PAN start 40
EAP-Request/Identity 56
EAP-Response/Identity 68
EAP-PSK 1 56
EAP-PSK 2 84
EAP-PSK 3 84
EAP-PSK 4 68
EAP-Success 88
PANA PAN last 52
END
has direct '12, PANA session lifetime 12, PANA AUTH 24 |'
has direct '* confirmed: last PAR verified'
has direct '* confirmed: last PAN verified'
has direct 'A letter is 2 octets: M EAP method, H EAP header, P PANA,'
expect_drawn direct

show relay hops=2 relay=on
expect_rungs relay <<'END'
PANA PCI 16
PANA PCI (relayed) 68
PANA PAR start 92
PANA PAR start (relayed) 40
PANA PAN start 40
PANA PAN start (relayed) 92
EAP-Request/Identity 108
EAP-Request/Identity (relayed) 56
EAP-Response/Identity 68
EAP-Response/Identity (relayed) 120
EAP-PSK 1 108
EAP-PSK 1 (relayed) 56
EAP-PSK 2 84
EAP-PSK 2 (relayed) 136
EAP-PSK 3 136
EAP-PSK 3 (relayed) 84
EAP-PSK 4 68
EAP-PSK 4 (relayed) 120
EAP-Success 140
EAP-Success (relayed) 88
PANA PAN last 52
PANA PAN last (relayed) 104
END
has relay 'PANA header 16, PANA PaC information 28,'
has relay 't/ms peer-1                                      relay-1 '
expect_drawn relay

show alone pana_piggyback=off
[ "$(rungs alone | wc -l)" = 17 ] || fail "without piggyback: $(rungs alone)"
expect_drawn alone
