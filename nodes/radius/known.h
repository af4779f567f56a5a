/* Requests that a server or a proxy has seen, so that it knows their repetitions (RFC 5080 section
 * 2.2.2): a table of chains, whose hash is keyed. */
#ifndef NODES_RADIUS_KNOWN_H
#define NODES_RADIUS_KNOWN_H

#include "../hash.h"
#include "packet.h"

/* What tells a request from every other. */
struct radius_request_key {
  struct node_address source;
  uint8_t identifier;
  uint8_t authenticator[RADIUS_AUTHENTICATOR_LENGTH];
};

/* A request's place in the table. Embedded in its owner; zeroed memory is one that is not in it. */
struct radius_known_request {
  bool used;
  struct radius_request_key key;
  void *owner;
  struct radius_known_request *next;
};

struct radius_known_table {
  struct radius_known_request **buckets;
  size_t bucket_count; /* a power of two */
  struct hash_key hash_key;
};

/* For so many requests, at about two chains for each. False: memory is short. */
bool radius_known_init(struct radius_known_table *table, size_t requests,
                       const struct node_hooks *hooks);
void radius_known_deinit(struct radius_known_table *table);

struct radius_request_key radius_request_key_of(const struct node_address *source,
                                                const struct radius_packet *packet);

/* NULL: there is none. */
struct radius_known_request *radius_known_find(const struct radius_known_table *table,
                                               const struct radius_request_key *key);

/* Puts a request into the table, in the place of what `known` was before. */
void radius_known_add(struct radius_known_table *table, struct radius_known_request *known,
                      const struct radius_request_key *key, void *owner);

/* Takes it out; harmless where it is not in. */
void radius_known_forget(struct radius_known_table *table, struct radius_known_request *known);

#endif
