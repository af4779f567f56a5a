/* ERP, either side: a server that has the peer's root, and a peer that waits for a Finish. The
 * first octet of an input says to whom its parts go, and whether they are given right tags first:
 * by who knows the key, as a hostile peer does. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "eap/erp_peer.h"
#include "eap/erp_server.h"
#include "seeded.h"

const unsigned FUZZ_ROUNDS = 20000;

enum { PARTS_MAX = 8, TO_SERVER = 1, WITH_TAG = 2, CHOICES = 4 };

#define REALM (const uint8_t *)"a.b"
enum { REALM_LENGTH = 3 };

struct fuzz_erp {
  struct seeded seeded;
  struct node_hooks hooks;
  struct erp_peer_config peer_config;
  struct erp_server_config server_config;
  struct erp_peer peer;
  struct erp_server server;
  struct erp_root root;
};

static const struct eap_session_id SESSION = {{EAP_TYPE_PSK, 1, 2}, 3};
static const struct eap_keys KEYS = {.emsk = {7}};

static void fuzz_erp_begin(struct fuzz_erp *erp) {
  const struct eap_name user = {{'u'}, 1};
  memset(erp, 0, sizeof *erp);
  erp->seeded.state = 1;
  erp->hooks = (struct node_hooks){.context = &erp->seeded, .random = seeded_bytes};
  erp->peer_config = (struct erp_peer_config){
      .realm = REALM, .realm_length = REALM_LENGTH, .lifetimes = true, .bootstraps = true};
  erp->server_config = (struct erp_server_config){.realm = REALM,
                                                  .realm_length = REALM_LENGTH,
                                                  .keys_max = 2,
                                                  .domain = (const uint8_t *)"c.d",
                                                  .domain_length = 3};
  erp_peer_init(&erp->peer, &erp->peer_config, &erp->hooks);
  fuzz_claim(erp_server_init(&erp->server, &erp->server_config, &erp->hooks) &&
                 erp_server_add(&erp->server, KEYS.emsk, &SESSION, &user, 0) == 0 &&
                 erp_peer_establish(&erp->peer, &KEYS, &SESSION, 0) == 0 &&
                 erp_root_derive(NULL, KEYS.emsk, &SESSION, &erp->root) == 0,
             "both sides have a root");
}

static size_t fuzz_erp_initiate(struct fuzz_erp *erp, bool asks, uint8_t octets[EAP_PACKET_MAX]) {
  const struct erp_peer_request request = {.bootstrap = asks,
                                           .nas = {asks ? REALM : NULL, asks ? REALM_LENGTH : 0}};
  struct span_writer out;
  span_writer_init(&out, octets, EAP_PACKET_MAX, NULL);
  fuzz_claim(erp_peer_begin(&erp->peer, &request, 0, &out) == 0, "an exchange begins");
  return out.length;
}

/* Makes the tag right of whatever has room for one: with the suite that the input says, or 2. */
static void fuzz_erp_tag(const struct fuzz_erp *erp, uint8_t *octets, size_t length) {
  struct erp_packet readings[ERP_SUITES];
  uint8_t rik[EAP_KEY_LENGTH], mac[CRYPTO_SHA256_LENGTH];
  if (erp_packet_readings(octets, length, readings) == 0 || readings[0].suite == ERP_SUITE_NONE)
    return;
  const struct erp_packet *packet = &readings[0];
  fuzz_claim(erp_rik(NULL, &erp->root, packet->suite, rik) == 0 &&
                 crypto_hmac_sha256(NULL, rik, sizeof rik, octets, packet->signed_length, mac) == 0,
             "a tag is computed");
  memcpy(octets + packet->signed_length, mac, erp_tag_length(packet->suite));
}

