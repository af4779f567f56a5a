/* hostapd as AS of pull: erp: our UE is authenticated by it through our AA, and pulls its key from
 * it through our ApS, with the messages' sizes. */
#define _GNU_SOURCE
#include "bootstrap_scene.h"
#include "eap/bootstrap_key.h"
#include "port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THEIRS "hostapd (RADIUS, EAP-PSK and ERP server)"

enum {
  NAME_TLV = 2 + 4,     /* of "aps1" */
  PULL_REQUEST = 64,    /* with a realm of 12 octets, without that TLV */
  PULL_RESPONSE = 62,   /* hostapd puts none into it, whatever was asked */
  ACCESS_REQUEST = 139, /* with a NAS-Identifier of 4 octets */
  ACCESS_ACCEPT = 212,
};

/* The key of the rMSK that hostapd prints. */
static void expect_key_of_rmsk(struct scene_server *hostapd, const struct process *ue,
                               const struct process *aps) {
  static const struct bootstrap_name name = {(const uint8_t *)"aps1", 4};
  uint8_t rmsk[EAP_KEY_LENGTH], psk[BOOTSTRAP_DTLS_PSK_LENGTH];
  char expected[2 * sizeof psk + 1];
  const struct process *const ends[] = {ue, aps};
  process_expect(&hostapd->process, "ERP rMSK", SCENE_LIMIT_MS);
  scene_read_hexdump(&hostapd->process, "ERP rMSK", rmsk, sizeof rmsk);
  assert_int_equal(bootstrap_psk_from_rmsk(NULL, rmsk, &name, BOOTSTRAP_DTLS, psk), 0);
  for (size_t i = 0; i < sizeof psk; i++)
    snprintf(expected + 2 * i, 3, "%02x", psk[i]);
  for (size_t i = 0; i < 2; i++) {
    char *key = bootstrap_scene_value(ends[i], "pull", "key", "key", 0);
    assert_non_null(key);
    assert_string_equal(key, expected);
    free(key);
  }
}

static void pull_from_hostapd(const char *lower_layer, bool names) {
  struct scene_server hostapd, aa, aps;
  struct process ue;
  const char *const lower[] = {"--lower-layer", lower_layer, NULL};
  const char *const arguments[] = {"--lower-layer",
                                   lower_layer,
                                   "--requests",
                                   "2",
                                   "--peer-id",
                                   SCENE_PEER_ID,
                                   names ? "--names-server=on" : "--names-server=off",
                                   NULL};
  scene_start_hostapd_with(&hostapd, port_take(), true,
                           "eap_server_erp=1\nerp_domain=" BOOTSTRAP_SCENE_REALM "\n");
  bootstrap_scene_aa(&aa, hostapd.port, lower);
  bootstrap_scene_aps(&aps, "aps1", hostapd.port, NULL);
  assert_int_equal(bootstrap_scene_run_ue(&ue, aa.port, aps.port, arguments), 0);
  bootstrap_scene_expect(&aps.process, "application", "served", 2, NULL);
  bootstrap_scene_expect_octets(&aps.process, "received", 0, PULL_REQUEST + (names ? NAME_TLV : 0));
  bootstrap_scene_expect_octets(&aps.process, "sent", 0, ACCESS_REQUEST + (names ? NAME_TLV : 0));
  bootstrap_scene_expect_octets(&aps.process, "received", 1, ACCESS_ACCEPT);
  bootstrap_scene_expect_octets(&aps.process, "sent", 1, PULL_RESPONSE);
  expect_key_of_rmsk(&hostapd, &ue, &aps.process);
  assert_int_equal(process_stop(&aps.process), 0);
  assert_int_equal(process_stop(&aa.process), 0);
  process_kill(&hostapd.process);
}

static void pulls_over(const char *lower_layer, const char *exercised) {
  matrix_begin(THEIRS, scene_version_hostapd(), "ue, aa, aps", exercised);
  pull_from_hostapd(lower_layer, false);
  pull_from_hostapd(lower_layer, true);
  matrix_passed("GET and POST answered under the key of its rMSK; pull of %d and %d octets, "
                "Access-Accept of %d",
                PULL_REQUEST, PULL_RESPONSE, ACCESS_ACCEPT);
}

static void after_pana(void **state) {
  (void)state;
  pulls_over("pana", "pull: erp after PANA, with and without the name of the ApS in it");
}

static void after_coap_eap(void **state) {
  (void)state;
  pulls_over("coap-eap", "pull: erp after CoAP-EAP, likewise");
}

/* hostapd answers a request for a key by a name with an Access-Reject, or not at all. */
static void key_by_identity(void **state) {
  static const char *const arguments[] = {
      "--pull", "psk-identity", "--peer-id", SCENE_PEER_ID, "--dtls-timeout-max-ms", "2000", NULL};
  struct scene_server hostapd, aa, aps;
  struct process ue;
  (void)state;
  matrix_begin(THEIRS, scene_version_hostapd(), "ue, aa, aps",
               "pull: psk-identity, of which it knows nothing");
  scene_start_hostapd_with(&hostapd, port_take(), true,
                           "eap_server_erp=1\nerp_domain=" BOOTSTRAP_SCENE_REALM "\n");
  bootstrap_scene_aa(&aa, hostapd.port, NULL);
  bootstrap_scene_aps(&aps, "aps1", hostapd.port, NULL);
  bootstrap_scene_ue(&ue, aa.port, aps.port, arguments);
  assert_int_equal(process_wait(&ue, 3 * SCENE_LIMIT_MS), 1);
  bootstrap_scene_expect(&ue, "application", "unanswered", 1, NULL);
  bootstrap_scene_expect(&aps.process, "pull", "key", 0, NULL);
  matrix_passed("no key; the UE's request fails");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(after_pana, scene_teardown),
      cmocka_unit_test_teardown(after_coap_eap, scene_teardown),
      cmocka_unit_test_teardown(key_by_identity, scene_teardown),
  };
  return SCENE_RUN("bootstrap_hostapd", tests);
}
