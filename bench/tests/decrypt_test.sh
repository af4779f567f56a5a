#!/bin/sh
# decrypt_test.sh BENCH SIMULATOR: the commands that `show` prints behind a run, as they stand, open what its capture has;
# and what tshark cannot open is said.
set -eu
bench=$(realpath "$1") simulator=$(realpath "$2")
. "$(dirname "$0")/../../nodes/tests/suite/skip.sh"
skip_without tshark
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

# opens COUNT WORDS SETTING...: how many of the lines that the commands print have WORDS, a regular expression.
opens() {
  count=$1 words=$2
  shift 2
  rm -rf DIR
  "$bench" show --simulator "$simulator" "$@" >shown
  sed -n '/^Again/,/^coap-eap-sim/s/^  //p' shown >commands
  sh -e ./commands >printed 2>errors || { cat errors >&2 && echo "$*: a command failed" >&2 && failed=1; }
  found=$(grep -cE "$words" printed) || :
  [ "$found" = "$count" ] || { echo "$*: $found lines with \"$words\", not $count" >&2 && failed=1; }
}

# says WORDS: among the commands of the last.
says() {
  grep -q "^ *# tshark 4.0 does not open $1" shown || { echo "it does not say that it does not open $1" >&2 && failed=1; }
}

oscore='Decrypted Authentication Tag'
opens 4 "$oscore" oscore_id_context=none app_messages=1
opens 4 "$oscore" oscore_id_context=none app_messages=1 app_payload_bytes=200 # in fragments
opens 2 "$oscore" oscore_id_context=none coap_roles=peer-client method=eap-edhoc
opens 4 "$oscore" lower_layer=coap-eap-rfc9820 app_messages=1
opens 2 "$oscore" lower_layer=edhoc app_messages=1
opens 2 "$oscore" lower_layer=pana oscore_id_context=none app_messages=1
opens 0 "$oscore" app_messages=1
says 'OSCORE with an ID Context'
opens 0 "$oscore" lower_layer=coap-eap-rfc9820 cipher_suites_offered=1
says 'OSCORE of another cipher suite'

# Those of the authentication in clear, two or with EAP-EDHOC three, and what is under DTLS.
request='CoAP.* POST, .*/(a|b/5)( |$)'
opens 4 "$request" association=dtls app_messages=1
opens 5 "$request" association=dtls app_messages=1 authentications=2 reauthentication=resumption
opens 5 "$request" association=dtls app_messages=1 dtls_suite=aes128-gcm method=eap-edhoc
opens 1 "$request" lower_layer=pana association=dtls app_messages=1
opens 4 "$request" bootstrapping=integrated association=dtls app_messages=1 aps_at=behind
opens 2 'CoAP.* POST, .*/light' topology=star peers=2 resource_servers=1 ace_profile=coap_dtls \
  oscore_id_context=none app_messages=1 # over two hops
says 'OSCORE of later contexts'

opens 2 'Payload: Authentication' association=ikev2
opens 2 'Payload: Authentication' association=ikev2-udp
says 'ESP with AES-CCM'
[ "$failed" = 0 ]
