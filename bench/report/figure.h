/* Figures of a scenario, drawn by gnuplot as SVG, PNG, PDF and EPS. For each: figures/<name>.tsv
 * (what is drawn), <name>.gp (names, places, scales and look: it draws them again from the data
 * beside it, and needs nothing else), <name>.svg, <name>.png, <name>.pdf and <name>.eps.
 * The last two have their fonts inside, and are as wide as a column of a paper, or three times that
 * if they have hatches. EPS has pale bands, where the others' are transparent. */
#ifndef BENCH_REPORT_FIGURE_H
#define BENCH_REPORT_FIGURE_H

#include "store/dataset.h"
#include "support/layout.h"

struct figure {
  const struct dataset *dataset;
  const struct presentation_figure *plan;
  const char *folder;     /* of the campaign */
  const char *look;       /* folder of style.gp and of a script for each type */
  const char *provenance; /* the line at the bottom */
};

/* Draws it; 0 also if there is nothing to draw yet, which `drawn` and `notes` say. -1 with an
 * error. */
int figure_draw(const struct figure *figure, bool *drawn, struct text *notes, struct text *error);

/* The folder of the looks, of figures and page: in the source tree, or beside our executable. NULL
 * with an error. To be freed. */
char *figure_look_find(struct text *error);

/* What the types of figures share. */

/* Cells that are told apart by some columns: a line, a curve, a bar; of one panel. */
struct figure_series {
  char *name;  /* in words */
  char *outer; /* words of the first column only, where there are two */
  char *inner; /* words of the others */
  size_t *cell;
  size_t count; /* 0: the panel has none of it */
  size_t panel;
};

/* Panel by panel the same series. */
struct figure_series_list {
  struct figure_series *item;
  size_t count; /* of all: panels times series */
  size_t series_count;
  char **panel; /* in words; one of "" without `panels` */
  size_t panel_count;
};

/* Cells with runs that the figure takes, split by its columns (by all that vary, but `x` and what
 * splits panels, if it names none). Inside a series cells differ in `x` only (not at all if it is
 * NULL). -1 with an error. */
int figure_series_init(struct figure_series_list *list, const struct figure *figure, const char *x,
                       struct text *error);
/* Leaves one out; what was told of series by panel does not hold any more. */
void figure_series_drop(struct figure_series_list *list, size_t index);
void figure_series_deinit(struct figure_series_list *list);

/* A column's value in words: as the labels of the figure have it, or "hops 3", "bit". To be freed.
 */
char *figure_value_words(const struct figure *figure, const char *column, const json_t *value);

/* What a time or energy leaves out in its cells (modelled.h); "" of another metric. To be freed. */
char *figure_modelled_words(const struct figure *figure, const struct figure_series_list *list,
                            const char *metric, const char *unit);

/* What a share of runs says if it is so in every cell, in words: "all authentications succeed", "no
 * message is repeated"; NULL if it is not. */
const char *figure_always_words(const struct figure *figure, const struct figure_series_list *list,
                                const struct measure *share);

/* The baseline in words. To be freed. */
char *figure_baseline_words(const struct figure *figure);

/* Begins the data of a series as a block of its own, under "# panel, series" and `behind`. */
void figure_add_block(struct text *data, const struct figure_series_list *list, size_t index,
                      const char *behind);

/* Adds a name as a field of the data: in double quotes, as one line without tabs and such quotes.
 */
void figure_add_field(struct text *data, const char *name);

/* Three ways to write into the .gp file: a string, an array of strings, an array of numbers. */
void figure_add_string(struct text *script, const char *name, const char *value);
void figure_add_strings(struct text *script, const char *name, const char *const *value,
                        size_t count);
void figure_add_numbers(struct text *script, const char *name, const double *value, size_t count);

/* "frame loss (%)": a spec key or result as the title of an axis, with its unit, unless the ticks
 * show that (ms) or it has none. */
char *figure_axis_title(const char *name, const char *unit);

/* Writes script and data. -1 with an error. */
int figure_write(const struct figure *figure, const char *type, double height,
                 const struct text *script, const struct text *data, struct text *error);

/* A type of figure (scenario/figures.def). */
struct figure_kind {
  /* Writes script and data. */
  int (*write)(const struct figure *figure, struct figure_series_list *list, struct text *error);
  const char *explanation; /* of what is drawn, a sentence */
  bool groups;             /* series with equal words in the first column stand together */
};

#define FIGURE(id, name) extern const struct figure_kind FIGURE_KIND_##id;
#include "scenario/figures.def"
#undef FIGURE

/* What a figure of this type shows, a sentence. */
const char *figure_explain(enum presentation_figure_type type);

#endif
