/* The ledger proved for every variant, in parts that run side by side. "PART PARTS FOLDER" proves
 * the variants of one part, of 1 to PARTS, and notes in FOLDER which they were and what they have
 * shown. "whole PARTS FOLDER" reads these notes: all variants were proved, and all rows and keys
 * occurred. PROOF=full in the environment: the whole product of variants, not only every pair. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proof.h"
#include "proof_matrix.h"
#include "proof_table.h"
#include "shell.h"

static size_t part, parts;
static const char *folder;

/* Variants */

#define RFC9820 "\"lower_layer\": \"coap-eap-rfc9820\", \"app_messages\": 2"

#define FIVE "\"topology\": \"five\", \"phones\": 2, \"start_spread_ms\": 500"
#define FIVE_BEHIND FIVE ", \"phone_at\": \"behind\""

#define ACE_OSCORE "\"ace_profile\": \"coap_oscore\", \"app_messages\": 3"
#define ACE_DTLS "\"ace_profile\": \"coap_dtls\", \"app_messages\": 3"

#define RELAY "\"lower_layer\": \"pana\", \"association\": \"none\", \"relay\": \"on\""

#define INTEGRATED "\"bootstrapping\": \"integrated\", \"app_messages\": 3"
#define NON_INTEGRATED "\"bootstrapping\": \"non-integrated\", \"app_messages\": 3"
#define RECOMMISSIONING INTEGRATED ", \"recommissioning\": \"on\""
#define BY_IDENTITY "\"pull\": \"psk-identity\""

