#!/bin/sh
# The flood in full: 100000 triggers from forged addresses, 4000 a second, and 1000 associations that
# end. Prints the figures, and writes them to BUILD/interop.md.
#
# usage: nodes/live/tests/flood.sh [BUILD [COUNT]]   (default: build 100000)
set -eu
exec "${1:-build}/tests/live_flood_test" "${2:-100000}"
