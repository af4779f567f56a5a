/* How an ApS comes by the key of a UE (draft step 2): a table of designs, pulls.def. They are ours;
 * the draft gives no formats.
 *
 * erp: the UE runs ERP (RFC 6696) with the AS through the ApS, which is its ER authenticator over
 * CoAP: POST /k carries EAP-Initiate/Re-auth, the response EAP-Finish/Re-auth. To the AS it is
 * RADIUS as every ER server takes it.
 *
 * psk-identity, ikev2-idi: the UE opens the channel with its name (EMSKname), and the ApS, which
 * does not know it, asks the AS for the key of this name: an Access-Request with Service-Type
 * Authorize Only and without EAP (an instance of KRT and KDT of RFC 5749). No message more on the
 * constrained link. The two differ in the channel (channel.h), and so in where the name stands: in
 * ClientKeyExchange, which is in clear, or in IDi, which is encrypted, but to whoever answers. To
 * the AS they are the same.
 *
 * configured: nobody pulls; the key was configured by hand at both ends. */
#ifndef NODES_BOOTSTRAP_PULL_H
#define NODES_BOOTSTRAP_PULL_H

#include "channel.h"

enum bootstrap_pull {
#define PULL(id, name, trigger, uses, help) BOOTSTRAP_PULL_##id,
#include "pulls.def"
#undef PULL
  BOOTSTRAP_PULL_COUNT
};

enum bootstrap_trigger {
  BOOTSTRAP_TRIGGER_NONE,      /* nobody asks the AS */
  BOOTSTRAP_TRIGGER_REQUEST,   /* the UE's request (POST /k) */
  BOOTSTRAP_TRIGGER_HANDSHAKE, /* the identity that the UE names in the handshake */
};

const char *bootstrap_pull_name(enum bootstrap_pull pull);
enum bootstrap_trigger bootstrap_pull_trigger(enum bootstrap_pull pull);

/* Whether a channel can be opened by a key that was come by so. */
bool bootstrap_pull_goes_with(enum bootstrap_pull pull, enum bootstrap_channel channel);

/* The resource of an ApS that takes an EAP-Initiate: a path of one octet. */
#define BOOTSTRAP_PULL_PATH "k"

#endif
