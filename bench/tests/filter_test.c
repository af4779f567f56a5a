/* Conditions over runs, and shards of a plan. */
#include "fixture.h"
#include "scenario/selection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char SCENARIO[] =
    "cases: {psk: {method: eap-psk}, 'EDHOC, kid': {method: eap-edhoc}}\n"
    "sweep: {hops: [1, 2, 3], frame_loss: [0, 0.1]}\nrepeat: 4\n";

/* A resolved plan of the scenario. */
struct planned {
  struct scenario scenario;
  struct plan plan;
};

static void planned_init(struct planned *planned, const struct fixture *fixture,
                         const char *content) {
  struct text error = {0};
  char *path = fixture_write(fixture, "s.yaml", content);
  assert_int_equal(scenario_init(&planned->scenario, path, &fixture->schema, &error), 0);
  assert_int_equal(plan_init(&planned->plan, &planned->scenario, &error), 0);
  assert_int_equal(plan_resolve(&planned->plan, FAKE_SIMULATOR, &error), 0);
  free(path);
}

static void planned_deinit(struct planned *planned) {
  plan_deinit(&planned->plan);
  scenario_deinit(&planned->scenario);
}

/* How many of the 48 runs are so. */
static size_t count(const struct planned *planned, const struct fixture *fixture,
                    const char *condition) {
  struct text error = {0};
  struct filter *filter = filter_parse(condition, &planned->scenario, &fixture->schema, &error);
  if (filter == NULL)
    fail_msg("%s: %s", condition, text_string(&error));
  bool *wanted = selection_make(&planned->plan, filter, (struct bench_shard){0});
  const size_t chosen = selection_count(&planned->plan, wanted);
  free(wanted);
  filter_destroy(filter);
  return chosen;
}

static void conditions(void **state) {
  const struct fixture *fixture = *state;
  struct planned planned;
  planned_init(&planned, fixture, SCENARIO);
  static const struct {
    const char *condition;
    size_t runs;
  } CONDITIONS[] = {
      {"hops==2", 16},
      {"hops!=2", 32},
      {"hops>=2", 32},
      {" hops > 2 ", 16},
      {"hops<2 || hops>2", 32},
      {"hops<=2 && frame_loss==0.10", 16},
      {"case=='EDHOC, kid'", 24},
      {"case!=\"EDHOC, kid\"", 24},
      {"method==eap-edhoc && hops>=2", 16},
      {"!(method==eap-edhoc && hops>=2)", 32},
      {"!!hops==1", 16},
      {"hops==1 || hops==2 && frame_loss>0", 24}, /* && binds closer */
      {"(hops==1 || hops==2) && frame_loss>0", 16},
      {"seed<=1", 12},
      {"seed==4 && hops==3", 4},
      {"credential==kid", 24}, /* of the method without one it has no effect */
      {"credential!=kid", 24},
      {"hops>1e9", 0},
  };
  for (size_t i = 0; i < sizeof CONDITIONS / sizeof CONDITIONS[0]; i++)
    if (count(&planned, fixture, CONDITIONS[i].condition) != CONDITIONS[i].runs)
      fail_msg("%s: %zu", CONDITIONS[i].condition,
               count(&planned, fixture, CONDITIONS[i].condition));
  planned_deinit(&planned);
}

