/* Looks for gnuplot and for fonts. */
#include "drawing_tools.h"

#include "support/text.h"

#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_in_path(const char *program) {
  const char *path = getenv("PATH");
  bool found = false;
  while (path != NULL && !found) {
    const size_t length = strcspn(path, ":");
    char *file =
        text_format("%.*s/%s", length == 0 ? 1 : (int)length, length == 0 ? "." : path, program);
    found = access(file, X_OK) == 0;
    free(file);
    path = path[length] == ':' ? path + length + 1 : NULL;
  }
  return found;
}

static bool is_there(const char *pattern) {
  glob_t found;
  const bool any = glob(pattern, 0, NULL, &found) == 0;
  globfree(&found);
  return any;
}

/* Where fontconfig looks, unless a configuration of its own says something else. */
static bool has_fonts(void) {
  const char *home = getenv("HOME");
  if (getenv("FONTCONFIG_FILE") != NULL || getenv("FONTCONFIG_PATH") != NULL ||
      is_there("/usr/share/fonts/*/*") || is_there("/usr/local/share/fonts/*"))
    return true;
  char *own = text_format("%s/.fonts/*", home == NULL ? "" : home);
  char *local = text_format("%s/.local/share/fonts/*", home == NULL ? "" : home);
  const bool any = is_there(own) || is_there(local);
  free(own);
  free(local);
  return any;
}

const char *drawing_tools_missing(void) {
  return is_in_path("gnuplot")
             ? NULL
             : "gnuplot is not installed (package gnuplot-nox): no figure is drawn";
}

const char *drawing_fonts_missing(void) {
  return has_fonts() ? NULL
                     : "no fonts are installed (package fonts-liberation): figures have no text";
}
