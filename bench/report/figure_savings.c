/* What each row saves of each measure against its baseline: a panel of bars for each measure, all
 * to one scale, with the share in per cent at each bar. A row that costs more has a pale bar to the
 * left. */
#include "figure.h"
#include "figure_words.h"
#include "store/paired.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Inches. */
static const double EDGE = 0.04, TITLE = 0.1, NOTE = 0.13, PANEL_TITLE = 0.17, BAR = 0.15,
                    GROUP_GAP = 0.07, PANEL_GAP = 0.07, NUMBER_GAP = 0.03, LABEL_GAP = 0.08,
                    BOTTOM = 0.16;

struct savings {
  const struct figure *figure;
  const struct figure_series_list *list;
  struct estimate *share; /* row by row, measure by measure; of 1 */
  double low, high;       /* of the bars and their intervals */
  double number;          /* width of the widest number */
};

static struct estimate *share_of(const struct savings *savings, size_t row, size_t measure) {
  return &savings->share[row * savings->figure->plan->y_count + measure];
}

static char *number_words(const struct estimate *share) {
  if (!isfinite(share->value))
    return memory_string("-");
  return text_format(fabs(share->value) < 0.0005 ? "0" : "%.1f", 100 * share->value);
}

/* Leaves out the rows that are the baseline themselves: they would save 0. */
static int drop_baselines(const struct figure *figure, struct figure_series_list *list,
                          struct text *error) {
  const struct dataset *dataset = figure->dataset;
  for (size_t i = list->count; i-- > 0;)
    if (paired_baseline(dataset, list->item[i].cell[0], figure->plan->against) ==
        list->item[i].cell[0])
      figure_series_drop(list, i);
  if (list->count > 0)
    return 0;
  text_add(error, "figure %s: it has the baseline only, and nothing `against` it\n",
           figure->plan->name);
  return -1;
}

static int find_shares(struct savings *savings, struct text *error) {
  const struct presentation_figure *plan = savings->figure->plan;
  const struct dataset *dataset = savings->figure->dataset;
  savings->share = memory_get(savings->list->count * plan->y_count, sizeof *savings->share);
  for (size_t i = 0; i < savings->list->count; i++) {
    size_t cell = savings->list->item[i].cell[0];
    size_t baseline = paired_baseline(dataset, cell, plan->against);
    if (baseline == dataset->plan->cell_count || dataset->cell[baseline].run_count == 0) {
      char *words = plan_cell_words(dataset->plan, cell, NULL);
      text_add(error, "figure %s: the cell (%s) has no baseline: nothing was run `against` it\n",
               plan->name, words);
      free(words);
      return -1;
    }
    for (size_t j = 0; j < plan->y_count; j++) {
      const struct presentation_column column = {COLUMN_SAVING_SHARE, plan->y[j]};
      struct estimate *share = share_of(savings, i, j);
      *share = paired_estimate(dataset, cell, baseline, &column);
      const double ends[] = {share->value, share->low, share->high};
      for (size_t k = 0; k < 3; k++) {
        savings->low = isfinite(ends[k]) ? fmin(savings->low, ends[k]) : savings->low;
        savings->high = isfinite(ends[k]) ? fmax(savings->high, ends[k]) : savings->high;
      }
      char *words = number_words(share);
      savings->number = fmax(savings->number, layout_text_width(words, 6.5));
      free(words);
    }
  }
  return 0;
}

/* The labels of the rows, left of the panels; returns where the panels begin. */
static double savings_add_labels(const struct savings *savings, struct text *script) {
  const size_t count = savings->list->count;
  const char **outer = memory_get(count, sizeof *outer), **inner = memory_get(count, sizeof *inner);
  double widest_outer = 0, widest_inner = 0;
  for (size_t i = 0; i < count; i++) {
    const struct figure_series *row = &savings->list->item[i];
    bool again = i > 0 && strcmp(row->outer, savings->list->item[i - 1].outer) == 0;
    outer[i] = again ? "" : row->outer;
    inner[i] = row->inner;
    widest_outer = fmax(widest_outer, layout_text_width(row->outer, 7));
    widest_inner = fmax(widest_inner, layout_text_width(row->inner, 6.5));
  }
  figure_add_strings(script, "OUTER", outer, count);
  figure_add_strings(script, "INNER", inner, count);
  free(outer);
  free(inner);
  return EDGE + widest_outer + (widest_outer > 0 ? LABEL_GAP : 0) + widest_inner + LABEL_GAP;
}

/* Where the rows are, in inches from the top; returns where they end. */
static double place_rows(const struct savings *savings, double top, double *y) {
  for (size_t i = 0; i < savings->list->count; i++) {
    const struct figure_series *item = savings->list->item;
    top += i > 0 && strcmp(item[i].outer, item[i - 1].outer) != 0 ? GROUP_GAP : 0;
    y[i] = top + BAR / 2;
    top += BAR;
  }
  return top;
}

