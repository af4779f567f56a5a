/* compare of cells, selections and lists by their figures, as it is called. */
#include "fixture.h"
#include "support/memory.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char SCENARIO[] =
    "sweep: {association: [oscore, dtls], hops: [1, 2], frame_loss: [0, 0.1]}\nrepeat: 10\n";

/* The campaign c, a copy of it, and one of other seeds; results as lines. */
static int campaigns_setup(void **state) {
  if (fixture_setup(state) < 0)
    return -1;
  struct text output = {0};
  free(fixture_run(*state, "sweep: {hops: [1, 2]}\nrepeat: 10\nfirst_seed: 101\n", true));
  assert_int_equal(fixture_shell(*state, "mv results/c results/others", &output), 0);
  free(fixture_run(*state, SCENARIO, true));
  assert_int_equal(fixture_shell(*state,
                                 "cp -r results/c earlier; for s in 1 2 3 4 5 6 7 8 9 10; do echo "
                                 "'{\"seed\":'$s'}'; done | " FAKE_SIMULATOR " >one.jsonl",
                                 &output),
                   0);
  text_deinit(&output);
  return 0;
}

/* $c is the verb. */
static const struct {
  const char *command;
  int status;
  const char *expected;
} CASES[] = {
    /* Two cells; the fake simulator's octets are the same for each seed, and its times are not. */
    {"$c c/0 c/2", 0, "A  c/0  association=oscore frame_loss=0 hops=1  10 runs\nB  c/2  "},
    {"$c c/0 c/2", 0, "1 cell in both, 0 only in A, 0 only in B; 10 pairs of runs of equal seed\n"},
    {"$c c/0 c/2", 0, "  +1014 [always]      +100  -  "},
    {"$c c/0 c.yaml/2 --of bytes_air", 0, "\n1 figure: 1 larger\nexit 0"},
    {"$c c/2 c/0 --of bytes_air", 0, "\n1 figure: 1 smaller\nexit 0"},
    {"$c c/0 c/2 --of 'p95 time_ms'", 0, "\n1 figure: 1 too few runs to tell\n"},
    {"$c c/0 c/0 --of time_ms", 0, "\nequal in all pairs:\n"},
    {"$c c/0 c/0 --of time_ms", 0, " 0 in all 10 "},
    {"$c earlier/1 c/1", 0, "\n5 figures: 5 equal in all pairs\n"},
    {"$c results/c/1 earlier/campaign.db/1", 0, "\n5 figures: 5 equal in all pairs\n"},
    {"$c c/0 one.jsonl", 0, "\n5 figures: 5 equal in all pairs\n"},
    /* Seeds that nobody shares. */
    {"$c c/0 others/0", 0, "in 1 cell few runs have a partner: they are compared as two samples\n"},
    {"$c c/0 others/0 --of success", 0, "\n1 figure: 1 no difference shown\n"},
    /* Selections: cells pair by all other columns. */
    {"$c c association=oscore association=dtls", 0, "A  c association=oscore  4 cells, 40 runs\n"},
    {"$c c association=oscore association=dtls", 0,
     "\n4 cells in both, 0 only in A, 0 only in B; 40 "},
    {"$c c hops=1,frame_loss=0 hops=2,frame_loss=0.10", 0, "\n2 cells in both, 0 only"},
    {"$c c hops=1,frame_loss=0 hops=2", 2,
     "c hops=2: it says nothing of frame_loss, which c hops=1,frame_loss=0 does: both have to "
     "choose"},
    {"$c results/c hops=1 association=dtls", 2, "it says nothing of hops"},
    /* Bounds alone decide. */
    {"$c c/0 c/2 --fail-if 'bytes_air > +5%'", 1,
     "--fail-if 'bytes_air > +5%': cell #1 (all runs): mean bytes_air from 1014 to 2028, by +1014 "
     "[always], +100 %\n"},
    {"$c c/0 c/2 --fail-if 'bytes_air > 100%'", 0,
     "--fail-if 'bytes_air > 100%': not so in 1 cell\nexit 0"},
    {"$c c/0 c/2 --fail-if 'bytes_air > 1013.5' --fail-if 'bytes_air > 9999'", 1, "exit 1"},
    {"$c earlier c --fail-if 'time_ms > 0'", 0, "'time_ms > 0': not so in any of 8 cells\nexit 0"},
    {"sed 's/\"time_ms\":/&1/' one.jsonl >more.jsonl; $c one.jsonl more.jsonl", 1,
     "\n#1    mean time_ms  108.8  1109  +1000 [always]  +919  1.00 "},
    {"$c one.jsonl more.jsonl --fail-if 'bytes_air > 0'", 0, "exit 0"},
    {"$c one.jsonl more.jsonl --fail-if 'time_ms > 20%'", 1, "--fail-if 'time_ms > 20%': cell #1"},
    {"head -5 one.jsonl >half.jsonl; $c one.jsonl half.jsonl --fail-if 'time_ms > 0'", 0,
     "runs without a partner of equal seed in these: 5 of A, 0 of B\n"},
    {"$c one.jsonl c --fail-if 'time_ms > 0'", 1, "--fail-if: 7 cells are on one side only\n"},
    {"head -1 one.jsonl >1.jsonl; $c 1.jsonl more.jsonl --of time_ms --fail-if 'max time_ms > 0'",
     1, "no cell tells"},
    /* Lists have their figures below what moved. */
    {"$c earlier c", 0,
     "nothing moved\n\n8 cells in both, 0 only in A, 0 only in B; 80 pairs of runs"},
    {"$c c one.jsonl", 1, "\nonly in A: association="},
    /* What the newer one knows besides. */
    {"sed 's/\"spec\":{/&\"dtls_cookie\":\"off\",/' one.jsonl >new.jsonl; sed "
     "'s/\"dtls_cookie\":\"on\",//' one.jsonl >old.jsonl; sed 's/\"dtls_cookie\":\"on\"/"
     "\"dtls_cookie\":\"off\"/' one.jsonl >off.jsonl; $c old.jsonl one.jsonl",
     0, "\nkeys of specs only in B, whose defaults count for the runs of A: dtls_cookie=on\n"},
    {"$c old.jsonl off.jsonl", 1, "0 runs in both, 10 only in A, 10 only in B\n"},
    {"sed 's/\"spec\":{/&\"nobody_knows\":1,/' one.jsonl >x.jsonl; $c one.jsonl x.jsonl", 0,
     "\nkeys of specs only in B, which do not count, as no default is known: nobody_knows\n"},
    /* JSON is one line, and whole. */
    {"$c c/0 c/2 --json --of bytes_air --fail-if 'success < 0'", 0,
     "\"bounds\":[{\"bound\":\"success < 0\",\"passed\":[],\"unknown\":0}]}\n--fail-if"},
    {"$c c/0 c/2 --json --of bytes_air", 0,
     "\"difference\":{\"value\":1014.0,\"low\":1014.0,\"high\":1014.0,\"count\":10,\"interval\":"
     "\"equal\"},\"relative\":{\"value\":1.0,"},
    {"$c c/0 c/2 --json --of bytes_air", 0,
     "\"effect\":{\"kind\":\"d_z\",\"value\":\"inf\"},\"p\":0."},
    /* Runs that are stored, and in no report. */
    {"cp -r earlier kept; sqlite3 kept/campaign.db 'DELETE FROM plan WHERE seed > 9'; $c kept c", 0,
     "A  kept                   80 runs stored, 72 of them in the report"},
    {"$c earlier c --json", 0, "\"moved\":[],\"cells\":[{\"cell\":\"#1\",\"columns\":{"},
    /* What is none of these. */
    {"$c c/8 c/0", 2, "c/8: there is no such cell; the cells are\n  0: association=oscore"},
    {"$c c/99999999999999999999 c/0", 2, "there is no such cell"},
    {"$c nosuch/0 c/0", 2,
     "nosuch/0: there is no such file or folder, and results has no campaign"},
    {"$c nosuch/0 c/0", 2,
     "\n  accepted: two lists of runs (campaigns, stores, files of results), "},
    {"$c c/-1 c/0", 2, "c/-1: there is no such file"},
    {"$c other/3 c/0", 2, "\n  did you mean `others/3`?\n"},
    {"$c results/other c", 2, "\n  did you mean `results/others`?\n"},
    {"$c other hops=1 hops=2", 2, "\n  did you mean `others`?\n"},
    {"$c c hops=1", 2,
     "hops=1: a selection of cells is compared with another of the same campaign"},
    {"$c c/0 c", 2, "c: its runs are not of one cell, and it is to be compared with one"},
    {"$c c hops=3 hops=1", 2, "c hops=3: no cell has hops=3; its values are 1 2\n"},
    {"$c c hop=1 hops=1", 2, "c hop=1: the cells have no column `hop`; theirs are "},
    {"$c c hops=1,nosuch=1 hops=1", 2, "no cell has hops=1,nosuch=1; its values are 1 2\n"},
    {"$c c hops=1 hops=1,", 2, "no cell has hops=1,; its values"},
    {"$c c hop=1 hops=1", 2, "\n  did you mean `hops`?\n"},
    {"$c c association=oscor hops=1", 2, "its values are oscore dtls\n  did you mean `oscore`?\n"},
    {"$c nosuch hops=1 hops=2", 2, "nosuch: there is no such file or folder"},
    {"$c one.jsonl hops=1 hops=2", 2, "one.jsonl: "},
    {"$c c/0 c/1 c/2", 2, "compare takes two lists of runs"},
    {"$c c/0 c/1 --of nosuch", 2, "--of: `nosuch` has an unknown metric `nosuch`"},
    {"$c c/0 c/1 --of 'p95 time_m'", 2, "did you mean `time_ms`?"},
    {"$c c/0 c/1 --fail-if 'time_ms'", 2, "a relation is expected here"},
    {"$c --simulator nosuch one.jsonl one.jsonl --of time_ms", 2, "nothing says which measures"},
    {"$c --simulator nosuch one.jsonl one.jsonl", 0, "nothing moved\nexit 0"},
};

