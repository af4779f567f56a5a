/* argp's view of the table of settings. */
#define _GNU_SOURCE
#include "options.h"

#include "command_line.h"
#include "config_yaml.h"
#include "protect.h"
#include "role_docs.h"
#include "usage.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_CONFIG = 'c', KEY_HELP = '?', KEY_JSON = 256, KEY_SHOW_KEYS, KEY_USAGE, KEY_SETTINGS };

/* What the command line says, to be assigned after the file was read. */
struct given {
  const struct setting *setting;
  char *text;
};

struct options_arguments {
  enum settings_role role;
  struct report *report;
  struct settings *settings;
  struct complaint *complaint;
  bool helped;
  const char *config;
  struct given *given;
  size_t given_count;
  struct argp_option *options;
  char **strings; /* names and helps of the options: two for each setting */
};

static const struct argp_option lower_layer_heading = {
    .doc = "What peer and authenticator (UE and AA, UE and ApS) must agree on:", .group = 2};

static const struct argp_option fixed_options[] = {
    {"help", KEY_HELP, NULL, 0, "Give this help list", -1},
    {"usage", KEY_USAGE, NULL, 0, "Give a short usage message", -1},
    {.doc = "In all roles:", .group = 3},
    {"config", KEY_CONFIG, "FILE", 0, "Read settings from this YAML file; options override it", 3},
    {"verbose", 'v', NULL, 0, "Log every packet and delivery, too", 3},
    {"quiet", 'q', NULL, 0, "Log results only; twice: errors only", 3},
    {"json", KEY_JSON, NULL, 0, "Print one JSON object for each event to stdout", 3},
    {"show-keys", KEY_SHOW_KEYS, NULL, 0, "Show the derived keys in logs", 3},
};
enum { FIXED_COUNT = sizeof fixed_options / sizeof fixed_options[0] };

/* The options */

static char *option_name(const struct setting *setting) {
  char *name = strdup(setting->name);
  if (name == NULL)
    abort();
  for (char *c = name; *c != '\0'; c++)
    *c = *c == '_' ? '-' : *c;
  return name;
}

static char *option_help(const struct setting *setting, enum settings_role role) {
  char *help;
  const char *text = settings_default(setting, role);
  if (asprintf(&help, text == NULL ? "%s%.0s" : "%s (default: %s)", setting->help, text) < 0)
    abort();
  return help;
}

static void options_add(struct options_arguments *arguments, size_t place,
                        const struct setting *setting) {
  size_t count;
  const size_t index = (size_t)(setting - settings_table(&count));
  const bool is_switch =
      setting->kind == SETTINGS_SWITCH ||
      (setting->kind == SETTINGS_OPTION && setting->option->kind == OPTION_SWITCH);
  arguments->strings[2 * index] = option_name(setting);
  arguments->strings[2 * index + 1] = option_help(setting, arguments->role);
  arguments->options[place] = (struct argp_option){.name = arguments->strings[2 * index],
                                                   .key = KEY_SETTINGS + (int)index,
                                                   .arg = is_switch ? "on|off" : setting->metavar,
                                                   .flags = is_switch ? OPTION_ARG_OPTIONAL : 0,
                                                   .doc = arguments->strings[2 * index + 1],
                                                   .group = setting->option != NULL ? 2 : 1};
}

static void build_options(struct options_arguments *arguments) {
  size_t count = 0, table_count;
  const struct setting *table = settings_table(&table_count);
  arguments->options = calloc(table_count + FIXED_COUNT + 2, sizeof *arguments->options);
  arguments->strings = calloc(2 * table_count, sizeof *arguments->strings);
  if (arguments->options == NULL || arguments->strings == NULL)
    abort();
  for (size_t i = 0; i < table_count; i++)
    if ((table[i].roles & 1u << arguments->role) != 0)
      options_add(arguments, count++, &table[i]);
  if (!settings_is(arguments->settings, SETTINGS_WITHOUT_LOWER))
    arguments->options[count++] = lower_layer_heading;
  memcpy(&arguments->options[count], fixed_options, sizeof fixed_options);
}

static void free_arguments(struct options_arguments *arguments) {
  size_t count;
  (void)settings_table(&count);
  for (size_t i = 0; i < 2 * count; i++)
    free(arguments->strings[i]);
  free(arguments->strings);
  free(arguments->options);
  for (size_t i = 0; i < arguments->given_count; i++) {
    explicit_bzero(arguments->given[i].text, strlen(arguments->given[i].text));
    free(arguments->given[i].text);
  }
  free(arguments->given);
}

/* Parsing */

/* False, with a complaint: it was given before, and said something else. */
static bool note_given(struct options_arguments *arguments, const struct setting *setting,
                       const char *text) {
  for (size_t i = 0; i < arguments->given_count && !settings_is_repeated(setting); i++)
    if (arguments->given[i].setting == setting) {
      if (strcmp(arguments->given[i].text, text) == 0)
        return true;
      char *name = option_name(setting);
      complaint_set(arguments->complaint, "--%s is given twice", name);
      free(name);
      return false;
    }
  struct given *list =
      reallocarray(arguments->given, arguments->given_count + 1, sizeof *arguments->given);
  if (list == NULL)
    abort();
  arguments->given = list;
  char *copy = strdup(text);
  if (copy == NULL)
    abort();
  list[arguments->given_count++] = (struct given){setting, copy};
  return true;
}

static error_t note_setting(struct options_arguments *arguments, int key, char *text) {
  size_t count;
  const struct setting *table = settings_table(&count);
  if (key < KEY_SETTINGS || key >= KEY_SETTINGS + (int)count)
    return ARGP_ERR_UNKNOWN;
  const struct setting *setting = &table[key - KEY_SETTINGS];
  const bool noted = note_given(arguments, setting, text == NULL ? "on" : text);
  if (text != NULL && settings_is_secret(setting))
    protect_argument(text);
  return noted ? 0 : ECANCELED;
}

