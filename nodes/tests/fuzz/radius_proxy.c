/* The AAA proxy: of an input, each part is a request of the client (its first octet even) or an
 * answer of the server. The input's first octet says whether they come from those who know the
 * secrets. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "aaa/proxy.h"
#include "radius/mppe.h"
#include "radius_sealed.h"
#include "seeded.h"

const unsigned FUZZ_ROUNDS = 10000;

enum { PARTS_MAX = 8, REQUESTS = 2, FIRST_PORT = 50000, PROXY_STATE_LENGTH = 8 };

static const struct radius_server_client CLIENT = {.ip = {9}, .secret = {(uint8_t *)"client", 6}};
static const struct aaa_proxy_server SERVER = {.address = {.ip = {3}, .port = RADIUS_PORT},
                                               .secret = {(uint8_t *)"server", 6}};
static const struct aaa_realm REALM = {"example.test", 0};
static const struct aaa_proxy_config CONFIG = {.local = {.ip = {2}, .port = RADIUS_PORT},
                                               .uplink = {.ip = {2}, .port = FIRST_PORT},
                                               .port_count = 1,
                                               .clients = &CLIENT,
                                               .client_count = 1,
                                               .servers = &SERVER,
                                               .server_count = 1,
                                               .realms = &REALM,
                                               .realm_count = 1,
                                               .requests_max = REQUESTS};

struct passing {
  struct seeded seeded;
  struct node_hooks hooks;
  struct node *node;
  uint64_t now_ns;
  uint8_t request[RADIUS_AUTHENTICATOR_LENGTH];   /* the client's last */
  uint8_t forwarded[RADIUS_AUTHENTICATOR_LENGTH]; /* ours */
  uint8_t identifier;                             /* likewise */
  bool accepted;
};

static void fuzz_proxy_begin(struct passing *it) {
  memset(it, 0, sizeof *it);
  it->seeded.state = 1;
  it->hooks = (struct node_hooks){.context = &it->seeded, .random = seeded_bytes};
  it->node = aaa_proxy_create(&CONFIG, &it->hooks);
  fuzz_claim(it->node != NULL, "a proxy is made");
}

/* The attributes of `one`, but for those that are each hop's own, are the first of `other`. */
static bool attributes_are_kept(const struct radius_packet *one, const struct radius_packet *other,
                                size_t *at_other) {
  struct radius_attribute a, b;
  for (size_t at = 0; radius_attribute_next(one, &at, &a);) {
    if (a.type == RADIUS_MESSAGE_AUTHENTICATOR)
      continue;
    do
      if (!radius_attribute_next(other, at_other, &b))
        return false;
    while (b.type == RADIUS_MESSAGE_AUTHENTICATOR);
    if (a.type != b.type || a.length != b.length || memcmp(a.value, b.value, a.length) != 0)
      return false;
  }
  return true;
}

static void check_forwarded(struct passing *it, const struct radius_packet *sent,
                            const struct radius_packet *given) {
  struct radius_attribute last;
  size_t at = 0;
  fuzz_claim(radius_request_check(sent, &SERVER.secret) == NULL, "a request is for the server");
  fuzz_claim(given != NULL, "nothing goes on by itself");
  memcpy(it->forwarded, sent->authenticator, sizeof it->forwarded);
  it->identifier = sent->identifier;
  if (memcmp(it->request, given->authenticator, sizeof it->request) == 0)
    return; /* perhaps a repetition, whatever else is in it */
  memcpy(it->request, given->authenticator, sizeof it->request);
  fuzz_claim(attributes_are_kept(given, sent, &at), "attributes go on");
  fuzz_claim(radius_attribute_next(sent, &at, &last) && last.type == RADIUS_PROXY_STATE &&
                 last.length == PROXY_STATE_LENGTH && !radius_attribute_next(sent, &at, &last),
             "ours is behind them");
}

/* To the client's last request, unless it repeats an earlier one. */
static void check_answer(struct passing *it, const struct radius_packet *sent) {
  uint8_t msk[RADIUS_MSK_LENGTH];
  it->accepted |= radius_response_check(sent, &CLIENT.secret, it->request, false) == NULL &&
                  (sent->code != RADIUS_ACCESS_ACCEPT ||
                   radius_mppe_find(sent, it->request, &CLIENT.secret, msk) == 0);
}

static void fuzz_proxy_write(struct passing *it, const struct radius_packet *given) {
  static uint8_t data[RADIUS_PACKET_MAX];
  struct node_datagram out = {.data = data, .capacity = sizeof data};
  struct radius_packet sent;
  int written;
  while ((written = node_write(it->node, &out, it->now_ns)) == 1) {
    fuzz_claim(radius_packet_parse(data, out.length, &sent) == 0, "what is sent is a packet");
    fuzz_claim(span_list_length(&out.spans) == out.length, "each octet has a row");
    if (node_address_equal(&out.destination, &SERVER.address))
      check_forwarded(it, &sent, given);
    else
      check_answer(it, &sent);
  }
  fuzz_claim(written == 0, "what there is is written");
}

