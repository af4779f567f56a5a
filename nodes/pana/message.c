/* PANA messages by two tables: what AVPs there are, and what a message carries of them. */
#include "message.h"

#include <string.h>

enum {
  OFFSET_LENGTH = 2,
  OFFSET_FLAGS = 4,
  OFFSET_TYPE = 6,
  OFFSET_SESSION = 8,
  OFFSET_SEQUENCE = 12
};
enum { AVP_OFFSET_FLAGS = 2, AVP_OFFSET_LENGTH = 4, AVP_VENDOR = 0x8000 };
enum { FLAGS_KNOWN = PANA_R | PANA_S | PANA_C | PANA_A | PANA_P };

struct avp_row {
  uint16_t code, least, most, row;
};

static const struct avp_row AVPS[] = {
#define AVP(id, code, least, most, row, name) {code, least, most, row},
#include "avps.def"
#undef AVP
};

enum { AVP_COUNT = sizeof AVPS / sizeof AVPS[0] };

struct message_row {
  uint16_t type, flags;
  uint32_t required, allowed; /* bits by code */
  const char *label;
};

#define HAS(id) (1U << PANA_AVP_##id)

static const struct message_row MESSAGES[] = {
#define MESSAGE(id, type, flags, required, allowed, label)                                         \
  {type, flags, required, (required) | (allowed), label},
#include "messages.def"
#undef MESSAGE
};

static uint16_t get_u16(const uint8_t *data) {
  return (uint16_t)(data[0] << 8 | data[1]);
}

static uint32_t get_u32(const uint8_t *data) {
  return (uint32_t)get_u16(data) << 16 | get_u16(data + 2);
}

/* Value and padding. */
static size_t padded(size_t length) {
  return (length + 3) / 4 * 4;
}

static const struct avp_row *avp_row_of(uint16_t code) {
  for (size_t i = 0; i < AVP_COUNT; i++)
    if (AVPS[i].code == code)
      return &AVPS[i];
  return NULL;
}

/* Reading */

static bool find_kind(uint16_t type, uint16_t flags, enum pana_kind *kind) {
  for (size_t i = 0; i < PANA_KIND_COUNT; i++)
    if (MESSAGES[i].type == type && MESSAGES[i].flags == (flags & FLAGS_KNOWN)) {
      *kind = (enum pana_kind)i;
      return true;
    }
  return false;
}

static const char *parse_header(const uint8_t *data, size_t length, struct pana_message *message) {
  if (length < PANA_HEADER_LENGTH)
    return "shorter than a PANA header";
  *message = (struct pana_message){.data = data, .length = get_u16(data + OFFSET_LENGTH)};
  if (message->length < PANA_HEADER_LENGTH || message->length > length)
    return "PANA Message Length is wrong";
  if (!find_kind(get_u16(data + OFFSET_TYPE), get_u16(data + OFFSET_FLAGS), &message->kind))
    return "PANA type and flags of no message";
  message->session = get_u32(data + OFFSET_SESSION);
  message->sequence = get_u32(data + OFFSET_SEQUENCE);
  return NULL;
}

/* One AVP; `*at` goes behind it. */
static const char *parse_avp(const struct pana_message *message, size_t *at, struct pana_avp *avp) {
  const uint8_t *data = message->data + *at;
  const size_t left = message->length - *at;
  if (left < PANA_AVP_HEADER_LENGTH)
    return "PANA AVP is cut off";
  *avp = (struct pana_avp){.code = get_u16(data),
                           .value = data + PANA_AVP_HEADER_LENGTH,
                           .length = get_u16(data + AVP_OFFSET_LENGTH)};
  const struct avp_row *row = avp_row_of(avp->code);
  if (row == NULL || (get_u16(data + AVP_OFFSET_FLAGS) & AVP_VENDOR) != 0)
    return "PANA AVP is not known";
  if (avp->length < row->least || avp->length > row->most)
    return "PANA AVP has a wrong length";
  if (padded(avp->length) > left - PANA_AVP_HEADER_LENGTH)
    return "PANA AVP is cut off";
  *at += PANA_AVP_HEADER_LENGTH + padded(avp->length);
  return NULL;
}

/* Whether the message may carry one more of these. */
static const char *check_place(const struct pana_message *message, const struct pana_avp *avp) {
  const bool list = message->kind == PANA_PAR_START &&
                    (HAS(PRF_ALGORITHM) | HAS(INTEGRITY_ALGORITHM)) >> avp->code & 1;
  if ((MESSAGES[message->kind].allowed >> avp->code & 1) == 0)
    return "PANA AVP that the message may not carry";
  if (!list && pana_find(message, (enum pana_code)avp->code) != NULL)
    return "PANA AVP comes twice";
  return pana_find(message, PANA_AVP_AUTH) == NULL ? NULL : "PANA AUTH is not the last AVP";
}

