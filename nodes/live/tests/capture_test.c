/* tshark and radsniff read what our roles send each other. Relays write the captures. */
#define _GNU_SOURCE
#include "scene.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  RADIUS_PORT_SHOWN = 1812,
  COAP_PORT_SHOWN = 5683,
  RADIUS_HEADER = 20,
  AUTHENTICATOR_AT = 4,
  AUTHENTICATOR_LENGTH = 16,
  MESSAGE_AUTHENTICATOR = 80,
  DATAGRAM_MAX = 4096,
};

static const char *const user[] = {"--identity",  SCENE_IDENTITY, "--peer-id",
                                   SCENE_PEER_ID, "--show-keys",  NULL};

/* The Message-Authenticators on their way, verified with OpenSSL (RFC 3579 section 3.2): of an
 * answer over the request's authenticator. */
struct verifier {
  uint8_t request_authenticator[AUTHENTICATOR_LENGTH];
  unsigned valid;
  unsigned invalid;
};

static bool is_valid(const struct verifier *verifier, const uint8_t *data, size_t length) {
  uint8_t copy[DATAGRAM_MAX], mac[EVP_MAX_MD_SIZE], found[AUTHENTICATOR_LENGTH];
  unsigned mac_length;
  memcpy(copy, data, length);
  memcpy(copy + AUTHENTICATOR_AT, verifier->request_authenticator, AUTHENTICATOR_LENGTH);
  size_t at = RADIUS_HEADER;
  while (at + 1 < length && copy[at] != MESSAGE_AUTHENTICATOR && copy[at + 1] >= 2)
    at += copy[at + 1];
  if (at + 2 + sizeof found > length)
    return false;
  memcpy(found, copy + at + 2, sizeof found);
  memset(copy + at + 2, 0, sizeof found);
  HMAC(EVP_md5(), SCENE_SECRET, strlen(SCENE_SECRET), copy, length, mac, &mac_length);
  return memcmp(mac, found, sizeof found) == 0;
}

static bool radius_verify(void *context, struct relay *relay, bool from_client, const uint8_t *data,
                          size_t length) {
  struct verifier *verifier = context;
  (void)relay;
  assert_in_range(length, RADIUS_HEADER, DATAGRAM_MAX);
  if (from_client)
    memcpy(verifier->request_authenticator, data + AUTHENTICATOR_AT, AUTHENTICATOR_LENGTH);
  *(is_valid(verifier, data, length) ? &verifier->valid : &verifier->invalid) += 1;
  return true;
}

/* One authentication that is established and one with a wrong key, with captures of both links. */
struct recording {
  struct verifier verifier;
  char *master;     /* secret and salt, as the peer shows them */
  char *msk;        /* as the AAA server shows it */
  const char *coap; /* paths */
  const char *radius;
};

