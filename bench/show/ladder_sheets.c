/* Which items of a ladder stand on which sheet. */
#include "ladder_sheets.h"
#include "causes.h"
#include "ladder_drawing.h"
#include "support/memory.h"

#include <stdlib.h>

/* Pages of 182 mm, and across of 269 mm, in pixels in which text of 6 points is printed in 8. Above
 * the first sheet there is room for headings. */
static const struct paper {
  size_t nodes; /* it is wide enough for so many */
  bool wide;
  double width, first_height, height;
} PAPERS[] = {{4, false, 504, 580, 650}, {6, true, 750, 390, 420}};

/* What is placed: the items, and behind them what the time went to. */
struct sheets_plan {
  const struct ladder *ladder;
  const struct paper *paper;
  const json_t *causes;
  double *height;
  size_t count;
};

static const struct paper *choose_paper(const struct ladder *ladder) {
  for (size_t i = 0; i < sizeof PAPERS / sizeof PAPERS[0]; i++)
    if (ladder->node_count <= PAPERS[i].nodes)
      return &PAPERS[i];
  return NULL;
}

static void plan_begin(struct sheets_plan *plan, const struct ladder *ladder,
                       const struct paper *paper) {
  *plan = (struct sheets_plan){ladder, paper, causes_of(ladder->result, ladder->peer), NULL, 0};
  plan->count = ladder->count + (plan->causes == NULL ? 0 : 1);
  plan->height = memory_get(plan->count + 1, sizeof *plan->height);
  for (size_t i = 0; i < plan->count; i++)
    plan->height[i] = ladder_drawing_height(
        ladder, paper->width, i < ladder->count ? &ladder->item[i] : NULL, plan->causes);
}

/* Behind the last part of a sheet that begins with `first`. */
static size_t sheet_end(const struct sheets_plan *plan, size_t first) {
  const struct paper *paper = plan->paper;
  const double room = ladder_drawing_room(first == 0 ? paper->first_height : paper->height);
  size_t end = first;
  for (double sum = 0; end < plan->count; end++) {
    sum += plan->height[end];
    if (sum > room && end > first)
      break;
  }
  return end;
}

/* The first part of a sheet that ends with the last one. */
static size_t last_sheet_begin(const struct sheets_plan *plan) {
  const double room = ladder_drawing_room(plan->paper->height) - LADDER_DRAWING_GAP;
  size_t begin = plan->count;
  for (double sum = 0; begin > 0; begin--) {
    sum += plan->height[begin - 1];
    if (sum > room && begin < plan->count)
      break;
  }
  return begin;
}

static void add_gap(struct ladder_drawing *drawing, size_t from, size_t to) {
  const struct ladder_item *item = drawing->ladder->item;
  char *words = text_format("%zu messages and events, from %.3f to %.3f ms, are left out here",
                            to - from, item[from].t_ms, item[to - 1].t_ms);
  ladder_drawing_gap(drawing, words);
  free(words);
}

/* Draws the parts from `begin` to before `end`; what is from `left_out` to there is not shown. */
static void sheet_draw(struct ladder_sheets *sheets, const struct sheets_plan *plan,
                       size_t left_out, size_t begin, size_t end) {
  const struct ladder *ladder = plan->ladder;
  struct text *svg = &sheets->sheet[sheets->count++];
  struct ladder_drawing drawing;
  if (begin == ladder->count && plan->causes != NULL) {
    ladder_drawing_causes(plan->causes, plan->paper->width, svg);
    return;
  }
  ladder_drawing_begin(&drawing, ladder, plan->paper->width);
  if (left_out < begin)
    add_gap(&drawing, left_out, begin);
  for (size_t i = begin; i < end && i < ladder->count; i++)
    ladder_drawing_item(&drawing, &ladder->item[i]);
  ladder_drawing_end(&drawing, end > ladder->count ? plan->causes : NULL, "", svg);
}

static void sheets_place(struct ladder_sheets *sheets, const struct sheets_plan *plan) {
  size_t end[LADDER_SHEETS_MAX], at = 0;
  for (size_t i = 0; i < LADDER_SHEETS_MAX; i++)
    at = end[i] = sheet_end(plan, at);
  const bool whole = at == plan->count;
  for (size_t i = 0, begin = 0; i < LADDER_SHEETS_MAX; begin = end[i++]) {
    const bool last = i + 1 == LADDER_SHEETS_MAX;
    if (last && !whole) {
      const size_t behind = last_sheet_begin(plan);
      sheets->left_out = behind - begin;
      sheet_draw(sheets, plan, begin, behind, plan->count);
    } else if (begin < end[i] || i == 0) {
      sheet_draw(sheets, plan, begin, begin, end[i]);
    }
  }
}

bool ladder_sheets_draw(struct ladder_sheets *sheets, const struct ladder *ladder) {
  const struct paper *paper = choose_paper(ladder);
  struct sheets_plan plan;
  *sheets = (struct ladder_sheets){0};
  if (paper == NULL)
    return false;
  sheets->wide = paper->wide;
  plan_begin(&plan, ladder, paper);
  sheets_place(sheets, &plan);
  free(plan.height);
  return true;
}

void ladder_sheets_deinit(struct ladder_sheets *sheets) {
  for (size_t i = 0; i < sheets->count; i++)
    text_deinit(&sheets->sheet[i]);
  *sheets = (struct ladder_sheets){0};
}
