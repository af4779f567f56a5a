/* Complaints by place. */
#include "complaints.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static int place_compare(const struct complaint_place *a, const struct complaint_place *b) {
  if (a->rank != b->rank)
    return a->rank < b->rank ? -1 : 1;
  if (a->line != b->line)
    return a->line < b->line ? -1 : 1;
  return a->column < b->column ? -1 : a->column > b->column;
}

/* Behind all that stand before it, or at its place. */
static size_t index_of(const struct complaints *complaints, const struct complaint_place *place) {
  size_t index = complaints->count;
  while (index > 0 && place_compare(place, &complaints->item[index - 1].place) < 0)
    index--;
  return index;
}

static bool is_told(const struct complaints *complaints, const struct complaint *complaint) {
  for (size_t i = 0; i < complaints->count; i++)
    if (place_compare(&complaint->place, &complaints->item[i].place) == 0 &&
        strcmp(complaint->words, complaints->item[i].words) == 0)
      return true;
  return false;
}

static void complaint_deinit(const struct complaint *complaint) {
  free(complaint->words);
  free(complaint->below);
}

bool complaints_count_only(struct complaints *complaints, enum complaint_kind kind) {
  if (complaints->count < COMPLAINTS_MAX)
    return false;
  complaints->error_count += kind == COMPLAINT_ERROR;
  complaints->untold += kind == COMPLAINT_ERROR;
  return true;
}

void complaints_add(struct complaints *complaints, const struct complaint *complaint) {
  if (is_told(complaints, complaint)) {
    complaint_deinit(complaint);
    return;
  }
  const size_t index = index_of(complaints, &complaint->place);
  complaints->item =
      memory_resize(complaints->item, complaints->count + 1, sizeof *complaints->item);
  struct complaint *item = &complaints->item[index];
  memmove(item + 1, item, (complaints->count++ - index) * sizeof *item);
  *item = *complaint;
  complaints->error_count += complaint->kind == COMPLAINT_ERROR;
}

bool complaints_has(const struct complaints *complaints, const void *about) {
  for (size_t i = 0; i < complaints->count; i++)
    if (complaints->item[i].kind == COMPLAINT_ERROR && complaints->item[i].about == about)
      return true;
  return false;
}

/* Whether one before it has the same below. */
static bool is_below_before(const struct complaints *complaints, size_t index) {
  const struct complaint *item = complaints->item;
  for (size_t i = 0; i < index; i++)
    if (item[i].kind == item[index].kind && item[i].below != NULL &&
        strcmp(item[i].below, item[index].below) == 0)
      return true;
  return false;
}

void complaints_print(const struct complaints *complaints, enum complaint_kind kind,
                      struct text *text) {
  for (size_t i = 0; i < complaints->count; i++) {
    const struct complaint *item = &complaints->item[i];
    if (item->kind != kind)
      continue;
    text_add(text, "%s", item->words);
    if (item->below != NULL && !is_below_before(complaints, i))
      text_add(text, "%s", item->below);
  }
  if (kind == COMPLAINT_ERROR && complaints->untold > 0)
    text_add(text, "and %zu mistake%s more\n", complaints->untold, text_plural(complaints->untold));
}

void complaints_deinit(struct complaints *complaints) {
  for (size_t i = 0; i < complaints->count; i++)
    complaint_deinit(&complaints->item[i]);
  free(complaints->item);
  *complaints = (struct complaints){0};
}
