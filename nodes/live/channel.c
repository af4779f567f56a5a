/* Which kind of association, and what can be chosen of it. */
#include "channel.h"

#include <assert.h>

static size_t channel_place(void) {
  const struct option_row *row = &ASSOCIATION_OPTIONS.rows[0];
  struct option_values values = {.count = 0};
  size_t place = 0;
  for (; row->values[place] != NULL; place++) {
    option_set(&values, row, (double)place);
    if (association_kind_has_port(association_kind_of(&values)))
      break;
  }
  assert(row->values[place] != NULL);
  return place;
}

const struct association_kind *channel_choose(const struct option_values *given,
                                              struct option_values *channel) {
  *channel = *given;
  option_set(channel, &ASSOCIATION_OPTIONS.rows[0], (double)channel_place());
  return association_kind_of(channel);
}

static bool table_has(const struct option_table *table, const struct option_row *option) {
  for (size_t i = 0; table != NULL && i < table->count; i++)
    if (&table->rows[i] == option)
      return true;
  return false;
}

bool channel_has_option(const struct option_row *option) {
  return table_has(&COAP_OPTIONS, option) ||
         table_has(association_kind_options(channel_place()), option);
}
