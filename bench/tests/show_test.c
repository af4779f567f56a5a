/* show: the ladder of a log, octets by message, and the drawing, with the fake simulator. */
#include "fixture.h"
#include "show/causes.h"
#include "show/coap_words.h"
#include "show/ladder.h"
#include "show/waterfall.h"
#include "support/grid.h"
#include "support/markup.h"
#include "support/memory.h"
#include "support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What `coap-eap-bench show words...` prints; "" if it does not end with 0. */
static char *show(const struct fixture *fixture, const char *words) {
  char *line = text_format("%s show --simulator %s --scenarios %s %s", COAP_EAP_BENCH,
                           FAKE_SIMULATOR, fixture->folder, words);
  char *argv[32], *rest = line, *word;
  size_t count = 0;
  while ((word = strsep(&rest, " ")) != NULL)
    argv[count++] = word;
  argv[count] = NULL;
  struct text output = {0}, error = {0};
  int status = process_capture(argv, NULL, true, &output, &error);
  char *printed = memory_string(status < 0 ? "" : text_string(&output));
  text_deinit(&output);
  text_deinit(&error);
  free(line);
  return printed;
}

static void ladder_as_the_draft_draws_it(void **state) {
  char *text = show(*state, "seed=2");
  fixture_assert_has(text, "established\n\n");
  fixture_assert_has(text, "| NON [0xdd73] POST /b  ");
  fixture_assert_has(text, "| No-Response(26) Token(0x3e)  ");
  fixture_assert_has(text, "     0.000  |--- 0) trigger ---");
  fixture_assert_has(text, "->|             10     30      2\n");
  fixture_assert_has(text, "  CON [0x0c9f] POST /b/5 |\n");
  fixture_assert_has(text, "  SeqNum(0x8c0a) Token(0x2a) |\n");
  fixture_assert_has(text, "     2.500  |<---");
  fixture_assert_has(text, "--- 1) EAP-PSK 1 ---|");
  fixture_assert_has(text, "  OSCORE(0x0900) Token(0x2a) |\n");
  fixture_assert_has(text, "  protected: OSCORE code 1, CoAP URI path 4, EAP header 4, |\n");
  fixture_assert_has(text, "     7.500  | * confirmed: step 7 verified (2)  ");
  fixture_assert_has(text, "echo '{\"seed\":2}' | " FAKE_SIMULATOR " --pcap DIR");
  free(text);
}

static void retransmissions_are_marked(void **state) {
  char *text = show(*state, "hops=4 frame_loss=0.3 seed=4");
  fixture_assert_has(text, "=== 1) EAP-PSK 1, retransmission 1 ===|             21\n");
  fixture_assert_has(text, " datagrams)\n");
  free(text);
}

static void octets_add_up(void **state) {
  char *text = show(*state, "hops=2");
  fixture_assert_has(text, "\npart      row          0)  1)    2)   sum\n");
  fixture_assert_has(text, "\ntotal                  30  63  1935  2028\n");
  fixture_assert_has(text,
                     "\ntotal                   3           58         202       6    2028\n");
  assert_null(strstr(text, "but"));
  free(text);
}

/* Each cause begins where the one before it ends; what nobody models is no 0. */
static void time_and_energy(void **state) {
  char *text = show(*state, "seed=2");
  fixture_assert_has(text, "\nTime by cause\n\ncause     ");
  fixture_assert_has(text, "  25.0 %   ############\nair       ");
  fixture_assert_has(text, "  50.0 %               ########################\nbackoff   ");
  fixture_assert_has(text,
                     "  25.0 %                                       ############\nsum       ");
  fixture_assert_has(text, "energy_peer_cpu_mj       not modelled          computing\n");
  assert_null(strstr(text, "poll"));
  free(text);
  text = show(*state, "crypto=slow");
  fixture_assert_has(text, "  50.0 %  computing\n");
  free(text);
}

/* Of several peers their own; of one that is not established nothing. */
static void causes_of_a_peer(void **state) {
  (void)state;
  json_t *result = json_pack("{s:{s:f}, s:[{s:{s:f}}, {s:n}]}", "time_parts_ms", "air", 5.0, "peer",
                             "time_parts_ms", "air", 6.0, "time_parts_ms");
  static const double AIR[] = {5, 6};
  for (size_t i = 0; i < 2; i++)
    fixture_assert_near(json_real_value(json_object_get(causes_of(result, i), "air")), AIR[i], 0);
  assert_null(causes_of(result, 2));
  json_array_remove(json_object_get(result, "peer"), 1);
  fixture_assert_near(json_real_value(json_object_get(causes_of(result, 1), "air")), 5, 0);
  json_decref(result);
}