/* What once was wrong, or is rare. */
static const char *const crowds[] = {
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
    /* peers that forward, of several hops and branches */
    "{\"topology\": \"tree\", \"fan_out\": 3, \"peers\": 25, \"start_spread_ms\": 2000}",
    "{\"topology\": \"grid\", \"peers\": 24, \"forwarding\": \"joined\", "
    "\"start_spread_ms\": 2000, \"frame_loss\": 0.05, \"seed\": 8}",
    "{\"topology\": \"disc\", \"peers\": 30, \"start_spread_ms\": 10000, "
    "\"association\": \"dtls\", \"app_messages\": 1, \"seed\": 9}",
    /* DTLS flights and application requests of many at once */
    "{\"association\": \"dtls\", \"hops\": 2, \"peers\": 10, \"start_spread_ms\": 500, "
    "\"frame_loss\": 0.05, \"authentications\": 2, \"app_messages\": 3, "
    "\"app_payload_bytes\": 200, \"seed\": 5}",
    "{\"association\": \"dtls\", \"hops\": 3, \"frame_loss\": 0.3, \"dtls_timeout_ms\": 100, "
    "\"authentications\": 3, \"separate_response\": \"on\", \"app_messages\": 3, "
    "\"app_interval_ms\": 0, \"seed\": 6}",
    /* other cipher suites, and sessions that are resumed */
    "{\"association\": \"dtls\", \"dtls_suite\": \"aes128-gcm\", \"hops\": 2, "
    "\"authentications\": 3, \"reauthentication\": \"resumption\", \"app_messages\": 2, "
    "\"frame_loss\": 0.3, \"time_limit_s\": 2000, \"seed\": 8}",
    "{\"association\": \"dtls\", \"dtls_suite\": \"aes128-ccm\", \"peers\": 4, "
    "\"authentications\": 4, \"reauthentication\": \"resumption\", \"dtls_cookie\": \"off\", "
    "\"trigger\": \"off\", \"app_messages\": 1, \"seed\": 9}",
    /* IKEv2 and ESP: flights of several fragments lost and repeated, cookies, application requests
     */
    "{\"association\": \"ikev2\", \"hops\": 3, \"frame_loss\": 0.2, \"ikev2_timeout_ms\": 300, "
    "\"authentications\": 2, \"app_messages\": 5, \"seed\": 5}",
    "{\"association\": \"ikev2-udp\", \"hops\": 2, \"frame_loss\": 0.3, \"ikev2_timeout_ms\": 100, "
    "\"esp_iv\": \"implicit\", \"separate_response\": \"on\", \"app_messages\": 3, "
    "\"app_interval_ms\": 0, \"seed\": 6}",
    "{\"association\": \"ikev2\", \"ikev2_cookie\": \"on\", "
    "\"ikev2_proposal\": \"aes128ccm8-prfaescmac-ecp256\", \"ikev2_nonce_bytes\": 256, "
    "\"topology\": \"star\", \"peers\": 8, \"start_spread_ms\": 300, \"app_messages\": 1, "
    "\"app_payload_bytes\": 1024}",
    "{\"lower_layer\": \"pana\", \"association\": \"ikev2-udp\", \"hops\": 2, \"frame_loss\": 0.1, "
    "\"app_messages\": 2}",
    /* ERP, begun by either end, and EAP where its key is over */
    "{\"reauthentication\": \"erp-peer\", \"authentications\": 3, \"hops\": 2, \"peers\": 3, "
    "\"frame_loss\": 0.3, \"app_messages\": 2, \"time_limit_s\": 2000, \"seed\": 21}",
    "{\"reauthentication\": \"erp-authenticator\", \"authentications\": 3, \"method\": "
    "\"eap-edhoc\", \"peers\": 3, \"frame_loss\": 0.2, \"trigger\": \"off\", \"seed\": 22}",
    "{\"reauthentication\": \"erp-authenticator\", \"authentications\": 3, \"lower_layer\": "
    "\"coap-eap-rfc9820\", \"cipher_suites_offered\": \"1+0\", \"app_messages\": 1, "
    "\"lifetime_s\": 100}",
    "{\"reauthentication\": \"erp-peer\", \"authentications\": 3, \"association\": \"dtls\", "
    "\"token_bytes\": 4, \"app_messages\": 1, \"aaa_hops\": 1, \"realm\": \"a.b\"}",
    "{\"reauthentication\": \"erp-peer\", \"authentications\": 3, \"root_lifetime_s\": 2, "
    "\"reauthentication_delay_ms\": 1900, \"oscore_id_context\": \"none\"}",
    /* empty ACKs that go again when others went between */
    "{\"separate_response\": \"on\", \"ordering\": \"mid-random\", \"token_bytes\": 0, "
    "\"hops\": 2, \"peers\": 4, \"frame_loss\": 0.3, \"app_messages\": 6, "
    "\"app_payload_bytes\": 300, \"app_direction\": \"from-authenticator\", "
    "\"app_method\": \"get\", \"seed\": 7}",
    "{\"hops\": 4, \"identity_bytes\": 253, \"peer_id_bytes\": 253, \"frame_loss\": 0.3, "
    "\"mac_max_retries\": 7, \"peers\": 5}",
    /* cipher suites that are not the first of those offered, and IDs as long as a nonce allows */
    "{" RFC9820 ", \"cipher_suites_offered\": \"0+1+2+3\", \"cipher_suites_supported\": \"3\"}",
    "{" RFC9820 ", \"cipher_suites_offered\": \"3+2+1+0\", \"cipher_suites_supported\": \"0+1\", "
    "\"rid_c_bytes\": 6, \"rid_i_bytes\": 6}",
    "{" RFC9820 ", \"cipher_suites_offered\": \"3+2+1+0\", \"cipher_suites_supported\": \"2\", "
    "\"peers\": 3, \"start_spread_ms\": 200, \"authentications\": 3, \"frame_loss\": 0.2, "
    "\"app_direction\": \"from-authenticator\", \"seed\": 11}",
    "{" RFC9820 ", \"rid_c_bytes\": 7, \"rid_i_bytes\": 7, \"separate_response\": \"on\"}",
    /* and none that both have */
    "{\"lower_layer\": \"coap-eap-rfc9820\", \"cipher_suites_offered\": \"0+1\", "
    "\"cipher_suites_supported\": \"2\"}",
    "{\"lower_layer\": \"coap-eap-rfc9820\", \"cipher_suites_supported\": \"1\", \"hops\": 2, "
    "\"frame_loss\": 0.2, \"seed\": 12}",
    /* cipher suites that the AAA server names, which the peer expects, or does not */
    "{\"aaa_suite\": \"2\", \"oscore_suite\": \"2\", \"app_messages\": 2}",
    "{\"aaa_suite\": \"3\", \"oscore_suite\": \"3\", \"lower_layer\": \"pana\", "
    "\"app_messages\": 1, \"frame_loss\": 0.2, \"seed\": 31}",
    "{\"aaa_suite\": \"1\", \"oscore_suite\": \"1\", \"coap_roles\": \"peer-client\", "
    "\"authorization\": \"rules\", \"app_messages\": 1}",
    "{\"aaa_suite\": \"1\", \"lower_layer\": \"coap-eap-rfc9820\", "
    "\"cipher_suites_offered\": \"1+0\", \"app_messages\": 1}",
    "{\"aaa_suite\": \"aes128-gcm\", \"association\": \"dtls\", \"app_messages\": 1}",
    "{\"aaa_suite\": \"aes128-ccm\", \"association\": \"dtls\", \"lower_layer\": \"pana\", "
    "\"app_messages\": 1, \"peers\": 3}",
    "{\"aaa_suite\": \"2\", \"hops\": 2, \"frame_loss\": 0.2, \"seed\": 32}",
    "{\"aaa_suite\": \"2\", \"coap_roles\": \"peer-client\"}",
    "{\"aaa_suite\": \"2\", \"lower_layer\": \"coap-eap-rfc9820\"}",
    "{\"aaa_suite\": \"aes128-gcm\"}",
    /* Proxies, and each hop repeats what is slow. */
    "{\"aaa_hops\": 2, \"realm\": \"a.b\", \"peers\": 6, \"start_spread_ms\": 500, "
    "\"aaa_delay_ms\": 800}",
    "{\"aaa_hops\": 1, \"method\": \"eap-edhoc\", \"credential\": \"x5chain\", "
    "\"certificate_bytes\": 1024, \"identity_bytes\": 100, \"peers\": 2, \"aaa_delay_ms\": 1100}",
    /* relays */
    "{" RELAY ", \"hops\": 2}",
    "{" RELAY ", \"hops\": 4, \"frame_loss\": 0.2, \"authentications\": 2, \"seed\": 3}",
    "{" RELAY ", \"hops\": 3, \"peers\": 4, \"start_spread_ms\": 300, "
    "\"pana_piggyback\": \"off\", \"seed\": 4}",
    "{" RELAY ", \"topology\": \"tree\", \"fan_out\": 2, \"peers\": 10, "
    "\"start_spread_ms\": 2000, \"method\": \"eap-edhoc\", \"credential\": \"x5chain\"}",
    "{" RELAY ", \"topology\": \"grid\", \"peers\": 15, \"forwarding\": \"joined\", "
    "\"start_spread_ms\": 2000, \"frame_loss\": 0.05, \"seed\": 8}",
    /* the parties of section 5 of the draft: phones on wires, whose messages are backhaul, and
     * peers that are on others' way, or share a part of it */
    "{" FIVE ", \"hops\": 2, \"server_hops\": 1, \"apart_hops\": 3, \"aaa\": \"local\"}",
    "{" FIVE_BEHIND "}",
    "{" FIVE_BEHIND ", \"hops\": 3, \"server_hops\": 1, \"apart_hops\": 2, \"frame_loss\": 0.2, "
    "\"join_attempts\": 5, \"forwarding\": \"joined\", \"app_messages\": 2, \"seed\": 61}",
    "{" FIVE_BEHIND ", \"hops\": 4, \"server_hops\": 2, \"apart_hops\": 4, \"frame_loss\": 0.2, "
    "\"association\": \"dtls\", \"phone_delay_ms\": 1100, \"app_messages\": 3, \"seed\": 62}",
    "{" FIVE_BEHIND ", \"hops\": 1, \"server_hops\": 4, \"apart_hops\": 3, "
    "\"method\": \"eap-edhoc\", \"association\": \"ikev2\", \"app_messages\": 2, \"seed\": 63}",
    "{" FIVE_BEHIND ", \"association\": \"ikev2-udp\", \"lower_layer\": \"pana\", "
    "\"app_messages\": 1, \"trigger\": \"off\", \"app_direction\": \"from-authenticator\"}",
    "{" FIVE_BEHIND ", \"lower_layer\": \"coap-eap-rfc9820\", \"authentications\": 2, "
    "\"termination\": \"on\", \"app_messages\": 2, \"frame_loss\": 0.1, \"seed\": 64}",
    "{" RELAY ", \"topology\": \"five\", \"hops\": 3, \"server_hops\": 1, \"frame_loss\": 0.1, "
    "\"seed\": 65}",
    "{" RELAY ", \"topology\": \"five\", \"hops\": 1, \"server_hops\": 2, \"apart_hops\": 1}",
    /* tokens, by both profiles: with the lower layer's associations, at clients that are on the way
     * of their server, share a part of theirs, or are behind the authenticator; tokens that end,
     * and others that are made; what is refused, by whom */
    "{" ACE_OSCORE ", " FIVE "}",
    "{" ACE_OSCORE ", " FIVE_BEHIND ", \"hops\": 3, \"server_hops\": 1, \"apart_hops\": 2, "
    "\"frame_loss\": 0.2, \"token_audience\": \"on\", \"seed\": 71}",
    "{" ACE_OSCORE ", " FIVE_BEHIND ", \"hops\": 3, \"server_hops\": 3, \"apart_hops\": 4, "
    "\"token_lifetime_s\": 1, \"app_interval_ms\": 3000, \"association\": \"dtls\", "
    "\"frame_loss\": 0.1, \"seed\": 72}",
    "{" ACE_OSCORE ", " FIVE ", \"token_lifetime_s\": 1, \"token_lifetime_told\": \"on\", "
    "\"app_interval_ms\": 3000, \"token_scope\": \"aif\", \"coap_roles\": \"peer-client\"}",
    "{" ACE_OSCORE ", " FIVE ", \"token_rights\": \"get\", \"association\": \"ikev2\"}",
    "{" ACE_OSCORE ", \"topology\": \"tree\", \"fan_out\": 2, \"peers\": 10, "
    "\"resource_servers\": 3, \"start_spread_ms\": 2000, \"frame_loss\": 0.1, \"seed\": 73}",
    "{" ACE_DTLS ", " FIVE ", \"token_kid_bytes\": \"8\", \"authentications\": 2}",
    "{" ACE_DTLS ", " FIVE_BEHIND ", \"lower_layer\": \"coap-eap-rfc9820\", \"method\": "
    "\"eap-edhoc\", \"termination\": \"on\", \"hops\": 2, \"server_hops\": 2, "
    "\"frame_loss\": 0.2, \"seed\": 74}",
    "{" ACE_DTLS ", " FIVE ", \"token_transfer\": \"handshake\", \"token_lifetime_s\": 1, "
    "\"app_interval_ms\": 3000, \"association\": \"ikev2-udp\", \"frame_loss\": 0.2, "
    "\"seed\": 75}",
    "{" ACE_DTLS ", \"topology\": \"star\", \"peers\": 6, \"resource_servers\": 2, "
    "\"token_rights\": \"other\", \"token_lifetime_s\": 1, \"app_interval_ms\": 3000, "
    "\"start_spread_ms\": 2000}",
    "{" ACE_DTLS ", \"topology\": \"line\", \"hops\": 3, \"peers\": 3, \"authorization\": "
    "\"controller-only\", \"frame_loss\": 0.1, \"seed\": 76}",
    /* application servers: each use, in the mesh, where RADIUS is on the air, and behind it, where
     * all is on wires, too */
    "{" INTEGRATED "}",
    "{" INTEGRATED ", \"aps_named\": \"off\", \"app_method\": \"get\", \"aaa_delay_ms\": 20}",
    "{" INTEGRATED ", " BY_IDENTITY "}",
    "{" INTEGRATED ", \"secure\": \"ikev2\", \"pull\": \"ikev2-idi\", \"frame_loss\": 0.1, "
    "\"seed\": 51}",
    "{" INTEGRATED ", \"secure\": \"ikev2-udp\", \"pull\": \"erp\", \"hops\": 2, \"seed\": 52}",
    "{" INTEGRATED ", \"secure\": \"ikev2\", \"pull\": \"configured\", \"association\": "
    "\"ikev2-udp\"}",
    "{" INTEGRATED ", \"pull\": \"configured\", \"association\": \"dtls\"}",
    "{" INTEGRATED ", \"aaa\": \"local\", \"lower_layer\": \"pana\"}",
    "{" INTEGRATED ", \"aaa\": \"local\", " BY_IDENTITY ", \"hops\": 3, \"aps_hops\": 2, "
    "\"application_servers\": 2, \"frame_loss\": 0.2, \"seed\": 41}",
    "{" INTEGRATED ", \"hops\": 2, \"peers\": 3, \"application_servers\": 3, "
    "\"start_spread_ms\": 500, \"frame_loss\": 0.2, \"seed\": 42}",
    "{" INTEGRATED ", \"aps_at\": \"behind\", \"application_servers\": 2, \"lower_layer\": "
    "\"coap-eap-rfc9820\"}",
    "{" INTEGRATED ", " BY_IDENTITY ", \"aps_at\": \"behind\", \"application_servers\": 2, "
    "\"topology\": \"tree\", \"peers\": 6, \"start_spread_ms\": 3000, \"seed\": 43}",
    "{" INTEGRATED ", \"authentications\": 3, \"topology\": \"star\", \"peers\": 2, "
    "\"association\": \"dtls\", \"start_spread_ms\": 300, \"seed\": 44}",
    "{" INTEGRATED ", \"as_fault\": \"silent\"}",
    "{" INTEGRATED ", \"as_fault\": \"refusing\"}",
    "{" INTEGRATED ", \"as_fault\": \"silent\", " BY_IDENTITY "}",
    "{" INTEGRATED ", \"as_fault\": \"refusing\", " BY_IDENTITY ", \"aps_at\": \"behind\"}",
    "{" NON_INTEGRATED "}",
    "{" NON_INTEGRATED ", " BY_IDENTITY ", \"aps_at\": \"behind\", \"aa_delay_ms\": 5, "
    "\"aaa_delay_ms\": 5}",
    "{" NON_INTEGRATED ", \"aaa\": \"local\", \"lower_layer\": \"pana\", \"peers\": 3, "
    "\"start_spread_ms\": 300, \"application_servers\": 2}",
    "{" NON_INTEGRATED ", \"method\": \"eap-edhoc\", \"hops\": 2, \"frame_loss\": 0.1, "
    "\"aaa_hops\": 1, \"seed\": 45}",
    /* another provider each time; not by PANA, whose first message tells by no octet which of two
     * authentications it is of */
    "{" RECOMMISSIONING ", \"authentications\": 2}",
    "{" RECOMMISSIONING ", " BY_IDENTITY ", \"authentications\": 3, "
    "\"peers\": 2, \"start_spread_ms\": 500, \"seed\": 46}",
    "{" RECOMMISSIONING ", \"authentications\": 2, \"method\": \"eap-edhoc\", \"association\": "
    "\"dtls\", \"aps_at\": \"behind\", \"hops\": 2, \"frame_loss\": 0.1, \"seed\": 47}",
};

