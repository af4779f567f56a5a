/* What each octet of one run was for, message by message, and what its time and energy went to. */
#ifndef BENCH_SHOW_WATERFALL_H
#define BENCH_SHOW_WATERFALL_H

#include "simulator/schema.h"

/* Adds a table: a line for each row of the ledger, a column for each message. */
void waterfall_print_rows(const struct schema *schema, const json_t *result, struct text *text);

/* Adds a bar of letters for each message, a letter for each part of the ledger. */
void waterfall_print_bars(const struct schema *schema, const json_t *result, struct text *text);

/* Adds what the same messages weigh as UDP payload, as plain IPv6, and on air. */
void waterfall_print_plain(const json_t *result, struct text *text);

/* Adds the phases of the authentication, and the peer's radio energy by cause. */
void waterfall_print_cost(const struct schema *schema, const json_t *result, struct text *text);

#endif
