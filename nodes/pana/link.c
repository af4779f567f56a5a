/* Sequence numbers, repetition, and what is kept of a PANA session. */
#include "link.h"

#include <string.h>

enum { THOUSANDTHS = 1000, RAND_SPAN = 201, RAND_MOST = 100, AAA_PATIENCE_MS = 30000 };

/* Outgoing messages */

static void outgoing_wipe(struct pana_outgoing *outgoing) {
  kept_wipe(&outgoing->kept);
  *outgoing = (struct pana_outgoing){.copies = 0};
}

static int outgoing_store(struct pana_outgoing *outgoing, const struct span_writer *message,
                          bool is_protected, const char *label, enum node_part part) {
  const int error = kept_store(&outgoing->kept, message->data, message->length, message->spans);
  if (error < 0)
    return error;
  outgoing->label = label;
  outgoing->part = part;
  outgoing->is_protected = is_protected;
  outgoing->copies = 0;
  outgoing->pending = true;
  return 0;
}

static int outgoing_write(struct pana_outgoing *outgoing, struct node_datagram *datagram) {
  if (!outgoing->pending)
    return 0;
  outgoing->pending = false;
  datagram->label = outgoing->label;
  datagram->part = outgoing->part;
  datagram->copy = outgoing->copies++;
  datagram->is_protected = outgoing->is_protected;
  datagram->phase = NODE_PHASE_AUTHENTICATION;
  const int error = kept_write(&outgoing->kept, datagram);
  return error < 0 ? error : 1;
}

static void outgoing_digest(const struct pana_outgoing *outgoing, struct digest *digest) {
  digest_octets(digest, outgoing->kept.data, outgoing->kept.length);
  digest_u64(digest, outgoing->pending);
}

/* Repetition */

/* RT = 2 RTprev + RAND RTprev, no more than MRT + RAND MRT; the first is IRT + RAND IRT. */
static uint64_t vary(uint64_t times, uint64_t base_ns, const struct node_hooks *hooks) {
  const uint64_t rand = node_random_below(hooks, RAND_SPAN); /* of 0.8 to 1.2, in thousandths */
  return times * base_ns - RAND_MOST * (base_ns / THOUSANDTHS) + rand * (base_ns / THOUSANDTHS);
}

void pana_repeated_init(struct pana_repeated *repeated, uint32_t most_ms) {
  *repeated = (struct pana_repeated){.most_ms = most_ms, .due_ns = NODE_NEVER};
}

void pana_repeated_cancel(struct pana_repeated *repeated) {
  repeated->message.pending = false;
  repeated->outstanding = false;
  repeated->due_ns = NODE_NEVER;
}

void pana_repeated_wipe(struct pana_repeated *repeated) {
  outgoing_wipe(&repeated->message);
  pana_repeated_cancel(repeated);
}

void pana_repeated_digest(const struct pana_repeated *repeated, struct digest *digest,
                          uint64_t now_ns) {
  digest_u64(digest, repeated->outstanding);
  if (!repeated->outstanding)
    return;
  outgoing_digest(&repeated->message, digest);
  digest_u64(digest, repeated->message.copies);
  digest_u64(digest, repeated->interval_ns);
  digest_deadline(digest, repeated->due_ns, now_ns);
}

int pana_repeated_send(struct pana_repeated *repeated, const struct span_writer *message,
                       bool is_protected, const char *label) {
  const int error =
      outgoing_store(&repeated->message, message, is_protected, label, NODE_PART_REQUEST);
  if (error < 0)
    return error;
  repeated->outstanding = true;
  repeated->interval_ns = 0;
  repeated->due_ns = NODE_NEVER;
  return 0;
}

void pana_repeated_expire(struct pana_repeated *repeated, uint64_t now_ns) {
  if (now_ns < repeated->due_ns)
    return;
  repeated->due_ns = NODE_NEVER;
  repeated->message.pending = true;
}

static void repeated_arm(struct pana_repeated *repeated, const struct node_hooks *hooks,
                         uint64_t now_ns) {
  const uint64_t most_ns = repeated->most_ms * NODE_MS;
  if (repeated->interval_ns == 0)
    repeated->interval_ns = vary(1, PANA_IRT_MS * NODE_MS, hooks);
  else
    repeated->interval_ns = vary(2, repeated->interval_ns, hooks);
  if (repeated->interval_ns > most_ns)
    repeated->interval_ns = vary(1, most_ns, hooks);
  repeated->due_ns = now_ns + repeated->interval_ns;
}

