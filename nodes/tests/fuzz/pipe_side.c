/* Datagrams at intervals of 20 ms. */
#include "pipe_side.h"

static void side_write_all(struct node *node, uint64_t now_ns) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  int written;
  while ((written = node_write(node, &datagram, now_ns)) == 1)
    fuzz_claim(span_list_length(&datagram.spans) == datagram.length, "each octet has a row");
  fuzz_claim(written == 0, "a datagram is written");
}

void fuzz_pipe_side(struct pipe *pipe, unsigned side, struct fuzz_parts *parts, unsigned most,
                    void (*read)(const uint8_t *data, size_t length)) {
  struct node *node = pipe->hosts[side].node;
  uint64_t now_ns = NODE_MS;
  uint8_t *part;
  size_t length;
  fuzz_claim(node_handle_expiry(node, now_ns) == 0, "a timer ends no node");
  side_write_all(node, now_ns);
  for (unsigned i = 0; i < most && (part = fuzz_part_next(parts, &length)) != NULL; i++) {
    const struct node_datagram datagram = {.source = pipe->hosts[!side].address,
                                           .destination = pipe->hosts[side].address,
                                           .data = part,
                                           .length = length};
    if (read != NULL)
      read(part, length);
    now_ns += 20 * NODE_MS;
    fuzz_claim(node_read(node, &datagram, now_ns) == 0, "octets end no node");
    side_write_all(node, now_ns);
    free(part);
  }
}
