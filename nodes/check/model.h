/* What is explored: the configuration of both nodes, what the network may do to their datagrams,
 * and the bounds. Written and read as words of the form key=value. */
#ifndef NODES_CHECK_MODEL_H
#define NODES_CHECK_MODEL_H

#include "bootstrap/pull.h"
#include "lower/lower.h"

#include <stdio.h>

/* What the network may do besides delivering; also the names of the key "acts". */
enum model_act {
  MODEL_LOSE,
  MODEL_DOUBLE,  /* a copy arrives now, another at any later time */
  MODEL_DELAY,   /* arrives at any later time */
  MODEL_RUBBISH, /* a damaged copy arrives first, which the message layer takes and EAP does not */
  MODEL_ALTER,   /* ... whose EAP packet is as it was, but not what stands in clear behind it */
  MODEL_INJECT,  /* a datagram of an earlier authentication arrives once more */
  MODEL_RESTART_PEER,
  MODEL_RESTART_AUTHENTICATOR,
  MODEL_MUTE, /* with a pull: the next answer of the AS is lost */
  MODEL_JOIN, /* with ACE: the resource server joins once more */
  MODEL_MOVE, /* with ACE: a copy of what a client sends arrives from another endpoint */
  MODEL_ACTS,
};

/* What a second authentication, or a restart, of who sends the requests draws at random in the
 * lower layer (the peer: in EAP, too): Message IDs, token, SeqNum, EAP Identifier. */
enum model_random {
  MODEL_RANDOM_FRESH,
  MODEL_RANDOM_NUMBERS,  /* the same as the first one, but for the EAP Identifier */
  MODEL_RANDOM_REPEATED, /* the same as the first one */
};

/* Whether later authentications are by ERP, and who begins them so. */
enum model_erp {
  MODEL_ERP_OFF,
  MODEL_ERP_PEER,
  MODEL_ERP_AUTHENTICATOR,
};

/* Whether it is a UE that asks an application server, and how that comes by the key. */
enum model_pull {
  MODEL_PULL_OFF,
  MODEL_PULL_ERP,
  MODEL_PULL_PSK_IDENTITY,
  MODEL_PULL_IKEV2_IDI,
};

/* With a pull: what the application server is that answers at the address of "aps1". */
enum model_aps {
  MODEL_APS_HONEST,
  MODEL_APS_LIAR,     /* another one, by its name, which the AS knows */
  MODEL_APS_IMPOSTOR, /* by that name, but another client of the AS's */
  MODEL_APS_STRANGER, /* no client of the AS's */
};

/* Whether it is clients that ask a resource server by tokens of ACE, and how these come there. The
 * profile is that of the association. */
enum model_ace {
  MODEL_ACE_OFF,
  MODEL_ACE_AUTHZ_INFO,
  MODEL_ACE_HANDSHAKE,
};

/* With ACE: when the resource server joins. */
enum model_joins {
  MODEL_JOINS_FIRST, /* before all requests */
  MODEL_JOINS_AGAIN, /* before each */
  MODEL_JOINS_LATE,  /* before each but the first */
};

/* With ACE: whom the authorization server allows what is asked for. */
enum model_allows {
  MODEL_ALLOWS_ALL,
  MODEL_ALLOWS_FIRST, /* the first client */
};

enum { MODEL_SERVERS_MAX = 2, MODEL_CLIENTS_MAX = 2 };

struct model {
  struct option_values options; /* of lower layer and association */
  enum model_pull pull;
  enum model_aps aps;
  unsigned servers;        /* that the UE asks at once */
  bool names_server;       /* in the EAP-Initiate */
  uint32_t key_lifetime_s; /* of pulled keys; 0: does not end */
  enum model_ace ace;
  enum model_joins joins;
  enum model_allows allows;
  unsigned clients;          /* that ask at once */
  bool nat;                  /* they have one IP address, as the others see them */
  unsigned places;           /* for clients, at the resource server */
  uint32_t token_lifetime_s; /* 0: the authorization server's default */
  bool tells_lifetime;       /* to the clients */
  uint32_t join_lifetime_s;  /* of associations with the authenticator; 0: they do not end. Clients
                                join again before each request then */
  bool trigger;              /* the peer begins; else the authenticator */
  bool wrong_key;
  unsigned authentications; /* 1 to 10 */
  uint32_t pause_s;         /* from the end of the first to the second */
  enum model_erp erp;
  bool renew; /* the authenticator restarts in the pause */
  enum model_random random;
  int first_message_id; /* of who sends the requests; -1: random */
  unsigned shift; /* not MODEL_RANDOM_FRESH: after a restart it begins so many Message IDs on */
  int peer_shift; /* a restarted peer's first draw, which makes the name of its first resource where
                     resources keep order, is that of before and so many; -1: random */
  bool asked_repeats; /* who answers requests draws after a restart what it drew before */
  bool acts[MODEL_ACTS];
  unsigned budget;      /* acts in one run */
  unsigned past;        /* later datagrams of its direction that one overtaken may let pass */
  uint32_t latency_s;   /* MAX_LATENCY: a datagram under way for so long must arrive */
  bool exact_lifetimes; /* see digest.h */
  bool silent_step_1;   /* a step 1 that came before must have no answer, either */
  unsigned depth_max;   /* choices in one run */
  uint64_t states_max;
};

/* All options have their defaults, but that nothing is drawn at random where it need not be. */
const struct model *model_default(void);

/* Takes one word "key=value". False: there is no such key, or the value is out of its range; then
 * `error` says what is accepted. */
bool model_set(struct model *model, const char *word, char *error, size_t capacity);

/* Static text: why nodes cannot be set up so; NULL: they can. */
const char *model_unsupported(const struct model *model);

/* With a pull: how, and the channel to an application server. */
enum bootstrap_pull model_pull(const struct model *model);
enum bootstrap_channel model_channel(const struct model *model);

/* Octets of all keys with their values, and more. */
enum { MODEL_TEXT_MAX = 4096 };

/* Writes all keys, or those that differ from `base`, separated by blanks. */
void model_format(const struct model *model, const struct model *base, char *text, size_t capacity);

/* Writes two lines for each key: name, values, meaning, default. */
void model_describe(FILE *out);

#endif
