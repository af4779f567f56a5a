/* Words for what has a name in specs and results, as people read them in tables and figures. */
#ifndef BENCH_REPORT_WORDS_H
#define BENCH_REPORT_WORDS_H

#include "scenario/plan.h"
#include "scenario/presentation.h"

/* "energy_peer_mj" of the unit mJ: "energy peer". To be freed, as all words here. */
char *words_name(const char *name, const char *unit);

/* The same with its unit: "energy peer (mJ)"; a ratio is in per cent: "frame loss (%)". */
char *words_title(const char *name, const char *unit);

/* The unit of what a column says; "" without one. */
const char *words_column_unit(const struct presentation_column *column);

/* What programs call a column of a table: "saving_share mean bytes_udp". */
char *words_column(const struct presentation_column *column);

/* The heading of such a column: "saving: mean bytes udp (%)"; of medians, where cells are `paired`,
 * "median of paired differences: time (ms)". A label of the column, or of its
 * measure, is taken in place of the words, not of the unit, unless it ends in ")". */
char *words_column_heading(const json_t *labels, const struct presentation_column *column,
                           bool paired);

/* A measure without its unit: its label, or "mean bytes udp". */
char *words_measure(const json_t *labels, const struct measure *measure);

/* A row or group of a ledger, or a name in a data sheet: its label, or its name with spaces. */
char *words_part(const json_t *labels, const char *name);

/* The heading of what is varied: its label, or "frame loss", with its unit. */
char *words_varied_heading(const json_t *labels, const struct schema *schema, const char *name);

/* The label of a value ("frame_loss 0.1" before "0.1"); NULL without one. */
const char *words_label(const json_t *labels, const char *name, const json_t *value);

/* A value below such a heading: its label, or the value; ratios in per cent, without the sign. */
char *words_varied_value(const json_t *labels, const struct schema *schema, const char *name,
                         const json_t *value);

/* A value that stands alone: its label, or "frame loss 10 %", "association dtls"; a case is its
 * name. */
char *words_value(const json_t *labels, const struct schema *schema, const char *name,
                  const json_t *value);

/* A cell by these columns: "wide, hops 3, frame loss 10 %"; "all runs" without columns. */
char *words_cell(const json_t *labels, const struct schema *schema, const struct plan *plan,
                 size_t cell, const json_t *columns);

#endif
