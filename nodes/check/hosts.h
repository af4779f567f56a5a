/* With ACE: the hosts of one side as one node, each found by its IP address.
 *
 *   CHECK_AUTHENTICATOR  the authenticator with its authorization server; the resource server,
 *                        beside a peer
 *   CHECK_PEER           clients, each beside a peer
 *
 * Events are about the client, whichever side tells: it is the remote, of its port of ACE; or about
 * who joins, by its port of the lower layer. Of a request that is served the name is what the
 * resource's value is then. */
#ifndef NODES_CHECK_HOSTS_H
#define NODES_CHECK_HOSTS_H

#include "party.h"

enum {
  HOSTS_PORT = 5685, /* of ACE; the lower layer has its own, and sessions the one behind */
  HOSTS_AUTHENTICATOR = 0,
  HOSTS_RESOURCE_SERVER = 1,
  HOSTS_TOKEN_LIFETIME_S = 3600, /* of tokens, where the model does not say */
};

/* NULL if memory is short. */
struct node *hosts_create(struct check_party *party);

/* A host loses its memory. */
void hosts_restart(struct node *hosts, unsigned number);

/* Host `number` authenticates with the authenticator of the side that has it; what is between them
 * arrives at once and in order, and nothing else departs. */
void hosts_join(struct node *hosts, unsigned number, struct node *authenticator, uint64_t now_ns);

/* While they are quiet, who has joined is all that they tell. */
void hosts_be_quiet(struct node *hosts, bool quiet);

/* Client `number` sends what it asks for the `request`th time, from 1. 0, or an error. */
NODE_MUST_CHECK int hosts_request(struct node *hosts, unsigned number, unsigned request,
                                  uint64_t now_ns);

/* What is asked then: its octets. */
enum { HOSTS_VALUE_LENGTH = 2 };
void hosts_value(unsigned number, unsigned request, uint8_t value[HOSTS_VALUE_LENGTH]);

/* Where a host is on the port; a number that no host has is that of a stranger. */
enum { HOSTS_STRANGER = 9 };
struct node_address hosts_address(enum check_side side, unsigned number, uint16_t port);
unsigned hosts_number(const struct node_address *address);
enum check_side hosts_side(const struct node_address *address);

/* Where the other side sees what a client has at an address; and back. With model->nat they have
 * one IP address, and ports of their own, else it is the same. */
struct node_address hosts_outside(const struct model *model, const struct node_address *inside);
struct node_address hosts_inside(const struct model *model, const struct node_address *outside);

#endif
