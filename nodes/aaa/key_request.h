/* Keys for others than authenticators, from what full authentications have left
 * (draft-ohba-core-eap-based-bootstrapping step 2; RFC 5749): who may have which, and the request
 * for one. The formats are ours.
 *
 * An Access-Request with Service-Type Authorize Only, User-Name (the keyName-NAI), NAS-Identifier
 * (the name of who asks), Message-Authenticator, and without EAP-Message. Access-Accept has the key
 * in the MS-MPPE attributes and its lifetime in Session-Timeout; Access-Reject says no more than
 * that. So a client composes it:
 *
 *   radius_client_compose(client, nai, nai_length, &out);
 *   radius_add_number(&out, RADIUS_SERVICE_TYPE, RADIUS_SERVICE_AUTHORIZE_ONLY);
 *   radius_client_send(client, exchange, &out);
 *
 * and reads the key with radius_mppe_find (exchange->authenticator, the client's secret).
 *
 * The UE has proved nothing at that moment: whoever has seen its name makes the AS hand the key to
 * an ApS that is authorised, which can do nothing with it but wait (RFC 5749 section 6.2). That is
 * bounded by a rate.
 *
 * Neither this nor re-authentication through such a client (RFC 6696) tells it who the UE is: there
 * is no User-Name in its Access-Accept, and nothing that is granted to the UE elsewhere. */
#ifndef NODES_AAA_KEY_REQUEST_H
#define NODES_AAA_KEY_REQUEST_H

#include "../eap/bootstrap_key.h"
#include "../eap/erp_server.h"
#include "../radius/packet.h"

enum aaa_key_use {
  AAA_KEY_APPLICATION, /* of an ApS: by ERP the rMSK; else its root (bootstrap_aps_root) */
  AAA_KEY_CREDENTIAL,  /* of another provider's AS: its root (bootstrap_provider_root) */
};

/* Who may have keys: a RADIUS client, by its address, under this name alone. */
struct aaa_key_client {
  uint8_t ip[16];
  struct bootstrap_name name; /* of its NAS-Identifier */
  enum aaa_key_use use;
  uint32_t requests_per_minute; /* Authorize Only, of all UEs; 0: 60 */
};

/* Whether what is in it can be meant. */
bool aaa_key_client_valid(const struct aaa_key_client *client);

/* Whether it is a request for a key without EAP. */
bool aaa_key_request_is(const struct radius_packet *packet);

/* Who asks: the row of this table that has the address and the NAS-Identifier; where there is none,
 * `*why` (static text), and one that has the address, or NULL. */
const struct aaa_key_client *aaa_key_client_find(const struct aaa_key_client *clients, size_t count,
                                                 const struct node_address *source,
                                                 const struct radius_packet *packet,
                                                 const char **why);

/* What a client may still ask for: as many requests at once as it has in a minute. Zeroed: all. */
struct aaa_key_rate {
  uint64_t whole_ns; /* when it has all of them again */
};

/* Takes one. False: there is none left. */
NODE_MUST_CHECK bool aaa_key_rate_take(struct aaa_key_rate *rate,
                                       const struct aaa_key_client *client, uint64_t now_ns);

/* The key for the use of this client, from an EMSK. Errors are those of emsk_kdf. */
NODE_MUST_CHECK int aaa_key_derive(const struct node_hooks *hooks,
                                   const struct aaa_key_client *client,
                                   const uint8_t emsk[EAP_KEY_LENGTH], uint8_t key[EAP_KEY_LENGTH]);

/* What is done for this use, and what its key is called in events. */
enum node_phase aaa_key_phase(enum aaa_key_use use);
const char *aaa_key_name(enum aaa_key_use use);

#endif
