/* Stacked bars: metrics of one unit by parts, each of some metrics, such as the rows of a ledger;
 * means given success. What the runs of a bar have no figure of is marked there, and said below. */
#include "figure.h"
#include "figure_words.h"
#include "support/memory.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Inches. */
static const double EDGE = 0.03, LEGEND_TOP = 0.095, LEGEND_ROW = 0.14, LEGEND_MARK = 0.13,
                    AFTER_LEGEND = 0.06, TITLE = 0.2, TITLE_Y = 0.08, LINE = 0.13, HEADING = 0.17,
                    BAR = 0.22, GROUP_GAP = 0.1, BOTTOM = 0.5, NOTE = 0.12, NOTE_LOWEST = 0.17,
                    AXIS_TITLE_Y = 0.29, LABEL_GAP = 0.1, NUMBER_GAP = 0.04;
enum { LEGEND_ROWS = 3 }; /* more, where these are too wide */

/* A part, and the bars that have no figure of it. */
struct stack_part {
  const char *words;
  bool *absent;
  bool used;    /* some bar has more than 0 of it */
  size_t marks; /* daggers where it is absent; 0 if it is absent nowhere */
};

struct stack {
  const struct figure *figure;
  const struct figure_series_list *list;
  struct stack_part *all; /* as the scenario has them */
  size_t all_count;
  const struct stack_part **part; /* those that are drawn */
  size_t part_count;
  size_t mark_count;
  double *mean;           /* bar by bar, part by part, of all */
  struct estimate *total; /* of each bar */
  double left, right;     /* inches */
  struct layout_axis x;
};

static struct stack_part *stack_part_of(struct stack *stack, const char *words) {
  for (size_t i = 0; i < stack->all_count; i++)
    if (strcmp(stack->all[i].words, words) == 0)
      return &stack->all[i];
  struct stack_part *part = &stack->all[stack->all_count++];
  *part = (struct stack_part){.words = words,
                              .absent = memory_get(stack->list->count, sizeof *part->absent)};
  return part;
}

static double *mean_of(const struct stack *stack, size_t bar, const struct stack_part *part) {
  const size_t most = json_object_size(stack->figure->plan->parts);
  return &stack->mean[bar * most + (size_t)(part - stack->all)];
}

/* Adds a metric's means to its part, bar by bar. */
static void add_metric_to(struct stack *stack, struct stack_part *part, const char *metric) {
  for (size_t i = 0; i < stack->list->count; i++) {
    const double mean = dataset_mean(stack->figure->dataset, stack->list->item[i].cell[0], metric);
    if (mean > 0)
      *mean_of(stack, i, part) += mean;
    part->used = part->used || mean > 0;
    part->absent[i] = part->absent[i] || (isnan(mean) && !isnan(stack->total[i].value));
  }
}

/* Sum of all parts in each run that succeeded, as an estimate of the mean. */
static struct estimate total_of(const struct stack *stack, size_t cell) {
  const struct dataset *dataset = stack->figure->dataset;
  const struct dataset_cell *from = &dataset->cell[cell];
  double *sum = memory_get(from->run_count, sizeof *sum);
  size_t count = 0;
  const char *metric;
  json_t *words;
  for (size_t i = 0; i < from->run_count; i++) {
    if (!from->run[i].established)
      continue;
    json_object_foreach(stack->figure->plan->parts, metric, words) {
      const double number = from->run[i].number[dataset_metric(dataset, metric)];
      sum[count] += isnan(number) ? 0 : number;
    }
    count++;
  }
  struct estimate estimate = statistics_mean(sum, count);
  free(sum);
  return estimate;
}

/* Which parts are drawn, and which are marked where they are absent. */
static void choose_parts(struct stack *stack) {
  stack->part = memory_get(stack->all_count, sizeof *stack->part);
  for (size_t i = 0; i < stack->all_count; i++) {
    struct stack_part *part = &stack->all[i];
    if (part->used)
      stack->part[stack->part_count++] = part;
    for (size_t j = 0; j < stack->list->count && part->marks == 0; j++)
      if (part->absent[j])
        part->marks = ++stack->mark_count;
  }
}

static int find_parts(struct stack *stack, struct text *error) {
  const struct presentation_figure *plan = stack->figure->plan;
  const size_t bars = stack->list->count, most = json_object_size(plan->parts);
  const char *metric;
  json_t *words;
  stack->all = memory_get(most, sizeof *stack->all);
  stack->mean = memory_get(bars * most, sizeof *stack->mean);
  stack->total = memory_get(bars, sizeof *stack->total);
  for (size_t i = 0; i < bars; i++)
    stack->total[i] = total_of(stack, stack->list->item[i].cell[0]);
  json_object_foreach(plan->parts, metric, words) {
    add_metric_to(stack, stack_part_of(stack, json_string_value(words)), metric);
  }
  choose_parts(stack);
  if (stack->part_count <= PRESENTATION_STACK_MAX)
    return 0;
  text_add(error,
           "figure %s: %zu parts, more than %d can be told apart; put some together with `by: "
           "family` or `groups`\n",
           plan->name, stack->part_count, PRESENTATION_STACK_MAX);
  return -1;
}

