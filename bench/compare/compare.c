/* The verb compare. */
#include "compare.h"
#include "moves.h"
#include "simulator/simulator.h"
#include "support/memory.h"
#include "support/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What specs have as defaults: as a store notes it, or else the simulator, if it is there. */
static bool schema_find(const struct moves *moves, const char *simulator, struct schema *schema) {
  struct text describe = {0}, ignored = {0};
  for (int side = SIDE_COUNT - 1; side >= 0 && describe.length == 0; side--)
    if (moves->side[side].list.describe != NULL)
      text_add(&describe, "%s", moves->side[side].list.describe);
  char *program = describe.length > 0 ? NULL : simulator_find(simulator, &ignored);
  if (program != NULL && simulator_describe(program, &describe, &ignored) < 0)
    text_deinit(&describe);
  bool found = describe.length > 0 && schema_init(schema, text_string(&describe), &ignored) == 0;
  free(program);
  text_deinit(&describe);
  text_deinit(&ignored);
  return found;
}

/* Tells of keys that were to be ignored, and that are not there. */
static void tell_unmet(const struct compared_ignore *ignore) {
  for (size_t i = 0; i < ignore->count; i++)
    if (!ignore->met[i])
      text_printf(stderr, "--ignore %s: no result has this key\n", ignore->key[i]);
}

static int tell(struct moves *moves, const struct bench_options *options, struct text *error) {
  struct schema schema;
  struct text text = {0};
  bool found = schema_find(moves, options->simulator, &schema);
  moves->schema = found ? &schema : NULL;
  int status = (options->json ? moves_print_json : moves_print)(moves, &text, error);
  if (status == 0)
    text_print(text_string(&text), stdout);
  text_deinit(&text);
  if (found)
    schema_deinit(&schema);
  return status;
}

/* Compares the lists of these names. */
static enum bench_exit compare_act(const struct bench_options *options, char *const words[],
                                   struct text *error) {
  const char *const names[SIDE_COUNT] = {words[0], words[1]};
  struct compared_ignore ignore = {
      .key = options->ignore.item,
      .count = options->ignore.count,
      .met = memory_get(options->ignore.count, sizeof *ignore.met),
  };
  struct moves moves;
  enum bench_exit status = BENCH_BAD_USAGE;
  if (moves_init(&moves, names, &ignore, error) == 0 && moves_find(&moves, error) == 0 &&
      tell(&moves, options, error) == 0)
    status = moves_none(&moves) ? BENCH_GOOD : BENCH_FAILED;
  if (status != BENCH_BAD_USAGE)
    tell_unmet(&ignore);
  moves_deinit(&moves);
  free(ignore.met);
  return status;
}

enum bench_exit compare(const struct bench_options *options, char *const words[], int count) {
  struct text error = {0};
  enum bench_exit status = BENCH_BAD_USAGE;
  if (count != 2)
    text_add(&error,
             "compare takes two lists of runs: stores, results folders or files of results; "
             "coap-eap-bench --help says more\n");
  else if (strcmp(words[0], "-") == 0 && strcmp(words[1], "-") == 0)
    text_add(&error, "-: one of the two can be standard input\n");
  else
    status = compare_act(options, words, &error);
  if (process_interrupted())
    status = BENCH_INTERRUPTED;
  else
    text_print(text_string(&error), stderr);
  text_deinit(&error);
  return status;
}
