# Counts the test functions in CTest's logs. Prints the reason of each skip, then one line with the
# numbers. A program that fails without naming a function (a crash, a timeout) is one failure, one
# without functions one test. (CTest writes "Test Passed." for what was skipped or could not be run.)
#
# CTest writes the output of each test in one piece, also of tests that run at the same time.

function begin(test) {
  name = test
  ok = bad = skipped = 0
  reason = ""
  split("", seen)
}

function tell(what, why) {
  if (!(what in told))
    print "skipped: " what ": " (why == "" ? "no reason given" : why)
  told[what] = 1
}

# A test has ended; `otherwise` is what a program without functions is.
function end(otherwise) {
  if (ok + bad + skipped == 0 && otherwise == "passed" && reason != "")
    tell(name, reason)
  if (ok + bad + skipped == 0 && otherwise == "passed")
    reason != "" ? skipped++ : ok++
  if (bad == 0 && otherwise == "failed")
    bad++
  total_ok += ok
  total_bad += bad
  total_skipped += skipped
}

/^[0-9]+\/[0-9]+ Testing: / { begin($3) }
/^Command: ""$/ { bad++ }
/^skipped: / { reason = substr($0, 10) }
/^\[       OK \]/ { ok++ }
/^\[  FAILED  \] [A-Za-z_0-9]+$/ && !($0 in seen) { seen[$0]; bad++ }
/^\[  SKIPPED \] [A-Za-z_0-9]+$/ && !($0 in seen) {
  seen[$0]
  skipped++
  tell(name " " $NF, reason)
  reason = ""
}
/^Test Passed\.$/ { end("passed") }
/^Test Failed\.$/ { end("failed") }
END { printf "%d passed, %d failed, %d skipped\n", total_ok, total_bad, total_skipped }
