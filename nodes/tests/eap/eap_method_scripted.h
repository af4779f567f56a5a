/* A method that does what each packet tells it: the first octet of Type-Data is the result, the
 * rest comes back as the answer. Include after cmocka.h. */
#ifndef NODES_TESTS_EAP_EAP_METHOD_SCRIPTED_H
#define NODES_TESTS_EAP_EAP_METHOD_SCRIPTED_H

#include "eap/method.h"

enum { SCRIPTED_TYPE = 200, SCRIPTED_OTHER_TYPE = 201 };

/* Conversations that were begun and not wiped yet. */
static int scripted_open;

static int scripted_init(void *state, const struct eap_credential *credential,
                         const struct node_hooks *hooks) {
  (void)hooks;
  for (size_t i = 0; i < EAP_METHOD_STATE_MAX; i++)
    assert_int_equal(((const uint8_t *)state)[i], 0);
  memset(state, 0x5a, EAP_METHOD_STATE_MAX);
  scripted_open++;
  return credential->psk == NULL ? 0 : NODE_ERR_BAD_CONFIG;
}

static int scripted_begin(void *state, struct span_writer *out) {
  (void)state;
  span_writer_put_u8(out, ROW_EAP_METHOD, 0xbe);
  return 0;
}

static enum eap_method_result scripted_process(void *state, const struct eap_packet *packet,
                                               uint8_t identifier, struct span_writer *out,
                                               const char **reason) {
  (void)state;
  (void)identifier;
  *reason = "as scripted";
  if (packet->data_length == 0)
    return EAP_METHOD_DISCARD;
  span_writer_put(out, ROW_EAP_METHOD, packet->data + 1, packet->data_length - 1);
  return (enum eap_method_result)packet->data[0];
}

static int scripted_keys(const void *state, struct eap_keys *keys) {
  (void)state;
  memset(keys, 0x77, sizeof *keys);
  return 0;
}

static void scripted_wipe(void *state) {
  (void)state; /* leaves its octets: whoever calls init must not rely on wipe */
  scripted_open--;
}

static const struct eap_method SCRIPTED = {.type = SCRIPTED_TYPE,
                                           .name = "scripted",
                                           .row = ROW_EAP_METHOD,
                                           .init = scripted_init,
                                           .begin = scripted_begin,
                                           .process = scripted_process,
                                           .keys = scripted_keys,
                                           .wipe = scripted_wipe};

static const struct eap_method SCRIPTED_OTHER = {.type = SCRIPTED_OTHER_TYPE,
                                                 .name = "other scripted",
                                                 .row = ROW_EAP_METHOD,
                                                 .init = scripted_init,
                                                 .begin = scripted_begin,
                                                 .process = scripted_process,
                                                 .keys = scripted_keys,
                                                 .wipe = scripted_wipe};

#endif
