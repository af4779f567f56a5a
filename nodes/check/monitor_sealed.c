/* RFC 7296 section 3.14, RFC 4303 section 3.4.3, RFC 5282 section 3: keys, nonces, replays. */
#include "monitor_sealed.h"

#include "monitor.h"

#include "esp/esp.h"
#include "ikev2/message.h"

#include <assert.h>
#include <string.h>

enum {
  SPIS_LENGTH = 2 * IKEV2_SPI_LENGTH,
  KEY_LENGTH = IKEV2_ESP_KEY_LENGTH + IKEV2_ESP_SALT_LENGTH, /* with the salt: 19 */
  ESP_SPI_LENGTH = 4,
  ESP_HALF = ESP_SPI_LENGTH + KEY_LENGTH, /* of one direction */
  NEXT_PAYLOAD_AT = 16,
  FLAGS_AT = 19,
  IV_LENGTH = ESP_IV_LENGTH,
  IV_AT = IKEV2_HEADER_LENGTH + 4, /* behind the header of the Encrypted payload */
};

static_assert((int)MONITOR_SA_MAX >= SPIS_LENGTH + 2 * KEY_LENGTH, "an IKE SA fits");
static_assert((int)MONITOR_SA_MAX >= 2 * ESP_HALF, "a pair of ESP SAs fits");
static_assert((int)MONITOR_SEALED_ENDS == (int)CHECK_SIDES, "each side is an end");

static uint64_t hash(const uint8_t *first, size_t first_length, const uint8_t *second,
                     size_t second_length) {
  struct digest digest;
  digest_init(&digest);
  digest_octets(&digest, first, first_length);
  digest_octets(&digest, second, second_length);
  return digest.low;
}

static uint64_t hash_message(const struct monitor_sealed_message *message) {
  return hash(message->octets, message->length, NULL, 0);
}

/* Keys */

static void keep_sa(struct monitor *monitor, struct monitor_sas *sas,
                    const struct node_event *event) {
  assert(event->secret_length <= MONITOR_SA_MAX);
  if (sas->count == MONITOR_SAS_MAX) {
    monitor->full = true;
    return;
  }
  struct monitor_sa *sa = &sas->items[sas->count++];
  memcpy(sa->octets, event->secret, event->secret_length);
  sa->length = event->secret_length;
}

/* The latest IKE SA of these SPIs. */
static const struct monitor_sa *find_ike(const struct monitor_sas *sas, const uint8_t *spis) {
  for (size_t i = sas->count; i-- > 0;)
    if (memcmp(sas->items[i].octets, spis, SPIS_LENGTH) == 0)
      return &sas->items[i];
  return NULL;
}

/* The latest pair of ESP SAs of which one has this SPI; its place in them in `*at`. */
static const struct monitor_sa *find_esp(const struct monitor_sas *sas, const uint8_t *spi,
                                         size_t *at) {
  for (size_t i = sas->count; i-- > 0;)
    for (*at = 0; *at < 2 * ESP_HALF; *at += ESP_HALF)
      if (memcmp(sas->items[i].octets + *at, spi, ESP_SPI_LENGTH) == 0)
        return &sas->items[i];
  return NULL;
}

static bool is_equal(const struct monitor_sa *a, const struct monitor_sa *b) {
  return a != NULL && b != NULL && a->length == b->length &&
         memcmp(a->octets, b->octets, a->length) == 0;
}

/* Of the message by which a side is content: its IKE SA, or its ESP SAs, are those of both. */
static void check_shared(struct monitor *monitor, unsigned side, const char *what) {
  const struct monitor_sealed *sealed = &monitor->sealed;
  const struct monitor_sealed_message *message = &monitor->reading->sealed;
  size_t at;
  bool shared;
  if (message->is_esp)
    shared = is_equal(find_esp(&sealed->esp[side], message->octets, &at),
                      find_esp(&sealed->esp[!side], message->octets, &at));
  else
    shared = is_equal(find_ike(&sealed->ike[side], message->octets),
                      find_ike(&sealed->ike[!side], message->octets));
  if (!shared)
    monitor_violate(monitor, MONITOR_KEYS, "%s: %s of %s", CHECK_SIDE_NAMES[side], what,
                    message->is_esp ? "ESP" : "IKE");
  if (monitor->reading->packet.rubbish)
    monitor_violate(monitor, MONITOR_RUBBISH, "%s: %s", CHECK_SIDE_NAMES[side], what);
}

static bool is_reading(const struct monitor *monitor) {
  return monitor->reading != NULL && monitor->reading->sealed.octets != NULL &&
         monitor->reading->sealed.length >= IKEV2_HEADER_LENGTH;
}

/* Both ends derive from the same: a child of the same SPIs has the same keys. */
static void check_child(struct monitor *monitor, unsigned side) {
  const struct monitor_sas *own = &monitor->sealed.esp[side], *theirs = &monitor->sealed.esp[!side];
  size_t at;
  const struct monitor_sa *sa = &own->items[own->count - 1];
  const struct monitor_sa *other = find_esp(theirs, sa->octets, &at);
  if (other != NULL && memcmp(other->octets + ESP_HALF, sa->octets + ESP_HALF, 4) == 0 &&
      !is_equal(sa, other))
    monitor_violate(monitor, MONITOR_KEYS, "%s: child", CHECK_SIDE_NAMES[side]);
}

