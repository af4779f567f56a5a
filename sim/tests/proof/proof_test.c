/* The ledger proved for every variant, and the proof tried with miscounts. PROOF=full in the
 * environment asks for the whole product of variants in place of every pair. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proof.h"
#include "proof_matrix.h"
#include "proof_table.h"
#include "shell.h"

enum { BATCH = 32 };

static struct proof_report begin_report(char **text, size_t *length) {
  return (struct proof_report){.file = open_memstream(text, length)};
}

static json_t *describe_simulator(void) {
  int status;
  char *text = shell_output(&status, "%s --describe", SIMULATOR);
  json_t *description = shell_json(text);
  free(text);
  return description;
}

/* The matrix */

/* What the runs have shown: ledger rows that occurred, and members of the result that were derived.
 */
struct proof_tally {
  size_t runs, frames, failures;
  json_t *rows, *keys;
};

static struct proof_tally begin_tally(void) {
  return (struct proof_tally){.rows = json_object(), .keys = json_object()};
}

static void end_tally(struct proof_tally *tally) {
  json_decref(tally->rows);
  json_decref(tally->keys);
}

static void tally_note(struct proof_tally *tally, const json_t *result, json_t *derived) {
  json_object_update(tally->keys, derived);
  json_object_update(tally->rows, json_object_get(result, "ledger"));
  json_object_update(tally->rows, json_object_get(result, "app_ledger"));
  json_object_update(tally->rows, json_object_get(result, "ledger_backhaul"));
  tally->runs++;
  tally->frames += (size_t)shell_count(result, "frames");
}

/* Whether nothing keeps this variant from being established: else it would prove little. */
static bool must_establish(const json_t *result) {
  const json_t *spec = json_object_get(result, "spec");
  return shell_figure(spec, "frame_loss") <= 0 && strcmp(shell_text(spec, "fault"), "none") == 0;
}

static void prove(const char *run, const char *text, struct proof_tally *tally) {
  char *differences = NULL;
  size_t length;
  struct proof_report report = begin_report(&differences, &length);
  json_t *result = proof_result(run), *derived = NULL;
  if (result == NULL) {
    proof_differ(&report, "no result");
  } else if (strcmp(shell_text(result, "outcome"), "invalid") == 0 ||
             strcmp(shell_text(result, "outcome"), "unsupported") == 0 ||
             (must_establish(result) &&
              strcmp(shell_text(result, "outcome"), "established") != 0)) {
    proof_differ(&report, "%s: %s", shell_text(result, "outcome"), shell_text(result, "reason"));
  } else {
    derived = proof_derive(run, result, &report);
    proof_compare(result, derived, &report);
    tally_note(tally, result, derived);
  }
  fclose(report.file);
  if (report.differences > 0)
    print_error("%s\n%s\n", text, differences);
  tally->failures += report.differences > 0;
  free(differences);
  json_decref(result);
  json_decref(derived);
}

static void prove_all(char *const *specs, size_t count, struct proof_tally *tally) {
  for (size_t i = 0; i < count; i += BATCH) {
    const size_t some = count - i < BATCH ? count - i : BATCH;
    char *folder = shell_make_folder();
    proof_run(folder, (const char *const *)specs + i, some);
    for (size_t j = 0; j < some; j++) {
      char run[64];
      snprintf(run, sizeof run, "%s/%zu", folder, j);
      prove(run, specs[i + j], tally);
    }
    shell_remove(folder);
  }
}

/* Every row that there is has occurred, so that none is unproved. */
static void check_all_rows(const json_t *description, struct proof_tally *tally) {
  const json_t *rows = json_object_get(description, "rows");
  for (size_t i = 0; i < json_array_size(rows); i++) {
    const char *name = shell_text(json_array_get(rows, i), "name");
    bool known = json_object_get(tally->rows, name) != NULL;
    for (size_t j = 0; j < proof_rare_row_count; j++)
      known = known || strcmp(proof_rare_rows[j], name) == 0;
    if (!known)
      print_error("the row \"%s\" has not occurred\n", name);
    tally->failures += !known;
  }
}

/* Every key of a result has been derived, or is said not to be. */
static void check_all_keys(const json_t *description, struct proof_tally *tally) {
  const json_t *fields = json_object_get(description, "result");
  for (size_t i = 0; i < json_array_size(fields); i++) {
    const char *name = shell_text(json_array_get(fields, i), "name");
    bool listed = false;
    for (size_t j = 0; j < proof_underived_key_count; j++)
      listed = listed || strcmp(proof_underived_keys[j], name) == 0;
    if (listed == (json_object_get(tally->keys, name) != NULL)) {
      print_error("the result's \"%s\" is %s\n", name,
                  listed ? "derived, and in proof_underived_keys" : "not derived");
      tally->failures++;
    }
  }
}

