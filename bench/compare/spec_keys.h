/* Keys of specs that one side alone has, as two versions of the simulator differ in them. */
#ifndef BENCH_COMPARE_SPEC_KEYS_H
#define BENCH_COMPARE_SPEC_KEYS_H

#include "measures.h"
#include "pairing.h"

struct spec_keys {
  const struct measures_known *known;
  json_t *filled[SIDE_COUNT];   /* object: of those that this side alone has, the default that runs
                                 * of the other count as having */
  json_t *left_out[SIDE_COUNT]; /* array: those of which no default is known */
};

/* Fills them in a pairing: each counts by its default, as the side that has it knows it. One that
 * follows from another (the figures of a platform) does not count. Deinit it. */
void spec_keys_fill(struct spec_keys *keys, const struct measures_known *known,
                    struct pairing *pairing);
void spec_keys_deinit(struct spec_keys *keys);

/* Adds which they are, by name where they are few or `all` are wanted. */
void spec_keys_add(const struct spec_keys *keys, bool all, struct text *text);

#endif
