/* A host that speaks IKEv2 and ESP, as a node: as initiator it has one IKE SA with a remote, begun
 * on request; as responder as many as there is room for, found by SPI, or, of those that begin, by
 * SPI and nonce. The core of one SA is ikev2.h.
 *
 * Against floods: from `half_open_max` half-open SAs on, and for an address that has `address_max`
 * of them, IKE_SA_INIT is answered with a cookie, and nothing kept (RFC 7296 section 2.6). Where
 * all places are taken, the oldest half-open SA gives way; SAs that stand never do.
 *
 * Through a Child SA go UDP segments: port 7 is answered with the same octets (the echo protocol of
 * RFC 862), and ikev2_host_probe asks another's; whatever else comes is dropped. In transport mode
 * the segment is ESP's payload, in tunnel mode the IP packet around it. ESP is IP's protocol
 * (NODE_ESP), or in UDP between the ports of IKE where a NAT was found or forced (RFC 3948): on a
 * port with markers, what does not begin with four zeros is ESP, and a single octet keeps a NAT's
 * mapping alive.
 *
 * Events of SAs have the phase of the configuration: STARTED (label: who began it), CONFIRMED (with
 * the identity that the other end has proved), FAILED (ikev2_reason, or "gave way"), and of one
 * that was confirmed CLOSED (ikev2_reason, or "replaced": another of the same identity has come
 * with INITIAL_CONTACT). Of the echo, in NODE_PHASE_APPLICATION: SERVED,
 * ANSWERED, UNANSWERED. */
#ifndef NODES_IKEV2_HOST_H
#define NODES_IKEV2_HOST_H

#include "ikev2.h"

enum {
  IKEV2_HOST_ECHO_PORT = 7,
  IKEV2_HOST_PROBE_MAX = 1024, /* octets */
  IKEV2_HOST_PROBE_MS = 2000,  /* that an answer is waited for */
};

struct ikev2_host_config {
  /* Of each SA. Responder: `remote` is not looked at, `local` may have no IP address, and `cookie`
   * set means always; `cookie_secret` is the host's own, whatever it is here. */
  struct ikev2_config ike;
  size_t sas_max;       /* IKE SAs, half-open ones among them; initiator: 1 */
  size_t half_open_max; /* responder */
  size_t address_max;   /* likewise; 0: as many as there is room for */
  uint32_t liveness_s;  /* an SA from which nothing has come for that long is asked; 0: never */
};

/* NULL if memory is short or the configuration is out of range. `hooks` outlives the node, as does
 * what `config->ike` points to. */
struct node *ikev2_host_create(const struct ikev2_host_config *config,
                               const struct node_hooks *hooks);

/* Initiator: begins its SA. NODE_ERR_BUSY: there is one. NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int ikev2_host_begin(struct node *node, uint64_t now_ns);

/* Initiator: sends `length` octets to the remote's echo port. NODE_ERR_BAD_STATE: there is no
 * child. NODE_ERR_BUSY: another probe is under way. NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int ikev2_host_probe(struct node *node, size_t length, uint64_t now_ns);

/* Asks the other ends of all SAs that stand whether they live, but for those with a request of ours
 * under way. NODE_ERR_CRYPTO, NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int ikev2_host_check(struct node *node, uint64_t now_ns);

/* Deletes all SAs that stand (each after what is under way), and forgets those that do not. */
void ikev2_host_delete(struct node *node, uint64_t now_ns);

struct ikev2_host_load {
  size_t half_open, established;
  uint64_t cookies; /* IKE_SA_INIT requests that were answered without anything kept */
};
struct ikev2_host_load ikev2_host_load(const struct node *node);

/* The child of the initiator's SA; false: there is none. Keys are not told. */
NODE_MUST_CHECK bool ikev2_host_child(const struct node *node, struct ikev2_child *child);

#endif
