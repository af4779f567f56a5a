#!/bin/sh
# toy_test.sh SOURCES WORK CMAKE [ARGUMENT...]: what CONTRIBUTING.md says of adding things is true. In a copy of SOURCES
# its worked examples are run as they stand, with the toys of this folder; CMAKE builds the programs, which then run
# them: the simulator, the programs on sockets, the model check.
#
# WORK is a folder that the test empties, always the same one, so that ccache knows what it has compiled.
set -eu
sources=$1 work=$2 cmake=$3
shift 3
rm -rf "$work"
mkdir -p "$work"
authenticator=
trap '[ -z "$authenticator" ] || kill "$authenticator"; rm -rf "$work"' EXIT

fail() {
  echo "toy_test.sh: $*" >&2
  exit 1
}

# expect WHAT FILE: what came is what is in standard input.
expect() {
  cat >"$work/expected"
  diff "$work/expected" "$2" || fail "$1"
}

mkdir "$work/copy"
for part in CMakeLists.txt nodes sim bench scenarios; do
  cp -R "$sources/$part" "$work/copy"
done
awk '/^```/ { taken = $0 == "```sh worked example"; examples += taken; next } taken { print }
  END { exit examples < 5 }' "$sources/CONTRIBUTING.md" >"$work/examples" || fail "CONTRIBUTING.md has too few examples"
(cd "$work/copy" && sh -eu "$work/examples") || fail "the examples of CONTRIBUTING.md"
cd "$work"
copy/nodes/tests/rooms_test.sh copy nodes
copy/nodes/tests/rooms_test.sh copy sim
copy/nodes/tests/rooms_test.sh copy bench

! ccache=$(command -v ccache) || set -- "$@" "-DCMAKE_C_COMPILER_LAUNCHER=$ccache" "-DCMAKE_CXX_COMPILER_LAUNCHER=$ccache"
"$cmake" -S copy -B build -DCMAKE_BUILD_TYPE=Quick "$@" >log 2>&1 &&
  "$cmake" --build build -j 2 --target coap-eap-sim coap-eap-node coap-eap-check coap-eap-bench >>log 2>&1 ||
  fail "it does not build: $(cat log)"
copy/nodes/tests/symbols_test.sh $(find build/nodes/CMakeFiles/nodes.dir -name '*.o') -- \
  $(find build/sim build/nodes/live build/nodes/check -name '*.o')

# The simulator: what became of each run, and of its application requests.

build/coap-eap-sim --describe >described
for words in '"applies_text": "lower_layer=toy"' '"applies_text": "lower_layer=coap-eap|coap-eap-rfc9820|edhoc|pana|toy"' \
  '; toy: EAP in UDP datagrams"' '; toy: a tag in an option"' '"eap-toy"' '"fork"'; do
  grep -qF -- "$words" described || fail "--describe does not have $words"
done

build/coap-eap-sim -j 2 <<'END' >results || :
{"id":"both","lower_layer":"toy","association":"toy","app_messages":2}
{"id":"both, EAP server inside","lower_layer":"toy","association":"toy","aaa":"local","trigger":"off"}
{"id":"both, many and loss","lower_layer":"toy","association":"toy","topology":"star","peers":5,"authentications":3,"frame_loss":0.3,"app_messages":2,"app_method":"get","time_limit_s":2000}
{"id":"both, EAP-EDHOC","lower_layer":"toy","association":"toy","method":"eap-edhoc","credential":"x5chain"}
{"id":"lower layer","lower_layer":"toy","toy_timeout_ms":500}
{"id":"association","association":"toy","app_messages":2}
{"id":"association, Message IDs","association":"toy","ordering":"mid-random","authentications":2,"app_messages":2,"app_direction":"from-authenticator"}
{"id":"EAP method","method":"eap-toy","app_messages":1}
{"id":"EAP method, EAP server inside","method":"eap-toy","aaa":"local","association":"dtls"}
{"id":"EAP method, wrong key","method":"eap-toy","fault":"wrong-key"}
{"id":"topology","topology":"fork","peers":4,"app_messages":1}
{"id":"all","topology":"fork","peers":3,"lower_layer":"toy","association":"toy","method":"eap-toy","app_messages":1}
{"id":"wrong key","lower_layer":"toy","association":"toy","fault":"wrong-key"}
{"id":"unknown user","lower_layer":"toy","association":"toy","fault":"unknown-user"}
{"id":"no authenticator","lower_layer":"toy","association":"toy","fault":"no-authenticator"}
{"id":"silent AAA","lower_layer":"toy","association":"toy","fault":"silent-aaa"}
{"id":"refused association","lower_layer":"toy","association":"dtls"}
{"id":"refused requests","lower_layer":"toy","app_messages":1,"app_direction":"from-authenticator"}
END
sed 's/^{"id":"\([^"]*\)","outcome":"\([^"]*\)".*"app_exchanges":\([0-9a-z]*\).*/\1: \2 \3/' results >outcomes
expect "the simulator" outcomes <<'END'
both: established 2
both, EAP server inside: established 0
both, many and loss: established 30
both, EAP-EDHOC: established 0
lower layer: established 0
association: established 2
association, Message IDs: established 4
EAP method: established 1
EAP method, EAP server inside: established 0
EAP method, wrong key: failed 0
topology: established 4
all: established 3
wrong key: failed 0
unknown user: failed 0
no authenticator: failed 0
silent AAA: failed 0
refused association: unsupported null
refused requests: unsupported null
END
grep -qF '"toy_header":18' results || fail "the header's octets have no row"
! grep -qF '"other":' results || fail "there are octets without a row"