static void list_variants(struct proof_matrix *matrix, const json_t *description) {
  const char *extent = getenv("PROOF");
  char *unknown = NULL;
  size_t length;
  struct proof_report report = proof_report_begin(&unknown, &length);
  proof_matrix_check(description, &report);
  fclose(report.file);
  if (report.differences > 0)
    fail_msg("add to proof_table.c:\n%s", unknown);
  free(unknown);
  proof_matrix_pairs(matrix, description);
  proof_matrix_faults(matrix, description);
  if (extent != NULL && strcmp(extent, "full") == 0)
    proof_matrix_product(matrix, description);
  for (size_t i = 0; i < sizeof crowds / sizeof crowds[0]; i++)
    proof_matrix_add(matrix, crowds[i]);
}

/* Diagonally, so that neighbours, which differ in what is lost, come to all parts alike. */
static bool is_of_part(size_t variant) {
  return (variant + variant / parts) % parts + 1 == part;
}

/* What the runs have shown: variants, ledger rows that occurred, members of the result that were
 * derived. */
struct tally {
  size_t frames, failures;
  json_t *specs, *rows, *keys;
};

static struct tally begin_tally(void) {
  return (struct tally){.specs = json_array(), .rows = json_object(), .keys = json_object()};
}

static void end_tally(struct tally *tally) {
  json_decref(tally->specs);
  json_decref(tally->rows);
  json_decref(tally->keys);
}

