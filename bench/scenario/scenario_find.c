/* Where a scenario's file is. */
#include "scenario.h"
#include "support/memory.h"
#include "support/value.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int only_yaml(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

static void list_scenarios(const char *name, const char *folder, struct text *error) {
  struct dirent **entry = NULL;
  int count = scandir(folder, &entry, only_yaml, alphasort);
  if (count < 0) {
    text_add(error, "there is no folder %s\n", folder);
    return;
  }
  const char **names = memory_get((size_t)count, sizeof *names);
  text_add(error, "  there are:");
  for (int i = 0; i < count; i++) {
    entry[i]->d_name[strlen(entry[i]->d_name) - 5] = '\0';
    names[i] = entry[i]->d_name;
    text_add(error, " %s", names[i]);
  }
  text_add(error, "\n");
  const char *nearest = value_nearest(name, names, (size_t)count);
  if (nearest != NULL)
    text_add(error, "  did you mean `%s`?\n", nearest);
  for (int i = 0; i < count; i++)
    free(entry[i]);
  free(entry);
  free(names);
}

char *scenario_find(const char *name, const char *folder, struct text *error) {
  size_t length = strlen(name);
  bool is_path =
      strchr(name, '/') != NULL || (length > 5 && strcmp(name + length - 5, ".yaml") == 0);
  char *path = is_path ? memory_string(name) : text_format("%s/%s.yaml", folder, name);
  if (access(path, R_OK) == 0)
    return path;
  text_add(error, "there is no scenario %s (%s)\n", name, path);
  free(path);
  if (is_path)
    return NULL;
  path = text_format("%s.yaml", name);
  if (access(path, R_OK) == 0)
    text_add(error, "  did you mean the file `%s`?\n", path);
  else
    list_scenarios(name, folder, error);
  free(path);
  return NULL;
}