static void commands(void **state) {
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char *command = text_format("c='" COAP_EAP_BENCH " compare --simulator " FAKE_SIMULATOR "'; %s",
                                CASES[i].command);
    struct text output = {0};
    const int status = fixture_shell(*state, command, &output);
    if (status != CASES[i].status)
      fail_msg("%s: exit status %d, not %d:\n%s", CASES[i].command, status, CASES[i].status,
               output.data);
    if (strstr(output.data, CASES[i].expected) == NULL)
      fail_msg("%s: expected:\n%s\nbut:\n%s", CASES[i].command, CASES[i].expected, output.data);
    text_deinit(&output);
    free(command);
  }
}

/* Results that nobody has made so: of each the others are compared, or it is an error. */
static void hostile(void **state) {
  static const char *const RUNS[] = {
      "{\"outcome\":\"established\",\"spec\":{\"seed\":1},\"time_ms\":\"fast\"}",
      "{\"outcome\":\"established\",\"spec\":{\"seed\":-9223372036854775808},\"time_ms\":-1e308}",
      "{\"outcome\":\"established\",\"spec\":{\"seed\":9223372036854775807},\"time_ms\":1e308}",
      "{\"outcome\":\"established\",\"spec\":{\"seed\":\"x\"},\"time_ms\":null}",
      "{\"outcome\":7,\"spec\":{\"seed\":[1]},\"time_ms\":{\"a\":1}}",
      "{\"outcome\":\"\\u001b[31m\",\"spec\":{},\"time_ms\":1,\"bytes_air\":[]}",
      "{\"outcome\":\"hung\",\"spec\":{\"seed\":1,\"hops\":{\"a\":[1,{}]}},\"time_ms\":1}",
      "{\"spec\":{\"seed\":1,\"hops\":null}}",
  };
  struct text lines = {0}, output = {0};
  for (size_t i = 0; i < sizeof RUNS / sizeof RUNS[0]; i++)
    text_add(&lines, "%s\n%s\n", RUNS[i], RUNS[i]);
  free(fixture_write(*state, "h.jsonl", lines.data));
  assert_int_equal(fixture_shell(*state,
                                 COAP_EAP_BENCH
                                 " compare --all --simulator " FAKE_SIMULATOR
                                 " h.jsonl h.jsonl --of time_ms --of 'median bytes_air' "
                                 "--of success --of 'max messages.up.frames'",
                                 &output),
                   0);
  fixture_assert_has(output.data, "nothing moved\n");
  assert_null(strchr(output.data, '\x1b'));
  text_deinit(&output);
  text_deinit(&lines);
}