static void note_names(json_t *names, const json_t *object) {
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)object, name, value)
      json_object_set_new(names, name, json_true());
}

static void note(struct tally *tally, const json_t *result, const json_t *derived) {
  const json_t *message;
  size_t i;
  note_names(tally->keys, derived);
  note_names(tally->rows, json_object_get(result, "ledger"));
  note_names(tally->rows, json_object_get(result, "app_ledger"));
  note_names(tally->rows, json_object_get(result, "ledger_backhaul"));
  json_array_foreach(json_object_get(derived, "messages"), i, message)
      note_names(tally->rows, json_object_get(message, "ledger"));
  tally->frames += (size_t)shell_count(result, "frames");
}

/* Whether some nodes do not hear each other, and more than one peer sends. */
static bool has_hidden_nodes(const json_t *spec) {
  const char *topology = shell_text(spec, "topology");
  if (strcmp(topology, "star") == 0)
    return false;
  return strcmp(topology, "line") != 0 ||
         (shell_count(spec, "hops") > 1 && shell_count(spec, "peers") > 1);
}

/* Whether frames are lost though no link loses any: hidden nodes collide, and what is not repeated
 * often enough is lost. */
static bool may_collide(const json_t *spec) {
  return has_hidden_nodes(spec) &&
         (shell_count(spec, "mac_max_retries") == 0 || shell_count(spec, "max_retransmit") < 4 ||
          shell_count(spec, "trigger_repetitions") == 0);
}

