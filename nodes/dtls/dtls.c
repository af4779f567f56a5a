/* DTLS endpoints cannot be made yet. */
#include "dtls.h"

struct dtls *dtls_create(const struct dtls_config *config, const struct node_hooks *hooks,
                         uint64_t now_ns) {
  (void)config, (void)hooks, (void)now_ns;
  return NULL;
}

void dtls_destroy(struct dtls *dtls) {
  (void)dtls;
}

enum dtls_state dtls_state(const struct dtls *dtls) {
  (void)dtls;
  return DTLS_FAILED;
}

const char *dtls_reason(const struct dtls *dtls) {
  (void)dtls;
  return "dtls-closed";
}

bool dtls_is_application_data(const uint8_t *data, size_t length) {
  return length > 0 && data[0] == 23;
}

int dtls_receive(struct dtls *dtls, const uint8_t *data, size_t length, uint64_t now_ns,
                 void (*deliver)(void *context, const uint8_t *plain, size_t length),
                 void *context) {
  (void)dtls, (void)data, (void)length, (void)now_ns, (void)deliver, (void)context;
  return NODE_ERR_BAD_STATE;
}

int dtls_protect(struct dtls *dtls, const uint8_t *plain, size_t length,
                 const struct span_list *spans, struct node_datagram *datagram) {
  (void)dtls, (void)plain, (void)length, (void)spans, (void)datagram;
  return NODE_ERR_BAD_STATE;
}

int dtls_write(struct dtls *dtls, struct node_datagram *datagram, uint64_t now_ns) {
  (void)dtls, (void)datagram, (void)now_ns;
  return 0;
}

uint64_t dtls_expiry(const struct dtls *dtls) {
  (void)dtls;
  return NODE_NEVER;
}

int dtls_handle_expiry(struct dtls *dtls, uint64_t now_ns) {
  (void)dtls, (void)now_ns;
  return 0;
}

size_t dtls_state_bytes(const struct dtls *dtls) {
  (void)dtls;
  return 0;
}

size_t dtls_state_bytes_peak(const struct dtls *dtls) {
  (void)dtls;
  return 0;
}
