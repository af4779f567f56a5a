/* Specs as they come in: lines of a file descriptor that become jobs while there is room for them.
 */
#ifndef SIM_POOL_INPUT_H
#define SIM_POOL_INPUT_H

#include "bytes.h"
#include "job.h"

struct input {
  int file;
  bool ended;           /* its end was read, or reading failed */
  bool failed;          /* reading */
  bool invalid;         /* some spec was not accepted */
  struct bytes pending; /* read; `taken` of it are used */
  size_t taken;
  struct bytes line; /* not yet whole */
  bool line_too_long;
  uint64_t number; /* of the last job */
};

void input_init(struct input *input, int file);
void input_deinit(struct input *input);

/* Whether to read on: what was read is used up, and there may be more. */
bool input_wants(const struct input *input);

/* All that there will ever be has become jobs. */
bool input_is_done(const struct input *input);

/* Reads once; blocks if nothing is there. Says on stderr if it fails. */
void input_read(struct input *input);

/* Makes jobs of whole lines, empty ones apart. What is no spec is a job that is done. */
void input_take(struct input *input, struct job_queue *queue);

#endif
