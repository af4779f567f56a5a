/* compare: which runs are pairs, what counts as moved, and what is told of it. */
#include "compare/compared.h"
#include "compare/pairing.h"
#include "fixture.h"
#include "support/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Cases are written with ' for ". */
static char *quoted(const char *text) {
  char *copy = memory_string(text);
  for (char *at = copy; *at != '\0'; at++)
    if (*at == '\'')
      *at = '"';
  return copy;
}

static json_t *json_of(const char *text) {
  char *copy = quoted(text);
  json_t *json = json_loads(copy, 0, NULL);
  assert_non_null(json);
  free(copy);
  return json;
}

static void check(const struct fixture *fixture, const char *a, const char *b, const char *command,
                  int status, const char *expected) {
  char *first = quoted(a), *second = quoted(b);
  free(fixture_write(fixture, "a.jsonl", first));
  free(fixture_write(fixture, "b.jsonl", second));
  char *line =
      text_format("set -- %s compare --simulator " FAKE_SIMULATOR "; %s", COAP_EAP_BENCH, command);
  struct text output = {0};
  int got = fixture_shell(fixture, line, &output);
  if (got != status)
    fail_msg("%s: exit status %d, not %d:\n%s", command, got, status, output.data);
  fixture_assert_has(output.data, expected);
  text_deinit(&output);
  free(line);
  free(first);
  free(second);
}

#define FILES "\"$@\" a.jsonl b.jsonl"
#define RUN(more) "{'spec':{'hops':1,'seed':2}," more "}\n"
#define MESSAGE(label, direction, phase, frames)                                                   \
  "{'label':'" label "','direction':'" direction "','phase':'" phase "','frames':" frames "}"

