/* Commands of `show`. */
#include "show_command.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_DIGITS = 16 }; /* of a key: no two runs have these in common */

static const char YAML[] = ".yaml", PROGRAM[] = SHOW_COMMAND_OWN, WRAPPER[] = "./waf-wrapper";

/* `show` takes off the end of a scenario's file. */
static char *name_for_show(const char *name) {
  const size_t length = strlen(name), end = sizeof YAML - 1;
  const bool like_file = length > end && strcmp(name + length - end, YAML) == 0;
  return text_format("%s%s", name, like_file ? YAML : "");
}

/* `path` from the folder `here`, both without links; to be freed. */
static char *relative_path(const char *path, const char *here) {
  size_t same = 0; /* octets of folders that both begin with */
  for (size_t i = 0; path[i] == here[i] && path[i] != '\0'; i++)
    same = path[i] == '/' ? i + 1 : same;
  const size_t length = strlen(here);
  if (strncmp(path, here, length) == 0 && path[length] == '/')
    return text_format("./%s", path + length + 1);
  struct text relative = {0};
  for (const char *at = here + same; at != NULL; at = strchr(at + 1, '/'))
    text_add(&relative, "../");
  text_add(&relative, "%s", path + same);
  return relative.data;
}

char *show_command_program(void) {
  if (access(PROGRAM, X_OK) == 0)
    return memory_string(PROGRAM);
  char *own = realpath("/proc/self/exe", NULL), *here = realpath(".", NULL);
  char *program = own == NULL || here == NULL ? memory_string(PROGRAM) : relative_path(own, here);
  free(own);
  free(here);
  return program;
}

struct show_command show_command_from(const char *folder) {
  const char *slash = strrchr(folder, '/');
  return (struct show_command){show_command_program(), text_directory_of(folder),
                               name_for_show(slash == NULL ? folder : slash + 1)};
}

void show_command_deinit(struct show_command *from) {
  free(from->program);
  free(from->results);
  free(from->name);
  *from = (struct show_command){0};
}

static void command_begin(struct text *command, const struct show_command *from) {
  text_add_shell_word(command, from->program);
  text_add(command, " show ");
  if (strcmp(from->results, "results") == 0)
    return;
  text_add(command, "--results ");
  text_add_shell_word(command, from->results);
  text_add(command, " ");
}

void show_command_cell(struct text *command, const struct show_command *from, const char *which,
                       long long cell) {
  char *word = text_format("%s/%lld", from->name, cell);
  command_begin(command, from);
  text_add(command, "%s ", which);
  text_add_shell_word(command, word);
  free(word);
}

/* Names like options, and like settings. */
static bool name_is_taken_for_another(const char *name) {
  return name[0] == '-' || strchr(name, '=') != NULL;
}

void show_command_run(struct text *command, const struct show_command *from, long long cell,
                      long long seed, const char *key) {
  char *word = name_is_taken_for_another(from->name)
                   ? text_format("%.*s", (int)KEY_DIGITS, key)
                   : text_format("%s/%lld/%lld", from->name, cell, seed);
  command_begin(command, from);
  text_add_shell_word(command, word);
  free(word);
}

/* A scenario of scenarios/ by its name, another by its path. */
static void add_scenario_word(struct text *command, const char *path) {
  static const char FOLDER[] = "scenarios/";
  const size_t length = strlen(path), before = sizeof FOLDER - 1, behind = sizeof YAML - 1;
  const bool own = length > before + behind && strncmp(path, FOLDER, before) == 0 &&
                   strchr(path + before, '/') == NULL && strcmp(path + length - behind, YAML) == 0;
  const bool is_path = strchr(path, '/') != NULL;
  char *word = own       ? text_format("%.*s", (int)(length - before - behind), path + before)
               : is_path ? memory_string(path)
                         : text_format("./%s", path);
  text_add(command, " ");
  text_add_shell_word(command, word[0] == '-' ? path : word);
  free(word);
}

static void add_program(struct text *command) {
  char *program = show_command_program();
  text_add_shell_word(command, program);
  free(program);
}

void show_command_campaign(struct text *command, const char *folder, const char *path,
                           long long repeat) {
  char *results = text_directory_of(folder);
  if (access(WRAPPER, X_OK) == 0)
    text_add(command, "%s", WRAPPER);
  else
    add_program(command);
  text_add(command, " run");
  add_scenario_word(command, path);
  if (strcmp(results, "results") != 0) {
    text_add(command, " --results ");
    text_add_shell_word(command, results);
  }
  if (repeat > 0)
    text_add(command, " --repeat %lld", repeat);
  free(results);
}

void show_command_scenario(struct text *command, const char *path) {
  add_program(command);
  text_add(command, " show");
  add_scenario_word(command, path);
}
