/* What a datagram is, for people: told by its first octets, whoever sent it, and not checked any
 * further. */
#ifndef NODES_LIVE_HINT_LOOK_H
#define NODES_LIVE_HINT_LOOK_H

#include "../node.h"

enum hint_look {
  HINT_LOOK_ANY, /* in rows of hints: whatever it is; else: nothing of what follows */
  HINT_LOOK_PANA,
  HINT_LOOK_DTLS,
  HINT_LOOK_COAP,     /* none of the next */
  HINT_LOOK_OSCORE,   /* a message with OSCORE's option */
  HINT_LOOK_DRAFT,    /* a request of the draft's service */
  HINT_LOOK_RFC9820,  /* ... of RFC 9820's */
  HINT_LOOK_EDHOC,    /* ... of EDHOC's resource */
  HINT_LOOK_CRITICAL, /* a message with a critical option that CoAP itself does not have */
  HINT_LOOK_4_00,     /* errors without protection, by code */
  HINT_LOOK_4_01,
  HINT_LOOK_4_02,
  HINT_LOOK_4_04,
};

/* `critical`: the number of the option of HINT_LOOK_CRITICAL; one of the number `known` does not
 * count. */
enum hint_look hint_look(const struct node_datagram *datagram, uint16_t known, uint16_t *critical);

#endif
