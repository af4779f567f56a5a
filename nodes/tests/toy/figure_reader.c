/* How the section of a toy figure is read, to show that a type of figures is a row of figures.def,
 * with a file here, one that draws, and a look: `of` is one measure, of which each cell has a dot.
 */
#include "presentation_reader.h"

static const char *const DOTS_KEYS[] = {"name", "type", "title", "of", "series", "labels", "where"};

static int read_dots(const struct presentation_reader *reader, yaml_node_t *item,
                     struct presentation_figure *figure) {
  const int read = reader_measures(reader, item, "of", 1, figure->y, &figure->y_count);
  return read == 0 && figure->y_count == 0
             ? reader_missing(reader, item, "`of: [measure]` is missing")
             : read;
}

const struct figure_reader FIGURE_READER_DOTS = {.keys = DOTS_KEYS,
                                                 .key_count =
                                                     sizeof DOTS_KEYS / sizeof DOTS_KEYS[0],
                                                 .series = "series",
                                                 .read = read_dots};
