/* What is inside a DTLS endpoint. dtls.c is its outside, library.c its way into mbedtls, identity.c
 * its way to keys. */
#ifndef NODES_DTLS_SESSION_H
#define NODES_DTLS_SESSION_H

#include <mbedtls/ssl.h>

#include "../mbedtls/host.h"
#include "dtls.h"
#include "record.h"

enum { DTLS_QUEUE_MAX = 8 };

/* A datagram that waits for dtls_write. */
struct dtls_outgoing {
  struct dtls_outgoing *next;
  enum dtls_message message;
  unsigned copy;
  size_t length;
  uint8_t data[];
};

/* The library's contexts. */
struct dtls_library {
  mbedtls_ssl_config config;
  mbedtls_ssl_context ssl;
};

struct dtls {
  struct mbedtls_host_account account;
  const struct node_hooks *hooks;
  struct node_address remote;
  bool client : 1, cookie : 1;
  bool resumed : 1;  /* the handshake is abbreviated */
  bool keyed : 1;    /* it is the beginning of a struct dtls_keyed */
  uint8_t phase : 4; /* an enum node_phase */
  uint8_t suites;    /* set of those that are offered or taken */
  uint8_t suite;     /* in use: an enum dtls_suite_id */
  uint8_t cookie_secret[DTLS_COOKIE_SECRET];
  uint32_t timeout_ms, timeout_max_ms;
  size_t mtu;
  enum dtls_state state;
  const char *reason;

  struct dtls_library *library; /* NULL at rest, and when it has failed */
  unsigned users;               /* calls that are inside, one in the other's `deliver` */
  uint8_t *saved;               /* the session at rest */
  size_t saved_length;

  const uint8_t *input; /* the datagram that the library has not fetched yet, or NULL */
  size_t input_length;
  struct node_datagram *record; /* where dtls_protect wants its record, or NULL */
  struct dtls_outgoing *first;
  size_t queued;
  unsigned sent[DTLS_MESSAGE_COUNT]; /* how often */

  uint64_t now_ns;
  uint64_t interval_ns; /* of the retransmission timer; 0: it does not run */
  uint64_t due_ns;
};

/* A server with keys: what the other endpoints need no room for. */
struct dtls_keyed {
  struct dtls dtls;
  const struct dtls_keys *keys;
  size_t identity_length; /* 0: the client has named none that is known */
  uint8_t identity[NODE_IDENTITY_MAX];
};

/* The octets of an endpoint itself. */
size_t dtls_size(bool keyed);

/* An endpoint of nothing yet, of a server with keys if there are any; NULL: memory is short. */
struct dtls *dtls_allocate(const struct dtls_keys *keys);

/* The library asks for the key of an identity; `context` is a struct dtls_keyed. Not 0: unknown. */
int dtls_identity_find(void *context, mbedtls_ssl_context *ssl, const unsigned char *identity,
                       size_t length);

/* All of these want the endpoint's account open (mbedtls/host.h).
 *
 * The library's contexts are there from wake to rest, with the session in them; the two may nest.
 * wake: 0 or NODE_ERR_EXHAUSTED, which needs no rest. rest puts the session back into its
 * serialized form, if this was the outermost call and the handshake needs nothing more; should
 * memory be short, the contexts stay. */
NODE_MUST_CHECK int dtls_library_wake(struct dtls *dtls);
void dtls_library_rest(struct dtls *dtls);

/* Makes the contexts for a handshake. 0 or NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int dtls_library_begin(struct dtls *dtls, const struct dtls_config *config);

/* Server: the library forgets the ClientHello that it has seen. 0 or NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int dtls_library_restart(struct dtls *dtls);

/* Server: the ClientHello that it looks at came with a right cookie, or none is asked for. */
bool dtls_library_knows_client(const struct dtls *dtls);

/* Established: a ClientHello in clear, with whatever cookie, is not to begin a new session. */
void dtls_library_expect_no_hello(struct dtls *dtls);

/* Copies what the session, which is awake, can be resumed by. */
void dtls_library_take(const struct dtls *dtls, struct dtls_resumption *resumption);

/* Wipes and frees contexts and session. */
void dtls_library_end(struct dtls *dtls);

/* Appends a datagram that the library sends; if there are too many, it is lost. */
void dtls_queue_put(struct dtls *dtls, const uint8_t *data, size_t length);

/* Empties it, but for the last alert if that is wanted. */
void dtls_queue_clear(struct dtls *dtls, bool keep_alert);

#endif
