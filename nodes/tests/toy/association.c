/* A toy association, to show that one is a file of nodes/association and a row of kinds.def: CoAP
 * messages stay in clear, and an option of their own has a counter and a tag, AES-CMAC cut to eight
 * octets. A request counts up; its response has the same counter, and is bound to it by the tag. */
#include "kind.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

enum {
  KEY_LENGTH = 16,
  NUMBER = 65003, /* critical, of the range for experiments (RFC 7252 section 12.2) */
  COUNTER_LENGTH = 2,
  TAG_LENGTH = 8,
  VALUE_LENGTH = COUNTER_LENGTH + TAG_LENGTH,
};

struct toy_state {
  uint8_t key[KEY_LENGTH];
  bool client;
  uint32_t sent;        /* requests */
  uint32_t next;        /* the least counter of a request that is taken */
  uint32_t outstanding; /* counter of the last request that was sent */
};

/* Life */

static void toy_close(void *state) {
  crypto_wipe(state, sizeof(struct toy_state));
  free(state);
}

static void *toy_open(const struct association_config *config, const struct node_hooks *hooks,
                      uint64_t now_ns, int *error) {
  struct toy_state *toy = config->key_length == KEY_LENGTH ? calloc(1, sizeof *toy) : NULL;
  (void)hooks;
  (void)now_ns;
  if (config->key_length != KEY_LENGTH)
    *error = NODE_ERR_BAD_CONFIG;
  if (toy == NULL)
    return NULL;
  memcpy(toy->key, config->key, KEY_LENGTH);
  toy->client = config->client;
  return toy;
}

/* Tags */

/* Of all that the message says, whose option is not in it. */
static int make_tag(const struct toy_state *toy, const struct node_hooks *hooks,
                    const struct coap_message *plain, bool from_client, uint32_t counter,
                    uint8_t tag[TAG_LENGTH]) {
  uint8_t data[NODE_DATAGRAM_MAX], mac[16];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  span_writer_put_u8(&out, ROW_COAP_OPTION, from_client);
  span_writer_put_u8(&out, ROW_COAP_OPTION, plain->code);
  span_writer_put_u16(&out, ROW_COAP_OPTION, (uint16_t)counter);
  int error = coap_body_compose(plain, &out);
  if (error == 0)
    error = crypto_cmac(hooks, toy->key, data, out.length, mac);
  if (error == 0)
    memcpy(tag, mac, TAG_LENGTH);
  return error;
}

static int protect(const struct toy_state *toy, const struct node_hooks *hooks,
                   const struct coap_message *plain, uint32_t counter, uint8_t *buffer,
                   struct coap_message *outer) {
  if (plain->option_count == COAP_OPTIONS_MAX)
    return NODE_ERR_TOO_LONG;
  buffer[0] = (uint8_t)(counter >> 8);
  buffer[1] = (uint8_t)counter;
  const int error = make_tag(toy, hooks, plain, toy->client, counter, buffer + COUNTER_LENGTH);
  *outer = *plain;
  coap_message_add_option(outer, NUMBER, ROW_COAP_OPTION, buffer, VALUE_LENGTH);
  return error;
}

/* Takes the option out, with its counter, and checks the tag. NODE_ERR_MALFORMED, NODE_ERR_VERIFY.
 */
static int verify(const struct toy_state *toy, const struct node_hooks *hooks,
                  const struct coap_message *outer, struct coap_message *plain, uint32_t *counter) {
  const struct coap_option *option = coap_message_find(outer, NUMBER);
  if (option == NULL || option->length != VALUE_LENGTH)
    return NODE_ERR_MALFORMED;
  const size_t place = (size_t)(option - outer->options);
  *counter = (uint32_t)(option->value[0] << 8 | option->value[1]);
  *plain = *outer;
  memmove(plain->options + place, plain->options + place + 1,
          (--plain->option_count - place) * sizeof plain->options[0]);
  uint8_t tag[TAG_LENGTH];
  const int error = make_tag(toy, hooks, plain, !toy->client, *counter, tag);
  if (error < 0)
    return error;
  return crypto_equal(tag, option->value + COUNTER_LENGTH, TAG_LENGTH) ? 0 : NODE_ERR_VERIFY;
}

/* Messages */

static int toy_request(void *state, const struct node_hooks *hooks,
                       const struct coap_message *plain, uint8_t *buffer, struct span_list *spans,
                       struct coap_message *outer) {
  struct toy_state *toy = state;
  (void)spans; /* those of the payload stay */
  if (toy->sent > UINT16_MAX)
    return NODE_ERR_EXHAUSTED;
  toy->outstanding = toy->sent++;
  return protect(toy, hooks, plain, toy->outstanding, buffer, outer);
}

static int toy_verify_response(void *state, const struct node_hooks *hooks,
                               const struct coap_message *outer, uint8_t *buffer,
                               struct coap_message *plain) {
  const struct toy_state *toy = state;
  uint32_t counter;
  (void)buffer; /* the message points where it did */
  const int error = verify(toy, hooks, outer, plain, &counter);
  return error == 0 && counter != toy->outstanding ? NODE_ERR_REPLAY : error;
}

static int toy_verify_request(void *state, const struct node_hooks *hooks,
                              const struct coap_message *outer,
                              struct association_request *request) {
  struct toy_state *toy = state;
  uint32_t counter;
  const int error = verify(toy, hooks, outer, &request->plain, &counter);
  if (error < 0)
    return error;
  if (counter < toy->next)
    return NODE_ERR_REPLAY;
  toy->next = counter + 1;
  memcpy(request->binding, &counter, sizeof counter);
  return 0;
}

static int toy_response(void *state, const struct node_hooks *hooks,
                        const struct association_request *request, const struct coap_message *plain,
                        uint8_t *buffer, struct span_list *spans, struct coap_message *outer) {
  uint32_t counter;
  (void)spans;
  memcpy(&counter, request->binding, sizeof counter);
  return protect(state, hooks, plain, counter, buffer, outer);
}

/* State */

static size_t toy_bytes(const void *state) {
  (void)state;
  return sizeof(struct toy_state);
}

static void toy_digest(const void *state, struct digest *digest, uint64_t now_ns) {
  const struct toy_state *toy = state;
  (void)now_ns;
  digest_octets(digest, toy->key, sizeof toy->key);
  digest_u64(digest, toy->sent);
  digest_u64(digest, toy->next);
  digest_u64(digest, toy->outstanding);
}

static const struct association_messages MESSAGES = {
    .option = NUMBER,
    .protect_request = toy_request,
    .verify_response = toy_verify_response,
    .verify_request = toy_verify_request,
    .protect_response = toy_response,
};

static const char *const FAILURES[] = {"toy-rejected", NULL};

const struct association_kind ASSOCIATION_TOY = {
    .label = "Toy",
    .secret_name = "toy_key",
    .material = {{"TOY_KEY", KEY_LENGTH}},
    .numbered = true,
    .failures = FAILURES,
    .messages = &MESSAGES,
    .open = toy_open,
    .close = toy_close,
    .bytes = toy_bytes,
    .bytes_peak = toy_bytes,
    .digest = toy_digest,
};
