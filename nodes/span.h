/* Bytes that know what they are for: spans name the ledger row of each byte of a datagram. */
#ifndef NODES_SPAN_H
#define NODES_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ledger rows that the protocol cores write (rows.def); a host adds rows of its own from
 * ROW_COUNT on. */
enum row {
#define ROW(id, name, group, help) ROW_##id,
#include "rows.def"
#undef ROW
  ROW_COUNT
};

enum { SPAN_LIST_MAX = 64 };

/* `length` consecutive bytes that belong to `row`. */
struct span {
  uint16_t row;
  uint16_t length;
};

/* Spans in the order of the bytes; their lengths sum to the length of what they describe. */
struct span_list {
  struct span item[SPAN_LIST_MAX];
  size_t count;
};

/* Appends `length` bytes of `row`; joins them to the last span where the row is the same. False,
 * with the list as it was: there is no room for one more span, or the bytes are more than one can
 * have. */
bool span_list_add(struct span_list *list, uint16_t row, size_t length);

/* Appends all of `other`. False: there was no room for all of it. */
bool span_list_append(struct span_list *list, const struct span_list *other);

/* Sum of the lengths. */
size_t span_list_length(const struct span_list *list);

/* Writes bytes into the caller's buffer and their rows into the caller's list, side by side. What
 * does not fit into either is dropped and sets `overflow`, so that a composer checks once, at its
 * end. */
struct span_writer {
  uint8_t *data;
  size_t capacity;
  size_t length;
  struct span_list *spans; /* may be NULL: rows are not wanted */
  uint16_t row;            /* the caller's: of what a function writes that names none (cbor) */
  bool overflow;
};

void span_writer_init(struct span_writer *writer, uint8_t *data, size_t capacity,
                      struct span_list *spans);
void span_writer_put(struct span_writer *writer, uint16_t row, const void *bytes, size_t length);
void span_writer_put_u8(struct span_writer *writer, uint16_t row, uint8_t value);
void span_writer_put_u16(struct span_writer *writer, uint16_t row, uint16_t value); /* big-endian */

#endif
