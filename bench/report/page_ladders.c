/* Ladders as figures of the page. */
#include "page_ladders.h"
#include "show_command.h"
#include "store/drawn.h"
#include "support/markup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A run that has a ladder, where it is in the dataset. */
struct ladder_place {
  size_t cell;
  const struct dataset_run *run; /* NULL: it is not there */
};

/* What is common to all ladders of a page. */
struct ladder_page {
  const struct page_cells *cells;
  const struct dataset *dataset;
  const char *folder;
  struct show_command from;
};

static struct ladder_place find_run(const struct dataset *dataset, const char *key) {
  for (size_t i = 0; i < dataset->plan->measured_count; i++)
    for (size_t j = 0; j < dataset->cell[i].run_count; j++)
      if (strcmp(dataset->cell[i].run[j].key, key) == 0)
        return (struct ladder_place){i, &dataset->cell[i].run[j]};
  return (struct ladder_place){0, NULL};
}

/* "build/coap-eap-bench show loss/3/7 --peer 2" */
static void ladder_add_command(const struct ladder_page *page, const struct drawn_ladder *ladder,
                               const struct ladder_place *place, struct text *html) {
  const long long number = page->cells->cell[place->cell].number;
  struct text command = {0};
  if (number < 0)
    return;
  show_command_run(&command, &page->from, number, place->run->seed, ladder->key);
  if (ladder->sheets > 0 && ladder->peers > 1 && ladder->peer > 0)
    text_add(&command, " --peer %zu", ladder->peer);
  else if (ladder->sheets > 0 && ladder->peers > 1)
    text_add(&command, " --peer all");
  text_add(html, "<pre>\n");
  markup_add(html, command.data);
  text_add(html, "\n</pre>\n");
  text_deinit(&command);
}

/* "Cell 3 (hops 3, frame_loss 10 %), seed 7: established, 118.2 ms." */
static void ladder_add_run(const struct ladder_page *page, const struct ladder_place *place,
                           struct text *html) {
  const struct dataset *dataset = page->dataset;
  const size_t metric = dataset_metric(dataset, "time_ms");
  const double time = metric < dataset->metric_count ? place->run->number[metric] : NAN;
  char *words = plan_cell_title(dataset->plan, place->cell, NULL, dataset->schema);
  text_add(html, "<a href=\"#cell-%zu\">Cell %zu</a> (", place->cell, place->cell);
  markup_add(html, words);
  text_add(html, "), seed %lld: %s", place->run->seed,
           place->run->established ? "established" : "not established");
  if (!isnan(time))
    text_add(html, ", %.6g ms", time);
  text_add(html, ".\n");
  free(words);
}

/* What of the run is not in the drawing. */
static void ladder_add_limits(const struct drawn_ladder *ladder, struct text *html) {
  if (ladder->peers > 1 && ladder->peer > 0)
    text_add(html, "The messages of peer %zu of %zu: the one that took longest, or failed.\n",
             ladder->peer, ladder->peers);
  if (ladder->left_out > 0)
    text_add(html, "%zu messages and events are left out; the command shows them all.\n",
             ladder->left_out);
}

/* -1: a sheet cannot be read. */
static int ladder_add_sheets(const struct ladder_page *page, const struct drawn_ladder *ladder,
                             struct text *html) {
  int status = 0;
  for (size_t i = 1; i <= ladder->sheets && status == 0; i++) {
    struct text ignored = {0};
    char *path = drawn_sheet_path(ladder, page->folder, i);
    char *svg = text_file_read(path, NULL, &ignored);
    char *label =
        text_format("Messages of a run: %s, sheet %zu of %zu", ladder->title, i, ladder->sheets);
    if (svg == NULL)
      status = -1;
    else
      markup_add_svg(html, svg, ladder->name, label);
    text_deinit(&ignored);
    free(label);
    free(svg);
    free(path);
  }
  return status;
}

static void ladder_add_missing(const struct ladder_page *page, const struct drawn_ladder *ladder,
                               const struct ladder_place *place, const char *why,
                               struct text *html) {
  text_add(html, "<p><b>");
  markup_add(html, ladder->title);
  text_add(html, "</b> is not drawn: ");
  markup_add(html, why);
  text_add(html, ".</p>\n");
  if (place->run != NULL)
    ladder_add_command(page, ladder, place, html);
}

static void ladder_add(const struct ladder_page *page, const struct drawn_ladder *ladder,
                       struct text *html) {
  const struct ladder_place place = find_run(page->dataset, ladder->key);
  struct text sheets = {0};
  if (place.run == NULL) {
    ladder_add_missing(page, ladder, &place, "its run is none of those above; run draws it again",
                       html);
  } else if (ladder->sheets == 0) {
    ladder_add_missing(page, ladder, &place, ladder->problem, html);
  } else if (ladder_add_sheets(page, ladder, &sheets) < 0) {
    ladder_add_missing(page, ladder, &place, "its files are missing; run draws it again", html);
  } else {
    text_add(html, "<figure class=\"ladder%s\" id=\"ladder-", ladder->wide ? " wide" : "");
    markup_add_path(html, ladder->name);
    text_add(html, "\">\n<figcaption><b>");
    markup_add(html, ladder->title);
    text_add(html, ".</b> ");
    ladder_add_run(page, &place, html);
    ladder_add_limits(ladder, html);
    ladder_add_command(page, ladder, &place, html);
    text_add(html, "</figcaption>\n%s</figure>\n", text_string(&sheets));
  }
  text_deinit(&sheets);
}

/* What was merged from shards, as Slurm's last job does, has been reported only. */
static void add_undrawn(const char *run, struct text *html) {
  text_add(html, "<p>No run is drawn: <code>run</code> does it at its end, and neither "
                 "<code>merge</code> nor <code>report</code>, since a drawing makes its run once "
                 "more. This draws them, and runs else only what is not stored yet:</p>\n<pre>");
  markup_add(html, run);
  text_add(html, "</pre>\n");
}

void page_ladders_add(const struct page_cells *cells, const struct dataset *dataset,
                      const char *folder, const char *run, struct text *html) {
  struct ladder_page page = {cells, dataset, folder, show_command_from(folder)};
  struct drawn drawn;
  drawn_read(&drawn, folder);
  text_add(html, "<section id=\"" PAGE_LADDERS_ID "\">\n<h2>Ladders</h2>\n");
  if (drawn.count == 0 && drawn.listed)
    text_add(html, "<p>No run is drawn: none has measured anything.</p>\n");
  else if (drawn.count == 0)
    add_undrawn(run, html);
  else
    text_add(html, "<p>The messages of some runs: who sent what to whom, and when. A dashed arrow "
                   "is a retransmission, one with a cross did not arrive. The drawings are in "
                   "ladders/ beside this page, too.</p>\n");
  for (size_t i = 0; i < drawn.count; i++)
    ladder_add(&page, &drawn.ladder[i], html);
  text_add(html, "</section>\n");
  drawn_deinit(&drawn);
  show_command_deinit(&page.from);
}
