/* What the program says of itself and of specs without running them. */
#ifndef SIM_DESCRIBE_H
#define SIM_DESCRIBE_H

#include <stdio.h>

/* One JSON object: every key of a spec and of a result, what is refused, every ledger row, and what
 * made them: hash of the code, libraries, and the `commit` of the sources ("" if there is none). A
 * key's `applies` and a refusal's `when` are conditions (condition_to_json), `inside` of a result
 * is what describe_inside.h says. */
void describe(FILE *output, const char *commit);

/* For each spec line of `input` one JSON line: {"id", "key", "spec"}, or {"id", "error"}. A spec
 * that is accepted stands for `seeds` runs (1: for its own), whose seeds are its own and those that
 * follow: behind its line, one of {"key"} for each of these. Returns the exit status: 0, or 2 if a
 * spec was not accepted or `input` cannot be read. */
int describe_resolve(FILE *input, FILE *output, unsigned seeds);

#endif
