/* Figures as tables. */
#include "figures_words.h"
#include "support/grid.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is shown where not all is wanted: so many that differ, and so many in all. */
enum { DIFFERING_MOST = 30, ALL_MOST = 12, ONLY_MOST = 5 };

enum { PAGE_COLUMNS = 100 };

/* Columns of the table. */
enum { CELL, MEASURE, OF_A, OF_B, DIFFERENCE, CHANGE, CORRELATION, WIDTH, EFFECT, COLUMN_COUNT };

static const char *const HEADS[COLUMN_COUNT] = {"cell", "measure", "A",     "B",     "B - A [95 %]",
                                                "%",    "r",       "width", "effect"};

static bool is_share(const struct figures *figures, const struct figure *figure) {
  return strcmp(figures->measures->item[figure->measure].unit, "ratio") == 0;
}

/* A number in so many digits; one of thousands without a fraction. */
static void add_number(struct text *text, double number, int digits, bool sign) {
  char words[40];
  const bool large = fabs(number) >= 1000 && fabs(number) < 1e9;
  if (large)
    snprintf(words, sizeof words, "%.0f", number);
  else
    snprintf(words, sizeof words, "%.*g", digits, number);
  text_add(text, "%s%s", sign && number > 0 ? "+" : "", words);
}

/* A share in per cent. */
static void add_value(struct text *text, double value, bool share) {
  if (isnan(value)) {
    text_add(text, "-");
    return;
  }
  add_number(text, share ? 100 * value : value, 4, false);
  text_add(text, "%s", share ? " %" : "");
}

/* A difference with its interval; of shares in percentage points. */
static void add_difference(struct text *text, const struct figure *figure, bool share) {
  const struct estimate *difference = &figure->difference;
  const double scale = share ? 100 : 1;
  if (isnan(difference->value)) {
    text_add(text, "-");
    return;
  }
  if (figure->verdict == VERDICT_EQUAL) {
    text_add(text, "0 in all %zu", figure->pairs);
    return;
  }
  add_number(text, scale * difference->value, 3, true);
  text_add(text, "%s", share ? " pp" : "");
  if (difference->interval == INTERVAL_EQUAL) {
    text_add(text, figure->paired ? " [always]" : "");
  } else if (!isnan(difference->low)) {
    text_add(text, " [");
    add_number(text, scale * difference->low, 3, false);
    text_add(text, ", ");
    add_number(text, scale * difference->high, 3, false);
    text_add(text, "]");
  }
}

static void add_or_dash(struct text *text, double value, int decimals, bool sign) {
  if (isnan(value))
    text_add(text, "-");
  else
    text_add(text, "%s%.*f", sign && value > 0 ? "+" : "", decimals, value);
}

/* In per cent. */
static void add_change(struct text *text, const struct figure *figure) {
  const double change = figure->verdict == VERDICT_EQUAL ? 0 : 100 * figure->relative.value;
  if (isnan(change))
    text_add(text, "-");
  else
    add_number(text, change, 3, true);
}

static void put_figure(const struct figures *figures, const struct figure *figure,
                       struct grid *grid) {
  const size_t line = grid->lines;
  const bool share = is_share(figures, figure);
  struct text field[COLUMN_COUNT] = {0};
  text_add(&field[CELL], "%s", figures->cells->item[figure->cell].name);
  text_add(&field[MEASURE], "%s", figures->measures->words[figure->measure]);
  add_value(&field[OF_A], figure->value[SIDE_A].value, share);
  add_value(&field[OF_B], figure->value[SIDE_B].value, share);
  add_difference(&field[DIFFERENCE], figure, share);
  add_change(&field[CHANGE], figure);
  add_or_dash(&field[CORRELATION], figure->correlation, 2, false);
  add_or_dash(&field[WIDTH], figure->width, 2, false);
  add_or_dash(&field[EFFECT], figure->effect.value, 2, true);
  text_add(&field[EFFECT], "%s", figure_stands(figure) ? " *" : "");
  for (size_t i = 0; i < COLUMN_COUNT; i++)
    grid_put_text(grid, line, i, &field[i]);
}

/* Adds up to `most` of the figures from `*next` on that have one of the verdicts up to `last`, as a
 * table below a line of words. Marks their cells. */
static void add_group(const struct figures *figures, size_t *next, enum verdict last, size_t most,
                      const char *words, bool *shown, struct text *text) {
  struct grid grid = {.width = COLUMN_COUNT};
  const size_t begin = *next;
  for (size_t i = 0; i < COLUMN_COUNT; i++)
    grid_put(&grid, 0, i, HEADS[i]);
  for (; *next < figures->count && figures->item[*next].verdict <= last; ++*next) {
    if (*next - begin >= most)
      continue;
    put_figure(figures, &figures->item[*next], &grid);
    shown[figures->item[*next].cell] = true;
  }
  const size_t count = *next - begin;
  if (count > 0 && most > 0) {
    text_add(text, "\n%s:\n", words);
    grid_print(&grid, text);
  }
  if (most > 0 && count > most)
    text_add(text, "... and %zu more: --all shows them\n", count - most);
  grid_deinit(&grid);
}

static void add_groups(const struct figures *figures, bool all, bool *shown, struct text *text) {
  size_t next = 0;
  const size_t others = all || figures->count <= ALL_MOST ? SIZE_MAX : 0;
  add_group(figures, &next, VERDICT_SMALLER, all ? SIZE_MAX : DIFFERING_MOST,
            "B is larger (+) or smaller (-), the largest effect first", shown, text);
  for (int verdict = VERDICT_UNSHOWN; verdict < VERDICT_KINDS; verdict++)
    add_group(figures, &next, (enum verdict)verdict, others, verdict_words((enum verdict)verdict),
              shown, text);
}