static void fuzz_proxy_give(struct passing *it, bool answer, uint8_t *octets, size_t length) {
  const struct node_datagram request = {.source = {.ip = {9}, .port = 40000},
                                        .destination = CONFIG.local,
                                        .data = octets,
                                        .length = length},
                             response = {.source = SERVER.address,
                                         .destination = {.ip = {2}, .port = FIRST_PORT},
                                         .data = octets,
                                         .length = length};
  struct radius_packet given;
  const bool is_packet = radius_packet_parse(octets, length, &given) == 0;
  it->now_ns += NODE_SECOND;
  fuzz_claim(node_read(it->node, answer ? &response : &request, it->now_ns) == 0,
             "octets end no proxy");
  fuzz_proxy_write(it, is_packet && !answer ? &given : NULL);
}

static void fuzz_proxy_end(struct passing *it) {
  it->now_ns += 100 * NODE_SECOND;
  fuzz_claim(node_handle_expiry(it->node, it->now_ns) == 0, "time ends no proxy");
  fuzz_claim(node_expiry(it->node) == NODE_NEVER, "all is forgotten");
  node_destroy(it->node);
}

/* Makes a part, without its first octet, that of someone who knows the secret. */
static void fuzz_proxy_seal(const struct passing *it, bool answer, uint8_t *octets, size_t length) {
  if (answer && length > 1)
    octets[1] = it->identifier;
  radius_sealed(octets, length, answer ? it->forwarded : NULL,
                answer ? &SERVER.secret : &CLIENT.secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  static struct passing it;
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  fuzz_proxy_begin(&it);
  for (unsigned i = 0; i < PARTS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    const bool answer = length > 0 && part[0] % 2 != 0;
    if (data[0] % 2 != 0 && length > 0)
      fuzz_proxy_seal(&it, answer, part + 1, length - 1);
    if (length > 0)
      fuzz_proxy_give(&it, answer, part + 1, length - 1);
    free(part);
  }
  fuzz_accepted = it.accepted;
  fuzz_proxy_end(&it);
  return 0;
}

static size_t fuzz_proxy_compose(struct passing *it, bool answer, uint8_t code,
                                 uint8_t octets[RADIUS_PACKET_MAX]) {
  static const uint8_t eap[300] = {2, 8, 1, 44, 47}, msk[RADIUS_MSK_LENGTH] = {9};
  static const uint8_t authenticator[RADIUS_AUTHENTICATOR_LENGTH] = {7};
  struct span_writer out;
  span_writer_init(&out, octets, RADIUS_PACKET_MAX, NULL);
  radius_begin(&out, code, it->identifier);
  if (!answer)
    radius_add(&out, RADIUS_USER_NAME, "user@example.test", 17);
  radius_add(&out, RADIUS_PROXY_STATE, "one", 3);
  radius_add(&out, RADIUS_STATE, eap, 16);
  radius_add_eap(&out, eap, sizeof eap);
  if (code == RADIUS_ACCESS_ACCEPT)
    fuzz_claim(radius_mppe_add(&out, msk, it->forwarded, &SERVER.secret, &it->hooks) == 0,
               "keys are added");
  fuzz_claim((answer ? radius_response_seal(&out, it->forwarded, &SERVER.secret)
                     : radius_request_seal(&out, 1, authenticator, &CLIENT.secret)) == 0,
             "a packet is sealed");
  return out.length;
}

static void put_part(struct fuzz_input *input, uint8_t who, const uint8_t *octets, size_t length) {
  uint8_t part[1 + RADIUS_PACKET_MAX];
  part[0] = who;
  memcpy(part + 1, octets, length);
  fuzz_input_put_part(input, part, 1 + length);
}

/* A request, and each answer to it. */
void fuzz_seeds(fuzz_take *take) {
  static const uint8_t codes[] = {RADIUS_ACCESS_ACCEPT, RADIUS_ACCESS_CHALLENGE,
                                  RADIUS_ACCESS_REJECT};
  static struct passing it;
  for (unsigned i = 0; i < sizeof codes; i++) {
    struct fuzz_input input = {.data = {0}, .size = 1};
    uint8_t octets[RADIUS_PACKET_MAX];
    fuzz_proxy_begin(&it);
    size_t length = fuzz_proxy_compose(&it, false, RADIUS_ACCESS_REQUEST, octets);
    put_part(&input, 0, octets, length);
    fuzz_proxy_give(&it, false, octets, length);
    /* Random octets of the answer must not be those of the proxy. */
    struct seeded other = {.state = 99};
    it.hooks.context = &other;
    length = fuzz_proxy_compose(&it, true, codes[i], octets);
    it.hooks.context = &it.seeded;
    put_part(&input, 1, octets, length);
    fuzz_proxy_end(&it);
    for (uint8_t known = 0; known < 2; known++) {
      input.data[0] = known;
      take(input.data, input.size);
    }
  }
}