static void test_every_variant(void **state) {
  (void)state;
  const char *extent = getenv("PROOF");
  struct proof_matrix matrix = {0};
  struct proof_tally tally = begin_tally();
  char *unknown = NULL;
  size_t length;
  struct proof_report report = begin_report(&unknown, &length);
  json_t *description = describe_simulator();
  proof_matrix_check(description, &report);
  fclose(report.file);
  if (report.differences > 0)
    fail_msg("add to proof_table.c:\n%s", unknown);
  proof_matrix_pairs(&matrix, description);
  proof_matrix_faults(&matrix, description);
  if (extent != NULL && strcmp(extent, "full") == 0)
    proof_matrix_product(&matrix, description);
  prove_all(matrix.specs, matrix.count, &tally);
  check_all_rows(description, &tally);
  check_all_keys(description, &tally);
  print_message("%zu runs, %zu frames: %zu differ\n", tally.runs, tally.frames, tally.failures);
  assert_int_equal(tally.failures, 0);
  assert_int_equal(tally.runs, matrix.count);
  proof_matrix_free(&matrix);
  end_tally(&tally);
  json_decref(description);
  free(unknown);
}

/* What once was wrong, or is rare. */
static void test_crowds(void **state) {
  (void)state;
  static char *const specs[] = {
      /* Two frames with the same sequence number to the same node, which acknowledges the first:
       * the second is still on the air then, or just over. */
      "{\"hops\": 2, \"identity_bytes\": 253, \"frame_loss\": 0.05, \"peers\": 10, "
      "\"start_spread_ms\": 500, \"seed\": 87}",
      "{\"hops\": 2, \"peers\": 3, \"location_option\": \"location-path\", \"seqnum_number\": 22, "
      "\"seqnum_bytes\": 12, \"identity_bytes\": 100, \"server_id_bytes\": 253, "
      "\"peer_id_bytes\": 253, \"mac_max_retries\": 7, \"aaa_delay_ms\": 100, \"seed\": 189}",
      /* a UDP checksum of zero */
      "{\"method\": \"eap-edhoc\", \"edhoc_suite\": 3, \"credential\": \"x5chain\", "
      "\"certificate_bytes\": 280, \"eap_mtu\": 64, \"peers\": 3, \"start_spread_ms\": 200, "
      "\"location_option\": \"location-path\", \"oscore_id_context\": \"none\", "
      "\"seqnum_number\": 24, \"seqnum_bytes\": 1, \"identity_bytes\": 1, "
      "\"mac_max_retries\": 0, \"aaa_delay_ms\": 100, \"seed\": 379}",
      "{\"topology\": \"star\", \"peers\": 20, \"start_spread_ms\": 500}",
      /* DTLS flights and application requests of many at once */
      "{\"association\": \"dtls\", \"hops\": 2, \"peers\": 10, \"start_spread_ms\": 500, "
      "\"frame_loss\": 0.05, \"authentications\": 2, \"app_messages\": 3, "
      "\"app_payload_bytes\": 200, \"seed\": 5}",
      "{\"association\": \"dtls\", \"hops\": 3, \"frame_loss\": 0.3, \"dtls_timeout_ms\": 100, "
      "\"authentications\": 3, \"separate_response\": \"on\", \"app_messages\": 3, "
      "\"app_interval_ms\": 0, \"seed\": 6}",
      /* empty ACKs that go again when others went between */
      "{\"separate_response\": \"on\", \"ordering\": \"mid-random\", \"token_bytes\": 0, "
      "\"hops\": 2, \"peers\": 4, \"frame_loss\": 0.3, \"app_messages\": 6, "
      "\"app_payload_bytes\": 300, \"app_direction\": \"from-authenticator\", "
      "\"app_method\": \"get\", \"seed\": 7}",
      "{\"hops\": 4, \"identity_bytes\": 253, \"peer_id_bytes\": 253, \"frame_loss\": 0.3, "
      "\"mac_max_retries\": 7, \"peers\": 5}",
  };
  struct proof_tally tally = begin_tally();
  prove_all(specs, sizeof specs / sizeof specs[0], &tally);
  assert_int_equal(tally.failures, 0);
  end_tally(&tally);
}