/* What counts as moved, and what is told. */
static const struct {
  const char *a, *b, *command;
  int status;
  const char *expected;
} CASES[] = {
    {RUN("'x':1"), RUN("'x':1"), FILES, 0, "1 run in both, 0 only in A, 0 only in B\nnothing"},
    {RUN("'x':1"), RUN("'x':1.0"), FILES, 0, "nothing moved\n"},
    {RUN("'x':1,'y':2"), RUN("'y':2,'x':1"), FILES, 0, "nothing moved\n"},
    {RUN("'x':1,'id':'p','code':'c','wall_ms':1"), RUN("'x':1,'id':'q','code':'d','wall_ms':2"),
     FILES, 0, "code c\nB  b.jsonl  1 run  code d\n1 run in both"},
    {RUN("'o':{'id':1}"), RUN("'o':{'id':2}"), FILES, 1,
     "\no.id  1     1  2  +100 %  {\"seed\":2}"},
    {RUN("'x':8"), RUN("'x':10"), FILES, 1, "\nx    1     8  10  +25 %   {\"seed\":2}\n"},
    {RUN("'x':0"), RUN("'x':10"), FILES, 1, "\nx    1     0  10          {\"seed\":2}\n"},
    {RUN("'x':null"), RUN("'x':10"), FILES, 1, "\nx    1     null  10 "},
    {RUN("'x':null"), RUN("'x':{'y':1}"), FILES, 1, "\nx    1     null  {...} "},
    {RUN("'x':'one'"), RUN("'x':'two'"), FILES, 1, "\nx    1     \"one\"  \"two\" "},
    {RUN("'p':[{'n':1},{'n':5}]"), RUN("'p':[{'n':1},{'n':4}]"), FILES, 1, "\np.2.n  1     5  4 "},
    /* The largest move is shown, and how many moved. */
    {RUN("'x':10") RUN("'x':10") RUN("'x':10"), RUN("'x':11") RUN("'x':5") RUN("'x':10"), FILES, 1,
     "\nx    2     10  5  -50 % "},
    /* Keys that one list never has do not move; those that some run of it has do. */
    {RUN("'x':1,'old':2"), RUN("'x':1,'new':3"), FILES, 0,
     "keys only in A: old\nkeys only in B: new\nnothing moved"},
    {RUN("'l':{'u':1,'v':2}") RUN("'l':{'u':1}"), RUN("'l':{'u':1}") RUN("'l':{'u':1,'v':2}"),
     FILES, 1, "\nl.v  2     2  -  "},
    /* Messages are known by what they are, not by their place. */
    {RUN("'messages':[" MESSAGE("m", "up", "authentication",
                                "3") "," MESSAGE("n", "up", "application", "4") "]"),
     RUN("'messages':[" MESSAGE("n", "up", "application", "5") "]"), FILES, 1,
     "keys only in A: messages.m.up\n1 run moved\n\n"},
    {RUN("'messages':[" MESSAGE("n", "up", "application", "4") "]"),
     RUN("'messages':[" MESSAGE("n", "up", "application", "5") "]"), FILES, 1,
     "\nmessages.n.up.application.frames  1     4  5 "},
    {RUN("'messages':[" MESSAGE("m", "up", "authentication",
                                "3") "," MESSAGE("m", "down", "application", "4") "]"),
     RUN("'messages':[" MESSAGE("m", "up", "authentication",
                                "3") "," MESSAGE("m", "down", "application", "5") "]"),
     FILES, 1, "\nmessages.m.down.application.frames  1     4  5 "},
    {RUN("'messages':[" MESSAGE("m", "up", "authentication",
                                "3") "," MESSAGE("m", "up", "authentication", "4") "]"),
     RUN("'messages':[" MESSAGE("m", "up", "authentication",
                                "3") "," MESSAGE("m", "up", "authentication", "5") "]"),
     FILES, 1, "\nmessages.m.up (2).frames  1     4  5 "},
    /* --ignore */
    {RUN("'x':1,'y':1"), RUN("'x':2,'y':2"), FILES " --ignore x --ignore y", 0, "nothing moved"},
    {RUN("'x':{'y':1}"), RUN("'x':{'y':2}"), FILES " --ignore x", 0, "nothing moved"},
    {RUN("'x':{'y':1}"), RUN("'x':{'y':2}"), FILES " --ignore x.y", 0, "nothing moved"},
    {RUN("'xx':1"), RUN("'xx':2"), FILES " --ignore x", 1, "--ignore x: no result has this key\n"},
    {RUN("'x':1"), RUN("'x':1,'new':2"), FILES " --ignore new", 0, "B\nnothing moved"},
    {"{'spec':{'h':1,'t':1},'x':1}", "{'spec':{'h':1,'t':2},'x':1}", FILES, 1,
     "0 runs in both, 1 only in A, 1 only in B\nthe first run only in A: {\"h\":1,\"t\":1}\n"},
    {"{'spec':{'h':1,'t':1},'x':1}", "{'spec':{'h':1,'t':2},'x':1}", FILES " --ignore spec.t", 0,
     "nothing moved"},
    {"{'spec':{'h':1},'x':1}", "{'spec':{'h':2},'x':2}", FILES " --ignore spec", 1,
     "1 run in both, 0 only in A, 0 only in B\n1 run moved\n\n"},
    /* Sources. */
    {RUN("'x':1"), RUN("'x':2"), "\"$@\" - b.jsonl <a.jsonl", 1, "A  standard input  1 run"},
    {RUN("'x':1"), RUN("'x':2"), "cat a.jsonl | \"$@\" b.jsonl -", 1, "\nx    1     2  1 "},
    {RUN("'x':1"), RUN("'x':2"), "gzip -f b.jsonl; \"$@\" b.jsonl.gz a.jsonl", 1,
     "\nx    1     2  1 "},
    {RUN("'x':1"), "{'spec':{'hops':1,'seed':2},'x':2}",
     "mkfifo p; cat b.jsonl >p & \"$@\" p "
     "a.jsonl; rm p",
     0, "\nx    1     2  1 "},
    /* What cannot be read. */
    {RUN("'x':1"), "\n{'spec':{}", FILES, 2, "b.jsonl:2: not JSON: column 10: "},
    {RUN("'x':1"), RUN("'x':1") "{'x':1}", FILES, 2, "b.jsonl:2: not a run: "},
    {RUN("'x':1"), RUN("'x':1,'x':2"), FILES, 2, "b.jsonl:1: not JSON: "},
    {RUN("'x':1"), "\n \n", FILES, 2, "b.jsonl: there are no runs in it\n"},
    {RUN("'x':1"), "", "\"$@\" a.jsonl nosuch", 2, "nosuch: there is no such file or folder"},
    {RUN("'x':1"), "", "\"$@\" a.jsonl .", 2, "./campaign.db: No such file or directory\n"},
    {RUN("'x':1"), "no", "cp b.jsonl b.gz; \"$@\" a.jsonl b.gz", 2,
     "b.gz:1: gzip -dc: exit status 1\n"},
    {RUN("'x':1"), "", "printf 'SQLite format 3\\0' >s; \"$@\" a.jsonl s", 2, "s: "},
    {RUN("'x':1"), "", "\"$@\" - -", 2, "standard input"},
    {RUN("'x':1"), "", "\"$@\" a.jsonl", 2, "compare takes two lists"},
    {RUN("'x':1"), "", "\"$@\" a.jsonl a.jsonl a.jsonl", 2, "compare takes two lists"},
};

