/* Files of links: what is taken, what is refused and where, and that nothing else comes of any
 * octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "shell.h"
#include "spec/key.h"
#include "spec/links.h"

static char *folder;
static char path[300];

static int make_folder(void **state) {
  (void)state;
  folder = shell_make_folder();
  snprintf(path, sizeof path, "%s/links.csv", folder);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  shell_remove(folder);
  return 0;
}

static void write_octets(const void *octets, size_t length) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(octets, 1, length, file), length);
  fclose(file);
}

static void write_text(const char *text) {
  write_octets(text, strlen(text));
}

static bool parse(const char *keys, struct spec *spec, char error[SPEC_ERROR_MAX]) {
  char text[1000];
  snprintf(text, sizeof text, "{\"topology\": \"file\", \"links\": \"%s\"%s}", path, keys);
  return spec_parse(text, spec, error);
}

#define PAIR "a,b,1\nb,a,1\n"

static void test_taken(void **state) {
  (void)state;
  static const char *const texts[] = {
      "from,to,ratio\n" PAIR,
      "from,to,ratio\r\na,b,1\r\nb,a,1\r\n",
      "from,to,ratio\na,b,1\nb,a,1",
      "# synthetic\nfrom,to,ratio\n# more\na , b, 0.5 \n b,a,1e-3\n",
      "from,to,ratio,parent\nb,a,1,1\na,b,1,\n",
      "from,to,ratio\n\xc3\xa4 1,b,1\nb,\xc3\xa4 1,0.99\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    struct spec spec;
    char error[SPEC_ERROR_MAX] = "";
    write_text(texts[i]);
    if (!parse("", &spec, error))
      fail_msg("%s", error);
    assert_int_equal(spec.peers, 1);
    assert_int_equal(strlen(spec.links_sha256), LINKS_SHA256_LENGTH);
  }
}

static void test_refused(void **state) {
  (void)state;
  static const struct {
    const char *text, *keys, *error;
  } cases[] = {
      {"", "", "has no link; it takes lines of from,to,ratio"},
      {"from,to,ratio\n", "", "has no link"},
      {"# nothing\n", "", "has no link"},
      {PAIR, "", "links.csv:1:1: the first line is not \"from,to,ratio\""},
      {"from;to;ratio\n", "", ":1:1: the first line is not"},
      {"\xef\xbb\xbf"
       "from,to,ratio\n" PAIR,
       "", ":1:1: the first line is not"},
      {"from,to,ratio\n" PAIR "\n", "", ":4:1: the line ends; it takes from,to,ratio"},
      {"from,to,ratio\na,b\n", "", ":2:4: the line ends"},
      {"from,to,ratio,parent\na,b,1\n", "", ":2:6: the line ends; it takes from,to,ratio,parent"},
      {"from,to,ratio\na,b,1,1\n", "", ":2:6: a line has 3 fields"},
      {"from,to,ratio\na,b,1.5\n", "", ":2:5: no ratio; it takes a number from 0 to 1"},
      {"from,to,ratio\na,b,-0.5\n", "", ":2:5: no ratio"},
      {"from,to,ratio\na,b,nan\n", "", ":2:5: no ratio"},
      {"from,to,ratio\na,b,0x1\n", "", ":2:5: no ratio"},
      {"from,to,ratio\na,b,1e\n", "", ":2:5: no ratio"},
      {"from,to,ratio\na,b,\n", "", ":2:5: no ratio"},
      {"from,to,ratio\na,b,0.1 2\n", "", ":2:5: no ratio"},
      {"from,to,ratio\na,b,0.00000000000000000000000000000001\n", "", ":2:5: no ratio"},
      {"from,to,ratio,parent\na,b,1,yes\n", "", ":2:7: parent takes 1, 0 or nothing"},
      {"from,to,ratio\n" PAIR "b,b,1\n", "", ":4:3: a link from \"b\" to itself"},
      {"from,to,ratio\n" PAIR "c,b,1\na,b,0\n", "",
       ":5:1: the link from \"a\" to \"b\" is in line 2 already"},
      {"from,to,ratio\n,b,1\n", "", ":2:1: no name of a node; it takes 1 to 64 octets"},
      {"from,to,ratio\na,\"b\",1\n", "", ":2:3: no name"},
      {"from,to,ratio\na\tb,b,1\n", "", ":2:1: no name"},
      {"from,to,ratio\na\rb,b,1\n", "", ":2:1: no name"},
      {"from,to,ratio\n\xff,b,1\n", "", ":2:1: no name"},
      {"from,to,ratio\n01234567890123456789012345678901234567890123456789012345678901234,b,1\n", "",
       ":2:1: no name"},
      {"from,to,ratio\na,b,1\n", "", "\"b\" has no way to \"a\" over links with a ratio above 0"},
      {"from,to,ratio\na,b,1\nb,a,0\n", "", "\"b\" has no way to \"a\""},
      {"from,to,ratio\n" PAIR "c,d,1\nd,c,1\n", "", "\"c\" has no way to \"a\""},
      {"from,to,ratio\n" PAIR, ", \"root\": \"x\"", "root: \"x\" is no node of "},
      {"from,to,ratio\n" PAIR, ", \"peers\": 2", "peers: 2 is given, but "},
      {"from,to,ratio\n" PAIR, ", \"links_sha256\": \"ab\"", "the file has changed"},
      {"from,to,ratio\n" PAIR, ", \"parents\": \"given\"",
       "parents: given needs a column \"parent\" in "},
      {"from,to,ratio,parent\na,b,1,0\nb,a,1,0\n", ", \"parents\": \"given\"",
       "\"b\" has no way to \"a\" over parents that are given"},
      {"from,to,ratio,parent\na,b,1,1\nb,a,1,1\n", ", \"parents\": \"given\"",
       ":2:1: \"a\" is the authenticator, and has no parent"},
      {"from,to,ratio,parent\na,b,0,0\nb,a,1,1\n", ", \"parents\": \"given\"",
       ":3:1: \"b\" and its parent do not hear each other both ways"},
      {"from,to,ratio,parent\na,b,1,0\nb,a,1,1\nb,c,1,1\nc,b,1,\n", ", \"parents\": \"given\"",
       ":4:1: \"b\" has a parent already"},
      {"from,to,ratio,parent\na,b,1,0\nb,a,1,0\nb,c,1,1\nc,b,1,1\n", ", \"parents\": \"given\"",
       ":5:1: \"c\" would be above its own parent"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    char error[SPEC_ERROR_MAX] = "taken";
    write_text(cases[i].text);
    const bool taken = parse(cases[i].keys, &spec, error);
    if (taken || strstr(error, cases[i].error) == NULL)
      fail_msg("%s: %s\nexpected: %s", cases[i].text, error, cases[i].error);
  }
}

static void test_paths(void **state) {
  (void)state;
  struct spec spec;
  char error[SPEC_ERROR_MAX];
  assert_false(spec_parse("{\"topology\": \"file\"}", &spec, error));
  assert_string_equal(error, "links: topology: file needs the path of a CSV file of links");
  remove(path);
  assert_false(parse("", &spec, error));
  assert_non_null(strstr(error, "links.csv: No such file or directory"));
  assert_int_equal(mkfifo(path, 0600), 0); /* nobody writes: it must not wait */
  assert_false(parse("", &spec, error));
  assert_non_null(strstr(error, "is no regular file"));
  remove(path);
  assert_int_equal(mkdir(path, 0700), 0);
  assert_false(parse("", &spec, error));
  assert_non_null(strstr(error, "is no regular file"));
  remove(path);
}