/* The length of a bar: its sum, or 1, which is all of it. */
static double stack_length(const struct stack *stack, double value) {
  return stack->figure->plan->shares && !isnan(value) ? 1 : value;
}

static void add_daggers(struct text *text, size_t count) {
  for (size_t i = 0; i < count; i++)
    text_add(text, "\xe2\x80\xa0");
}

/* The number at the end of a bar, and a mark for each part that it lacks. */
static char *total_words(const struct stack *stack, size_t bar) {
  const double value = stack->total[bar].value;
  if (isnan(value))
    return memory_string("none succeeds");
  const bool whole = value >= 99.95 || fabs(value - round(value)) < 1e-9;
  struct text words = {0};
  text_add(&words, whole ? "%.0f" : "%#.3g", value);
  if (stack->figure->plan->shares)
    text_add(&words, " %s", stack->figure->plan->unit);
  for (size_t i = 0; i < stack->all_count; i++) {
    if (!stack->all[i].absent[bar])
      continue;
    text_add(&words, " ");
    add_daggers(&words, stack->all[i].marks);
  }
  return words.data;
}

/* The axis ends where the longest bar and its number still fit. */
static void stack_scale(struct stack *stack) {
  const struct layout_ticks ticks = {.scale = stack->figure->plan->shares ? 100 : 1};
  double widest_outer = 0, widest_inner = 0, longest = 0, number = 0;
  for (size_t i = 0; i < stack->list->count; i++) {
    const struct figure_series *bar = &stack->list->item[i];
    widest_outer = fmax(widest_outer, layout_text_width(bar->outer, 7));
    widest_inner = fmax(widest_inner, layout_text_width(bar->inner, 6.5));
    const struct estimate *total = &stack->total[i];
    const double end = stack_length(stack, fmax(total->value, total->high));
    longest = fmax(longest, isnan(end) ? 0 : end);
    char *words = total_words(stack, i);
    number = fmax(number, layout_text_width(words, 6.5));
    free(words);
  }
  stack->left = EDGE + widest_outer + (widest_outer > 0 ? LABEL_GAP : 0) + widest_inner + 0.06;
  stack->left = fmin(fmax(stack->left, 0.3), LAYOUT_WIDTH_IN * 0.6);
  stack->right = LAYOUT_WIDTH_IN - 0.14;
  double room = stack->right - stack->left - number - NUMBER_GAP;
  double high = longest > 0 ? longest * (stack->right - stack->left) / room : 1;
  layout_axis_linear(&stack->x, 0, high, 6, false, &ticks);
}

/* Places the entries of a legend of so many rows, column by column. Returns where they end. */
static double place_legend(const struct stack *stack, size_t rows, double *x, double *y) {
  double at = EDGE, widest = 0;
  for (size_t i = 0; i < stack->part_count; i++) {
    if (i > 0 && i % rows == 0) {
      at += widest + LEGEND_MARK + 0.14;
      widest = 0;
    }
    x[i] = at / LAYOUT_WIDTH_IN;
    y[i] = LEGEND_TOP + LEGEND_ROW * (double)(i % rows);
    widest = fmax(widest, layout_text_width(stack->part[i]->words, 7));
  }
  return at + widest + LEGEND_MARK;
}

/* A legend by columns, of as few rows as fit. Returns its height. */
static double stack_add_legend(const struct stack *stack, struct text *script, double *x,
                               double *y) {
  size_t rows = LEGEND_ROWS;
  while (place_legend(stack, rows, x, y) > LAYOUT_WIDTH_IN && rows < stack->part_count)
    rows++;
  rows = stack->part_count < rows ? stack->part_count : rows;
  const char **words = memory_get(stack->part_count, sizeof *words);
  for (size_t i = 0; i < stack->part_count; i++)
    words[i] = stack->part[i]->words;
  text_add(script, "GROUPS = %zu\n", stack->part_count);
  figure_add_strings(script, "GROUP", words, stack->part_count);
  free(words);
  return LEGEND_TOP + LEGEND_ROW * (double)rows;
}

static bool begins_panel(const struct stack *stack, size_t bar) {
  const struct figure_series *item = stack->list->item;
  return stack->list->panel_count > 1 && (bar == 0 || item[bar].panel != item[bar - 1].panel);
}