/* A result in which an octet is missing is not passed over. */
static void a_miscount_is_told(void **state) {
  const struct fixture *fixture = *state;
  json_error_t problem;
  json_t *result =
      json_loads("{\"phases\": {\"pull\": {\"first\": {\"bytes_air\": 5}, \"again\": "
                 "{\"bytes_air\": 3}}}, \"messages\": [{\"label\": \"x\", \"direction\": "
                 "\"up\", \"bytes_air\": 10, \"ledger\": {\"udp\": 9}}]}",
                 0, &problem);
  struct text text = {0};
  waterfall_print_rows(&fixture->schema, result, &text);
  fixture_assert_has(text.data, "x: the rows sum up to 9, but its bytes_air is 10\n");
  fixture_assert_has(text.data, "the messages sum up to 9, but those of all phases are 8\n");
  text_deinit(&text);
  json_decref(result);
}

static void scenario_and_settings(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "s.yaml",
                     "cases: {one: {identity_bytes: 20}, two: {identity_bytes: 30}}\n"
                     "sweep: {hops: [2, 3]}\nfirst_seed: 7\n"));
  static const struct {
    const char *words, *expected;
  } CASES[] = {
      {"s", "{\"hops\":2,\"identity_bytes\":20,\"seed\":7}"},
      {"s case=two hops=4", "{\"hops\":4,\"identity_bytes\":30,\"seed\":7}"},
      {"s hops=3 seed=1", "{\"hops\":3,\"identity_bytes\":20,\"seed\":1}"},
      {"frame_loss=0.5", "{\"frame_loss\":0.5}"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char *text = show(fixture, CASES[i].words);
    fixture_assert_has(text, CASES[i].expected);
    free(text);
  }
  static const char *const BAD[] = {"s case=three", "hopps=1", "hops=0",   "hops=x",   "s s",
                                    "case=one",     "nosuch",  "--peer 2", "--peer 0", "--peer x"};
  for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
    char *text = show(fixture, BAD[i]);
    assert_string_equal(text, "");
    free(text);
  }
}

static void show_json(void **state) {
  char *text = show(*state, "--json");
  json_t *object = json_loads(text, 0, NULL);
  json_t *ladder = json_object_get(object, "ladder");
  assert_int_equal(json_array_size(ladder), 4);
  assert_string_equal(json_string_value(json_object_get(json_array_get(ladder, 1), "words")),
                      "CON [0x0c9f] POST /b/5\nSeqNum(0x8c0a) Token(0x2a)");
  assert_string_equal(
      json_string_value(json_object_get(json_object_get(object, "result"), "outcome")),
      "established");
  json_decref(object);
  free(text);
}

/* Every part of the ledger has a letter of its own, however many there are. */
static void letters_of_many_parts(void **state) {
  (void)state;
  enum { PARTS = 40 };
  struct text describe = {0}, error = {0}, bars = {0};
  json_t *rows = json_array(), *ledger = json_object();
  for (int i = 0; i < PARTS; i++) {
    char *row = text_format("row_%d", i), *group = text_format("Part %d", i);
    json_array_append_new(rows, json_pack("{s:s, s:s}", "name", row, "group", group));
    json_object_set_new(ledger, row, json_integer(2));
    free(row);
    free(group);
  }
  json_t *object =
      json_pack("{s:s, s:[{s:s, s:s}], s:[{s:s, s:s}], s:o}", "code", "c", "spec", "name", "seed",
                "type", "integer", "result", "name", "outcome", "type", "text", "rows", rows);
  char *line = json_dumps(object, 0);
  text_add(&describe, "%s", line);
  struct schema schema;
  assert_int_equal(schema_init(&schema, describe.data, &error), 0);
  json_t *result = json_pack("{s:[{s:s, s:i, s:o}]}", "messages", "label", "m", "bytes_air",
                             2 * PARTS, "ledger", ledger);
  waterfall_print_bars(&schema, result, &bars);
  bool seen[256] = {false};
  const char *legend = strstr(bars.data, "A letter is 2 octets:");
  assert_non_null(legend);
  for (int i = 0; i < PARTS; i++) {
    char *name = text_format(" Part %d", i);
    const char *at = strstr(legend, name);
    assert_non_null(at);
    assert_false(seen[(unsigned char)at[-1]]);
    seen[(unsigned char)at[-1]] = true;
    free(name);
  }
  assert_false(seen['#']);
  schema_deinit(&schema);
  json_decref(result);
  json_decref(object);
  free(line);
  text_deinit(&describe);
  text_deinit(&bars);
}

static void drawing(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *path = text_format("%s/ladder.svg", fixture->folder);
  char *words = text_format("hops=4 frame_loss=0.3 seed=4 --svg %s", path);
  free(show(fixture, words));
  char *svg = text_file_read(path, NULL, &error);
  assert_non_null(svg);
  fixture_assert_has(svg, "viewBox=\"0 0 336 ");
  fixture_assert_has(svg, ">1) EAP-PSK 1 (retransmission 1)</text>");
  fixture_assert_has(svg, ">CON [0x0c9f] POST /b/5</text>");
  fixture_assert_has(svg, "{&#34;frame_loss&#34;");
  fixture_assert_well_formed(svg);
  free(svg);
  free(words);
  free(path);
}

