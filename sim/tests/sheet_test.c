/* Sheets of platforms and crypto profiles: what is taken, what is refused and where, and that the
 * text that a specification holds gives a sheet back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "shell.h"
#include "spec/sheet.h"

#define FIGURES                                                                                    \
  "supply_v: {value: 3, source: s}\n"                                                              \
  "transmit_ma: {value: 10, source: s}\n"                                                          \
  "receive_ma: {value: 2.5, assumption: a}\n"                                                      \
  "sleep_ua: {value: 0, source: s, assumption: a}\n"                                               \
  "cpu_active_ma: {value: 1e-2, source: s}\n"                                                      \
  "cpu_idle_ma: {value: 0.1, source: s}\n"                                                         \
  "clock_mhz: {value: 64, source: s}\n"
#define HEAD "description: d\nprocessor: p-1\n"
#define PLATFORM_TEXT                                                                              \
  "processor=p-1 supply_v=3 transmit_ma=10 receive_ma=2.5 listen_ma=2.5 turnaround_ma=2.5 "        \
  "sleep_ua=0 cpu_active_ma=0.01 cpu_idle_ma=0.1 clock_mhz=64"

static bool read_yaml(enum sheet_kind kind, const char *text, size_t length,
                      char figures[SHEET_TEXT_MAX], char error[SPEC_ERROR_MAX]) {
  struct sheet sheet;
  char *exact = malloc(length + 1); /* so that what reads beyond it is found */
  memcpy(exact, text, length);
  const bool good = sheet_read_yaml(&sheet, kind, "f.yaml", exact, length, NULL, error);
  free(exact);
  if (good)
    sheet_print(&sheet, figures);
  return good;
}

