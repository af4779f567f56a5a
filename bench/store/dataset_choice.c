/* Of cells that were run. */
#include "dataset_choice.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>

/* A run by what it has of a metric. */
struct ordered {
  double number;
  const struct dataset_run *run;
};

static int by_number(const void *a, const void *b) {
  const struct ordered *x = a, *y = b;
  const int numbers = (x->number > y->number) - (x->number < y->number);
  return numbers != 0 ? numbers : (x->run->seed > y->run->seed) - (x->run->seed < y->run->seed);
}

/* The established runs of a cell that have the metric, in order; to be freed. */
static struct ordered *order_cell(const struct dataset *dataset, size_t cell, size_t metric,
                                  size_t *count) {
  const struct dataset_cell *from = &dataset->cell[cell];
  struct ordered *ordered = memory_get(from->run_count, sizeof *ordered);
  *count = 0;
  for (size_t i = 0; i < from->run_count; i++)
    if (from->run[i].established && !isnan(from->run[i].number[metric]))
      ordered[(*count)++] = (struct ordered){from->run[i].number[metric], &from->run[i]};
  qsort(ordered, *count, sizeof *ordered, by_number);
  return ordered;
}

struct dataset_choice dataset_choose_median(const struct dataset *dataset, size_t metric) {
  struct dataset_choice choice = {0};
  for (size_t i = 0; i < dataset->plan->measured_count && choice.run == NULL; i++) {
    size_t count;
    struct ordered *ordered = order_cell(dataset, i, metric, &count);
    if (count > 0)
      choice = (struct dataset_choice){i, ordered[(count - 1) / 2].run};
    free(ordered);
  }
  return choice;
}

struct dataset_choice dataset_choose_slowest(const struct dataset *dataset, size_t metric) {
  struct dataset_choice choice = {0};
  double most = -INFINITY;
  for (size_t i = 0; i < dataset->plan->measured_count; i++) {
    size_t count;
    struct ordered *ordered = order_cell(dataset, i, metric, &count);
    if (count > 0 && ordered[count - 1].number > most) {
      most = ordered[count - 1].number;
      choice = (struct dataset_choice){i, ordered[count - 1].run};
    }
    free(ordered);
  }
  return choice;
}

struct dataset_choice dataset_choose_failed(const struct dataset *dataset, size_t metric) {
  (void)metric;
  for (size_t i = 0; i < dataset->plan->measured_count; i++)
    for (size_t j = 0; j < dataset->cell[i].run_count; j++) {
      const struct dataset_run *run = &dataset->cell[i].run[j];
      if (run->measures && !run->established)
        return (struct dataset_choice){i, run};
    }
  return (struct dataset_choice){0};
}