/* Below the messages, where the authentication is established. */
static void drawing_of_causes(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *path = text_format("%s/causes.svg", fixture->folder);
  char *words = text_format("seed=2 --svg %s", path);
  free(show(fixture, words));
  char *svg = text_file_read(path, NULL, &error);
  assert_non_null(svg);
  fixture_assert_has(svg, ">Time by cause</text>");
  fixture_assert_has(svg, ">cpu_peer</text>");
  fixture_assert_has(svg, " · 50.0 %</text>");
  fixture_assert_well_formed(svg);
  free(svg);
  free(words);
  free(path);
}

static void words_of_coap(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t length;
    unsigned seqnum_number;
    const char *words; /* NULL: it is no CoAP */
  } CASES[] = {
      {"\x40\x00\x12\x34", 4, 61, "CON [0x1234] empty"},
      {"\x70\x00\x12\x34", 4, 61, "RST [0x1234] empty"},
      {"\x60\x84\x00\x01", 4, 61, "ACK [0x0001] 4.04 Not Found"},
      {"\x40\x02\x00\x01\xb1\x62\xd2\x25\x01\x02", 10, 61, "CON [0x0001] POST /b\nSeqNum(0x0102)"},
      {"\x40\x02\x00\x01\xb1\x62\xd2\x25\x01\x02", 10, 0,
       "CON [0x0001] POST /b\nOption-61(0x0102)"},
      {"\x60\x41\x00\x01\x81\x62\x01\x35", 8, 61, "ACK [0x0001] 2.01 Created Location-Path[/b/5]"},
      {"\x40\x02\x00\x01\xb2\x0a\x62", 7, 61, "CON [0x0001] POST /.b"},
      {"\x40\x02\x00", 3, 61, NULL},
      {"\x80\x02\x00\x01", 4, 61, NULL},
      {"\x44\x02\x00\x01\x01", 5, 61, NULL},
      {"\x40\x02\x00\x01\xff", 5, 61, NULL},
      {"\x40\x02\x00\x01\xb5\x62", 6, 61, NULL},
      {"", 0, 61, NULL},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    struct text words = {0};
    bool is_coap = coap_words_add(&words, (const uint8_t *)CASES[i].bytes, CASES[i].length,
                                  CASES[i].seqnum_number);
    assert_int_equal(is_coap, CASES[i].words != NULL);
    assert_string_equal(text_string(&words), CASES[i].words == NULL ? "" : CASES[i].words);
    text_deinit(&words);
  }
}

static void grids(void **state) {
  (void)state;
  static const char *const FIELDS[2][3] = {{"a", "number", "why"},
                                           {"é", "7 [6, 8]", "one <two> three"}};
  struct grid grid = {.width = 3, .right_from = 1, .wrap = 9};
  for (size_t i = 0; i < 6; i++)
    grid_put(&grid, i / 3, i % 3, FIELDS[i / 3][i % 3]);
  struct text text = {0}, html = {0};
  grid_print(&grid, &text);
  assert_string_equal(text.data, "a    number  why\né  7 [6, 8]  one <two>\n             three\n");
  assert_int_equal(grid_least_width(&grid), 1 + 6 + 5);
  grid_link(&grid, 0, 2, "cell-3");
  grid_link(&grid, 1, 0, "x\"y");
  grid_print_html(&grid, &html);
  fixture_assert_has(html.data, "<th scope=\"col\"><a href=\"#cell-3\">why</a></th>");
  fixture_assert_has(html.data, "<span><a href=\"#x&#34;y\">é</a></span>");
  fixture_assert_has(
      html.data,
      "<td class=\"number\" data-label=\"number\"><span>7 <small>[6, 8]</small></span></td>");
  fixture_assert_has(html.data, "<td data-label=\"why\"><span>one &lt;two&gt; three</span></td>");
  text_deinit(&text);
  text_deinit(&html);
  grid_deinit(&grid);
}

static void svg_inside_of_a_page(void **state) {
  (void)state;
  struct text html = {0};
  markup_add_svg(&html,
                 "<?xml?>\n<svg><g id=\"a\"/><use xlink:href='#a' clip-path=\"url(#a)\"/></svg>",
                 "f", "a <b>");
  assert_string_equal(
      html.data,
      "<svg role=\"img\" aria-label=\"a &lt;b&gt;\"><g id=\"f-a\"/><use xlink:href='#f-a' "
      "clip-path=\"url(#f-a)\"/></svg>");
  text_deinit(&html);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ladder_as_the_draft_draws_it),
      cmocka_unit_test(retransmissions_are_marked),
      cmocka_unit_test(octets_add_up),
      cmocka_unit_test(time_and_energy),
      cmocka_unit_test(causes_of_a_peer),
      cmocka_unit_test(a_miscount_is_told),
      cmocka_unit_test(scenario_and_settings),
      cmocka_unit_test(show_json),
      cmocka_unit_test(letters_of_many_parts),
      cmocka_unit_test(drawing),
      cmocka_unit_test(drawing_of_causes),
      cmocka_unit_test(words_of_coap),
      cmocka_unit_test(grids),
      cmocka_unit_test(svg_inside_of_a_page),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
