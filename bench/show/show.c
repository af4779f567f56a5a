/* One run, looked at closely. */
#include "show.h"
#include "causes.h"
#include "decrypt.h"
#include "frames_list.h"
#include "ladder.h"
#include "logged_run.h"
#include "scenario/plan.h"
#include "simulator/outcome.h"
#include "simulator/simulator.h"
#include "store/feed.h"
#include "stored.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/value.h"
#include "waterfall.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct show {
  const struct bench_options *options;
  char *simulator;
  struct schema schema;
  bool has_schema;
  const char *scenario; /* word, or NULL */
  const char *case_name;
  json_t *settings;     /* key: value */
  struct choice stored; /* the run that is made again, if it has a key */
  char *given;          /* the spec: canonical JSON */
  struct logged_run run;
};

static int complain_key(const struct schema *schema, const char *word, const char *name,
                        struct text *error) {
  const char **names = memory_get(schema->spec_count, sizeof *names);
  for (size_t i = 0; i < schema->spec_count; i++)
    names[i] = schema->spec[i].name;
  const char *nearest = value_nearest(name, names, schema->spec_count);
  text_add(error, "%s: there is no key `%s`", word, name);
  if (nearest != NULL)
    text_add(error, "; did you mean `%s`?", nearest);
  text_add(error, "\n  accepted:");
  for (size_t i = 0; i < schema->spec_count; i++)
    text_add(error, " %s", names[i]);
  text_add(error, "\n");
  free(names);
  return -1;
}

/* Takes key=value. */
static int read_setting(struct show *show, const char *word, size_t length, struct text *error) {
  char *name = text_format("%.*s", (int)length, word);
  const struct schema_key *key = schema_spec_find(&show->schema, name);
  json_t *value = key == NULL ? NULL : schema_value_parse(key, word + length + 1);
  int status = 0;
  if (strcmp(name, SCENARIO_CASE) == 0) {
    show->case_name = word + length + 1;
  } else if (key == NULL) {
    status = complain_key(&show->schema, word, name, error);
  } else if (value == NULL) {
    text_add(error, "%s: `%s` takes ", word, name);
    schema_accepted_add(key, error);
    text_add(error, "\n");
    status = -1;
  } else {
    json_object_set(show->settings, name, value);
  }
  json_decref(value);
  free(name);
  return status;
}

/* Whether it is a cell that is asked for. */
static bool asks_cell(const struct bench_options *options) {
  return options->slowest != NULL || options->median != NULL;
}

static int show_read_words(struct show *show, char *const words[], int count, struct text *error) {
  for (int i = 0; i < count; i++) {
    const char *equals = strchr(words[i], '=');
    if (equals == NULL && show->scenario != NULL) {
      text_add(error, "%s: one scenario at most; settings are written key=value\n", words[i]);
      return -1;
    }
    if (equals == NULL)
      show->scenario = words[i];
    else if (read_setting(show, words[i], (size_t)(equals - words[i]), error) < 0)
      return -1;
  }
  if (asks_cell(show->options) && (show->scenario != NULL || (show->options->slowest != NULL &&
                                                              show->options->median != NULL))) {
    text_add(error, "--slowest and --median each ask for a run: name no other\n");
    return -1;
  }
  if (show->scenario == NULL && show->case_name != NULL && !asks_cell(show->options)) {
    text_add(error, "case=%s is of no scenario: name that as well\n", show->case_name);
    return -1;
  }
  return 0;
}

/* The first run of the plan, of the case if one was asked for. */
static const struct plan_run *choose_run(const struct plan *plan, const char *case_name) {
  for (size_t i = 0; i < plan->run_count; i++) {
    json_t *name = json_object_get(plan->cell[plan->run[i].cell].columns, SCENARIO_CASE);
    if (case_name == NULL || (name != NULL && strcmp(json_string_value(name), case_name) == 0))
      return &plan->run[i];
  }
  return NULL;
}

