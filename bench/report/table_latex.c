/* Tables in LaTeX. */
#include "support/latex.h"
#include "support/memory.h"
#include "table_format.h"

#include <stdlib.h>
#include <string.h>

enum {
  TEXT_PT = 345,        /* width of the text of a page, in points */
  WORDS_PT = 150,       /* a last column of words has at least this */
  HEADING_COLUMNS = 10, /* headings break into lines at least so long */
  PAGE_LINES = 45,
};

/* Sizes of type, the width of a digit, and half of the gap between two columns. */
static const struct latex_size {
  const char *command;
  double digit_pt, gap_pt;
} SIZES[] = {{"\\normalsize", 5, 6},
             {"\\small", 4.6, 5},
             {"\\footnotesize", 4.25, 4},
             {"\\scriptsize", 4, 3}};
enum { SIZE_COUNT = sizeof SIZES / sizeof SIZES[0] };

struct latex_column {
  char *heading; /* its lines */
  bool number, interval, words;
  size_t characters; /* of the widest field */
};

struct latex_table {
  const struct table_content *content;
  struct latex_column *column;
  size_t width; /* columns of the tabular: an interval is one */
  const struct latex_size *size;
  double natural_pt; /* estimated, at this size */
};

static size_t longest_line(const char *lines) {
  char *copy = memory_string(lines), *rest = copy, *line;
  size_t longest = 0;
  while ((line = strsep(&rest, "\n")) != NULL)
    longest = text_columns(line) > longest ? text_columns(line) : longest;
  free(copy);
  return longest;
}

static const char *latex_field(const struct grid *grid, size_t line, size_t column) {
  return grid->field[line * grid->width + column];
}

static void latex_measure_column(const struct grid *grid, size_t index,
                                 struct latex_column *column) {
  struct text heading = {0};
  column->number = grid_is_number(grid, index);
  column->words = grid->wrap > 0 && index + 1 == grid->width;
  for (size_t line = 1; line < grid->lines; line++) {
    const char *field = latex_field(grid, line, index);
    const size_t characters = text_columns(field);
    column->interval = column->interval || (column->number && strstr(field, " [") != NULL);
    column->characters = characters > column->characters ? characters : column->characters;
  }
  const char *words = grid->lines == 0 ? "" : latex_field(grid, 0, index);
  text_wrap(&heading, words,
            column->characters > HEADING_COLUMNS ? column->characters : HEADING_COLUMNS);
  column->heading = memory_string(text_string(&heading));
  const size_t longest = longest_line(column->heading);
  column->characters = longest > column->characters ? longest : column->characters;
  text_deinit(&heading);
}

/* About: letters are as wide as digits in the mean. */
static double width_at(const struct latex_table *table, const struct latex_size *size) {
  const struct grid *grid = table->content->grid;
  double sum = 0;
  for (size_t i = 0; i < grid->width; i++)
    sum +=
        (i == 0 ? 0 : 2 * size->gap_pt) +
        (table->column[i].words ? WORDS_PT : size->digit_pt * (double)table->column[i].characters);
  return sum;
}

static void latex_init(struct latex_table *table, const struct table_content *content) {
  const struct grid *grid = content->grid;
  *table = (struct latex_table){.content = content, .width = grid->width};
  table->column = memory_get(grid->width, sizeof *table->column);
  for (size_t i = 0; i < grid->width; i++) {
    table->column[i] = (struct latex_column){0};
    latex_measure_column(grid, i, &table->column[i]);
    table->width += table->column[i].interval;
  }
  size_t size = 0;
  while (size + 1 < SIZE_COUNT && width_at(table, &SIZES[size]) > TEXT_PT)
    size++;
  table->size = &SIZES[size];
  table->natural_pt = width_at(table, table->size);
}

/* How to use it. A document that does so is what our test makes of these lines. */
static void latex_add_head(const struct latex_table *table, struct text *text) {
  const struct table_content *content = table->content;
  latex_add_comment(text, content->title);
  latex_add_comment(text, content->provenance);
  text_add(text, "%%\n%% \\usepackage{booktabs} before the document begins, and where the table is "
                 "to be:\n%%   \\begin{table}\n%%     \\centering\n%%     \\caption{");
  latex_add(text, content->title);
  text_add(text, "}\n%%     \\label{tab:%s}\n%%     \\input{%s.tex}\n%%   \\end{table}\n",
           content->name, content->name);
  if (table->natural_pt > TEXT_PT)
    text_add(text,
             "%% It is wide: \\resizebox{\\textwidth}{!}{\\input{%s.tex}} (graphicx) shrinks it; "
             "sidewaystable (rotating) turns it.\n",
             content->name);
  if (content->grid->lines > PAGE_LINES)
    text_add(text, "%% It has %zu lines: longtable takes the same lines over several pages.\n",
             content->grid->lines - 1);
}

