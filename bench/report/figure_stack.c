/* Stacked bars: the bytes of a ledger by parts, each of some rows; mean given success. */
#include "figure.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Inches. */
static const double EDGE = 0.03, LEGEND_TOP = 0.095, LEGEND_ROW = 0.14, LEGEND_MARK = 0.13,
                    AFTER_LEGEND = 0.06, BAR = 0.22, GROUP_GAP = 0.1, BOTTOM = 0.5, LABEL_GAP = 0.1,
                    NUMBER_GAP = 0.04;
enum { LEGEND_ROWS = 3 }; /* more, where these are too wide */

struct stack {
  const struct figure *figure;
  const struct figure_series_list *list;
  const char **part; /* those that are used */
  size_t part_count;
  double *mean;           /* bar by bar, part by part */
  struct estimate *total; /* of each bar */
  double left, right;     /* inches */
  struct layout_axis x;
};

/* Index of the part that the scenario puts a row into; part_count if it is not there. */
static size_t part_of(const struct stack *stack, const struct schema_row *row) {
  const char *name = json_string_value(json_object_get(stack->figure->plan->parts, row->name));
  size_t i = 0;
  while (i < stack->part_count && strcmp(stack->part[i], name) != 0)
    i++;
  return i;
}

/* Mean of a row's bytes in a bar, given success. */
static double stack_row_mean(const struct stack *stack, size_t bar, const struct schema_row *row) {
  double mean = dataset_row_mean(stack->figure->dataset, stack->list->item[bar].cell[0],
                                 stack->figure->plan->of, row->name);
  return mean > 0 ? mean : 0;
}

static bool row_is_used(const struct stack *stack, const struct schema_row *row) {
  for (size_t i = 0; i < stack->list->count; i++)
    if (stack_row_mean(stack, i, row) > 0)
      return true;
  return false;
}

static int find_parts(struct stack *stack, struct text *error) {
  const struct presentation_figure *plan = stack->figure->plan;
  const struct schema *schema = stack->figure->dataset->schema;
  stack->part = memory_get(schema->row_count, sizeof *stack->part);
  for (size_t i = 0; i < schema->row_count; i++) {
    const struct schema_row *row = &schema->row[i];
    if (row_is_used(stack, row) && part_of(stack, row) == stack->part_count)
      stack->part[stack->part_count++] = json_string_value(json_object_get(plan->parts, row->name));
  }
  if (stack->part_count <= PRESENTATION_STACK_MAX)
    return 0;
  text_add(error,
           "figure %s: %zu parts, more than %d can be told apart; put some together with `by: "
           "family` or `groups`\n",
           plan->name, stack->part_count, PRESENTATION_STACK_MAX);
  return -1;
}

/* Sum of the ledger in each run that succeeded, as an estimate of the mean. */
static struct estimate total_of(const struct stack *stack, size_t cell) {
  const struct dataset *dataset = stack->figure->dataset;
  const struct dataset_cell *from = &dataset->cell[cell];
  double *sum = memory_get(from->run_count, sizeof *sum);
  size_t length = strlen(stack->figure->plan->of), count = 0;
  for (size_t i = 0; i < from->run_count; i++) {
    if (!from->run[i].established)
      continue;
    for (size_t j = 0; j < dataset->metric_count; j++)
      if (strncmp(dataset->metric[j], stack->figure->plan->of, length) == 0 &&
          dataset->metric[j][length] == '.')
        sum[count] += from->run[i].number[j];
    count++;
  }
  struct estimate estimate = statistics_mean(sum, count);
  free(sum);
  return estimate;
}

static void sum_bars(struct stack *stack) {
  const struct schema *schema = stack->figure->dataset->schema;
  size_t count = stack->list->count;
  stack->mean = memory_get(count * stack->part_count, sizeof *stack->mean);
  stack->total = memory_get(count, sizeof *stack->total);
  for (size_t i = 0; i < count; i++) {
    stack->total[i] = total_of(stack, stack->list->item[i].cell[0]);
    for (size_t j = 0; j < schema->row_count; j++) {
      size_t part = part_of(stack, &schema->row[j]);
      if (part < stack->part_count)
        stack->mean[i * stack->part_count + part] += stack_row_mean(stack, i, &schema->row[j]);
    }
  }
}

/* The number at the end of a bar. */
static char *total_words(const struct stack *stack, size_t bar) {
  double value = stack->total[bar].value;
  return isnan(value) ? memory_string("none succeeds") : text_format("%.0f", value);
}

