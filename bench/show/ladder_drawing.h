/* The parts of a ladder's drawing, from its head downwards. Lengths are in pixels of 1/96 inch. */
#ifndef BENCH_SHOW_LADDER_DRAWING_H
#define BENCH_SHOW_LADDER_DRAWING_H

#include "ladder.h"

enum { LADDER_DRAWING_GAP = 20 }; /* the height of one */

struct ladder_drawing {
  const struct ladder *ladder;
  struct text body;
  double width;
  double gap; /* between two nodes */
  double y;   /* where the next part begins */
};

/* Begins with the head, which names the nodes. */
void ladder_drawing_begin(struct ladder_drawing *drawing, const struct ladder *ladder,
                          double width);

void ladder_drawing_item(struct ladder_drawing *drawing, const struct ladder_item *item);

/* Says that something is left out here. */
void ladder_drawing_gap(struct ladder_drawing *drawing, const char *words);

/* Ends the drawing, with what the time went to if `causes` are given, and adds it as a standalone
 * SVG document, with `footer` (or "") at its bottom. */
void ladder_drawing_end(struct ladder_drawing *drawing, const json_t *causes, const char *footer,
                        struct text *svg);

/* Adds a document that has only what the time went to. */
void ladder_drawing_causes(const json_t *causes, double width, struct text *svg);

/* The height that an item takes, or, where that is NULL, what the time went to. */
double ladder_drawing_height(const struct ladder *ladder, double width,
                             const struct ladder_item *item, const json_t *causes);

/* The room for items on a drawing of this height without a footer. */
double ladder_drawing_room(double height);

#endif
