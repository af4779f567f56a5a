#!/bin/sh
# hostapd_readme_test.sh COAP_EAP_NODE README: what that page prints of hostapd works as printed, in
# a network of its own: files, server, authenticator and peer.
set -eu
node=$1 readme=$2
if [ -z "${HOSTAPD_INSIDE-}" ]; then
  . "$(dirname "$0")/../../tests/suite/skip.sh"
  skip_without ip
  skip_without hostapd
  as_user=r
  [ "$(id -u)" != 0 ] || as_user=
  unshare -${as_user}n ip link set lo up 2>/dev/null || skip_because "this user may not have networks of their own"
  HOSTAPD_INSIDE=1 exec unshare -${as_user}n "$0" "$node" "$readme"
fi
ip link set lo up
folder=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || true; wait; rm -r "$folder"' EXIT
cd "$folder"
mkdir programs
ln -s "$node" programs/coap-eap-node
PATH=$folder/programs:$PATH

# The indented lines of the section; what makes files, and the commands.
sed -n '/^## hostapd as AAA server$/,/^## /s/^    //p' "$readme" >lines
sed '/^hostapd /,$d' lines >files
[ "$(grep -c '^cat' files)" = 3 ]
sh -eu files

# command WORD: the line of the page that begins so, and no other.
command_of() {
  [ "$(grep -c "^$1 " lines)" = 1 ]
  grep "^$1 " lines
}

# start LOG READY COMMAND: waits until it says so.
start() {
  eval "$3 >$1 2>&1 &"
  pids="$pids $!"
  tries=0
  until grep -q "$2" "$1"; do
    tries=$((tries + 1))
    if [ $tries -gt 500 ]; then
      cat "$1" >&2
      exit 1
    fi
    sleep 0.02
  done
}

start hostapd.log AP-ENABLED "$(command_of hostapd)"
start authenticator.log listening "$(command_of 'coap-eap-node authenticator')"
timeout 20 sh -c "$(command_of 'coap-eap-node peer') --linger-ms 0" || {
  cat hostapd.log authenticator.log >&2
  exit 1
}
grep -q 'CTRL-EVENT-EAP-SUCCESS' hostapd.log
