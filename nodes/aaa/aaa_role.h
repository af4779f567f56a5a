/* The AAA server's state and what its parts say to each other. Private to aaa.c, aaa_answer.c and
 * aaa_keys.c. */
#ifndef NODES_AAA_AAA_ROLE_H
#define NODES_AAA_AAA_ROLE_H

#include "../eap/erp_server.h"
#include "aaa.h"

struct aaa {
  struct node node;
  struct aaa_config config;
  const struct node_hooks *hooks;
  struct radius_server radius;
  struct erp_server own_erp;
  struct erp_server *erp;         /* config.roots, or our own with config.eap.erp, or NULL */
  struct aaa_key_rate *key_rates; /* of config.key_clients */
  struct eap_server_config users; /* config.eap's, and the manufacturer's */
  struct aaa_manufacturer_link manufacturer; /* with config.manufacturer */
};

/* A verified request and the EAP packet in it. */
struct aaa_request {
  struct radius_conversation *conversation;
  struct radius_packet packet;
  uint64_t now_ns;
  uint8_t eap[EAP_PACKET_MAX];
  int eap_length; /* or a negative node_error */
};

/* What an Access-Accept says; pointers are the caller's. */
struct aaa_decision {
  const struct span_writer *eap; /* EAP-Success, EAP-Finish; NULL: none */
  const uint8_t *msk;            /* or what is in its place */
  const char *key_label;         /* "MSK" */
  const char *key_name;          /* "msk" */
  const struct eap_name *name;   /* who the peer has proved to be, whatever the request called it */
  uint32_t session_timeout_s;    /* 0: none */
  bool to_key_client; /* which learns neither who the peer is nor what it may do elsewhere */
};

/* aaa_answer.c: what a conversation's request is answered with, and the events of that. Results are
 * those of node_read. */

int aaa_discard(const struct aaa *aaa, enum node_phase phase, const struct node_address *remote,
                const char *why);

/* With this EAP packet, or without one where there is none that it could answer. */
int aaa_reject(struct aaa *aaa, const struct aaa_request *request, const uint8_t *failure,
               size_t length, const char *why);

/* With an EAP-Failure of the request's own identifier: what never reached an EAP server, and that
 * whose answer would be too long. */
int aaa_refuse(struct aaa *aaa, const struct aaa_request *request, const char *why);

/* `ignored`: what came was; `eap` is the last EAP-Request once more. */
int aaa_challenge(struct aaa *aaa, const struct aaa_request *request, const uint8_t *eap,
                  size_t length, bool ignored);

int aaa_accept(struct aaa *aaa, const struct aaa_request *request,
               const struct aaa_decision *decision);

/* aaa_keys.c: keys for who was authenticated before, and for others than authenticators. */

bool aaa_keys_init(struct aaa *aaa);
void aaa_keys_deinit(struct aaa *aaa);

/* What a request that begins a conversation is for, by who asks and for what. */
enum node_phase aaa_keys_purpose(const struct aaa *aaa, const struct aaa_request *request);

/* RFC 6696 section 5.1: what a full authentication leaves, for so long at most. Without it the peer
 * is as authenticated as with it, and has another full one next time. */
void aaa_keys_keep(struct aaa *aaa, const struct aaa_request *request, const struct eap_keys *keys,
                   const struct eap_name *name, uint32_t lifetime_s);

/* Session-Timeout for a key of this lifetime, where the authenticator would not come to it by
 * itself; 0: it would. */
uint32_t aaa_keys_timeout_s(const struct aaa *aaa, uint32_t lifetime_s);

/* An EAP-Initiate. */
int aaa_keys_reauthenticate(struct aaa *aaa, const struct aaa_request *request);

/* A request for a key without EAP (key_request.h). */
int aaa_keys_authorize(struct aaa *aaa, const struct aaa_request *request);

#endif