static void test_yaml_accepted(void **state) {
  (void)state;
  static const struct {
    enum sheet_kind kind;
    const char *yaml, *text;
  } cases[] = {
      {SHEET_PLATFORM, HEAD FIGURES, PLATFORM_TEXT},
      {SHEET_PLATFORM, "# c\n---\n" FIGURES "listen_ma:\n  value: 7\n  source: s\n" HEAD "...\n",
       "processor=p-1 supply_v=3 transmit_ma=10 receive_ma=2.5 listen_ma=7 turnaround_ma=2.5 "
       "sleep_ua=0 cpu_active_ma=0.01 cpu_idle_ma=0.1 clock_mhz=64"},
      {SHEET_PLATFORM, HEAD "clock_mhz: {source: s, value: \"3000\"}\n",
       "processor=p-1 clock_mhz=3000"},
      {SHEET_CRYPTO,
       HEAD "accelerator: q\np256_sign: {us: 20.5, source: s}\n"
            "active_ma: {value: 4, source: s}\nx25519: {cycles: 548873, source: s}\n"
            "aes128_key_schedule: {us: 0, source: in the block}\n",
       "processor=p-1 accelerator=q active_ma=4 aes128_key_schedule=0us p256_sign=20.5us "
       "x25519=548873"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char figures[SHEET_TEXT_MAX], error[SPEC_ERROR_MAX];
    if (!read_yaml(cases[i].kind, cases[i].yaml, strlen(cases[i].yaml), figures, error))
      fail_msg("%s", error);
    assert_string_equal(figures, cases[i].text);
  }
}

static void test_yaml_refused(void **state) {
  (void)state;
  static const struct {
    enum sheet_kind kind;
    const char *yaml, *error;
  } cases[] = {
      {SHEET_PLATFORM, "", "f.yaml:1:1: the file is empty"},
      {SHEET_PLATFORM, "# nothing\n", "the file is empty"},
      {SHEET_PLATFORM, "%", "f.yaml:1:"},
      {SHEET_PLATFORM, "description: b: c\n", "f.yaml:1:15: "},
      {SHEET_PLATFORM, "\xff\xfe\x01", "f.yaml:1:1: "},
      {SHEET_PLATFORM, "description: d\n\x01\n", "f.yaml:2:1: "},
      {SHEET_PLATFORM, "word\n", "f.yaml:1:1: a mapping (key: value) is expected"},
      {SHEET_PLATFORM, "[a]\n", "f.yaml:1:1: a mapping"},
      {SHEET_PLATFORM, HEAD FIGURES "---\n" HEAD, "a second document"},
      {SHEET_PLATFORM, "{}\n", "f.yaml: description is missing"},
      {SHEET_PLATFORM, "description: d\n", "f.yaml: processor is missing"},
      {SHEET_PLATFORM, HEAD, "f.yaml: clock_mhz is missing"},
      {SHEET_PLATFORM, HEAD "sleep_ua: {value: 1, source: s}\n", "f.yaml: supply_v is missing"},
      {SHEET_PLATFORM, "processor: x\nprocessor: x\n", "f.yaml:2:1: processor is here twice"},
      {SHEET_PLATFORM, "description: d\ndescription: d\n",
       "f.yaml:2:14: description is here twice"},
      {SHEET_PLATFORM, HEAD FIGURES "supply_v: {value: 3, source: s}\n",
       "f.yaml:10:1: supply_v is here twice"},
      {SHEET_PLATFORM, "processor: Cortex M4\n", "f.yaml:1:12: processor: \"Cortex M4\" is not"},
      {SHEET_PLATFORM, "processor: {a: b}\n", "f.yaml:1:12: one word or text is expected"},
      {SHEET_PLATFORM, "processor: abcdefghijklmnopqrstuvwxyz-123456\n", "up to 31 lower-case"},
      {SHEET_PLATFORM, "description: ''\n", "takes a text of 1 to 500"},
      {SHEET_PLATFORM, "volts: 3\n",
       "f.yaml:1:1: unknown key \"volts\"; accepted: description, pro"},
      {SHEET_PLATFORM, "\ntransmitt_ma: {value: 3, source: s}\n",
       "f.yaml:2:1: unknown key \"transmitt_ma\"; did you mean \"transmit_ma\"? accepted: "},
      {SHEET_PLATFORM, "[a]: 3\n", "f.yaml:1:1: one word"},
      {SHEET_PLATFORM, "? [a]\n: 3\n", "f.yaml:1:3: one word or text is expected"},
      {SHEET_PLATFORM, "p256_sign: {cycles: 1, source: s}\n", "unknown key \"p256_sign\""},
      {SHEET_PLATFORM, "supply_v: 3\n", "f.yaml:1:11: a figure is a mapping"},
      {SHEET_PLATFORM, "supply_v: [3]\n", "f.yaml:1:11: a figure is a mapping"},
      {SHEET_PLATFORM, "supply_v: {value: [3]}\n", "f.yaml:1:19: one word or text is expected"},
      {SHEET_PLATFORM, "supply_v: {value: 3}\n", "f.yaml:1:1: supply_v has neither source nor"},
      {SHEET_PLATFORM, "supply_v: {source: s}\n", "f.yaml:1:1: supply_v has no number: value"},
      {SHEET_PLATFORM, "supply_v: {value: 3, value: 3, source: s}\n",
       "supply_v has a figure already"},
      {SHEET_PLATFORM, "supply_v: {value: 3, source: s, source: s}\n", "source is here twice"},
      {SHEET_PLATFORM, "supply_v: {value: 3, source: ''}\n", "source takes a text of 1 to 500"},
      {SHEET_PLATFORM, "supply_v: {value: 3, sauce: s}\n",
       "f.yaml:1:22: supply_v: unknown key \"sauce\"; did you mean \"source\"? accepted: value, "
       "source, assumption"},
      {SHEET_PLATFORM, "supply_v: {cycles: 3, source: s}\n", "unknown key \"cycles\""},
      {SHEET_PLATFORM, "supply_v: {value: three, source: s}\n",
       "f.yaml:1:19: supply_v: \"three\" is not accepted; it takes a number from 0.5 to 60 (V)"},
      {SHEET_PLATFORM, "supply_v: {value: , source: s}\n", "\"\" is not accepted"},
      {SHEET_PLATFORM, "supply_v: {value: -3, source: s}\n", "\"-3\" is not accepted"},
      {SHEET_PLATFORM, "supply_v: {value: 61, source: s}\n", "\"61\" is not accepted"},
      {SHEET_PLATFORM, "supply_v: {value: 1e999, source: s}\n", "\"1e999\" is not accepted"},
      {SHEET_PLATFORM, "supply_v: {value: .nan, source: s}\n", "\".nan\" is not accepted"},
      {SHEET_PLATFORM, "supply_v: {value: nan, source: s}\n", "\"nan\" is not accepted"},
      {SHEET_PLATFORM, "supply_v: {value: 0x3, source: s}\n", "\"0x3\" is not accepted"},
      {SHEET_PLATFORM, "supply_v: {value: 3 V, source: s}\n", "\"3 V\" is not accepted"},
      {SHEET_PLATFORM, "supply_v: {value: 3.0000000000000000000000000000000000000000, source: s}\n",
       "is not accepted"},
      {SHEET_PLATFORM, "supply_v: {value: &a 3, source: s}\n", "anchors and types"},
      {SHEET_PLATFORM, "supply_v: {value: *a, source: s}\n", "one word or text is expected"},
      {SHEET_PLATFORM, "supply_v: {value: !!int 3, source: s}\n", "anchors and types"},
      {SHEET_PLATFORM, "description: \"a\\0b\"\n", "zero octet"},
      {SHEET_PLATFORM, "supply_v: {value: 3, source: s\n", "f.yaml:2:1: "},
      {SHEET_CRYPTO, HEAD, "no primitive has a figure"},
      {SHEET_CRYPTO, HEAD "active_ma: {value: 3, source: s}\n", "no primitive has a figure"},
      {SHEET_CRYPTO, "x25519: {value: 3, source: s}\n", "accepted: cycles, us, source, assumption"},
      {SHEET_CRYPTO, "x25519: {cycles: 3, us: 3, source: s}\n", "x25519 has a figure already"},
      {SHEET_CRYPTO, "x25519: {cycles: 1e13, source: s}\n",
       "it takes a number from 0 to 1e+12 (cyc"},
      {SHEET_CRYPTO, "x25519: {us: 1e10, source: s}\n", "it takes a number from 0 to 1e+09 (us)"},
      {SHEET_CRYPTO, "supply_v: {value: 3, source: s}\n", "unknown key \"supply_v\""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char figures[SHEET_TEXT_MAX], error[SPEC_ERROR_MAX] = "";
    assert_false(read_yaml(cases[i].kind, cases[i].yaml, strlen(cases[i].yaml), figures, error));
    if (strncmp(error, "f.yaml", 6) != 0 || strstr(error, cases[i].error) == NULL)
      fail_msg("%s: %s", cases[i].yaml, error);
  }
}

/* Of a text that is cut anywhere, or has another octet somewhere, comes the same sheet, another
 * that can be printed and read, or an error. */
static void test_yaml_hostile(void **state) {
  (void)state;
  static const char text[] = HEAD FIGURES "listen_ma:\n  value: 7\n  source: s\n";
  static const char octets[] = {'\0', '\n', ' ', '\'', '"', '{',
                                '[',  '&',  '*', '!',  ':', (char)0xff};
  char figures[SHEET_TEXT_MAX], error[SPEC_ERROR_MAX], copy[sizeof text];
  for (size_t length = 0; length < sizeof text; length++)
    if (read_yaml(SHEET_PLATFORM, text, length, figures, error))
      assert_true(length > sizeof text - 40);
  for (size_t i = 0; i < sizeof text - 1; i++)
    for (size_t j = 0; j < sizeof octets; j++) {
      struct sheet sheet;
      memcpy(copy, text, sizeof text);
      copy[i] = octets[j];
      if (read_yaml(SHEET_PLATFORM, copy, sizeof text - 1, figures, error))
        assert_true(sheet_parse(&sheet, SHEET_PLATFORM, figures, error));
    }
  char *deep = malloc(60001);
  memset(deep, '[', 60000);
  memcpy(deep, "a: ", 3);
  assert_false(read_yaml(SHEET_PLATFORM, deep, 60000, figures, error));
  free(deep);
}

static void test_text(void **state) {
  (void)state;
  static const struct {
    enum sheet_kind kind;
    const char *text;
    const char *again; /* NULL: refused, with */
    const char *error;
  } cases[] = {
      {SHEET_PLATFORM, PLATFORM_TEXT, PLATFORM_TEXT, NULL},
      {SHEET_PLATFORM, "  clock_mhz=6.40e1   processor=x ", "processor=x clock_mhz=64", NULL},
      {SHEET_CRYPTO, "processor=x x25519=0.1 p256_sign=1e5us",
       "processor=x p256_sign=100000us x25519=0.1", NULL},
      {SHEET_CRYPTO, "processor=x x25519=0.30000000000000004",
       "processor=x x25519=0.30000000000000004", NULL},
      {SHEET_PLATFORM, "", NULL, "processor is missing"},
      {SHEET_PLATFORM, "processor=x", NULL, "clock_mhz is missing"},
      {SHEET_PLATFORM, "processor=x clock_mhz=1 receive_ma=1", NULL, "supply_v is missing"},
      {SHEET_PLATFORM, "processor=x processor=x clock_mhz=1", NULL, "\"processor=x\" is not acc"},
      {SHEET_PLATFORM, "processor=x clock_mhz=1 clock_mhz=1", NULL, "\"clock_mhz=1\" is not acc"},
      {SHEET_PLATFORM, "processor=X", NULL, "\"processor=X\" is not accepted: it takes lower-case"},
      {SHEET_PLATFORM, "processor", NULL, "it takes figures as name=value"},
      {SHEET_PLATFORM, "=", NULL, "there is no such figure"},
      {SHEET_PLATFORM, "clock=1", NULL, "there is no such figure"},
      {SHEET_PLATFORM, "clock_mhz=", NULL, "a number from 0.01 to 10000 (MHz), once"},
      {SHEET_PLATFORM, "clock_mhz=1us", NULL, "a number from 0.01 to 10000 (MHz), once"},
      {SHEET_PLATFORM, "clock_mhz=nan", NULL, "a number from 0.01 to 10000 (MHz), once"},
      {SHEET_PLATFORM, "clock_mhz=0", NULL, "a number from 0.01 to 10000 (MHz), once"},
      {SHEET_PLATFORM, "clock_mhz=1\tprocessor=x", NULL, "is not accepted"},
      {SHEET_CRYPTO, "processor=x", NULL, "no primitive has a figure"},
      {SHEET_CRYPTO, "processor=x x25519=us", NULL, "a number from 0 to 1e+12 (cycles), once"},
      {SHEET_CRYPTO, "processor=x x25519=-1us", NULL, "a number from 0 to 1e+09 (us), once"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct sheet sheet;
    char figures[SHEET_TEXT_MAX], error[SPEC_ERROR_MAX] = "";
    assert_int_equal(sheet_parse(&sheet, cases[i].kind, cases[i].text, error),
                     cases[i].again != NULL);
    if (cases[i].again == NULL) {
      if (strstr(error, cases[i].error) == NULL)
        fail_msg("%s: %s", cases[i].text, error);
      continue;
    }
    sheet_print(&sheet, figures);
    assert_string_equal(figures, cases[i].again);
  }
}

/* The longest text that there can be has room. */
static void test_text_longest(void **state) {
  (void)state;
  for (size_t kind = 0; kind < SHEET_KIND_COUNT; kind++) {
    struct sheet sheet;
    char figures[SHEET_TEXT_MAX];
    size_t count;
    const struct sheet_row *rows = sheet_rows((enum sheet_kind)kind, &count);
    sheet_init(&sheet, (enum sheet_kind)kind);
    memset(sheet.processor, 'x', SHEET_WORD_MAX);
    memset(sheet.accelerator, 'x', SHEET_WORD_MAX);
    for (size_t i = 0; i < count; i++) {
      sheet.value[i] = 1.2345678901234567e-301;
      sheet.is_us[i] = sheet_row_is_cost(&rows[i]);
    }
    sheet_print(&sheet, figures);
    assert_true(strlen(figures) <= SPEC_FIGURES_MAX);
  }
}

/* Every sheet of scenarios/ is as it should be, and says where its figures are from. */
static void test_shipped(void **state) {
  (void)state;
  for (size_t kind = 0; kind < SHEET_KIND_COUNT; kind++) {
    const struct sheet_file *file;
    size_t i = 0;
    for (; (file = sheet_shipped((enum sheet_kind)kind, i)) != NULL; i++) {
      char error[SPEC_ERROR_MAX], figures[SHEET_TEXT_MAX];
      struct sheet sheet;
      const struct sheet_found *found = sheet_find((enum sheet_kind)kind, file->name, error);
      if (found == NULL)
        fail_msg("%s", error);
      assert_true(sheet_parse(&sheet, (enum sheet_kind)kind, found->text, error));
      sheet_print(&sheet, figures);
      assert_string_equal(figures, found->text);
      assert_string_not_equal(file->name, "none");
    }
    assert_true(i > 0);
  }
}

static void write_file(const char *path, const char *text, size_t length) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, length, file), length);
  fclose(file);
}

