/* How an ApS comes by the key of a UE (draft step 2): a table of designs, pulls.def. Both are ours;
 * the draft gives no formats.
 *
 *   erp           the UE runs ERP (RFC 6696) with the AS through the ApS, which is its ER
 *                 authenticator over CoAP: POST /k carries EAP-Initiate/Re-auth, the response
 *                 EAP-Finish/Re-auth. To the AS it is RADIUS as every ER server takes it.
 *   psk-identity  the UE opens the channel with its name (EMSKname), and the ApS, which does not
 * know it, asks the AS for the key of this name: an Access-Request with Service-Type Authorize Only
 * and without EAP (an instance of KRT and KDT of RFC 5749). No message more on the constrained
 * link. configured    nobody pulls: the key was configured by hand at both ends. */
#ifndef NODES_BOOTSTRAP_PULL_H
#define NODES_BOOTSTRAP_PULL_H

#include "../eap/bootstrap_key.h"

enum bootstrap_pull {
#define PULL(id, name, help) BOOTSTRAP_PULL_##id,
#include "pulls.def"
#undef PULL
  BOOTSTRAP_PULL_COUNT
};

const char *bootstrap_pull_name(enum bootstrap_pull pull);

/* The resource of an ApS that takes an EAP-Initiate: a path of one octet. */
#define BOOTSTRAP_PULL_PATH "k"

/* A key that is configured by hand: the identity that the UE names, and the key. */
struct bootstrap_configured_key {
  uint8_t identity[BOOTSTRAP_IDENTITY_LENGTH];
  uint8_t psk[BOOTSTRAP_DTLS_PSK_LENGTH];
};

#endif
