/* What the files of the ApS share. Private to aps*.c. */
#ifndef NODES_BOOTSTRAP_APS_STATE_H
#define NODES_BOOTSTRAP_APS_STATE_H

#include "../association/reception.h"
#include "../coap/refuse.h"
#include "../deadline.h"
#include "../table.h"
#include "aps.h"
#include "../list.h"

struct aps;

/* A request to the AS. */
struct aps_question {
  struct radius_exchange exchange;
  void *owner;
  /* Takes the answer, with the question over; NULL: there is none. 0 or a negative node_error. */
  int (*answered)(struct aps_question *question, const struct radius_packet *answer);
};

/* Sends what was composed by the node's client, for the UE at `remote`. Errors of
 * radius_client_send. */
NODE_MUST_CHECK int aps_question_send(struct aps *aps, struct aps_question *question,
                                      const struct node_address *remote,
                                      struct span_writer *composed);

/* Why an answer that is no Access-Accept with a key makes none; NULL: it has one, in `key`, which
 * is the caller's to wipe. */
NODE_MUST_CHECK const char *aps_question_key(const struct aps *aps,
                                             const struct aps_question *question,
                                             const struct radius_packet *answer,
                                             uint8_t key[EAP_KEY_LENGTH]);

/* How long what an Access-Accept brings lasts: as it says, or as configured. */
uint32_t aps_answer_lifetime_s(const struct aps *aps, const struct radius_packet *answer);

/* aps_keys.c: the keys of UEs, by the name of the EMSK that they come of. */

struct aps_keys {
  struct table by_name;
  struct list order; /* the one that was used last longest ago is the first */
  struct deadline_heap deadlines;
};

struct aps_key {
  uint8_t name[EMSK_NAME_LENGTH];
  uint8_t psk[BOOTSTRAP_PSK_MAX];
  uint64_t until_ns;
  struct list_link in_order;
  struct table_item by_name;
  struct deadline deadline;
};

bool aps_keys_init(struct aps *aps);
void aps_keys_deinit(struct aps *aps);

/* NULL: none, or its lifetime is over. */
struct aps_key *aps_keys_find(struct aps *aps, const uint8_t name[EMSK_NAME_LENGTH]);

/* Whether a UE that names this identity has a key, pulled or configured. */
bool aps_keys_know(struct aps *aps, const uint8_t *identity, size_t length);

/* Keeps a key, in the place of one of this name, or of the one that was used last longest ago
 * (NODE_EVENT_KEY). NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int aps_keys_put(struct aps *aps, const struct node_address *remote,
                                 const uint8_t name[EMSK_NAME_LENGTH],
                                 const uint8_t psk[BOOTSTRAP_PSK_MAX], uint32_t lifetime_s);

void aps_keys_expire(struct aps *aps);
void aps_keys_digest(const struct aps *aps, struct digest *digest, uint64_t now_ns);

/* As association_keys.find; `context` is the node. Notes in aps->handshake until when the key
 * lasts. */
size_t aps_keys_give(void *context, const uint8_t *identity, size_t length,
                     uint8_t psk[ASSOCIATION_PSK_MAX]);

/* aps_pull.c: POST /k. */

struct aps_pulls {
  struct table by_remote;
  struct list waiting;  /* for the AS */
  struct list answered; /* kept for repetitions: the oldest gives way */
  struct list writers;  /* may have something to write */
  struct deadline_heap deadlines;
};

bool aps_pulls_init(struct aps *aps);
void aps_pulls_deinit(struct aps *aps);
NODE_MUST_CHECK int aps_pulls_read(struct aps *aps, const struct node_datagram *datagram);
NODE_MUST_CHECK int aps_pulls_write(struct aps *aps, struct node_datagram *datagram);
void aps_pulls_expire(struct aps *aps);
void aps_pulls_digest(const struct aps *aps, struct digest *digest, uint64_t now_ns);

/* aps_channel.c: what comes to the port of channels. */

enum { APS_HELD_MAX = 4 };

struct aps_channels {
  struct table by_remote;
  struct list handshakes; /* channels that are not there yet: the oldest gives way */
  struct list open;       /* the one that was used last longest ago gives way */
  struct list writers;
  struct list inquiries;
  struct deadline_heap deadlines;
  struct association_reception reception;
};

