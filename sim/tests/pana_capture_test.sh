#!/bin/sh
# pana_capture_test.sh SIMULATOR: PANA_AUTH_KEY, and AUTH of the last two messages, computed again from
# a capture and the MSK by openssl, as RFC 5191 sections 5.3 and 5.4 have them; tshark reads the
# capture. PRF 5 and integrity 12: HMAC-SHA-256, whose first block of prf+ is the key.
set -eu
simulator=$1
. "$(dirname "$0")/../../nodes/tests/suite/skip.sh"
skip_without tshark
skip_without openssl
skip_without perl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '{"lower_layer": "pana", "association": "none"}' |
  "$simulator" --pcap "$work" --log "$work/log" >"$work/result"
grep -q '"outcome":"established"' "$work/result"
tshark -n -r "$work/air.pcap" -o 6lowpan.context0:fd00::/64 -Y udp -T fields -e udp.payload \
  >"$work/messages" 2>"$work/errors"
[ "$(wc -l <"$work/messages")" = 11 ]

message() { sed -n "${1}p" "$work/messages"; }

# secret NAME: of the log.
secret() { sed -n "s/.*\"$1\":\"\([0-9a-f]*\)\".*/\1/p" "$work/log" | sort -u; }

# octets HEX FROM COUNT: COUNT octets from FROM on.
octets() { printf %s "$1" | cut -c "$((2 * $2 + 1))-$((2 * ($2 + $3)))"; }

# hmac KEY HEX: HMAC-SHA-256, in hexadecimal.
hmac() {
  perl -e 'print pack "H*", $ARGV[0]' "$2" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" | sed 's/.*= //'
}

# The first AVP of messages 4 and 5 is the nonce, of 16 octets behind two headers; the Key-Id of the
# last request is its third, behind a Result-Code of 12 octets and EAP-Success in 12.
text=$(printf 'IETF PANA' | od -An -tx1 | tr -d ' \n')
last=$(message 10)
[ "$(octets "$last" 40 2)" = 0004 ]
key=$(hmac "$(secret msk)" "$text$(message 2)$(message 3)$(octets "$(message 5)" 24 16)$(octets \
  "$(message 4)" 24 16)$(octets "$last" 48 4)01")
[ "$key" = "$(secret pana_auth_key)" ] || {
  echo "PANA_AUTH_KEY is $key by openssl, $(secret pana_auth_key) in the log" >&2
  exit 1
}

# AUTH is the last 16 octets, which are zero where it is computed.
zeros=00000000000000000000000000000000
for number in 10 11; do
  whole=$(message $number)
  length=$((${#whole} / 2 - 16))
  auth=$(hmac "$key" "$(octets "$whole" 0 $length)$zeros" | cut -c 1-32)
  [ "$auth" = "$(octets "$whole" $length 16)" ] || {
    echo "AUTH of message $number is $auth by openssl, not $(octets "$whole" $length 16)" >&2
    exit 1
  }
done