static void what_moves(void **state) {
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
    check(*state, CASES[i].a, CASES[i].b, CASES[i].command, CASES[i].status, CASES[i].expected);
}

static void repeats_without_a_simulator(void **state) {
  const char *b = "{'spec':{'hops':1},'x':2}\n";
  check(*state, "{'id':'p','spec':{'hops':1},'x':1}\n", "{'id':'q','spec':{'hops':1},'x':2}\n",
        "\"$@\" --simulator nosuch a.jsonl b.jsonl", 1, "\nx    1     1  2  +100 %  id q\n");
  check(*state, "{'spec':{'hops':1},'x':1}\n", b, "\"$@\" --simulator nosuch a.jsonl b.jsonl", 1,
        "\nx    1     1  2  +100 %  b.jsonl:1\n");
}

static void compare_json(void **state) {
  struct text output = {0};
  char *a = quoted("{'id':'p','code':{'hash':'c0'},'spec':{'hops':1,'seed':3},'x':4}\n"
                   "{'spec':{'hops':2},'x':1}\n");
  char *b = quoted("{'id':'q','spec':{'hops':1,'seed':3},'x':6,'y':1}\n");
  free(fixture_write(*state, "a.jsonl", a));
  free(fixture_write(*state, "b.jsonl", b));
  assert_int_equal(fixture_shell(*state,
                                 COAP_EAP_BENCH " compare --simulator " FAKE_SIMULATOR
                                                " --json a.jsonl b.jsonl",
                                 &output),
                   1);
  json_t *got = json_loadb(output.data, strcspn(output.data, "\n"), 0, NULL);
  json_t *expected = json_of(
      "{'a':{'name':'a.jsonl','runs':2,'older':0,'code':{'c0':1}},"
      "'b':{'name':'b.jsonl','runs':1,'older':0,'code':{}},'both':1,'only_a':1,'only_b':0,"
      "'first_only_a':{'spec':{'hops':2}},'first_only_b':null,'keys_only_a':[],'keys_only_b':['y'],"
      "'moved':[{'key':'x','runs':1,'a':4,'b':6,'change':0.5,'id':'q','spec':{'seed':3}}]}");
  const char *key;
  json_t *value;
  json_object_foreach(expected, key, value) {
    if (!json_equal(json_object_get(got, key), value))
      fail_msg("%s of %s", key, output.data);
  }
  json_decref(got);
  json_decref(expected);
  text_deinit(&output);
  free(a);
  free(b);
}

/* Of a store the runs by its latest code count. */
static void stores(void **state) {
  const struct fixture *fixture = *state;
  struct text output = {0};
  static const char SCENARIO[] = "sweep: {hops: [1, 2]}\nrepeat: 3\n";
  free(fixture_run(fixture, SCENARIO, true));
  assert_int_equal(
      fixture_shell(fixture, COAP_EAP_BENCH " compare results/c results/c/campaign.db", &output),
      0);
  fixture_assert_has(output.data, "6 runs in both, 0 only in A, 0 only in B\nnothing moved\n");
  assert_int_equal(setenv("FAKE_CODE", "beefbeefbeefbeef", 1), 0);
  free(fixture_run(fixture, "sweep: {hops: [1, 3]}\nrepeat: 3\n", true));
  unsetenv("FAKE_CODE");
  text_deinit(&output);
  assert_int_equal(fixture_shell(fixture,
                                 FAKE_SIMULATOR
                                 " </dev/null; for h in 1 2; do for s in 1 2 3; do echo "
                                 "'{\"hops\":'$h',\"seed\":'$s'}'; done; done | " FAKE_SIMULATOR
                                 " >l.jsonl; chmod -R a-w results/c; " COAP_EAP_BENCH
                                 " compare results/c l.jsonl; s=$?; chmod -R u+w "
                                 "results/c; (exit $s)",
                                 &output),
                   1);
  fixture_assert_has(output.data, "A  results/c  6 runs, 6 of older code left out ");
  fixture_assert_has(output.data, "3 runs in both, 3 only in A, 3 only in B\nthe first run only in "
                                  "A: {\"hops\":3");
  fixture_assert_has(output.data, "the first run only in B: {\"hops\":2}\nnothing moved\n");
  text_deinit(&output);
}

