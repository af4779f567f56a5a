/* IKEv2 messages: all that is read of one, in clear and behind the tag. Of an input the first octet
 * says how it is meant: as a whole message, or as what is inside an Encrypted payload, which is
 * sealed with a known key and opened again. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "ikev2/sa.h"
#include "ikev2/sealed.h"

const unsigned FUZZ_ROUNDS = 100000;

enum way { WAY_MESSAGE, WAY_INSIDE, WAY_COUNT };

static const struct ikev2_ccm_key KEY = {{1, 2, 3}, {4, 5, 6}};
static const struct ikev2_header HEADER = {
    .spi_i = {1}, .spi_r = {2}, .exchange = IKEV2_IKE_AUTH, .message_id = 1};
static const struct node_address ADDRESS = {{0xfd, [15] = 1}, 5683};

static void read_sa(const struct ikev2_payload *payload) {
  struct ikev2_choice chosen = {0}, answered = {0};
  if (ikev2_sa_answer_ike(payload, ~0U, &answered))
    fuzz_claim(ikev2_sa_choose_ike(payload, ~0U, &chosen) && chosen.row == answered.row &&
                   chosen.row < IKEV2_PROPOSAL_COUNT,
               "an answer could be an offer");
  if (ikev2_sa_answer_esp(payload, ~0U, &answered))
    fuzz_claim(ikev2_sa_choose_esp(payload, ~0U, &chosen) && chosen.spi == answered.spi,
               "of ESP, too");
  fuzz_claim(!ikev2_sa_choose_ike(payload, 0, &chosen) && !ikev2_sa_choose_esp(payload, 0, &chosen),
             "of nothing, nothing is chosen");
}

static void read_ts(const struct ikev2_payload *payload) {
  struct ikev2_selectors selectors;
  ikev2_ts_read(payload, &selectors);
  fuzz_claim(selectors.count <= IKEV2_SELECTORS_MAX && selectors.count <= payload->body[0],
             "selectors are counted");
  fuzz_either(ikev2_selectors_contain(&selectors, &ADDRESS));
  for (size_t i = 0; i < selectors.count; i++)
    fuzz_either(ikev2_selector_is_within(&selectors.items[i], &ADDRESS));
}

static void read_ke(const struct ikev2_payload *payload) {
  struct ikev2_ke ke;
  struct ec_public public;
  ikev2_ke_read(payload, &ke);
  fuzz_either(ikev2_ke_public(&ke, IKEV2_GROUP_CURVE25519, &public) ||
              ikev2_ke_public(&ke, IKEV2_GROUP_ECP_256, &public));
}

static void read_delete(const struct ikev2_payload *payload) {
  struct ikev2_delete gone;
  ikev2_delete_read(payload, &gone);
  fuzz_either(ikev2_delete_names(&gone, 256));
}

static void read_data(const struct ikev2_payload *payload) {
  const uint8_t *behind = payload->body + payload->length;
  struct ikev2_id id;
  struct ikev2_auth auth;
  struct ikev2_notify notify;
  if (payload->type == IKEV2_PAYLOAD_NOTIFY) {
    ikev2_notify_read(payload, &notify);
    fuzz_claim(notify.data + notify.length == behind, "a Notify ends with its data");
  } else if (payload->type == IKEV2_PAYLOAD_AUTH) {
    ikev2_auth_read(payload, &auth);
    fuzz_claim(auth.length > 0 && auth.octets + auth.length == behind, "AUTH has data");
  } else if (payload->type == IKEV2_PAYLOAD_IDI || payload->type == IKEV2_PAYLOAD_IDR) {
    ikev2_id_read(payload, &id);
    fuzz_claim(id.length > 0 && id.octets + id.length == behind, "an identity is one");
  } else if (payload->type == IKEV2_PAYLOAD_NONCE)
    fuzz_claim(ikev2_nonce_read(payload).length >= IKEV2_NONCE_LEAST, "a nonce is long");
}

static void read_payload(const struct ikev2_payload *payload) {
  switch (payload->type) {
  case IKEV2_PAYLOAD_SA:
    read_sa(payload);
    break;
  case IKEV2_PAYLOAD_KE:
    read_ke(payload);
    break;
  case IKEV2_PAYLOAD_TSI:
  case IKEV2_PAYLOAD_TSR:
    read_ts(payload);
    break;
  case IKEV2_PAYLOAD_DELETE:
    read_delete(payload);
    break;
  default:
    read_data(payload);
  }
}

/* Payloads lie one behind the other, from `begin` to `length`. */
static void read_chain(const struct ikev2_chain *chain, size_t begin, size_t length) {
  struct ikev2_notify notify;
  size_t at = begin;
  for (size_t i = 0; i < chain->count; i++) {
    fuzz_claim(chain->items[i].offset == at, "a payload is behind the one before");
    read_payload(&chain->items[i]);
    at += IKEV2_PAYLOAD_HEADER_LENGTH + chain->items[i].length;
  }
  fuzz_claim(at == length, "payloads fill the chain");
  fuzz_claim(!ikev2_find_error(chain, &notify) || notify.type < IKEV2_N_STATUS,
             "errors are errors");
}

static void check_fault(bool good, const struct ikev2_fault *fault) {
  fuzz_claim(good == (fault->why == NULL), "a fault has a text");
  fuzz_claim(good || fault->notify == 0 || fault->notify == IKEV2_N_INVALID_SYNTAX ||
                 fault->notify == IKEV2_N_INVALID_MAJOR_VERSION ||
                 (fault->notify == IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD && fault->payload != 0),
             "and a notify");
}