/* Whether the peer has one of the cipher suites that it is offered, which is 0 where none is said.
 */
static bool shares_suite(const json_t *spec) {
  const char *supported = json_string_value(json_object_get(spec, "cipher_suites_supported"));
  const char *offered = json_string_value(json_object_get(spec, "cipher_suites_offered"));
  if (supported == NULL || offered == NULL)
    return true;
  for (const char *at = strcmp(offered, "none") == 0 ? "0" : offered; *at != '\0'; at++)
    if (*at != '+' && strchr(supported, *at) != NULL)
      return true;
  return false;
}

/* Whether the AAA server names no suite, or one that the ends would have without it, or can have.
 */
static bool has_named_suite(const json_t *spec) {
  const char *named = json_string_value(json_object_get(spec, "aaa_suite"));
  const char *expected = json_string_value(json_object_get(spec, "oscore_suite"));
  const char *offered = json_string_value(json_object_get(spec, "cipher_suites_offered"));
  if (named == NULL || strcmp(named, "none") == 0)
    return true;
  if (strcmp(shell_text(spec, "association"), "dtls") == 0)
    return strncmp(named, "aes", 3) == 0;
  return offered == NULL ? expected != NULL && strcmp(named, expected) == 0
                         : strncmp(named, offered, 1) == 0;
}

