/* Which kind of association, and what can be chosen of it. */
#include "channel.h"

#include <assert.h>

static size_t channel_place(enum bootstrap_channel channel) {
  const struct option_row *row = &ASSOCIATION_OPTIONS.rows[0];
  struct option_values values = {.count = 0};
  size_t place = 0;
  for (; row->values[place] != NULL; place++) {
    option_set(&values, row, (double)place);
    if (association_kind_is_session(association_kind_of(&values)))
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
