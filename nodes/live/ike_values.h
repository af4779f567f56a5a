/* What settings of IKEv2 are read from. Functions return NULL, or what is wrong with the text. */
#ifndef NODES_LIVE_IKE_VALUES_H
#define NODES_LIVE_IKE_VALUES_H

#include "../ikev2/ikev2.h"

#define IKE_ID_ACCEPTED                                                                            \
  "key_id:HEX (or @#HEX), fqdn:NAME, email:NAME, an IP address, or NAME for fqdn:NAME; of 1 to "   \
  "253 octets"
#define IKE_KEY_ACCEPTED "0x and hexadecimal digits, or text; of 1 to 64 octets"

/* An identity that owns its octets; length 0: none. */
struct ike_id {
  enum ikev2_id_type type;
  uint8_t octets[IKEV2_ID_MAX];
  size_t length;
};

struct ike_key {
  uint8_t octets[IKEV2_PSK_MAX];
  size_t length;
};

const char *ike_id_read(const char *text, struct ike_id *id);
const char *ike_key_read(const char *text, struct ike_key *key);

/* A list of choices, of which NULL ends the array, as a set of 1 << place. */
const char *ike_choices_read(const char *const *choices, const char *text, unsigned *set);

/* The identity as the core has it; points into `id`. */
struct ikev2_id ike_id_of(const struct ike_id *id);

#endif
