/* Claims: what they say of cells, what is told of those that do not hold, and mistakes. */
#include "fixture.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Of the fake simulator: 1014 B on air for each hop, with retransmissions where frames are lost. */
static const char HEAD[] = "cases: {one: {}, 'two, longer': {token_bytes: 4}}\n"
                           "sweep: {frame_loss: [0, 0.2], hops: [1, 2]}\nrepeat: 8\nexpect:\n";

static const struct {
  const char *claim; /* an item, in the file's line 5 */
  const char *said;  /* NULL if it holds */
} CLAIMS[] = {
    {"bytes_air[case=one, hops=1, frame_loss=0] == 1014", NULL},
    {"bytes_air[case=one, hops=1, frame_loss=0] == 1015",
     "/c.yaml:5: expected bytes_air[case=one, hops=1, frame_loss=0] == 1015, but it is 1014 B\n"},
    {"bytes_air[case=one, hops=1, frame_loss=0] == 1015 +- 1", NULL},
    {"bytes_air[case=one, hops=1, frame_loss=0] == 1016 +- 1.5", ", but it is 1014 B\n"},
    {"bytes_air[case=one, hops=1, frame_loss=0] ~ 1.0e3", NULL},
    {"bytes_air[case=one, hops=1, frame_loss=0] ~ 1.01e3", NULL},
    {"bytes_air[case=one, hops=1, frame_loss=0] ~ 1.02e3", ", but it is 1014 B\n"},
    {"bytes_air[case=one, hops=1, frame_loss=0] ~ 1014.0", NULL},
    {"1014 == bytes_air[case=one, hops=1, frame_loss=0]", NULL},
    /* Digits as in tables, and more where they would say that nothing is wrong. */
    {"bytes_air[case=one, hops=1, frame_loss=0] / 7 == 144.8", ", but it is 144.9 B\n"},
    {"bytes_air[case=one, hops=1, frame_loss=0] / 7 == 144.857", ", but it is 144.857143 B\n"},
    /* Pairs, and what is made of them. */
    {"bytes_air[hops=2] - bytes_air[hops=1] > 1000", NULL},
    {"(bytes_air[hops=2] / bytes_air[hops=1])[frame_loss=0, case=one] == 2", NULL},
    {"(bytes_air[hops=2] / bytes_air[hops=1] - 1)[frame_loss=0, case=one] ~ 100 %", NULL},
    {"(1 - bytes_air[hops=1] / bytes_air[hops=2])[frame_loss=0, case=one] ~ 60 %",
     "~ 60 %, but it is 50 %\n"},
    {"2 * (bytes_air[hops=2] - bytes_air[hops=1])[frame_loss=0, case=one] / 4 == 507", NULL},
    {"0 - bytes_air[frame_loss=0, case=one, hops=1] == -1014", NULL},
    {"(bytes_air + bytes_udp)[frame_loss=0, case=one, hops=1] == 1014 + 436", NULL},
    {"(median time_ms[hops=2] / median time_ms[hops=1])[frame_loss=0] < 2.5", NULL},
    {"p95 time_ms[hops=2] > p95 time_ms[hops=1]", NULL},
    {"success == 1", NULL},
    {"success[frame_loss=0] == 99 %", "but it is 100 [67.56, 100] % with one, hops 1\n"},
    /* Free columns are equal on both sides; the baseline itself is left out. */
    {"bytes_air[hops=1] < bytes_air[hops=2]", NULL},
    {"bytes_air[hops=1] > bytes_air[hops=2]", "expected bytes_air[hops=1] > bytes_air[hops=2], but "
                                              "it is 1014 B to 2028 B with one, frame_loss 0 "
                                              "%\n"},
    {"2 * bytes_air[hops=1] == bytes_air", "with one, frame_loss 20 %, hops 2\n"},
    {"{that: '2 * bytes_air[hops=1] == bytes_air', where: {frame_loss: 0}}", NULL},
    {"(bytes_air[case=\"two, longer\"] - bytes_air[case=one])[frame_loss=0] > 0", NULL},
    {"(bytes_air[case='two, longer'] - bytes_air[case=one])[frame_loss=0] > 0", NULL},
    {"'\"mean bytes_air\"[case=one, hops=1] < bytes_air[case=\"two, longer\", hops=2]'", NULL},
    {"bytes_air[case=one, hops=1, frame_loss=0] < bytes_air[case=one, hops=2, frame_loss=0.2]",
     NULL},
    /* Chains. */
    {"1000 < bytes_air[case=one, hops=1, frame_loss=0] <= 1014 < 1015", NULL},
    {"1000 < bytes_air[case=one, hops=1, frame_loss=0] < 1014",
     ", but it is 1014 B at the second <\n"},
    /* Intervals. */
    {"{that: 'time_ms[hops=1] < time_ms[hops=2]', shown: true, where: {frame_loss: 0}}", NULL},
    {"{that: 'time_ms[hops=1] < time_ms[hops=2]', shown: false, where: {frame_loss: 0}}",
     "(not shown), but it is "},
    {"{that: 'time_ms[hops=2] < 9 * time_ms[hops=1]', shown: true, where: {frame_loss: 0}}", NULL},
    {"{that: '1 < time_ms[hops=1]', shown: true, where: {frame_loss: 0}}", NULL},
    {"{that: 'bytes_air[hops=1] <= bytes_air[hops=2]', why: a hop costs}", NULL},
    {"{that: 'bytes_air[hops=1] >= bytes_air[hops=2]', why: a hop costs}", "(a hop costs)\n"},
    /* Without a figure. */
    {"{that: 'bytes_air / app_exchanges < 5', where: {hops: 1}}", "but it is none with "},
};

static void claims_are_held(void **state) {
  const struct fixture *fixture = *state;
  for (size_t i = 0; i < sizeof CLAIMS / sizeof CLAIMS[0]; i++) {
    char *content = text_format("%s  - %s\n", HEAD, CLAIMS[i].claim);
    char *printed = fixture_run(fixture, content, CLAIMS[i].said == NULL);
    if (CLAIMS[i].said != NULL)
      fixture_assert_has(printed, CLAIMS[i].said);
    free(printed);
    free(content);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(claims_are_held),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