static void test_identity(void **state) {
  (void)state;
  struct spec spec;
  char error[SPEC_ERROR_MAX], key[4][SPEC_KEY_LENGTH + 1], again[200];
  write_text("from,to,ratio\n" PAIR);
  assert_true(parse("", &spec, error));
  spec_key(&spec, key[0]);
  /* as it was resolved, it is the same spec */
  snprintf(again, sizeof again, ", \"peers\": 1, \"links_sha256\": \"%s\"", spec.links_sha256);
  assert_true(parse(again, &spec, error));
  spec_key(&spec, key[1]);
  assert_string_equal(key[0], key[1]);
  /* another path */
  strcpy(strrchr(path, '/'), "/copy.csv");
  write_text("from,to,ratio\n" PAIR);
  assert_true(parse("", &spec, error));
  spec_key(&spec, key[2]);
  assert_string_equal(key[0], key[2]);
  write_text("from,to,ratio\nb,a,1\na,b,0.9\n");
  assert_false(parse(again, &spec, error));
  assert_true(parse("", &spec, error));
  spec_key(&spec, key[3]);
  assert_string_not_equal(key[0], key[3]);
  /* without effect elsewhere, and not even read */
  assert_true(spec_parse("{\"links\": \"/nowhere\", \"links_sha256\": \"x\"}", &spec, error));
  spec_key(&spec, key[0]);
  assert_true(spec_parse("{}", &spec, error));
  spec_key(&spec, key[1]);
  assert_string_equal(key[0], key[1]);
}