int pana_repeated_write(struct pana_repeated *repeated, const struct node_hooks *hooks,
                        struct node_datagram *datagram, uint64_t now_ns) {
  const int result = outgoing_write(&repeated->message, datagram);
  if (result == 1 && repeated->outstanding)
    repeated_arm(repeated, hooks, now_ns);
  return result;
}

uint64_t pana_patience_ns(void) {
  uint64_t sum_ms = 0, interval_ms = PANA_IRT_MS;
  for (unsigned i = 0; i < PANA_REQUEST_MRC; i++) {
    sum_ms += interval_ms;
    interval_ms = 2 * interval_ms < PANA_REQUEST_MRT_MS ? 2 * interval_ms : PANA_REQUEST_MRT_MS;
  }
  return (sum_ms + sum_ms / 10 + AAA_PATIENCE_MS) * NODE_MS;
}

/* Life */

void pana_link_init(struct pana_link *link, const struct node_hooks *hooks) {
  *link = (struct pana_link){.hooks = hooks};
  pana_repeated_init(&link->request, PANA_REQUEST_MRT_MS);
}

void pana_link_wipe(struct pana_link *link) {
  const struct node_hooks *hooks = link->hooks;
  pana_repeated_wipe(&link->request);
  outgoing_wipe(&link->answer);
  kept_wipe(&link->i_par);
  kept_wipe(&link->i_pan);
  crypto_wipe(link, sizeof *link);
  pana_link_init(link, hooks);
}

bool pana_link_is_secured(const struct pana_link *link) {
  return link->key.integrity != 0;
}

const struct pana_key *pana_link_key(const struct pana_link *link) {
  return pana_link_is_secured(link) ? &link->key : NULL;
}

void pana_link_begin(struct pana_link *link, size_t nonce_bytes) {
  node_random(link->hooks, link->own_nonce, nonce_bytes);
  link->own_nonce_length = nonce_bytes;
  link->other_nonce_length = 0;
  link->nonce_sent = link->nonce_taken = false;
}

void pana_link_forget_start(struct pana_link *link) {
  kept_wipe(&link->i_par);
  kept_wipe(&link->i_pan);
  link->own_nonce_length = link->other_nonce_length = 0;
  link->prf = link->integrity = 0;
}

/* Receiving */

const char *pana_link_judge(const struct pana_link *link, const struct pana_message *message,
                            bool *repeated) {
  *repeated = false;
  if (link->session == 0 || message->session != link->session)
    return "PANA session is another";
  if (!pana_is_request(message->kind))
    return link->request.outstanding && message->sequence == link->sequence &&
                   (int)message->kind == (int)link->request_kind + 1
               ? NULL
               : "PANA answer that nobody waits for";
  *repeated = link->any_received && message->sequence == link->received;
  return !link->any_received || *repeated || message->sequence == link->received + 1
             ? NULL
             : "PANA sequence number is not the next";
}

const char *pana_link_verify(const struct pana_link *link, const struct pana_message *message) {
  if (pana_link_is_secured(link))
    return pana_auth_verify(&link->key, link->hooks, message);
  return pana_find(message, PANA_AVP_AUTH) == NULL ? NULL : "PANA AUTH before there is a key";
}

const char *pana_link_judge_nonce(const struct pana_link *link,
                                  const struct pana_message *message) {
  const struct pana_avp *nonce = pana_find(message, PANA_AVP_NONCE);
  if ((nonce == NULL) != link->nonce_taken)
    return nonce == NULL ? "PANA Nonce is missing" : "PANA Nonce comes again";
  return nonce == NULL || nonce->length >= pana_prf_nonce_min(link->prf)
             ? NULL
             : "PANA Nonce is too short";
}

void pana_link_take_nonce(struct pana_link *link, const struct pana_message *message) {
  const struct pana_avp *nonce = pana_find(message, PANA_AVP_NONCE);
  if (nonce == NULL)
    return;
  memcpy(link->other_nonce, nonce->value, nonce->length);
  link->other_nonce_length = nonce->length;
  link->nonce_taken = true;
}

void pana_link_take_answer(struct pana_link *link) {
  pana_repeated_cancel(&link->request);
}

void pana_link_repeat_answer(struct pana_link *link) {
  link->answer.pending = link->answer.kept.length > 0;
}

/* Sending */

