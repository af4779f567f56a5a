#!/bin/sh
# symbols_test.sh CORE_OBJECT... -- HOST_OBJECT...: a host of the cores (simulator, sockets, model
# check) names nothing of a lower layer, of a kind of association or of an EAP method: it has them by
# the rows of lowers.def, kinds.def and EAP_METHODS. What it names the linker's symbols tell.
#
# Of a lower layer is all in the folder of LOWER_<id>; of a kind, what is in the file of
# ASSOCIATION_<id>; of a method, what is in the files that begin with its name, beside EAP_METHODS.
set -eu
nodes=$(dirname "$0")/..

# The first words of the rows in table $2, whose macro is $1.
ids() {
  sed -n "s/^$1(\([A-Za-z0-9_]*\),.*/\1/p" "$nodes/$2" | tr '\n' ' '
}

# Symbols of the objects that follow, up to "--", as "WHO file: name kind ...".
symbols() {
  who=$1 && shift
  for object in "$@"; do
    [ "$object" != -- ] || break
    printf '%s\0' "$object"
  done | xargs -0 nm -A -P | sed "s/^/$who /"
}

symbols=$(mktemp)
trap 'rm -f "$symbols"' EXIT
symbols core "$@" >"$symbols"
while [ "$1" != -- ]; do shift; done
shift
symbols host "$@" >>"$symbols"

methods=$(sed -n 's/^METHOD([A-Z0-9_]*, "\([^"]*\)".*/\1/p' "$nodes/eap/methods.def" | tr '\n' ' ')
awk -v lowers="$(ids LOWER lower/lowers.def)" -v kinds="$(ids KIND association/kinds.def)" \
  -v methods="$methods" '
  function folder(file) { sub(/[^\/]*$/, "", file); return file }
  function own(file, what) { private[file] = what; count[what]++ }
  function lost(name) { print "no core has " name; failed = 1 }
  { sub(/:$/, "", $2) }
  $1 == "core" && $4 ~ /^[TDBRVWC]$/ { definer[$3] = $2; cores[$2] = 1 }
  $1 == "host" && $4 == "U" { names[$2 " " $3]; hosts++ }
  END {
    n = split(lowers, id, " ")
    for (i = 1; i <= n; i++) {
      file = definer["LOWER_" id[i]]
      if (file == "") lost("LOWER_" id[i])
      for (other in cores) if (folder(other) == folder(file)) own(other, "lower layer")
    }
    n = split(kinds, id, " ")
    for (i = 1; i <= n; i++) {
      file = definer["ASSOCIATION_" id[i]]
      if (file == "") lost("ASSOCIATION_" id[i])
      own(file, "association")
    }
    n = split(methods, name, " ")
    for (i = 1; i <= n; i++) {
      begin = folder(definer["EAP_METHODS"]) name[i]
      for (other in cores) if (index(other, begin) == 1) own(other, "EAP method")
    }
    if (!count["lower layer"] || !count["association"] || !count["EAP method"] || !hosts)
      lost("rows, or there is no host")
    for (named in names) {
      split(named, part, " ")
      if ((part[2] in definer) && (definer[part[2]] in private)) {
        print part[1] ": names " part[2] " of the " private[definer[part[2]]] " in " definer[part[2]]
        failed = 1
      }
    }
    exit failed
  }' "$symbols"
