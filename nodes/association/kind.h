/* What a kind of association is made of; association.h dispatches. Private to this folder.
 *
 * A kind either protects messages of the message layer that is there already (OSCORE), or is a
 * session with datagrams of its own, inside which a message layer of its own speaks (DTLS).
 * ../tests/toy/association.c is a small one. */
#ifndef NODES_ASSOCIATION_KIND_H
#define NODES_ASSOCIATION_KIND_H

#include "association.h"

/* Octets that the key material has, under the name by which who derives it knows them. */
struct association_material {
  const char *name;
  size_t length;
};

/* Protection of messages. `state` is the kind's. Buffers have NODE_DATAGRAM_MAX octets. */
struct association_messages {
  uint16_t option; /* the CoAP option that marks what is protected */
  bool (*is_well_formed)(const struct coap_message *outer); /* without a key; NULL: who knows */
  int (*protect_request)(void *state, const struct node_hooks *hooks,
                         const struct coap_message *plain, uint8_t *buffer, struct span_list *spans,
                         struct coap_message *outer);
  int (*verify_response)(void *state, const struct node_hooks *hooks,
                         const struct coap_message *outer, uint8_t *buffer,
                         struct coap_message *plain);
  int (*verify_request)(void *state, const struct node_hooks *hooks,
                        const struct coap_message *outer, struct association_request *request);
  int (*protect_response)(void *state, const struct node_hooks *hooks,
                          const struct association_request *request,
                          const struct coap_message *plain, uint8_t *buffer,
                          struct span_list *spans, struct coap_message *outer);
};

/* A datagram that came to the place of a session, or a part of it: as many octets as belong
 * together (a record of DTLS). */
struct association_record {
  enum node_protocol protocol;
  const struct node_address *source, *destination; /* NULL in `digest_datagram` */
  const uint8_t *data;
  size_t length;
};

/* A session. Functions are those of dtls/dtls.h, towards any session. */
struct association_session {
  bool (*has_begun)(const void *state);
  bool (*established)(const void *state);
  const char *(*failure)(const void *state); /* static text; NULL: has not failed */
  bool (*is_unknown)(const void *state);     /* has failed, since the client's identity is unknown;
                                              * NULL: does not tell */

  /* Length of the first record of a datagram, or all of it where there is none. */
  size_t (*record_length)(const struct association_record *record);
  bool (*is_application_data)(const struct association_record *record);
  /* Of what is no application data: whether it is of this session. NULL: that does not show. */
  bool (*is_of)(const void *state, const struct association_record *record);
  int (*receive)(void *state, const struct association_record *record, uint64_t now_ns,
                 void (*deliver)(void *context, const uint8_t *plain, size_t length),
                 void *context);
  int (*protect)(void *state, const uint8_t *plain, size_t length, const struct span_list *spans,
                 struct node_datagram *datagram);
  int (*write)(void *state, struct node_datagram *datagram, uint64_t now_ns);
  uint64_t (*expiry)(const void *state);
  int (*handle_expiry)(void *state, uint64_t now_ns);
  struct coap_session *(*coap)(void *state); /* the message layer inside */
  /* A new session of the same ends, with fresh keys, that resumes this one, which stays as it is:
   * its state, or NULL with `*error`. It tells of the key. NULL: there is no such thing. */
  void *(*resume)(void *state, const struct node_address *remote, const struct node_hooks *hooks,
                  uint64_t now_ns, int *error);
  bool (*can_resume)(const void *state); /* what is established; NULL: with `resume`, always */
  /* What association_identity and association_names say. NULL: there is no such thing, and no keys
   * by identity. */
  const uint8_t *(*identity)(const void *state, size_t *length);
  const uint8_t *(*names)(void *state, const struct association_record *record,
                          size_t *identity_length);
  bool (*opens)(const struct association_record *record); /* a datagram begins a handshake */
  bool (*has_opened)(const void *state,
                     const struct association_record *record); /* that of this one */
  int (*refuse)(struct node_datagram *datagram); /* writes what ends a handshake of the other end;
                                                  * as node_write does. Of a kind with `resume` */
  /* A datagram without what is another each time that it is sent. */
  void (*digest_datagram)(const struct association_record *record, struct digest *digest);
};

struct association_kind {
  const char *label;                  /* of NODE_EVENT_KEY */
  const char *secret_name;            /* of NODE_EVENT_KEY: what the key material is */
  const struct option_table *options; /* NULL: none */
  uint16_t port;                      /* association_kind_port */
  enum node_protocol carrier;         /* association_kind_carrier */
  bool carries_udp;                   /* association_inside */

  struct association_material material[ASSOCIATION_MATERIAL_MAX];
  enum association_suites suites;
  bool key_takes_token;  /* the octets of the exchange's token follow (draft appendix A.1) */
  bool numbered;         /* nothing in it keeps messages in order */
  size_t identity_least; /* octets of the peer's identity */

  /* Static texts, to NULL: why an authentication fails by it. The first: the peer refuses the first
   * message that came under it. */
  const char *const *failures;

  const struct association_messages *messages; /* either */
  const struct association_session *session;   /* or */

  /* Static text: why its options do not go together; NULL: they do. May be NULL. */
  const char *(*unsupported)(const struct option_values *options);

  /* Allocates the state. NULL with `*error`. */
  void *(*open)(const struct association_config *config, const struct node_hooks *hooks,
                uint64_t now_ns, int *error);
  void (*close)(void *state); /* wipes and frees */
  size_t (*bytes)(const void *state);
  size_t (*bytes_peak)(const void *state);
  void (*digest)(const void *state, struct digest *digest, uint64_t now_ns);
};

#endif
