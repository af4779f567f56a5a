/* What a datagram of a world is. */
#ifndef NODES_CHECK_DATAGRAM_H
#define NODES_CHECK_DATAGRAM_H

#include "world.h"

/* Where an EAP packet begins in a datagram of these rows, and its length (or NULL); CHECK_NO_EAP:
 * there is none. Of a lower layer without EAP its messages of EDHOC are what EAP packets are to the
 * others. */
size_t check_datagram_find_eap(const struct span_list *spans, size_t *length);

/* As it was written, with these octets. */
struct node_datagram check_datagram_again(const struct check_datagram *datagram, uint8_t *data);

/* Whether a damaged copy is one that the message layer does not judge. */
bool check_datagram_can_be_rubbish(const struct check_datagram *datagram);

/* Whether an altered copy is one that no method of EAP judges: in clear behind an EAP packet; of
 * ACE, with a payload in clear. */
bool check_datagram_can_be_altered(const struct check_datagram *datagram,
                                   const struct model *model);

/* What of IKE or ESP is in these octets of it, if anything. */
struct monitor_sealed_message check_datagram_sealed(const struct check_datagram *datagram,
                                                    const struct model *model, const uint8_t *data);

/* While it is under way. */
void check_datagram_digest(const struct check_datagram *datagram, const struct model *model,
                           uint64_t now_ns, struct digest *digest);

#endif
