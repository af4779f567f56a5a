/* What a scenario makes of its runs.
 *
 *   tables:
 *     - {name, title?, columns: [measures], against?, side_by_side?, labels?, where?}
 *                                                        a line for each cell. `against: {column:
 *        value}` names the baseline of each cell: the cell that has these values, and its own in
 *        all other columns; then a column may also be {saving: measure}, {saving_share: ...} (of
 *        the baseline), {difference: ...} or {ratio: ...}, a mean or median of pairs of equal
 *        seeds (paired.h). `side_by_side: true` makes a line for each measure, a column for each
 *        cell, and behind each but the baseline difference and ratio. `blank: words` stands where a
 *        cell has no such figure (if left out -). `labels` also names columns and measures. With `among: column`, a column may be {rank:
 *        measure}: the place of a cell among those that differ in that column only, 1 the least
 *     - {name, title?, ledger: ledger_peer_link, labels?, where?} a line for each row of the ledger (mean
 *                                                        bytes given success), a column a cell
 *     - {name, title?, sheets: [files], labels?}                the figures of data sheets beside the
 * scenario (scenarios/platforms/README.md), each with its source, or that it is assumed figures:
 *     - {name, type: bands, title, x: column, y: [one or two measures], x_title?, series?: column
 *        or [columns], panels?: column, above?: [success, retransmission_share], log_x?, log_y?,
 *        crossings?, against?, as?, labels?, where?}; of `above`, success is drawn only where
 *        something fails; a second measure whose intervals lie over each other is drawn as points
 *        with these; `against` draws how pairs compare with the baseline: `as:
 * difference` (if left out), saving, saving_share or ratio; on a logarithmic x, 0 stands left of
 * the smallest value; `crossings: true` says where lines cross
 *     - {name, type: savings, title, of: [up to four measures], against, rows: one or two columns,
 *        labels?, where?}    the share that each row saves of each measure, in bars; `labels` also
 *        names the measures
 *     - {name, type: cdf, title, of: metric, x_title?, series?, panels?, log_x?, labels?, where?}
 *     - {name, type: progress, title, of: NAME, x_title?, series?, panels?, log_x?, labels?,
 * where?} which share is done over time, as results say it: NAME_ms has the time by percent,
 * NAME_ratio the share that is done in the end (of: joined). Failed runs count with what they have
 *     - {name, type: stack, title?, of: ledger key, x_title?, bars?: one or two columns, panels?,
 * by?: group or family, groups?: {words: [rows, groups or families]}, shares?, labels?, where?}
 * what is stacked are groups of the ledger's rows, or families of groups; `groups` puts together
 *        what it names instead. Or, in place of `of`, parts: {words: metric or [metrics]}: any of
 *        one unit, in this order. A part that the runs of a bar have no figure of is marked there
 *        as not modelled. `shares: true` draws shares of each bar's sum, which stands at its end
 *   compare:
 *     - {name, title?, file, column, unit?, scale?, where?, rows}   our figures beside published
 *       ones: `file` is a CSV file beside the scenario, whose first column names its rows; `column`
 *       is theirs, times `scale`; `where` leaves one cell. rows: {NAME: {row?, column?, ours?,
 *       why}}: `row` of theirs (the name, if left out; `theirs: none`: nobody has published it),
 *       and `ours`: a measure, or a list of means and numbers, which are added (-mean ... is
 *       subtracted). `without`, in place of `ours`, takes such a list off theirs: what is left of
 *       it. `why` says in words why they differ, or why one is missing; or it is {reason: number},
 *       and then the numbers have to add up to the difference
 *   expect:
 *     - {metric: measure, at_least?: number, at_most?: number, against?, as?, where?}   for every
 *       cell. With `against`, for how each pairs with its baseline, as in bands: `as: difference`
 * (if left out), saving, saving_share or ratio; shares are of 1, not of 100. Those that are the
 *       baseline are left out; one that has none violates it. So does an expectation without a cell
 *
 * A ratio, a share and a loss are from 0 to 1 here, in specs and in all files of data (CSV, .tsv,
 * the store); in what people read (printed tables, figures, the page) they are in per cent.
 *
 * `panels: column` gives each of its values (at most 12) a panel of its own, with the same axes and
 * one legend. Lines of a figure are at most 8.
 * `where: {column: value or [values]}` takes those cells only; `labels: {value: words}` says what
 * to write for a value: {"0.1": some loss}, or that of one column {frame_loss 0.1: some loss}. In
 * tables it may also name a column {frame_loss: loss of frames}, a measure {median time_ms: time
 * until the key} wherever it is, a column that compares {saving mean bytes_air: octets saved}, and
 * rows and groups of a ledger or names in a data sheet. Units are added, but to words that end in
 * ")". What has no label is written in words: median time_ms as median time (ms). */
#ifndef BENCH_SCENARIO_PRESENTATION_H
#define BENCH_SCENARIO_PRESENTATION_H

#include "measure.h"
#include "support/yaml_file.h"

struct scenario;

enum {
  PRESENTATION_Y_MAX = 2,
  PRESENTATION_SAVINGS_MAX = 4,
  PRESENTATION_ABOVE_MAX = 3,
  PRESENTATION_SERIES_MAX = 8, /* line styles that differ in hue, lightness, mark and dash */
  PRESENTATION_PANELS_MAX = 12,
  PRESENTATION_STACK_MAX = 20, /* fills that style.gp tells apart */
};

