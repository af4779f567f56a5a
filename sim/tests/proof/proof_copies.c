/* Compares contents: a repetition under DTLS is a record of its own. */
#include "proof_copies.h"

#include "proof_dtls.h"
#include "proof_ikev2.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PROOF_RELAYED " (relayed)"

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

/* A relay says what it was told, again where that was. */
static bool is_carried(const struct proof_log *log, size_t index) {
  const struct proof_sent *sent = &log->sent[index];
  for (size_t i = index; i-- > 0;) {
    const size_t length = strlen(log->sent[i].label);
    if (strcmp(log->sent[i].to, sent->from) == 0 && log->sent[i].copy == sent->copy &&
        strncmp(sent->label, log->sent[i].label, length) == 0 &&
        strcmp(sent->label + length, PROOF_RELAYED) == 0)
      return true;
  }
  return false;
}

static bool is_relayed(const struct proof_sent *sent) {
  return strstr(sent->label, PROOF_RELAYED) != NULL;
}

/* A resource server keeps nothing of what it does not take. */
static bool is_refusal_in_clear(const struct proof_sent *sent) {
  return proof_sent_has_token(sent) && sent->length > 1 &&
         !proof_dtls_is(sent->payload, sent->length) && sent->payload[1] >> 5 >= 4;
}

/* RFC 6347 section 4.2.7: alerts are not repeated; but in clear those of two handshakes are alike.
 * Likewise what a server answers to a first ClientHello, of which it keeps nothing,
 * and a responder to a first IKE_SA_INIT.
 */
static bool is_stateless(const struct proof_sent *sent) {
  struct proof_payloads payloads;
  enum { NOTIFY = 41 };
  if (proof_ikev2_is(sent->payload, sent->length)) /* a COOKIE alone (RFC 7296 section 2.6) */
    return proof_ikev2_parse(sent->payload, sent->length, &payloads) && payloads.count == 1 &&
           payloads.item[0].type == NOTIFY;
  return strcmp(sent->label, "DTLS alert") == 0 || is_refusal_in_clear(sent) ||
         (proof_sent_is_apart(sent) && strcmp(sent->label, "DTLS HelloVerifyRequest") == 0);
}

void proof_copies_check(const struct proof_datagrams *datagrams, const struct proof_log *log,
                        struct proof_report *report) {
  const struct proof_datagram **of = calloc(log->count + 1, sizeof *of);
  assert(of != NULL);
  for (size_t i = 0; i < log->count; i++) {
    const struct proof_sent *sent = &log->sent[i];
    bool again = false;
    of[i] = find_datagram(datagrams, sent);
    for (size_t j = 0; j < i && !again && !is_stateless(sent); j++)
      again = is_same_content(of[i], of[j]);
    if (is_relayed(sent) && !is_carried(log, i))
      proof_differ(report, "%s (%s to %s) relays nothing", sent->label, sent->from, sent->to);
    if (of[i] != NULL && !is_relayed(sent) && again != sent->copy)
      proof_differ(report, "%s (%s to %s): %s, and called %s", sent->label, sent->from, sent->to,
                   again ? "said again" : "said for the first time",
                   sent->copy ? "a repetition" : "a first transmission");
  }
  free(of);
}
