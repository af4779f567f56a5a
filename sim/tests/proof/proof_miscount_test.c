/* The proof tried with what it must not let pass: miscounts in each figure of a result, and keys
 * and values that its table lacks. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proof.h"
#include "proof_matrix.h"
#include "shell.h"

/* A new key, and a new value of each choice, are missed by name. */
static void test_unknown_variants(void **state) {
  (void)state;
  char *text = NULL, what[128];
  size_t length, i;
  struct proof_report report = proof_report_begin(&text, &length);
  json_t *description = shell_describe(), *fields = json_object_get(description, "spec"), *field;
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
static void expect(struct planted *planted, const json_t *tampered, const char *what) {
  char *text = NULL;
  size_t length;
  struct proof_report report = proof_report_begin(&text, &length);
  proof_compare(tampered, planted->derived, &report);
  fclose(report.file);
  if (report.differences == 0 || strstr(text, what) == NULL)
    fail_msg("a miscount of \"%s\" is not reported, but: %s", what, text);
  planted->count++;
  free(text);
}

static void change(json_t *object, const char *key, json_int_t by) {
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
    change(inside(tampered, member, message), row, 1);
    expect(planted, tampered, what);
    json_decref(tampered);
    json_object_foreach((json_t *)(uintptr_t)ledger, other, other_value) {
      if (strcmp(other, row) == 0)
        continue;
      tampered = json_deep_copy(planted->result);
      change(inside(tampered, member, message), row, 1);
      change(inside(tampered, member, message), other, -1);
      expect(planted, tampered, what);
      json_decref(tampered);
    }
  }
}

static void plant(struct planted *planted, const char *member, size_t message, const char *key,
                  json_int_t by) {
  char what[64];
  json_t *tampered = json_deep_copy(planted->result);
  change(inside(tampered, member, message), key, by);
  snprintf(what, sizeof what, "%s: ledger", key);
  expect(planted, tampered, what);
  json_decref(tampered);
}

/* A mean that is off by one. */
static void plant_in_mean(struct planted *planted, const char *key) {
  char what[64];
  json_t *tampered = json_deep_copy(planted->result);
  json_object_set_new(tampered, key, json_real(shell_figure(tampered, key) + 1));
  snprintf(what, sizeof what, "%s: ledger", key);
  expect(planted, tampered, what);
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
    expect(planted, tampered, what);
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
      "app_unanswered",      "coap_retransmissions_peer"};
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
  expect(planted, tampered, "messages: the result has no");
  json_decref(tampered);
  tampered = json_deep_copy(planted->result);
  json_array_append(json_object_get(tampered, "messages"), inside(tampered, "message", 0));
  expect(planted, tampered, "messages: ledger");
  json_decref(tampered);
  tampered = json_deep_copy(planted->result);
  json_object_set_new(inside(tampered, "message", 0), "label", json_string("made up"));
  expect(planted, tampered, "messages: the result has no");
  json_decref(tampered);
  tampered = json_deep_copy(planted->result);
  json_object_set_new(inside(tampered, "message", 0), "phase", json_string("application"));
  expect(planted, tampered, "messages: the result has no");
  json_decref(tampered);
}

static void plant_everything(struct planted *planted) {
  char *text = NULL;
  size_t length;
  struct proof_report report = proof_report_begin(&text, &length);
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
      "{\"association\": \"ikev2\", \"frame_loss\": 0.2, \"hops\": 2, \"app_messages\": 2, "
      "\"seed\": 3}",
      "{\"topology\": \"five\", \"phone_at\": \"behind\", \"ace_profile\": \"coap_oscore\", "
      "\"app_messages\": 1}",
  };
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
    char *run = shell_make_folder();
    struct proof_report report = {.file = stderr};
    proof_run(run, specs[i]);
    struct planted planted = {.result = proof_result(run)};
    assert_non_null(planted.result);
    planted.derived = proof_derive(run, planted.result, &report);
    assert_int_equal(report.differences, 0);
    plant_everything(&planted);
    print_message("%zu miscounts found\n", planted.count);
    json_decref(planted.result);
    json_decref(planted.derived);
    shell_remove(run);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_unknown_variants),
      cmocka_unit_test(test_planted_miscounts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