/* The axis ends where the longest bar and its number still fit. */
static void stack_scale(struct stack *stack) {
  const struct layout_ticks ticks = {.scale = 1};
  double widest_outer = 0, widest_inner = 0, longest = 0, number = 0;
  for (size_t i = 0; i < stack->list->count; i++) {
    const struct figure_series *bar = &stack->list->item[i];
    widest_outer = fmax(widest_outer, layout_text_width(bar->outer, 7));
    widest_inner = fmax(widest_inner, layout_text_width(bar->inner, 6.5));
    double end = fmax(stack->total[i].value, stack->total[i].high);
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
    widest = fmax(widest, layout_text_width(stack->part[i], 7));
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
  text_add(script, "GROUPS = %zu\n", stack->part_count);
  figure_add_strings(script, "GROUP", stack->part, stack->part_count);
  return LEGEND_TOP + LEGEND_ROW * (double)rows;
}

/* Places the bars, with a gap where the outer label changes. Returns where they end. */
static double place_bars(const struct stack *stack, double top, double *y) {
  for (size_t i = 0; i < stack->list->count; i++) {
    bool new_group =
        i > 0 && strcmp(stack->list->item[i].outer, stack->list->item[i - 1].outer) != 0;
    top += new_group ? GROUP_GAP : 0;
    y[i] = top + BAR / 2;
    top += BAR;
  }
  return top;
}

static void stack_add_bars(const struct stack *stack, struct text *script) {
  size_t count = stack->list->count;
  const char **outer = memory_get(count, sizeof *outer), **inner = memory_get(count, sizeof *inner);
  char **number = memory_get(count, sizeof *number);
  for (size_t i = 0; i < count; i++) {
    const struct figure_series *bar = &stack->list->item[i];
    bool again = i > 0 && strcmp(bar->outer, stack->list->item[i - 1].outer) == 0;
    outer[i] = again ? "" : bar->outer;
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

/* Places are in inches from the top; the axis of bars counts the same, downwards. */
static double stack_add_script(const struct stack *stack, struct text *script) {
  size_t count = stack->list->count;
  double *x = memory_get(stack->part_count, sizeof *x);
  double *y = memory_get(stack->part_count, sizeof *y);
  double *bar = memory_get(count, sizeof *bar);
  double top = stack_add_legend(stack, script, x, y) + AFTER_LEGEND;
  double end = place_bars(stack, top, bar), height = end + BOTTOM;
  for (size_t i = 0; i < stack->part_count; i++)
    y[i] = 1 - y[i] / height;
  figure_add_numbers(script, "GROUP_X", x, stack->part_count);
  figure_add_numbers(script, "GROUP_Y", y, stack->part_count);
  text_add(script, "BARS = %zu; BAR = %.6g; BAR_TOP = %.6g; BAR_BOTTOM = %.6g\n", count, BAR, top,
           end);
  figure_add_numbers(script, "BAR_Y", bar, count);
  stack_add_bars(stack, script);
  text_add(script, "LEFT = %.6g; RIGHT = %.6g; TOP = %.6g; BOTTOM = %.6g; X_HIGH = %.8g\n",
           stack->left / LAYOUT_WIDTH_IN, stack->right / LAYOUT_WIDTH_IN, 1 - top / height,
           BOTTOM / height, stack->x.high);
  figure_add_string(script, "X_TICKS", text_string(&stack->x.ticks));
  const char *title = stack->figure->plan->x_title == NULL ? stack->figure->plan->title
                                                           : stack->figure->plan->x_title;
  double half = layout_text_width(title, 7) / 2;
  double centre = fmin((stack->left + stack->right) / 2, LAYOUT_WIDTH_IN - EDGE - half);
  text_add(script, "X_CENTRE = %.6g\n", fmax(centre, EDGE + half) / LAYOUT_WIDTH_IN);
  figure_add_string(script, "X_TITLE", title);
  free(bar);
  free(x);
  free(y);
  return height;
}

static void stack_add_data(const struct stack *stack, struct text *data) {
  text_add(data, "bar");
  for (size_t i = 0; i < stack->part_count; i++) {
    text_add(data, "\t");
    layout_add_line(data, stack->part[i]);
  }
  text_add(data, "\ttotal\tlow\thigh\n");
  for (size_t i = 0; i < stack->list->count; i++) {
    const struct estimate *total = &stack->total[i];
    figure_add_field(data, stack->list->item[i].name);
    for (size_t j = 0; j < stack->part_count; j++)
      text_add(data, "\t%.8g", stack->mean[i * stack->part_count + j]);
    double value = isnan(total->value) ? 0 : total->value;
    text_add(data, "\t%.8g\t%.8g\t%.8g\n", value, isnan(total->low) ? value : total->low,
             isnan(total->high) ? value : total->high);
  }
}

int figure_stack_write(const struct figure *figure, struct figure_series_list *list,
                       struct text *error) {
  struct stack stack = {.figure = figure, .list = list};
  struct text script = {0}, data = {0};
  int status = find_parts(&stack, error);
  if (status == 0) {
    sum_bars(&stack);
    stack_scale(&stack);
    double height = stack_add_script(&stack, &script);
    stack_add_data(&stack, &data);
    status = figure_write(figure, "stack", height, &script, &data, error);
  }
  free(stack.part);
  free(stack.mean);
  free(stack.total);
  layout_axis_deinit(&stack.x);
  text_deinit(&script);
  text_deinit(&data);
  return status;
}
