#!/bin/sh
# documents_test.sh SOURCE BUILD DOCUMENT...: runs what documents tell their readers to run, as it is printed, section by
# section: of a file of SOURCE every command, of PROGRAM or PROGRAM,ROLE the examples of its --help. documents.awk says
# what a command is. Each has to end with status 0, but for those in documents.txt.
#
# They run in a folder as a newcomer's: with scenarios/ (of few runs, without what these are expected to be), waf-wrapper,
# and build/, into which a CMakeLists.txt of a few lines puts the programs of BUILD. Roles on sockets run in a network of
# their own, servers beside what follows in their section; where the user may have none, they are left out. Of a role's
# --help, whose examples have other machines in them, only the options are tried.
set -eu
source=$(realpath "$1") build=$(realpath "$2")
shift 2
if [ -z "${DOCUMENTS_NETWORK-}" ]; then
  as_user=r
  [ "$(id -u)" != 0 ] || as_user=
  DOCUMENTS_NETWORK=none
  if unshare -${as_user}n ip link set lo up 2>/dev/null; then
    DOCUMENTS_NETWORK=own exec unshare -${as_user}n "$0" "$source" "$build" "$@"
  fi
fi
if [ "$DOCUMENTS_NETWORK" = own ]; then
  ip link set lo up
  ip link add eth0 type veth peer name eth1
  ip link set eth0 up
  ip address add fe80::1/64 dev eth0 nodad
fi
work=$(mktemp -d)
servers=
trap 'end_servers; rm -rf "$work"' EXIT
here=$source/bench/tests
failed=0 ran=0 left=0 section= client_ran=

complain() {
  echo "documents_test.sh: $document, section \"$section\": $*" >&2
  failed=$((failed + 1))
}

# All are to be there until now.
end_servers() {
  for server in $servers; do
    kill "$server" 2>/dev/null || complain "a server has ended: $(tail -n 3 "$work/server.$server")"
    wait "$server" 2>/dev/null || :
  done
  servers=
}

# section NAME: what the one before has started ends.
section() {
  end_servers
  section=$1 client_ran=
}

# The first line of a command, without its comment: as documents.txt has it.
first_line() {
  printf '%s\n' "$1" | sed -n '1{ s/  *#.*//; s/   *.*//; s/ *\\*$//; p; }'
}

# The rows of this document: "STATUS | WHY | COMMAND" each.
rows_of_document() {
  awk -v begin="$document | " 'index($0, begin) == 1 { print substr($0, length(begin) + 1) }' "$here/documents.txt"
}

# The status that is expected of a command, or nothing.
status_of() {
  rows_of_document | while IFS= read -r row; do
    [ "${row#* | * | }" != "$1" ] || echo "${row%% *}"
  done
}

# Each row is of a command that is there.
check_rows() {
  rows_of_document | while IFS= read -r row; do
    grep -qxF -e "${row#* | * | }" "$work/found" || echo "${row#* | * | }"
  done >"$work/stale"
  [ ! -s "$work/stale" ] || complain "documents.txt has what is not there: $(cat "$work/stale")"
}

# Whether it serves until it is ended.
serves() {
  case $1 in
    *"coap-eap-node ike "*--remote*) false ;;
    *"coap-eap-node "*) case ${1#*coap-eap-node } in
        aaa\ * | authenticator\ * | pre\ * | proxy\ * | as\ * | aa\ * | aps\ * | ike\ * | controller\ * | resource-server\ *) ;;
        *) false ;;
      esac ;;
    *) false ;;
  esac
}

# Starts a server, and waits until it says that it listens, or has joined.
serve() {
  [ -z "$client_ran" ] || end_servers
  client_ran=
  log=$work/server
  eval "exec_in_background $1"
  for _ in $(seq 100); do
    ! grep -qE ' (listening|confirmed)' "$log" || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  mv "$log" "$log.$server"
  kill -0 "$server" 2>/dev/null || complain "$1: $(cat "$log.$server")"
}

exec_in_background() {
  "$@" >"$log" 2>&1 </dev/null &
  server=$!
  servers="$servers $server"
}

# try_options COMMAND: whether a role takes its options; 124 is a role that was at work.
try_options() {
  status=0
  eval "timeout 1 $1" >"$work/output" 2>&1 </dev/null || status=$?
  [ "$status" -lt 2 ] || [ "$status" = 124 ] || complain "$1: status $status: $(cat "$work/output")"
}

# A command on standard input.
step() {
  command=$(cat)
  line=$(first_line "$command")
  printf '%s\n' "$line" >>"$work/found"
  expected=$(status_of "$line")
  expected=${expected:-0}
  if [ "$expected" = never ]; then
    left=$((left + 1))
    return
  fi
  case $command in
    *coap-eap-node*) [ "$DOCUMENTS_NETWORK" = own ] || { left=$((left + 1)) && return; } ;;
  esac
  ran=$((ran + 1))
  if [ -n "$is_help" ] && [ "${line#coap-eap-node }" != "$line" ] && [ "$document" != coap-eap-node ]; then
    try_options "$command"
  elif serves "$command"; then
    serve "$command"
  else
    client_ran=1 status=0
    eval "$command" >"$work/output" 2>&1 </dev/null || status=$?
    [ "$status" = "$expected" ] ||
      complain "$line: status $status, and not $expected: $(tail -n 5 "$work/output")"
  fi
}

# What the documents take for granted to be there.
prepare() {
  mkdir -p tree/scenarios
  cp "$source/waf-wrapper" tree/
  cp -r "$source/scenarios/." tree/scenarios/
  cp -r "$source/nodes" "$source/bench" tree/ 2>/dev/null
  for scenario in tree/scenarios/*.yaml; do
    sed -i '/^expect:/,$d; s/^repeat: .*/repeat: 8/' "$scenario"
  done
  cat >tree/CMakeLists.txt <<'END_OF_CMAKE'
cmake_minimum_required(VERSION 3.22)
project(documents NONE)
foreach(program sim bench node check speed)
  file(CREATE_LINK $ENV{DOCUMENTS_BUILD}/coap-eap-${program} ${CMAKE_BINARY_DIR}/coap-eap-${program} SYMBOLIC)
  add_custom_target(coap-eap-${program})
endforeach()
END_OF_CMAKE
  cd tree
  DOCUMENTS_BUILD=$build
  export DOCUMENTS_BUILD
  ./waf-wrapper build >"$work/log" 2>&1 || { cat "$work/log" >&2 && exit 1; }
  PATH=$work/tree/build:$PATH
}

document_text() {
  if [ -n "$is_help" ]; then
    # shellcheck disable=SC2086
    "$build"/$(echo "$document" | tr , ' ') --help
  else
    cat "$source/$document"
  fi
}

cd "$work"
prepare
for document in "$@"; do
  case $document in
    *.md) is_help= ;;
    *) is_help=1 ;;
  esac
  section=$document
  document_text | awk -v help="${is_help:-0}" -f "$here/documents.awk" >"$work/steps"
  : >"$work/found"
  . "$work/steps"
  section "its end"
  check_rows
done
echo "$ran commands ran, $left were left out"
[ "$ran" -gt 0 ] || complain "no command was found"
[ "$failed" = 0 ]
