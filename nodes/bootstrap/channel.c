/* The table of channels. */
#include "channel.h"

#include <string.h>

/* Forms of identities. */

static bool octets_read(const uint8_t *identity, size_t length, uint8_t name[EMSK_NAME_LENGTH]) {
  if (length != EMSK_NAME_LENGTH)
    return false;
  memcpy(name, identity, length);
  return true;
}

static void octets_write(const uint8_t name[EMSK_NAME_LENGTH], uint8_t *identity) {
  memcpy(identity, name, EMSK_NAME_LENGTH);
}

enum identity_form { TEXT, OCTETS };

static const struct identity_row {
  size_t length;
  void (*write)(const uint8_t name[EMSK_NAME_LENGTH], uint8_t *identity);
  bool (*read)(const uint8_t *identity, size_t length, uint8_t name[EMSK_NAME_LENGTH]);
} IDENTITIES[] = {
    [TEXT] = {BOOTSTRAP_IDENTITY_LENGTH, bootstrap_identity_write, bootstrap_identity_read},
    [OCTETS] = {EMSK_NAME_LENGTH, octets_write, octets_read},
};

/* The table */

static const struct channel_row {
  const char *name;
  const struct association_kind *kind;
  enum bootstrap_use use;
  enum identity_form identity;
} ROWS[] = {
#define CHANNEL(id, name, kind, use, identity, help)                                               \
  [BOOTSTRAP_CHANNEL_##id] = {name, &ASSOCIATION_##kind, BOOTSTRAP_##use, identity},
#include "channels.def"
#undef CHANNEL
};

const char *bootstrap_channel_name(enum bootstrap_channel channel) {
  return ROWS[channel].name;
}

const struct association_kind *bootstrap_channel_kind(enum bootstrap_channel channel) {
  return ROWS[channel].kind;
}

bool bootstrap_channel_of(const struct association_kind *kind, enum bootstrap_channel *channel) {
  for (unsigned i = 0; i < BOOTSTRAP_CHANNEL_COUNT; i++)
    if (ROWS[i].kind == kind) {
      *channel = (enum bootstrap_channel)i;
      return true;
    }
  return false;
}

enum bootstrap_use bootstrap_channel_use(enum bootstrap_channel channel) {
  return ROWS[channel].use;
}

size_t bootstrap_channel_psk_length(enum bootstrap_channel channel) {
  return bootstrap_psk_length(ROWS[channel].use);
}

size_t bootstrap_channel_identity_length(enum bootstrap_channel channel) {
  return IDENTITIES[ROWS[channel].identity].length;
}

void bootstrap_channel_identity_write(enum bootstrap_channel channel,
                                      const uint8_t name[EMSK_NAME_LENGTH],
                                      uint8_t identity[BOOTSTRAP_CHANNEL_IDENTITY_MAX]) {
  IDENTITIES[ROWS[channel].identity].write(name, identity);
}

bool bootstrap_channel_identity_read(enum bootstrap_channel channel, const uint8_t *identity,
                                     size_t length, uint8_t name[EMSK_NAME_LENGTH]) {
  return IDENTITIES[ROWS[channel].identity].read(identity, length, name);
}
