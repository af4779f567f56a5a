/* What the files of the PaC share. Private to peer*.c. */
#ifndef NODES_PANA_PEER_STATE_H
#define NODES_PANA_PEER_STATE_H

#include "../eap/label.h"
#include "application.h"
#include "link.h"
#include "peer.h"

enum pana_peer_stage {
  PEER_INITIAL,
  PEER_SOLICITING, /* PCI sent */
  PEER_STARTED,    /* PAN start sent; PCI goes on, if it was */
  PEER_WAIT_PNA,   /* PNR for re-authentication sent */
  PEER_WAIT_PAR,   /* and answered */
  PEER_RUNNING,
  PEER_HANDSHAKE, /* of the association */
  PEER_OPEN,
  PEER_CLOSED,
};

struct pana_peer {
  struct node node;
  struct lower_peer_config config;
  struct pana_options options;
  const struct node_hooks *hooks;
  enum pana_peer_stage stage;
  struct node_address local;
  struct pana_repeated pci;
  struct pana_link link;
  struct eap_peer *eap; /* while an authentication runs; else NULL */
  struct eap_labels labels;
  struct eap_name name; /* whom the authenticator has proved to be; from the last PAR on */
  bool named;
  struct pana_application application;
  uint64_t valid_ns; /* when something valid of this authentication came last */
  uint64_t ends_ns;  /* of the session; NODE_NEVER */
  unsigned attempts; /* begun so far, since the peer was told to */
  unsigned attempts_left;
  uint64_t due_ns; /* of the next attempt; NODE_NEVER */
};

/* All that return int return 0, or a negative node_error where the node can go on no more. */

void pana_peer_tell(const struct pana_peer *peer, enum node_event_type type, const char *label);
int pana_peer_discard(const struct pana_peer *peer, const char *why);

/* An authentication runs, or is asked for. */
bool pana_peer_in_progress(const struct pana_peer *peer);

void pana_peer_count_attempt(struct pana_peer *peer);

/* Ends the authentication without a key, and the session with it: for good; or, unless there are no
 * attempts left, until the next. */
int pana_peer_fail(struct pana_peer *peer, const char *reason);
int pana_peer_break_off(struct pana_peer *peer, const char *reason, uint64_t now_ns);

/* Ends a session that had a key. */
int pana_peer_close(struct pana_peer *peer, const char *why);

void pana_peer_end_eap(struct pana_peer *peer);

/* The key is confirmed. */
int pana_peer_confirm(struct pana_peer *peer, const char *label);

/* A request that bears no AVP but AUTH, or Termination-Cause `cause` besides (peer_steps.c). */
NODE_MUST_CHECK int pana_peer_ask(struct pana_peer *peer, enum pana_kind kind, uint32_t cause);

/* PCI. */
NODE_MUST_CHECK int pana_peer_solicit(struct pana_peer *peer);

/* Re-authentication of the session. */
NODE_MUST_CHECK int pana_peer_reauthenticate(struct pana_peer *peer, uint64_t now_ns);

/* A message of the authenticator. */
NODE_MUST_CHECK int pana_peer_handle(struct pana_peer *peer, const struct pana_message *message,
                                     uint64_t now_ns);

#endif
