/* Planted fault: what repeats the payload before it takes no sequence number of its own, so that
 * the next payload has that number, and nonce, once more. */
#include "esp/esp.h"

#include <string.h>

int __real_esp_protect(struct esp_sa *sa, const struct node_hooks *hooks, uint8_t next_header,
                       const uint8_t *payload, size_t length, const struct span_list *spans,
                       struct node_datagram *datagram);
int __wrap_esp_protect(struct esp_sa *sa, const struct node_hooks *hooks, uint8_t next_header,
                       const uint8_t *payload, size_t length, const struct span_list *spans,
                       struct node_datagram *datagram);

int __wrap_esp_protect(struct esp_sa *sa, const struct node_hooks *hooks, uint8_t next_header,
                       const uint8_t *payload, size_t length, const struct span_list *spans,
                       struct node_datagram *datagram) {
  static struct {
    uint32_t spi;
    uint8_t payload[NODE_DATAGRAM_MAX];
    size_t length;
  } sent[64], *before;
  before = &sent[sa->spi % (sizeof sent / sizeof sent[0])];
  const bool repeats = sa->sequence > 0 && before->spi == sa->spi && before->length == length &&
                       memcmp(before->payload, payload, length) == 0;
  const int error = __real_esp_protect(sa, hooks, next_header, payload, length, spans, datagram);
  before->spi = sa->spi;
  before->length = length;
  memcpy(before->payload, payload, length);
  if (error == 0 && repeats)
    sa->sequence--;
  return error;
}
