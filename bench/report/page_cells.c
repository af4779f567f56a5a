/* Runs of each cell, and the commands that show them. */
#include "page_cells.h"
#include "show_command.h"
#include "store/noted.h"
#include "support/markup.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>

enum { SEEDS_SHOWN = 5 };

static const char METRIC[] = "time_ms"; /* what `show` goes by */

/* The noted numbers by columns in canonical form. */
static json_t *read_numbers(struct store *store) {
  json_t *numbers = json_object();
  struct noted noted;
  struct text ignored = {0};
  noted_init(&noted, store, &ignored);
  for (size_t i = 0; i < noted.count; i++) {
    char *columns = value_canonical(noted.cell[i].columns);
    json_object_set_new(numbers, columns, json_integer(noted.cell[i].number));
    free(columns);
  }
  noted_deinit(&noted);
  text_deinit(&ignored);
  return numbers;
}

void page_cells_init(struct page_cells *cells, const struct plan *plan, struct store *store) {
  json_t *numbers = read_numbers(store);
  *cells = (struct page_cells){.cell = memory_get(plan->measured_count, sizeof *cells->cell),
                               .count = plan->measured_count};
  for (size_t i = 0; i < cells->count; i++) {
    char *columns = value_canonical(plan->cell[i].columns);
    const json_t *number = json_object_get(numbers, columns);
    cells->cell[i].number = number == NULL ? -1 : json_integer_value(number);
    free(columns);
  }
  json_decref(numbers);
}

void page_cells_deinit(struct page_cells *cells) {
  for (size_t i = 0; i < cells->count; i++)
    text_deinit(&cells->cell[i].tables);
  free(cells->cell);
  *cells = (struct page_cells){0};
}

char *page_cells_link(struct page_cells *cells, const struct plan *plan, size_t cell,
                      size_t table) {
  const size_t index = plan->cell[cell].computed == NULL ? cell : plan->cell[cell].source;
  struct page_cell *shown = &cells->cell[index];
  if (shown->table != table) {
    text_add(&shown->tables, "%s<a href=\"#table-%zu\">%zu</a>",
             shown->tables.length == 0 ? "" : " ", table, table);
    shown->table = table;
  }
  return text_format("cell-%zu", index);
}

/* How the runs of a cell ended. */
struct cell_tally {
  size_t not_run, failed, shown; /* `shown`: `show` finds one in the middle among these */
  size_t repeated, told;         /* with retransmissions, of those that say it */
  const struct dataset_run *bad; /* the first that failed, or else that was not run; or NULL */
  struct text seeds;             /* of those that failed, but for many */
};

static void tally_failed(const struct dataset_run *run, struct cell_tally *tally) {
  if (tally->failed < SEEDS_SHOWN)
    text_add(&tally->seeds, "%s%lld", tally->failed == 0 ? "" : ", ", run->seed);
  else if (tally->failed == SEEDS_SHOWN)
    text_add(&tally->seeds, ", …");
  tally->failed++;
}

static void tally_run(const struct dataset *dataset, const struct dataset_run *run,
                      struct cell_tally *tally) {
  const double repeated = dataset_share_of(dataset, run, MEASURE_RETRANSMISSION);
  const size_t metric = dataset_metric(dataset, METRIC);
  tally->told += isnan(repeated) ? 0 : 1;
  tally->repeated += repeated > 0;
  tally->shown += run->established && metric < dataset->metric_count && !isnan(run->number[metric]);
  if (run->measures && !run->established && tally->failed == 0)
    tally->bad = run;
  if (!run->measures && tally->bad == NULL)
    tally->bad = run;
  tally->not_run += !run->measures;
  if (run->measures && !run->established)
    tally_failed(run, tally);
}

static struct cell_tally tally_cell(const struct dataset *dataset, size_t cell) {
  struct cell_tally tally = {0};
  for (size_t i = 0; i < dataset->cell[cell].run_count; i++)
    tally_run(dataset, &dataset->cell[cell].run[i], &tally);
  return tally;
}

static const char *const HEADINGS[] = {
    "cell", "what it is", "runs", "failed", "with retransmissions", "tables", "commands"};

enum { CELL, WHAT, RUNS, FAILED, REPEATED, TABLES, COMMANDS };

static void begin_field(struct text *html, int column) {
  const bool number = column == CELL || column == RUNS;
  text_add(html, "<td%s data-label=\"%s\"><span>", number ? " class=\"number\"" : "",
           HEADINGS[column]);
}

static void end_field(struct text *html) {
  text_add(html, "</span></td>");
}

static void cell_add_words(struct text *html, int column, const char *words) {
  begin_field(html, column);
  markup_add(html, words);
  end_field(html);
}

