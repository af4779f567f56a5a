/* Two endpoints, of which one comes about. */
#include "ikev2_contest.h"

#include "../crypto/crypto.h"

#include <string.h>

/* Life */

static struct ikev2_id contest_keep_id(uint8_t octets[IKEV2_ID_MAX], const struct ikev2_id *id) {
  if (id->length > 0)
    memcpy(octets, id->octets, id->length);
  return (struct ikev2_id){id->type, octets, id->length};
}

/* What another endpoint would be made of. */
static void contest_keep(struct ikev2_contest *contest, const struct ikev2_config *config) {
  contest->made = *config;
  contest->made.local_id = contest_keep_id(contest->local_id, &config->local_id);
  contest->made.remote_id = contest_keep_id(contest->remote_id, &config->remote_id);
  contest->made.psk = contest->psk;
  if (config->psk_length > 0)
    memcpy(contest->psk, config->psk, config->psk_length);
}

bool ikev2_contest_init(struct ikev2_contest *contest, const struct ikev2_config *config,
                        const struct node_hooks *hooks, uint64_t now_ns) {
  *contest = (struct ikev2_contest){.hooks = hooks};
  contest->first = ikev2_create(config, hooks, now_ns);
  if (contest->first != NULL && !config->initiator)
    contest_keep(contest, config);
  return contest->first != NULL;
}

void ikev2_contest_wipe(struct ikev2_contest *contest) {
  ikev2_destroy(contest->first);
  ikev2_destroy(contest->rival);
  crypto_wipe(contest, sizeof *contest);
}

/* Who wins */

static bool is_in(const struct ikev2 *ike, enum ikev2_state state) {
  return ike != NULL && ikev2_state(ike) == state;
}

static void contest_drop_rival(struct ikev2_contest *contest) {
  ikev2_destroy(contest->rival);
  contest->rival = NULL;
}

static void contest_promote(struct ikev2_contest *contest) {
  ikev2_destroy(contest->first);
  contest->first = contest->rival;
  contest->rival = NULL;
}

static void contest_settle(struct ikev2_contest *contest) {
  const size_t bytes = ikev2_state_bytes_peak(contest->first) +
                       (contest->rival == NULL ? 0 : ikev2_state_bytes_peak(contest->rival));
  if (bytes > contest->bytes_peak)
    contest->bytes_peak = bytes;
  if (is_in(contest->rival, IKEV2_ESTABLISHED))
    contest_promote(contest);
  if (!is_in(contest->first, IKEV2_ESTABLISHED))
    return;
  contest_drop_rival(contest);
  crypto_wipe(contest->psk, sizeof contest->psk);
}

const char *ikev2_contest_failure(const struct ikev2_contest *contest) {
  const bool hopes = contest->rival != NULL && !is_in(contest->rival, IKEV2_FAILED);
  return is_in(contest->first, IKEV2_FAILED) && !hopes ? ikev2_reason(contest->first) : NULL;
}

/* Messages */

static bool is_of_endpoint(const struct ikev2 *ike, struct ikev2_octets message) {
  return ike != NULL &&
         (ikev2_is_of(ike, message.data, message.length) ||
          ikev2_has_opened(ike, message.data, message.length) ||
          (ikev2_state(ike) == IKEV2_BEGINNING && ikev2_opens(message.data, message.length)));
}

static struct ikev2 *endpoint_of(const struct ikev2_contest *contest, struct ikev2_octets message) {
  if (is_of_endpoint(contest->first, message))
    return contest->first;
  return is_of_endpoint(contest->rival, message) ? contest->rival : NULL;
}

static bool begins_rival(const struct ikev2_contest *contest, struct ikev2_octets message) {
  const bool responds = contest->made.local_id.length > 0;
  return responds && is_in(contest->first, IKEV2_NEGOTIATING) &&
         ikev2_opens(message.data, message.length);
}

bool ikev2_contest_has_opened(const struct ikev2_contest *contest, struct ikev2_octets message) {
  return ikev2_has_opened(contest->first, message.data, message.length) ||
         (contest->rival != NULL && ikev2_has_opened(contest->rival, message.data, message.length));
}

bool ikev2_contest_is_of(const struct ikev2_contest *contest, struct ikev2_octets message) {
  return endpoint_of(contest, message) != NULL || begins_rival(contest, message);
}

bool ikev2_contest_peek_id(struct ikev2_contest *contest, struct ikev2_octets message,
                           struct ikev2_id *id) {
  struct ikev2 *ike = endpoint_of(contest, message);
  return ike != NULL && ikev2_peek_id(ike, message.data, message.length, id);
}

/* Whose it is, or a new rival's; NULL: nobody's, or memory is short. */
static struct ikev2 *contest_recipient(struct ikev2_contest *contest, struct ikev2_octets message,
                                       uint64_t now_ns) {
  struct ikev2 *ike = endpoint_of(contest, message);
  if (ike != NULL || !begins_rival(contest, message))
    return ike;
  contest_drop_rival(contest);
  contest->rival = ikev2_create(&contest->made, contest->hooks, now_ns);
  return contest->rival;
}

int ikev2_contest_receive(struct ikev2_contest *contest, struct ikev2_octets message,
                          const struct node_datagram *datagram, uint64_t now_ns) {
  struct ikev2 *ike = contest_recipient(contest, message, now_ns);
  const int result = ike == NULL ? 0 : ikev2_receive(ike, datagram, now_ns);
  contest_settle(contest);
  return result;
}

/* What has failed may have said why; then it gives its place to the rival. */
int ikev2_contest_write(struct ikev2_contest *contest, struct node_datagram *datagram,
                        uint64_t now_ns) {
  const int result = ikev2_write(contest->first, datagram, now_ns);
  if (result != 0 || contest->rival == NULL)
    return result;
  if (is_in(contest->first, IKEV2_FAILED))
    contest_promote(contest);
  return ikev2_write(contest->rival == NULL ? contest->first : contest->rival, datagram, now_ns);
}

/* Time */

uint64_t ikev2_contest_expiry(const struct ikev2_contest *contest) {
  const uint64_t first_ns = ikev2_expiry(contest->first);
  const uint64_t rival_ns = contest->rival == NULL ? NODE_NEVER : ikev2_expiry(contest->rival);
  return first_ns < rival_ns ? first_ns : rival_ns;
}

int ikev2_contest_handle_expiry(struct ikev2_contest *contest, uint64_t now_ns) {
  int result = ikev2_handle_expiry(contest->first, now_ns);
  if (result == 0 && contest->rival != NULL)
    result = ikev2_handle_expiry(contest->rival, now_ns);
  contest_settle(contest);
  return result;
}

/* State */

size_t ikev2_contest_bytes(const struct ikev2_contest *contest) {
  return ikev2_state_bytes(contest->first) +
         (contest->rival == NULL ? 0 : ikev2_state_bytes(contest->rival));
}

void ikev2_contest_digest(const struct ikev2_contest *contest, struct digest *digest,
                          uint64_t now_ns) {
  ikev2_digest(contest->first, digest, now_ns);
  digest_u64(digest, contest->rival != NULL);
  if (contest->rival != NULL)
    ikev2_digest(contest->rival, digest, now_ns);
}