/* Equal specs pair in order; what is left over has no pair. */
static void pairs(void **state) {
  (void)state;
  static const char *const SPECS[SIDE_COUNT][4] = {
      {"{'h':1,'s':1}", "{'h':2,'s':1}", "{'s':1,'h':1}", "{'h':'1','s':1}"},
      {"{'s':1.0,'h':2,'new':7}", "{'h':1,'s':1,'new':1}", "{'h':1,'s':1,'new':2}",
       "{'h':1,'s':1,'new':3}"},
  };
  static const struct pairing_pair EXPECTED[] = {{{0, 1}}, {{1, 0}}, {{2, 2}}};
  struct pairing *pairing = pairing_create();
  struct pairing_result result;
  for (int side = 0; side < SIDE_COUNT; side++) {
    for (size_t i = 0; i < 4; i++) {
      json_t *spec = json_of(SPECS[side][i]);
      pairing_add(pairing, (enum side)side, spec);
      json_decref(spec);
    }
  }
  pairing_match(pairing, &result);
  assert_int_equal(result.count, 3);
  assert_memory_equal(result.pair, EXPECTED, sizeof EXPECTED);
  for (int side = 0; side < SIDE_COUNT; side++) {
    assert_int_equal(result.only_count[side], 1);
    assert_int_equal(result.only[side][0], 3);
  }
  pairing_result_deinit(&result);
  pairing_destroy(pairing);
}

static void sizes_of_moves(void **state) {
  (void)state;
  static const struct {
    const char *values;
    double relative;
  } SIZES[] = {
      {"[8, 10]", 0.2},     {"[10, 8]", 0.2},        {"[0, 3]", 1},     {"[-2, 2]", 2},
      {"[1.5, 0.75]", 0.5}, {"[null, 3]", INFINITY}, {"[3]", INFINITY},
  };
  for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
    json_t *values = json_of(SIZES[i].values);
    double relative = key_relative(json_array_get(values, 0), json_array_get(values, 1));
    assert_true(relative >= SIZES[i].relative && relative <= SIZES[i].relative);
    json_decref(values);
  }
}

/* A hash stands for a result: any member that differs changes it, the order does not. */
static void hashes(void **state) {
  (void)state;
  static const char *const RESULTS[] = {
      "{'a':{'x':1,'y':2},'b':3}",    "{'b':3,'a':{'y':2,'x':1}}", "{'a':{'x':2,'y':1},'b':3}",
      "{'a':{'x':1},'y':2,'b':3}",    "{'a':{'x':1,'y':2},'b':4}", "{'a':{'x':'1','y':2},'b':3}",
      "{'a':{'x':1,'y':2}}",          "{'a':null,'b':3}",          "{'a':{'x':true,'y':2},'b':3}",
      "{'a':{'x':false,'y':2},'b':3}"};
  enum { COUNT = sizeof RESULTS / sizeof RESULTS[0] };
  struct key root = {0};
  uint64_t hash[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    json_t *result = json_of(RESULTS[i]);
    hash[i] = key_note(&root, SIDE_A, result);
    json_decref(result);
  }
  for (size_t i = 0; i < COUNT; i++)
    for (size_t j = 0; j < i; j++)
      assert_int_equal(hash[i] == hash[j], i == 1 && j == 0);
  key_deinit(&root);
}

/* Of many keys the first are told, and how many more there are; or all. */
static void many_keys(void **state) {
  struct text a = {0}, b = {0};
  text_add(&a, "{'spec':{'seed':1}");
  text_add(&b, "{'spec':{'seed':1}");
  for (int i = 0; i < 70; i++) {
    text_add(&a, ",'k%d':1", i);
    text_add(&b, ",'k%d':2", i);
  }
  text_add(&a, "}\n");
  text_add(&b, "}\n");
  check(*state, a.data, b.data, FILES, 1, "\nk59  1     1  2  +100 %  {}\n... and 10 keys more");
  check(*state, a.data, b.data, FILES " --all", 1, "\nk69  1     1  2 ");
  text_deinit(&a);
  text_deinit(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_moves),   cmocka_unit_test(repeats_without_a_simulator),
      cmocka_unit_test(compare_json), cmocka_unit_test(stores),
      cmocka_unit_test(pairs),        cmocka_unit_test(sizes_of_moves),
      cmocka_unit_test(hashes),       cmocka_unit_test(many_keys),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
