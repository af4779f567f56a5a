/* The RADIUS client: answers to its requests, the parts of an input. The first octet says whether
 * they come from someone who knows the secret. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "radius/client.h"
#include "radius/mppe.h"
#include "radius_sealed.h"
#include "seeded.h"

const unsigned FUZZ_ROUNDS = 10000;

enum { ANSWERS_MAX = 8 };

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};
static const uint8_t EAP[] = {2, 7, 0, 9, 1, 'u', 's', 'e', 'r'};

struct asking {
  struct seeded seeded;
  struct node_hooks hooks;
  struct radius_client client;
  struct radius_exchange exchange;
  struct node_datagram request; /* the last */
  uint8_t data[NODE_DATAGRAM_MAX];
};

static void fuzz_client_begin(struct asking *asking) {
  memset(asking, 0, sizeof *asking);
  asking->seeded.state = 1;
  asking->hooks = (struct node_hooks){.context = &asking->seeded, .random = seeded_bytes};
  const struct radius_client_config config = {
      .local = {.ip = {1}, .port = RADIUS_FIRST_PORT_DEFAULT},
      .port_count = 1,
      .server = {.ip = {2}, .port = RADIUS_PORT},
      .secret = SECRET,
      .nas_identifier = "nas"};
  fuzz_claim(radius_client_init(&asking->client, &config, &asking->hooks), "a client is made");
}

/* The next request departs. */
static void fuzz_client_ask(struct asking *asking) {
  struct span_writer out;
  radius_client_compose(&asking->client, (const uint8_t *)"user", 4, &out);
  radius_add_eap(&out, EAP, sizeof EAP);
  asking->request = (struct node_datagram){.data = asking->data, .capacity = sizeof asking->data};
  fuzz_claim(radius_client_send(&asking->client, &asking->exchange, &out) == 0 &&
                 radius_client_write(&asking->client, &asking->request, 0) == 1,
             "a request departs");
}

/* What an authenticator does with an answer. True: it is an Access-Accept with keys. */
static bool use(const struct asking *asking, const struct radius_packet *packet) {
  uint8_t eap[RADIUS_MTU], msk[RADIUS_MSK_LENGTH];
  uint32_t lifetime;
  struct radius_attribute state;
  fuzz_claim(radius_eap_join(packet, eap, sizeof eap) <= RADIUS_MTU, "EAP has room");
  (void)radius_attribute_find(packet, RADIUS_STATE, &state);
  (void)radius_attribute_number(packet, RADIUS_SESSION_TIMEOUT, &lifetime);
  return packet->code == RADIUS_ACCESS_ACCEPT &&
         radius_mppe_find(packet, asking->exchange.authenticator, &SECRET, msk) == 0;
}

static bool fuzz_client_answer(struct asking *asking, uint8_t *octets, size_t length) {
  struct radius_packet packet;
  const char *why = NULL;
  const struct node_datagram datagram = {.source = asking->request.destination,
                                         .destination = asking->request.source,
                                         .data = octets,
                                         .length = length};
  const struct radius_exchange *ended =
      radius_client_receive(&asking->client, &datagram, &packet, &why);
  if (ended == NULL) {
    fuzz_claim(why != NULL, "what is discarded has a reason");
    return false;
  }
  fuzz_claim(ended == &asking->exchange && ended->phase == RADIUS_IDLE, "the exchange has ended");
  const bool accepted = use(asking, &packet);
  fuzz_client_ask(asking);
  return accepted;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  static struct asking asking;
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  fuzz_client_begin(&asking);
  fuzz_client_ask(&asking);
  for (unsigned i = 0; i < ANSWERS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    if (data[0] % 2 != 0)
      radius_sealed(part, length, asking.exchange.authenticator, &SECRET);
    fuzz_accepted = fuzz_client_answer(&asking, part, length);
    free(part);
  }
  radius_client_cancel(&asking.client, &asking.exchange);
  radius_client_deinit(&asking.client);
  return 0;
}

static size_t fuzz_client_compose(struct asking *asking, uint8_t code, unsigned vendors,
                                  uint8_t octets[RADIUS_PACKET_MAX]) {
  static const uint8_t eap[300] = {1, 8, 1, 44, 47}, msk[RADIUS_MSK_LENGTH] = {9};
  struct span_writer out;
  span_writer_init(&out, octets, RADIUS_PACKET_MAX, NULL);
  radius_begin(&out, code, asking->data[1]);
  radius_add(&out, RADIUS_STATE, eap, 16);
  for (unsigned i = 0; i < vendors; i++)
    radius_add(&out, RADIUS_VENDOR_SPECIFIC, eap, RADIUS_VALUE_MAX);
  radius_add_eap(&out, eap, code == RADIUS_ACCESS_CHALLENGE ? sizeof eap : 4);
  if (code == RADIUS_ACCESS_ACCEPT)
    fuzz_claim(
        radius_mppe_add(&out, msk, asking->exchange.authenticator, &SECRET, &asking->hooks) == 0,
        "keys are added");
  fuzz_claim(radius_response_seal(&out, asking->exchange.authenticator, &SECRET) == 0,
             "an answer is sealed");
  return out.length;
}

void fuzz_seeds(fuzz_take *take) {
  static struct asking asking;
  struct fuzz_input input = {.data = {0}, .size = 1};
  uint8_t octets[RADIUS_PACKET_MAX];
  fuzz_client_begin(&asking);
  fuzz_client_ask(&asking);
  /* Random octets of the answers must not be those of the client. */
  struct seeded other = {.state = 99};
  asking.hooks.context = &other;
  size_t length = fuzz_client_compose(&asking, RADIUS_ACCESS_CHALLENGE, 4, octets);
  fuzz_input_put_part(&input, octets, length);
  asking.hooks.context = &asking.seeded;
  (void)fuzz_client_answer(&asking, octets, length);
  asking.hooks.context = &other;
  length = fuzz_client_compose(&asking, RADIUS_ACCESS_ACCEPT, 0, octets);
  fuzz_input_put_part(&input, octets, length);
  radius_client_deinit(&asking.client);
  for (uint8_t known = 0; known < 2; known++) {
    input.data[0] = known;
    take(input.data, input.size);
  }
}