void monitor_sealed_event(struct monitor *monitor, unsigned side, const struct node_event *event) {
  struct monitor_sealed *sealed = &monitor->sealed;
  const bool secret = event->type == NODE_EVENT_SECRET;
  if (event->type == NODE_EVENT_DISCARDED) {
    sealed->discards = true;
  } else if (secret && strcmp(event->secret_name, "ikev2_keys") == 0) {
    keep_sa(monitor, &sealed->ike[side], event);
  } else if (secret && strcmp(event->secret_name, "esp_keys") == 0) {
    keep_sa(monitor, &sealed->esp[side], event);
    check_child(monitor, side);
    if (is_reading(monitor))
      check_shared(monitor, side, "child");
  } else if (event->type == NODE_EVENT_CONFIRMED && is_reading(monitor)) {
    check_shared(monitor, side, "confirmation");
  }
}

/* Nonces */

static void note_use(struct monitor *monitor, unsigned side,
                     const struct monitor_sealed_message *message, const uint8_t *key,
                     const uint8_t iv[IV_LENGTH]) {
  struct monitor_sealed *sealed = &monitor->sealed;
  const uint64_t nonce = hash(key, KEY_LENGTH, iv, IV_LENGTH), octets = hash_message(message);
  for (size_t i = 0; i < sealed->used_count; i++) {
    if (sealed->used[i].nonce != nonce)
      continue;
    if (sealed->used[i].octets != octets)
      monitor_violate(monitor, MONITOR_NONCE, "%s: IV %02x%02x of %s", CHECK_SIDE_NAMES[side],
                      iv[IV_LENGTH - 2], iv[IV_LENGTH - 1], message->is_esp ? "ESP" : "IKE");
    return;
  }
  if (sealed->used_count == MONITOR_SEALED_MAX) {
    monitor->full = true;
    return;
  }
  sealed->used[sealed->used_count].nonce = nonce;
  sealed->used[sealed->used_count++].octets = octets;
}

/* With an implicit IV it is the sequence number, with zeros before (RFC 8750 section 4). */
static void note_esp(struct monitor *monitor, unsigned side,
                     const struct monitor_sealed_message *message) {
  uint8_t iv[IV_LENGTH] = {0};
  size_t at;
  const bool is_implicit =
      option_is_on(&monitor->model->options, lower_option("esp_iv")); /* the second of its values */
  const struct monitor_sa *sa = find_esp(&monitor->sealed.esp[side], message->octets, &at);
  if (sa == NULL)
    return;
  if (is_implicit)
    memcpy(iv + IV_LENGTH - 4, message->octets + ESP_SPI_LENGTH, 4);
  else
    memcpy(iv, message->octets + ESP_HEADER_LENGTH, IV_LENGTH);
  note_use(monitor, side, message, sa->octets + at + ESP_SPI_LENGTH, iv);
}

static void note_ike(struct monitor *monitor, unsigned side,
                     const struct monitor_sealed_message *message) {
  const struct monitor_sa *sa = find_ike(&monitor->sealed.ike[side], message->octets);
  const bool is_initiator = (message->octets[FLAGS_AT] & IKEV2_FLAG_INITIATOR) != 0;
  if (sa == NULL || message->octets[NEXT_PAYLOAD_AT] != IKEV2_PAYLOAD_SK)
    return;
  note_use(monitor, side, message, sa->octets + SPIS_LENGTH + (is_initiator ? 0 : KEY_LENGTH),
           message->octets + IV_AT);
}

void monitor_sealed_sends(struct monitor *monitor, unsigned side,
                          const struct monitor_sealed_message *message) {
  if (message->octets == NULL || message->length < IV_AT + IV_LENGTH)
    return;
  if (message->is_esp)
    note_esp(monitor, side, message);
  else
    note_ike(monitor, side, message);
}

/* Replays */

void monitor_sealed_reads(struct monitor *monitor) {
  monitor->sealed.discards = false;
}

/* A packet that is not discarded is accepted. */
void monitor_sealed_has_read(struct monitor *monitor, unsigned side,
                             const struct monitor_sealed_message *message) {
  struct monitor_sealed *sealed = &monitor->sealed;
  if (message->octets == NULL || !message->is_esp || sealed->discards)
    return;
  const uint64_t octets = hash_message(message);
  for (size_t i = 0; i < sealed->accepted_count; i++)
    if (sealed->accepted[i].side == side && sealed->accepted[i].octets == octets)
      monitor_violate(monitor, MONITOR_REPLAYED, "%s", CHECK_SIDE_NAMES[side]);
  if (sealed->accepted_count == MONITOR_SEALED_MAX) {
    monitor->full = true;
    return;
  }
  sealed->accepted[sealed->accepted_count].side = side;
  sealed->accepted[sealed->accepted_count++].octets = octets;
}

/* Nonces are left out: what is sent next does not depend on them, and what comes again does so
 * whatever came before. What was accepted counts where it may arrive once more: a copy under way
 * has its mark in the world, so that it is what may be injected. */
void monitor_sealed_digest(const struct monitor *monitor, struct digest *digest) {
  const struct monitor_sealed *sealed = &monitor->sealed;
  uint64_t sum = 0;
  for (size_t i = 0; monitor->model->acts[MODEL_INJECT] && i < sealed->accepted_count; i++)
    sum += sealed->accepted[i].octets;
  if (sealed->accepted_count > 0)
    digest_u64(digest, sum);
  for (int side = 0; side < CHECK_SIDES; side++)
    for (size_t i = 0; i < sealed->esp[side].count; i++)
      digest_octets(digest, sealed->esp[side].items[i].octets, sealed->esp[side].items[i].length);
}