static bool fuzz_erp_serve(struct fuzz_erp *erp, const uint8_t *octets, size_t length) {
  uint8_t finish[EAP_PACKET_MAX];
  struct span_writer out;
  struct erp_grant grant;
  struct erp_packet readings[ERP_SUITES];
  const uint32_t expected = erp->server.store.oldest->expected;
  span_writer_init(&out, finish, sizeof finish, NULL);
  const enum erp_server_result result =
      erp_server_process(&erp->server, octets, length, NULL, 0, &grant, &out);
  fuzz_claim((result == ERP_SERVER_DISCARD) == (out.length == 0),
             "what is not dropped is answered");
  fuzz_claim((result == ERP_SERVER_SUCCESS) == (*erp_server_reason(&erp->server) == '\0'),
             "what fails has a reason");
  fuzz_claim(out.length == 0 || erp_packet_readings(finish, out.length, readings) > 0,
             "an answer is a Finish");
  const uint32_t now = erp->server.store.oldest->expected;
  fuzz_claim(result == ERP_SERVER_SUCCESS ? now > expected : now == expected,
             "a number is used once, and by who is granted something");
  return result == ERP_SERVER_SUCCESS;
}

static bool fuzz_erp_give(struct fuzz_erp *erp, const uint8_t *octets, size_t length) {
  uint8_t initiate[EAP_PACKET_MAX];
  struct span_writer out;
  const uint32_t next = erp->peer.next_sequence;
  span_writer_init(&out, initiate, sizeof initiate, NULL);
  const enum erp_peer_result result = erp_peer_process(&erp->peer, octets, length, 0, &out);
  fuzz_claim((result == ERP_PEER_RESPOND) == (out.length > 0), "who responds has something to say");
  fuzz_claim(result != ERP_PEER_RESPOND || erp->peer.next_sequence == next + 1,
             "an Initiate has a number of its own");
  fuzz_claim(result != ERP_PEER_DISCARD || *erp_peer_reason(&erp->peer) != '\0',
             "what is dropped has a reason");
  return result == ERP_PEER_SUCCESS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  static struct fuzz_erp erp;
  uint8_t initiate[EAP_PACKET_MAX], *part;
  size_t length;
  if (size == 0)
    return 0;
  fuzz_erp_begin(&erp);
  if ((data[0] & TO_SERVER) == 0)
    (void)fuzz_erp_initiate(&erp, true, initiate);
  for (unsigned i = 0; i < PARTS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    if (data[0] & WITH_TAG)
      fuzz_erp_tag(&erp, part, length);
    fuzz_accepted = data[0] & TO_SERVER ? fuzz_erp_serve(&erp, part, length)
                                        : fuzz_erp_give(&erp, part, length);
    free(part);
  }
  erp_server_deinit(&erp.server);
  return 0;
}

/* Initiates for the server: the first, one with everything, the first again. */
static void seed_server(fuzz_take *take, uint8_t choice) {
  static struct fuzz_erp erp;
  struct fuzz_input input = {.data = {choice}, .size = 1};
  uint8_t octets[EAP_PACKET_MAX];
  fuzz_erp_begin(&erp);
  fuzz_input_put_part(&input, octets, fuzz_erp_initiate(&erp, false, octets));
  fuzz_input_put_part(&input, octets, fuzz_erp_initiate(&erp, true, octets));
  take(input.data, input.size);
  erp_server_deinit(&erp.server);
}

/* A Re-auth-Start, a Finish that says no to another request, one that says yes. */
static void seed_peer(fuzz_take *take, uint8_t choice) {
  static const uint8_t start[] = {5, 1, 0, 11, 1, 0, 4, 3, 'a', '.', 'b'};
  static struct fuzz_erp erp;
  struct fuzz_input input = {.data = {choice}, .size = 1};
  uint8_t octets[EAP_PACKET_MAX], finish[EAP_PACKET_MAX];
  struct span_writer out;
  struct erp_grant grant;
  fuzz_erp_begin(&erp);
  const size_t length = fuzz_erp_initiate(&erp, true, octets);
  fuzz_input_put_part(&input, start, sizeof start);
  for (unsigned i = 0; i < 2; i++) {
    octets[length - 1] ^= 1;
    span_writer_init(&out, finish, sizeof finish, NULL);
    (void)erp_server_process(&erp.server, octets, length, NULL, 0, &grant, &out);
    if (i == 0)
      finish[6]++; /* of another number */
    fuzz_input_put_part(&input, finish, out.length);
  }
  take(input.data, input.size);
  erp_server_deinit(&erp.server);
}

void fuzz_seeds(fuzz_take *take) {
  for (uint8_t choice = 0; choice < CHOICES; choice++)
    (choice & TO_SERVER ? seed_server : seed_peer)(take, choice);
}
