/* The keys of two lists of results as a tree, and on each what moved from one list to the other. */
#ifndef BENCH_COMPARE_KEY_TREE_H
#define BENCH_COMPARE_KEY_TREE_H

#include "support/text.h"

#include <jansson.h>
#include <stdint.h>

/* The two lists: what was, and what is. */
enum side { SIDE_A, SIDE_B, SIDE_COUNT };

/* A key of results ("bytes_air"), or of an object in them ("udp" of the ledger). */
struct key {
  const struct key *parent; /* NULL of the root, which is the result */
  char *name;
  bool known[SIDE_COUNT]; /* whether some result of the list has it */
  struct key **child;     /* in the order of their first appearance */
  size_t child_count;
  json_t *place; /* of each child by its name: a list may have as many items as a run has peers */
  size_t likely; /* the child that is looked for next, as a rule */

  size_t moved;              /* in how many pairs */
  double relative;           /* the largest move: see key_relative */
  size_t pair;               /* where that was */
  json_t *value[SIDE_COUNT]; /* what it was; NULL where there was none */
};

/* Zero-initialised it is a root. Takes the keys of a result (in compared_form) of a list in, and
 * returns a hash of the result, in which the order of keys does not count: where two hashes are
 * equal, key_compare finds nothing. Keys of `spec` are taken in, and are not in the hash. */
uint64_t key_note(struct key *root, enum side side, const json_t *result);
void key_deinit(struct key *root);

/* The part of such a hash that a key of this name has, whose value has the hash `own`. */
uint64_t key_hash_named(const char *name, uint64_t own);

/* Whether some result of the list has this key, which is none inside of another. */
bool key_is_known(const struct key *root, const char *name, enum side side);

/* Compares the two results of a pair, whose keys were noted, but for their specs. A key that one
 * list never has does not move. True if some key moved. */
bool key_compare(struct key *root, const json_t *a, const json_t *b, size_t pair);

/* How large a move is: the difference to the larger of both, from 0 to 2; infinity unless both are
 * numbers. */
double key_relative(const json_t *a, const json_t *b);

/* Adds "messages.EAP-PSK 2.down.frames". */
void key_path_add(const struct key *key, struct text *text);

/* Calls `visit` for each key below the root, those above before those below, for as long as it
 * says to go down from there. */
void key_walk(const struct key *root, bool (*visit)(void *context, const struct key *key),
              void *context);

#endif