/* Whether nothing keeps this variant from being established: else it would prove little. */
static bool must_establish(const json_t *result) {
  const json_t *spec = json_object_get(result, "spec");
  return shell_figure(spec, "frame_loss") <= 0 && strcmp(shell_text(spec, "fault"), "none") == 0 &&
         strcmp(shell_text(spec, "refused"), "none") == 0 && !may_collide(spec) &&
         shares_suite(spec) && has_named_suite(spec);
}

static void prove(const char *run, const char *spec, struct tally *tally) {
  char *differences = NULL;
  size_t length;
  struct proof_report report = proof_report_begin(&differences, &length);
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
    note(tally, result, derived);
  }
  fclose(report.file);
  if (report.differences > 0)
    fprintf(stderr, "%s\n%s\n", spec, differences); /* cmocka would cut it short */
  tally->failures += report.differences > 0;
  json_array_append_new(tally->specs, json_string(spec));
  free(differences);
  json_decref(result);
  json_decref(derived);
}

/* The notes of the parts */

static void name_notes(char path[512], size_t of) {
  snprintf(path, 512, "%s/%zu-of-%zu.json", folder, of, parts);
}

static void write_notes(const struct tally *tally) {
  char path[512];
  json_t *notes =
      json_pack("{s:O,s:O,s:O}", "specs", tally->specs, "rows", tally->rows, "keys", tally->keys);
  name_notes(path, part);
  (void)mkdir(folder, 0777);
  assert_int_equal(json_dump_file(notes, path, JSON_INDENT(1)), 0);
  json_decref(notes);
}

