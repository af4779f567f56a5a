#!/bin/sh
# zones_test.sh PROGRAM: an authenticator on any address, with two interfaces, and behind each of
# them a peer with the same link-local address and port: both are authenticated, and the log tells
# them apart.
set -eu
node=$1
if [ -z "${ZONES_INSIDE-}" ]; then
  . "$(dirname "$0")/../../tests/suite/skip.sh"
  skip_without ip
  unshare -rn ip link set lo up 2>/dev/null || skip_because "this user may not have networks of their own"
  ZONES_INSIDE=1 exec unshare -rn "$0" "$node"
fi
folder=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || true; wait; rm -r "$folder"' EXIT
user='--identity u --psk tfg-passwordtest'

join() { # INTERFACE: a network behind it; its process is $pid
  mkfifo "$folder/$1"
  unshare -n sh -c "echo >'$folder/$1'; exec sleep 60" &
  pid=$! pids="$pids $!"
  read -r _ <"$folder/$1"
  ip link add "$1" type veth peer name other netns "$pid"
  ip link set "$1" up
  ip address add fe80::1/64 dev "$1" nodad
  nsenter -t "$pid" -n ip link set other up
  nsenter -t "$pid" -n ip address add fe80::2/64 dev other nodad
}

join left
left=$pid
join right
right=$pid
mkfifo "$folder/log"
# shellcheck disable=SC2086
"$node" authenticator --bind '[::]:5683' $user --json >"$folder/log" 2>/dev/null &
authenticator=$! pids="$pids $!"
exec 3<"$folder/log"
read -r _ <&3 # it listens
status=0
for pid in $left $right; do
  # shellcheck disable=SC2086
  nsenter -t "$pid" -n "$node" peer --bind '[fe80::2%other]:40000' --authenticator 'fe80::1%other' \
    $user --linger-ms 0 --timeout-s 10 2>"$folder/peer" || status=1
  grep -F '[fe80::1%other]:5683 confirmed' "$folder/peer" || status=1
done
kill "$authenticator"
cat <&3 >"$folder/text"
for interface in left right; do
  grep -F "\"confirmed\",\"remote\":\"[fe80::2%$interface]:40000\"" "$folder/text" || status=1
done
exit $status