/* Ends the parsing. */
static error_t give_help(struct argp_state *state, unsigned flags) {
  struct options_arguments *arguments = state->input;
  argp_state_help(state, stdout, flags);
  arguments->helped = true;
  return ECANCELED;
}

static error_t options_parse_one(int key, char *argument, struct argp_state *state) {
  struct options_arguments *arguments = state->input;
  struct report *report = arguments->report;
  switch (key) {
  case KEY_CONFIG:
    if (arguments->config != NULL && strcmp(arguments->config, argument) != 0) {
      complaint_set(arguments->complaint, "--config is given twice");
      return ECANCELED;
    }
    arguments->config = argument;
    return 0;
  case 'v':
    report->level = REPORT_ALL;
    return 0;
  case 'q':
    report->level = report->level > REPORT_RESULTS ? REPORT_RESULTS : REPORT_QUIET;
    return 0;
  case KEY_JSON:
    report->json = true;
    return 0;
  case KEY_SHOW_KEYS:
    report->show_keys = true;
    return 0;
  case KEY_HELP:
    return give_help(state, ARGP_HELP_STD_HELP);
  case KEY_USAGE:
    return give_help(state, ARGP_HELP_USAGE);
  case ARGP_KEY_ARG:
    complaint_set(arguments->complaint, COMMAND_LINE_STRAY);
    return ECANCELED;
  default:
    return note_setting(arguments, key, argument);
  }
}

static int assign_given(const struct options_arguments *arguments) {
  for (size_t i = 0; i < arguments->given_count; i++) {
    const struct given *given = &arguments->given[i];
    const char *wrong = settings_assign(arguments->settings, NULL, given->setting, given->text);
    if (wrong == NULL)
      continue;
    char accepted[SETTINGS_ACCEPTED_MAX];
    char *name = option_name(given->setting);
    complaint_set(arguments->complaint, "--%s: \"%s\" is not accepted (%s); it takes %s", name,
                  settings_is_secret(given->setting) ? "***" : given->text, wrong,
                  settings_accepted(given->setting, accepted));
    free(name);
    return -1;
  }
  return 0;
}

/* Whether a long option is known: argp's own words about one that is not show the value, too.
 * `name` has this length; -1, with a complaint. */
static int find_option(const struct options_arguments *arguments, const char *name, size_t length,
                       const struct argp_option **option) {
  size_t matches = 0;
  for (const struct argp_option *at = arguments->options; at->name != NULL || at->doc != NULL;
       at++) {
    if (at->name == NULL || strncmp(at->name, name, length) != 0)
      continue;
    *option = at;
    matches++;
    if (at->name[length] == '\0')
      return 0;
  }
  if (matches == 1)
    return 0;
  return complaint_set(arguments->complaint,
                       matches == 0 ? "unrecognized option '--%.*s'"
                                    : "option '--%.*s' is ambiguous",
                       (int)length, name);
}

/* Whether the next word is the value of these short options. */
static bool awaits_value(const char *letters) {
  const char *config = strchr(letters, KEY_CONFIG);
  return config != NULL && config[1] == '\0';
}

/* Looks through the names of all options, as getopt will. */
static int check_names(const struct options_arguments *arguments, int argc, char **argv) {
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
    const struct argp_option *option = NULL;
    const char *name = argv[i] + 2;
    const size_t length = strncmp(argv[i], "--", 2) == 0 ? strcspn(name, "=") : 0;
    if (length > 0 && find_option(arguments, name, length, &option) < 0)
      return -1;
    const bool takes_next = option == NULL ? argv[i][0] == '-' && awaits_value(argv[i] + 1)
                                           : name[length] == '\0' && option->arg != NULL &&
                                                 (option->flags & OPTION_ARG_OPTIONAL) == 0;
    i += takes_next;
  }
  return 0;
}

/* The command line alone: what argp says itself, it says on stderr. */
static int parse_arguments(struct options_arguments *arguments, int argc, char **argv) {
  const struct argp argp = {
      arguments->options, options_parse_one, NULL, role_doc(arguments->role), NULL, NULL, NULL};
  char *name;
  if (asprintf(&name, "coap-eap-node %s", arguments->report->role) < 0)
    abort();
  argv[0] = name;
  arguments->complaint->text[0] = '\0';
  arguments->complaint->of_file = false;
  if (check_names(arguments, argc, argv) < 0) {
    free(name);
    return -1;
  }
  const error_t error = argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_NO_EXIT, NULL, arguments);
  free(name);
  if (error == 0)
    return 0;
  return arguments->helped ? USAGE_HELP : -1;
}

int options_parse(enum settings_role role, int argc, char **argv, struct settings *settings,
                  struct report *report, struct complaint *complaint) {
  struct options_arguments arguments = {
      .role = role, .report = report, .settings = settings, .complaint = complaint};
  *report = (struct report){.role = SETTINGS_ROLE_NAMES[role],
                            .level = REPORT_EVENTS,
                            .phases = (1u << role & SETTINGS_OF_PHASES) != 0};
  settings_init(settings, role);
  build_options(&arguments);
  int result = parse_arguments(&arguments, argc, argv);
  if (result == 0 && arguments.config != NULL)
    result = config_yaml_read(settings, arguments.config, complaint);
  if (result == 0)
    result = assign_given(&arguments);
  const char *wrong = result == 0 ? settings_finish(settings) : NULL;
  if (wrong != NULL)
    result = complaint_set(complaint, "%s", wrong);
  free_arguments(&arguments);
  return result;
}
