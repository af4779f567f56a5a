/* The ladder as text. */
#include "ladder.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
  TIME_WIDTH = 10,
  GAP_TWO = 62,    /* between two nodes */
  GAP_MORE = 46,   /* among some */
  GAP_LEAST = 24,  /* among many */
  NODES_SOME = 4,  /* how many nodes are some */
  NAME_BEHIND = 9, /* room for a name behind the last lifeline */
  NUMBER_WIDTH = 7,
  LOST_BEFORE = 3, /* so far before its end an arrow breaks off */
};

/* A line that is being written: the lifelines, and what stands between them. */
struct canvas {
  const struct ladder *ladder;
  struct text *text;
  char *line;
  size_t gap, width;
};

static size_t canvas_lifeline(const struct canvas *canvas, size_t node) {
  return TIME_WIDTH + 2 + node * canvas->gap;
}

static void canvas_clear(struct canvas *canvas) {
  memset(canvas->line, ' ', canvas->width);
  for (size_t i = 0; i < canvas->ladder->node_count; i++)
    canvas->line[canvas_lifeline(canvas, i)] = '|';
}

static void canvas_place(struct canvas *canvas, size_t column, const char *words) {
  for (; *words != '\0' && column < canvas->width; words++, column++)
    canvas->line[column] = *words;
}

/* Writes the line, and `numbers` behind it. */
static void canvas_finish(struct canvas *canvas, const char *numbers) {
  size_t width = canvas->width;
  while (numbers[0] == '\0' && canvas->line[width - 1] == ' ')
    width--;
  text_add(canvas->text, "%.*s%s\n", (int)width, canvas->line, numbers);
  canvas_clear(canvas);
}

/* Places words beside a node, towards the other one. */
static void canvas_place_beside(struct canvas *canvas, size_t node, bool rightwards,
                                const char *words) {
  size_t at = canvas_lifeline(canvas, node), room = at - 1 - TIME_WIDTH, length = strlen(words);
  canvas_place(canvas, rightwards ? at + 2 : at - 1 - (length < room ? length : room), words);
}

/* Prints a line of words; a word that is too long for one goes on in the next. */
static void canvas_print_line(struct canvas *canvas, size_t node, bool rightwards,
                              const char *words) {
  size_t room = canvas->gap - 4;
  do {
    char *line = text_format("%.*s", (int)room, words);
    canvas_place_beside(canvas, node, rightwards, line);
    canvas_finish(canvas, "");
    words += strlen(line);
    free(line);
  } while (*words != '\0');
}

static void canvas_print_words(struct canvas *canvas, size_t node, bool rightwards,
                               const char *words) {
  struct text wrapped = {0};
  text_wrap(&wrapped, words, canvas->gap - 4);
  char *rest = wrapped.data, *line;
  while ((line = strsep(&rest, "\n")) != NULL)
    canvas_print_line(canvas, node, rightwards, line);
  text_deinit(&wrapped);
}

/* UDP payload, bytes on air and frames. What is on air is known by message, not by datagram: it
 * stands at the first one, for all of them. */
static char *item_numbers(const struct ladder_item *item) {
  struct ladder_weight weight = ladder_weigh(item->message);
  if (!item->weighs)
    return text_format("%*lld", NUMBER_WIDTH, item->bytes);
  char *many = weight.datagrams > 1 ? text_format("  (%lld datagrams)", weight.datagrams)
                                    : memory_string("");
  char *numbers = text_format("%*lld%*lld%*lld%s", NUMBER_WIDTH, item->bytes, NUMBER_WIDTH,
                              weight.bytes_air, NUMBER_WIDTH, weight.frames, many);
  free(many);
  return numbers;
}

/* " 3) EAP-PSK 1, retransmission 2 ": what stands on the arrow. To be freed. */
static char *item_label(const struct ladder_item *item) {
  char *again =
      item->copy > 0 ? text_format(", retransmission %lld", item->copy) : memory_string("");
  char *label =
      text_format(" %s%s%s%s ", item->step, item->step[0] == '\0' ? "" : ") ", item->label, again);
  free(again);
  return label;
}

/* From `left` to `right`, or short of the end where the message did not arrive. */
static void canvas_place_arrow(struct canvas *canvas, const struct ladder_item *item, size_t left,
                               size_t right, bool rightwards) {
  const size_t end = rightwards ? right : left;
  const size_t tip = item->arrived ? end : rightwards ? end - LOST_BEFORE : end + LOST_BEFORE;
  const size_t from = rightwards ? left : tip, to = rightwards ? tip : right;
  for (size_t i = from; i <= to; i++)
    canvas->line[i] = item->copy > 0 ? '=' : '-';
  canvas->line[tip] = !item->arrived ? 'x' : rightwards ? '>' : '<';
}