/* The first number is random, others count up. */
void pana_link_start_request(const struct pana_link *link, enum pana_kind kind, uint32_t *sequence,
                             struct span_writer *out) {
  *sequence = link->sequence + 1;
  if (!link->any_sent)
    node_random(link->hooks, (uint8_t *)sequence, sizeof *sequence);
  pana_write_header(out, kind, link->session, *sequence);
}

static int finish(const struct pana_link *link, const struct pana_key *key,
                  struct span_writer *out) {
  if (key != NULL)
    pana_write_auth(out, pana_mac_length(key));
  const int error = pana_write_end(out);
  return error == 0 && key != NULL ? pana_auth_make(key, link->hooks, out) : error;
}

int pana_link_send_request(struct pana_link *link, enum pana_kind kind, uint32_t sequence,
                           struct span_writer *out, const struct pana_key *key, const char *label) {
  int error = finish(link, key, out);
  if (error == 0)
    error = pana_repeated_send(&link->request, out, key != NULL, label);
  if (error < 0)
    return error;
  link->request_kind = kind;
  link->sequence = sequence;
  link->any_sent = true;
  return 0;
}

void pana_link_start_answer(const struct pana_message *request, struct span_writer *out) {
  pana_write_header(out, (enum pana_kind)(request->kind + 1), request->session, request->sequence);
}

int pana_link_send_answer(struct pana_link *link, const struct pana_message *request,
                          struct span_writer *out, const struct pana_key *key, const char *label) {
  int error = finish(link, key, out);
  if (error == 0)
    error = outgoing_store(&link->answer, out, key != NULL, label, NODE_PART_RESPONSE);
  if (error < 0)
    return error;
  link->received = request->sequence;
  link->any_received = true;
  return 0;
}

void pana_link_put_nonce(const struct pana_link *link, struct span_writer *out) {
  if (!link->nonce_sent)
    pana_write_avp(out, PANA_AVP_NONCE, link->own_nonce, link->own_nonce_length);
}

void pana_link_nonce_is_sent(struct pana_link *link) {
  link->nonce_sent = true;
}

/* Keys */

static struct crypto_slice slice_of(const struct kept *kept) {
  return (struct crypto_slice){kept->data, kept->length};
}

int pana_link_derive(const struct pana_link *link, bool authenticator,
                     const uint8_t msk[EAP_KEY_LENGTH], uint32_t key_id, struct pana_key *key) {
  const struct crypto_slice own = {link->own_nonce, link->own_nonce_length};
  const struct crypto_slice other = {link->other_nonce, link->other_nonce_length};
  const struct pana_key_input input = {.prf = link->prf,
                                       .integrity = link->integrity,
                                       .key_id = key_id,
                                       .msk = msk,
                                       .i_par = slice_of(&link->i_par),
                                       .i_pan = slice_of(&link->i_pan),
                                       .pac_nonce = authenticator ? other : own,
                                       .paa_nonce = authenticator ? own : other};
  return pana_key_derive(&input, link->hooks, key);
}

/* Writing, and time */

int pana_link_write(struct pana_link *link, struct node_datagram *datagram, uint64_t now_ns) {
  const int result = outgoing_write(&link->answer, datagram);
  return result != 0 ? result : pana_repeated_write(&link->request, link->hooks, datagram, now_ns);
}

uint64_t pana_link_expiry(const struct pana_link *link) {
  return link->request.due_ns;
}

bool pana_link_handle_expiry(struct pana_link *link, uint64_t now_ns) {
  if (now_ns < link->request.due_ns)
    return false;
  if (link->request.message.copies >= PANA_REQUEST_MRC) {
    pana_repeated_cancel(&link->request);
    return true;
  }
  pana_repeated_expire(&link->request, now_ns);
  return false;
}

/* Digest */

void pana_link_digest(const struct pana_link *link, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, link->session);
  pana_repeated_digest(&link->request, digest, now_ns);
  digest_u64(digest, link->any_sent ? link->sequence : 0);
  outgoing_digest(&link->answer, digest);
  digest_u64(digest, link->any_received ? link->received : 0);
  digest_octets(digest, link->key.octets, sizeof link->key.octets);
  digest_octets(digest, link->i_pan.data, link->i_pan.length);
  digest_octets(digest, link->own_nonce, link->own_nonce_length);
  digest_octets(digest, link->other_nonce, link->other_nonce_length);
  digest_u64(digest, link->nonce_sent);
  digest_u64(digest, link->nonce_taken);
}
