/* A result in the form in which results are compared: objects of objects and scalars, without what
 * differs between equal runs. */
#ifndef BENCH_COMPARE_COMPARED_H
#define BENCH_COMPARE_COMPARED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Keys that are not to be compared: "time_ms", or with all below it "messages.EAP-PSK 2". */
struct compared_ignore {
  const char *const *key;
  size_t count;
  bool *met; /* for each key, whether some result had it */
};

/* True of what differs between equal runs: a result's `id` and `code`, and keys that begin with
 * wall_. */
bool compared_always_differs(const char *name);

/* Brings a result into that form, in place: `id`, `code`, keys that begin with wall_ and those to
 * be ignored go; arrays become objects, of `messages` by label, direction and, behind the first
 * phase, phase ("EAP-PSK 2.down"), of anything else by place from 1. */
void compared_form(json_t *result, const struct compared_ignore *ignore);

#endif