/* A new key, and a new value of each choice, are missed by name. */
static void test_unknown_variants(void **state) {
  (void)state;
  char *text = NULL, what[128];
  size_t length, i;
  struct proof_report report = begin_report(&text, &length);
  json_t *description = describe_simulator(), *fields = json_object_get(description, "spec"),
         *field;
  json_array_append_new(
      fields, json_pack("{s:s,s:s,s:[]}", "name", "a_new_key", "type", "integer", "applies"));
  json_array_foreach(fields, i, field)
      json_array_append_new(json_object_get(field, "values"), json_string("a-new-value"));
  proof_matrix_check(description, &report);
  fclose(report.file);
  assert_non_null(strstr(text, "the key \"a_new_key\""));
  json_array_foreach(fields, i, field) {
    snprintf(what, sizeof what, "\"a-new-value\" of \"%s\"", shell_text(field, "name"));
    if (json_object_get(field, "values") != NULL && strstr(text, what) == NULL)
      fail_msg("%s is not missed", what);
  }
  json_decref(description);
  free(text);
}

/* Miscounts */

struct planted {
  json_t *result, *derived;
  size_t count;
};

/* The comparison with a result that was tampered with must name what was. */
static void expect_difference(struct planted *planted, const json_t *tampered, const char *what) {
  char *text = NULL;
  size_t length;
  struct proof_report report = begin_report(&text, &length);
  proof_compare(tampered, planted->derived, &report);
  fclose(report.file);
  if (report.differences == 0 || strstr(text, what) == NULL)
    fail_msg("a miscount of \"%s\" is not reported, but: %s", what, text);
  planted->count++;
  free(text);
}

static void add_to_figure(json_t *object, const char *key, json_int_t by) {
  assert_true(json_is_integer(json_object_get(object, key)));
  json_object_set_new(object, key, json_integer(shell_count(object, key) + by));
}

/* The object inside the result: a member, or of messages one, or its ledger. */
static json_t *inside(json_t *result, const char *member, size_t message) {
  if (strcmp(member, "ledger of message") == 0)
    return json_object_get(inside(result, "message", message), "ledger");
  if (strcmp(member, "message") == 0)
    return json_array_get(json_object_get(result, "messages"), message);
  return *member == '\0' ? result : json_object_get(result, member);
}

/* One octet too many in each row; then again with one too few in another, so that sums hold. */
static void plant_in_rows(struct planted *planted, const char *member, size_t message) {
  const json_t *ledger = inside(planted->result, member, message);
  const char *row, *other;
  json_t *value, *other_value;
  json_object_foreach((json_t *)(uintptr_t)ledger, row, value) {
    char what[128];
    snprintf(what, sizeof what, ".%s: ledger %lld, tshark %lld", row,
             (long long)json_integer_value(value) + 1, (long long)json_integer_value(value));
    json_t *tampered = json_deep_copy(planted->result);
    add_to_figure(inside(tampered, member, message), row, 1);
    expect_difference(planted, tampered, what);
    json_decref(tampered);
    json_object_foreach((json_t *)(uintptr_t)ledger, other, other_value) {
      if (strcmp(other, row) == 0)
        continue;
      tampered = json_deep_copy(planted->result);
      add_to_figure(inside(tampered, member, message), row, 1);
      add_to_figure(inside(tampered, member, message), other, -1);
      expect_difference(planted, tampered, what);
      json_decref(tampered);
    }
  }
}

static void plant(struct planted *planted, const char *member, size_t message, const char *key,
                  json_int_t by) {
  char what[64];
  json_t *tampered = json_deep_copy(planted->result);
  add_to_figure(inside(tampered, member, message), key, by);
  snprintf(what, sizeof what, "%s: ledger", key);
  expect_difference(planted, tampered, what);
  json_decref(tampered);
}

/* A mean that is off by one. */
static void plant_in_mean(struct planted *planted, const char *key) {
  char what[64];
  json_t *tampered = json_deep_copy(planted->result);
  json_object_set_new(tampered, key, json_real(shell_figure(tampered, key) + 1));
  snprintf(what, sizeof what, "%s: ledger", key);
  expect_difference(planted, tampered, what);
  json_decref(tampered);
}

/* A mean where there is none, or none where there is one. */
static void plant_means(struct planted *planted) {
  static const char *const means[] = {
      "app_exchange_bytes_udp", "app_exchange_bytes_air", "app_exchange_bytes_air_peer_link",
      "app_exchange_frames",    "app_request_bytes_udp",  "app_response_bytes_udp"};
  for (size_t i = 0; i < sizeof means / sizeof means[0]; i++) {
    char what[64];
    json_t *tampered = json_deep_copy(planted->result);
    const bool exists = json_is_real(json_object_get(tampered, means[i]));
    json_object_set_new(tampered, means[i], exists ? json_null() : json_real(1));
    snprintf(what, sizeof what, "%s: ledger", means[i]);
    expect_difference(planted, tampered, what);
    json_decref(tampered);
    if (exists)
      plant_in_mean(planted, means[i]);
  }
}

