#!/bin/sh
# The load test in full: 10000 live authentications twice, and eapol_test against our AAA server
# beside hostapd. Prints the figures, and writes them to BUILD/interop.md.
#
# usage: nodes/live/tests/load.sh [BUILD [COUNT]]   (default: build 10000)
set -eu
exec "${1:-build}/tests/live_load_test" "${2:-10000}"
