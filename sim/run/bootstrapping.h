/* What application bootstrapping adds to a run: who the application servers are, as UEs and the AS
 * know them, and what channels are made of. */
#ifndef SIM_RUN_BOOTSTRAPPING_H
#define SIM_RUN_BOOTSTRAPPING_H

#include "aaa/key_request.h"
#include "bootstrap/ue.h"
#include "inside.h"
#include "radius/client.h"

struct aaa_config;

enum {
  UE_PORT = 5685, /* of CoAP in clear; the channel's is behind it. The lower layer has COAP_PORT */
  UE_PANA_PORT = 49716, /* of the authentication for applications; PANA_PORT may be taken */
};

struct bootstrapping {
  /* Of channels: all defaults, but that the association is what the spec asks for. */
  struct option_values options;
  enum bootstrap_pull
      pull; /* the spec's; where no request needs it, one that goes with the channel */
  /* Of the authentication for applications (use case 1): the run's, but that it is by PANA, without
   * an association. */
  struct option_values agent_options;
  const struct lower_layer *lower;
  struct identities *own_identities; /* of use case 1; else NULL */
  const struct identities *serving;  /* whose EMSKs serve */

  size_t server_count; /* of all providers */
  struct bootstrap_server servers[BOOTSTRAP_SERVERS_MAX];
  struct aaa_key_client key_clients[BOOTSTRAP_SERVERS_MAX];
  /* Of the AS: whose authenticator it is, and the application servers. */
  struct radius_server_client clients[1 + BOOTSTRAP_SERVERS_MAX];
  /* Keys by hand: by UE, and by server there; and the other way round. NULL: there are none. */
  struct bootstrap_configured_key *configured, *configured_by_server;
  struct lower_listener *listeners; /* by UE */
  struct erp_server roots;          /* of an AS that is in the AA's node */
  bool has_roots;
};

/* Before hosts are built. NULL: the spec asks for none. */
struct bootstrapping *bootstrapping_create(const struct run *run);
void bootstrapping_destroy(struct bootstrapping *bootstrapping);

/* Where nodes are is known: the world is there. */
void bootstrapping_locate(struct run *run);

/* Whom application servers ask for keys, where there are not several. */
struct host *bootstrapping_as(const struct run *run);

/* Whom this one asks, by its number, and the domain of UEs that it serves. */
struct host *bootstrapping_as_of(const struct run *run, size_t server);
const char *bootstrapping_realm_of(const struct run *run, size_t server);

/* What an application server and the AS share. */
struct radius_secret bootstrapping_secret(void);

/* Whether the AS knows application servers at all. */
bool bootstrapping_answers(const struct run *run);

/* As an AS: adds to what it has as an AAA server whom it serves besides the `authenticator`'s
 * client. */
void bootstrapping_serve(struct run *run, const struct radius_server_client *authenticator,
                         struct aaa_config *config);

/* The AS in the node of an AA (infrastructure-less), whose EAP server has its users: keeps what
 * both share in `config`. NULL: memory is short. Opens its port. */
struct node *bootstrapping_build_as(struct run *run, struct host *host,
                                    struct lower_authenticator_config *config);

/* The UE of a peer, for the round that its agenda is at, and who tells it of authentications; in
 * `host->ue`. NULL: memory is short. Opens its ports. */
struct node *bootstrapping_build_ue(struct run *run, struct host *host, size_t number);

/* One of these ports only to a bundle. */
#define BOOTSTRAPPING_PART(node_, first_, count_)                                                  \
  {                                                                                                \
    .node = (node_), .ports = { {.first = (first_), .count = (uint16_t)(count_)} }                 \
  }

#endif
