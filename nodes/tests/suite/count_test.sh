#!/bin/sh
# count_test.sh CTEST SAMPLE: tests of every fate, run at the same time by CTest, are counted one by
# one, and those that are skipped with their reasons.
set -eu
ctest=$1 sample=$(realpath "$2") tests=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Two functions, with time between them for others to write.
cat >slow.sh <<'END'
echo '[       OK ] first'
sleep 0.2
echo '[       OK ] second'
END
cat >lacking.sh <<END
. "$tests/skip.sh"
skip_without sh
skip_without no-such-program
echo "it goes on" && exit 1
END
cat >CTestTestfile.cmake <<END
add_test(plain true)
add_test(slow_1 sh slow.sh)
add_test(slow_2 sh slow.sh)
add_test(slow_3 sh slow.sh)
add_test(functions "$sample")
add_test(one_fails "$sample" fail)
add_test(lacking sh lacking.sh)
set_tests_properties(lacking PROPERTIES SKIP_RETURN_CODE 77)
add_test(fails false)
add_test(crashes sh -c "kill -SEGV \$\$")
add_test(absent "$work/absent")
add_test(before false)
set_tests_properties(before PROPERTIES FIXTURES_SETUP before)
add_test(behind true)
set_tests_properties(behind PROPERTIES FIXTURES_REQUIRED before)
END
cat >expected <<'END'
9 passed, 6 failed, 4 skipped
skipped: functions lacks_a_program: no-such-program is not installed (./waf-wrapper deps --all)
skipped: functions lacks_something: there is no moon
skipped: lacking: no-such-program is not installed (./waf-wrapper deps --all)
skipped: one_fails lacks_something: there is no moon
END
"$ctest" -j 4 --schedule-random >output 2>&1 || :
awk -f "$tests/count.awk" Testing/Temporary/LastTest.log >counted
LC_ALL=C sort counted >sorted
if [ "$(tail -n 1 counted)" != "$(head -n 1 expected)" ] || ! cmp sorted expected; then
  cat output counted && exit 1
fi
