#!/bin/sh
# rooms_test.sh ROOT PART: the includes among the folders ("rooms") of a part of the project go only
# where PART/rooms.txt allows, which lists the rooms from the top down; and each way that it allows
# is taken.
set -eu
root=$1 part=$2
cd "$root"

# The file that `#include "$2"` in file $1 means; nothing where it is generated.
resolve() {
  for candidate in "${1%/*}/$2" "$part/$2" "nodes/$2"; do
    if [ -f "$candidate" ]; then
      realpath --relative-to=. "$candidate"
      return
    fi
  done
}

# The room of a file: its folder below the part, "." for the part's own; of other parts with the
# part's name.
room() {
  case $1 in
    "$part"/*/*) rest=${1#"$part"/} && echo "${rest%%/*}" ;;
    "$part"/*) echo . ;;
    */*/*) rest=${1#*/} && echo "${1%%/*}/${rest%%/*}" ;;
    *) echo "${1%%/*}/." ;;
  esac
}

taken=$(mktemp) && allowed=$(mktemp)
trap 'rm -f "$taken" "$allowed"' EXIT
find "$part" -path '*/tests/*' -prune -o -name '*.[ch]' -print -o -name '*.cc' -print -o -name '*.def' -print |
  xargs grep -H '^ *# *include *"' | sed 's/^\([^:]*\):[^"]*"\([^"]*\)".*/\1 \2/' |
  while read -r file included; do
    target=$(resolve "$file" "$included")
    [ -z "$target" ] || echo "$(room "$file") $(room "$target")"
  done | awk '$1 != $2' | sort -u >"$taken"

sed 's/#.*//' "$part/rooms.txt" | awk -F: 'NF { n = split($2, to, " "); sub(/ *$/, "", $1)
  for (i = 1; i <= n; i++) print $1, to[i] }' | sort >"$allowed"

# Each line of standard input, two rooms, with what is wrong with the way between them.
tell() {
  sed "s#^\([^ ]*\) \(.*\)#$part: \1 -> \2: $1#"
}

faults=$(
  comm -23 "$taken" "$allowed" | tell "is not in rooms.txt"
  comm -13 "$taken" "$allowed" | tell "stands in rooms.txt, and nothing takes it"
  sed 's/#.*//' "$part/rooms.txt" | awk -F: 'NF { sub(/ *$/, "", $1); seen[$1] = 1
    n = split($2, to, " "); for (i = 1; i <= n; i++) if (to[i] in seen) print $1, to[i] }' |
    tell "goes up"
)
[ -z "$faults" ] || { echo "$faults" && exit 1; }
