/* The explorations that belong to the project: what coap-eap-check runs without arguments, and what
 * the tests run, a group each. */
#ifndef NODES_CHECK_SUITE_H
#define NODES_CHECK_SUITE_H

#include "model.h"

struct suite_scene {
  const char *name, *meaning;
  const char *words;      /* for suite_set */
  const char *dtls_words; /* what differs with DTLS, which has more datagrams */
  const char *full_words; /* what differs in the long run */
};

/* What the network does; each is explored with every ordering policy, and every kind of association
 * that suite_has_association says. */
extern const struct suite_scene SUITE_SCENES[];
extern const size_t SUITE_SCENE_COUNT;

/* A kind of association, by its name, that scenes are explored with where nobody asks for another.
 */
bool suite_has_association(const char *name);

/* Sets words, separated by blanks. False: `error` says why not. */
bool suite_set(struct model *model, const char *words, char *error, size_t capacity);

#endif
