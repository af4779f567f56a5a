#!/bin/sh
# version_test.sh SOURCES PROGRAM...: what PROGRAMs print for --version is that of SOURCES, the same in
# all of them, and CITATION.cff and CHANGELOG.md have it, too.
set -eu
sources=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "version_test.sh: $*" >&2
  exit 1
}

version=$(sed -n 's/^project(.* VERSION \([^ ]*\) .*/\1/p' "$sources/CMakeLists.txt")
[ -n "$version" ] || fail "CMakeLists.txt has no version"
cited=$(sed -n 's/^version: //p' "$sources/CITATION.cff")
[ "$cited" = "$version" ] || fail "CITATION.cff has version \"$cited\", not $version"
changed=$(sed -n 's/^## \[\([^]]*\)\].*/\1/p' "$sources/CHANGELOG.md" | head -1)
[ "$changed" = "$version" ] || fail "CHANGELOG.md begins with \"$changed\", not $version"

for program; do
  "$program" --version >"$work/version" || fail "${program##*/} --version: status $?"
  sed -i "1s/^${program##*/} $version\$/$version/" "$work/version"
  [ "$(head -1 "$work/version")" = "$version" ] ||
    fail "${program##*/} --version: $(cat "$work/version")"
  ! sed 1d "$work/version" | grep -vE '^(commit [0-9a-f]{7,}(-dirty)?|code [0-9a-f]{64})$' ||
    fail "${program##*/} --version has these lines, too"
  [ -f "$work/first" ] || cp "$work/version" "$work/first"
  diff "$work/first" "$work/version" || fail "${program##*/} and ${1##*/} are of different builds"
done

# What results say of the code that made them is the same.
for program; do
  [ "${program##*/}" = coap-eap-sim ] || continue
  "$program" --describe >"$work/described"
  for key in commit code; do
    described=$(sed -n "s/^ \"$key\": \"\(..*\)\",\$/$key \1/p" "$work/described")
    [ "$described" = "$(grep "^$key " "$work/first" || :)" ] || fail "--describe has $described"
  done
done
