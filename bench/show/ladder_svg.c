/* The ladder as an SVG sequence diagram: one column of a paper wide between two nodes, two columns
 * among some, wider among more. Lengths are in pixels of 1/96 inch; the look is that of
 * look/style.gp. */
#include "ladder.h"
#include "support/layout.h"
#include "support/markup.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INK "#222222"
#define SOFT "#666666"
#define HAIR "#d8d8d8"
#define AGAIN "#b4560a"

static const double PX = 96, LARGE_PT = 7, SMALL_PT = 6, FOOT_PT = 4.5;
static const double GAP_LEAST = 150; /* between two of many nodes */
static const double TIME = 44, NUMBERS = 90, NUMBER = 29, HEAD = 34, FOOT = 24, LINE = 9, PAD = 5;

struct drawing {
  const struct ladder *ladder;
  struct text *svg;
  double width, gap;
  double y; /* where the next item begins */
};

static double drawing_lifeline(const struct drawing *drawing, size_t node) {
  return TIME + (double)node * drawing->gap;
}

static void add_text(struct drawing *drawing, double x, double y, double points, const char *anchor,
                     const char *fill, const char *words) {
  text_add(drawing->svg,
           "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.2f\" text-anchor=\"%s\" fill=\"%s\">", x, y,
           points * PX / 72, anchor, fill);
  markup_add(drawing->svg, words);
  text_add(drawing->svg, "</text>\n");
}

/* Text that has `room`; what does not fit ends with an ellipsis. */
static void add_fitted(struct drawing *drawing, double x, double y, double points,
                       const char *anchor, const char *fill, const char *words, double room) {
  char *fitted = layout_text_fit(words, points, room / PX);
  add_text(drawing, x, y, points, anchor, fill, fitted);
  free(fitted);
}

static void add_number(struct drawing *drawing, size_t column, const char *words) {
  double x = drawing->width - 3 - NUMBER * (double)(2 - column);
  add_text(drawing, x, drawing->y + 15, SMALL_PT, "end", INK, words);
}

static void add_numbers(struct drawing *drawing, const struct ladder_item *item) {
  struct ladder_weight weight = ladder_weigh(item->message);
  const long long numbers[] = {item->bytes, weight.bytes_air, weight.frames};
  size_t count = item->message == NULL || item->copy > 0 ? 1 : 3;
  for (size_t i = 0; i < count; i++) {
    char *words = text_format("%lld", numbers[i]);
    add_number(drawing, i, words);
    free(words);
  }
}

static void add_time(struct drawing *drawing, double t_ms, double y) {
  char *time = text_format("%.3f", t_ms);
  add_text(drawing, TIME - 6, y, SMALL_PT, "end", SOFT, time);
  free(time);
}

static void add_arrow(struct drawing *drawing, const struct ladder_item *item, double y) {
  double from = drawing_lifeline(drawing, item->from), to = drawing_lifeline(drawing, item->to);
  double sign = to > from ? 1 : -1;
  const char *colour = item->copy > 0 ? AGAIN : INK;
  text_add(drawing->svg,
           "<path d=\"M%.1f,%.1f H%.1f\" stroke=\"%s\" stroke-width=\"0.9\"%s fill=\"none\"/>\n",
           from, y, to - sign * 5, colour, item->copy > 0 ? " stroke-dasharray=\"4,2\"" : "");
  text_add(drawing->svg, "<path d=\"M%.1f,%.1f l%.1f,-2.5 v5 z\" fill=\"%s\"/>\n", to, y, -sign * 6,
           colour);
}

static void draw_message(struct drawing *drawing, const struct ladder_item *item) {
  bool rightwards = item->to > item->from;
  double x = drawing_lifeline(drawing, item->from) + (rightwards ? 5 : -5),
         room = drawing->gap - 10;
  const char *anchor = rightwards ? "start" : "end";
  char *again =
      item->copy > 0 ? text_format(" (retransmission %lld)", item->copy) : memory_string("");
  char *label =
      text_format("%s%s%s%s", item->step, item->step[0] == '\0' ? "" : ") ", item->label, again);
  struct text lines = {0};
  add_fitted(drawing, x, drawing->y + 9, LARGE_PT, anchor, item->copy > 0 ? AGAIN : INK, label,
             room);
  add_arrow(drawing, item, drawing->y + 13);
  add_time(drawing, item->t_ms, drawing->y + 15);
  add_numbers(drawing, item);
  drawing->y += 14;
  text_wrap(&lines, item->words, (size_t)(room / (0.54 * SMALL_PT * PX / 72)));
  char *rest = lines.data, *line;
  while ((line = strsep(&rest, "\n")) != NULL) {
    drawing->y += LINE;
    add_fitted(drawing, x, drawing->y - 0.5, SMALL_PT, anchor, SOFT, line, room);
  }
  drawing->y += PAD;
  text_deinit(&lines);
  free(again);
  free(label);
}

