/* What an Access-Accept grants, between hostapd, our roles and tshark. */
#include "port.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULES "permit in 17 from assigned to any 5683; deny in ip from any to any"

/* The peer's exit status; `waits`: for nothing, so that its patience is short. */
static int run_peer(struct process *peer, uint16_t port, bool waits) {
  const char *const arguments[] = {"--identity",  SCENE_IDENTITY,    "--peer-id",
                                   SCENE_PEER_ID, "--psk",           SCENE_PSK,
                                   "--timeout-s", waits ? "5" : "0", NULL};
  return scene_run_peer(peer, port, arguments);
}

/* An authenticator that asks `port`, and knows one filter. `gives_up`: soon, where nobody answers.
 */
static void start_with_filter(struct scene_server *authenticator, uint16_t port, bool gives_up) {
  char server[32];
  snprintf(server, sizeof server, "127.0.0.1:%u", port);
  const char *const arguments[] = {
      "--radius-server",    server,        "--secret",    SCENE_SECRET,
      "--radius-bind",      "127.0.0.1:0", "--filter-id", "sensor",
      "--filter-rules",     RULES,         "-v",          "--max-retransmit",
      gives_up ? "0" : "4", NULL};
  scene_start_authenticator(authenticator, arguments);
}

/* hostapd's attributes are taken, or make the Accept a Reject, which the peer hears too late. */
static void hostapd_grants(void **state) {
  static const struct {
    const char *attributes, *reason; /* NULL: the peer joins */
  } table[] = {
      {"radius_accept_attr=27:d:3600\nradius_accept_attr=29:d:1\n"
       "radius_accept_attr=92:s:permit in 17 from any to any 5683\n"
       "radius_accept_attr=25:x:00ff\nradius_accept_attr=245:x:01003c612f3e\n",
       NULL},
      {"radius_accept_attr=11:s:sensor\n", NULL},
      {"radius_accept_attr=11:s:another\n", "unknown Filter-Id"},
      {"radius_accept_attr=11:s:sensor\nradius_accept_attr=92:s:permit in ip from any to any\n",
       "Filter-Id beside NAS-Filter-Rule"},
      {"radius_accept_attr=92:s:permit in ip from any to any frag\n",
       "filter rule that cannot be applied"},
      {"radius_accept_attr=92:s:permit in ip from any\n", "malformed filter rule"},
      /* One rule of two attributes. */
      {"radius_accept_attr=92:s:permit in 17 from any\nradius_accept_attr=92:s: to any 5683\n",
       NULL},
  };
  (void)state;
  matrix_begin("hostapd (RADIUS, EAP-PSK server)", scene_version_hostapd(), "peer, authenticator",
               "authorization in the Access-Accept (radius_accept_attr)");
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct scene_server hostapd, authenticator;
    struct process peer;
    scene_start_hostapd_granting(&hostapd, port_take(), table[i].attributes);
    start_with_filter(&authenticator, hostapd.port, table[i].reason != NULL);
    const int status = run_peer(&peer, authenticator.port, table[i].reason != NULL);
    if (status != (table[i].reason == NULL ? 0 : 1))
      fail_msg("row %zu: the peer ends with %d", i, status);
    if (table[i].reason == NULL)
      process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
    else
      process_expect(&authenticator.process, "\"event\":\"failed\"", SCENE_LIMIT_MS);
    if (table[i].reason != NULL)
      scene_expect_value(&authenticator.process, "failed", "label", table[i].reason);
    process_end_all();
  }
  matrix_passed("Filter-Id, NAS-Filter-Rule, Class, SAML, Session-Timeout taken; what cannot be "
                "applied is a Reject");
}

/* hostapd names a cipher suite, by the octets of the attribute: 32473 is 0x7ed9. The peer fails at
 * once where DTLS has none in common; under OSCORE only when its time is over, which it is not
 * given here. */
static void hostapd_names_suites(void **state) {
  static const struct {
    const char *octets, *association, *suite; /* of the peer: an option and its value */
    const char *value, *reason;               /* of the authenticator; NULL: the peer joins */
  } table[] = {
      {"00007ed9010600000000", "oscore", "--oscore-suite", "0", NULL},
      {"00007ed9010600000003", "oscore", "--oscore-suite", "3", NULL},
      {"00007ed9010600000003", "oscore", "--oscore-suite", "0", "oscore-rejected"},
      {"00007ed902060000c0a4", "oscore", "--oscore-suite", "0",
       "cipher suite of another association"},
      {"00007ed902060000c0a4", "dtls", "--dtls-suites-taken", "all", NULL},
      {"00007ed902060000c0a4", "dtls", "--dtls-suites-taken", "aes128-gcm", "dtls-no-common-suite"},
  };
  (void)state;
  matrix_begin("hostapd (RADIUS, EAP-PSK server)", scene_version_hostapd(), "peer, authenticator",
               "cipher suite in the Access-Accept (radius_accept_attr)");
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct scene_server hostapd, authenticator;
    struct process peer;
    char attribute[80], server[32];
    snprintf(attribute, sizeof attribute, "radius_accept_attr=26:x:%s\n", table[i].octets);
    scene_start_hostapd_granting(&hostapd, port_take(), attribute);
    snprintf(server, sizeof server, "127.0.0.1:%u", hostapd.port);
    const char *const arguments[] = {"--radius-server",
                                     server,
                                     "--secret",
                                     SCENE_SECRET,
                                     "--radius-bind",
                                     "127.0.0.1:0",
                                     "--association",
                                     table[i].association,
                                     "-v",
                                     "--max-retransmit",
                                     "0",
                                     NULL};
    scene_start_authenticator(&authenticator, arguments);
    const char *const ours[] = {"--identity",
                                SCENE_IDENTITY,
                                "--peer-id",
                                SCENE_PEER_ID,
                                "--psk",
                                SCENE_PSK,
                                "--association",
                                table[i].association,
                                table[i].suite,
                                table[i].value,
                                "--timeout-s",
                                "4",
                                NULL};
    const int status = scene_run_peer(&peer, authenticator.port, ours);
    if (status != (table[i].reason == NULL ? 0 : 1))
      fail_msg("row %zu: the peer ends with %d", i, status);
    if (table[i].reason == NULL)
      process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
    else
      process_expect(&authenticator.process, "\"event\":\"failed\"", SCENE_LIMIT_MS);
    if (table[i].reason != NULL)
      scene_expect_value(&authenticator.process, "failed", "label", table[i].reason);
    process_end_all();
  }
  matrix_passed("OSCORE and DTLS suites taken; another association's, and one that the peer has "
                "not, end in a failure");
}

