/* Bodies of payloads: a table of checks, and readers of what has passed them. */
#include "payload.h"

#include "bytes.h"
#include "sa.h"

#include <string.h>

/* Octets of a body before its data. */
enum { KE_HEAD = 4, ID_HEAD = 4, AUTH_HEAD = 4, NOTIFY_HEAD = 4, DELETE_HEAD = 4, TS_HEAD = 4 };

enum { SELECTOR_HEAD = 8, SELECTOR_IPV4 = 7, SELECTOR_IPV6 = 8, ESP_SPI_LENGTH = 4 };

static const uint8_t IPV4_MAPPED[12] = {[10] = 0xff, [11] = 0xff};

/* Checks */

static const char *check_sa(const uint8_t *body, size_t length) {
  return ikev2_sa_check(body, length);
}

static const char *check_ke(const uint8_t *body, size_t length) {
  (void)body;
  return length > KE_HEAD ? NULL : "IKEv2 KE without a key";
}

static const char *check_id(const uint8_t *body, size_t length) {
  (void)body;
  return length > ID_HEAD ? NULL : "IKEv2 ID without an identity";
}

static const char *check_auth(const uint8_t *body, size_t length) {
  (void)body;
  return length > AUTH_HEAD ? NULL : "IKEv2 AUTH without data";
}

static const char *check_nonce(const uint8_t *body, size_t length) {
  (void)body;
  return length >= IKEV2_NONCE_LEAST && length <= IKEV2_NONCE_MAX
             ? NULL
             : "IKEv2 Nonce has a wrong length";
}

static const char *check_notify(const uint8_t *body, size_t length) {
  return length >= NOTIFY_HEAD && body[1] <= length - NOTIFY_HEAD ? NULL
                                                                  : "IKEv2 Notify is cut off";
}

static const char *check_delete(const uint8_t *body, size_t length) {
  if (length < DELETE_HEAD)
    return "IKEv2 Delete is cut off";
  const size_t spi_length = body[1], count = ikev2_get_u16(body + 2);
  if (spi_length * count != length - DELETE_HEAD)
    return "IKEv2 Delete has a wrong length";
  if (body[0] == IKEV2_PROTOCOL_IKE && (spi_length != 0 || count != 0))
    return "IKEv2 Delete of the IKE SA with an SPI";
  if (body[0] == IKEV2_PROTOCOL_ESP && spi_length != ESP_SPI_LENGTH)
    return "IKEv2 Delete with SPIs of a wrong length";
  return NULL;
}

/* Octets of an address in a selector of this type; 0: it has other things. */
static size_t selector_address_length(uint8_t type) {
  return type == SELECTOR_IPV4 ? 4 : type == SELECTOR_IPV6 ? 16 : 0;
}

static const char *check_ts(const uint8_t *body, size_t length) {
  size_t at = TS_HEAD;
  if (length < TS_HEAD)
    return "IKEv2 TS is cut off";
  for (unsigned i = 0; i < body[0]; i++) {
    if (length - at < SELECTOR_HEAD)
      return "IKEv2 traffic selector is cut off";
    const size_t own = ikev2_get_u16(body + at + 2);
    const size_t address_length = selector_address_length(body[at]);
    if (own < SELECTOR_HEAD || own > length - at)
      return "IKEv2 traffic selector is cut off";
    if (address_length != 0 && own != SELECTOR_HEAD + 2 * address_length)
      return "IKEv2 traffic selector has a wrong length";
    at += own;
  }
  return at == length ? NULL : "IKEv2 TS has a wrong length";
}

typedef const char *body_check(const uint8_t *body, size_t length);

static const struct {
  enum ikev2_payload_type type;
  body_check *check;
} CHECKS[] = {
    {IKEV2_PAYLOAD_SA, check_sa},         {IKEV2_PAYLOAD_KE, check_ke},
    {IKEV2_PAYLOAD_IDI, check_id},        {IKEV2_PAYLOAD_IDR, check_id},
    {IKEV2_PAYLOAD_AUTH, check_auth},     {IKEV2_PAYLOAD_NONCE, check_nonce},
    {IKEV2_PAYLOAD_NOTIFY, check_notify}, {IKEV2_PAYLOAD_DELETE, check_delete},
    {IKEV2_PAYLOAD_TSI, check_ts},        {IKEV2_PAYLOAD_TSR, check_ts},
};

const char *ikev2_payload_check(const struct ikev2_payload *payload) {
  for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; i++)
    if (CHECKS[i].type == payload->type)
      return CHECKS[i].check(payload->body, payload->length);
  return NULL;
}

/* KE */

void ikev2_ke_read(const struct ikev2_payload *payload, struct ikev2_ke *ke) {
  *ke = (struct ikev2_ke){.group = ikev2_get_u16(payload->body),
                          .octets = payload->body + KE_HEAD,
                          .length = payload->length - KE_HEAD};
}

enum ec_curve ikev2_group_curve(enum ikev2_group group) {
  return group == IKEV2_GROUP_ECP_256 ? EC_P256 : EC_X25519;
}

size_t ikev2_group_length(enum ikev2_group group) {
  return group == IKEV2_GROUP_ECP_256 ? 2 * EC_LENGTH : EC_LENGTH;
}

