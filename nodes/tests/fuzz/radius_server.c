/* The RADIUS server and the AAA server on it: requests, the parts of an input. The first octet says
 * whether they come from someone who knows the secret. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "aaa/aaa.h"
#include "eap/erp_peer.h"
#include "eap/erp_server.h"
#include "eap/peer.h"
#include "eap/psk.h"
#include "radius_sealed.h"
#include "seeded.h"

const unsigned FUZZ_ROUNDS = 5000;

enum { REQUESTS_MAX = 8, CONVERSATIONS = 2, CLIENTS = 2 };

static const struct radius_secret SECRET = {.octets = (const uint8_t *)"radius", .length = 6};
static const struct radius_server_client HOSTS[CLIENTS] = {
    {.ip = {8}, .secret = {.octets = (const uint8_t *)"radius", .length = 6}},
    {.ip = {9}, .secret = {.octets = (const uint8_t *)"radius", .length = 6}}};
static const struct erp_server_config ERP = {
    .realm = (const uint8_t *)"a.b", .realm_length = 3, .keys_max = 2};
static const uint8_t PSK[17] = "0123456789abcdef", NAME[] = "user";

static const struct eap_server_method METHOD = {
    .method = &EAP_PSK_SERVER,
    .credential = {.psk = PSK, .local_id = (const uint8_t *)"server", .local_id_length = 6}};
static const struct eap_user USER = {
    .identity = NAME, .identity_length = sizeof NAME - 1, .methods = &METHOD, .method_count = 1};

static const struct eap_user *fuzz_server_lookup(void *context, const uint8_t *identity,
                                                 size_t length) {
  (void)context;
  return length == USER.identity_length && memcmp(identity, NAME, length) == 0 ? &USER : NULL;
}

struct answering {
  struct seeded seeded;
  struct node_hooks hooks;
  struct node *node;
  uint64_t now_ns;
  uint8_t answer[RADIUS_PACKET_MAX]; /* the last */
  size_t length;
  uint8_t asked[REQUESTS_MAX][1 + RADIUS_AUTHENTICATOR_LENGTH]; /* Identifier, authenticator */
  size_t asked_count;
};

/* Whether a request is, by what the server tells it by, one that was there before: then its answer
 * is the former one, whatever else is in it (RFC 5080 section 2.2.2). */
static bool is_repetition(struct answering *it, const uint8_t *octets) {
  uint8_t *key = it->asked[it->asked_count++];
  key[0] = octets[1];
  memcpy(key + 1, octets + 4, RADIUS_AUTHENTICATOR_LENGTH);
  for (size_t i = 0; i + 1 < it->asked_count; i++)
    if (memcmp(it->asked[i], key, sizeof it->asked[i]) == 0)
      return true;
  return false;
}

static void fuzz_server_begin(struct answering *it) {
  memset(it, 0, sizeof *it);
  it->seeded.state = 1;
  it->hooks = (struct node_hooks){.context = &it->seeded, .random = seeded_bytes};
  const struct aaa_config config = {
      .local = {.ip = {2}, .port = RADIUS_PORT},
      .radius = {.clients = HOSTS, .client_count = CLIENTS, .conversations_max = CONVERSATIONS},
      .eap = {.lookup = fuzz_server_lookup, .erp = &ERP},
      .session_timeout_s = 60};
  it->node = aaa_create(&config, &it->hooks);
  fuzz_claim(it->node != NULL, "a server is made");
}

/* RFC 2865 section 5.33. */
static bool proxy_state_is_returned(const struct radius_packet *request,
                                    const struct radius_packet *answer) {
  struct radius_attribute one, other;
  size_t at = 0, found = 0;
  while (radius_attribute_next(request, &at, &one)) {
    if (one.type != RADIUS_PROXY_STATE)
      continue;
    do
      if (!radius_attribute_next(answer, &found, &other))
        return false;
    while (other.type != RADIUS_PROXY_STATE);
    if (other.length != one.length || memcmp(other.value, one.value, one.length) != 0)
      return false;
  }
  return radius_attribute_count(request, RADIUS_PROXY_STATE) ==
         radius_attribute_count(answer, RADIUS_PROXY_STATE);
}

/* One request, of the client that its Identifier is for; its answer, if there is one, is a packet.
 */
static void fuzz_server_give(struct answering *it, uint8_t *octets, size_t length) {
  const uint8_t client = length > 1 ? octets[1] % CLIENTS : 0;
  const struct node_datagram request = {.source = {.ip = {HOSTS[client].ip[0]}, .port = 40000},
                                        .destination = {.ip = {2}, .port = RADIUS_PORT},
                                        .data = octets,
                                        .length = length};
  struct node_datagram answer = {.data = it->answer, .capacity = sizeof it->answer};
  struct radius_packet packet, asked;
  it->now_ns += NODE_SECOND;
  it->length = 0;
  fuzz_claim(node_read(it->node, &request, it->now_ns) == 0, "a request ends no server");
  const int written = node_write(it->node, &answer, it->now_ns);
  fuzz_claim(written >= 0, "an answer is written");
  if (written == 0)
    return;
  it->length = answer.length;
  fuzz_claim(radius_packet_parse(it->answer, it->length, &packet) == 0, "an answer is a packet");
  fuzz_claim(radius_packet_parse(octets, length, &asked) == 0, "a packet is answered");
  fuzz_claim(is_repetition(it, octets) || proxy_state_is_returned(&asked, &packet),
             "Proxy-State is returned");
  fuzz_claim(span_list_length(&answer.spans) == answer.length, "each octet has a row");
}

