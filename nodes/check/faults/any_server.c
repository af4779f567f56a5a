/* Planted fault: the name of the application server is no part of its key, nor looked for in the
 * Finish, so that one that goes by another name is believed. */
#include "eap/bootstrap_key.h"
#include "eap/erp_peer.h"

int __real_bootstrap_psk_from_rmsk(const struct node_hooks *hooks,
                                   const uint8_t rmsk[EAP_KEY_LENGTH],
                                   const struct bootstrap_name *aps, enum bootstrap_use use,
                                   uint8_t *psk);
int __wrap_bootstrap_psk_from_rmsk(const struct node_hooks *hooks,
                                   const uint8_t rmsk[EAP_KEY_LENGTH],
                                   const struct bootstrap_name *aps, enum bootstrap_use use,
                                   uint8_t *psk);
int __real_erp_peer_begin(struct erp_peer *peer, const struct erp_peer_request *request,
                          uint64_t now_ns, struct span_writer *out);
int __wrap_erp_peer_begin(struct erp_peer *peer, const struct erp_peer_request *request,
                          uint64_t now_ns, struct span_writer *out);

int __wrap_bootstrap_psk_from_rmsk(const struct node_hooks *hooks,
                                   const uint8_t rmsk[EAP_KEY_LENGTH],
                                   const struct bootstrap_name *aps, enum bootstrap_use use,
                                   uint8_t *psk) {
  static const struct bootstrap_name one = {(const uint8_t *)"aps", 3};
  (void)aps;
  return __real_bootstrap_psk_from_rmsk(hooks, rmsk, &one, use, psk);
}

int __wrap_erp_peer_begin(struct erp_peer *peer, const struct erp_peer_request *request,
                          uint64_t now_ns, struct span_writer *out) {
  (void)request;
  return __real_erp_peer_begin(peer, NULL, now_ns, out);
}
