/* What the use case of the draft's section 5 adds to a run: peers that ask other peers, with tokens
 * of the authenticator (ACE, RFC 9200). */
#ifndef SIM_RUN_USE_CASE_H
#define SIM_RUN_USE_CASE_H

#include "ace/authorization_server.h"
#include "ace/client.h"
#include "ace/resource_server.h"
#include "agenda.h"

enum {
  ACE_PORT = 5685, /* of CoAP in clear, at clients and resource servers; sessions are behind it. The
                      lower layer has COAP_PORT */
};

struct use_case;

/* Before hosts are built; the identities are there. NULL: the spec asks for none. */
struct use_case *use_case_create(const struct run *run);
void use_case_destroy(struct use_case *use_case);

/* Where nodes are is known: the world is there. */
void use_case_locate(struct run *run);

/* The authorization server, for the configuration of the authenticator, on whose host it is. NULL:
 * memory is short. */
const struct lower_service *use_case_build_service(struct run *run, struct host *host);

/* The client, or the resource server, of a peer, in `host->client` or `host->server`; `*listener`
 * tells it of the lower layer. NULL: memory is short. Opens its ports. */
struct node *use_case_build_part(struct run *run, struct host *host,
                                 const struct lower_listener **listener);

/* Where sessions of clients and resource servers are. */
const struct association_kind *use_case_kind(const struct run *run);

/* The resource server that a client asks. */
struct host *use_case_server(const struct host *client);

/* Whether the peer has requests, which resource servers have not. */
bool use_case_is_client(const struct host *peer);

/* Whether a client may ask, since its resource server has joined, or will not. */
bool use_case_may_ask(const struct host *client);

/* Whether a peer is a resource server with clients that have not come to their end: it stays. */
bool use_case_is_needed(const struct host *peer);

/* The others' radios now; and what they have spent since, added to `sum`. */
struct act_others use_case_read(const struct agenda *agenda);
void use_case_spend(const struct agenda *agenda, const struct act_others *since,
                    struct act_others *sum);

/* Sends a request of the application. Errors of ace_client_request. */
NODE_MUST_CHECK int use_case_request(struct host *client, const uint8_t *payload, size_t length);

#endif