/* The spec that a scenario begins with. NULL with an error. */
static json_t *show_read_scenario(const struct show *show, struct text *error) {
  struct scenario scenario;
  struct plan plan;
  char *path = scenario_find(show->scenario, show->options->scenarios, error);
  json_t *spec = NULL;
  if (path != NULL && scenario_init(&scenario, path, &show->schema, error) == 0) {
    if (plan_init(&plan, &scenario, error) == 0) {
      const struct plan_run *run = choose_run(&plan, show->case_name);
      if (run == NULL)
        text_add(error, "%s has no case `%s`\n", path, show->case_name);
      else
        spec = json_loads(run->given, 0, NULL);
      plan_deinit(&plan);
    }
    scenario_deinit(&scenario);
  }
  free(path);
  return spec;
}

/* The spec of a run that is stored: of a cell, whose columns are the settings, or as it is named.
 */
static json_t *find_stored(struct show *show, struct text *error) {
  if (show->case_name != NULL)
    json_object_set_new(show->settings, SCENARIO_CASE, json_string(show->case_name));
  const int status =
      asks_cell(show->options)
          ? stored_find_of_cell(show->options, &show->schema, show->settings, &show->stored, error)
          : stored_find(show->options, show->scenario, &show->stored, error);
  return status < 0 ? NULL : json_loads(show->stored.spec, 0, NULL);
}

/* The spec that is changed by the settings, if they are not what has found it. */
static json_t *find_spec(struct show *show, struct text *error) {
  if (asks_cell(show->options))
    return find_stored(show, error);
  json_t *spec = show->scenario == NULL            ? json_object()
                 : stored_is_named(show->scenario) ? find_stored(show, error)
                                                   : show_read_scenario(show, error);
  if (spec != NULL)
    json_object_update(spec, show->settings);
  return spec;
}

static int make_spec(struct show *show, struct text *error) {
  json_t *spec = find_spec(show, error);
  if (spec == NULL)
    return -1;
  show->given = value_canonical(spec);
  json_decref(spec);
  return 0;
}

static int show_ask_simulator(struct show *show, struct text *error) {
  struct text describe = {0};
  show->simulator = simulator_find(show->options->simulator, error);
  if (show->simulator == NULL)
    return -1;
  int status = simulator_describe(show->simulator, &describe, error);
  if (status == 0)
    status = schema_init(&show->schema, text_string(&describe), error);
  show->has_schema = status == 0;
  text_deinit(&describe);
  return status;
}

/* "coap-eap-sim · code 4c9ca19c · ns-3 3.37 · {"seed":1}" */
static char *provenance(const struct show *show) {
  const char *version = value_string(show->schema.libraries, "ns-3");
  const char *commit = show->schema.commit;
  char *line =
      text_format("coap-eap-sim%s%s · code %.8s%s%s · %s", commit[0] == '\0' ? "" : " ", commit,
                  show->schema.code, version[0] == '\0' ? "" : " · ns-3 ", version, show->given);
  return line;
}

/* To be pasted into sh, some of which have an echo that interprets backslashes. */
static char *command(const struct show *show) {
  struct text text = {0};
  text_add(&text, strchr(show->given, '\\') == NULL ? "echo " : "printf '%%s\\n' ");
  text_add_shell_word(&text, show->given);
  text_add(&text, " | ");
  text_add_shell_word(&text, show->simulator);
  text_add(&text, " --pcap DIR --log DIR/log.jsonl");
  return text.data;
}

/* Whose messages; without --peer those of the first, or where peers ask each other, of all. */
static size_t show_peer(const struct show *show) {
  const bool together = json_is_object(json_object_get(show->run.result, "parties"));
  const int peer = show->options->peer;
  return peer != BENCH_PEER_UNSAID ? (size_t)peer : together ? LADDER_ALL_PEERS : 1;
}

