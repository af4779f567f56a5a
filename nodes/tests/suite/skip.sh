# shellcheck shell=sh
# For tests that are shell scripts: `. nodes/tests/suite/skip.sh`, then as in skip.h.

skip_because() {
  echo "skipped: $*"
  exit 77
}

skip_without() {
  command -v "$1" >/dev/null || skip_because "$1 is not installed (./waf-wrapper deps --all)"
}