static void draw_event(struct drawing *drawing, const struct ladder_item *item) {
  bool rightwards = item->from + 1 < drawing->ladder->node_count;
  double x = drawing_lifeline(drawing, item->from), y = drawing->y + 6;
  text_add(drawing->svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\" fill=\"%s\"/>\n", x, y, INK);
  add_fitted(drawing, x + (rightwards ? 6 : -6), y + 2.6, SMALL_PT, rightwards ? "start" : "end",
             INK, item->label, drawing->gap - 10);
  add_time(drawing, item->t_ms, y + 2.6);
  drawing->y += 12;
}

static void draw_head(struct drawing *drawing) {
  static const char *const NAMES[] = {"UDP (B)", "air (B)", "frames"};
  const struct ladder *ladder = drawing->ladder;
  add_text(drawing, TIME - 6, 10, SMALL_PT, "end", SOFT, "time (ms)");
  for (size_t i = 0; i < ladder->node_count; i++)
    add_fitted(drawing, drawing_lifeline(drawing, i), 24, LARGE_PT,
               i == 0                       ? "start"
               : i + 1 < ladder->node_count ? "middle"
                                            : "end",
               INK, ladder->node[i].name, drawing->gap - 10);
  for (size_t i = 0; i < 3; i++)
    add_text(drawing, drawing->width - 3 - NUMBER * (double)(2 - i), 10, SMALL_PT, "end", SOFT,
             NAMES[i]);
}

static void add_lifelines(struct drawing *drawing) {
  for (size_t i = 0; i < drawing->ladder->node_count; i++)
    text_add(drawing->svg,
             "<path d=\"M%.1f,%.1f V%.1f\" stroke=\"%s\" stroke-width=\"1\" fill=\"none\"/>\n",
             drawing_lifeline(drawing, i), HEAD - 6, drawing->y, HAIR);
}

void ladder_draw(const struct ladder *ladder, const char *footer, struct text *svg) {
  struct text body = {0};
  struct drawing drawing = {.ladder = ladder, .svg = &body, .y = HEAD};
  size_t gaps = ladder->node_count > 2 ? ladder->node_count - 1 : 1;
  drawing.width = fmax(LAYOUT_WIDTH_IN * PX * (gaps > 1 ? 2 : 1),
                       gaps > 1 ? TIME + NUMBERS + GAP_LEAST * (double)gaps : 0);
  drawing.gap = (drawing.width - TIME - NUMBERS) / (double)gaps;
  draw_head(&drawing);
  for (size_t i = 0; i < ladder->count; i++) {
    if (ladder->item[i].is_event)
      draw_event(&drawing, &ladder->item[i]);
    else
      draw_message(&drawing, &ladder->item[i]);
  }
  char *note = text_format("air, frames: on all hops, with acknowledgements and repetitions%s",
                           ladder->peers > 1 ? ", of all peers" : "");
  add_fitted(&drawing, drawing.width - 2, drawing.y + 9, SMALL_PT, "end", SOFT, note,
             drawing.width - 4);
  free(note);
  double height = drawing.y + FOOT;
  text_add(svg,
           "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
           "viewBox=\"0 0 %.0f %.0f\" font-family=\"Liberation Sans, Arial, sans-serif\">\n"
           "<title>Messages of one authentication</title>\n"
           "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n",
           drawing.width, height, drawing.width, height);
  drawing.svg = svg;
  add_lifelines(&drawing);
  text_add(svg, "%s", text_string(&body));
  add_fitted(&drawing, drawing.width - 2, height - 4, FOOT_PT, "end", "#8a8a8a", footer,
             drawing.width - 4);
  text_add(svg, "</svg>\n");
  text_deinit(&body);
}
