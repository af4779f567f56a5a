/* Planted fault: a peer re-authenticates by the same sequence number each time. */
#include "eap/erp_peer.h"

int __real_erp_peer_begin(struct erp_peer *peer, const struct erp_peer_request *request,
                          uint64_t now_ns, struct span_writer *out);
int __wrap_erp_peer_begin(struct erp_peer *peer, const struct erp_peer_request *request,
                          uint64_t now_ns, struct span_writer *out);

int __wrap_erp_peer_begin(struct erp_peer *peer, const struct erp_peer_request *request,
                          uint64_t now_ns, struct span_writer *out) {
  peer->next_sequence = 0;
  return __real_erp_peer_begin(peer, request, now_ns, out);
}
