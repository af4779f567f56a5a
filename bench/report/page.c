/* The report as HTML. */
#include "page.h"
#include "figure.h"
#include "page_ladders.h"
#include "scenario/presentation_reader.h"
#include "show_command.h"
#include "support/markup.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

static void add_file(struct text *html, const char *folder, const char *name, struct text *error,
                     int *status) {
  char *path = text_format("%s/%s", folder, name);
  char *content = text_file_read(path, NULL, error);
  if (content == NULL)
    *status = -1;
  else
    text_add(html, "%s", content);
  free(content);
  free(path);
}

void page_link_cell(struct page *page, const struct plan *plan, struct grid *grid, size_t line,
                    size_t column, size_t cell) {
  char *id = page_cells_link(&page->cells, plan, cell, page->table_count + 1);
  grid_link(grid, line, column, id);
  free(id);
}

/* How wide the paper has to be on which a table is printed: from how many characters on. */
static const char *table_paper(const struct grid *grid) {
  static const struct {
    size_t characters;
    const char *paper; /* of page.css */
  } PAPERS[] = {{0, "table"}, {125, "table wide"}, {185, "table wide small"}};
  const size_t characters = grid_least_width(grid) + grid->width;
  const char *paper = NULL;
  for (size_t i = 0; i < sizeof PAPERS / sizeof PAPERS[0]; i++)
    if (characters >= PAPERS[i].characters)
      paper = PAPERS[i].paper;
  return paper;
}

void page_add_table(struct page *page, const char *name, const char *title, const struct grid *grid,
                    const char *note) {
  page->table_count++;
  text_add(&page->tables, "<div class=\"%s\" id=\"table-%zu\">\n<h3>Table %zu. ", table_paper(grid),
           page->table_count, page->table_count);
  markup_add(&page->tables, title);
  text_add(&page->tables, "</h3>\n<div class=\"scrolled\">\n");
  grid_print_html(grid, &page->tables);
  text_add(&page->tables, "</div>\n");
  if (note[0] != '\0') {
    text_add(&page->tables, "<p class=\"note\">");
    markup_add(&page->tables, note);
    text_add(&page->tables, "</p>\n");
  }
  text_add(&page->tables,
           "<p class=\"note\">As data: tables/%s.csv; as .txt, .md and .tex beside it. ", name);
  markup_add(&page->tables, page->provenance);
  text_add(&page->tables, "</p>\n</div>\n");
}

static const char EQUAL_SEEDS[] =
    "All cells have the same seeds, which is good for differences; but where lines rise and fall "
    "together, or a line from place to place, it may be the same few runs "
    "(<code>paired: off</code> gives each cell seeds of its own).";

int page_add_figure(struct page *page, const struct presentation_figure *figure, const char *remark,
                    struct text *error) {
  char *path = text_format("%s/figures/%s.svg", page->folder, figure->name);
  char *svg = text_file_read(path, NULL, error);
  free(path);
  if (svg == NULL)
    return -1;
  bool named = strcmp(figure->title, figure->name) != 0;
  page->figure_count++;
  text_add(&page->figures, "<figure>\n");
  char *label = text_format("Figure %zu: %s", page->figure_count, figure->title);
  markup_add_svg(&page->figures, svg, figure->name, label);
  free(label);
  text_add(&page->figures, "<figcaption><b>Figure %zu.</b> ", page->figure_count);
  markup_add(&page->figures, named || figure->x_title == NULL ? figure->title : figure->x_title);
  text_add(&page->figures, ". %s ", figure_explain(figure->type));
  if (page->equal_seeds && figure->against == NULL && figure_reader_of(figure->type)->lines)
    text_add(&page->figures, "%s ", EQUAL_SEEDS);
  markup_add(&page->figures, remark);
  text_add(&page->figures,
           "%sAs data: figures/%s.tsv; as .pdf and .eps beside it.</figcaption>\n</figure>\n",
           remark[0] == '\0' ? "" : " ", figure->name);
  free(svg);
  return 0;
}

static void add_fact(struct text *html, const char *name, const char *fact) {
  text_add(html, "<dt>%s</dt><dd>", name);
  markup_add(html, fact);
  text_add(html, "</dd>\n");
}