static void filter_of_no_rules(void **state) {
  (void)state;
  static const char *const wrong[] = {"--filter-id",     "x",         "--filter-rules",
                                      "permit",          "--secret",  "s",
                                      "--radius-server", "127.0.0.1", NULL};
  struct process process;
  const char *argv[PROCESS_ARGUMENTS_MAX] = {COAP_EAP_NODE, "authenticator"};
  for (size_t i = 0; wrong[i] != NULL; i++)
    argv[2 + i] = wrong[i];
  process_start(&process, "authenticator", argv);
  assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 2);
  char *err = process_err(&process);
  assert_non_null(strstr(err, "filter_rules: it is no list of filter rules"));
  free(err);
}

/* A user who may not join learns it in EAP-PSK 3. */
static void refused_user(void **state) {
  (void)state;
  static const char *const arguments[] = {"--identity",  SCENE_IDENTITY, "--peer-id",
                                          SCENE_PEER_ID, "--refused",    NULL};
  struct scene_server aaa, authenticator;
  struct process peer;
  scene_start_aaa(&aaa, arguments);
  start_with_filter(&authenticator, aaa.port, false);
  assert_int_equal(run_peer(&peer, authenticator.port, false), 1);
  scene_expect_value(&peer, "failed", "label",
                     "the server indicates failure in the protected channel");
  scene_expect_value(&aaa.process, "failed", "label", "not authorized");
  scene_expect_value(&authenticator.process, "failed", "label", "Access-Reject");
}

/* What tshark reads of the Access-Accept, with a bar between two fields. It has no names for SAML.
 */
static char *accept_fields(const char *pcap) {
  const char *const argv[] = {"tshark",
                              "-n",
                              "-Q",
                              "-r",
                              pcap,
                              "-Y",
                              "radius.code == 2",
                              "-T",
                              "fields",
                              "-E",
                              "separator=|",
                              "-e",
                              "radius.Session_Timeout",
                              "-e",
                              "radius.Termination_Action",
                              "-e",
                              "radius.Class",
                              "-e",
                              "radius.NAS_Filter_Rule",
                              "-e",
                              "radius.avp.type",
                              "-e",
                              "radius.avp.length",
                              NULL};
  return process_capture("tshark", argv);
}

/* Of 300 octets of SAML there are two attributes, of 4 + 251 and 4 + 49; the rules have 38 and 26
 * octets, and one between them, at which tshark's text ends. */
static void accept_by_tshark(void **state) {
  (void)state;
  static struct relay radius;
  struct scene_server aaa, authenticator;
  struct process peer;
  static const char expected[] =
      "3600|1|676f6c64|permit in 17 from assigned to any 5683|80,1,79,26,26,27,29,25,92,245,245|"
      "18,15,6,58,58,6,6,6,67,255,53\n";
  char assertion[301];
  memset(assertion, 'x', 300);
  assertion[300] = '\0';
  const char *saml = process_file("saml.xml", "%s", assertion);
  const char *const arguments[] = {"--identity",
                                   SCENE_IDENTITY,
                                   "--peer-id",
                                   SCENE_PEER_ID,
                                   "--filter-rules",
                                   RULES,
                                   "--class",
                                   "gold",
                                   "--saml",
                                   saml,
                                   "--session-timeout-s",
                                   "3600",
                                   "--session-renewed",
                                   NULL};
  matrix_begin("tshark", scene_version_tshark(), "aaa", "authorization in the Access-Accept");
  scene_start_aaa(&aaa, arguments);
  const char *pcap = process_path("authorization.pcap");
  relay_open(&radius, aaa.port, pcap, 1812);
  start_with_filter(&authenticator, radius.port, false);
  assert_int_equal(run_peer(&peer, authenticator.port, false), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  relay_close(&radius);
  char *out = accept_fields(pcap);
  assert_memory_equal(out, expected, strlen(expected));
  free(out);
  matrix_passed("attributes as granted");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(hostapd_grants, scene_teardown),
      cmocka_unit_test_teardown(hostapd_names_suites, scene_teardown),
      cmocka_unit_test_teardown(filter_of_no_rules, scene_teardown),
      cmocka_unit_test_teardown(refused_user, scene_teardown),
      cmocka_unit_test_teardown(accept_by_tshark, scene_teardown),
  };
  return SCENE_RUN("authorization", tests);
}
