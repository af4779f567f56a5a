/* Stack figures: what is put together, and how many parts are told apart. */
#include "fixture.h"
#include "support/markup.h"
#include "support/memory.h"
#include "support/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Draws the figure `f` with these keys; what the program printed. */
static char *draw_stack(const struct fixture *fixture, const char *keys, bool good) {
  char *scenario = text_format("sweep: {hops: [1, 2]}\nrepeat: 2\n"
                               "figures: [{name: f, type: stack, of: ledger%s}]\n",
                               keys);
  char *printed = fixture_run(fixture, scenario, good);
  free(scenario);
  return printed;
}

static const struct {
  const char *keys, *parts;
} STACKS[] = {
    {"", "[7] = [\"EAP method\", \"EAP header\", \"CoAP\", \"OSCORE, DTLS\", "
         "\"UDP, IPv6, 6LoWPAN\", \"MAC and PHY\", \"MAC acks\"]"},
    {", by: group", "[7] = [\"EAP method\", \"EAP header\""},
    {", by: family", "[5] = [\"EAP\", \"lower layer\", \"association\", \"network\", \"link\"]"},
    {", groups: {ours: [CoAP, 'OSCORE, DTLS'], acks: mac_ack, token: []}",
     "[6] = [\"EAP method\", \"EAP header\", \"ours\", \"UDP, IPv6, 6LoWPAN\", \"MAC and PHY\", "
     "\"acks\"]"},
    {", by: family, groups: {method: eap_method, below: [network, link]}",
     "[5] = [\"method\", \"EAP\", \"lower layer\", \"association\", \"below\"]"},
};

static void parts(void **state) {
  for (size_t i = 0; i < sizeof STACKS / sizeof STACKS[0]; i++) {
    free(draw_stack(*state, STACKS[i].keys, true));
    char *script = fixture_read(*state, "figures/f.gp");
    fixture_assert_has(script, STACKS[i].parts);
    free(script);
  }
}

/* The parts of the first bar, and that they add up to its total. */
static size_t count_parts(const struct fixture *fixture) {
  char *data = fixture_read(fixture, "figures/f.tsv"), *field = strchr(data, '\n') + 1, *word;
  double number[64], sum = 0;
  size_t count = 0;
  field[strcspn(field, "\n")] = '\0';
  strsep(&field, "\t");
  while ((word = strsep(&field, "\t")) != NULL)
    number[count++] = strtod(word, NULL);
  for (size_t i = 0; i + 3 < count; i++)
    sum += number[i];
  assert_float_equal(sum, number[count - 3], 1e-6);
  free(data);
  return count - 3;
}

/* Behind seven plain fills, there are hatches; behind the last of these, a figure is refused. */
static void many_parts(void **state) {
  static const struct {
    int more; /* than the seven groups of the simulator */
    bool good, hatched;
    const char *keys;
  } MANY[] = {{0, true, false, ""},   {1, true, true, ""},
              {5, true, true, ""},    {13, true, true, ""},
              {14, false, false, ""}, {14, true, true, ", groups: {others: [part_0, Part 1]}"}};
  for (size_t i = 0; i < sizeof MANY / sizeof MANY[0]; i++) {
    char *more = text_format("%d", MANY[i].more);
    assert_int_equal(setenv("FAKE_PARTS", more, 1), 0);
    assert_int_equal(setenv("FAKE_CODE", more, 1), 0);
    free(draw_stack(*state, MANY[i].keys, MANY[i].good));
    unsetenv("FAKE_PARTS");
    unsetenv("FAKE_CODE");
    free(more);
    if (!MANY[i].good)
      continue;
    char *svg = fixture_read(*state, "figures/f.svg");
    assert_int_equal(strstr(svg, "<pattern id=") != NULL, MANY[i].hatched);
    assert_int_equal(count_parts(*state), 7 + MANY[i].more - (MANY[i].keys[0] != '\0'));
    free(svg);
  }
}

/* The patterns of two figures on one page do not mix. */
static void patterns_on_a_page(void **state) {
  (void)state;
  struct text html = {0};
  markup_add_svg(&html, "<svg><defs><pattern id='gpPat1'/></defs><path fill='url(#gpPat1)'/></svg>",
                 "f");
  assert_string_equal(html.data, "<svg><defs><pattern id='f-gpPat1'/></defs><path "
                                 "fill='url(#f-gpPat1)'/></svg>");
  text_deinit(&html);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts),
      cmocka_unit_test(many_parts),
      cmocka_unit_test(patterns_on_a_page),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
