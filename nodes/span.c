/* Spans and the writer that keeps bytes and rows side by side. */
#include "span.h"

#include <string.h>

bool span_list_add(struct span_list *list, uint16_t row, size_t length) {
  struct span *last = list->count == 0 ? NULL : &list->item[list->count - 1];
  if (length == 0)
    return true;
  if (last != NULL && last->row == row && length <= (size_t)UINT16_MAX - last->length) {
    last->length = (uint16_t)(last->length + length);
    return true;
  }
  if (length > UINT16_MAX || list->count == SPAN_LIST_MAX)
    return false;
  list->item[list->count++] = (struct span){.row = row, .length = (uint16_t)length};
  return true;
}

bool span_list_append(struct span_list *list, const struct span_list *other) {
  for (size_t i = 0; i < other->count; i++)
    if (!span_list_add(list, other->item[i].row, other->item[i].length))
      return false;
  return true;
}

size_t span_list_length(const struct span_list *list) {
  size_t sum = 0;
  for (size_t i = 0; i < list->count; i++)
    sum += list->item[i].length;
  return sum;
}

void span_writer_init(struct span_writer *writer, uint8_t *data, size_t capacity,
                      struct span_list *spans) {
  *writer = (struct span_writer){.data = data, .capacity = capacity, .spans = spans};
  if (spans != NULL)
    spans->count = 0;
}

void span_writer_put(struct span_writer *writer, uint16_t row, const void *bytes, size_t length) {
  if (writer->overflow || length > writer->capacity - writer->length ||
      (writer->spans != NULL && !span_list_add(writer->spans, row, length))) {
    writer->overflow = true;
    return;
  }
  if (length == 0)
    return;
  memcpy(writer->data + writer->length, bytes, length);
  writer->length += length;
}

void span_writer_put_u8(struct span_writer *writer, uint16_t row, uint8_t value) {
  span_writer_put(writer, row, &value, 1);
}

void span_writer_put_u16(struct span_writer *writer, uint16_t row, uint16_t value) {
  const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
  span_writer_put(writer, row, bytes, sizeof bytes);
}
