/* Places the panels of a heat map, and writes its script and data. */
#include "figure_grid.h"
#include "figure_heat.h"
#include "figure_words.h"
#include "support/memory.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Inches, but points of text. */
static const double EDGE = 0.04, TITLE = 0.2, TITLE_Y = 0.1, NOTE = 0.13, AFTER_NOTES = 0.02,
                    HEADING = 0.16, HEADING_Y = 0.075, PANEL_GAP = 0.09, ROW_GAP = 0.03,
                    LABEL_GAP = 0.05, LABEL = 0.12, LABEL_Y = 0.085, AXIS_TITLE = 0.15,
                    BAR_GAP = 0.1, BAR = 0.08, BAR_LABELS = 0.2, BAR_TITLE = 0.13, BOTTOM = 0.13,
                    ROWS_WIDEST = 1.3, ROWS_TITLE = 0.4, TURNED_TALLEST = 0.9, CELL_TALLEST = 0.17,
                    CELL_LEAST = 0.045, PADDING = 0.025, PADDING_Y = 0.05, SEAM = 0.004,
                    TALLEST = 8.5, LINE_OF_POINTS = 1.2 / 72;
/* Sizes of numbers, and how much smaller what stands below is. */
static const double POINTS[] = {7, 6.5, 6, 5.5, 5}, SMALLER = 1.25, SMALLEST = 4.5;

/* Where all is, in inches. */
struct heat_layout {
  const struct heat *heat;
  struct figure_grid grid;
  struct figure_words words;
  double points; /* of the numbers; 0: they have no room */
  size_t ratios; /* that have room below them */
  double cell_width, cell_height;
  bool turned;   /* labels of x */
  double labels; /* the room that these take */
  double left, right, height;
  double *top, *bottom; /* of each row of panels */
  double bar;           /* top of the bar of colours */
};

static double small_points(double points) {
  return fmax(points - SMALLER, SMALLEST);
}

static double widest_words(const struct heat_axis *axis) {
  double widest = 0;
  for (size_t i = 0; i < axis->count; i++)
    widest = fmax(widest, layout_text_width(axis->words[i], 7));
  return widest;
}

static size_t heat_cells(const struct heat *heat) {
  return heat->list->panel_count * heat->rows.count * heat->x.count;
}

/* The widest text of a cell, with its first `ratios` below. */
static double widest_cell(const struct heat *heat, double points, size_t ratios) {
  double widest = 0;
  for (size_t i = 0; i < heat_cells(heat); i++) {
    widest = fmax(widest, layout_text_width(heat->cell[i].words, points));
    for (size_t j = 0; j < ratios; j++)
      widest = fmax(widest, layout_text_width(heat->cell[i].ratio_words[j], small_points(points)));
  }
  return widest;
}

/* The height of a cell with text of this size. */
static double text_height(double points, size_t ratios) {
  return fmax(CELL_TALLEST,
              PADDING_Y + LINE_OF_POINTS * (points + (double)ratios * small_points(points)));
}

/* Places so many panels side by side. */
static void place_grid(struct heat_layout *layout, size_t columns) {
  const struct heat *heat = layout->heat;
  figure_grid_place(&layout->grid, heat->list->panel_count, columns, layout->left, layout->right,
                    PANEL_GAP);
  layout->cell_width = layout->grid.width / (double)heat->x.count;
}

/* Whether the numbers fit, with their size and what stands below them. */
static bool place_text(struct heat_layout *layout, size_t ratios) {
  const struct heat *heat = layout->heat;
  for (size_t columns = figure_grid_columns(heat->list->panel_count); columns > 0; columns--) {
    place_grid(layout, columns);
    for (size_t i = 0; i < sizeof POINTS / sizeof POINTS[0]; i++) {
      const double height = text_height(POINTS[i], ratios);
      if (widest_cell(heat, POINTS[i], ratios) + PADDING > layout->cell_width ||
          height * (double)(heat->rows.count * layout->grid.rows) > TALLEST)
        continue;
      layout->points = POINTS[i];
      layout->ratios = ratios;
      layout->cell_height = height;
      return true;
    }
  }
  return false;
}