const char *pana_message_parse(const uint8_t *data, size_t length, struct pana_message *message) {
  const char *why = parse_header(data, length, message);
  uint32_t present = 0;
  for (size_t at = PANA_HEADER_LENGTH; why == NULL && at < message->length;) {
    struct pana_avp avp;
    why = parse_avp(message, &at, &avp);
    if (why == NULL)
      why = check_place(message, &avp);
    if (why == NULL && message->avp_count == PANA_AVPS_MAX)
      why = "PANA message has too many AVPs";
    if (why != NULL)
      break;
    present |= 1U << avp.code;
    message->avps[message->avp_count++] = avp;
  }
  if (why == NULL && (MESSAGES[message->kind].required & ~present) != 0)
    why = "PANA message lacks an AVP";
  return why;
}

bool pana_is_request(enum pana_kind kind) {
  return (MESSAGES[kind].flags & PANA_R) != 0;
}

const char *pana_label(enum pana_kind kind) {
  return MESSAGES[kind].label;
}

const struct pana_avp *pana_find(const struct pana_message *message, enum pana_code code) {
  for (size_t i = 0; i < message->avp_count; i++)
    if (message->avps[i].code == code)
      return &message->avps[i];
  return NULL;
}

uint32_t pana_avp_u32(const struct pana_avp *avp) {
  return get_u32(avp->value);
}

uint32_t pana_find_u32(const struct pana_message *message, enum pana_code code,
                       uint32_t otherwise) {
  const struct pana_avp *avp = pana_find(message, code);
  return avp == NULL ? otherwise : pana_avp_u32(avp);
}

/* Writing */

static void put_u32(struct span_writer *out, uint16_t row, uint32_t value) {
  span_writer_put_u16(out, row, (uint16_t)(value >> 16));
  span_writer_put_u16(out, row, (uint16_t)value);
}

void pana_write_header(struct span_writer *out, enum pana_kind kind, uint32_t session,
                       uint32_t sequence) {
  put_u32(out, ROW_PANA_HEADER, 0); /* Reserved, and the length, which is not known yet */
  span_writer_put_u16(out, ROW_PANA_HEADER, MESSAGES[kind].flags);
  span_writer_put_u16(out, ROW_PANA_HEADER, MESSAGES[kind].type);
  put_u32(out, ROW_PANA_HEADER, session);
  put_u32(out, ROW_PANA_HEADER, sequence);
}

static void put_avp_header(struct span_writer *out, enum pana_code code, size_t length) {
  const uint16_t row = avp_row_of((uint16_t)code)->row;
  span_writer_put_u16(out, row, (uint16_t)code);
  span_writer_put_u16(out, row, 0);
  span_writer_put_u16(out, row, (uint16_t)length);
  span_writer_put_u16(out, row, 0);
}

static void put_padding(struct span_writer *out, enum pana_code code, size_t length) {
  static const uint8_t zeros[3] = {0};
  span_writer_put(out, avp_row_of((uint16_t)code)->row, zeros, padded(length) - length);
}

void pana_write_avp(struct span_writer *out, enum pana_code code, const void *value,
                    size_t length) {
  put_avp_header(out, code, length);
  span_writer_put(out, avp_row_of((uint16_t)code)->row, value, length);
  put_padding(out, code, length);
}

void pana_write_u32(struct span_writer *out, enum pana_code code, uint32_t value) {
  const uint8_t octets[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                             (uint8_t)value};
  pana_write_avp(out, code, octets, sizeof octets);
}

void pana_write_inner(struct span_writer *out, enum pana_code code, const uint8_t *value,
                      size_t length, const struct span_list *spans) {
  size_t at = 0;
  put_avp_header(out, code, length);
  for (size_t i = 0; i < spans->count; i++) {
    span_writer_put(out, spans->item[i].row, value + at, spans->item[i].length);
    at += spans->item[i].length;
  }
  put_padding(out, code, length);
}

void pana_write_auth(struct span_writer *out, size_t length) {
  static const uint8_t zeros[32] = {0};
  pana_write_avp(out, PANA_AVP_AUTH, zeros, length);
}

int pana_write_end(struct span_writer *out) {
  if (out->overflow || out->length > UINT16_MAX)
    return NODE_ERR_TOO_LONG;
  out->data[OFFSET_LENGTH] = (uint8_t)(out->length >> 8);
  out->data[OFFSET_LENGTH + 1] = (uint8_t)out->length;
  return 0;
}