static void add_names(const struct figures *figures, const bool *shown, struct text *text) {
  struct grid grid = {.width = 2, .wrap = PAGE_COLUMNS - 10};
  for (size_t i = 0; i < figures->cells->count; i++) {
    const struct cell_pair *pair = &figures->cells->item[i];
    if (!shown[i] || figures->cells->count == 1)
      continue;
    char *name = text_format("cell %s:", pair->name), *words = cell_words(pair->columns);
    const size_t line = grid.lines;
    grid_put(&grid, line, 0, name);
    grid_put(&grid, line, 1, words);
    free(name);
    free(words);
  }
  if (grid.lines > 0)
    text_add(text, "\n");
  grid_print(&grid, text);
  grid_deinit(&grid);
}

/* The first cells that one side alone has. */
static void add_only(const struct cell_pairs *cells, enum side side, const char *name,
                     struct text *text) {
  size_t count = 0;
  for (size_t i = 0; i < cells->count; i++) {
    if (!cell_pair_is_only(&cells->item[i], side) || count++ >= ONLY_MOST)
      continue;
    char *words = cell_words(cells->item[i].columns);
    text_add(text, "only in %s: %s\n", name, words);
    free(words);
  }
  if (count > ONLY_MOST)
    text_add(text, "only in %s: ... and %zu cell%s more\n", name, count - ONLY_MOST,
             text_plural(count - ONLY_MOST));
}

/* What the cells have in both, and in one side alone. */
static void add_cells(const struct cell_pairs *cells, struct text *text) {
  size_t only[SIDE_COUNT] = {0}, left[SIDE_COUNT] = {0}, partners = 0, apart = 0, both = 0;
  for (size_t i = 0; i < cells->count; i++) {
    const struct cell_pair *pair = &cells->item[i];
    const bool one = cell_pair_is_only(pair, SIDE_A) || cell_pair_is_only(pair, SIDE_B);
    both += !one;
    apart += !one && pair->apart;
    for (int side = 0; side < SIDE_COUNT; side++) {
      only[side] += cell_pair_is_only(pair, (enum side)side);
      left[side] += one || pair->apart ? 0 : pair->count[side] - pair->partners;
    }
    partners += one || pair->apart ? 0 : pair->partners;
  }
  text_add(text,
           "%zu cell%s in both, %zu only in A, %zu only in B; %zu pair%s of runs of equal seed\n",
           both, text_plural(both), only[SIDE_A], only[SIDE_B], partners, text_plural(partners));
  if (left[SIDE_A] + left[SIDE_B] > 0)
    text_add(text, "runs without a partner of equal seed in these: %zu of A, %zu of B\n",
             left[SIDE_A], left[SIDE_B]);
  if (apart > 0)
    text_add(text, "in %zu cell%s few runs have a partner: they are compared as two samples\n",
             apart, text_plural(apart));
  add_only(cells, SIDE_A, "A", text);
  add_only(cells, SIDE_B, "B", text);
}

/* What the columns of the table are. */
static void add_notes(const struct figures *figures, struct text *text) {
  struct text notes = {0};
  text_add(&notes,
           "A, B: of all runs of the cell. B - A: of pairs of equal seeds, with its interval of 95 "
           "%%; [always]: the same in every pair. r: correlation of pairs. width: of the interval, "
           "to that without pairing. effect: h of shares, d_z of means of pairs (g of two "
           "samples), delta of quantiles.");
  if (figures->intervals > 0)
    text_add(&notes,
             "\n%zu of %zu interval%s not have 0 in %s; about %.2g would not by chance alone. "
             "*: %zu figure%s by Holm's adjustment, too.",
             figures->miss, figures->intervals,
             figures->intervals == 1 ? " does"
             : figures->miss == 1    ? "s does"
                                     : "s do",
             figures->miss == 1 ? "it" : "them", 0.05 * (double)figures->intervals, figures->stand,
             figures->stand == 1 ? " differs" : "s differ");
  text_add(text, "\n");
  text_wrap(text, text_string(&notes), PAGE_COLUMNS);
  text_deinit(&notes);
}

static void add_summary(const struct figures *figures, struct text *text) {
  text_add(text, "\n%zu figure%s:", figures->count, text_plural(figures->count));
  const char *separator = " ";
  for (int i = 0; i < VERDICT_KINDS; i++) {
    if (figures->of[i] == 0)
      continue;
    text_add(text, "%s%zu %s", separator, figures->of[i], verdict_words((enum verdict)i));
    separator = ", ";
  }
  text_add(text, "\n");
}

void figures_add(const struct figures *figures, bool all, struct text *text) {
  bool *shown = memory_get(figures->cells->count, sizeof *shown);
  add_cells(figures->cells, text);
  add_groups(figures, all, shown, text);
  bool any = false;
  for (size_t i = 0; i < figures->cells->count; i++)
    any = any || shown[i];
  if (any) {
    add_names(figures, shown, text);
    add_notes(figures, text);
  }
  add_summary(figures, text);
  free(shown);
}

void figures_add_sentence(const struct figures *figures, const struct figure *figure,
                          struct text *text) {
  const struct cell_pair *pair = &figures->cells->item[figure->cell];
  const bool share = is_share(figures, figure);
  char *cell = cell_words(pair->columns);
  text_add(text, "cell %s (%s): %s from ", pair->name, cell,
           figures->measures->words[figure->measure]);
  add_value(text, figure->value[SIDE_A].value, share);
  text_add(text, " to ");
  add_value(text, figure->value[SIDE_B].value, share);
  text_add(text, ", by ");
  add_difference(text, figure, share);
  if (!isnan(figure->relative.value)) {
    text_add(text, ", ");
    add_change(text, figure);
    text_add(text, " %%");
  }
  free(cell);
}