/* Numbers with all below, with less of it, or colours alone. */
static void place_cells(struct heat_layout *layout) {
  const struct heat *heat = layout->heat;
  for (size_t left_out = 0; left_out <= heat->ratio_count; left_out++)
    if (place_text(layout, heat->ratio_count - left_out))
      return;
  place_grid(layout, figure_grid_columns(heat->list->panel_count));
  const double room = TALLEST / (double)(heat->rows.count * layout->grid.rows);
  layout->cell_height = fmax(CELL_LEAST, fmin(room, fmin(layout->cell_width, CELL_TALLEST)));
}

/* Words that are wider than their cells are turned, but numbers: of these some are left out. */
static void place_labels(struct heat_layout *layout) {
  const struct heat_axis *x = &layout->heat->x;
  const double widest = widest_words(x);
  layout->turned = !x->numeric && widest + PADDING > layout->cell_width;
  layout->labels = layout->turned ? fmin(widest, TURNED_TALLEST) + 2 * LABEL_GAP : LABEL;
}

/* Notes */

static bool has_cell(const struct heat *heat, bool (*is)(const struct heat_cell *cell)) {
  for (size_t i = 0; i < heat_cells(heat); i++)
    if (is(&heat->cell[i]))
      return true;
  return false;
}

static bool is_not_run(const struct heat_cell *cell) {
  return cell->runs == 0;
}

static bool is_infinite(const struct heat_cell *cell) {
  return cell->runs > 0 && isinf(cell->estimate.value);
}

static bool is_absent(const struct heat_cell *cell) {
  return cell->runs > 0 && isnan(cell->estimate.value);
}

static void add_remark(struct text *note, const char *words) {
  if (words[0] != '\0')
    text_add(note, "%s%s", note->length == 0 ? "" : "; ", words);
}

/* What the small print is, and which of it there was no room for. */
static void add_small_print(const struct heat_layout *layout, struct text *note) {
  const struct heat *heat = layout->heat;
  for (size_t i = 0; i < heat->ratio_count; i++) {
    const bool success = strcmp(heat->ratio[i]->metric, MEASURE_SUCCESS) == 0;
    if (i < layout->ratios)
      add_remark(note, success ? "ok: authentications that succeed, where some fail"
                               : "small: runs in which a message is repeated");
    else
      add_remark(note,
                 success ? "some authentications fail" : "in some runs a message is repeated");
  }
}

static void add_baseline(const struct heat *heat, struct text *note) {
  if (heat->column.kind == COLUMN_VALUE)
    return;
  char *baseline = figure_baseline_words(heat->figure);
  text_add(note, "%sagainst %s (%g)", note->length == 0 ? "" : "; ", baseline, heat->centre);
  free(baseline);
}

/* Why some cells have no number, by what stands in its place. */
static void add_missing(const struct heat_layout *layout, bool (*is)(const struct heat_cell *cell),
                        const char *mark, const char *why, struct text *note) {
  if (has_cell(layout->heat, is))
    text_add(note, "%s%s: %s", note->length == 0 ? "" : "; ", layout->points > 0 ? mark : "grey",
             why);
}

/* How those cases are computed that nobody ran, each once. */
static void add_computed(const struct heat *heat, struct text *note) {
  const struct plan *plan = heat->figure->dataset->plan;
  json_t *said = json_object();
  for (size_t i = 0; i < heat->list->count; i++)
    for (size_t j = 0; j < heat->list->item[i].count; j++) {
      const struct derived_case *computed = plan->cell[heat->list->item[i].cell[j]].computed;
      if (computed == NULL || json_object_get(said, computed->name) != NULL)
        continue;
      char *words = text_format("%s: %s", computed->name, computed->note);
      add_remark(note, words);
      json_object_set_new(said, computed->name, json_true());
      free(words);
    }
  json_decref(said);
}

