/* Planted fault: who reads ESP remembers no sequence number. */
#include "esp/esp.h"

int __real_esp_unprotect(struct esp_sa *sa, const struct node_hooks *hooks, const uint8_t *data,
                         size_t length, uint8_t *buffer, struct esp_payload *payload);
int __wrap_esp_unprotect(struct esp_sa *sa, const struct node_hooks *hooks, const uint8_t *data,
                         size_t length, uint8_t *buffer, struct esp_payload *payload);

int __wrap_esp_unprotect(struct esp_sa *sa, const struct node_hooks *hooks, const uint8_t *data,
                         size_t length, uint8_t *buffer, struct esp_payload *payload) {
  sa->sequence = 0;
  sa->window = 0;
  return __real_esp_unprotect(sa, hooks, data, length, buffer, payload);
}
