#!/bin/sh
# show_frames_test.sh BENCH SIMULATOR: the frames that show lists are those of the run's capture, of lines, stars, meshes,
# polls and relays, in both channels; those that were lost and given up are as many as the result counts; and the ladder
# marks what did not arrive, as text and as drawing.
set -eu
. "$(dirname "$0")/../../nodes/tests/suite/skip.sh"
skip_without tshark
bench=$1 simulator=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "show_frames_test.sh: $*" >&2
  exit 1
}

# expect WHAT A B: two numbers are equal
expect() {
  [ "$2" = "$3" ] || fail "$spec: $1: $2, not $3"
}

# How many lines of the list end as given.
listed() {
  grep -c -- "$1" list || :
}

# The number of a key in the result.
counted() {
  sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" result
}

# Runs the spec, with all its peers, and compares.
check() {
  spec=$*
  "$bench" show --simulator "$simulator" --frames --peer all --svg drawing.svg "$@" >shown
  "$bench" show --simulator "$simulator" --frames --peer all --json "$@" >json
  sed -n '/^frame  *t.ms/,/^frame: /p' shown | sed '1d;$d' >list
  command=$(sed -n "s/^  \(echo '.*\) --pcap DIR .*/\1/p" shown)
  sh -c "$command --pcap captures --air-only" >result || [ $? = 1 ] || fail "$spec: the simulator"
  expect "frames of the capture" "$(grep -c '^[0-9]' list)" "$(tshark -r captures/air.pcap 2>/dev/null | wc -l)"
  expect "numbers" "$(grep -o '^[0-9]*' list | sort -n | tail -n 1)" "$(grep -c '^[0-9]' list)"
  expect "queue full" "$(listed 'given up (queue full)$')" "$(counted frames_dropped_queue)"
  expect "no acknowledgement" "$(listed 'given up (no acknowledgement)$')" "$(counted frames_dropped_retries)"
  expect "channel busy" "$(listed 'given up (channel busy)$')" "$(counted frames_dropped_access)"
  expect "not fetched" "$(listed 'given up (not fetched in time)$')" "$(counted frames_dropped_expired)"
  absent=$(grep -o '"arrived":false' json | wc -l)
  expect "marks" "$(sed '/^UDP: /q' shown | grep -c '[-=]x \|[ |]x[-=]')" "$absent"
  expect "crosses" "$(grep -c ' l6.0,6.0 m0,' drawing.svg)" "$absent"
  expect "words" "$(grep -o 'it did not arrive\|no room for it' json | wc -l)" "$absent"
  expect "no room" "$(grep -o 'no room for it' json | wc -l)" "$(counted datagrams_dropped_cpu)"
}

# of WORDS: the last run had frames that ended so
of() {
  for words; do
    [ "$(listed "$words")" -gt 0 ] || fail "$spec: no frame was $words"
  done
}

check hops=2
[ "$(listed 'received$')" = "$(grep -c . list)" ] || fail "a frame was lost without loss"
check hops=3 frame_loss=0.3 seed=4 mac_max_retries=1
of 'lost (on the link)$' 'received, its acknowledgement lost (on the link)$' 'given up (no acknowledgement)$'
for channel in ns3 addressed; do
  check topology=star peers=20 seed=3 capture=none "channel=$channel"
  of 'lost (collision)$' 'lost (receiver at another frame)$' 'lost (receiver sending)$' 'given up (channel busy)$'
done
check topology=grid peers=8 forwarding=joined frame_loss=0.1 method=eap-edhoc credential=x5chain mac_queue_frames=3
of 'given up (queue full)$' 'fragment 2 of '
grep -q 'it did not arrive (no further than peer-' json || fail "$spec: it does not say how far a message came"
check radio_policy=polling frame_loss=0.3 app_messages=2 seed=4
of 'data request  *lost' 'data request  *received'
check topology=star peers=8 authenticator_crypto=cortex-m4-p256m cpu_queue_datagrams=1 method=eap-edhoc aaa=local
grep -q 'no room for it where it arrived: authenticator computed' json || fail "$spec: no datagram found no room"
check lower_layer=pana association=none hops=2 relay=on frame_loss=0.2
of '(relayed)  *received'

# One of several peers: what its messages took, and no other's.
"$bench" show --simulator "$simulator" --frames topology=star peers=3 --peer 2 >shown
sed -n '/^frame  *t.ms/,/^frame: /p' shown | grep -q ' peer-2 ' || fail "no frame of the peer"
sed -n '/^frame  *t.ms/,/^frame: /p' shown | grep ' peer-[13] ' && fail "another's frames"
exit 0
