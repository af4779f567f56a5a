/* The ladder as an SVG sequence diagram, and below it what the time went to. */
#include "causes.h"
#include "ladder_drawing.h"
#include "support/layout.h"
#include "support/memory.h"
#include "svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AGAIN "#b4560a"
#define LOST "#b01c2e"

static const double LARGE_PT = 7, SMALL_PT = 6, FOOT_PT = 4.5;
static const double GAP_LEAST = 150; /* between two of many nodes */
static const double TIME = 44, NUMBERS = 90, NUMBER = 29, HEAD = 34, LINE = 9, PAD = 5,
                    CAUSES_GAP = 10;
static const double FOOT = 24, FOOT_WITHOUT = 13;    /* with a footer, and without one */
static const double LOST_BEFORE = 14, LOST_SIZE = 3; /* where an arrow breaks off, and its cross */

static double drawing_lifeline(const struct ladder_drawing *drawing, size_t node) {
  return TIME + (double)node * drawing->gap;
}

static void add_number(struct ladder_drawing *drawing, size_t column, const char *words) {
  double x = drawing->width - 3 - NUMBER * (double)(2 - column);
  svg_add_text(&drawing->body, x, drawing->y + 15, SMALL_PT, "end", SVG_INK, words);
}

static void add_numbers(struct ladder_drawing *drawing, const struct ladder_item *item) {
  struct ladder_weight weight = ladder_weigh(item->message);
  const long long numbers[] = {item->bytes, weight.bytes_air, weight.frames};
  size_t count = item->weighs ? 3 : 1;
  for (size_t i = 0; i < count; i++) {
    char *words = text_format("%lld", numbers[i]);
    add_number(drawing, i, words);
    free(words);
  }
}

static void add_time(struct ladder_drawing *drawing, double t_ms, double y) {
  char *time = text_format("%.3f", t_ms);
  svg_add_text(&drawing->body, TIME - 6, y, SMALL_PT, "end", SVG_SOFT, time);
  free(time);
}

/* At the end of an arrow, if the message arrived there. */
static void add_head(struct ladder_drawing *drawing, const struct ladder_item *item, double x,
                     double y, double sign) {
  if (item->arrived)
    text_add(&drawing->body, "<path d=\"M%.1f,%.1f l%.1f,-2.5 v5 z\" fill=\"%s\"/>\n", x, y,
             -sign * 6, item->copy > 0 ? AGAIN : SVG_INK);
  else
    text_add(&drawing->body,
             "<path d=\"M%.1f,%.1f l%.1f,%.1f m0,%.1f l%.1f,%.1f\" stroke=\"" LOST "\" "
             "stroke-width=\"1.2\" fill=\"none\"/>\n",
             x - LOST_SIZE, y - LOST_SIZE, 2 * LOST_SIZE, 2 * LOST_SIZE, -2 * LOST_SIZE,
             -2 * LOST_SIZE, 2 * LOST_SIZE);
}

static void add_arrow(struct ladder_drawing *drawing, const struct ladder_item *item, double y) {
  double from = drawing_lifeline(drawing, item->from), to = drawing_lifeline(drawing, item->to);
  double sign = to > from ? 1 : -1;
  to -= item->arrived ? 0 : sign * LOST_BEFORE;
  const char *colour = item->copy > 0 ? AGAIN : SVG_INK;
  text_add(&drawing->body,
           "<path d=\"M%.1f,%.1f H%.1f\" stroke=\"%s\" stroke-width=\"0.9\"%s fill=\"none\"/>\n",
           from, y, to - sign * 5, colour, item->copy > 0 ? " stroke-dasharray=\"4,2\"" : "");
  add_head(drawing, item, to, y, sign);
}

