/* A fuzz target is a file of this folder: what it does with hostile octets, and the valid inputs
 * from which others are made. Two programs are built of each: one that replays its seeds and what
 * is made of them (replay.c, a test), and with clang (-DFUZZ=ON) one that searches (libFuzzer). */
#ifndef NODES_TESTS_FUZZ_FUZZ_H
#define NODES_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FUZZ_INPUT_MAX = 4096 }; /* octets of an input */

/* The target. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Hands each valid input to `take`. */
typedef void fuzz_take(const uint8_t *data, size_t size);
void fuzz_seeds(fuzz_take *take);

/* How many inputs the replay makes by chance from the seeds. */
extern const unsigned FUZZ_ROUNDS;

/* The target sets it where the input was valid to its end. */
extern bool fuzz_accepted;

/* Ends the program where what must hold for each input does not. */
void fuzz_claim(bool holds, const char *what);

/* A result of which either is right. */
static inline void fuzz_either(bool result) {
  (void)result;
}

/* Inputs of several parts: each is two octets of length and so many octets, the last perhaps fewer.
 */
struct fuzz_parts {
  const uint8_t *data;
  size_t left;
};

/* The next part, in memory of exactly its length, to be freed. NULL: there is none. */
uint8_t *fuzz_part_next(struct fuzz_parts *parts, size_t *length);

/* An input that is written. */
struct fuzz_input {
  uint8_t data[FUZZ_INPUT_MAX];
  size_t size;
};

void fuzz_input_put(struct fuzz_input *input, const void *octets, size_t length);
void fuzz_input_put_part(struct fuzz_input *input, const void *octets, size_t length);

#endif