bool ikev2_ke_public(const struct ikev2_ke *ke, enum ikev2_group group, struct ec_public *public) {
  if (ke->group != group || ke->length != ikev2_group_length(group))
    return false;
  *public = (struct ec_public){.curve = ikev2_group_curve(group)};
  memcpy(public->x, ke->octets, EC_LENGTH);
  memcpy(public->y, ke->octets + EC_LENGTH, ke->length - EC_LENGTH);
  return true;
}

/* Nonce, ID, AUTH, Notify */

struct crypto_slice ikev2_nonce_read(const struct ikev2_payload *payload) {
  return (struct crypto_slice){payload->body, payload->length};
}

void ikev2_id_read(const struct ikev2_payload *payload, struct ikev2_id *id) {
  *id = (struct ikev2_id){.type = (enum ikev2_id_type)payload->body[0],
                          .octets = payload->body + ID_HEAD,
                          .length = payload->length - ID_HEAD};
}

void ikev2_auth_read(const struct ikev2_payload *payload, struct ikev2_auth *auth) {
  *auth = (struct ikev2_auth){.method = payload->body[0],
                              .octets = payload->body + AUTH_HEAD,
                              .length = payload->length - AUTH_HEAD};
}

void ikev2_notify_read(const struct ikev2_payload *payload, struct ikev2_notify *notify) {
  const size_t spi_length = payload->body[1];
  *notify = (struct ikev2_notify){.protocol = payload->body[0],
                                  .spi = {payload->body + NOTIFY_HEAD, spi_length},
                                  .type = ikev2_get_u16(payload->body + 2),
                                  .data = payload->body + NOTIFY_HEAD + spi_length,
                                  .length = payload->length - NOTIFY_HEAD - spi_length};
}

/* Delete */

void ikev2_delete_read(const struct ikev2_payload *payload, struct ikev2_delete *gone) {
  *gone = (struct ikev2_delete){.protocol = payload->body[0],
                                .spi_length = payload->body[1],
                                .count = ikev2_get_u16(payload->body + 2),
                                .spis = payload->body + DELETE_HEAD};
}

bool ikev2_delete_names(const struct ikev2_delete *gone, uint32_t spi) {
  if (gone->protocol != IKEV2_PROTOCOL_ESP)
    return false;
  for (size_t i = 0; i < gone->count; i++)
    if (ikev2_get_u32(gone->spis + i * ESP_SPI_LENGTH) == spi)
      return true;
  return false;
}

/* Traffic selectors */

static void copy_selector_address(uint8_t ip[16], const uint8_t *address, size_t length) {
  memcpy(ip, IPV4_MAPPED, sizeof IPV4_MAPPED);
  memcpy(ip + 16 - length, address, length);
}

static struct ikev2_selector read_selector(const uint8_t *data) {
  const size_t length = selector_address_length(data[0]);
  struct ikev2_selector selector = {.ipv4 = data[0] == SELECTOR_IPV4,
                                    .protocol = data[1],
                                    .port_first = ikev2_get_u16(data + 4),
                                    .port_last = ikev2_get_u16(data + 6)};
  copy_selector_address(selector.first, data + SELECTOR_HEAD, length);
  copy_selector_address(selector.last, data + SELECTOR_HEAD + length, length);
  return selector;
}

void ikev2_ts_read(const struct ikev2_payload *payload, struct ikev2_selectors *selectors) {
  const uint8_t *at = payload->body + TS_HEAD;
  selectors->count = 0;
  for (unsigned i = 0; i < payload->body[0]; i++) {
    if (selector_address_length(at[0]) != 0 && selectors->count < IKEV2_SELECTORS_MAX)
      selectors->items[selectors->count++] = read_selector(at);
    at += ikev2_get_u16(at + 2);
  }
}

static bool selector_contains(const struct ikev2_selector *selector,
                              const struct node_address *address) {
  const uint16_t first = address->port, last = address->port == 0 ? UINT16_MAX : address->port;
  const bool ipv4 = memcmp(address->ip, IPV4_MAPPED, sizeof IPV4_MAPPED) == 0;
  return ipv4 == selector->ipv4 && (selector->protocol == 0 || selector->protocol == IKEV2_UDP) &&
         memcmp(selector->first, address->ip, sizeof address->ip) <= 0 &&
         memcmp(selector->last, address->ip, sizeof address->ip) >= 0 &&
         selector->port_first <= first && selector->port_last >= last;
}

bool ikev2_selectors_contain(const struct ikev2_selectors *selectors,
                             const struct node_address *address) {
  for (size_t i = 0; i < selectors->count; i++)
    if (selector_contains(&selectors->items[i], address))
      return true;
  return false;
}

bool ikev2_selector_is_within(const struct ikev2_selector *selector,
                              const struct node_address *address) {
  return selector->protocol == IKEV2_UDP &&
         memcmp(selector->first, address->ip, sizeof address->ip) == 0 &&
         memcmp(selector->last, address->ip, sizeof address->ip) == 0 &&
         selector->port_first <= selector->port_last &&
         (address->port == 0 ||
          (selector->port_first == address->port && selector->port_last == address->port));
}
