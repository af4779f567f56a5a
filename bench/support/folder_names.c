/* Names in folders, by patterns. */
#include "folder_names.h"
#include "memory.h"
#include "text.h"
#include "value.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

char *folder_names_escape(const char *path) {
  struct text escaped = {0};
  text_add(&escaped, "%s", "");
  for (; *path != '\0'; path++)
    text_add(&escaped, strchr("*?[]\\", *path) == NULL ? "%c" : "\\%c", *path);
  return escaped.data;
}

void folder_names_find(struct folder_names *names, const char *folder, const char *behind) {
  char *escaped = folder_names_escape(folder);
  char *pattern = text_format("%s/*%s", escaped, behind);
  const size_t before = strlen(folder) + 1, after = strlen(behind);
  glob_t found = {0};
  (void)glob(pattern, 0, NULL, &found);
  names->name = memory_get(found.gl_pathc, sizeof *names->name);
  names->count = found.gl_pathc;
  for (size_t i = 0; i < found.gl_pathc; i++) {
    const char *name = found.gl_pathv[i] + before;
    names->name[i] = text_format("%.*s", (int)(strlen(name) - after), name);
  }
  globfree(&found);
  free(pattern);
  free(escaped);
}

void folder_names_deinit(struct folder_names *names) {
  for (size_t i = 0; i < names->count; i++)
    free(names->name[i]);
  free(names->name);
  *names = (struct folder_names){0};
}

char *folder_names_nearest(const char *word, const char *folder, const char *behind) {
  struct folder_names names;
  folder_names_find(&names, folder, behind);
  char *nearest = memory_string(value_nearest(word, (const char *const *)names.name, names.count));
  folder_names_deinit(&names);
  return nearest;
}