static bool begins_group(const struct stack *stack, size_t bar) {
  const struct figure_series *item = stack->list->item;
  return bar == 0 || begins_panel(stack, bar) || strcmp(item[bar].outer, item[bar - 1].outer) != 0;
}

/* Places the bars, with a gap where the outer label changes, and a heading for each panel. Returns
 * where they end. */
static double place_bars(const struct stack *stack, double top, double *y,
                         struct figure_words *words) {
  for (size_t i = 0; i < stack->list->count; i++) {
    top += i > 0 && begins_group(stack, i) ? GROUP_GAP : 0;
    if (begins_panel(stack, i)) {
      figure_words_add(words, WORDS_TITLE, EDGE, top + HEADING / 2,
                       stack->list->panel[stack->list->item[i].panel]);
      top += HEADING;
    }
    y[i] = top + BAR / 2;
    top += BAR;
  }
  return top;
}

static bool stack_is_titled(const struct presentation_figure *plan) {
  return strcmp(plan->title, plan->name) != 0;
}

/* The title, and what is not in the figure; returns where they end. */
static double place_title(const struct stack *stack, double top, struct figure_words *words) {
  const struct presentation_figure *plan = stack->figure->plan;
  const bool own = stack_is_titled(plan) || plan->x_title == NULL;
  char *title = memory_string(own ? plan->title : plan->x_title);
  title[0] = (char)(own ? title[0] : toupper((unsigned char)title[0]));
  char *modelled = figure_modelled_words(stack->figure, stack->list, "", plan->unit);
  struct text lines = {0};
  figure_words_add(words, WORDS_TITLE, EDGE, top + TITLE_Y, title);
  if (modelled[0] != '\0')
    layout_text_wrap(&lines, modelled, 6.5, LAYOUT_WIDTH_IN - 2 * EDGE);
  const size_t count = figure_words_add_lines(words, WORDS_NOTE, EDGE, top + TITLE_Y + LINE, LINE,
                                              text_string(&lines));
  text_deinit(&lines);
  free(modelled);
  free(title);
  return top + TITLE + LINE * (double)count;
}

/* The title of the axis. */
static char *stack_axis_words(const struct presentation_figure *plan) {
  if (stack_is_titled(plan) && plan->x_title != NULL)
    return memory_string(plan->x_title);
  return plan->shares ? memory_string("share of the sum (%)")
                      : text_format("mean of the runs that succeed (%s)", plan->unit);
}

static void stack_add_bars(const struct stack *stack, struct text *script) {
  size_t count = stack->list->count;
  const char **outer = memory_get(count, sizeof *outer), **inner = memory_get(count, sizeof *inner);
  char **number = memory_get(count, sizeof *number);
  for (size_t i = 0; i < count; i++) {
    const struct figure_series *bar = &stack->list->item[i];
    outer[i] = begins_group(stack, i) ? bar->outer : "";
    inner[i] = bar->inner;
    number[i] = total_words(stack, i);
  }
  text_add(script, "LEVELS = %d\n", stack->list->item[0].outer[0] == '\0' ? 1 : 2);
  figure_add_strings(script, "OUTER", outer, count);
  figure_add_strings(script, "INNER", inner, count);
  figure_add_strings(script, "NUMBER", (const char *const *)number, count);
  for (size_t i = 0; i < count; i++)
    free(number[i]);
  free(number);
  free(outer);
  free(inner);
}

/* What the marks mean. */
static void stack_add_notes(const struct stack *stack, double height, struct text *script) {
  text_add(script, "NOTES = %zu\n", stack->mark_count);
  if (stack->mark_count == 0)
    return;
  char **note = memory_get(stack->mark_count, sizeof *note);
  double *y = memory_get(stack->mark_count, sizeof *y);
  for (size_t i = 0; i < stack->all_count; i++) {
    const struct stack_part *part = &stack->all[i];
    if (part->marks == 0)
      continue;
    struct text words = {0};
    add_daggers(&words, part->marks);
    text_add(&words, " not modelled: %s", part->words);
    note[part->marks - 1] = words.data;
    y[part->marks - 1] = (NOTE_LOWEST + NOTE * (double)(stack->mark_count - part->marks)) / height;
  }
  figure_add_strings(script, "NOTE", (const char *const *)note, stack->mark_count);
  figure_add_numbers(script, "NOTE_Y", y, stack->mark_count);
  for (size_t i = 0; i < stack->mark_count; i++)
    free(note[i]);
  free(note);
  free(y);
}

