/* Newcomers. */
#include "reception.h"

bool association_reception_is_for(const struct association_kind *kind,
                                  const struct association_pair *pair,
                                  const struct node_datagram *datagram) {
  if (!association_kind_opens(kind, datagram))
    return false;
  return pair == NULL || (!association_has_opened(&pair->pending, datagram) &&
                          !association_has_opened(&pair->current, datagram));
}

static int greet(struct association_reception *reception, const struct association_config *made,
                 struct association_pair *visitor, uint64_t now_ns) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram answer = {.data = data, .capacity = sizeof data};
  const int written = association_pair_write(visitor, &made->local, &made->remote, &answer, now_ns);
  if (written <= 0)
    return written;
  reception->kind = made->kind;
  reception->phase = made->phase;
  reception->local = made->local;
  reception->remote = made->remote;
  reception->label = answer.label;
  return kept_store(&reception->answer, data, answer.length, &answer.spans);
}

int association_reception_read(struct association_reception *reception,
                               const struct association_config *made,
                               const struct node_datagram *datagram,
                               const struct association_reader *reader,
                               const struct node_hooks *hooks, uint64_t now_ns,
                               struct association *entered) {
  struct association_pair visitor = {.bytes_peak = 0};
  int result = association_open(&visitor.pending, made, NULL, hooks, now_ns);
  if (result == 0)
    result = association_pair_read(&visitor, datagram, now_ns, reader);
  if (result == 0 && association_has_begun(&visitor.pending)) {
    *entered = visitor.pending;
    visitor.pending = (struct association){.kind = NULL};
    return 1;
  }
  if (result == 0)
    result = greet(reception, made, &visitor, now_ns);
  association_pair_close(&visitor);
  return result;
}

int association_reception_write(struct association_reception *reception,
                                struct node_datagram *datagram) {
  if (reception->answer.length == 0)
    return 0;
  const int error = kept_write(&reception->answer, datagram);
  kept_wipe(&reception->answer);
  datagram->source = association_address(reception->kind, &reception->local);
  datagram->destination = association_address(reception->kind, &reception->remote);
  datagram->label = reception->label;
  datagram->copy = 0;
  datagram->part = NODE_PART_OTHER;
  datagram->phase = reception->phase;
  datagram->is_protected = true;
  return error < 0 ? error : 1;
}

void association_reception_wipe(struct association_reception *reception) {
  kept_wipe(&reception->answer);
}