# Sockets: an authenticator and a peer on the loopback.

run_pair() {
  : >events
  build/coap-eap-node authenticator "$@" --bind 127.0.0.1:0 --identity me \
    --psk 0123456789abcdef --json >events 2>errors &
  authenticator=$!
  port=
  for _ in $(seq 100); do
    port=$(sed -n 's/.*"listening","remote":"[^"]*:\([0-9]*\)".*/\1/p' events)
    [ -z "$port" ] || break
    sleep 0.1
  done
  build/coap-eap-node peer "$@" --authenticator "127.0.0.1:$port" --identity me \
    --psk 0123456789abcdef --timeout-s 20 --linger-ms 100 2>>errors ||
    fail "sockets with $*: $(cat events errors)"
  kill "$authenticator"
  wait "$authenticator" || fail "the authenticator with $* ended with $?"
  authenticator=
  grep -q '"ended","label":"confirmed 1, failed 0"' events || fail "sockets with $*: $(cat events)"
}

run_pair --lower-layer toy --association toy
run_pair --association toy
run_pair --methods toy
echo 'lower_layer: {lower_layer: toy, toy_timeout_ms: 500}' >node.yaml
run_pair --config node.yaml
status=0
build/coap-eap-node peer --lower-layer toy --association dtls --authenticator ::1 --identity me \
  --psk 0123456789abcdef 2>errors || status=$?
[ "$status" = 2 ] && grep -q "toy has no port" errors || fail "sockets with dtls: $status, $(cat errors)"

# The model check: everything that a network can do with two acts.

for words in 'lower_layer=toy association=toy' 'lower_layer=toy association=toy trigger=off' \
  'lower_layer=toy association=toy wrong_key=on' 'association=toy ordering=seqnum' \
  'association=toy ordering=mid-monotonic'; do
  build/coap-eap-check $words acts=2 rubbish=on >checked || fail "$words: $(cat checked)"
  grep -q ' clean$' checked || fail "$words: $(cat checked)"
done
build/coap-eap-check network lower_layer=toy acts=1 | awk '/^network-/ { print $1, $NF }' >cells
expect "a scene" cells <<'END'
network-oscore clean
network-dtls own
network-ikev2 own
network-toy clean
END

# A report: a figure of the new type, over the new topology.

cat >dots.yaml <<'END'
sweep: {topology: [star, fork]}
repeat: 3
figures: [{name: dots, type: dots, title: Dots, of: [mean time_ms]}]
END
build/coap-eap-bench run --results campaigns dots.yaml >log 2>&1 || fail "the figure: $(cat log)"
cut -f 1 campaigns/dots/figures/dots.tsv >cells
expect "the figure's data" cells <<'END'
cell
"star"
"fork"
END
for words in '>Dots<' '>fork<'; do
  grep -qF -- "$words" campaigns/dots/figures/dots.svg || fail "the figure does not have $words"
done
grep -qF 'Dots have intervals' campaigns/dots/report.html || fail "the page does not explain the figure"
grep -q '^fork,time_ms,mean,' campaigns/dots/cells.csv || fail "the figure's measure is not in cells.csv: $(head -2 campaigns/dots/cells.csv)"
