/* The search itself: what it must come upon, what must be equal, and what it may not miss. */
#include "ladder.h"
#include "suite.h"
#include "tests/option_other.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct model model_of(const char *words) {
  struct model model = *model_default();
  char error[256];
  if (!suite_set(&model, words, error, sizeof error))
    fail_msg("%s", error);
  return model;
}

static void explore_words(const char *words, struct explore_result *result) {
  const struct model model = model_of(words);
  explore(&model, false, result);
}

/* Without acts there is one run, that of the draft's Figure 2 (the trigger's timer, nine messages)
 * or Figure 5. */
static void test_no_acts(void **state) {
  (void)state;
  static const struct {
    const char *words, *end;
    size_t depth;
  } runs[] = {
      {"acts=0", "authenticator established, peer established", 10},
      {"acts=0 trigger=off", "authenticator established, peer established", 8},
      {"acts=0 association=dtls", "authenticator established, peer established", 16},
      {"acts=0 authentications=2", "authenticator established, peer established", 21},
      {"acts=0 wrong_key=on",
       "authenticator failed (wrong MAC_P), peer failed (EAP-Failure while the method ran)", 8},
      {"acts=0 association=dtls pull=erp", "ApS content, UE content", 10},
      {"acts=0 association=ikev2", "authenticator established, peer established", 14},
      {"acts=0 association=ikev2 lower_layer=pana", "authenticator established, peer established",
       16},
      {"acts=0 association=ikev2 pull=erp", "ApS content, UE content", 8},
      {"acts=0 association=ikev2-udp pull=ikev2-idi", "ApS content, UE content", 6},
      {"acts=0 association=ikev2 pull=ikev2-idi aps=impostor",
       "ApS failed (ikev2-authentication), UE failed (ikev2-authentication)", 4},
      {"acts=0 ace=authz-info", "AS/RS content, client content", 7},
      {"acts=0 ace=authz-info association=dtls", "AS/RS content, client content", 13},
      {"acts=0 ace=handshake association=dtls", "AS/RS content, client content", 11},
      {"acts=0 ace=authz-info joins=late", "AS/RS idle, client failed (authorization-refused)", 2},
      {"acts=0 association=dtls pull=erp aps=liar",
       "ApS failed (refused by the AS), UE failed (pull-refused)", 2},
  };
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    struct explore_result result;
    explore_words(runs[i].words, &result);
    assert_int_equal(result.depth, runs[i].depth);
    assert_int_equal(result.states, runs[i].depth + 1);
    assert_int_equal(result.end_count, 1);
    assert_string_equal(result.ends[0].text, runs[i].end);
    assert_false(result.violated || result.bounded);
    explore_result_deinit(&result);
  }
}

/* Twice the same; and more acts, passes and kinds of acts reach more states. */
static void test_growth(void **state) {
  (void)state;
  static const char *const words[] = {
      "acts=1 lose=on double=off delay=off",
      "acts=1",
      "acts=2 past=0",
      "acts=2 past=1",
      "acts=2",
      "acts=2 rubbish=on restart_peer=on",
      "acts=2 rubbish=on restart_peer=on restart_authenticator=on inject=on",
  };
  uint64_t before = 0;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    struct explore_result result, again;
    explore_words(words[i], &result);
    explore_words(words[i], &again);
    assert_int_equal(result.states, again.states);
    assert_int_equal(result.choices, again.choices);
    assert_int_equal(result.replayed, again.replayed);
    assert_true(result.states > before);
    before = result.states;
    explore_result_deinit(&result);
    explore_result_deinit(&again);
  }
}

/* Telling states apart by how long what is remembered will be makes more of them, and nothing else
 * comes out. */
static void test_lifetimes(void **state) {
  (void)state;
  static const char *const words[] = {"acts=2 rubbish=on", "acts=1 restart_authenticator=on",
                                      "acts=1 authentications=2 pause_s=300 inject=on",
                                      "acts=1 association=ikev2 restart_authenticator=on",
                                      "acts=1 ace=authz-info restart_authenticator=on"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    struct model model = model_of(words[i]);
    struct explore_result coarse, exact;
    explore(&model, false, &coarse);
    model.exact_lifetimes = true;
    explore(&model, false, &exact);
    assert_true(exact.states > coarse.states);
    assert_int_equal(exact.violated, coarse.violated);
    assert_int_equal(exact.end_count, coarse.end_count);
    for (size_t j = 0; j < exact.end_count; j++)
      assert_string_equal(exact.ends[j].text, coarse.ends[j].text);
    explore_result_deinit(&coarse);
    explore_result_deinit(&exact);
  }
}

static void test_bounds_are_told(void **state) {
  (void)state;
  struct model model = model_of("acts=1");
  struct explore_result result;
  model.depth_max = 5;
  explore(&model, false, &result);
  assert_true(result.bounded);
  assert_int_equal(result.depth, 5);
  explore_result_deinit(&result);
  model.depth_max = model_default()->depth_max;
  model.states_max = 20;
  explore(&model, false, &result);
  assert_true(result.bounded);
  assert_true(result.states <= 20);
  explore_result_deinit(&result);
}