/* Places are in inches from the top; the axis of bars counts the same, downwards. */
static double stack_add_script(const struct stack *stack, struct text *script) {
  size_t count = stack->list->count;
  double *x = memory_get(stack->part_count, sizeof *x);
  double *y = memory_get(stack->part_count, sizeof *y);
  double *bar = memory_get(count, sizeof *bar);
  struct figure_words words = {0};
  const double legend = stack_add_legend(stack, script, x, y) + AFTER_LEGEND;
  const double top = place_title(stack, legend, &words);
  const double end = place_bars(stack, top, bar, &words);
  const double bottom = BOTTOM + NOTE * (double)stack->mark_count, height = end + bottom;
  for (size_t i = 0; i < stack->part_count; i++)
    y[i] = 1 - y[i] / height;
  figure_add_numbers(script, "GROUP_X", x, stack->part_count);
  figure_add_numbers(script, "GROUP_Y", y, stack->part_count);
  text_add(script, "BARS = %zu; BAR = %.6g; BAR_TOP = %.6g; BAR_BOTTOM = %.6g\n", count, BAR, top,
           end);
  figure_add_numbers(script, "BAR_Y", bar, count);
  stack_add_bars(stack, script);
  stack_add_notes(stack, height, script);
  text_add(script, "LEFT = %.6g; RIGHT = %.6g; TOP = %.6g; BOTTOM = %.6g; X_HIGH = %.8g\n",
           stack->left / LAYOUT_WIDTH_IN, stack->right / LAYOUT_WIDTH_IN, 1 - top / height,
           bottom / height, stack->x.high);
  figure_add_string(script, "X_TICKS", text_string(&stack->x.ticks));
  char *title = stack_axis_words(stack->figure->plan);
  double half = layout_text_width(title, 7) / 2;
  double centre = fmin((stack->left + stack->right) / 2, LAYOUT_WIDTH_IN - EDGE - half);
  figure_words_add(&words, WORDS_CENTRED, fmax(centre, EDGE + half), end + AXIS_TITLE_Y, title);
  text_add(script, "LEGEND = 0\n");
  figure_words_write(&words, height, script);
  figure_words_deinit(&words);
  free(title);
  free(bar);
  free(x);
  free(y);
  return height;
}

/* With its panel, if there are some. */
static char *stack_bar_name(const struct stack *stack, size_t bar) {
  const struct figure_series *item = &stack->list->item[bar];
  if (stack->list->panel_count == 1)
    return memory_string(item->name);
  return text_format("%s%s%s", stack->list->panel[item->panel], item->name[0] == '\0' ? "" : ", ",
                     item->name);
}

static void stack_add_data(const struct stack *stack, struct text *data) {
  text_add(data, "bar");
  for (size_t i = 0; i < stack->part_count; i++) {
    text_add(data, "\t");
    layout_add_line(data, stack->part[i]->words);
  }
  text_add(data, "\ttotal\tlow\thigh\n");
  for (size_t i = 0; i < stack->list->count; i++) {
    const struct estimate *total = &stack->total[i];
    const double value = isnan(total->value) ? 0 : total->value;
    const double scale = value > 0 ? stack_length(stack, value) / value : 1;
    const bool interval = !isnan(total->low) && !stack->figure->plan->shares;
    char *name = stack_bar_name(stack, i);
    figure_add_field(data, name);
    free(name);
    for (size_t j = 0; j < stack->part_count; j++)
      text_add(data, "\t%.8g", scale * *mean_of(stack, i, stack->part[j]));
    text_add(data, "\t%.8g\t%.8g\t%.8g\n", scale * value, interval ? total->low : scale * value,
             interval ? total->high : scale * value);
  }
}

static void stack_deinit(struct stack *stack) {
  for (size_t i = 0; i < stack->all_count; i++)
    free(stack->all[i].absent);
  free(stack->all);
  free(stack->part);
  free(stack->mean);
  free(stack->total);
  layout_axis_deinit(&stack->x);
}

static int stack_write(const struct figure *figure, struct figure_series_list *list,
                       struct text *error) {
  struct stack stack = {.figure = figure, .list = list};
  struct text script = {0}, data = {0};
  for (size_t i = list->count; i-- > 0;)
    if (list->item[i].count == 0)
      figure_series_drop(list, i);
  int status = find_parts(&stack, error);
  if (status == 0) {
    stack_scale(&stack);
    double height = stack_add_script(&stack, &script);
    stack_add_data(&stack, &data);
    status = figure_write(figure, "stack", height, &script, &data, error);
  }
  stack_deinit(&stack);
  text_deinit(&script);
  text_deinit(&data);
  return status;
}

const struct figure_kind FIGURE_KIND_STACK = {
    .write = stack_write,
    .explanation = "Means of the runs that succeed.",
    .groups = true,
};