/* What a column says of a cell: a measure, or how it compares with the baseline's. */
enum presentation_kind {
  COLUMN_VALUE,
  COLUMN_SAVING,       /* baseline - own */
  COLUMN_SAVING_SHARE, /* of the baseline */
  COLUMN_DIFFERENCE,   /* own - baseline */
  COLUMN_RATIO,        /* own / baseline */
  COLUMN_RANK,         /* its place among cells that differ in one column; without a baseline */
};

struct presentation_column {
  enum presentation_kind kind;
  struct measure measure;
};

/* A figure of a data sheet. */
struct presentation_sheet_figure {
  char *sheet, *name, *value, *source, *assumption; /* "" where there is none */
};

/* Where the scenario has a table, figure, expectation or comparison. */
struct presentation_place {
  struct yaml_file *file;
  yaml_node_t *item;
  bool good; /* nothing in it was complained about; what was is NULL or empty */
};

struct presentation_table {
  struct presentation_place at;
  char *name;
  char *title;
  char *ledger;                             /* result key, or NULL */
  struct presentation_sheet_figure *figure; /* of data sheets; then it has no cells */
  size_t figure_count;
  char *blank; /* what stands where a cell has no such figure */
  struct presentation_column *column;
  size_t column_count;
  json_t *labels;  /* value, column, measure, row of a ledger: words */
  json_t *against; /* column: [value]; NULL without a baseline */
  char *among;     /* the column that tells those apart whom a rank is among; NULL */
  bool side_by_side;
  json_t *where;
};

enum presentation_figure_type {
#define FIGURE(id, name) FIGURE_##id,
#include "figures.def"
#undef FIGURE
  PRESENTATION_FIGURE_TYPES
};

struct presentation_figure {
  struct presentation_place at;
  enum presentation_figure_type type;
  char *name;
  char *title;
  char *x; /* column of bands */
  char *x_title;
  char *of;                                   /* metric of cdf, ledger of stack, what progresses */
  struct measure y[PRESENTATION_SAVINGS_MAX]; /* of bands: PRESENTATION_Y_MAX at most */
  size_t y_count;
  struct measure above[PRESENTATION_ABOVE_MAX];
  size_t above_count;
  char *panels;                /* the column that splits panels; NULL without */
  json_t *series;              /* array of columns; of a stack: the bars, of savings: the rows */
  json_t *labels;              /* printed value: words */
  json_t *parts;               /* of a stack: the words for each metric that it may stack */
  const char *unit;            /* of these; lives as that of a measure */
  json_t *against;             /* of savings and bands; NULL without a baseline */
  enum presentation_kind kind; /* of bands with a baseline */
  json_t *where;
  bool logarithmic; /* the axis of the measure */
  bool log_x;       /* that of bands */
  bool crossings;
  bool shares; /* of stack */
  /* What of `of` is drawn, and belongs to what a campaign shows (cells.csv): */
  bool of_percent;   /* OF_ms, by percent */
  bool of_quantiles; /* the metric's distribution */
};

struct presentation_expectation {
  struct presentation_place at;
  struct presentation_column column; /* its kind is COLUMN_VALUE without a baseline */
  json_t *against;                   /* NULL without a baseline */
  double at_least;                   /* NaN if not given */
  double at_most;
  json_t *where;
  char *place; /* "loss.yaml:30" */
};

/* A number, or with a metric a measure times that number. */
struct presentation_term {
  double factor;
  struct measure measure;
};

struct presentation_comparison_row {
  char *name;
  double theirs;                  /* NaN if they have none */
  struct presentation_term *term; /* ours is their sum */
  size_t term_count;              /* 0: we have none */
  bool is_rest;                   /* their sum is taken off `theirs`, which is what is shown */
  char *why;
  double explained; /* what the reasons add up to; NaN if they are words alone */
  char *place;      /* "published.yaml:30" */
};

struct presentation_comparison {
  struct presentation_place at;
  char *name;
  char *title;
  char *unit;
  char *source; /* the comment at the head of the file */
  struct presentation_comparison_row *row;
  size_t row_count;
  json_t *where;
};

struct presentation {
  struct presentation_table *table;
  size_t table_count;
  struct presentation_figure *figure;
  size_t figure_count;
  struct presentation_expectation *expectation;
  size_t expectation_count;
  struct presentation_comparison *comparison;
  size_t comparison_count;
};

/* Reads the sections. -1 with a complaint; deinit in any case. */
int presentation_read_tables(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                             const struct schema *schema, struct complaints *error);
int presentation_read_figures(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                              const struct schema *schema, struct complaints *error);
int presentation_read_expectations(struct scenario *scenario, struct yaml_file *file,
                                   yaml_node_t *node, const struct schema *schema,
                                   struct complaints *error);
int presentation_read_comparisons(struct scenario *scenario, struct yaml_file *file,
                                  yaml_node_t *node, const struct schema *schema,
                                  struct complaints *error);
/* The key of a column of this kind: "saving_share"; "" of COLUMN_VALUE. */
const char *presentation_column_key(enum presentation_kind kind);

void presentation_deinit(struct presentation *presentation);

#endif