static void savings_add_panels(const struct savings *savings, double left, struct text *script) {
  const struct presentation_figure *plan = savings->figure->plan;
  const size_t count = plan->y_count;
  char *title[PRESENTATION_SAVINGS_MAX];
  double from[PRESENTATION_SAVINGS_MAX], to[PRESENTATION_SAVINGS_MAX];
  double room = LAYOUT_WIDTH_IN - EDGE - left;
  double width = (room - PANEL_GAP * (double)(count - 1)) / (double)count;
  double span = savings->high > savings->low ? savings->high - savings->low : 1;
  double bars = fmax(width - savings->number - NUMBER_GAP, 0.1);
  for (size_t i = 0; i < count; i++) {
    title[i] = text_format("%s %s", plan->y[i].word, plan->y[i].metric);
    const char *label = json_string_value(json_object_get(plan->labels, title[i]));
    char *fitted = layout_text_fit(label == NULL ? title[i] : label, 6.5, width);
    free(title[i]);
    title[i] = fitted;
    from[i] = (left + (double)i * (width + PANEL_GAP)) / LAYOUT_WIDTH_IN;
    to[i] = from[i] + width / LAYOUT_WIDTH_IN;
  }
  text_add(script, "PANELS = %zu; X_LOW = %.8g; X_HIGH = %.8g; NUMBER_GAP = %.8g\n", count,
           savings->low, savings->low + span * width / bars, NUMBER_GAP * span / bars);
  figure_add_strings(script, "PANEL", (const char *const *)title, count);
  figure_add_numbers(script, "FROM", from, count);
  figure_add_numbers(script, "TO", to, count);
  for (size_t i = 0; i < count; i++)
    free(title[i]);
}

/* What numbers are, and whether computing is in them; a newline behind each line. */
static void savings_add_notes(const struct savings *savings, struct text *lines) {
  const struct presentation_figure *plan = savings->figure->plan;
  char *baseline = figure_baseline_words(savings->figure), *modelled = memory_string("");
  char *note =
      text_format("in %% of %s (0); whiskers: intervals of 95 %%; pale: costs more", baseline);
  for (size_t i = 0; i < plan->y_count && modelled[0] == '\0'; i++) {
    free(modelled);
    modelled =
        figure_modelled_words(savings->figure, savings->list, plan->y[i].metric, plan->y[i].unit);
  }
  layout_text_wrap(lines, note, 6.5, LAYOUT_WIDTH_IN - 2 * EDGE);
  if (modelled[0] != '\0') {
    char *sentence = text_format("times and energies are %s", modelled);
    layout_text_wrap(lines, sentence, 6.5, LAYOUT_WIDTH_IN - 2 * EDGE);
    free(sentence);
  }
  free(note);
  free(modelled);
  free(baseline);
}

/* Places are in inches from the top; the axis of bars counts the same, downwards. */
static double savings_add_script(const struct savings *savings, struct text *script) {
  const size_t count = savings->list->count;
  double *y = memory_get(count, sizeof *y);
  struct text notes = {0};
  struct figure_words words = {0};
  savings_add_notes(savings, &notes);
  figure_words_add(&words, WORDS_TITLE, EDGE, TITLE, savings->figure->plan->title);
  const size_t lines =
      figure_words_add_lines(&words, WORDS_NOTE, EDGE, TITLE + NOTE, NOTE, text_string(&notes));
  const double panel = TITLE + NOTE * (double)lines + PANEL_TITLE, top = panel + 0.05;
  double end = place_rows(savings, top, y), height = end + BOTTOM;
  double left = savings_add_labels(savings, script);
  savings_add_panels(savings, left, script);
  figure_add_numbers(script, "ROW_Y", y, count);
  text_add(script, "ROWS = %zu; LEVELS = %d; BAR = %.6g; LEFT = %.6g\n", count,
           savings->list->item[0].outer[0] == '\0' ? 1 : 2, BAR, left / LAYOUT_WIDTH_IN);
  text_add(script, "ROWS_TOP = %.6g; ROWS_END = %.6g; TOP = %.6g; BOTTOM = %.6g\n", top, end,
           1 - top / height, BOTTOM / height);
  text_add(script, "PANEL_Y = %.6g; LEGEND = 0\n", 1 - panel / height);
  figure_words_write(&words, height, script);
  figure_words_deinit(&words);
  text_deinit(&notes);
  free(y);
  return height;
}

static void savings_add_data(const struct savings *savings, struct text *data) {
  const struct presentation_figure *plan = savings->figure->plan;
  text_add(data, "row");
  for (size_t i = 0; i < plan->y_count; i++)
    text_add(data, "\t%s %s\tlow\thigh\tnumber", plan->y[i].word, plan->y[i].metric);
  text_add(data, "\n");
  for (size_t i = 0; i < savings->list->count; i++) {
    figure_add_field(data, savings->list->item[i].name);
    for (size_t j = 0; j < plan->y_count; j++) {
      const struct estimate *share = share_of(savings, i, j);
      double value = isfinite(share->value) ? share->value : 0;
      char *words = number_words(share);
      text_add(data, "\t%.8g\t%.8g\t%.8g\t%s", value, isfinite(share->low) ? share->low : value,
               isfinite(share->high) ? share->high : value, words);
      free(words);
    }
    text_add(data, "\n");
  }
}

static int savings_write(const struct figure *figure, struct figure_series_list *list,
                         struct text *error) {
  struct savings savings = {.figure = figure, .list = list};
  struct text script = {0}, data = {0};
  int status = drop_baselines(figure, list, error);
  if (status == 0)
    status = find_shares(&savings, error);
  if (status == 0) {
    double height = savings_add_script(&savings, &script);
    savings_add_data(&savings, &data);
    status = figure_write(figure, "savings", height, &script, &data, error);
  }
  free(savings.share);
  text_deinit(&script);
  text_deinit(&data);
  return status;
}

const struct figure_kind FIGURE_KIND_SAVINGS = {
    .write = savings_write,
    .explanation = "Shares of the baseline, with intervals of 95 %.",
};