static void mistakes(void **state) {
  const struct fixture *fixture = *state;
  struct planned planned;
  planned_init(&planned, fixture, SCENARIO);
  static const char *const MISTAKES[][2] = {
      {"hop==2", "--filter: there is no key `hop`; did you mean `hops`?\n  hop==2\n  ^~~\n"},
      {"hops=2", "one of == != < <= > >= is expected here\n  hops=2\n      ^\n"},
      {"hops==", "a value is expected here\n  hops==\n        ^\n"},
      {"hops==2 hops==3", "&& or || is expected here\n  hops==2 hops==3\n          ^\n"},
      {"hops==2 &&", "a key is expected here"},
      {"hops==two", "hops takes an integer from 1 to "},
      {"hops>two", "hops takes a number here"},
      {"method>1", "method has no numbers: it goes with == and !="},
      {"case==pks", "the scenario has no case `pks`; did you mean `psk`?"},
      {"case=='psk", "this ' is not closed\n  case=='psk\n        ^\n"},
      {"(hops==2", "this ( is not closed"},
      {"hops==2)", "&& or || is expected here"},
      {"", "a key is expected here"},
      {"!", "a key is expected here"},
      {"frame_loss==\xff\xfe", "frame_loss takes a number from 0 to 1"},
  };
  for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
    struct text error = {0};
    assert_null(filter_parse(MISTAKES[i][0], &planned.scenario, &fixture->schema, &error));
    fixture_assert_has(text_string(&error), MISTAKES[i][1]);
    text_deinit(&error);
  }
  planned_deinit(&planned);
}

/* Nested too deep is told, and as deep as is taken is read; what is cut off anywhere is no crash.
 */
static void hostile(void **state) {
  const struct fixture *fixture = *state;
  struct planned planned;
  planned_init(&planned, fixture, SCENARIO);
  for (size_t depth = 1; depth < 100000; depth = 10 * depth + 1) {
    struct text deep = {0}, error = {0};
    for (size_t i = 0; i < depth; i++)
      text_add(&deep, "(");
    text_add(&deep, "hops==2");
    for (size_t i = 0; i < depth; i++)
      text_add(&deep, ")");
    struct filter *filter =
        filter_parse(text_string(&deep), &planned.scenario, &fixture->schema, &error);
    assert_int_equal(filter == NULL, depth > 100);
    filter_destroy(filter);
    text_deinit(&deep);
    text_deinit(&error);
  }
  static const char WHOLE[] = "!(case=='EDHOC, kid' && hops>=2) || \"frame_loss\"<0.1";
  for (size_t length = 0; length <= sizeof WHOLE - 1; length++) {
    char *cut = text_format("%.*s", (int)length, WHOLE);
    struct text error = {0};
    struct filter *filter = filter_parse(cut, &planned.scenario, &fixture->schema, &error);
    assert_int_equal(filter == NULL, error.length > 0);
    filter_destroy(filter);
    text_deinit(&error);
    free(cut);
  }
  planned_deinit(&planned);
}

/* Each different run is in one shard, whatever their number; runs that cells share are one's. */
static void shards(void **state) {
  const struct fixture *fixture = *state;
  struct planned planned;
  planned_init(&planned, fixture,
               "cases: {psk: {method: eap-psk}, edhoc: {method: eap-edhoc}}\n"
               "sweep: {credential: [kid, x5t], frame_loss: [0, 0.1]}\nrepeat: 5\n");
  const struct plan *plan = &planned.plan;
  bool *all = selection_make(plan, NULL, (struct bench_shard){0});
  const size_t different = selection_count(plan, all);
  assert_int_equal(different, 30);
  for (int parts = 1; parts <= 40; parts++) {
    size_t *times = calloc(plan->run_count, sizeof *times), sum = 0;
    for (int part = 1; part <= parts; part++) {
      bool *wanted = selection_make(plan, NULL, (struct bench_shard){part, parts});
      const size_t own = selection_count(plan, wanted);
      assert_in_range(own, different / (size_t)parts, different / (size_t)parts + 1);
      sum += own;
      for (size_t i = 0; i < plan->run_count; i++)
        times[i] += wanted[i];
      free(wanted);
    }
    for (size_t i = 0; i < plan->run_count; i++)
      assert_int_equal(times[i], 1);
    assert_int_equal(sum, different);
    free(times);
  }
  free(all);
  planned_deinit(&planned);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(conditions),
      cmocka_unit_test(mistakes),
      cmocka_unit_test(hostile),
      cmocka_unit_test(shards),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
