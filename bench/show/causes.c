/* The time of one authentication by cause. */
#include "causes.h"
#include "support/grid.h"
#include "support/layout.h"
#include "svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAR_FILL "#3d7ebf"

enum { BAR_LETTERS = 48 };

/* Pixels of 1/96 inch. */
static const double TITLE = 22, LINE = 12, BAR = 8, EDGE = 3, GAP = 6;
static const double LARGE_PT = 7, SMALL_PT = 6;

json_t *causes_of(const json_t *result, size_t peer) {
  const json_t *peers = json_object_get(result, "peer");
  const bool mean = peer == 0 || json_array_size(peers) == 1;
  json_t *causes =
      json_object_get(mean ? result : json_array_get(peers, peer - 1), "time_parts_ms");
  return json_is_object(causes) ? causes : NULL;
}

static double causes_sum(const json_t *causes) {
  const char *name;
  json_t *time;
  double sum = 0;
  json_object_foreach((json_t *)causes, name, time) {
    sum += fmax(json_number_value(time), 0);
  }
  return sum;
}

/* From where to where a cause's bar goes, of `whole` letters or pixels. */
struct bar {
  double from, to;
};

static struct bar bar_of(double before, double time, double sum, double whole) {
  return (struct bar){before / sum * whole, (before + time) / sum * whole};
}

/* Letters, so that each bar begins where the one before it ends. */
static void put_bar(struct grid *grid, size_t line, const struct bar *bar) {
  struct text words = {0};
  const long from = lround(bar->from), to = lround(bar->to);
  for (long i = 0; i < from; i++)
    text_add(&words, " ");
  for (long i = from; i < to; i++)
    text_add(&words, "#");
  text_add(&words, from == to ? "|" : "");
  grid_put_text(grid, line, 3, &words);
}

/* "12.346" and "10.2 %". */
static void put_time(struct grid *grid, size_t line, double time, double sum) {
  struct text words = {0};
  text_add(&words, "%.3f", time);
  grid_put_text(grid, line, 1, &words);
  text_add(&words, "%.1f %%", 100 * time / sum);
  grid_put_text(grid, line, 2, &words);
}

void causes_print(const json_t *causes, struct text *text) {
  const double sum = causes_sum(causes);
  struct grid grid = {.width = 4};
  double before = 0;
  const char *name;
  json_t *time;
  grid_put(&grid, 0, 0, "cause");
  grid_put(&grid, 0, 1, "ms");
  grid_put(&grid, 0, 2, "share");
  json_object_foreach((json_t *)causes, name, time) {
    const double took = json_number_value(time);
    const size_t line = grid.lines;
    const struct bar bar = bar_of(before, took, sum, BAR_LETTERS);
    if (!(took > 0))
      continue;
    grid_put(&grid, line, 0, name);
    put_time(&grid, line, took, sum);
    put_bar(&grid, line, &bar);
    before += took;
  }
  const size_t line = grid.lines;
  grid_put(&grid, line, 0, "sum");
  put_time(&grid, line, sum, sum > 0 ? sum : 1);
  grid_print(&grid, text);
  grid_deinit(&grid);
}

static char *time_words(double took, double sum) {
  return text_format("%.3f ms · %.1f %%", took, 100 * took / sum);
}

/* Widths of the widest name and numbers, in pixels. */
static void measure(const json_t *causes, double sum, double *names, double *numbers) {
  const char *name;
  json_t *time;
  *names = *numbers = 0;
  json_object_foreach((json_t *)causes, name, time) {
    if (!(json_number_value(time) > 0))
      continue;
    char *words = time_words(json_number_value(time), sum);
    *names = fmax(*names, layout_text_width(name, SMALL_PT) * SVG_PX_PER_IN);
    *numbers = fmax(*numbers, layout_text_width(words, SMALL_PT) * SVG_PX_PER_IN);
    free(words);
  }
}

double causes_draw(const json_t *causes, double width, double y, struct text *svg) {
  const double sum = causes_sum(causes);
  double before = 0, names, numbers;
  measure(causes, sum, &names, &numbers);
  const double left = EDGE + names + GAP, whole = width - left - GAP - numbers - EDGE;
  const char *name;
  json_t *time;
  svg_add_text(svg, EDGE, y + TITLE - 8, LARGE_PT, "start", SVG_INK, "Time by cause");
  y += TITLE;
  json_object_foreach((json_t *)causes, name, time) {
    const double took = json_number_value(time);
    const struct bar bar = bar_of(before, took, sum, whole);
    if (!(took > 0))
      continue;
    svg_add_text(svg, left - GAP, y + BAR - 1, SMALL_PT, "end", SVG_INK, name);
    text_add(svg,
             "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"" BAR_FILL "\"/>\n",
             left + bar.from, y, fmax(bar.to - bar.from, 0.5), BAR);
    text_add(svg, "<path d=\"M%.1f,%.1f v%.1f\" stroke=\"" SVG_HAIR "\" stroke-width=\"0.7\"/>\n",
             left + bar.to, y, LINE);
    char *words = time_words(took, sum);
    svg_add_text(svg, width - EDGE, y + BAR - 1, SMALL_PT, "end", SVG_INK, words);
    free(words);
    before += took;
    y += LINE;
  }
  return y;
}
