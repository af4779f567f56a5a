/* The RADIUS server and the AAA server on it: requests of authenticators and of a client for keys,
 * and answers of a manufacturer's AS, the parts of an input. The first octet says whether they come
 * from someone who knows the secret. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "aaa/aaa.h"
#include "eap/erp_peer.h"
#include "eap/erp_server.h"
#include "eap/peer.h"
#include "eap/psk.h"
#include "radius/mppe.h"
#include "radius_sealed.h"
#include "seeded.h"

const unsigned FUZZ_ROUNDS = 5000;

enum { REQUESTS_MAX = 8, CONVERSATIONS = 2, CLIENTS = 3, KEY_CLIENT = 2, CLIENT_PORT = 49152 };

static const struct radius_secret SECRET = {.octets = (const uint8_t *)"radius", .length = 6};
static const struct radius_server_client HOSTS[CLIENTS] = {
    {.ip = {8}, .secret = {.octets = (const uint8_t *)"radius", .length = 6}},
    {.ip = {9}, .secret = {.octets = (const uint8_t *)"radius", .length = 6}},
    {.ip = {7}, .secret = {.octets = (const uint8_t *)"radius", .length = 6}}};
static const struct aaa_key_client KEY_CLIENTS[] = {
    {.ip = {7}, .name = {(const uint8_t *)"aps", 3}, .use = AAA_KEY_APPLICATION}};
static const struct erp_server_config ERP = {
    .realm = (const uint8_t *)"a.b", .realm_length = 3, .keys_max = 2, .keeps_emsk = true};
static const struct radius_client_config UPLINK = {
    .local = {.ip = {2}, .port = CLIENT_PORT},
    .port_count = 1,
    .server = {.ip = {3}, .port = RADIUS_PORT},
    .secret = {.octets = (const uint8_t *)"radius", .length = 6},
    .nas_identifier = "provider"};
static const struct aaa_manufacturer MANUFACTURER = {.radius = &UPLINK,
                                                     .realm = (const uint8_t *)"c.d",
                                                     .realm_length = 3,
                                                     .server_id = (const uint8_t *)"provider",
                                                     .server_id_length = 8,
                                                     .users_max = 1};
/* Whom the manufacturer knows. */
static const uint8_t ROOT[EAP_KEY_LENGTH] = {9};
static const uint8_t DEVICE[] = "7c2cda67750fe534@a.b";
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
  uint8_t question[RADIUS_AUTHENTICATOR_LENGTH]; /* of the last request to the manufacturer */
  uint8_t question_identifier;
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
      .session_timeout_s = 60,
      .key_clients = KEY_CLIENTS,
      .key_client_count = 1,
      .manufacturer = &MANUFACTURER};
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

static bool is_answer(const uint8_t *octets, size_t length) {
  return length > 0 && (octets[0] == RADIUS_ACCESS_ACCEPT || octets[0] == RADIUS_ACCESS_REJECT ||
                        octets[0] == RADIUS_ACCESS_CHALLENGE);
}

/* What the server sends: a question to the manufacturer, or an answer, which is a packet. */
static void take_sent(struct answering *it, const struct node_datagram *sent) {
  struct radius_packet packet;
  fuzz_claim(radius_packet_parse(sent->data, sent->length, &packet) == 0, "a packet is sent");
  fuzz_claim(span_list_length(&sent->spans) == sent->length, "each octet has a row");
  if (packet.code == RADIUS_ACCESS_REQUEST) {
    memcpy(it->question, packet.authenticator, sizeof it->question);
    it->question_identifier = packet.identifier;
    return;
  }
  memcpy(it->answer, sent->data, sent->length);
  it->length = sent->length;
}

/* One packet: an answer of the manufacturer's, or a request, of the client that its Identifier is
 * for. */
