/* A message is one of CoAP with its Message ID and token: under DTLS each repetition is a datagram
 * of its own. */
#include "proof_exchanges.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The radio that receives it last: what is for a wire leaves the air at the root. */
static unsigned leaves_by(const struct proof_datagram *datagram) {
  return (datagram->to & PROOF_ON_A_WIRE) != 0 ? PROOF_ROOT : datagram->to;
}

/* Whether all that the fragments of one packet carry was acknowledged by the datagram's receiver:
 * by a frame that begins it, and those with the same tag. */
static bool came_whole(const struct proof_air *air, const struct proof_datagrams *datagrams,
                       const bool *acknowledged, size_t first) {
  const struct proof_datagram *datagram = &datagrams->items[datagrams->of_frame[first]];
  const struct proof_frame *frames = air->frames;
  bool come[2048] = {false};
  size_t count = 0;
  for (size_t i = 0; i < air->count; i++) {
    if (datagrams->of_frame[i] != datagrams->of_frame[first] || !acknowledged[i] ||
        frames[i].destination != leaves_by(datagram) || frames[i].tag != frames[first].tag)
      continue;
    const size_t begin = proof_frame_begin(&frames[i]), carried = proof_frame_carried(&frames[i]);
    for (size_t j = begin; j < begin + carried && j < sizeof come; j++)
      come[j] = true;
  }
  for (size_t j = 0; j < datagram->length && j < sizeof come; j++)
    count += come[j];
  return count == datagram->length;
}

/* On a wire, what departed. */
static bool has_come(const struct proof_air *air, const struct proof_datagrams *datagrams,
                     const bool *acknowledged, size_t index) {
  if (datagrams->items[index].sent->wired)
    return datagrams->items[index].departed > 0;
  for (size_t i = 0; i < air->count; i++)
    if (datagrams->of_frame[i] == index && acknowledged[i] &&
        air->frames[i].destination == leaves_by(&datagrams->items[index]) &&
        came_whole(air, datagrams, acknowledged, i))
      return true;
  return false;
}

static bool is_same_message(const struct proof_datagram *a, const struct proof_datagram *b) {
  return a->from == b->from && a->to == b->to && a->code == b->code &&
         a->id_length == b->id_length && memcmp(a->id, b->id, a->id_length) == 0;
}

static bool is_application_message(const struct proof_datagram *datagram) {
  return datagram->coap && datagram->sent->phase == PROOF_APPLICATION && datagram->code != 0;
}

/* Whether the message has not been counted with a datagram before. */
static bool is_first(const struct proof_datagrams *datagrams, const bool *counted, size_t index) {
  for (size_t i = 0; i < index; i++)
    if (counted[i] && is_same_message(&datagrams->items[i], &datagrams->items[index]))
      return false;
  return true;
}

/* That there is no token: the client has another made, and asks again. */
static bool is_unauthorized(const struct proof_datagram *datagram) {
  enum { CODE_4_01 = 4 << 5 | 1 };
  return proof_sent_has_token(datagram->sent) && datagram->code == CODE_4_01;
}

struct proof_exchanges proof_exchanges_find(const struct proof_air *air,
                                            const struct proof_datagrams *datagrams,
                                            const bool *acknowledged) {
  struct proof_exchanges exchanges = {0};
  bool *counted = calloc(datagrams->count + 1, sizeof *counted);
  assert(counted != NULL);
  for (size_t i = 0; i < datagrams->count; i++) {
    const struct proof_datagram *item = &datagrams->items[i];
    const bool request = item->code >> 5 == 0;
    counted[i] = is_application_message(item) && is_first(datagrams, counted, i) &&
                 (request || has_come(air, datagrams, acknowledged, i));
    if (!counted[i])
      continue;
    exchanges.requests += request;
    exchanges.requests -= is_unauthorized(item);
    exchanges.answered += !request && !is_unauthorized(item);
  }
  free(counted);
  return exchanges;
}