/* Where the commands of the page work. To be freed. */
static char *commands_place(const char *folder) {
  char *program = show_command_program();
  const bool own = strcmp(program, SHOW_COMMAND_OWN) == 0;
  struct text words = {0};
  text_add(&words, "are typed in the folder %s",
           own ? "of the project" : "where the report was made");
  if (folder[0] != '/')
    text_add(&words, ", which has this page as %s/report.html", folder);
  free(program);
  return words.data;
}

static void add_facts(struct text *html, const char *folder, const struct scenario *scenario,
                      const struct dataset *dataset, const struct store_provenance *made) {
  struct text libraries = {0};
  const char *name;
  json_t *version;
  json_object_foreach(dataset->schema->libraries, name, version) {
    const char *words = json_is_string(version) ? json_string_value(version) : "";
    bool named = strncmp(words, name, strlen(name)) == 0; /* "libcoap 4.3.1" */
    text_add(&libraries, "%s%s%s%s", libraries.length == 0 ? "" : ", ", named ? "" : name,
             named ? "" : " ", words);
  }
  char *runs = text_format(
      "%zu of %zu in the store: %zu cell%s of %zu seed%s, %s", dataset->run_count,
      dataset->plan->run_count, dataset->plan->measured_count,
      text_plural(dataset->plan->measured_count), scenario->repeat, text_plural(scenario->repeat),
      scenario->independent ? "each its own" : "the same in all");
  char *place = commands_place(folder);
  text_add(html, "<dl>\n");
  add_fact(html, "Runs", runs);
  if (made->stopping[0] != '\0')
    add_fact(html, "Seeds were added", made->stopping);
  add_fact(html, "Newest run", dataset->newest[0] == '\0' ? "none" : dataset->newest);
  add_fact(html, "Commit", made->commit[0] == '\0' ? "unknown" : made->commit);
  add_fact(html, "Hash of the code", dataset->schema->code);
  add_fact(html, "Libraries", text_string(&libraries));
  add_fact(html, "Commands", place);
  free(place);
  text_add(html, "</dl>\n");
  text_deinit(&libraries);
  free(runs);
}

static void page_add_head(const struct page *page, struct text *html,
                          const struct scenario *scenario, const struct dataset *dataset,
                          const struct store_provenance *made) {
  const char *title = scenario->title == NULL ? scenario->name : scenario->title;
  text_add(html, "<header>\n<p class=\"kicker\">coap-eap-sim · campaign ");
  markup_add(html, scenario->name);
  text_add(html, "</p>\n<h1>");
  markup_add(html, title);
  text_add(html, "</h1>\n");
  if (scenario->description != NULL) {
    text_add(html, "<p class=\"lead\">");
    markup_add(html, scenario->description);
    text_add(html, "</p>\n");
  }
  add_facts(html, page->folder, scenario, dataset, made);
  text_add(html, "<nav>");
  if (page->figure_count > 0)
    text_add(html, "<a href=\"#figures\">Figures</a> ");
  if (page->table_count > 0)
    text_add(html, "<a href=\"#tables\">Tables</a> ");
  text_add(html, "<a href=\"#" PAGE_LADDERS_ID "\">Ladders</a> ");
  text_add(html, "<a href=\"#" PAGE_CELLS_ID "\">Runs of each cell</a> ");
  text_add(html, "<a href=\"#expectations\">Expectations</a> <a href=\"#again\">Again</a> "
                 "<a href=\"#limits\">Limits</a> <a href=\"../index.html\">All "
                 "campaigns</a></nav>\n</header>\n");
}

static void add_expectations(const struct page *page, struct text *html,
                             const struct scenario *scenario) {
  size_t count = scenario->presentation.expectation_count + scenario->presentation.comparison_count;
  text_add(html, "<section id=\"expectations\">\n<h2>Expectations</h2>\n");
  if (page->expectations.length > 0) {
    text_add(html, "<pre class=\"violated\">");
    markup_add(html, page->expectations.data);
    text_add(html, "</pre>\n");
  } else if (count > 0) {
    text_add(html, "<p>What the scenario expects of its results holds.</p>\n");
  } else {
    text_add(html, "<p>The scenario states none.</p>\n");
  }
  text_add(html, "</section>\n");
}

static void add_command(struct text *html, const struct text *command, const char *what) {
  markup_add(html, text_string(command));
  text_add(html, "  # %s", what);
}