static void plant_in_figures(struct planted *planted) {
  static const char *const figures[] = {"frames",    "frames_ack", "mac_retries",
                                        "bytes_udp", "bytes_air",  "datagrams"};
  static const char *const totals[] = {
      "bytes_air_peer_link", "bytes_air_repeated",       "datagrams_repeated",
      "datagrams_repeated",  "bytes_backhaul",           "datagrams_backhaul",
      "coap_messages",       "coap_retransmissions",     "app_bytes_udp",
      "app_bytes_air",       "app_bytes_air_peer_link",  "app_frames",
      "app_coap_messages",   "app_coap_retransmissions", "app_exchanges",
      "app_unanswered"};
  const size_t messages = json_array_size(json_object_get(planted->result, "messages"));
  for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
    for (int by = -1; by <= 1; by += 2) {
      plant(planted, "", 0, figures[i], by);
      for (size_t j = 0; j < messages; j++)
        plant(planted, "message", j, figures[i], by);
    }
  }
  for (size_t j = 0; j < messages; j++)
    plant(planted, "message", j, "datagrams_repeated", 1);
  for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
    plant(planted, "", 0, totals[i], 1);
  plant_means(planted);
}

/* Messages that are forgotten, made up or called something else. */
static void plant_in_messages(struct planted *planted) {
  json_t *tampered = json_deep_copy(planted->result);
  json_array_remove(json_object_get(tampered, "messages"), 0);
  expect_difference(planted, tampered, "messages: the result has no");
  json_decref(tampered);
  tampered = json_deep_copy(planted->result);
  json_array_append(json_object_get(tampered, "messages"), inside(tampered, "message", 0));
  expect_difference(planted, tampered, "messages: ledger");
  json_decref(tampered);
  tampered = json_deep_copy(planted->result);
  json_object_set_new(inside(tampered, "message", 0), "label", json_string("made up"));
  expect_difference(planted, tampered, "messages: the result has no");
  json_decref(tampered);
  tampered = json_deep_copy(planted->result);
  json_object_set_new(inside(tampered, "message", 0), "phase", json_string("application"));
  expect_difference(planted, tampered, "messages: the result has no");
  json_decref(tampered);
}

static void plant_everything(struct planted *planted) {
  char *text = NULL;
  size_t length;
  struct proof_report report = begin_report(&text, &length);
  proof_compare(planted->result, planted->derived, &report);
  fclose(report.file);
  if (report.differences > 0)
    fail_msg("without a miscount: %s", text);
  free(text);
  plant_in_rows(planted, "ledger", 0);
  plant_in_rows(planted, "ledger_peer_link", 0);
  plant_in_rows(planted, "ledger_backhaul", 0);
  plant_in_rows(planted, "app_ledger", 0);
  plant_in_rows(planted, "app_ledger_peer_link", 0);
  for (size_t i = 0; i < json_array_size(json_object_get(planted->result, "messages")); i++)
    plant_in_rows(planted, "ledger of message", i);
  plant_in_figures(planted);
  plant_in_messages(planted);
}

static void test_planted_miscounts(void **state) {
  (void)state;
  static const char *const specs[] = {
      "{\"hops\": 2, \"identity_bytes\": 200, \"frame_loss\": 0.2, \"seed\": 4}",
      "{\"location_option\": \"location-path\", \"peers\": 2}",
      "{\"ordering\": \"seqnum-requests\", \"separate_response\": \"on\", "
      "\"authentications\": 2, \"app_messages\": 2, \"app_payload_bytes\": 200}",
      "{\"association\": \"dtls\", \"frame_loss\": 0.2, \"hops\": 2, \"app_messages\": 3, "
      "\"app_direction\": \"from-authenticator\", \"app_method\": \"get\", \"seed\": 3}",
  };
  enum { COUNT = sizeof specs / sizeof specs[0] };
  char *folder = shell_make_folder();
  proof_run(folder, specs, COUNT);
  for (size_t i = 0; i < COUNT; i++) {
    char run[64];
    struct proof_report report = {.file = stderr};
    snprintf(run, sizeof run, "%s/%zu", folder, i);
    struct planted planted = {.result = proof_result(run)};
    assert_non_null(planted.result);
    planted.derived = proof_derive(run, planted.result, &report);
    assert_int_equal(report.differences, 0);
    plant_everything(&planted);
    print_message("%zu miscounts found\n", planted.count);
    json_decref(planted.result);
    json_decref(planted.derived);
  }
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_unknown_variants),
      cmocka_unit_test(test_planted_miscounts),
      cmocka_unit_test(test_crowds),
      cmocka_unit_test(test_every_variant),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