static void fuzz_server_end(struct answering *it) {
  it->now_ns += 1000 * NODE_SECOND;
  fuzz_claim(node_handle_expiry(it->node, it->now_ns) == 0, "time ends no server");
  node_destroy(it->node);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  struct answering it;
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  fuzz_server_begin(&it);
  for (unsigned i = 0; i < REQUESTS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    if (data[0] % 2 != 0)
      radius_sealed(part, length, NULL, &SECRET);
    fuzz_server_give(&it, part, length);
    free(part);
  }
  fuzz_accepted = it.length > 0 && it.answer[0] == RADIUS_ACCESS_ACCEPT;
  fuzz_server_end(&it);
  return 0;
}

/* A request with this EAP packet (without User-Name if it is an EAP-Initiate), the State of the
 * last answer, and so many Proxy-State attributes of 253 octets. */
static size_t fuzz_server_compose(const struct answering *it, uint8_t identifier,
                                  const uint8_t *eap, size_t length, unsigned proxies,
                                  uint8_t octets[RADIUS_PACKET_MAX]) {
  static const uint8_t value[RADIUS_VALUE_MAX] = {1};
  const uint8_t authenticator[RADIUS_AUTHENTICATOR_LENGTH] = {identifier, 1};
  struct radius_packet last;
  struct radius_attribute state;
  struct span_writer out;
  span_writer_init(&out, octets, RADIUS_PACKET_MAX, NULL);
  radius_begin(&out, RADIUS_ACCESS_REQUEST, 0);
  if (eap[0] == EAP_RESPONSE)
    radius_add(&out, RADIUS_USER_NAME, NAME, sizeof NAME - 1);
  if (it->length > 0 && radius_packet_parse(it->answer, it->length, &last) == 0 &&
      radius_attribute_find(&last, RADIUS_STATE, &state))
    radius_add(&out, RADIUS_STATE, state.value, state.length);
  radius_add(&out, RADIUS_PROXY_STATE, "one", 3);
  radius_add_eap(&out, eap, length);
  radius_add(&out, RADIUS_PROXY_STATE, "two", 3);
  for (unsigned i = 0; i < proxies; i++)
    radius_add(&out, RADIUS_PROXY_STATE, value, sizeof value);
  fuzz_claim(radius_request_seal(&out, identifier, authenticator, &SECRET) == 0,
             "a request is sealed");
  return out.length;
}

/* What a peer says to the last answer, or to an Identity request. */
static size_t answer_eap(struct eap_peer *peer, const struct answering *it,
                         uint8_t eap[EAP_PACKET_MAX]) {
  uint8_t request[EAP_PACKET_MAX] = {EAP_REQUEST, 7, 0, 5, EAP_TYPE_IDENTITY};
  struct radius_packet last;
  struct span_writer out;
  int length = 5;
  if (it->length > 0) {
    fuzz_claim(radius_packet_parse(it->answer, it->length, &last) == 0, "an answer is a packet");
    length = radius_eap_join(&last, request, sizeof request);
  }
  span_writer_init(&out, eap, EAP_PACKET_MAX, NULL);
  return eap_peer_process(peer, request, (size_t)length, &out) == EAP_PEER_RESPOND ? out.length : 0;
}

/* What the peer re-authenticates with. */
static size_t initiate_eap(const struct eap_peer *peer, const struct node_hooks *hooks,
                           uint8_t eap[EAP_PACKET_MAX]) {
  static const struct erp_peer_config config = {.realm = (const uint8_t *)"a.b", .realm_length = 3};
  struct erp_peer erp;
  struct span_writer out;
  erp_peer_init(&erp, &config, hooks);
  span_writer_init(&out, eap, EAP_PACKET_MAX, NULL);
  fuzz_claim(erp_peer_learn(&erp, peer, 0) == 0 && erp_peer_begin(&erp, NULL, 0, &out) == 0,
             "a peer re-authenticates");
  erp_peer_wipe(&erp);
  return out.length;
}

/* An authentication, in which the first request has so many long Proxy-State attributes, and a
 * re-authentication. */
static void take_authentication(fuzz_take *take, unsigned proxies) {
  static const struct eap_peer_method method = {
      .method = &EAP_PSK_PEER,
      .credential = {.psk = PSK, .local_id = NAME, .local_id_length = sizeof NAME - 1}};
  static const struct eap_peer_config config = {
      .identity = NAME, .identity_length = sizeof NAME - 1, .methods = &method, .method_count = 1};
  struct seeded seeded = {.state = 99};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  struct fuzz_input input = {.data = {0}, .size = 1};
  uint8_t octets[RADIUS_PACKET_MAX], eap[EAP_PACKET_MAX];
  struct answering it;
  struct eap_peer peer;
  size_t eap_length, length;
  uint8_t i;
  fuzz_server_begin(&it);
  eap_peer_init(&peer, &config, &hooks);
  for (i = 0; (eap_length = answer_eap(&peer, &it, eap)) > 0; i++) {
    length = fuzz_server_compose(&it, i, eap, eap_length, i == 0 ? proxies : 0, octets);
    fuzz_input_put_part(&input, octets, length);
    fuzz_server_give(&it, octets, length);
  }
  if (it.answer[0] == RADIUS_ACCESS_ACCEPT) {
    eap_length = initiate_eap(&peer, &hooks, eap);
    length = fuzz_server_compose(&it, i, eap, eap_length, 0, octets);
    fuzz_input_put_part(&input, octets, length);
    fuzz_server_give(&it, octets, length);
    fuzz_claim(it.answer[0] == RADIUS_ACCESS_ACCEPT, "a re-authentication is accepted");
  }
  eap_peer_wipe(&peer);
  fuzz_server_end(&it);
  for (uint8_t known = 0; known < 2; known++) {
    input.data[0] = known;
    take(input.data, input.size);
  }
}

void fuzz_seeds(fuzz_take *take) {
  take_authentication(take, 0);
  take_authentication(take, 5);
}
