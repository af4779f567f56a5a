/* Choices in a file: what was found, so that it can be seen again. Lines:
 *
 *   # words for people
 *   model KEY=VALUE ...     what differs from the default
 *   shows NAME              the violation; or the word "ends" and how both sides stand then
 *   CHOICE                  one a line, as in choice.h
 *
 * A run that "ends" goes on behind the last choice, without further acts. */
#ifndef NODES_CHECK_REPLAY_H
#define NODES_CHECK_REPLAY_H

#include "explore.h"

#include <stdio.h>

struct replay {
  struct model model;
  enum monitor_violation violation; /* MONITOR_NONE: it shows `ends` */
  char ends[160];
  struct choice choices[EXPLORE_DEPTH_MAX];
  size_t count;
};

/* False: `error` names the line and what is wrong. */
bool replay_read(FILE *file, struct replay *replay, char *error, size_t capacity);

/* Writes the file of one end or violation that an exploration found. */
void replay_write(FILE *file, const struct model *model, const struct explore_end *end);

/* Replays, with a ladder to `ladder` unless that is NULL. True: it shows what it says. */
bool replay_run(const struct replay *replay, FILE *ladder);

#endif