/* Adds words in lines, below each other and what stands there. */
static void add_lines(struct ladder_drawing *drawing, const char *words, double x, double room,
                      const char *anchor, const char *colour) {
  struct text lines = {0};
  text_wrap(&lines, words, (size_t)(room / (0.54 * SMALL_PT * SVG_PX_PER_IN / 72)));
  char *rest = lines.data, *line;
  while ((line = strsep(&rest, "\n")) != NULL) {
    drawing->y += LINE;
    svg_add_fitted(&drawing->body, x, drawing->y - 0.5, SMALL_PT, anchor, colour, line, room);
  }
  text_deinit(&lines);
}

static void draw_message(struct ladder_drawing *drawing, const struct ladder_item *item) {
  bool rightwards = item->to > item->from;
  double x = drawing_lifeline(drawing, item->from) + (rightwards ? 5 : -5),
         room = drawing->gap - 10;
  const char *anchor = rightwards ? "start" : "end";
  char *again =
      item->copy > 0 ? text_format(" (retransmission %lld)", item->copy) : memory_string("");
  char *label =
      text_format("%s%s%s%s", item->step, item->step[0] == '\0' ? "" : ") ", item->label, again);
  svg_add_fitted(&drawing->body, x, drawing->y + 9, LARGE_PT, anchor,
                 item->copy > 0 ? AGAIN : SVG_INK, label, room);
  add_arrow(drawing, item, drawing->y + 13);
  add_time(drawing, item->t_ms, drawing->y + 15);
  add_numbers(drawing, item);
  drawing->y += 14;
  add_lines(drawing, item->words, x, room, anchor, SVG_SOFT);
  add_lines(drawing, item->losses, x, room, anchor, LOST);
  drawing->y += PAD;
  free(again);
  free(label);
}

static void draw_event(struct ladder_drawing *drawing, const struct ladder_item *item) {
  bool rightwards = item->from + 1 < drawing->ladder->node_count;
  double x = drawing_lifeline(drawing, item->from), y = drawing->y + 6;
  text_add(&drawing->body, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\" fill=\"%s\"/>\n", x, y,
           SVG_INK);
  svg_add_fitted(&drawing->body, x + (rightwards ? 6 : -6), y + 2.6, SMALL_PT,
                 rightwards ? "start" : "end", SVG_INK, item->label, drawing->gap - 10);
  add_time(drawing, item->t_ms, y + 2.6);
  drawing->y += 12;
}

static void draw_head(struct ladder_drawing *drawing) {
  static const char *const NAMES[] = {"UDP (B)", "air (B)", "frames"};
  const struct ladder *ladder = drawing->ladder;
  svg_add_text(&drawing->body, TIME - 6, 10, SMALL_PT, "end", SVG_SOFT, "time (ms)");
  for (size_t i = 0; i < ladder->node_count; i++)
    svg_add_fitted(&drawing->body, drawing_lifeline(drawing, i), 24, LARGE_PT,
                   i == 0                       ? "start"
                   : i + 1 < ladder->node_count ? "middle"
                                                : "end",
                   SVG_INK, ladder->node[i].name, drawing->gap - 10);
  for (size_t i = 0; i < 3; i++)
    svg_add_text(&drawing->body, drawing->width - 3 - NUMBER * (double)(2 - i), 10, SMALL_PT, "end",
                 SVG_SOFT, NAMES[i]);
}

void ladder_drawing_begin(struct ladder_drawing *drawing, const struct ladder *ladder,
                          double width) {
  const size_t gaps = ladder->node_count > 2 ? ladder->node_count - 1 : 1;
  *drawing = (struct ladder_drawing){.ladder = ladder, .width = width, .y = HEAD};
  drawing->gap = (width - TIME - NUMBERS) / (double)gaps;
  draw_head(drawing);
}

void ladder_drawing_item(struct ladder_drawing *drawing, const struct ladder_item *item) {
  if (item->is_event)
    draw_event(drawing, item);
  else
    draw_message(drawing, item);
}

void ladder_drawing_gap(struct ladder_drawing *drawing, const char *words) {
  svg_add_fitted(&drawing->body, drawing->width / 2, drawing->y + 12, LARGE_PT, "middle", LOST,
                 words, drawing->width - 4);
  drawing->y += LADDER_DRAWING_GAP;
}