static void read_notes(struct tally *tally, size_t of) {
  char path[512];
  name_notes(path, of);
  json_t *notes = json_load_file(path, 0, NULL);
  if (notes == NULL)
    fail_msg("%s: part %zu was not proved", path, of);
  json_array_extend(tally->specs, json_object_get(notes, "specs"));
  json_object_update(tally->rows, json_object_get(notes, "rows"));
  json_object_update(tally->keys, json_object_get(notes, "keys"));
  json_decref(notes);
}

/* The whole */

/* Each variant was proved once. */
static void check_all_specs(const struct proof_matrix *matrix, struct tally *tally) {
  for (size_t i = 0; i < matrix->count; i++) {
    size_t times = 0, at;
    json_t *spec;
    json_array_foreach(tally->specs, at, spec) {
      times += strcmp(json_string_value(spec), matrix->specs[i]) == 0;
    }
    if (times != 1)
      print_error("%s: proved %zu times\n", matrix->specs[i], times);
    tally->failures += times != 1;
  }
  if (json_array_size(tally->specs) != matrix->count)
    print_error("%zu runs of %zu variants\n", json_array_size(tally->specs), matrix->count);
  tally->failures += json_array_size(tally->specs) != matrix->count;
}

/* Every row that there is has occurred, so that none is unproved. */
static void check_all_rows(const json_t *description, struct tally *tally) {
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
static void check_all_keys(const json_t *description, struct tally *tally) {
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

/* Tests */

static void test_part(void **state) {
  (void)state;
  struct proof_matrix matrix = {0};
  struct tally tally = begin_tally();
  json_t *description = shell_describe();
  char path[512];
  name_notes(path, part);
  (void)unlink(path); /* of another time */
  list_variants(&matrix, description);
  for (size_t i = 0; i < matrix.count; i++) {
    if (!is_of_part(i))
      continue;
    char *run = shell_make_folder();
    proof_run(run, matrix.specs[i]);
    prove(run, matrix.specs[i], &tally);
    shell_remove(run);
  }
  print_message("%zu of %zu runs, %zu frames: %zu differ\n", json_array_size(tally.specs),
                matrix.count, tally.frames, tally.failures);
  assert_int_equal(tally.failures, 0);
  write_notes(&tally);
  proof_matrix_free(&matrix);
  end_tally(&tally);
  json_decref(description);
}

static void test_whole(void **state) {
  (void)state;
  struct proof_matrix matrix = {0};
  struct tally tally = begin_tally();
  json_t *description = shell_describe();
  list_variants(&matrix, description);
  for (size_t of = 1; of <= parts; of++)
    read_notes(&tally, of);
  check_all_specs(&matrix, &tally);
  check_all_rows(description, &tally);
  check_all_keys(description, &tally);
  assert_int_equal(tally.failures, 0);
  proof_matrix_free(&matrix);
  end_tally(&tally);
  json_decref(description);
}

int main(int argc, char **argv) {
  static const struct CMUnitTest of_part[] = {cmocka_unit_test(test_part)};
  static const struct CMUnitTest of_whole[] = {cmocka_unit_test(test_whole)};
  if (argc != 4) {
    fprintf(stderr, "usage: %s PART|whole PARTS FOLDER\n", argv[0]);
    return 2;
  }
  part = strtoul(argv[1], NULL, 10);
  parts = strtoul(argv[2], NULL, 10);
  folder = argv[3];
  if (strcmp(argv[1], "whole") == 0)
    return cmocka_run_group_tests(of_whole, NULL, NULL);
  if (part < 1 || part > parts)
    return 2;
  return cmocka_run_group_tests(of_part, NULL, NULL);
}