/* "30", "28 of 30" */
static void cell_add_runs(struct text *html, const struct dataset_cell *cell) {
  begin_field(html, RUNS);
  text_add(html, "%zu", cell->run_count);
  if (cell->run_count < cell->planned)
    text_add(html, " of %zu", cell->planned);
  end_field(html);
}

/* "none", "2: seeds 3, 17", "none, 1 crashed, hung or refused" */
static void cell_add_failed(struct text *html, const struct cell_tally *tally) {
  begin_field(html, FAILED);
  if (tally->failed == 0)
    text_add(html, "none");
  else
    text_add(html, "%zu: seed%s %s", tally->failed, tally->failed == 1 ? "" : "s",
             text_string(&tally->seeds));
  if (tally->not_run > 0)
    text_add(html, ", %zu crashed, hung or refused", tally->not_run);
  end_field(html);
}

static void cell_add_repeated(struct text *html, const struct cell_tally *tally) {
  begin_field(html, REPEATED);
  if (tally->told > 0)
    text_add(html, "%zu (%.0f %%)", tally->repeated,
             100 * (double)tally->repeated / (double)tally->told);
  end_field(html);
}

static void cell_add_commands(struct text *html, const struct show_command *from,
                              const struct cell_tally *tally, long long number) {
  struct text commands = {0};
  if (number >= 0 && tally->shown > 0) {
    show_command_cell(&commands, from, "--median", number);
    text_add(&commands, "\n");
    show_command_cell(&commands, from, "--slowest", number);
  }
  if (number >= 0 && tally->bad != NULL) {
    text_add(&commands, "%s", commands.length == 0 ? "" : "\n");
    show_command_run(&commands, from, number, tally->bad->seed, tally->bad->key);
  }
  text_add(html, "<td data-label=\"%s\">", HEADINGS[COMMANDS]);
  if (commands.length > 0) {
    text_add(html, "<pre>\n");
    markup_add(html, commands.data);
    text_add(html, "\n</pre>");
  }
  text_add(html, "</td>");
  text_deinit(&commands);
}

static void cell_add_row(const struct page_cells *cells, const struct dataset *dataset, size_t cell,
                         const struct show_command *from, struct text *html) {
  const struct page_cell *shown = &cells->cell[cell];
  struct cell_tally tally = tally_cell(dataset, cell);
  char *number = text_format("%zu", cell);
  char *words = plan_cell_title(dataset->plan, cell, NULL, dataset->schema);
  text_add(html, "<tr id=\"cell-%zu\">", cell);
  cell_add_words(html, CELL, number);
  cell_add_words(html, WHAT, words);
  cell_add_runs(html, &dataset->cell[cell]);
  cell_add_failed(html, &tally);
  cell_add_repeated(html, &tally);
  begin_field(html, TABLES);
  text_add(html, "%s", text_string(&shown->tables));
  end_field(html);
  cell_add_commands(html, from, &tally, shown->number);
  text_add(html, "</tr>\n");
  text_deinit(&tally.seeds);
  free(number);
  free(words);
}

static bool all_are_noted(const struct page_cells *cells) {
  bool all = true;
  for (size_t i = 0; i < cells->count; i++)
    all = all && cells->cell[i].number >= 0;
  return all;
}

void page_cells_add(const struct page_cells *cells, const struct dataset *dataset,
                    const char *folder, struct text *html) {
  struct show_command from = show_command_from(folder);
  text_add(html,
           "<section id=\"" PAGE_CELLS_ID "\">\n<h2>Runs of each cell</h2>\n"
           "<p>A command makes a run again and shows its messages, octets, times and energies: the "
           "run in the middle of the cell by <code>%s</code>, the slowest, and the first that "
           "failed. <code>--by</code> takes another number, <code>--svg FILE</code> draws the "
           "messages.</p>\n",
           METRIC);
  if (!all_are_noted(cells))
    text_add(html, "<p class=\"violated\">Cells without commands are not in the plan that "
                   "<code>run</code> has noted last: it notes them.</p>\n");
  text_add(html, "<div class=\"scrolled\">\n<table class=\"runs\">\n<thead><tr>");
  for (size_t i = 0; i < sizeof HEADINGS / sizeof HEADINGS[0]; i++)
    text_add(html, "<th scope=\"col\">%s</th>", HEADINGS[i]);
  text_add(html, "</tr></thead>\n<tbody>\n");
  for (size_t i = 0; i < cells->count; i++)
    cell_add_row(cells, dataset, i, &from, html);
  text_add(html, "</tbody>\n</table>\n</div>\n</section>\n");
  show_command_deinit(&from);
}