/* A handshake of a UE, and what comes of it. */
struct aps_channel {
  struct aps *aps;
  struct node_address local; /* of CoAP in clear, with the IP address where the UE asked */
  struct node_address remote;
  struct association_pair pair;
  uint64_t until_ns;           /* of the current one's key */
  uint64_t handshake_until_ns; /* of the pending one's */
  bool asked;                  /* the AS, in this handshake */
  bool told;                   /* that it has failed */
  struct aps_inquiry *inquiry; /* that it waits for; NULL: none */
  struct list_link waits;
  struct aps_held {
    struct kept octets;
    struct node_address source, destination;
    enum node_protocol protocol;
    uint64_t arrived_ns;
  } held[APS_HELD_MAX];
  size_t held_count;
  struct list_link in_order, to_write;
  struct table_item by_remote;
  struct deadline deadline;
};

/* aps_channel_room.c */
bool aps_channels_init(struct aps *aps);
void aps_channels_deinit(struct aps *aps);
struct aps_channel *aps_channels_find(const struct aps *aps, const struct node_address *remote);
/* One more; another may give way. NULL: memory is short. */
struct aps_channel *aps_channels_acquire(struct aps *aps, const struct node_address *local,
                                         const struct node_address *remote);
void aps_channel_release(struct aps_channel *channel);
/* It has been of use, or has become what it was not: a handshake, or open. */
void aps_channel_stand(struct aps_channel *channel);

/* aps_channel.c */
NODE_MUST_CHECK int aps_channels_read(struct aps *aps, const struct node_datagram *datagram);
NODE_MUST_CHECK int aps_channels_write(struct aps *aps, struct node_datagram *datagram);
NODE_MUST_CHECK int aps_channels_expire(struct aps *aps);
void aps_channels_digest(const struct aps *aps, struct digest *digest, uint64_t now_ns);

/* Forgets all of a handshake but its association; tells that it has failed, if there is one and
 * nobody has been told. */
void aps_channel_drop_handshake(struct aps_channel *channel);
void aps_channel_fail_handshake(struct aps_channel *channel, const char *why);

/* What was held while the AS was asked is read now. */
NODE_MUST_CHECK int aps_channel_go_on(struct aps_channel *channel);
void aps_channel_tell(const struct aps_channel *channel, enum node_phase phase,
                      enum node_event_type type, const char *label);

/* aps_inquiry.c: the AS is asked for the key of a UE that names itself in a handshake. */

/* Whether it is to be asked for this identity. */
bool aps_inquiry_is_due(struct aps *aps, const uint8_t *identity, size_t length);
/* Asks, unless that is under way, and lets the channel wait for the answer. Errors of
 * radius_client_send. */
NODE_MUST_CHECK int aps_inquiry_begin(struct aps_channel *channel, const uint8_t *identity,
                                      size_t length);
/* The channel waits no more; a question that nobody waits for ends. Harmless for one that does not.
 */
void aps_inquiry_leave(struct aps_channel *channel);
void aps_inquiries_digest(const struct aps *aps, struct digest *digest, uint64_t now_ns);

struct aps {
  struct node node;
  struct bootstrap_aps_config config;
  const struct association_kind *kind; /* of channels */
  enum bootstrap_use use;              /* of their keys */
  size_t psk_length;
  const char *asks; /* the pull by which a handshake makes it ask the AS; NULL: none */
  const struct node_hooks *hooks;
  uint64_t now_ns; /* of the call that is under way */
  uint8_t name_octets[BOOTSTRAP_NAME_MAX];
  char nas_identifier[BOOTSTRAP_NAME_MAX + 1];
  struct coap_parameters coap;
  struct radius_client client; /* where there is an AS */
  struct hash_key hash_key;
  uint8_t cookie_secret[ASSOCIATION_COOKIE_SECRET];
  struct association_keys give;  /* keys, to handshakes */
  struct aps_channel *handshake; /* whose datagram is read */
  struct aps_keys keys;
  struct aps_pulls pulls;
  struct aps_channels channels;
  struct coap_stranger stranger;
};

/* An endpoint, as a key of tables. */
struct aps_remote {
  uint8_t octets[sizeof((struct node_address *)NULL)->ip + 2];
};
struct aps_remote aps_remote_of(const struct node_address *address);

/* Where memory was short for what somebody sent, that is as if it were lost: 0, else the result. */
NODE_MUST_CHECK int aps_forgive(const struct aps *aps, enum node_phase phase,
                                const struct node_address *remote, int result);

void aps_tell(const struct aps *aps, enum node_phase phase, enum node_event_type type,
              const struct node_address *remote, const char *label);

#endif
