#!/bin/sh
# circles_test.sh ARCHIVE: no file of a library needs, by way of others of it, itself: the linker's
# symbols tell which file needs which.
set -eu
nm -A "$1" | awk '
  { name = $NF; file = $1; sub(/:[^:]*$/, "", file); sub(/.*:/, "", file); kind = $(NF - 1) }
  kind ~ /^[TDBRVWC]$/ { definer[name] = file }
  kind == "U" { needs[file " " name] = 1; }
  END { for (need in needs) { split(need, part, " ")
          if (part[2] in definer && definer[part[2]] != part[1]) print part[1], definer[part[2]] } }' |
  sort -u | tsort >/dev/null