/* What stands below the title; a newline behind each line. */
static size_t heat_add_notes(const struct heat_layout *layout, struct text *lines) {
  const struct heat *heat = layout->heat;
  const struct presentation_figure *plan = heat->figure->plan;
  char *modelled = figure_modelled_words(heat->figure, heat->list, plan->y->metric, plan->y->unit);
  struct text note = {0};
  add_baseline(heat, &note);
  add_small_print(layout, &note);
  add_remark(&note, heat->left_out);
  if (layout->points <= 0)
    add_remark(&note, "the numbers have no room here: they are in the file of data");
  if (has_cell(heat, is_not_run))
    add_remark(&note, "hatched: not run");
  add_missing(layout, is_infinite, "\xe2\x88\x9e", "too many runs fail", &note);
  add_missing(layout, is_absent, "\xe2\x80\x93", "there is no such figure", &note);
  add_remark(&note, modelled);
  add_computed(heat, &note);
  const size_t count =
      note.length == 0 ? 0 : layout_text_wrap(lines, note.data, 6.5, LAYOUT_WIDTH_IN - 4 * EDGE);
  text_deinit(&note);
  free(modelled);
  return count;
}

/* Places */

/* The title and the notes; returns where they end. */
static double place_title(struct heat_layout *layout) {
  struct text lines = {0};
  figure_words_add(&layout->words, WORDS_TITLE, EDGE, TITLE_Y, layout->heat->figure->plan->title);
  const size_t count = heat_add_notes(layout, &lines);
  figure_words_add_lines(&layout->words, WORDS_NOTE, EDGE, TITLE_Y + NOTE, NOTE,
                         text_string(&lines));
  text_deinit(&lines);
  return TITLE + NOTE * (double)count + AFTER_NOTES;
}

static double rows_title_width(const struct heat *heat) {
  return layout_text_width(heat->rows.title, 6.5);
}

/* The title of the rows, above them: in the line of the panels' headings, if it has room there. */
static double place_rows_title(struct heat_layout *layout, double top) {
  const struct heat *heat = layout->heat;
  const bool beside = heat->list->panel_count > 1 && rows_title_width(heat) + EDGE < layout->left;
  char *title = layout_text_fit(heat->rows.title, 6.5, LAYOUT_WIDTH_IN - 2 * EDGE);
  figure_words_add(&layout->words, WORDS_HEADING, EDGE, top + HEADING - HEADING_Y, title);
  free(title);
  return beside ? top : top + HEADING;
}

static double place_panels(struct heat_layout *layout, double top) {
  const struct heat *heat = layout->heat;
  const struct figure_grid *grid = &layout->grid;
  layout->top = memory_get(grid->rows, sizeof *layout->top);
  layout->bottom = memory_get(grid->rows, sizeof *layout->bottom);
  for (size_t row = 0; row < grid->rows; row++) {
    top += row > 0 ? ROW_GAP : 0;
    for (size_t i = row * grid->columns;
         heat->list->panel_count > 1 && i < (row + 1) * grid->columns && i < grid->count; i++) {
      char *heading = layout_text_fit(heat->list->panel[i], 6.5, grid->width + PANEL_GAP / 2);
      figure_words_add(&layout->words, WORDS_HEADING, figure_grid_x(grid, i),
                       top + HEADING - HEADING_Y, heading);
      free(heading);
    }
    top += heat->list->panel_count > 1 ? HEADING : 0;
    layout->top[row] = top;
    top = layout->bottom[row] = top + layout->cell_height * (double)heat->rows.count;
  }
  return top;
}

/* A title below what is in the middle of `from` and `to`, inside of the figure. */
static void place_below(struct heat_layout *layout, double y, const char *words) {
  char *title = layout_text_fit(words, 7, LAYOUT_WIDTH_IN - 2 * EDGE);
  const double half = layout_text_width(title, 7) / 2;
  const double centre = fmin((layout->left + layout->right) / 2, LAYOUT_WIDTH_IN - EDGE - half);
  figure_words_add(&layout->words, WORDS_CENTRED, fmax(centre, EDGE + half), y, title);
  free(title);
}

