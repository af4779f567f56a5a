#!/bin/sh
# keygen_test.sh COAP_EAP_NODE: keys and credentials of `keygen` do what the commands that it prints
# say: the printed commands, but for the addresses, authenticate.
set -eu
node=$1
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
ln -s "$node" "$folder/coap-eap-node"
PATH=$folder:$PATH
cd "$folder"
umask 022

fail() {
  echo "keygen_test.sh: $*" >&2
  cat "$folder"/*.log >&2 || true
  exit 1
}

keygen() {
  coap-eap-node keygen "$@"
}

# The command of the server, or of the peer, in what was printed to file $2.
printed() {
  awk -v start="coap-eap-node $1 " 'index($0, start) == 1 { on = 1 } on { print } !/\\$/ { on = 0 }' "$2"
}

# Runs both commands that file $1 has: the server's is ready when it says its port. Whether the peer
# was authenticated.
meet() {
  : >server.log
  eval "$(printed authenticator "$1") --bind 127.0.0.1:0 2>server.log &"
  server=$!
  tries=0
  until grep -q '127.0.0.1:[0-9]* listening' server.log; do
    kill -0 "$server" 2>/dev/null && [ $((tries += 1)) -lt 500 ] || fail "no server: $1"
    sleep 0.02
  done
  port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\) listening.*/\1/p' server.log)
  met=0
  eval "$(printed peer "$1" | sed "s/--authenticator ::1/--authenticator 127.0.0.1:$port/") \
    --linger-ms 0 --timeout-s 20 2>peer.log" || met=$?
  kill "$server"
  wait "$server" || fail "the server: $1"
  server=
  return "$met"
}

mode() {
  stat -c %a "$1"
}

# Keys of EAP-PSK
keygen psk --name alice --out alice.yaml >psk
meet psk || fail "psk"
keygen psk >one.psk
keygen psk --out two.psk >/dev/null
for key in one.psk two.psk; do
  grep -qx '[0-9a-f]\{32\}' "$key" || fail "$key"
done
! cmp -s one.psk two.psk || fail "two keys are one"

# What is no file is not replaced
mkfifo pipe
for force in '' --force; do
  ! keygen psk --out pipe $force >said 2>&1 || fail "a pipe is replaced"
done
grep -q 'pipe: it is no file' said && [ -p pipe ] || fail "a pipe is gone: $(cat said)"
ln -s pipe to-pipe
! keygen psk --out to-pipe --force >said 2>&1 && [ -L to-pipe ] || fail "a link to a pipe is replaced"

# Each method with each suite, from either side
for suite in 0 1 2 3; do
  for method in 0 1 2 3; do
    x=$suite$method
    keygen edhoc --role server --suite "$suite" --method "$method" --out "s$x" --with "p$x" >"of-s$x"
    keygen edhoc --suite "$suite" --method "$method" --out "p$x" --with "s$x" >"of-p$x"
    meet "of-p$x" || fail "method $method, suite $suite"
  done
done
meet of-s23 || fail "what the server's prints"

# Certificates, by value and by thumbprint; files elsewhere, with blanks in their names
mkdir "a home"
keygen ca --out "a home/ca" --name home --days 30 >/dev/null
for id in x5chain x5t; do
  for method in 0 3; do
    keygen certificate --ca "a home/ca" --role server --id $id --method $method --force \
      --out "a home/gate" --with "a home/dev" --with-name dev@home.test >of-gate
    keygen certificate --ca "a home/ca" --id $id --method $method --name dev@home.test --force \
      --out "a home/dev" --with "a home/gate" >of-dev
    [ "$(printed peer of-gate)" = "$(printed peer of-dev)" ] || fail "the two say different things"
    meet of-dev || fail "certificates, $id, method $method"
  done
done
keygen certificate --ca "a home/ca" --role server --out gate --with dev >/dev/null
keygen certificate --ca "a home/ca" --out dev --with gate >of-right
meet of-right || fail "certificates of one CA"
keygen ca --out other >/dev/null
keygen certificate --ca other --out dev --with gate --force >/dev/null
! meet of-right || fail "another CA's certificate is taken"
if command -v openssl >/dev/null; then
  openssl x509 -inform der -in "a home/ca.der" -out ca.pem
  openssl x509 -inform der -in "a home/dev.der" -out dev.pem
  openssl verify -purpose sslclient -CAfile ca.pem dev.pem >openssl.log 2>&1 ||
    fail "openssl does not verify it"
  openssl x509 -checkend $((29 * 86400)) -noout -in dev.pem || fail "it ends too early"
  ! openssl x509 -checkend $((31 * 86400)) -noout -in dev.pem || fail "it outlives its CA"
fi

# Files
[ "$(mode alice.yaml)" = 600 ] && [ "$(mode s00.key)" = 600 ] && [ "$(mode "a home/ca.key")" = 600 ] ||
  fail "private files can be read"
[ "$(mode s00.cred)" = 644 ] || fail "public files cannot be read"
cp s00.key before
for file in s00.key s00.cred s00.id; do
  mkdir keep
  mv s00.* keep
  cp "keep/$file" .
  status=0
  keygen edhoc --out s00 >out 2>err || status=$?
  [ $status = 1 ] && grep -q "keygen: $file: File exists; --force replaces it" err || fail "$file"
  [ ! -s out ] && [ "$(ls s00.*)" = "$file" ] || fail "half a set of files"
  mv keep/* .
  rmdir keep
done
cmp -s s00.key before || fail "a key was replaced"
chmod 644 s00.key
keygen edhoc --out s00 --force >/dev/null
! cmp -s s00.key before && [ "$(mode s00.key)" = 600 ] || fail "--force"

# Refusals: status, and words
refused() {
  expected=$1 words=$2
  shift 2
  status=0
  keygen "$@" >out 2>err || status=$?
  [ $status = "$expected" ] && [ ! -s out ] && grep -qF -- "$words" err ||
    fail "keygen $*: $status, $(cat err)"
}
refused 2 'what to make is missing: psk, edhoc, ca or certificate'
refused 2 '"pks" cannot be made; it takes psk, edhoc, ca or certificate' pks
refused 2 'edhoc needs --out' edhoc
refused 2 'certificate needs --ca' certificate --out x
refused 2 '--days is not for edhoc' edhoc --out x --days 3
refused 2 '--out: edhoc makes more than one file' edhoc --out -
refused 2 '--suite: "4" is not accepted; it takes a number from 0 to 3' edhoc --out x --suite 4
refused 2 '--suite: "0" is not accepted; it takes a number from 2 to 3' certificate --out x --ca ca --suite 0
refused 2 '--kid: "xy" is not accepted; it takes 1 to 8 octets' edhoc --out x --kid xy
refused 2 '--role: "aaa" is not accepted; it takes peer or server' edhoc --out x --role aaa
refused 2 'without --name --out: "a b" is not accepted' edhoc --out 'a b'
refused 1 'nowhere/x.key: No such file or directory' edhoc --out nowhere/x
refused 1 'nobody.key: No such file or directory' certificate --out x --ca nobody
cp "a home/ca.der" mixed.der
cp other.key mixed.key
refused 1 "--ca mixed: the CA's key is not that of its certificate" certificate --out x --ca mixed
cp gate.der leaf.der
cp gate.key leaf.key
refused 1 "--ca leaf: the CA's certificate is not that of a CA" certificate --out x --ca leaf
[ "$(ls x.* 2>/dev/null)" = "" ] || fail "something was made all the same"