static void record(struct recording *recording, const char *const *lower_layer) {
  static struct relay coap, radius;
  struct scene_server aaa, authenticator;
  struct process peer;
  const char *good[PROCESS_ARGUMENTS_MAX] = {"--identity",  SCENE_IDENTITY, "--peer-id",
                                             SCENE_PEER_ID, "--psk",        SCENE_PSK};
  const char *ours[PROCESS_ARGUMENTS_MAX] = {"--secret", SCENE_SECRET, "--radius-server"};
  char server[32];
  recording->coap = process_path("coap.pcap");
  recording->radius = process_path("radius.pcap");
  scene_start_aaa(&aaa, user);
  relay_open(&radius, aaa.port, recording->radius, RADIUS_PORT_SHOWN);
  radius.look = radius_verify;
  radius.context = &recording->verifier;
  snprintf(server, sizeof server, "127.0.0.1:%u", radius.port);
  ours[3] = server;
  for (size_t i = 0; lower_layer[i] != NULL; i++)
    good[6 + i] = ours[4 + i] = lower_layer[i];
  scene_start_authenticator(&authenticator, ours);
  relay_open(&coap, authenticator.port, recording->coap, COAP_PORT_SHOWN);
  assert_int_equal(scene_run_peer(&peer, coap.port, good), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  recording->master = scene_value(&peer, "key", "key", 0);
  recording->msk = scene_value(&aaa.process, "key", "key", 0);
  good[5] = SCENE_WRONG_PSK;
  assert_int_equal(scene_run_peer(&peer, coap.port, good), 1);
  process_expect(&authenticator.process, "\"event\":\"failed\"", SCENE_LIMIT_MS);
  relay_close(&coap);
  relay_close(&radius);
}

static void recording_forget(struct recording *recording) {
  free(recording->master);
  free(recording->msk);
}

/* What tshark prints for these arguments; none of its fields are to be looked up in networks. */
static char *tshark(const char *pcap, const char *const *arguments) {
  const char *argv[PROCESS_ARGUMENTS_MAX] = {"tshark", "-n", "-r", pcap};
  size_t count = 4;
  for (; *arguments != NULL; arguments++)
    argv[count++] = *arguments;
  struct process process;
  process_start(&process, "tshark", argv);
  if (process_wait(&process, SCENE_LIMIT_MS) != 0) {
    char *err = process_err(&process);
    fail_msg("tshark: %s", err);
  }
  return process_out(&process);
}

static void expect_tshark(const char *pcap, const char *const *arguments, const char *expected) {
  char *out = tshark(pcap, arguments);
  assert_string_equal(out, expected);
  free(out);
}

static void radius_by_tshark(void **state) {
  static const char *const none[] = {NULL};
  static const char *const malformed[] = {"-Y", "_ws.malformed || !radius", NULL};
  static const char *const valid[] = {
      "-o", "radius.shared_secret:" SCENE_SECRET, "-o", "radius.validate_authenticator:TRUE",
      "-Y", "radius.authenticator.invalid == 1",  NULL};
  static const char *const codes[] = {"-T", "fields", "-e", "radius.code", NULL};
  static const char *const eap[] = {"-T", "fields",   "-E", "separator=/t", "-e", "eap.code",
                                    "-e", "eap.type", NULL};
  static const char *const requests[] = {"-Y", "radius.code == 1",      "-T", "fields",
                                         "-E", "separator=/t",          "-e", "radius.User_Name",
                                         "-e", "radius.NAS_Identifier", "-e", "radius.Framed_MTU",
                                         NULL};
  struct recording recording = {0};
  (void)state;
  matrix_begin("tshark", scene_version_tshark(), "authenticator, aaa",
               "RADIUS of an accepted and a rejected authentication");
  record(&recording, none);
  expect_tshark(recording.radius, malformed, "");
  expect_tshark(recording.radius, valid, "");
  expect_tshark(recording.radius, codes, "1\n11\n1\n11\n1\n2\n1\n11\n1\n3\n");
  expect_tshark(recording.radius, eap,
                "2\t1\n1\t47\n2\t47\n1\t47\n2\t47\n3\t\n2\t1\n1\t47\n2\t47\n4\t\n");
  char *names = tshark(recording.radius, requests);
  for (const char *line = names; *line != '\0'; line = strchr(line, '\n') + 1)
    assert_memory_equal(line, SCENE_IDENTITY "\tcoap-eap-node\t1020\n",
                        strlen(SCENE_IDENTITY "\tcoap-eap-node\t1020\n"));
  free(names);
  assert_int_equal(recording.verifier.invalid, 0);
  assert_int_equal(recording.verifier.valid, 10);
  recording_forget(&recording);
  matrix_passed("nothing malformed; attributes as expected; Response Authenticators valid; "
                "Message-Authenticators valid (OpenSSL)");
}

static void keys_by_radsniff(void **state) {
  static const char *const none[] = {NULL};
  struct recording recording = {0};
  char receive[96], send[96];
  (void)state;
  matrix_begin("radsniff", scene_version_radsniff(), "aaa", "MPPE keys of the Access-Accept");
  record(&recording, none);
  const char *const argv[] = {"radsniff", "-I", recording.radius, "-x", "-s", SCENE_SECRET, NULL};
  char *out = process_capture("radsniff", argv);
  assert_int_equal(strlen(recording.msk), 128);
  snprintf(receive, sizeof receive, "MS-MPPE-Recv-Key = 0x%.64s\n", recording.msk);
  snprintf(send, sizeof send, "MS-MPPE-Send-Key = 0x%s\n", recording.msk + 64);
  assert_non_null(strstr(out, receive));
  assert_non_null(strstr(out, send));
  assert_null(strstr(out, "rror"));
  free(out);
  recording_forget(&recording);
  matrix_passed("equal to the MSK");
}

static void coap_by_tshark(void **state) {
  static const char *const none[] = {NULL};
  static const char *const malformed[] = {
      "-Y", "(_ws.malformed && !coap.invalid_option_number) || !coap", NULL};
  static const char *const established[] = {
      "-c", "10", "-T", "fields", "-E", "separator=/t", "-e", "coap.type", "-e", "coap.code", NULL};
  struct recording recording = {0};
  (void)state;
  matrix_begin("tshark", scene_version_tshark(), "peer, authenticator",
               "CoAP of an established and a rejected authentication");
  record(&recording, none);
  expect_tshark(recording.coap, malformed, "");
  /* NON POST; CON POST and its piggybacked answers 2.01, 2.04, 2.04, 2.04. */
  expect_tshark(recording.coap, established,
                "1\t2\n0\t2\n2\t65\n0\t2\n2\t68\n0\t2\n2\t68\n0\t2\n2\t68\n1\t2\n");
  recording_forget(&recording);
  matrix_passed("nothing malformed (but for option numbers that it does not know); types and "
                "codes as in Figure 2");
}

/* tshark decrypts steps 7 and 8 with the keys that the peer shows, where there is no ID Context. */
static void oscore_by_tshark(void **state) {
  static const char *const no_context[] = {"--oscore-id-context", "none", NULL};
  struct recording recording = {0};
  char uat[256];
  (void)state;
  matrix_begin("tshark", scene_version_tshark(), "peer, authenticator",
               "OSCORE of steps 7 and 8, decrypted with the derived keys");
  record(&recording, no_context);
  const char *last = process_path("oscore.pcap");
  const char *const cut[] = {"-Y", "frame.number in {8, 9}", "-w", last, NULL};
  free(tshark(recording.coap, cut));
  assert_int_equal(strlen(recording.master), 80);
  snprintf(uat, sizeof uat,
           "uat:oscore_contexts:\"\",\"01\",\"%.64s\",\"%s\",\"\",\"AES-CCM-16-64-128 (CCM*)\"",
           recording.master, recording.master + 64);
  /* The code and, behind the ciphertext, the plaintext payload. */
  const char *const read[] = {
      "-o", uat,           "-T", "fields",    "-E", "separator=/t", "-E", "occurrence=l",
      "-e", "oscore.code", "-e", "data.data", NULL};
  char *out = tshark(last, read);
  assert_memory_equal(out, "2\t03", 4);
  assert_memory_equal(out + 6, "0004\n68\t", 8);
  free(out);
  recording_forget(&recording);
  matrix_passed("decrypted: EAP-Success in step 7, 2.04 in step 8");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(radius_by_tshark, scene_teardown),
      cmocka_unit_test_teardown(keys_by_radsniff, scene_teardown),
      cmocka_unit_test_teardown(coap_by_tshark, scene_teardown),
      cmocka_unit_test_teardown(oscore_by_tshark, scene_teardown),
  };
  return SCENE_RUN("capture", tests);
}
