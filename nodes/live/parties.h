/* The other parties of bootstrapping, as they are given: application servers, other providers, and
 * keys that are configured by hand. Functions that take a text add what it says to a list, and
 * return NULL, or what is wrong with it, valid until the next call. */
#ifndef NODES_LIVE_PARTIES_H
#define NODES_LIVE_PARTIES_H

#include "../bootstrap/pull.h"
#include "udp.h"

#define PARTIES_ACCEPTED "NAME=ADDRESS, as aps1=[::1]:5683, with a name of 1 to 64 octets"
#define PARTIES_ACCEPTED_CLIENT                                                                    \
  "ADDRESS,SECRET,NAME, as 192.0.2.1,secret,aps1, with a name of 1 to 64 octets"
#define PARTY_KEYS_ACCEPTED                                                                        \
  "IDENTITY,KEY, an identity of 16 hexadecimal digits, lower case, and a key of 32 or 64"

enum { PARTIES_COAP_PORT = 5683 };

struct party {
  char *name;
  struct udp_address address;
  char *secret; /* of a RADIUS client; else NULL */
};

struct parties {
  struct party *list;
  size_t count;
};

struct party_key {
  uint8_t name[EMSK_NAME_LENGTH]; /* of the UE, as that of an EMSK */
  uint8_t psk[BOOTSTRAP_PSK_MAX];
  size_t psk_length;
};

struct party_keys {
  struct party_key *list;
  size_t count;
};

/* NAME=ADDRESS. */
const char *parties_add(struct parties *parties, const char *text, uint16_t default_port);

/* ADDRESS,SECRET,NAME: a RADIUS client. */
const char *parties_add_client(struct parties *parties, const char *text);

/* The same of parts, of which `secret` may be NULL. */
const char *parties_add_parts(struct parties *parties, const char *name, const char *address,
                              uint16_t default_port, const char *secret);

/* IDENTITY,KEY. */
const char *party_keys_add(struct party_keys *keys, const char *text);

/* Whether all have the length that keys of this channel have. */
bool party_keys_fit(const struct party_keys *keys, enum bootstrap_channel channel);

/* The keys as the channel has them, `keys->count`, to be forgotten by party_keys_forget. */
struct bootstrap_configured_key *party_keys_write(const struct party_keys *keys,
                                                  enum bootstrap_channel channel);
void party_keys_forget(struct bootstrap_configured_key *list, size_t count);

/* As udp_address_complete, of all. */
NODE_MUST_CHECK const char *parties_complete(struct parties *parties,
                                             const struct udp_address *near);

struct bootstrap_name party_name(const struct party *party);

/* Wipe and free. */
void parties_free(struct parties *parties);
void party_keys_free(struct party_keys *keys);

#endif