static int open_message(const uint8_t *data, size_t length) {
  struct ikev2_message message;
  struct ikev2_chain inner;
  struct ikev2_fault fault;
  uint8_t plain[FUZZ_INPUT_MAX];
  const bool good = ikev2_message_parse(data, length, &message, &fault);
  check_fault(good, &fault);
  if (!good)
    return NODE_ERR_MALFORMED;
  read_chain(&message.chain, IKEV2_HEADER_LENGTH, length);
  const int error = ikev2_open(NULL, &KEY, &message, plain, sizeof plain, &inner, &fault);
  if (error == 0)
    read_chain(&inner, 0,
               inner.count == 0
                   ? 0
                   : inner.items[inner.count - 1].offset + IKEV2_PAYLOAD_HEADER_LENGTH +
                         inner.items[inner.count - 1].length);
  if (error == NODE_ERR_MALFORMED)
    check_fault(false, &fault);
  return error;
}

/* `data` are the type of the first payload, and the chain. */
static int seal_and_open(const uint8_t *data, size_t length) {
  struct ikev2_sealer sealer = {.key = KEY};
  uint8_t inner_octets[FUZZ_INPUT_MAX], octets[FUZZ_INPUT_MAX + IKEV2_SEALED_OVERHEAD];
  struct span_writer inner_out, out;
  struct ikev2_composer inner;
  span_writer_init(&inner_out, inner_octets, sizeof inner_octets, NULL);
  ikev2_compose_inner(&inner, &inner_out);
  inner.first = data[0];
  span_writer_put(&inner_out, ROW_IKEV2_ENCRYPTED, data + 1, length - 1);
  if (inner_out.overflow)
    return NODE_ERR_TOO_LONG;
  span_writer_init(&out, octets, sizeof octets, NULL);
  fuzz_claim(ikev2_seal(NULL, &sealer, &HEADER, &inner, &out) == 0, "it is sealed");
  fuzz_claim(out.length == length - 1 + IKEV2_SEALED_OVERHEAD, "by so many octets");
  const int result = open_message(octets, out.length);
  fuzz_claim(result == 0 || result == NODE_ERR_MALFORMED, "what is sealed verifies");
  return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  const bool inside = data[0] % WAY_COUNT == WAY_INSIDE;
  const int result = inside ? seal_and_open(data + 1, size - 1) : open_message(data + 1, size - 1);
  fuzz_accepted = inside ? result == 0 : result != NODE_ERR_MALFORMED;
  return 0;
}

static void put_init(struct ikev2_composer *message) {
  const struct ec_public public = {.curve = EC_P256, .x = {1}, .y = {2}};
  const uint8_t nonce[16] = {3};
  ikev2_put_notify(message, IKEV2_PROTOCOL_NONE, IKEV2_N_COOKIE, nonce, 9);
  ikev2_put_sa_ike(message, IKEV2_PROPOSAL_ECP256, 1);
  ikev2_put_ke(message, IKEV2_GROUP_ECP_256, &public);
  ikev2_put_nonce(message, nonce, sizeof nonce);
}

static void put_auth(struct ikev2_composer *chain) {
  static const struct node_address ipv4 = {{[10] = 0xff, 0xff, 192, 0, 2, 1}, 0};
  const struct ikev2_id id = {IKEV2_ID_KEY_ID, (const uint8_t *)"name", 4};
  const uint8_t auth[32] = {4};
  ikev2_put_id(chain, IKEV2_PAYLOAD_IDI, &id);
  ikev2_put_id(chain, IKEV2_PAYLOAD_IDR, &id);
  ikev2_put_auth(chain, auth, sizeof auth);
  ikev2_put_notify(chain, IKEV2_PROTOCOL_NONE, IKEV2_N_USE_TRANSPORT_MODE, NULL, 0);
  ikev2_put_sa_esp(chain, IKEV2_ESP_AES_CCM_8, 1, 0x1000);
  ikev2_put_ts(chain, IKEV2_PAYLOAD_TSI, &ADDRESS);
  ikev2_put_ts(chain, IKEV2_PAYLOAD_TSR, &ipv4);
  ikev2_put_delete_ike(chain);
  ikev2_put_delete_esp(chain, 0x1000);
}

/* Both kinds of content, both ways. */
void fuzz_seeds(fuzz_take *take) {
  static void (*const PUTS[])(struct ikev2_composer *) = {put_init, put_auth};
  for (size_t i = 0; i < 2; i++) {
    uint8_t input[2 + NODE_DATAGRAM_MAX] = {WAY_MESSAGE}, inner_octets[NODE_DATAGRAM_MAX];
    struct span_writer out, inner_out;
    struct ikev2_composer message, inner;
    struct ikev2_sealer sealer = {.key = KEY};
    span_writer_init(&out, input + 1, NODE_DATAGRAM_MAX, NULL);
    ikev2_compose_message(&message, &out, &HEADER);
    PUTS[i](&message);
    fuzz_claim(ikev2_compose_end(&message) == 0, "a message has room");
    take(input, 1 + out.length);

    span_writer_init(&inner_out, inner_octets, sizeof inner_octets, NULL);
    ikev2_compose_inner(&inner, &inner_out);
    PUTS[i](&inner);
    span_writer_init(&out, input + 1, NODE_DATAGRAM_MAX, NULL);
    fuzz_claim(ikev2_seal(NULL, &sealer, &HEADER, &inner, &out) == 0, "a chain is sealed");
    take(input, 1 + out.length);

    input[0] = WAY_INSIDE;
    input[1] = inner.first;
    memcpy(input + 2, inner_octets, inner_out.length);
    take(input, 2 + inner_out.length);
  }
}
