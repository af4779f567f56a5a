/* What a scenario makes of its runs: the sections tables, figures, expect and compare. In
 * command/topics/ tables.txt, figures.txt, expect.txt and published.txt say how they are written
 * (coap-eap-bench help). */
#ifndef BENCH_SCENARIO_PRESENTATION_H
#define BENCH_SCENARIO_PRESENTATION_H

#include "claim.h"

struct scenario;

enum {
  PRESENTATION_Y_MAX = 2,
  PRESENTATION_SAVINGS_MAX = 4,
  PRESENTATION_ABOVE_MAX = 3,
  PRESENTATION_SERIES_MAX = 8, /* line styles that differ in hue, lightness, mark and dash */
  PRESENTATION_PANELS_MAX = 12,
  PRESENTATION_STACK_MAX = 20, /* fills that style.gp tells apart */
  PRESENTATION_HEAT_MAX = 60,  /* rows and columns of a heat map */
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
  char *x; /* column of bands and heat maps */
  char *x_title;
  char *of;                                   /* metric of cdf, ledger of stack, what progresses */
  struct measure y[PRESENTATION_SAVINGS_MAX]; /* of bands: PRESENTATION_Y_MAX at most */
  size_t y_count;
  struct measure
      above[PRESENTATION_ABOVE_MAX]; /* ratios above bands, below the cells of heat maps */
  size_t above_count;
  char *panels;     /* the column that splits panels; NULL without */
  json_t *series;   /* array of columns; of a stack: the bars, of savings and heat maps: the rows */
  json_t *labels;   /* printed value: words */
  json_t *parts;    /* of a stack: the words for each metric that it may stack */
  const char *unit; /* of these; lives as that of a measure */
  json_t *against;  /* of savings, bands and heat maps; NULL without a baseline */
  enum presentation_kind kind; /* of bands and heat maps with a baseline */
  json_t *where;
  double limits[2]; /* of the colours of heat maps; both NaN: those of what there is */
  bool logarithmic; /* the axis of the measure, or its colours */
  bool log_x;       /* that of bands */
  bool crossings;
  bool shares; /* of stack */
  /* What of `of` is drawn, and belongs to what a campaign shows (cells.csv): */
  bool of_percent;   /* OF_ms, by percent */
  bool of_quantiles; /* the metric's distribution */
};

/* Bounds of a column, or a claim. */
struct presentation_expectation {
  struct presentation_place at;
  struct claim *claim; /* NULL of bounds; if not, it has none of column, against and bounds */
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
