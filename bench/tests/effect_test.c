/* Keys without effect and refused cells, told once each, where they are written. */
#include "fixture.h"
#include "scenario/effect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What is said of a scenario, with DIR for its folder. */
static char *warnings_of(const struct fixture *fixture, const char *yaml) {
  struct scenario scenario;
  struct plan plan;
  struct text warnings = {0}, error = {0}, short_ones = {0};
  char *path = fixture_write(fixture, "e.yaml", yaml);
  if (scenario_init(&scenario, path, &fixture->schema, &error) < 0 ||
      plan_init(&plan, &scenario, &error) < 0 || plan_resolve(&plan, FAKE_SIMULATOR, &error) < 0)
    fail_msg("%s%s", yaml, text_string(&error));
  effect_warn(&plan, &scenario, &fixture->schema, &warnings);
  text_add(&short_ones, "%s", "");
  for (const char *at = text_string(&warnings), *folder; *at != '\0';) {
    folder = strstr(at, fixture->folder);
    text_add(&short_ones, "%.*s", folder == NULL ? (int)strlen(at) : (int)(folder - at), at);
    at = folder == NULL ? "" : folder + strlen(fixture->folder);
    if (folder != NULL)
      text_add(&short_ones, "DIR");
  }
  plan_deinit(&plan);
  scenario_deinit(&scenario);
  text_deinit(&warnings);
  free(path);
  return short_ones.data;
}

static void keys_without_effect(void **state) {
  static const struct {
    const char *yaml, *warnings;
  } TABLE[] = {
      {"title: x\n", ""},
      /* swept, with cells that are the same runs */
      {"sweep:\n  frame_loss: [0, 0.1]\n  loss_model: [frame, bit]\nrepeat: 2\n",
       "warning: DIR/e.yaml:3: loss_model has no effect in 2 of 4 cells: it needs frame_loss other "
       "than 0\n"},
      {"sweep: {association: [oscore, dtls], dtls_cookie: [on, off], peers: [1, 2]}\n",
       "warning: DIR/e.yaml:1: dtls_cookie has no effect in 4 of 8 cells: it needs association: "
       "dtls\n"},
      {"cases:\n  O: {association: oscore}\n  D: {association: dtls}\n"
       "sweep:\n  dtls_cookie: [on, off]\n",
       "warning: DIR/e.yaml:5: dtls_cookie has no effect in 2 of 4 cells: it needs association: "
       "dtls\n"},
      /* swept, but each cell without effect stands for itself */
      {"sweep: {frame_loss: [0, 0.1], loss_model: [frame, bit]}\n"
       "skip: [{frame_loss: 0, loss_model: bit}]\n",
       ""},
      {"sweep: {frame_loss: [0, 0.1], loss_model: [bit]}\n", ""},
      {"cases: {O: {association: oscore}, D: {association: dtls}}\nsweep: {dtls_cookie: [on, "
       "off]}\n"
       "skip: [{case: O, dtls_cookie: off}]\n",
       ""},
      /* swept, without effect anywhere */
      {"sweep:\n  loss_model: [bit]\n",
       "warning: DIR/e.yaml:2: loss_model has no effect in 1 of 1 cell: it needs frame_loss other "
       "than 0\n"},
      /* fixed */
      {"fixed: {loss_model: bit}\nsweep: {frame_loss: [0, 0.1]}\n", ""},
      {"fixed:\n  loss_model: bit\nsweep: {hops: [1, 2]}\n",
       "warning: DIR/e.yaml:2: loss_model has no effect in 2 of 2 cells: it needs frame_loss other "
       "than 0\n"},
      {"fixed: {frame_loss: 0, loss_model: frame}\n",
       "warning: DIR/e.yaml:1: loss_model has no effect in 1 of 1 cell: it needs frame_loss other "
       "than 0\n"},
      /* set by a case */
      {"cases:\n  a: {topology: star, hops: 2}\n  b: {hops: 2}\nsweep: {peers: [1, 2]}\n",
       "warning: DIR/e.yaml:2: hops has no effect in 2 of 4 cells: it needs topology: line\n"},
      {"cases:\n  a: {dtls_cookie: off}\n  b: {peers: 2}\nsweep: {association: [oscore, dtls]}\n",
       ""},
      {"cases:\n  a: {dtls_cookie: off}\n  b: {dtls_cookie: on}\n"
       "sweep: {association: [oscore, dtls]}\n",
       "warning: DIR/e.yaml:2: dtls_cookie has no effect in 2 of 4 cells: it needs association: "
       "dtls\n"},
      {"fixed: {dtls_cookie: off}\ncases: {a: {association: dtls}, b: {}}\n", ""},
      /* several conditions: those that do not hold */
      {"fixed: {certificate_bytes: 300}\n",
       "warning: DIR/e.yaml:1: certificate_bytes has no effect in 1 of 1 cell: it needs method: "
       "eap-edhoc and credential: x5chain\n"},
      {"fixed: {certificate_bytes: 300, method: eap-edhoc}\n",
       "warning: DIR/e.yaml:1: certificate_bytes has no effect in 1 of 1 cell: it needs "
       "credential: "
       "x5chain\n"},
      /* a line for each key */
      {"fixed:\n  app_payload_bytes: 3\nsweep:\n  topology: [star]\n  hops: [1, 2]\n",
       "warning: DIR/e.yaml:2: app_payload_bytes has no effect in 2 of 2 cells: it needs "
       "app_messages other than 0\n"
       "warning: DIR/e.yaml:5: hops has no effect in 2 of 2 cells: it needs topology: line\n"},
      /* the nearest file that has it */
      {"extends: parent\nsweep: {topology: [star]}\n",
       "warning: DIR/parent.yaml:3: hops has no effect in 2 of 2 cells: it needs topology: line\n"},
      {"extends: parent\nfixed: {topology: star,\n  hops: 3}\n",
       "warning: DIR/e.yaml:3: hops has no effect in 1 of 1 cell: it needs topology: line\n"},
  };
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "parent.yaml", "title: p\nsweep:\n  hops: [1, 2]\n"));
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *warnings = warnings_of(fixture, TABLE[i].yaml);
    if (strcmp(warnings, TABLE[i].warnings) != 0)
      fail_msg("%s\nexpected:\n%s\nbut:\n%s", TABLE[i].yaml, TABLE[i].warnings, warnings);
    free(warnings);
  }
}

