/* Which kind of association, and what can be chosen of it. */
#include "channel.h"

#include <assert.h>

static size_t channel_place(enum bootstrap_channel channel) {
  const struct option_row *row = &ASSOCIATION_OPTIONS.rows[0];
  struct option_values values = {.count = 0};
  size_t place = 0;
  for (; row->values[place] != NULL; place++) {
    option_set(&values, row, (double)place);
    if (association_kind_of(&values) == bootstrap_channel_kind(channel))
      break;
  }
  assert(row->values[place] != NULL);
  return place;
}

void channel_choose(const struct option_values *given, enum bootstrap_channel channel,
                    struct option_values *chosen) {
  *chosen = *given;
  option_set(chosen, &ASSOCIATION_OPTIONS.rows[0], (double)channel_place(channel));
}

bool channel_is_possible(enum bootstrap_channel channel) {
  const struct association_kind *kind = bootstrap_channel_kind(channel);
  return association_kind_carrier(kind) == NODE_UDP && association_kind_port(kind) == 0;
}

const char *channel_fault(enum bootstrap_channel channel, const bool pulls[BOOTSTRAP_PULL_COUNT],
                          const struct party_keys *keys) {
  for (unsigned i = 0; i < BOOTSTRAP_PULL_COUNT; i++)
    if (pulls[i] && !bootstrap_pull_goes_with((enum bootstrap_pull)i, channel))
      return "--pull: psk-identity goes with --secure dtls, ikev2-idi with --secure ikev2-udp";
  return party_keys_fit(keys, channel)
             ? NULL
             : "--key has 32 digits with --secure dtls, and 64 with --secure ikev2-udp";
}

static bool table_has(const struct option_table *table, const struct option_row *option) {
  for (size_t i = 0; table != NULL && i < table->count; i++)
    if (&table->rows[i] == option)
      return true;
  return false;
}

bool channel_has_option(const struct option_row *option) {
  bool has = table_has(&COAP_OPTIONS, option);
  for (unsigned i = 0; i < BOOTSTRAP_CHANNEL_COUNT; i++)
    has = has ||
          table_has(association_kind_options(channel_place((enum bootstrap_channel)i)), option);
  return has;
}