static void place_all(struct heat_layout *layout) {
  const struct heat *heat = layout->heat;
  const struct presentation_figure *plan = heat->figure->plan;
  const double title = rows_title_width(heat), rows = widest_words(&heat->rows);
  layout->left = EDGE + fmin(fmax(rows, title < ROWS_TITLE ? title : 0), ROWS_WIDEST) + LABEL_GAP;
  layout->right = LAYOUT_WIDTH_IN - fmax(EDGE, 0.14);
  place_cells(layout);
  place_labels(layout);
  const double head = place_rows_title(layout, place_title(layout));
  double y = place_panels(layout, head) + layout->labels;
  place_below(layout, y + AXIS_TITLE / 2, plan->x_title == NULL ? heat->x.title : plan->x_title);
  layout->bar = y + AXIS_TITLE + BAR_GAP;
  y = layout->bar + BAR + BAR_LABELS;
  place_below(layout, y + BAR_TITLE / 2, heat->colour_title);
  layout->height = y + BAR_TITLE + BOTTOM;
}

/* Script */

/* The words of an axis, cut to `width`, and without those that touch the one before. */
static void add_axis_words(const struct heat_axis *axis, const char *name, size_t every,
                           double width, struct text *script) {
  char **words = memory_get(axis->count, sizeof *words);
  for (size_t i = 0; i < axis->count; i++)
    words[i] = i % every == 0 ? layout_text_fit(axis->words[i], 7, width) : memory_string("");
  figure_add_strings(script, name, (const char *const *)words, axis->count);
  for (size_t i = 0; i < axis->count; i++)
    free(words[i]);
  free(words);
}

static void add_axes(const struct heat_layout *layout, struct text *script) {
  const struct heat *heat = layout->heat;
  const double x_room = layout->turned ? LABEL : widest_words(&heat->x) + 2 * PADDING;
  const size_t every_x = (size_t)ceil(x_room / layout->cell_width - 1e-9);
  const size_t every_row = (size_t)ceil(0.1 / layout->cell_height - 1e-9);
  text_add(script, "COLUMNS = %zu; ROWS = %zu; TURNED = %d\n", heat->x.count, heat->rows.count,
           layout->turned);
  add_axis_words(&heat->x, "X_NAME", every_x, layout->turned ? TURNED_TALLEST : LAYOUT_WIDTH_IN,
                 script);
  add_axis_words(&heat->rows, "ROW_NAME", every_row, layout->left - EDGE - LABEL_GAP / 2, script);
}

static void add_places(const struct heat_layout *layout, struct text *script) {
  const size_t rows = layout->grid.rows;
  double *top = memory_get(rows, sizeof *top), *bottom = memory_get(rows, sizeof *bottom);
  for (size_t i = 0; i < rows; i++) {
    top[i] = 1 - layout->top[i] / layout->height;
    bottom[i] = 1 - layout->bottom[i] / layout->height;
  }
  text_add(script, "LEGEND = 0; LEFT = %.6g; RIGHT = %.6g; LABEL_Y = %.6g; LABEL_GAP = %.6g\n",
           layout->left / LAYOUT_WIDTH_IN, layout->right / LAYOUT_WIDTH_IN,
           (layout->turned ? LABEL_GAP : LABEL_Y) / layout->height,
           LABEL_GAP / 2 / LAYOUT_WIDTH_IN);
  figure_grid_write(&layout->grid, script);
  figure_add_numbers(script, "TOP", top, rows);
  figure_add_numbers(script, "BOTTOM", bottom, rows);
  figure_words_write(&layout->words, layout->height, script);
  free(top);
  free(bottom);
}

/* The bar, of which the labels have room on both sides, and which colour a value has. */
static void add_colours(const struct heat_layout *layout, struct text *script) {
  const struct heat *heat = layout->heat;
  const enum presentation_kind kind = heat->column.kind;
  const double side = EDGE + heat->colour.tick_width / 2;
  text_add(script, "LOG = %d; LOW = %.8g; HIGH = %.8g; DIVERGING = %d; SAVING = %d\n",
           heat->colour.logarithmic, heat->low, heat->high, !isnan(heat->centre),
           kind == COLUMN_SAVING || kind == COLUMN_SAVING_SHARE);
  text_add(script, "BAR_LOW = %.8g; BAR_HIGH = %.8g; BAR_TOP = %.6g; BAR_BOTTOM = %.6g\n",
           heat->colour.low, heat->colour.high, 1 - layout->bar / layout->height,
           1 - (layout->bar + BAR) / layout->height);
  text_add(script, "BAR_LEFT = %.6g; BAR_RIGHT = %.6g\n",
           fmax(layout->left, side) / LAYOUT_WIDTH_IN,
           fmin(layout->right, LAYOUT_WIDTH_IN - side) / LAYOUT_WIDTH_IN);
  figure_add_string(script, "BAR_TICKS", text_string(&heat->colour.ticks));
}

