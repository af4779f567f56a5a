/* Places in figures: widths, ticks, legends. */
#include "fixture.h"
#include "support/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* cmocka compares floats only. */
static void widths(void **state) {
  (void)state;
  fixture_assert_near(layout_text_width("", 7), 0, 0);
  fixture_assert_near(layout_text_width("0123456789", 72), 5.56, 1e-9);
  fixture_assert_near(layout_text_width("il WM", 72), 0.222 * 2 + 0.278 + 0.944 + 0.833, 1e-9);
  fixture_assert_near(layout_text_width("’", 72), 0.556, 1e-9);
}

static void fitting(void **state) {
  static const char WORDS[] = "naïve – words “of” several bytes";
  (void)state;
  char *whole = layout_text_fit(WORDS, 7, 10);
  assert_string_equal(whole, WORDS);
  free(whole);
  for (double width = 0.1; width < 1.6; width += 0.01) {
    char *part = layout_text_fit(WORDS, 7, width);
    assert_true(layout_text_width(part, 7) <= width);
    size_t kept = strlen(part);
    if (strcmp(part, WORDS) != 0) {
      kept -= strlen("…");
      assert_string_equal(part + kept, "…");
    }
    assert_memory_equal(part, WORDS, kept);
    assert_int_not_equal((unsigned char)WORDS[kept] & 0xc0, 0x80);
    free(part);
  }
}

static void linear_axes(void **state) {
  static const struct {
    double low, high;
    size_t most;
    bool whole;
    struct layout_ticks ticks;
    const char *expected;
  } TABLE[] = {
      {0,
       1014,
       6,
       true,
       {.scale = 1},
       "'0' 0, '250' 250, '500' 500, '750' 750, '1000' 1000, "
       "'1250' 1250"},
      {0, 0.2, 5, false, {.scale = 100}, "'0' 0, '5' 0.05, '10' 0.1, '15' 0.15, '20' 0.2"},
      {0.9, 4.1, 8, false, {.scale = 1, .integers = true}, "'1' 1, '2' 2, '3' 3, '4' 4"},
      {0, 2100, 4, false, {.scale = 1, .milliseconds = true}, "'0' 0, '1 s' 1000, '2 s' 2000"},
      {0, 450, 4, false, {.scale = 1, .milliseconds = true}, "'0' 0, '200 ms' 200, '400 ms' 400"},
      {3, 3, 3, false, {.scale = 1}, "'4' 4, '6' 6"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    struct layout_axis axis;
    layout_axis_linear(&axis, TABLE[i].low, TABLE[i].high, TABLE[i].most, TABLE[i].whole,
                       &TABLE[i].ticks);
    assert_string_equal(text_string(&axis.ticks), TABLE[i].expected);
    assert_true(axis.low <= TABLE[i].low && axis.high >= TABLE[i].high && axis.high > axis.low);
    layout_axis_deinit(&axis);
  }
}

static void logarithmic_axes(void **state) {
  static const struct layout_ticks TIME = {.scale = 1, .milliseconds = true};
  static const struct {
    double low, high;
    const char *expected;
  } TABLE[] = {
      {90, 20000, "'100 ms' 100, '1 s' 1000, '10 s' 10000"},
      {60, 900, "'50 ms' 50, '100 ms' 100, '200 ms' 200, '500 ms' 500, '1 s' 1000"},
      {110, 140, "'100 ms' 100, '120 ms' 120, '140 ms' 140, '160 ms' 160"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    struct layout_axis axis;
    layout_axis_logarithmic(&axis, TABLE[i].low, TABLE[i].high, &TIME);
    assert_string_equal(text_string(&axis.ticks), TABLE[i].expected);
    assert_true(axis.logarithmic && axis.low < TABLE[i].low && axis.high > TABLE[i].high);
    layout_axis_deinit(&axis);
  }
}

static void legends(void **state) {
  static const char *const WORDS[] = {"one", "a second one", "the third of them", "x", "last"};
  double x[5];
  size_t row[5];
  (void)state;
  for (double width = 1; width < 6; width += 0.1) {
    size_t rows = layout_legend(WORDS, 5, 0.2, width, x, row);
    assert_int_equal(rows, row[4] + 1);
    for (size_t i = 0; i < 5; i++) {
      double end = x[i] + 0.2 + layout_text_width(WORDS[i], 7);
      assert_true(end <= width || x[i] <= 0);
      if (i < 4)
        assert_true(row[i + 1] > row[i] || x[i + 1] > end);
    }
  }
}

static void quoting(void **state) {
  struct text script = {0};
  (void)state;
  layout_add_quoted(&script, "a \"b\" \\ 'c' `d`01x\n\x1b[e\xff ü");
  assert_string_equal(text_string(&script), "\"a \\\"b\\\" \\\\ 'c' \\140d\\140\\060\\061x  "
                                            "[e\xef\xbf\xbd ü\"");
  text_deinit(&script);
  layout_add_path(&script, "/a b/c'`\"\\\nü");
  assert_string_equal(text_string(&script), "\"/a b/c'\\140\\\"\\\\\\012ü\"");
  text_deinit(&script);
}

static void words_are_wrapped(void **state) {
  (void)state;
  struct text lines = {0};
  double width = layout_text_width("one two", 7) + 0.001;
  assert_int_equal(layout_text_wrap(&lines, "one two three anotherlongword a b", 7, width), 4);
  assert_string_equal(lines.data, "one two\nthree\nanotherlongword\na b\n");
  text_deinit(&lines);
  assert_int_equal(layout_text_wrap(&lines, "", 7, width), 1);
  assert_string_equal(lines.data, "\n");
  text_deinit(&lines);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_are_wrapped), cmocka_unit_test(widths),
      cmocka_unit_test(fitting),           cmocka_unit_test(linear_axes),
      cmocka_unit_test(logarithmic_axes),  cmocka_unit_test(legends),
      cmocka_unit_test(quoting),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