static void show_print_text(const struct show *show, const struct ladder *ladder,
                            struct text *text) {
  char *again = command(show), *made = provenance(show);
  const char *reason = value_string(show->run.result, "reason");
  text_add(text, "%s%s%s\n\n", value_string(show->run.result, "outcome"),
           reason[0] == '\0' ? "" : ": ", reason);
  ladder_print(ladder, text);
  if (show->options->frames) {
    text_add(text, "\nFrames\n\n");
    frames_list_print(ladder, text);
  }
  text_add(text, "\nOctets on air by message and row of the ledger\n\n");
  waterfall_print_rows(&show->schema, show->run.result, text);
  text_add(text, "\n");
  waterfall_print_bars(&show->schema, show->run.result, text);
  text_add(text, "\nThe same messages without 6LoWPAN\n\n");
  waterfall_print_plain(show->run.result, text);
  const json_t *causes = causes_of(show->run.result, show_peer(show));
  if (causes != NULL) {
    text_add(text, "\nTime by cause\n\n");
    causes_print(causes, text);
  }
  text_add(text, "\nTime and energy\n\n");
  waterfall_print_cost(&show->schema, show->run.result, text);
  text_add(text, "\nAgain, with captures, and what opens them\n\n  %s\n", again);
  decrypt_print(show->run.result, show->run.log, text);
  text_add(text, "\n%s\n", made);
  free(again);
  free(made);
}

static void show_print_json(const struct show *show, const struct ladder *ladder,
                            struct text *text) {
  char *again = command(show);
  json_t *object = json_pack("{s:s, s:o, s:O}", "command", again, "ladder", ladder_json(ladder),
                             "result", show->run.result);
  if (show->options->frames)
    json_object_set_new(object, "frames", frames_json(&ladder->frames));
  char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
  text_add(text, "%s\n", line);
  free(line);
  json_decref(object);
  free(again);
}

static int show_print(const struct show *show, struct text *error) {
  struct ladder ladder;
  struct text text = {0}, svg = {0};
  const struct bench_options *options = show->options;
  if (ladder_init(&ladder, show->run.result, show->run.log, show_peer(show), error) < 0)
    return -1;
  if (options->json)
    show_print_json(show, &ladder, &text);
  else
    show_print_text(show, &ladder, &text);
  text_print(text_string(&text), stdout);
  int status = 0;
  if (options->svg != NULL) {
    char *made = provenance(show);
    ladder_draw(&ladder, made, &svg);
    status = text_file_write(options->svg, &svg, error);
    free(made);
  }
  text_deinit(&text);
  text_deinit(&svg);
  ladder_deinit(&ladder);
  return status;
}

static bool show_may_be_other(const char *outcome) {
  const char *name;
  for (size_t i = 0; (name = outcome_again(i)) != NULL; i++)
    if (strcmp(name, outcome) == 0)
      return true;
  return false;
}

/* A stored run, and not one that settings have changed. */
static bool is_made_again(const struct show *show) {
  return show->stored.key != NULL &&
         (asks_cell(show->options) || json_object_size(show->settings) == 0);
}

static enum bench_exit show_act(struct show *show, char *const words[], int count,
                                struct text *error) {
  if (show_ask_simulator(show, error) < 0 || show_read_words(show, words, count, error) < 0 ||
      make_spec(show, error) < 0)
    return BENCH_BAD_USAGE;
  if (logged_run_make(&show->run, show->simulator, show->given, false, error) < 0)
    return BENCH_FAILED;
  const char *outcome = value_string(show->run.result, "outcome");
  if (!outcome_measures(outcome)) {
    text_add(error, "%s: %s\n", outcome, value_string(show->run.result, "reason"));
    return show_may_be_other(outcome) ? BENCH_FAILED : BENCH_BAD_USAGE;
  }
  if (is_made_again(show))
    stored_compare(&show->stored, show->run.result, &show->schema, error);
  return show_print(show, error) < 0 ? BENCH_FAILED : BENCH_GOOD;
}

enum bench_exit show(const struct bench_options *options, char *const words[], int count) {
  struct show show = {.options = options, .settings = json_object()};
  struct text error = {0};
  enum bench_exit status = show_act(&show, words, count, &error);
  if (process_interrupted())
    status = BENCH_INTERRUPTED;
  else
    text_print(text_string(&error), stderr);
  text_deinit(&error);
  if (show.has_schema)
    schema_deinit(&show.schema);
  choice_deinit(&show.stored);
  json_decref(show.settings);
  logged_run_deinit(&show.run);
  free(show.given);
  free(show.simulator);
  return status;
}
