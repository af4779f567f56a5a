#!/bin/sh
# reference.sh check|renew BUILD FOLDER [N]: the runs in FOLDER against those that the programs in
# BUILD make now, of every N-th spec (10), or of all; renew puts them in their place.
#   specs.jsonl       what is run: specs that vary every key; each has an `id` of its own
#   results.jsonl.gz  what came of each, without `code` and `wall_ms`
#   air.sha256        hash of each run's air.pcap, and the id
#   links.csv         file of links that some specs name
# Exit status 0: nothing moved (renew: done); 1: something moved; 2: bad usage.
set -eu

die() {
  echo "reference.sh: $*" >&2
  exit 2
}

verb=$1 build=$(realpath "$2") folder=$(realpath "$3") every=${4:-10}
[ "$verb" = check ] || every=1
case $every in
  *[!0-9]* | 0* | "") die "every N-th run: N is a number from 1, not \"$every\"" ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Every N-th line of standard input, from the first on.
part() {
  awk -v every="$every" '(NR - 1) % every == 0'
}

# Runs the specs: fresh.jsonl, fresh.sha256 and ids. That some run fails is no fault here.
run() {
  [ ! -f "$folder/links.csv" ] || cp "$folder/links.csv" .
  part <"$folder/specs.jsonl" >specs.jsonl
  "$build/coap-eap-sim" specs.jsonl --pcap captures --log log >fresh.jsonl || :
  sed -n 's/^{"id":"\([^"]*\)".*/\1/p' fresh.jsonl >ids
  [ "$(sort -u ids | wc -l)" = "$(wc -l <specs.jsonl)" ] ||
    die "of $(wc -l <specs.jsonl) specs, $(sort -u ids | wc -l) gave a result with an id of its own"
  number=0
  while read -r id; do
    number=$((number + 1))
    capture=captures/$number/air.pcap
    [ "$number" != 1 ] || capture=captures/air.pcap
    [ ! -f "$capture" ] || echo "$(sha256sum <"$capture" | cut -d ' ' -f 1)  $id"
  done <ids >fresh.sha256
}

# Compares what is in the folder with the fresh runs, as far as it is of the part that was run.
compare() {
  status=0
  gzip -dc "$folder/results.jsonl.gz" | part >reference.jsonl
  "$build/coap-eap-bench" compare reference.jsonl fresh.jsonl || status=$?
  sed -n 's/^{"id":"\([^"]*\)".*/\1/p' reference.jsonl >>ids
  awk 'FILENAME == "ids" { part[$1] } FILENAME != "ids" && $2 in part' ids "$folder/air.sha256" >reference.sha256
  moved=$(sort reference.sha256 fresh.sha256 | uniq -u |
    awk 'FILENAME == "reference.sha256" { known[$2]; next } $2 in known { print $2 }' reference.sha256 - | sort -u)
  if [ -z "$moved" ]; then
    echo "$(wc -l <fresh.sha256) captures are equal"
  else
    echo "captures that moved, by the id in specs.jsonl:" $moved
    [ "$status" -gt 0 ] || status=1
  fi
  return "$status"
}

case $verb in
  check)
    run
    compare
    ;;
  renew)
    run
    [ ! -f "$folder/results.jsonl.gz" ] || compare || [ $? -eq 1 ]
    sed 's/,"code":{[^}]*}//; s/,"wall_ms":[^,}]*//' fresh.jsonl | gzip -9n >results.jsonl.gz
    cp results.jsonl.gz "$folder/results.jsonl.gz"
    cp fresh.sha256 "$folder/air.sha256"
    ;;
  *) die "unknown verb \"$verb\"; it is one of: check renew" ;;
esac
