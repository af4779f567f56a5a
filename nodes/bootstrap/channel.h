/* The secure channel between UE and ApS: a table, channels.def. Each is a kind of association, with
 * a key for its use, and with the UE's name (EMSKname) in the form that it has for an identity:
 *   TEXT    16 hexadecimal digits, lower case (RFC 4279 section 5.1: a PSK identity is UTF-8)
 *   OCTETS  the 8 octets, as ID_KEY_ID (RFC 7296 section 3.5) */
#ifndef NODES_BOOTSTRAP_CHANNEL_H
#define NODES_BOOTSTRAP_CHANNEL_H

#include "../association/association.h"
#include "../eap/bootstrap_key.h"

enum {
  BOOTSTRAP_PSK_MAX = 32,                                     /* octets of a key, of whatever use */
  BOOTSTRAP_CHANNEL_IDENTITY_MAX = BOOTSTRAP_IDENTITY_LENGTH, /* of an identity, in either form */
};

enum bootstrap_channel {
#define CHANNEL(id, name, kind, use, identity, help) BOOTSTRAP_CHANNEL_##id,
#include "channels.def"
#undef CHANNEL
  BOOTSTRAP_CHANNEL_COUNT
};

const char *bootstrap_channel_name(enum bootstrap_channel channel);
const struct association_kind *bootstrap_channel_kind(enum bootstrap_channel channel);
/* False: no channel is of this kind. */
NODE_MUST_CHECK bool bootstrap_channel_of(const struct association_kind *kind,
                                          enum bootstrap_channel *channel);
enum bootstrap_use bootstrap_channel_use(enum bootstrap_channel channel);

/* Octets of its key: up to BOOTSTRAP_PSK_MAX. */
size_t bootstrap_channel_psk_length(enum bootstrap_channel channel);

/* Octets of an identity that is an EMSK's name: up to BOOTSTRAP_CHANNEL_IDENTITY_MAX. */
size_t bootstrap_channel_identity_length(enum bootstrap_channel channel);

/* An EMSK's name as the channel's identity, and back. False: it is none. */
void bootstrap_channel_identity_write(enum bootstrap_channel channel,
                                      const uint8_t name[EMSK_NAME_LENGTH],
                                      uint8_t identity[BOOTSTRAP_CHANNEL_IDENTITY_MAX]);
NODE_MUST_CHECK bool bootstrap_channel_identity_read(enum bootstrap_channel channel,
                                                     const uint8_t *identity, size_t length,
                                                     uint8_t name[EMSK_NAME_LENGTH]);

/* A key that is configured by hand: the identity that the UE names, and the key; as many octets as
 * the channel has of both. */
struct bootstrap_configured_key {
  uint8_t identity[BOOTSTRAP_CHANNEL_IDENTITY_MAX];
  uint8_t psk[BOOTSTRAP_PSK_MAX];
};

#endif
