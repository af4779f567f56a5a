#!/bin/sh
# hint_labels_test.sh: each event, reason and answer that a row of hints waits for is one that the
# cores say.
set -eu
nodes=$(dirname "$0")/../..
rows=$nodes/live/hint_rows.c
missing=0
labels=$(mktemp)
trap 'rm -f "$labels"' EXIT
{
  sed -n 's/.*\.label = "\([^"]*\)".*/\1/p' "$rows"
  sed -n 's/^#define NO_TRIGGER "\(.*\)"$/\1/p' "$rows"
} | sort -u >"$labels"
while IFS= read -r label; do
  grep -rqF "\"$label\"" "$nodes" --include='*.c' --include='*.h' --exclude-dir=live --exclude-dir=tests || {
    echo "hint_rows.c: nothing says \"$label\"" >&2
    missing=1
  }
done <"$labels"
[ "$(wc -l <"$labels")" -gt 20 ] && exit $missing
