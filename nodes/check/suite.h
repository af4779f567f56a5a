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

/* What the network does; each is explored with the ordering policies and the kinds of association
 * that suite_has says. */
extern const struct suite_scene SUITE_SCENES[];
extern const size_t SUITE_SCENE_COUNT;

/* Whether a scene is explored with this kind of association, by its name, and this ordering policy,
 * by its place, where nobody asks for another. */
bool suite_has(const struct suite_scene *scene, const char *association, size_t ordering);

/* What differs with this kind of association, which is a session; may be "". */
const char *suite_words(const struct suite_scene *scene, const char *association);

/* Sets words, separated by blanks. False: `error` says why not. */
bool suite_set(struct model *model, const char *words, char *error, size_t capacity);

#endif