static void add_commands(struct text *html, const struct page *page,
                         const struct scenario *scenario, const struct store_provenance *made) {
  const char *dirty = strstr(made->commit, "-dirty");
  text_add(html, "<section id=\"again\">\n<h2>Again</h2>\n<p>The same code gives the same runs, "
                 "figures and tables on any machine.");
  if (dirty != NULL)
    text_add(html, " This code had changes that are in no commit: its hash will differ.");
  text_add(html, "</p>\n<pre>");
  if (made->commit[0] != '\0') {
    struct text commit = {0};
    text_add(&commit, "%.*s",
             (int)(dirty == NULL ? strlen(made->commit) : (size_t)(dirty - made->commit)),
             made->commit);
    text_add(html, "git checkout ");
    markup_add(html, commit.data);
    text_add(html, "\n");
    text_deinit(&commit);
  }
  struct text run = {0}, show = {0};
  show_command_campaign(&run, page->folder, scenario->file[0].path, made->repeat);
  show_command_scenario(&show, scenario->file[0].path);
  add_command(html, &run, "runs, and this page in ");
  markup_add(html, page->folder);
  text_add(html, "/\n");
  add_command(html, &show, "the messages of one run, octet by octet</pre>\n");
  text_deinit(&run);
  text_deinit(&show);
  text_add(html,
           "<p>All runs are in campaign.db (SQLite) and runs.csv beside this page, every cell "
           "with its intervals in cells.csv.</p>\n</section>\n");
}

static void add_scenario(struct text *html, const struct scenario *scenario) {
  text_add(html, "<section id=\"scenario\">\n<h2>Scenario</h2>\n");
  for (size_t i = 0; i < scenario->file_count; i++) {
    const char *path = scenario->file[i].path, *slash = strrchr(path, '/');
    text_add(html, "<h3>");
    markup_add(html, slash == NULL ? path : slash + 1);
    text_add(html, "</h3>\n<pre>");
    markup_add(html, scenario->file[i].text);
    text_add(html, "</pre>\n");
  }
  text_add(html, "</section>\n");
}

int page_begin(struct text *html, const char *look, const char *title, struct text *error) {
  int status = 0;
  text_add(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'\">\n"
                 "<title>");
  markup_add(html, title);
  text_add(html, "</title>\n<style>\n");
  add_file(html, look, "page.css", error, &status);
  text_add(html, "</style>\n</head>\n<body>\n");
  return status;
}

int page_write(const struct page *page, const struct scenario *scenario,
               const struct dataset *dataset, const struct store_provenance *made,
               struct text *error) {
  struct text html = {0};
  int status = page_begin(&html, page->look,
                          scenario->title == NULL ? scenario->name : scenario->title, error);
  page_add_head(page, &html, scenario, dataset, made);
  if (page->figure_count > 0)
    text_add(&html,
             "<section id=\"figures\">\n<h2>Figures</h2>\n<div class=\"figures\">\n%s</div>\n"
             "</section>\n",
             text_string(&page->figures));
  if (page->table_count > 0)
    text_add(&html, "<section id=\"tables\">\n<h2>Tables</h2>\n%s</section>\n",
             text_string(&page->tables));
  struct text run = {0};
  show_command_campaign(&run, page->folder, scenario->file[0].path, made->repeat);
  page_ladders_add(&page->cells, dataset, page->folder, run.data, &html);
  text_deinit(&run);
  page_cells_add(&page->cells, dataset, page->folder, &html);
  add_expectations(page, &html, scenario);
  add_commands(&html, page, scenario, made);
  add_scenario(&html, scenario);
  text_add(&html, "<section id=\"limits\">\n<h2>Limits</h2>\n");
  add_file(&html, page->look, "limitations.html", error, &status);
  text_add(&html, "</section>\n<footer>");
  markup_add(&html, page->provenance);
  text_add(&html, "</footer>\n</body>\n</html>\n");
  char *path = text_format("%s/report.html", page->folder);
  if (status == 0)
    status = text_file_write(path, &html, error);
  free(path);
  text_deinit(&html);
  return status;
}

void page_deinit(struct page *page) {
  text_deinit(&page->tables);
  text_deinit(&page->figures);
  text_deinit(&page->expectations);
  page_cells_deinit(&page->cells);
}