/* What may be chosen, along one run: a number, and whether it is possible. */
static void test_choices(void **state) {
  (void)state;
  static const struct {
    const char *choice;
    bool possible;
  } steps[] = {
      {"deliver 1", false},
      {"timer authenticator", false},
      {"timer peer", true},
      {"deliver 2", false},
      {"restart authenticator", false}, /* it has not begun */
      {"deliver 1", true},
      {"timer peer", false}, /* 2 is under way */
      {"double 2", true},
      {"lose 2", false}, /* not what is late already */
      {"deliver 3", true},
      {"deliver 4", true}, /* one past 2 */
      {"inject 2", false},
      {"deliver 5", true},
      {"deliver 6", true}, /* two past 2, which must arrive now */
      {"deliver 7", false},
      {"restart peer", false},
      {"deliver 2", true},
      {"again", false},
      {"deliver 7", true},
      {"lose 8", true},
      {"timer authenticator", true},
  };
  struct model model = model_of("inject=on restart_peer=on restart_authenticator=on acts=9");
  struct check_world *world = calloc(1, sizeof *world);
  assert_non_null(world);
  check_world_init(world, &model, NULL);
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
    struct choice choice;
    assert_true(choice_parse(steps[i].choice, &choice));
    char text[CHOICE_TEXT_MAX];
    choice_format(&choice, text);
    assert_string_equal(text, steps[i].choice);
    if (check_world_choose(world, &choice) != steps[i].possible)
      fail_msg("%s", steps[i].choice);
  }
  assert_int_equal(world->monitor.violation, MONITOR_NONE);
  check_world_deinit(world);
  free(world);
}

/* The first choice of this kind, or of any. */
static struct choice choose(const struct check_world *world, enum choice_verb verb) {
  struct choice choices[CHECK_CHOICES_MAX];
  const size_t count = check_world_choices(world, choices);
  assert_true(count > 0);
  for (size_t i = 0; i < count; i++)
    if (choices[i].verb == verb)
      return choices[i];
  return choices[0];
}

/* A legal run with more under way than can be held is told to be impossible: each datagram is
 * delayed, and comes again. */
static void test_long_run(void **state) {
  (void)state;
  struct model model = model_of("past=9 latency_s=10000 max_retransmit=20 ack_timeout_ms=1");
  struct choice path[EXPLORE_DEPTH_MAX];
  size_t length = 0;
  model.budget = EXPLORE_DEPTH_MAX;
  struct check_world *world = calloc(1, sizeof *world);
  assert_non_null(world);
  check_world_init(world, &model, NULL);
  while (!check_world_is_full(world)) {
    assert_true(length < EXPLORE_DEPTH_MAX);
    path[length] = choose(world, CHOICE_DELAY);
    assert_true(check_world_choose(world, &path[length++]));
  }
  check_world_deinit(world);
  free(world);
  bool possible;
  char outcome[160];
  (void)ladder_write(NULL, &model, path, length, false, &possible, outcome, sizeof outcome);
  assert_false(possible);
  (void)ladder_write(NULL, &model, path, length - 1, false, &possible, outcome, sizeof outcome);
  assert_true(possible);
}

static void test_choices_that_are_none(void **state) {
  (void)state;
  static const char *const texts[] = {"",           "deliver",   "deliver x", "deliver 1 2",
                                      "timer",      "timer 1",   "again 1",   "mute 1",
                                      "delivers 1", "restart me"};
  struct choice choice;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    assert_false(choice_parse(texts[i], &choice));
}

static void test_words(void **state) {
  (void)state;
  struct model model = *model_default();
  char error[256], text[2048];
  static const char *const wrong[] = {"acts",         "acts=", "acts=10",      "acts=x",
                                      "ordering=mid", "=1",    "token_bytes=9"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    assert_false(model_set(&model, wrong[i], error, sizeof error));
  model_format(&model, model_default(), text, sizeof text);
  assert_string_equal(text, "");
  static const char words[] = "ordering=mid-random token_bytes=0 acts=3";
  model = model_of(words);
  model_format(&model, model_default(), text, sizeof text);
  assert_string_equal(text, words);
}

/* All keys fit where a finding looks for its words. */
static void test_words_fit(void **state) {
  (void)state;
  static char text[2 * MODEL_TEXT_MAX];
  model_format(model_default(), NULL, text, sizeof text);
  printf("%zu of %d octets of keys\n", strlen(text), MODEL_TEXT_MAX);
  assert_true(strlen(text) < MODEL_TEXT_MAX);
}

/* Every option of lower layers and associations can be set, and is described. */
static void test_each_option(void **state) {
  (void)state;
  size_t count;
  const struct option_row *const *rows = lower_options(&count);
  char *description = NULL;
  size_t length;
  FILE *out = open_memstream(&description, &length);
  assert_non_null(out);
  model_describe(out);
  fclose(out);
  assert_true(count > 0);
  for (size_t i = 0; i < count; i++) {
    struct model model = *model_default();
    char word[128], text[OPTION_OTHER_TEXT_MAX], error[256];
    snprintf(word, sizeof word, "%s=%s", rows[i]->name, option_other_text(rows[i], text));
    if (!model_set(&model, word, error, sizeof error))
      fail_msg("%s", error);
    assert_true(fabs(option_get(&model.options, rows[i]) - option_other(rows[i])) < 1e-9);
    snprintf(word, sizeof word, "\n  %s=", rows[i]->name);
    assert_true(i == 0 ? strncmp(description, word + 1, strlen(word) - 1) == 0
                       : strstr(description, word) != NULL);
  }
  free(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_acts),   cmocka_unit_test(test_growth),
      cmocka_unit_test(test_lifetimes), cmocka_unit_test(test_bounds_are_told),
      cmocka_unit_test(test_choices),   cmocka_unit_test(test_choices_that_are_none),
      cmocka_unit_test(test_words),     cmocka_unit_test(test_words_fit),
      cmocka_unit_test(test_long_run),  cmocka_unit_test(test_each_option),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
