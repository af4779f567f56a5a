/* Recommissioning, at the AS of a provider (draft-ohba-core-eap-based-bootstrapping section 3): who
 * was authenticated by its manufacturer's credential comes to the provider with a credential that
 * is bound to that, under the name of the manufacturer's EMSK (bootstrap_eap_psk), and the provider
 * asks the manufacturer's AS for it (key_request.h: that lets the provider have keys of the use
 * AAA_KEY_CREDENTIAL). The two AS share a RADIUS secret; the UE says nothing to the manufacturer's.
 *
 * A name that no user has is asked for once, whoever asks for it meanwhile; the conversations wait
 * (radius_server_hold), a bounded number of them. After 20 s, four transmissions, nobody is known
 * by this name. So it is with every name of this form that somebody claims: what the manufacturer's
 * AS lets us ask in a minute is a bound, which strangers can use up.
 *
 * Events, in the phase of commissioning, with the manufacturer's AS as the remote: STARTED for each
 * name; then KEY ("EAP-PSK", "eap_psk") and ANSWERED, or UNANSWERED: "refused by the manufacturer's
 * AS", "the manufacturer's AS does not answer", "Access-Accept without keys", "no memory for a
 * credential"; DISCARDED with why. */
#ifndef NODES_AAA_MANUFACTURER_H
#define NODES_AAA_MANUFACTURER_H

#include "../radius/client.h"
#include "../radius/server.h"
#include "manufactured.h"

/* The AS of a manufacturer, whose authentications this AS takes credentials from: an identity that
 * is a keyName-NAI in our realm (lower case), and that no user has, is asked for there, and is a
 * user with EAP-PSK from then on, with the digits as ID_P. */
struct aaa_manufacturer {
  const struct radius_client_config *radius; /* nas_identifier: our name as a provider */
  const uint8_t *realm;                      /* the manufacturer's, for the name there */
  size_t realm_length;                       /* 1 to ERP_REALM_MAX */
  const uint8_t *server_id;                  /* ID_S that we have in EAP-PSK */
  size_t server_id_length;                   /* 1 to NODE_IDENTITY_MAX */
  size_t users_max;                          /* of which the oldest gives way; at least 1 */
};

/* What this needs of the AS. */
struct aaa_manufacturer_owner {
  void *context;
  /* Goes on with a conversation that was held, and its request, whether there is a user now or not.
   * As node_read. */
  int (*resume)(void *context, struct radius_conversation *conversation, const uint8_t *request,
                size_t length, uint64_t now_ns);
  /* This user is one no more: nothing may point to it. */
  void (*forget)(void *context, const struct eap_user *user);
};

struct aaa_inquiry;
struct aaa_held;

/* Private to manufacturer.c. */
struct aaa_manufacturer_link {
  struct aaa_manufacturer config;
  struct aaa_manufacturer_owner owner;
  const struct node_hooks *hooks;
  struct erp_value realm; /* ours */
  struct radius_client client;
  struct aaa_manufactured_store users;
  struct aaa_inquiry *oldest, *latest; /* that are under way */
  size_t held_max, held;               /* conversations */
};

/* False: memory is short, or the configuration is out of range. What is pointed to outlives it. */
bool aaa_manufacturer_init(struct aaa_manufacturer_link *link,
                           const struct aaa_manufacturer *config, const struct erp_value *realm,
                           size_t held_max, const struct aaa_manufacturer_owner *owner,
                           const struct node_hooks *hooks);
void aaa_manufacturer_deinit(struct aaa_manufacturer_link *link);

/* The user of this identity, as eap_server_config's lookup; it is one until `forget`. */
const struct eap_user *aaa_manufacturer_user(const struct aaa_manufacturer_link *link,
                                             const uint8_t *identity, size_t length);

/* Whole seconds, at least 1, for which one that aaa_manufacturer_user has returned is a user;
 * UINT32_MAX: it is another's. */
uint32_t aaa_manufacturer_left_s(const struct aaa_manufacturer_link *link,
                                 const struct eap_user *user, uint64_t now_ns);

/* Asks who this is, where the identity is of that form and no user has it. True: the conversation,
 * whose request this is, is to be held. False: it is not asked. */
NODE_MUST_CHECK bool aaa_manufacturer_ask(struct aaa_manufacturer_link *link,
                                          const uint8_t *identity, size_t length,
                                          struct radius_conversation *conversation,
                                          const struct radius_packet *request, uint64_t now_ns);

/* The conversation that was held has another request, and waits no more. Harmless for one that does
 * not wait. */
void aaa_manufacturer_release(struct aaa_manufacturer_link *link,
                              const struct radius_conversation *conversation);

/* True if a datagram to this address is the manufacturer's. The others are as in node.h. */
bool aaa_manufacturer_is_for(const struct aaa_manufacturer_link *link,
                             const struct node_address *destination);
NODE_MUST_CHECK int aaa_manufacturer_read(struct aaa_manufacturer_link *link,
                                          const struct node_datagram *datagram, uint64_t now_ns);
NODE_MUST_CHECK int aaa_manufacturer_write(struct aaa_manufacturer_link *link,
                                           struct node_datagram *datagram, uint64_t now_ns);
uint64_t aaa_manufacturer_expiry(const struct aaa_manufacturer_link *link);
NODE_MUST_CHECK int aaa_manufacturer_handle_expiry(struct aaa_manufacturer_link *link,
                                                   uint64_t now_ns);

#endif