static void refused_cells(void **state) {
  static const struct {
    const char *yaml, *warnings;
  } TABLE[] = {
      {"sweep: {identity_bytes: [250, 252, 253], peers: [1, 2]}\nrepeat: 3\n",
       "warning: DIR/e.yaml: the simulator refuses 4 of 6 cells: identity_bytes: the fake "
       "simulator "
       "takes up to 251\n"},
      {"sweep: {identity_bytes: [250, 252, 253]}\nfixed: {method: eap-edhoc}\n", ""},
      {"fixed: {app_messages: 1}\nsweep: {app_interval_ms: [0, 99, 100, 101], app_payload_bytes: "
       "[100, 5]}\n",
       "warning: DIR/e.yaml: the simulator refuses 3 of 8 cells: app_interval_ms is less than "
       "app_payload_bytes\n"},
      {"fixed: {app_messages: 1, app_interval_ms: 15}\n", /* a default is below it */
       "warning: DIR/e.yaml: the simulator refuses 1 of 1 cell: app_interval_ms is less than "
       "app_payload_bytes\n"},
      {"fixed: {app_messages: 1, app_interval_ms: 15}\nsweep: {identity_bytes: [9, 252]}\n",
       "warning: DIR/e.yaml: the simulator refuses 1 of 2 cells: app_interval_ms is less than "
       "app_payload_bytes\n"
       "warning: DIR/e.yaml: the simulator refuses 1 of 2 cells: identity_bytes: the fake "
       "simulator "
       "takes up to 251\n"},
  };
  const struct fixture *fixture = *state;
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *warnings = warnings_of(fixture, TABLE[i].yaml);
    if (strcmp(warnings, TABLE[i].warnings) != 0)
      fail_msg("%s\nexpected:\n%s\nbut:\n%s", TABLE[i].yaml, TABLE[i].warnings, warnings);
    free(warnings);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_without_effect),
      cmocka_unit_test(refused_cells),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
