/* Writes specs, and tells what is a run's from what is the program's own: by the difference of many
 * runs and few. */
#include "subject.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_TEXT_MAX = 16, HOURLY_LEAST = 2000 };

#define RUN "run_spec" /* the function in which a run of the simulator is made */

static FILE *open_or_fail(const char *name, const char *mode) {
  FILE *file = fopen(name, mode);
  if (file == NULL)
    cost_fail(name);
  return file;
}

/* Closes what was written, all of it. */
static void close_or_fail(FILE *file, const char *name) {
  const bool failed = ferror(file) != 0;
  if (fclose(file) != 0 || failed)
    cost_fail(name);
}

/* Specs with seeds from 1, of which each second one may have other hops and another wire. */
static void write_specs(const char *keys, const int hops[2], bool other_wire, int runs) {
  FILE *specs = open_or_fail(SPECS, "w");
  for (int i = 0; i < runs; i++)
    fprintf(specs, "{%s, \"hops\": %d, \"seed\": %d%s}\n", keys, hops[i % 2], i + 1,
            !other_wire  ? ""
            : i % 2 == 0 ? ", \"aaa_delay_ms\": 5"
                         : ", \"aaa_delay_ms\": 6");
  close_or_fail(specs, SPECS);
}

static struct cost cost_of_specs(const char *simulator, const char *keys, const int hops[2],
                                 bool other_wire, int runs) {
  const char *const argv[] = {simulator, "-j", "1", SPECS, NULL};
  write_specs(keys, hops, other_wire, runs);
  return cost_of(argv, NULL, RESULT, RUN);
}

struct cost subject_run(const char *simulator, enum company company, const char *keys, int hops,
                        int runs) {
  const int both[2] = {hops, hops};
  const bool first = company == COMPANY_FIRST, other = company == COMPANY_OTHER;
  const int many = first ? 1 : runs + 1, few = first ? 0 : 1;
  return cost_each(cost_of_specs(simulator, keys, both, other, many),
                   cost_of_specs(simulator, keys, both, other, few), many - few);
}

struct cost subject_run_in_turn(const char *simulator, const char *keys, const int hops[2],
                                int runs) {
  const int even = runs + runs % 2; /* as many of each, behind the first */
  return cost_each(cost_of_specs(simulator, keys, hops, false, even + 1),
                   cost_of_specs(simulator, keys, hops, false, 1), even);
}

double subject_hourly(const char *simulator, const char *keys, int hops, int runs) {
  const char *const argv[] = {simulator, SPECS, NULL};
  const int both[2] = {hops, hops}, many = runs < HOURLY_LEAST ? HOURLY_LEAST : runs;
  write_specs(keys, both, false, 1);
  const struct cost few = cost_once(argv, NULL, RESULT);
  write_specs(keys, both, false, many + 1);
  return 3600e3 / cost_each(cost_once(argv, NULL, RESULT), few, many).wall_ms;
}

/* What the simulator is measured against */

/* One line for bare-ns3 of a message in the log, if it is one. */
static void convert(const char *line, int hops, FILE *out) {
  json_t *entry = json_loads(line, 0, NULL);
  const char *from = json_string_value(json_object_get(entry, "from"));
  const char *what = json_string_value(json_object_get(entry, "what"));
  if (from != NULL && what != NULL && strcmp(what, "message") == 0) {
    const int sender = strcmp(from, "authenticator") == 0 ? 0 : hops;
    fprintf(out, "%.0f %d %d %lld\n", json_number_value(json_object_get(entry, "t_ms")) * 1e6,
            sender, hops - sender, (long long)json_integer_value(json_object_get(entry, "bytes")));
  }
  json_decref(entry);
}

/* The datagrams of one authentication without loss, into MESSAGES. */
static void record_messages(const char *simulator, const char *keys, int hops) {
  const char *const argv[] = {simulator, SPECS, "--log", LOG, NULL};
  const int both[2] = {hops, hops};
  write_specs(keys, both, false, 1);
  cost_once(argv, NULL, RESULT);
  FILE *log = open_or_fail(LOG, "r"), *messages = open_or_fail(MESSAGES, "w");
  char *line = NULL;
  size_t capacity = 0;
  while (getline(&line, &capacity, log) > 0)
    convert(line, hops, messages);
  free(line);
  close_or_fail(log, LOG);
  close_or_fail(messages, MESSAGES);
}

static struct cost cost_of_bare(const char *bare_ns3, bool kept, int hops, int runs) {
  char hops_text[NUMBER_TEXT_MAX], runs_text[NUMBER_TEXT_MAX];
  snprintf(hops_text, sizeof hops_text, "%d", hops);
  snprintf(runs_text, sizeof runs_text, "%d", runs);
  const char *const argv[] = {bare_ns3, kept ? "kept" : "anew", hops_text, runs_text, NULL};
  return cost_of(argv, MESSAGES, RESULT, NULL);
}

struct cost subject_bare(const char *bare_ns3, const char *simulator, const char *keys, int hops,
                         bool kept, int runs) {
  record_messages(simulator, keys, hops);
  return cost_each(cost_of_bare(bare_ns3, kept, hops, runs + 1),
                   cost_of_bare(bare_ns3, kept, hops, 1), runs);
}

static struct cost cost_of_cores(const char *bare_cores, int runs) {
  char runs_text[NUMBER_TEXT_MAX];
  snprintf(runs_text, sizeof runs_text, "%d", runs);
  const char *const argv[] = {bare_cores, runs_text, NULL};
  return cost_of(argv, SPECS, RESULT, NULL);
}

struct cost subject_cores(const char *bare_cores, const char *keys, int runs) {
  const int one[2] = {1, 1};
  write_specs(keys, one, false, 1);
  return cost_each(cost_of_cores(bare_cores, runs + 1), cost_of_cores(bare_cores, 1), runs);
}
