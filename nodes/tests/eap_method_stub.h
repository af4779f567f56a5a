/* A method that does what each packet tells it: the first octet of Type-Data is the result, the
 * rest comes back as the answer. Include after cmocka.h. */
#ifndef NODES_TESTS_EAP_METHOD_STUB_H
#define NODES_TESTS_EAP_METHOD_STUB_H

#include "eap/method.h"

enum { STUB_TYPE = 200, STUB_OTHER_TYPE = 201 };

/* Conversations that were begun and not wiped yet. */
static int stub_open;

static int stub_init(void *state, const struct eap_credential *credential,
                     const struct node_hooks *hooks) {
  (void)hooks;
  for (size_t i = 0; i < EAP_METHOD_STATE_MAX; i++)
    assert_int_equal(((const uint8_t *)state)[i], 0);
  memset(state, 0x5a, EAP_METHOD_STATE_MAX);
  stub_open++;
  return credential->psk == NULL ? 0 : NODE_ERR_BAD_CONFIG;
}

static int stub_begin(void *state, struct span_writer *out) {
  (void)state;
  span_writer_put_u8(out, ROW_EAP_METHOD, 0xbe);
  return 0;
}

static enum eap_method_result stub_process(void *state, const struct eap_packet *packet,
                                           uint8_t identifier, struct span_writer *out,
                                           const char **reason) {
  (void)state;
  (void)identifier;
  *reason = "stub says so";
  if (packet->data_length == 0)
    return EAP_METHOD_DISCARD;
  span_writer_put(out, ROW_EAP_METHOD, packet->data + 1, packet->data_length - 1);
  return (enum eap_method_result)packet->data[0];
}

static int stub_keys(const void *state, struct eap_keys *keys) {
  (void)state;
  memset(keys, 0x77, sizeof *keys);
  return 0;
}

static void stub_wipe(void *state) {
  (void)state; /* leaves its octets: whoever calls init must not rely on wipe */
  stub_open--;
}

static const struct eap_method STUB = {.type = STUB_TYPE,
                                       .name = "stub",
                                       .row = ROW_EAP_METHOD,
                                       .init = stub_init,
                                       .begin = stub_begin,
                                       .process = stub_process,
                                       .keys = stub_keys,
                                       .wipe = stub_wipe};

static const struct eap_method STUB_OTHER = {.type = STUB_OTHER_TYPE,
                                             .name = "other stub",
                                             .row = ROW_EAP_METHOD,
                                             .init = stub_init,
                                             .begin = stub_begin,
                                             .process = stub_process,
                                             .keys = stub_keys,
                                             .wipe = stub_wipe};

#endif
