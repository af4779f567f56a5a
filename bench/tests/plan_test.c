/* Cross products, cases, skips and seeds. */
#include "fixture.h"
#include "scenario/plan.h"
#include "scenario/refused.h"
#include "support/complaints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The cells in words, each followed by "; ", or what is wrong. */
static char *cells_of(const struct fixture *fixture, const char *yaml, size_t *runs) {
  struct scenario scenario;
  struct plan plan;
  struct text words = {0};
  char *path = fixture_write(fixture, "p.yaml", yaml);
  *runs = 0;
  text_add(&words, "%s", "");
  if (scenario_init(&scenario, path, &fixture->schema, &words) == 0) {
    if (plan_init(&plan, &scenario, &words) == 0) {
      for (size_t i = 0; i < plan.cell_count; i++) {
        char *cell = plan_cell_words(&plan, i, NULL);
        text_add(&words, "%s; ", cell);
        free(cell);
      }
      *runs = plan.run_count;
      plan_deinit(&plan);
    }
    scenario_deinit(&scenario);
  }
  free(path);
  return words.data;
}

static void cells(void **state) {
  static const struct {
    const char *yaml, *cells;
    size_t runs;
  } TABLE[] = {
      {"title: x\n", "all runs; ", 1},
      {"repeat: 7\n", "all runs; ", 7},
      {"sweep: {hops: [1, 2], frame_loss: [0, 0.1]}\nrepeat: 3\n",
       "hops 1, frame_loss 0; hops 1, frame_loss 0.1; hops 2, frame_loss 0; hops 2, frame_loss "
       "0.1; ",
       12},
      {"sweep: {frame_loss: {from: 0, to: 0.3, step: 0.1}}\n",
       "frame_loss 0; frame_loss 0.1; frame_loss 0.2; frame_loss 0.3; ", 4},
      {"cases: {a: {peers: 2}, b: {}}\nsweep: {hops: [2, 1]}\n",
       "a, hops 2; a, hops 1; b, hops 2; b, hops 1; ", 4},
      {"sweep: {hops: [1, 2], frame_loss: [0, 0.1]}\nskip: [{hops: 2, frame_loss: 0}]\n",
       "hops 1, frame_loss 0; hops 1, frame_loss 0.1; hops 2, frame_loss 0.1; ", 3},
      {"sweep: {hops: [1, 2, 3]}\nskip: [{hops: [1, 3]}]\n", "hops 2; ", 1},
      {"cases: {a: {peers: 2}, b: {}}\nsweep: {hops: [1, 2]}\nskip: [{case: a, hops: 1}, {peers: "
       "2, hops: 2}]\n",
       "b, hops 1; b, hops 2; ", 2},
      {"sweep: {hops: [1]}\nskip: [{hops: 1}]\n", "", 0},
  };
  const struct fixture *fixture = *state;
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    size_t runs;
    char *words = cells_of(fixture, TABLE[i].yaml, &runs);
    assert_int_equal(runs, TABLE[i].runs);
    if (runs > 0)
      assert_string_equal(words, TABLE[i].cells);
    else
      assert_non_null(strstr(words, "`skip` leaves nothing to run"));
    free(words);
  }
}

static void seeds_and_keys(void **state) {
  const struct fixture *fixture = *state;
  struct scenario scenario;
  struct plan plan;
  struct text error = {0};
  char *path = fixture_write(fixture, "p.yaml",
                             "fixed: {peers: 2}\nsweep: {frame_loss: [0, 0.1], loss_model: [frame, "
                             "bit]}\nfirst_seed: 5\nrepeat: 2\n");
  assert_int_equal(scenario_init(&scenario, path, &fixture->schema, &error), 0);
  assert_int_equal(plan_init(&plan, &scenario, &error), 0);
  assert_string_equal(plan.run[1].given,
                      "{\"frame_loss\":0.0,\"loss_model\":\"frame\",\"peers\":2,\"seed\":6}");
  assert_int_equal(plan_resolve(&plan, FAKE_SIMULATOR, &error), 0);
  /* Without loss its model does not matter: the runs are the same. */
  assert_string_equal(plan.run[0].key, plan.run[2].key);
  assert_string_not_equal(plan.run[0].key, plan.run[1].key);
  assert_string_not_equal(plan.run[4].key, plan.run[6].key);
  char *spec = plan_run_spec(&plan, 0, "a\"b");
  assert_int_equal(strncmp(spec, "{\"id\":\"a\\\"b\",\"frame_loss\"", 24), 0);
  free(spec);
  plan_deinit(&plan);
  scenario_deinit(&scenario);
  free(path);
}

