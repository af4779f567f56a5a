/* Header and chain. */
#include "message.h"

#include "bytes.h"

#include <string.h>

enum {
  OFFSET_SPI_R = 8,
  OFFSET_NEXT = 16,
  OFFSET_VERSION = 17,
  OFFSET_EXCHANGE = 18,
  OFFSET_FLAGS = 19,
  OFFSET_MESSAGE_ID = 20,
  OFFSET_LENGTH = 24
};
enum { CRITICAL = 0x80 };

/* Which types come more than once, of those that are known. */
#define BIT(type) (1U << ((type)-IKEV2_PAYLOAD_SA))
static const unsigned REPEATED = BIT(IKEV2_PAYLOAD_CERT) | BIT(IKEV2_PAYLOAD_CERTREQ) |
                                 BIT(IKEV2_PAYLOAD_NOTIFY) | BIT(IKEV2_PAYLOAD_DELETE) |
                                 BIT(IKEV2_PAYLOAD_VENDOR);

static bool fault_syntax(struct ikev2_fault *fault, const char *why) {
  *fault = (struct ikev2_fault){.why = why, .notify = IKEV2_N_INVALID_SYNTAX};
  return false;
}

bool ikev2_header_parse(const uint8_t *data, size_t length, struct ikev2_header *header,
                        struct ikev2_fault *fault) {
  *header = (struct ikev2_header){0};
  *fault = (struct ikev2_fault){.why = "shorter than an IKE header"};
  if (length < IKEV2_HEADER_LENGTH)
    return false;
  memcpy(header->spi_i, data, IKEV2_SPI_LENGTH);
  memcpy(header->spi_r, data + OFFSET_SPI_R, IKEV2_SPI_LENGTH);
  header->next_payload = data[OFFSET_NEXT];
  header->version = data[OFFSET_VERSION];
  header->exchange = data[OFFSET_EXCHANGE];
  header->flags = data[OFFSET_FLAGS];
  header->message_id = ikev2_get_u32(data + OFFSET_MESSAGE_ID);
  header->length = ikev2_get_u32(data + OFFSET_LENGTH);
  if (header->version >> 4 > IKEV2_VERSION >> 4) {
    *fault = (struct ikev2_fault){.why = "IKE of a later major version",
                                  .notify = IKEV2_N_INVALID_MAJOR_VERSION};
    return false;
  }
  if (header->version >> 4 < IKEV2_VERSION >> 4)
    return fault_syntax(fault, "IKE of an earlier major version");
  if (header->length != length)
    return fault_syntax(fault, "IKE Length is wrong");
  *fault = (struct ikev2_fault){.why = NULL};
  return true;
}

static bool payload_is_known(uint8_t type) {
  return type >= IKEV2_PAYLOAD_SA && type <= IKEV2_PAYLOAD_EAP;
}

/* Whether the chain may have one more of these. */
static bool chain_takes(const struct ikev2_chain *chain, const struct ikev2_payload *payload,
                        struct ikev2_fault *fault) {
  const uint8_t type = payload->type;
  if (!payload_is_known(type) && payload->critical) {
    *fault = (struct ikev2_fault){.why = "IKEv2 payload is critical and not known",
                                  .notify = IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD,
                                  .payload = type};
    return false;
  }
  if (payload_is_known(type) && (REPEATED & BIT(type)) == 0 &&
      ikev2_find(chain, (enum ikev2_payload_type)type) != NULL)
    return fault_syntax(fault, "IKEv2 payload comes twice");
  if (chain->count == IKEV2_PAYLOADS_MAX)
    return fault_syntax(fault, "IKEv2 message has too many payloads");
  const char *why = ikev2_payload_check(payload);
  return why == NULL || fault_syntax(fault, why);
}

/* One payload; `*at` goes behind it. */
static bool chain_next(uint8_t type, const uint8_t *data, size_t length, size_t *at,
                       struct ikev2_payload *payload) {
  const size_t left = length - *at;
  if (left < IKEV2_PAYLOAD_HEADER_LENGTH)
    return false;
  const size_t own = ikev2_get_u16(data + *at + 2);
  if (own < IKEV2_PAYLOAD_HEADER_LENGTH || own > left)
    return false;
  *payload = (struct ikev2_payload){.type = type,
                                    .next = data[*at],
                                    .critical = (data[*at + 1] & CRITICAL) != 0,
                                    .body = data + *at + IKEV2_PAYLOAD_HEADER_LENGTH,
                                    .length = own - IKEV2_PAYLOAD_HEADER_LENGTH,
                                    .offset = *at};
  *at += own;
  return true;
}

static bool chain_parse_from(uint8_t first, const uint8_t *data, size_t length, size_t at,
                             struct ikev2_chain *chain, struct ikev2_fault *fault) {
  chain->count = 0;
  for (uint8_t type = first; type != IKEV2_PAYLOAD_NONE;) {
    struct ikev2_payload payload;
    if (!chain_next(type, data, length, &at, &payload))
      return fault_syntax(fault, "IKEv2 payload is cut off");
    if (!chain_takes(chain, &payload, fault))
      return false;
    chain->items[chain->count++] = payload;
    type = type == IKEV2_PAYLOAD_SK ? IKEV2_PAYLOAD_NONE : payload.next;
  }
  if (at != length)
    return fault_syntax(fault, "octets behind the last IKEv2 payload");
  *fault = (struct ikev2_fault){.why = NULL};
  return true;
}

bool ikev2_chain_parse(uint8_t first, const uint8_t *data, size_t length, struct ikev2_chain *chain,
                       struct ikev2_fault *fault) {
  return chain_parse_from(first, data, length, 0, chain, fault);
}

bool ikev2_message_parse(const uint8_t *data, size_t length, struct ikev2_message *message,
                         struct ikev2_fault *fault) {
  message->chain.count = 0;
  message->data = data;
  message->length = length;
  return ikev2_header_parse(data, length, &message->header, fault) &&
         chain_parse_from(message->header.next_payload, data, length, IKEV2_HEADER_LENGTH,
                          &message->chain, fault);
}

const struct ikev2_payload *ikev2_find(const struct ikev2_chain *chain,
                                       enum ikev2_payload_type type) {
  for (size_t i = 0; i < chain->count; i++)
    if (chain->items[i].type == type)
      return &chain->items[i];
  return NULL;
}

/* The first Notify of a type from `first` to `last`. */
static bool find_notify_between(const struct ikev2_chain *chain, unsigned first, unsigned last,
                                struct ikev2_notify *notify) {
  for (size_t i = 0; i < chain->count; i++) {
    struct ikev2_notify found;
    if (chain->items[i].type != IKEV2_PAYLOAD_NOTIFY)
      continue;
    ikev2_notify_read(&chain->items[i], &found);
    if (found.type < first || found.type > last)
      continue;
    *notify = found;
    return true;
  }
  return false;
}

bool ikev2_find_notify(const struct ikev2_chain *chain, enum ikev2_notify_type type,
                       struct ikev2_notify *notify) {
  return find_notify_between(chain, type, type, notify);
}

bool ikev2_find_error(const struct ikev2_chain *chain, struct ikev2_notify *notify) {
  return find_notify_between(chain, 0, IKEV2_N_STATUS - 1, notify);
}