static void fuzz_server_give(struct answering *it, uint8_t *octets, size_t length) {
  const bool answers = is_answer(octets, length);
  const bool repeats = !answers && length >= RADIUS_HEADER_LENGTH && is_repetition(it, octets);
  const uint8_t client = length > 1 ? octets[1] % CLIENTS : 0;
  struct node_datagram given = {.source = {.ip = {HOSTS[client].ip[0]}, .port = 40000},
                                .destination = {.ip = {2}, .port = RADIUS_PORT},
                                .data = octets,
                                .length = length};
  uint8_t data[RADIUS_PACKET_MAX];
  struct radius_packet packet, asked;
  int written;
  if (answers) {
    given.source = UPLINK.server;
    given.destination = UPLINK.local;
  }
  it->now_ns += NODE_SECOND;
  it->length = 0;
  fuzz_claim(node_read(it->node, &given, it->now_ns) == 0, "a packet ends no server");
  do {
    struct node_datagram sent = {.data = data, .capacity = sizeof data};
    written = node_write(it->node, &sent, it->now_ns);
    fuzz_claim(written >= 0, "an answer is written");
    if (written == 1)
      take_sent(it, &sent);
  } while (written == 1);
  if (it->length == 0 || answers)
    return;
  fuzz_claim(radius_packet_parse(it->answer, it->length, &packet) == 0, "an answer is a packet");
  fuzz_claim(radius_packet_parse(octets, length, &asked) == 0, "a packet is answered");
  fuzz_claim(repeats || proxy_state_is_returned(&asked, &packet), "Proxy-State is returned");
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
      radius_sealed(part, length, is_answer(part, length) ? it.question : NULL, &SECRET);
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

/* A request for a key under the name of the peer's EMSK. */
static size_t compose_key_request(const struct eap_peer *peer, const struct node_hooks *hooks,
                                  uint8_t octets[RADIUS_PACKET_MAX]) {
  const uint8_t authenticator[RADIUS_AUTHENTICATOR_LENGTH] = {KEY_CLIENT, 2};
  uint8_t name[EMSK_NAME_LENGTH], nai[ERP_NAI_MAX];
  struct eap_session_id session;
  struct span_writer out;
  fuzz_claim(eap_peer_session_id(peer, &session) == 0 && emsk_name(hooks, &session, name) == 0,
             "an EMSK has a name");
  const size_t length = erp_nai_write(name, ERP.realm, ERP.realm_length, nai);
  span_writer_init(&out, octets, RADIUS_PACKET_MAX, NULL);
  radius_begin(&out, RADIUS_ACCESS_REQUEST, 0);
  radius_add(&out, RADIUS_USER_NAME, nai, length);
  radius_add(&out, RADIUS_NAS_IDENTIFIER, "aps", 3);
  radius_add_number(&out, RADIUS_SERVICE_TYPE, RADIUS_SERVICE_AUTHORIZE_ONLY);
  fuzz_claim(radius_request_seal(&out, KEY_CLIENT + CLIENTS * 10, authenticator, &SECRET) == 0,
             "a request is sealed");
  return out.length;
}

/* What the manufacturer answers the last question. */
static size_t compose_credential(const struct answering *it, const struct node_hooks *hooks,
                                 uint8_t octets[RADIUS_PACKET_MAX]) {
  struct span_writer out;
  span_writer_init(&out, octets, RADIUS_PACKET_MAX, NULL);
  radius_begin(&out, RADIUS_ACCESS_ACCEPT, it->question_identifier);
  fuzz_claim(radius_mppe_add(&out, ROOT, it->question, &SECRET, hooks) == 0, "keys are added");
  radius_add_number(&out, RADIUS_SESSION_TIMEOUT, 3600);
  fuzz_claim(radius_response_seal(&out, it->question, &SECRET) == 0, "an answer is sealed");
  return out.length;
}

static void take_both(fuzz_take *take, struct fuzz_input *input) {
  for (uint8_t known = 0; known < 2; known++) {
    input->data[0] = known;
    take(input->data, input->size);
  }
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
    length = compose_key_request(&peer, &hooks, octets);
    fuzz_input_put_part(&input, octets, length);
    fuzz_server_give(&it, octets, length);
    fuzz_claim(it.answer[0] == RADIUS_ACCESS_ACCEPT, "a key is given");
  }
  eap_peer_wipe(&peer);
  fuzz_server_end(&it);
  take_both(take, &input);
}

/* A device of the manufacturer's: it is asked for, and authenticated. */
static void take_commissioning(fuzz_take *take) {
  uint8_t psk[BOOTSTRAP_EAP_PSK_LENGTH], octets[RADIUS_PACKET_MAX], eap[EAP_PACKET_MAX];
  const struct eap_peer_method method = {
      .method = &EAP_PSK_PEER,
      .credential = {.psk = psk, .local_id = DEVICE, .local_id_length = BOOTSTRAP_IDENTITY_LENGTH}};
  const struct eap_peer_config config = {.identity = DEVICE,
                                         .identity_length = sizeof DEVICE - 1,
                                         .methods = &method,
                                         .method_count = 1};
  struct seeded seeded = {.state = 99};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  struct fuzz_input input = {.data = {0}, .size = 1};
  struct answering it;
  struct eap_peer peer;
  size_t eap_length, length;
  fuzz_claim(bootstrap_eap_psk(&hooks, ROOT, psk) == 0, "a credential is made");
  fuzz_server_begin(&it);
  eap_peer_init(&peer, &config, &hooks);
  for (uint8_t i = 0; (eap_length = answer_eap(&peer, &it, eap)) > 0; i++) {
    length = fuzz_server_compose(&it, i, eap, eap_length, 0, octets);
    fuzz_input_put_part(&input, octets, length);
    fuzz_server_give(&it, octets, length);
    if (i > 0)
      continue;
    fuzz_claim(it.length == 0, "a stranger is asked for");
    length = compose_credential(&it, &hooks, octets);
    fuzz_input_put_part(&input, octets, length);
    fuzz_server_give(&it, octets, length);
  }
  fuzz_claim(it.answer[0] == RADIUS_ACCESS_ACCEPT, "a device is accepted");
  eap_peer_wipe(&peer);
  fuzz_server_end(&it);
  take_both(take, &input);
}

void fuzz_seeds(fuzz_take *take) {
  take_authentication(take, 0);
  take_authentication(take, 5);
  take_commissioning(take);
}