/* A reason is told once, where the value stands. */
static const struct {
  const char *yaml, *expected;
} REFUSED[] = {
    {"sweep: {hops: [8, 9]}\nrepeat: 3\n",
     "p.yaml:1:19: hops: the fake simulator takes 1 to 8\n"
     "    1 | sweep: {hops: [8, 9]}\n      |                   ^\n"
     "        so the simulator says of 3 of 6 runs, as of hops 9, seed 1\n"},
    {"sweep: {hops: {from: 8, to: 10, step: 1}}\n",
     "p.yaml:1:15: hops: the fake simulator takes 1 to 8\n"
     "    1 | sweep: {hops: {from: 8, to: 10, step: 1}}\n      |               ^\n"
     "        so the simulator says of 2 of 3 runs, as of hops 9, seed 1\n"},
    {"cases: {near: {hops: 1}, far: {hops: 9}}\n",
     "p.yaml:1:38: hops: the fake simulator takes 1 to 8\n"
     "    1 | cases: {near: {hops: 1}, far: {hops: 9}}\n"
     "      |                                      ^\n"
     "        so the simulator says of 1 of 2 runs, as of far, seed 1\n"},
    {"fixed: {hops: 9}\nrepeat: 2\n",
     "p.yaml:1:15: hops: the fake simulator takes 1 to 8\n"
     "    1 | fixed: {hops: 9}\n      |               ^\n"
     "        so the simulator says of 2 of 2 runs, as of all runs, seed 1\n"},
};

static void refused_by_the_simulator(void **state) {
  const struct fixture *fixture = *state;
  for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
    struct scenario scenario;
    struct plan plan;
    struct complaints complaints = {0};
    struct text error = {0};
    char *path = fixture_write(fixture, "p.yaml", REFUSED[i].yaml);
    assert_int_equal(scenario_init(&scenario, path, &fixture->schema, &error), 0);
    assert_int_equal(plan_init(&plan, &scenario, &error), 0);
    assert_int_equal(plan_resolve(&plan, FAKE_SIMULATOR, &error), -1);
    refused_complain(&plan, &scenario, &complaints);
    complaints_print(&complaints, COMPLAINT_ERROR, &error);
    assert_string_equal(text_string(&error) + strlen(fixture->folder) + 1, REFUSED[i].expected);
    text_deinit(&error);
    complaints_deinit(&complaints);
    plan_deinit(&plan);
    scenario_deinit(&scenario);
    free(path);
  }
}

/* The first seeds of the cells of a plan, in order; how many there are. */
static size_t first_seeds(const struct fixture *fixture, const char *yaml, long long seed[4]) {
  struct scenario scenario;
  struct plan plan;
  struct text error = {0};
  size_t count = 0;
  char *path = fixture_write(fixture, "seeds.yaml", yaml);
  assert_int_equal(scenario_init(&scenario, path, &fixture->schema, &error), 0);
  assert_int_equal(plan_init(&plan, &scenario, &error), 0);
  for (; count < plan.cell_count && count < 4; count++) {
    seed[count] = plan.run[count * plan.repeat].seed;
    assert_int_equal(plan.run[count * plan.repeat + 1].seed, seed[count] + 1);
  }
  plan_deinit(&plan);
  scenario_deinit(&scenario);
  text_deinit(&error);
  free(path);
  return count;
}

static void seeds_of_cells(void **state) {
  long long same[4], own[4], more[4];
  assert_int_equal(first_seeds(*state, "sweep: {hops: [1, 2]}\nrepeat: 5\nfirst_seed: 3\n", same),
                   2);
  assert_true(same[0] == 3 && same[1] == 3);
  first_seeds(*state, "sweep: {hops: [1, 2]}\nrepeat: 5\npaired: off\n", own);
  assert_true(llabs(own[0] - own[1]) >= SCENARIO_RUNS_MAX);
  /* They stay when the sweep grows. */
  assert_int_equal(first_seeds(*state, "sweep: {hops: [3, 2, 1]}\nrepeat: 9\npaired: off\n", more),
                   3);
  assert_true(more[2] == own[0] && more[1] == own[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells),
      cmocka_unit_test(seeds_and_keys),
      cmocka_unit_test(seeds_of_cells),
      cmocka_unit_test(refused_by_the_simulator),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
