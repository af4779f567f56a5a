/* Octets as hexadecimal digits. */
#ifndef NODES_LIVE_HEX_H
#define NODES_LIVE_HEX_H

#include "../node.h"

#include <stdio.h>

/* Reads the digits of `text`, in which white space means nothing. Returns NULL, or static text that
 * says what is wrong. */
NODE_MUST_CHECK const char *hex_read(const char *text, size_t text_length, uint8_t *octets,
                                     size_t capacity, size_t *length);

void hex_print(FILE *file, const uint8_t *octets, size_t length);

#endif
