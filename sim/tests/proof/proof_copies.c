/* Compares contents: a repetition under DTLS is a record of its own. */
#include "proof_copies.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The datagram of these octets; NULL where an end's address is not known. */
static const struct proof_datagram *find_datagram(const struct proof_datagrams *datagrams,
                                                  const struct proof_sent *sent) {
  for (size_t i = 0; i < datagrams->count; i++)
    if (datagrams->items[i].sent != NULL && proof_sent_alike(datagrams->items[i].sent, sent))
      return &datagrams->items[i];
  return NULL;
}

static bool is_same_content(const struct proof_datagram *a, const struct proof_datagram *b) {
  return a != NULL && b != NULL && a->from == b->from && a->to == b->to &&
         memcmp(a->content, b->content, sizeof a->content) == 0;
}

void proof_copies_check(const struct proof_datagrams *datagrams, const struct proof_log *log,
                        struct proof_report *report) {
  const struct proof_datagram **of = calloc(log->count + 1, sizeof *of);
  assert(of != NULL);
  for (size_t i = 0; i < log->count; i++) {
    const struct proof_sent *sent = &log->sent[i];
    bool again = false;
    of[i] = find_datagram(datagrams, sent);
    for (size_t j = 0; j < i && !again; j++)
      again = is_same_content(of[i], of[j]);
    if (of[i] != NULL && again != sent->copy)
      proof_differ(report, "%s (%s to %s): %s, and called %s", sent->label, sent->from, sent->to,
                   again ? "said again" : "said for the first time",
                   sent->copy ? "a repetition" : "a first transmission");
  }
  free(of);
}