/* A million lines are read, and the node that is one too many is found in its line. */
static void test_many(void **state) {
  (void)state;
  enum { NODES = 400, LINES = 1000000 };
  struct spec spec;
  char error[SPEC_ERROR_MAX];
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs("from,to,ratio\n", file);
  for (size_t i = 0; i < NODES; i++)
    for (size_t j = 0; j < NODES; j++)
      if (i != j)
        fprintf(file, "node-%zu,node-%zu,0.5\n", i, j);
  fclose(file);
  if (!parse("", &spec, error))
    fail_msg("%s", error);
  assert_int_equal(spec.peers, NODES - 1);
  file = fopen(path, "w");
  assert_non_null(file);
  fputs("from,to,ratio\n", file);
  for (size_t i = 0; i < LINES; i++)
    fprintf(file, "a,b,0.5\n");
  fclose(file);
  assert_false(parse("", &spec, error));
  assert_non_null(strstr(error, ":3:1: the link from \"a\" to \"b\" is in line 2 already"));
  file = fopen(path, "w");
  assert_non_null(file);
  fputs("from,to,ratio\n", file);
  for (size_t i = 0; i < 20000; i++)
    fprintf(file, "0,%zu,1\n%zu,0,1\n", i + 1, i + 1);
  fclose(file);
  assert_false(parse("", &spec, error));
  assert_non_null(strstr(error, "one node too many; it takes at most "));
}

static uint64_t random_next(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
  return *state >> 33;
}

/* A file that is taken, with octets changed, cut and doubled: it is taken or refused with its path.
 */
static void test_any_octets(void **state) {
  (void)state;
  static const char good[] =
      "# x\nfrom,to,ratio,parent\na,b,0.5,0\nb,a,1,1\r\nc,b,1,1\nb,c,0.25,\n";
  uint64_t random = 1;
  size_t taken = 0;
  for (size_t i = 0; i < 2000; i++) {
    uint8_t octets[2 * sizeof good];
    size_t length = i % 4 == 3 ? (size_t)random_next(&random) % sizeof octets : sizeof good - 1;
    for (size_t j = 0; j < length; j++)
      octets[j] = i % 4 == 3 ? (uint8_t)random_next(&random) : (uint8_t)good[j % (sizeof good - 1)];
    for (size_t j = 0; j < i % 4 && length > 0 && i % 4 != 3; j++)
      octets[random_next(&random) % length] =
          i % 8 < 4 ? (uint8_t)random_next(&random) : (uint8_t)good[random_next(&random) % length];
    if (i % 5 == 0)
      length -= random_next(&random) % (length + 1);
    struct spec spec;
    char error[SPEC_ERROR_MAX] = "";
    write_octets(octets, length);
    const bool good_spec = parse(i % 2 == 0 ? "" : ", \"parents\": \"given\"", &spec, error);
    taken += good_spec;
    assert_true(good_spec || strstr(error, path) != NULL);
    assert_true(good_spec || spec.topology != SPEC_TOPOLOGY_FILE);
  }
  assert_in_range(taken, 100, 1900);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_taken, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(test_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(test_paths, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(test_identity, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(test_many, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(test_any_octets, make_folder, remove_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