/* A store of an older layout has no plan: as a list it is read, and of cells it says so. */
static void older_layout(void **state) {
  const struct fixture *fixture = *state;
  struct text output = {0};
  char *path = text_format("%s/earlier/campaign.db", fixture->folder);
  sqlite3 *database = NULL;
  assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
  assert_int_equal(
      sqlite3_exec(database,
                   "DROP VIEW current; DROP VIEW ledger; DROP VIEW details; DROP TABLE "
                   "plan; DROP TABLE plan_cell; PRAGMA user_version = 0",
                   NULL, NULL, NULL),
      SQLITE_OK);
  sqlite3_close(database);
  assert_int_equal(fixture_shell(fixture, COAP_EAP_BENCH " compare earlier c", &output), 0);
  fixture_assert_has(output.data, "\n40 figures: 40 equal in all pairs\n");
  text_deinit(&output);
  assert_int_equal(fixture_shell(fixture, COAP_EAP_BENCH " compare earlier/0 c/0", &output), 2);
  fixture_assert_has(output.data, "it has no plan; coap-eap-bench run notes one\n");
  text_deinit(&output);
  free(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(commands), cmocka_unit_test(hostile),
      cmocka_unit_test(older_layout), /* last: it spoils the copy */
  };
  return cmocka_run_group_tests(tests, campaigns_setup, fixture_teardown);
}
