/* A checksum of octets that lie on a disk: FNV-1a of 64 bits, or in its manner. Any single octet
 * that is another gives another sum; it is no protection against somebody who wants them to be
 * equal. */
#ifndef BENCH_SUPPORT_CHECKSUM_H
#define BENCH_SUPPORT_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

enum { CHECKSUM_TEXT = 17 };

/* The sum of nothing. */
uint64_t checksum_begin(void);

/* `sum` with `length` octets more, and their length, so that parts do not run into each other. */
uint64_t checksum_add(uint64_t sum, const void *data, size_t length);

/* The same of long data, of eight octets at a time: other sums than those of checksum_add. */
uint64_t checksum_add_long(uint64_t sum, const void *data, size_t length);

/* 16 hexadecimal digits. */
void checksum_print(uint64_t sum, char text[CHECKSUM_TEXT]);

#endif
