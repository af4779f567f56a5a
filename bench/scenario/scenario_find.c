/* Where a scenario's file is. */
#include "scenario.h"
#include "support/folder_names.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char YAML[] = ".yaml", HERE[] = ".";

static void list_scenarios(const char *folder, struct text *error) {
  struct folder_names names;
  folder_names_find(&names, folder, YAML);
  text_add(error, names.count > 0 ? "  there are:" : "  there is none in %s", folder);
  for (size_t i = 0; i < names.count; i++)
    text_add(error, " %s", names.name[i]);
  text_add(error, "\n");
  folder_names_deinit(&names);
}

/* Asks whether the file of `folder` was meant whose name is the nearest. Whether there is one. */
static bool ask_for_file(const char *name, const char *folder, struct text *error) {
  char *nearest = folder_names_nearest(name, folder, YAML);
  const bool here = strcmp(folder, HERE) == 0;
  if (nearest != NULL)
    text_add(error, "  did you mean the file `%s%s%s%s`?\n", here ? "" : folder, here ? "" : "/",
             nearest, YAML);
  free(nearest);
  return nearest != NULL;
}

static bool ask_for_name(const char *name, const char *folder, struct text *error) {
  char *nearest = folder_names_nearest(name, folder, YAML);
  if (nearest != NULL)
    text_add(error, "  did you mean `%s`?\n", nearest);
  free(nearest);
  return nearest != NULL;
}

/* A file that is not there: one beside it, or a scenario of the project. */
static void suggest_for_path(const char *path, const char *scenarios, struct text *error) {
  char *folder = text_directory_of(path);
  const char *slash = strrchr(path, '/'), *file = slash == NULL ? path : slash + 1;
  const size_t length = strlen(file), ending = sizeof YAML - 1;
  const bool is_yaml = length > ending && strcmp(file + length - ending, YAML) == 0;
  char *name = text_format("%.*s", (int)(is_yaml ? length - ending : length), file);
  if (!ask_for_file(name, folder, error))
    ask_for_name(name, scenarios, error);
  free(name);
  free(folder);
}

/* A name that is no scenario's: another's, or that of a file here. */
static void suggest_for_name(const char *name, const char *scenarios, struct text *error) {
  char *path = text_format("%s%s", name, YAML);
  if (access(path, R_OK) == 0) {
    text_add(error, "  did you mean the file `%s`?\n", path);
  } else {
    list_scenarios(scenarios, error);
    char *stem = text_format("%.*s", (int)strcspn(name, "."), name); /* of a misspelt .yaml */
    if (!ask_for_name(name, scenarios, error))
      ask_for_file(stem, HERE, error);
    free(stem);
  }
  free(path);
}

char *scenario_find(const char *name, const char *folder, struct text *error) {
  const size_t length = strlen(name), ending = sizeof YAML - 1;
  const bool is_path =
      strchr(name, '/') != NULL || (length > ending && strcmp(name + length - ending, YAML) == 0);
  char *path = is_path ? memory_string(name) : text_format("%s/%s%s", folder, name, YAML);
  if (access(path, R_OK) == 0)
    return path;
  text_add(error, is_path ? "there is no scenario %s\n" : "there is no scenario %s (%s)\n", name,
           path);
  free(path);
  (is_path ? suggest_for_path : suggest_for_name)(name, folder, error);
  return NULL;
}
