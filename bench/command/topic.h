/* The topics of help: the rows of topics.def. */
#ifndef BENCH_COMMAND_TOPIC_H
#define BENCH_COMMAND_TOPIC_H

#include "support/text.h"

#include <stddef.h>

struct topic {
  const char *name;
  const char *about; /* in a line */
  const char *text;  /* NULL: what the simulator says */

  /* Of such a topic: adds all that the simulator at the path says of it (NULL: beside this
   * program), or of one key. -1 with an error. */
  int (*add)(struct text *text, const char *simulator, const char *key, struct text *error);
};

extern const struct topic TOPICS[];
extern const size_t TOPIC_COUNT;

/* NULL if there is none of this name. */
const struct topic *topic_find(const char *name);

#endif
