/* A CoAP message in words, as the draft's figures have them; libcoap reads it. */
#ifndef BENCH_SHOW_COAP_WORDS_H
#define BENCH_SHOW_COAP_WORDS_H

#include "support/text.h"

#include <stdint.h>

/* Adds "CON [0x0c9e] POST /b/5", a newline, and the options and the token, as in "SeqNum(0x258c)
 * Token(0x2a)". `seqnum_number` is the number of the SeqNum option; 0: there is none. False, and
 * nothing added, if this is no CoAP message. */
bool coap_words_add(struct text *words, const uint8_t *data, size_t length, unsigned seqnum_number);

#endif
