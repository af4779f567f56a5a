/* How arguments of options are read. */
#include "option_kind.h"
#include "support/memory.h"
#include "support/options.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS_MAX = 1024, DECIMAL = 10, PERCENT = 100 };

/* A number from 1 to `most`, and what stands behind it. */
static bool count_begin(const char *argument, int most, int *count, char **end) {
  const long number = strtol(argument, end, DECIMAL);
  *count = number >= 1 && number <= most ? (int)number : 0;
  return *argument >= '0' && *argument <= '9' && *count > 0;
}

/* The same, and nothing behind it. */
static bool count_read(const char *argument, int most, int *count) {
  char *end;
  return count_begin(argument, most, count, &end) && *end == '\0';
}

static bool read_FLAG(const char *argument, void *field) {
  (void)argument;
  *(bool *)field = true;
  return true;
}

static bool read_TEXT(const char *argument, void *field) {
  *(const char **)field = argument;
  return true;
}

static bool read_LIST(const char *argument, void *field) {
  struct bench_list *list = field;
  list->item = memory_resize(list->item, list->count + 1, sizeof *list->item);
  list->item[list->count++] = argument;
  return true;
}

static bool read_COUNT(const char *argument, void *field) {
  return count_read(argument, INT_MAX, field);
}

static bool read_JOBS(const char *argument, void *field) {
  return count_read(argument, JOBS_MAX, field);
}

/* 0 is `all`. */
static bool read_PEER(const char *argument, void *field) {
  if (strcmp(argument, "all") != 0)
    return count_read(argument, INT_MAX, field);
  *(int *)field = 0;
  return true;
}

static bool read_SHARD(const char *argument, void *field) {
  struct bench_shard *shard = field;
  char *end;
  return count_begin(argument, INT_MAX, &shard->number, &end) && *end == '/' &&
         count_read(end + 1, INT_MAX, &shard->count) && shard->number <= shard->count;
}

static bool read_PERCENT(const char *argument, void *field) {
  char *end;
  const double share = strtod(argument, &end);
  *(double *)field = share / PERCENT;
  return ((*argument >= '0' && *argument <= '9') || *argument == '.') && share > 0 &&
         share <= PERCENT && strcmp(end, "%") == 0;
}

static const struct {
  bool (*read)(const char *argument, void *field);
  const char *accepts;
} KINDS[] = {
#define KIND(id, type, accepts) [KIND_##id] = {read_##id, accepts},
#include "option_kinds.def"
#undef KIND
};

bool option_kind_read(enum option_kind kind, const char *argument, void *field) {
  return KINDS[kind].read(argument, field);
}

const char *option_kind_accepts(enum option_kind kind) {
  return KINDS[kind].accepts;
}