/* Where the lines of a cell stand: parts of its height below its middle. */
static void add_text(const struct heat_layout *layout, struct text *script) {
  const double small = small_points(layout->points), line = LINE_OF_POINTS * small;
  const double number = LINE_OF_POINTS * layout->points;
  const double top = -(number + line * (double)layout->ratios) / 2;
  text_add(script, "NUMBERS = %g; SMALL = %g; LINES = %zu\n", layout->points, small,
           layout->ratios);
  text_add(script, "NUMBER_Y = %.6g; LINE_Y = %.6g; LINE = %.6g\n",
           (top + number / 2) / layout->cell_height,
           (top + number + line / 2) / layout->cell_height, line / layout->cell_height);
  text_add(script, "SEAM_X = %.6g; SEAM_Y = %.6g\n", SEAM / layout->cell_width,
           SEAM / layout->cell_height);
}

/* Data */

static void add_estimate(const struct estimate *estimate, bool run, struct text *data) {
  const double ends[] = {estimate->value, estimate->low, estimate->high};
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    text_add(data, !run || isnan(ends[i]) ? "\tNaN" : isinf(ends[i]) ? "\tInf" : "\t%.8g", ends[i]);
}

static void add_value(const json_t *value, const char *words, struct text *data) {
  text_add(data, "\t");
  if (json_is_number(value))
    text_add(data, "%.8g", json_number_value(value));
  else
    figure_add_field(data, words);
}

static void add_cell(const struct heat *heat, size_t panel, size_t row, size_t x,
                     struct text *data) {
  const struct heat_cell *cell = heat_cell_at(heat, panel, row, x);
  const bool run = cell->runs > 0;
  text_add(data, "%zu\t%zu", x + 1, row + 1);
  add_value(heat->x.value[x], heat->x.words[x], data);
  add_value(heat->rows.value[row], heat->rows.words[row], data);
  add_estimate(&cell->estimate, run, data);
  text_add(data, "\t%zu\t", cell->runs);
  figure_add_field(data, cell->words);
  for (size_t i = 0; i < heat->ratio_count; i++) {
    add_estimate(&cell->ratio[i], run, data);
    text_add(data, "\t");
    figure_add_field(data, cell->ratio_words[i]);
  }
  text_add(data, "\n");
}

/* A block for each panel, a line for each cell, whether it was run or not. */
static void add_data(const struct heat *heat, struct text *data) {
  char *name = words_column(&heat->column);
  for (size_t panel = 0; panel < heat->list->panel_count; panel++) {
    text_add(data, "%s# ", panel == 0 ? "" : "\n\n");
    layout_add_line(data, heat->list->panel[panel]);
    text_add(data, "\nplace\trow\t%s\t%s\t%s\tlow\thigh\tn\twords", heat->x.column,
             heat->rows.column, name);
    for (size_t i = 0; i < heat->ratio_count; i++)
      text_add(data, "\t%s\tlow\thigh\twords", heat->ratio[i]->metric);
    text_add(data, "\n");
    for (size_t row = 0; row < heat->rows.count; row++)
      for (size_t x = 0; x < heat->x.count; x++)
        add_cell(heat, panel, row, x, data);
  }
  free(name);
}

int heat_write_files(const struct heat *heat, struct text *error) {
  struct heat_layout layout = {.heat = heat};
  struct text script = {0}, data = {0};
  place_all(&layout);
  add_axes(&layout, &script);
  add_places(&layout, &script);
  add_colours(&layout, &script);
  add_text(&layout, &script);
  add_data(heat, &data);
  const int status = figure_write(heat->figure, "heat", layout.height, &script, &data, error);
  figure_words_deinit(&layout.words);
  free(layout.top);
  free(layout.bottom);
  text_deinit(&script);
  text_deinit(&data);
  return status;
}
