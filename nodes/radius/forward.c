/* Requests and answers on their way through a proxy. */
#include "forward.h"

#include "../crypto/crypto.h"
#include "../eap/packet.h"

#include <string.h>

void radius_forward_request(const struct radius_packet *request,
                            const uint8_t proxy_state[RADIUS_PROXY_STATE_LENGTH],
                            struct span_writer *out) {
  struct radius_attribute attribute;
  radius_begin(out, request->code, 0);
  for (size_t at = 0; radius_attribute_next(request, &at, &attribute);)
    if (attribute.type != RADIUS_MESSAGE_AUTHENTICATOR)
      radius_add(out, attribute.type, attribute.value, attribute.length);
  radius_add(out, RADIUS_PROXY_STATE, proxy_state, RADIUS_PROXY_STATE_LENGTH);
}

/* Where the value of the last Proxy-State is, if it is ours; else NULL. */
static const uint8_t *find_own(const struct radius_packet *answer, const uint8_t *proxy_state) {
  struct radius_attribute attribute, last = {.length = 0};
  if (proxy_state == NULL)
    return NULL;
  for (size_t at = 0; radius_attribute_next(answer, &at, &attribute);)
    if (attribute.type == RADIUS_PROXY_STATE)
      last = attribute;
  return last.length == RADIUS_PROXY_STATE_LENGTH &&
                 memcmp(last.value, proxy_state, last.length) == 0
             ? last.value
             : NULL;
}

static int copy_vendor_specific(const struct radius_attribute *attribute,
                                const struct radius_hop *server, const struct radius_hop *client,
                                struct span_writer *out) {
  uint8_t value[RADIUS_VALUE_MAX];
  memcpy(value, attribute->value, attribute->length);
  const int error = radius_mppe_forward(value, attribute->length, server, client);
  if (error == 0)
    radius_add(out, RADIUS_VENDOR_SPECIFIC, value, attribute->length);
  crypto_wipe(value, sizeof value);
  return error;
}

int radius_forward_answer(const struct radius_packet *answer, uint8_t identifier,
                          const uint8_t proxy_state[RADIUS_PROXY_STATE_LENGTH],
                          const struct radius_hop *server, const struct radius_hop *client,
                          struct span_writer *out) {
  const uint8_t *own = find_own(answer, proxy_state);
  struct radius_attribute attribute;
  int error = 0;
  radius_begin(out, answer->code, identifier);
  for (size_t at = 0; error == 0 && radius_attribute_next(answer, &at, &attribute);) {
    if (attribute.type == RADIUS_VENDOR_SPECIFIC)
      error = copy_vendor_specific(&attribute, server, client, out);
    else if (attribute.type != RADIUS_MESSAGE_AUTHENTICATOR && attribute.value != own)
      radius_add(out, attribute.type, attribute.value, attribute.length);
  }
  return error;
}

/* The header of an EAP packet is the least that has an identifier to answer to. */
static void add_failure(const struct radius_packet *packet, struct span_writer *out) {
  struct radius_attribute eap;
  if (!radius_attribute_find(packet, RADIUS_EAP_MESSAGE, &eap) || eap.length < EAP_HEADER_LENGTH)
    return;
  const uint8_t failure[EAP_HEADER_LENGTH] = {EAP_FAILURE, eap.value[1], 0, EAP_HEADER_LENGTH};
  radius_add_eap(out, failure, sizeof failure);
}

void radius_forward_reject(const struct radius_packet *packet, uint8_t identifier,
                           const uint8_t *proxy_state, struct span_writer *out) {
  const uint8_t *own = find_own(packet, proxy_state);
  struct radius_attribute attribute;
  radius_begin(out, RADIUS_ACCESS_REJECT, identifier);
  for (size_t at = 0; radius_attribute_next(packet, &at, &attribute);)
    if (attribute.type == RADIUS_PROXY_STATE && attribute.value != own)
      radius_add(out, attribute.type, attribute.value, attribute.length);
  add_failure(packet, out);
}
