/* The script and the data of a figure. The script stands alone: the look of all figures and that of
 * its type are part of it. */
#include "figure.h"

#include <stdlib.h>
#include <string.h>

void figure_add_string(struct text *script, const char *name, const char *value) {
  text_add(script, "%s = ", name);
  layout_add_quoted(script, value);
  text_add(script, "\n");
}

void figure_add_strings(struct text *script, const char *name, const char *const *value,
                        size_t count) {
  text_add(script, "array %s[%zu] = [", name, count);
  for (size_t i = 0; i < count; i++) {
    text_add(script, "%s", i == 0 ? "" : ", ");
    layout_add_quoted(script, value[i]);
  }
  text_add(script, "]\n");
}

void figure_add_numbers(struct text *script, const char *name, const double *value, size_t count) {
  text_add(script, "array %s[%zu] = [", name, count);
  for (size_t i = 0; i < count; i++)
    text_add(script, "%s%.6g", i == 0 ? "" : ", ", value[i]);
  text_add(script, "]\n");
}

void figure_add_field(struct text *data, const char *name) {
  struct text line = {0};
  layout_add_line(&line, name);
  for (char *at = line.data; at != NULL && *at != '\0'; at++)
    if (*at == '"')
      *at = '\'';
  text_add(data, "\"%s\"", text_string(&line));
  text_deinit(&line);
}

void figure_add_block(struct text *data, const struct figure_series_list *list, size_t index,
                      const char *behind) {
  const struct figure_series *series = &list->item[index];
  const char *panel = list->panel[series->panel];
  text_add(data, "%s# ", data->length == 0 ? "" : "\n\n");
  layout_add_line(data, panel);
  text_add(data, "%s", panel[0] == '\0' || series->name[0] == '\0' ? "" : ", ");
  layout_add_line(data, series->name);
  text_add(data, "%s\n", behind);
}

/* Of a look: a line that takes in another one. */
static const char LOAD[] = "load LOOK.\"/", LOAD_END[] = ".gp\"";

/* Adds the script `name` of the look's folder, and at their places those that it takes in. */
static int script_add_look(struct text *script, const char *look, const char *name,
                           struct text *error) {
  char *path = text_format("%s/%s.gp", look, name);
  char *content = text_file_read(path, NULL, error), *rest = content, *line;
  int status = content == NULL ? -1 : 0;
  while (status == 0 && (line = strsep(&rest, "\n")) != NULL) {
    char *end = strstr(line, LOAD_END);
    if (strncmp(line, LOAD, sizeof LOAD - 1) == 0 && end != NULL) {
      *end = '\0';
      status = script_add_look(script, look, line + sizeof LOAD - 1, error);
    } else if (rest != NULL || line[0] != '\0') {
      text_add(script, "%s\n", line);
    }
  }
  free(content);
  free(path);
  return status;
}

int figure_write(const struct figure *figure, const char *type, double height,
                 const struct text *script, const struct text *data, struct text *error) {
  const char *name = figure->plan->name;
  struct text whole = {0};
  text_add(
      &whole,
      "# Draws %s.svg, .png, .pdf and .eps from %s.tsv: gnuplot %s.gp\n"
      "# One of them alone: gnuplot -e \"FORMATS='svg'\" %s.gp\n"
      "if (!exists(\"FORMATS\")) { FORMATS = \"svg png pdf eps\" }\n"
      "FORMAT = word(FORMATS, 1)\n"
      "SELF = exists(\"ARG0\") ? ARG0 : \"\"\n"
      "HERE = \"\"; do for [i=1:strlen(SELF)] { if (SELF[i:i] eq \"/\") { HERE = SELF[1:i] } }\n"
      "OUT = HERE.\"%s\"; DATA = OUT.\".tsv\"\n"
      "W = %.6g; H = %.6g; GROUPS = 0\n",
      name, name, name, name, name, LAYOUT_WIDTH_IN, height);
  figure_add_string(&whole, "PROVENANCE", figure->provenance);
  text_add(&whole, "%s", text_string(script));
  int status = script_add_look(&whole, figure->look, type, error);
  text_add(&whole, "set output\n"
                   "FORMATS = FORMATS[strlen(FORMAT)+2:*]\n"
                   "if (strlen(FORMATS) > 0) { load OUT.\".gp\" } else { undefine FORMATS }\n");
  char *path = text_format("%s/figures/%s.gp", figure->folder, name);
  if (status == 0)
    status = text_file_write(path, &whole, error);
  free(path);
  path = text_format("%s/figures/%s.tsv", figure->folder, name);
  if (status == 0)
    status = text_file_write(path, data, error);
  free(path);
  text_deinit(&whole);
  return status;
}