static void add_lifelines(const struct ladder_drawing *drawing, double end, struct text *svg) {
  for (size_t i = 0; i < drawing->ladder->node_count; i++)
    text_add(svg, "<path d=\"M%.1f,%.1f V%.1f\" stroke=\"%s\" stroke-width=\"1\" fill=\"none\"/>\n",
             drawing_lifeline(drawing, i), HEAD - 6, end, SVG_HAIR);
}

/* Below the lifelines. */
static void drawing_add_note(struct ladder_drawing *drawing) {
  char *note = text_format("air, frames: on all hops, with acknowledgements and repetitions%s",
                           drawing->ladder->peers > 1 ? ", of all peers" : "");
  svg_add_fitted(&drawing->body, drawing->width - 2, drawing->y + 9, SMALL_PT, "end", SVG_SOFT,
                 note, drawing->width - 4);
  free(note);
}

static void begin_document(struct text *svg, double width, double height) {
  text_add(svg,
           "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
           "viewBox=\"0 0 %.0f %.0f\" font-family=\"Liberation Sans, Arial, sans-serif\">\n"
           "<title>Messages of one authentication</title>\n"
           "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n",
           width, height, width, height);
}

void ladder_drawing_end(struct ladder_drawing *drawing, const json_t *causes, const char *footer,
                        struct text *svg) {
  const double lifelines = drawing->y, width = drawing->width;
  drawing_add_note(drawing);
  if (causes != NULL)
    drawing->y = causes_draw(causes, width, drawing->y + CAUSES_GAP, &drawing->body) - CAUSES_GAP;
  const double height = drawing->y + (footer[0] == '\0' ? FOOT_WITHOUT : FOOT);
  begin_document(svg, width, height);
  add_lifelines(drawing, lifelines, svg);
  text_add(svg, "%s", text_string(&drawing->body));
  if (footer[0] != '\0')
    svg_add_fitted(svg, width - 2, height - 4, FOOT_PT, "end", "#8a8a8a", footer, width - 4);
  text_add(svg, "</svg>\n");
  text_deinit(&drawing->body);
}

void ladder_drawing_causes(const json_t *causes, double width, struct text *svg) {
  struct text body = {0};
  const double end = causes_draw(causes, width, 0, &body);
  begin_document(svg, width, end);
  text_add(svg, "%s</svg>\n", text_string(&body));
  text_deinit(&body);
}

double ladder_drawing_height(const struct ladder *ladder, double width,
                             const struct ladder_item *item, const json_t *causes) {
  struct ladder_drawing drawing;
  ladder_drawing_begin(&drawing, ladder, width);
  double end = drawing.y;
  if (item != NULL) {
    ladder_drawing_item(&drawing, item);
    end = drawing.y;
  } else if (causes != NULL) {
    end = causes_draw(causes, width, drawing.y, &drawing.body);
  }
  text_deinit(&drawing.body);
  return end - HEAD;
}

double ladder_drawing_room(double height) {
  return height - HEAD - FOOT_WITHOUT;
}

/* One column of a paper wide between two nodes, two columns among some, wider among more. */
static double whole_width(const struct ladder *ladder) {
  const size_t gaps = ladder->node_count > 2 ? ladder->node_count - 1 : 1;
  return fmax(LAYOUT_WIDTH_IN * SVG_PX_PER_IN * (gaps > 1 ? 2 : 1),
              gaps > 1 ? TIME + NUMBERS + GAP_LEAST * (double)gaps : 0);
}

void ladder_draw(const struct ladder *ladder, const char *footer, struct text *svg) {
  struct ladder_drawing drawing;
  ladder_drawing_begin(&drawing, ladder, whole_width(ladder));
  for (size_t i = 0; i < ladder->count; i++)
    ladder_drawing_item(&drawing, &ladder->item[i]);
  ladder_drawing_end(&drawing, causes_of(ladder->result, ladder->peer), footer, svg);
}
