# To be sourced by a test of coap-eap-bench ($bench), in its own folder: what it runs has to end as it says.

fail() {
  echo "${0##*/}: $*" >&2
  [ ! -f log ] || cat log >&2
  exit 1
}

# run STATUS WORD...: bench ends with this status; what it says is in log.
run() {
  expected=$1 status=0
  shift
  "$bench" "$@" >log 2>&1 || status=$?
  [ "$status" = "$expected" ] || fail "$* ends with $status, not $expected"
}

says() {
  grep -qF -- "$1" log || fail "it does not say: $1"
}