static void latex_add_columns(const struct latex_table *table, struct text *text) {
  const struct grid *grid = table->content->grid;
  double left = TEXT_PT - table->natural_pt;
  for (size_t i = 0; i < grid->width; i++) {
    const struct latex_column *column = &table->column[i];
    if (column->words)
      text_add(text, "p{%.0fpt}", WORDS_PT + (left > 0 ? left : 0));
    else
      text_add(text, "%s", column->interval ? "r@{~}l" : column->number ? "r" : "l");
  }
}

/* Lines one above the other, the last at the base. */
static void latex_add_stack(const char *lines, char align, struct text *text) {
  char *copy = memory_string(lines), *rest = copy, *line;
  text_add(text, "\\begin{tabular}[b]{@{}%c@{}}", align);
  for (bool first = true; (line = strsep(&rest, "\n")) != NULL; first = false) {
    text_add(text, first ? "" : "\\\\");
    latex_add(text, line);
  }
  text_add(text, "\\end{tabular}");
  free(copy);
}

static void latex_add_heading(const struct latex_column *column, struct text *text) {
  const char align = column->interval ? 'c' : column->number ? 'r' : 'l';
  text_add(text, column->interval ? "\\multicolumn{2}{c}{" : "");
  if (strchr(column->heading, '\n') == NULL)
    latex_add(text, column->heading);
  else
    latex_add_stack(column->heading, align, text);
  text_add(text, column->interval ? "}" : "");
}

static void latex_add_field(const struct latex_column *column, const char *field,
                            struct text *text) {
  const char *interval = column->interval ? strstr(field, " [") : NULL;
  if (!column->number) {
    text_add(text, column->words ? "\\raggedright " : "");
    latex_add(text, field);
    return;
  }
  if (strcmp(field, "-") == 0) {
    text_add(text, "--");
  } else if (interval != NULL) {
    char *number = text_format("%.*s", (int)(interval - field), field);
    latex_add_number(text, number);
    free(number);
  } else {
    latex_add_number(text, field);
  }
  text_add(text, column->interval ? " & " : "");
  if (interval != NULL)
    latex_add_number(text, interval + 1);
}

static void latex_add_lines(const struct latex_table *table, struct text *text) {
  const struct grid *grid = table->content->grid;
  for (size_t line = 0; line < grid->lines; line++) {
    for (size_t i = 0; i < grid->width; i++) {
      text_add(text, i == 0 ? "" : " & ");
      if (line == 0)
        latex_add_heading(&table->column[i], text);
      else
        latex_add_field(&table->column[i], latex_field(grid, line, i), text);
    }
    text_add(text, " \\tabularnewline\n%s", line == 0 ? "\\midrule\n" : "");
  }
}

/* The width of the note: no more than the table's, or that would be wider for it. */
static double latex_note_pt(const struct latex_table *table) {
  const double width = 0.85 * table->natural_pt;
  return width < TEXT_PT / 2.0 ? TEXT_PT / 2.0 : width > TEXT_PT ? TEXT_PT : width;
}

void table_latex_write(const struct table_content *content, struct text *text) {
  struct latex_table table;
  latex_init(&table, content);
  latex_add_head(&table, text);
  text_add(text, "\\begingroup\n%s\\setlength{\\tabcolsep}{%gpt}%%\n\\begin{tabular}{@{}",
           table.size->command, table.size->gap_pt);
  latex_add_columns(&table, text);
  text_add(text, "@{}}\n\\toprule\n");
  latex_add_lines(&table, text);
  text_add(text, "\\bottomrule\n");
  if (content->note[0] != '\0') {
    text_add(text, "\\addlinespace[3pt]\n\\multicolumn{%zu}{@{}p{%.0fpt}@{}}{\\raggedright ",
             table.width, latex_note_pt(&table));
    latex_add(text, content->note);
    text_add(text, "} \\tabularnewline\n");
  }
  text_add(text, "\\end{tabular}%%\n\\endgroup\n");
  for (size_t i = 0; i < content->grid->width; i++)
    free(table.column[i].heading);
  free(table.column);
}