static void refuse_file(const char *path, const char *why) {
  char error[SPEC_ERROR_MAX] = "";
  assert_null(sheet_find(SHEET_PLATFORM, path, error));
  assert_non_null(strstr(error, path));
  if (strstr(error, why) == NULL)
    fail_msg("%s", error);
}

/* Files are read anew when they have changed, and only by paths that end as they should. */
static void test_files(void **state) {
  (void)state;
  char *folder = shell_make_folder(), path[300], error[SPEC_ERROR_MAX];
  snprintf(path, sizeof path, "%s/mine.yaml", folder);
  refuse_file(path, "No such file");
  write_file(path, HEAD FIGURES, strlen(HEAD FIGURES));
  for (size_t i = 0; i < 2; i++) {
    const struct sheet_found *found = sheet_find(SHEET_PLATFORM, path, error);
    assert_non_null(found);
    assert_string_equal(found->text, PLATFORM_TEXT);
  }
  assert_null(sheet_find(SHEET_CRYPTO, path, error)); /* the same octets */
  static const char server[] = HEAD "clock_mhz: {value: 2, source: s}\n";
  write_file(path, server, strlen(server));
  const struct sheet_found *found = sheet_find(SHEET_PLATFORM, path, error);
  assert_non_null(found);
  assert_string_equal(found->text, "processor=p-1 clock_mhz=2");
  write_file(path, "a", 1);
  refuse_file(path, "1:1: a mapping");
  char *longest = calloc((1 << 16) + 1, 1);
  memset(longest, '#', 1 << 16);
  write_file(path, longest, 1 << 16);
  refuse_file(path, "is empty");
  write_file(path, longest, (1 << 16) + 1);
  refuse_file(path, "longer than 64 KiB");
  free(longest);
  remove(path);
  assert_int_equal(mkfifo(path, 0600), 0);
  refuse_file(path, "no regular file");
  remove(path);
  assert_int_equal(mkdir(path, 0700), 0);
  refuse_file(path, "no regular file");
  refuse_file(folder, "the path of a file that ends in .yaml");
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_yaml_accepted), cmocka_unit_test(test_yaml_refused),
      cmocka_unit_test(test_yaml_hostile),  cmocka_unit_test(test_text),
      cmocka_unit_test(test_text_longest),  cmocka_unit_test(test_shipped),
      cmocka_unit_test(test_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