static void canvas_print_message(struct canvas *canvas, const struct ladder_item *item) {
  bool rightwards = item->to > item->from;
  canvas_print_words(canvas, item->from, rightwards, item->words);
  size_t left = canvas_lifeline(canvas, rightwards ? item->from : item->to) + 1;
  size_t right = canvas_lifeline(canvas, rightwards ? item->to : item->from) - 1;
  canvas_place_arrow(canvas, item, left, right, rightwards);
  char *label = item_label(item);
  size_t room = right - left - 4 - (item->arrived ? 0 : LOST_BEFORE),
         length = strlen(label) < room ? strlen(label) : room;
  label[length] = '\0';
  canvas_place(canvas, rightwards ? left + 3 : right - 2 - length, label);
  char *time = text_format("%*.3f", TIME_WIDTH, item->t_ms);
  canvas_place(canvas, 0, time);
  char *numbers = item_numbers(item);
  canvas_finish(canvas, numbers);
  if (item->losses[0] != '\0')
    canvas_print_words(canvas, item->from, rightwards, item->losses);
  canvas_finish(canvas, "");
  free(time);
  free(label);
  free(numbers);
}

static void canvas_print_event(struct canvas *canvas, const struct ladder_item *item) {
  char *words = text_format("* %s", item->label);
  char *time = text_format("%*.3f", TIME_WIDTH, item->t_ms);
  canvas_place(canvas, 0, time);
  canvas_place_beside(canvas, item->from, item->from + 1 < canvas->ladder->node_count, words);
  canvas_finish(canvas, "");
  free(words);
  free(time);
}

static void canvas_print_head(struct canvas *canvas) {
  char *head =
      text_format("%*s%*s%*s", NUMBER_WIDTH, "UDP", NUMBER_WIDTH, "air", NUMBER_WIDTH, "frames");
  memset(canvas->line, ' ', canvas->width);
  canvas_place(canvas, TIME_WIDTH - 4, "t/ms");
  for (size_t i = 0; i < canvas->ladder->node_count; i++) {
    const char *name = canvas->ladder->node[i].name;
    size_t half = strlen(name) / 2, at = canvas_lifeline(canvas, i);
    canvas_place(canvas, at > half + TIME_WIDTH ? at - half : TIME_WIDTH + 1, name);
  }
  canvas_finish(canvas, head);
  canvas_finish(canvas, "");
  free(head);
}

/* Between many nodes there is as much room as the longest name or label takes. */
static size_t gap_among_many(const struct ladder *ladder) {
  size_t gap = GAP_LEAST;
  for (size_t i = 0; i < ladder->node_count; i++) {
    size_t room = strlen(ladder->node[i].name) + 2;
    gap = room > gap ? room : gap;
  }
  for (size_t i = 0; i < ladder->count; i++) {
    char *label = item_label(&ladder->item[i]);
    size_t room = strlen(label) + 6;
    gap = room > gap ? room : gap;
    free(label);
  }
  return gap < GAP_MORE ? gap : GAP_MORE;
}

static void canvas_measure(struct canvas *canvas) {
  const struct ladder *ladder = canvas->ladder;
  canvas->gap = ladder->node_count <= 2            ? GAP_TWO
                : ladder->node_count <= NODES_SOME ? GAP_MORE
                                                   : gap_among_many(ladder);
  size_t last = ladder->node_count - 1, length = strlen(ladder->node[last].name);
  size_t behind = length - length / 2;
  canvas->width = canvas_lifeline(canvas, last) + (behind > NAME_BEHIND ? behind : NAME_BEHIND);
  canvas->line = memory_get(canvas->width, 1);
}

void ladder_print(const struct ladder *ladder, struct text *text) {
  struct canvas canvas = {.ladder = ladder, .text = text};
  canvas_measure(&canvas);
  canvas_print_head(&canvas);
  for (size_t i = 0; i < ladder->count; i++) {
    if (ladder->item[i].is_event)
      canvas_print_event(&canvas, &ladder->item[i]);
    else
      canvas_print_message(&canvas, &ladder->item[i]);
  }
  free(canvas.line);
  text_add(
      text,
      "UDP: octets of UDP payload, or of ESP; air: octets that the radios sent for it on all hops, "
      "with headers,\nacknowledgements and repetitions; frames: the same, counted.\n");
  if (ladder->frames.told)
    text_add(text,
             "Below an arrow: what was lost of the message's frames on all hops; x: it did not "
             "arrive.\n");
  if (ladder->peers > 1)
    text_add(text, "Of %zu peers %s; air and frames are of all of them.\n", ladder->peers,
             ladder->peer == LADDER_ALL_PEERS ? "all are shown" : "one is shown");
}
