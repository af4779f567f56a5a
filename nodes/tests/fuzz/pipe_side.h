/* For targets that are one side of a lower layer: the parts of an input are what it is sent. */
#ifndef NODES_TESTS_FUZZ_PIPE_SIDE_H
#define NODES_TESTS_FUZZ_PIPE_SIDE_H

#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "coap-eap/pipe.h"

/* Wakes the node of this side (0: the authenticator), and sends it up to `most` parts as datagrams
 * of the other; whatever they are, it goes on, and each octet that it sends has a row. Each part is
 * handed to `read`, too; NULL: it is not. */
void fuzz_pipe_side(struct pipe *pipe, unsigned side, struct fuzz_parts *parts, unsigned most,
                    void (*read)(const uint8_t *data, size_t length));

#endif
