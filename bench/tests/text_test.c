/* Texts that others have chosen: on terminals and in commands. */
#include "support/markup.h"
#include "support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void utf8_lengths(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t length;
  } CASES[] = {
      {"", 0},
      {"a", 1},
      {"\x7f", 1},
      {"\xc3\xbc", 2},
      {"\xc0\x80", 0},
      {"\xc1\xbf", 0},
      {"\xc3", 0},
      {"\xc3z", 0},
      {"\x80", 0},
      {"\xe2\x82\xac", 3},
      {"\xe0\x80\x80", 0},
      {"\xed\xa0\x80", 0},
      {"\xe2\x82", 0},
      {"\xf0\x9f\x98\x80", 4},
      {"\xf0\x80\x80\x80", 0},
      {"\xf4\x90\x80\x80", 0},
      {"\xff", 0},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
    assert_int_equal(text_utf8_length(CASES[i].text), CASES[i].length);
}

static void terminals(void **state) {
  (void)state;
  char *printed = NULL;
  size_t length;
  FILE *memory = open_memstream(&printed, &length);
  text_printf(memory, "a\tü\n%s",
              "\x1b[2J\x07\r\x7f\xc2\x9b"
              "31m\xff\xe2\x82");
  fclose(memory);
  assert_string_equal(printed, "a\tü\n\\x1b[2J\\x07\\x0d\\x7f\\x9b31m\\xff\\xe2\\x82");
  free(printed);
}

/* Of what has no end, no more is read than shows that it is too long. */
static void endless(void **state) {
  (void)state;
  struct text error = {0};
  assert_null(text_input_read("/dev/zero", NULL, &error));
  assert_string_equal(text_string(&error), "/dev/zero: is longer than 64 MiB\n");
  text_deinit(&error);
}

static void markup(void **state) {
  (void)state;
  struct text html = {0};
  markup_add(&html, "<a b='\"&'>\x1b\x08ü\xff\n\t");
  assert_string_equal(text_string(&html), "&lt;a b=&#39;&#34;&amp;&#39;&gt;\xef\xbf\xbd\xef\xbf\xbd"
                                          "ü\xef\xbf\xbd\n\t");
  text_deinit(&html);
}

/* What sh makes of a quoted word is the word. */
static void shell_words(void **state) {
  (void)state;
  static const char *const WORDS[] = {"a/b-c_d.e",  "",      "a b", "it's", "'", "`touch /x`",
                                      "$(touch x)", "a\nb",  "\"",  "\\",   "*", "~",
                                      "#a",         "a;b&c", "ü",   "!1",   "-n"};
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
    struct text script = {0}, output = {0}, error = {0};
    text_add(&script, "printf '%%s|\\n' ");
    text_add_shell_word(&script, WORDS[i]);
    char shell[] = "sh", option[] = "-c", *argv[] = {shell, option, script.data, NULL};
    assert_int_equal(process_capture(argv, NULL, false, &output, &error), 0);
    assert_memory_equal(output.data, WORDS[i], strlen(WORDS[i]));
    assert_string_equal(output.data + strlen(WORDS[i]), "|\n");
    text_deinit(&script);
    text_deinit(&output);
    text_deinit(&error);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(utf8_lengths), cmocka_unit_test(terminals),   cmocka_unit_test(endless),
      cmocka_unit_test(markup),       cmocka_unit_test(shell_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
