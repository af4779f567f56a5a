/* Tables as text and CSV, and the list of formats. */
#include "table_format.h"

enum { NOTE_WIDTH = 110 }; /* columns of a terminal */

void table_text_add(const struct table_content *content, struct text *text) {
  text_add(text, "%s\n\n", content->title);
  grid_print(content->grid, text);
  if (content->note[0] != '\0') {
    text_add(text, "\n");
    text_wrap(text, content->note, NOTE_WIDTH);
    text_add(text, "\n");
  }
}

static void table_text_write(const struct table_content *content, struct text *text) {
  table_text_add(content, text);
  text_add(text, "\n%s\n", content->provenance);
}

static void table_csv_write(const struct table_content *content, struct text *text) {
  text_add(text, "%s", text_string(content->csv));
}

const struct table_format TABLE_FORMAT[TABLE_FORMATS] = {
    {"txt", table_text_write},
    {"csv", table_csv_write},
    {"md", table_markdown_write},
    {"tex", table_latex_write},
};
