/* What a campaign says. */
#include "report.h"
#include "comparison.h"
#include "drawing_tools.h"
#include "expectation.h"
#include "export.h"
#include "few.h"
#include "figure.h"
#include "page.h"
#include "provenance.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

static int make_folders(const char *folder, struct text *error) {
  static const char *const PARTS[] = {"tables", "figures"};
  int status = 0;
  for (size_t i = 0; i < 2 && status == 0; i++) {
    char *path = text_format("%s/%s", folder, PARTS[i]);
    status = text_directory_make(path, error);
    free(path);
  }
  return status;
}

/* Whether figures can be drawn; what is missing is shown. */
static bool can_draw(struct report_tally *tally, struct text *shown) {
  const char *tools = drawing_tools_missing(), *fonts = drawing_fonts_missing();
  const char *missing = tools != NULL ? tools : fonts;
  if (missing != NULL)
    text_add(shown, "%s\n", missing);
  tally->undrawn = missing != NULL;
  return tools == NULL;
}

static int draw_figures(const struct presentation *presentation, const struct dataset *dataset,
                        struct page *page, struct text *shown, struct text *error) {
  char *fitted = layout_text_fit(page->provenance, 4.5, LAYOUT_WIDTH_IN - 0.06);
  int status = 0;
  for (size_t i = 0; i < presentation->figure_count && status == 0; i++) {
    const struct figure figure = {dataset, &presentation->figure[i], page->folder, page->look,
                                  fitted};
    bool drawn;
    status = figure_draw(&figure, &drawn, shown, error);
    if (status != 0 || !drawn)
      continue;
    struct text remark = {0};
    few_remark(dataset, &presentation->figure[i], &remark);
    if (remark.length > 0)
      text_add(shown, "figure %s: %s\n", presentation->figure[i].name, remark.data);
    status = page_add_figure(page, &presentation->figure[i], text_string(&remark), error);
    text_deinit(&remark);
  }
  free(fitted);
  return status;
}

static int report_write_all(const struct export *export, struct page *page,
                            struct report_tally *tally, struct text *shown, struct text *error) {
  const struct presentation *presentation = export->presentation;
  const struct dataset *dataset = export->dataset;
  int status = make_folders(page->folder, error);
  if (status == 0)
    status = export_write(export, page->folder, error);
  for (size_t i = 0; i < presentation->table_count && status == 0; i++)
    status = table_write(dataset, &presentation->table[i], page, shown, error);
  for (size_t i = 0; i < presentation->comparison_count && status == 0; i++)
    status = comparison_write(dataset, &presentation->comparison[i], page, &tally->violated, shown,
                              error);
  if (status == 0 && presentation->figure_count > 0 && can_draw(tally, shown))
    status = draw_figures(presentation, dataset, page, shown, error);
  for (size_t i = 0; i < presentation->expectation_count && status == 0; i++)
    tally->violated +=
        expectation_check(dataset, &presentation->expectation[i], &page->expectations) > 0;
  text_add(shown, "%s", text_string(&page->expectations));
  return status;
}

int report_init(struct report *report, const struct scenario *scenario, const struct schema *schema,
                struct store *store, struct text *error) {
  *report = (struct report){.scenario = scenario, .store = store};
  if (store_provenance_read(store, &report->made, error) < 0)
    return -1;
  int status = plan_init(&report->plan, scenario, error);
  if (status == 0) {
    plan_computed_add(&report->plan, scenario);
    status = dataset_init(&report->dataset, &report->plan, schema, scenario, store, error);
    if (status < 0)
      plan_deinit(&report->plan);
  }
  if (status < 0)
    store_provenance_deinit(&report->made);
  return status;
}

void report_deinit(struct report *report) {
  dataset_deinit(&report->dataset);
  plan_deinit(&report->plan);
  store_provenance_deinit(&report->made);
}

int report_write(const struct report *report, const char *folder, struct report_tally *tally,
                 struct text *shown, struct text *error) {
  const struct scenario *scenario = report->scenario;
  const struct dataset *dataset = &report->dataset;
  const struct export export = {dataset, &scenario->presentation};
  char *look = figure_look_find(error), *line = provenance_line(scenario, dataset, &report->made);
  struct page page = {
      .folder = folder, .look = look, .provenance = line, .equal_seeds = !scenario->independent};
  *tally = (struct report_tally){.missing = dataset->plan->run_count - dataset->run_count,
                                 .not_run = dataset->not_run};
  page_cells_init(&page.cells, dataset->plan, report->store);
  int status = look == NULL ? -1 : 0;
  if (status == 0)
    status = report_write_all(&export, &page, tally, shown, error);
  if (status == 0)
    status = provenance_write(scenario, dataset, &report->made, tally->violated, folder, error);
  if (status == 0)
    status = page_write(&page, scenario, dataset, &report->made, error);
  page_deinit(&page);
  free(look);
  free(line);
  return status;
}
