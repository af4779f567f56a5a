/* The index of campaigns. */
#include "index_page.h"
#include "figure.h"
#include "page.h"
#include "provenance.h"
#include "support/markup.h"
#include "support/memory.h"
#include "support/value.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder with a campaign. */
struct index_entry {
  char *name; /* of the folder */
  bool has_report;
  json_t *made; /* provenance.json; NULL: see problem */
  struct text problem;
};

struct index_page {
  const char *results;
  struct index_entry *entry;
  size_t count;
  const struct index_entry *newest; /* NULL without one */
};

/* Reading */

static bool index_has_file(const struct index_page *index, const char *name, const char *file) {
  char *path = text_format("%s/%s/%s", index->results, name, file);
  const bool has = access(path, R_OK) == 0;
  free(path);
  return has;
}

static bool made_is_whole(const json_t *made) {
  static const char *const WORDS[] = {"title", "commit", "code", "newest_run", "figure"};
  static const char *const NUMBERS[] = {"runs_planned", "runs_stored", "not_run", "expectations",
                                        "violated"};
  bool whole = json_is_object(made);
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
    whole = whole && json_is_string(json_object_get(made, WORDS[i]));
  for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++)
    whole = whole && json_is_integer(json_object_get(made, NUMBERS[i]));
  return whole;
}

static void entry_read(const struct index_page *index, struct index_entry *entry) {
  entry->has_report = index_has_file(index, entry->name, "report.html");
  if (!entry->has_report) {
    text_add(&entry->problem, "It has no report.");
    return;
  }
  char *path = text_format("%s/%s/provenance.json", index->results, entry->name);
  struct text ignored = {0};
  char *content = text_file_read(path, NULL, &ignored);
  entry->made = content == NULL ? NULL : json_loads(content, 0, NULL);
  if (!made_is_whole(entry->made)) {
    text_add(&entry->problem, content == NULL ? "Its provenance.json cannot be read."
                                              : "Its provenance.json is damaged, or an older one.");
    json_decref(entry->made);
    entry->made = NULL;
  }
  text_deinit(&ignored);
  free(content);
  free(path);
}

static bool index_is_campaign(const struct index_page *index, const char *name) {
  return name[0] != '.' &&
         (index_has_file(index, name, "campaign.db") || index_has_file(index, name, "report.html"));
}

static void index_find_newest(struct index_page *index) {
  for (size_t i = 0; i < index->count; i++) {
    const struct index_entry *entry = &index->entry[i];
    if (entry->made != NULL &&
        (index->newest == NULL || strcmp(value_string(entry->made, "newest_run"),
                                         value_string(index->newest->made, "newest_run")) > 0))
      index->newest = entry;
  }
}

static int index_read(struct index_page *index, struct text *error) {
  struct dirent **found;
  const int count = scandir(index->results, &found, NULL, alphasort);
  if (count < 0) {
    text_add(error, "%s: the folder cannot be read\n", index->results);
    return -1;
  }
  index->entry = memory_get((size_t)count, sizeof *index->entry);
  for (int i = 0; i < count; i++) {
    if (index_is_campaign(index, found[i]->d_name)) {
      struct index_entry *entry = &index->entry[index->count++];
      entry->name = memory_string(found[i]->d_name);
      entry_read(index, entry);
    }
    free(found[i]);
  }
  free(found);
  index_find_newest(index);
  return 0;
}

/* Writing */

static void add_link(struct text *html, const struct index_entry *entry, const char *words) {
  text_add(html, "<a href=\"");
  markup_add_path(html, entry->name);
  text_add(html, "/report.html\">");
  markup_add(html, words);
  text_add(html, "</a>");
}

static void add_card(struct text *html, const struct index_entry *entry) {
  const char *figure = value_string(entry->made, "figure");
  text_add(html, "<figure>\n");
  if (figure[0] != '\0') {
    text_add(html, "<a href=\"");
    markup_add_path(html, entry->name);
    text_add(html, "/report.html\"><img loading=\"lazy\" alt=\"");
    markup_add(html, value_string(entry->made, "title"));
    text_add(html, "\" src=\"");
    markup_add_path(html, entry->name);
    text_add(html, "/figures/");
    markup_add_path(html, figure);
    text_add(html, ".svg\"></a>\n");
  }
  text_add(html, "<figcaption><b>");
  add_link(html, entry, value_string(entry->made, "title"));
  text_add(html, "</b></figcaption>\n</figure>\n");
}

static void add_field(struct text *html, const char *heading, bool number, struct text *field) {
  text_add(html, "<td%s data-label=\"%s\"><span>", number ? " class=\"number\"" : "", heading);
  markup_add(html, text_string(field));
  text_add(html, "</span></td>");
  text_deinit(field);
}

/* "10", "8 of 10", "10, 2 not run" */
static struct text runs_words(const json_t *made) {
  const json_int_t planned = json_integer_value(json_object_get(made, "runs_planned"));
  const json_int_t stored = json_integer_value(json_object_get(made, "runs_stored"));
  const json_int_t not_run = json_integer_value(json_object_get(made, "not_run"));
  struct text words = {0};
  text_add(&words, "%lld", (long long)stored);
  if (stored < planned)
    text_add(&words, " of %lld", (long long)planned);
  if (not_run > 0)
    text_add(&words, ", %lld crashed or hung", (long long)not_run);
  return words;
}

static struct text expectations_words(const json_t *made) {
  const json_int_t stated = json_integer_value(json_object_get(made, "expectations"));
  const json_int_t violated = json_integer_value(json_object_get(made, "violated"));
  struct text words = {0};
  if (stated == 0)
    text_add(&words, "none");
  else if (violated == 0)
    text_add(&words, "%lld, met", (long long)stated);
  else
    text_add(&words, "%lld, %lld violated", (long long)stated, (long long)violated);
  return words;
}

static void add_line(struct text *html, const struct index_page *index,
                     const struct index_entry *entry) {
  const json_t *made = entry->made;
  struct text runs = runs_words(made), expectations = expectations_words(made), date = {0},
              commit = {0}, code = {0};
  const bool latest =
      strcmp(value_string(made, "code"), value_string(index->newest->made, "code")) == 0;
  text_add(&date, "%.10s", value_string(made, "newest_run"));
  text_add(&commit, "%s", value_string(made, "commit"));
  text_add(&code, "%.8s%s", value_string(made, "code"), latest ? "" : ", not the latest");
  text_add(html, "<tr><td data-label=\"campaign\"><span>");
  add_link(html, entry, entry->name);
  text_add(html, "</span></td>");
  add_field(html, "runs", true, &runs);
  add_field(html, "expectations", false, &expectations);
  add_field(html, "newest run", false, &date);
  add_field(html, "commit", false, &commit);
  add_field(html, "code", false, &code);
  text_add(html, "</tr>\n");
}

static void add_table(struct text *html, const struct index_page *index) {
  static const char *const HEADINGS[] = {"campaign",   "runs",   "expectations",
                                         "newest run", "commit", "code"};
  text_add(html, "<section id=\"runs\">\n<h2>Runs</h2>\n<div class=\"scrolled\">\n<table>\n"
                 "<thead><tr>");
  for (size_t i = 0; i < sizeof HEADINGS / sizeof HEADINGS[0]; i++)
    text_add(html, "<th scope=\"col\">%s</th>", HEADINGS[i]);
  text_add(html, "</tr></thead>\n<tbody>\n");
  for (size_t i = 0; i < index->count; i++)
    if (index->entry[i].made != NULL)
      add_line(html, index, &index->entry[i]);
  text_add(html, "</tbody>\n</table>\n</div>\n</section>\n");
}

static void add_cards(struct text *html, const struct index_page *index) {
  text_add(html, "<section id=\"figures\">\n<div class=\"figures\">\n");
  for (size_t i = 0; i < index->count; i++)
    if (index->entry[i].made != NULL)
      add_card(html, &index->entry[i]);
  text_add(html, "</div>\n</section>\n");
}

static void add_problems(struct text *html, const struct index_page *index) {
  bool any = false;
  for (size_t i = 0; i < index->count; i++) {
    const struct index_entry *entry = &index->entry[i];
    if (entry->made != NULL)
      continue;
    if (!any)
      text_add(html, "<section id=\"missing\">\n<h2>Missing</h2>\n");
    any = true;
    text_add(html, "<p class=\"violated\"><b>");
    if (entry->has_report)
      add_link(html, entry, entry->name);
    else
      markup_add(html, entry->name);
    text_add(html, "</b> is not above. ");
    markup_add(html, entry->problem.data);
    struct text word = {0};
    text_add_shell_word(&word, entry->name);
    text_add(html, " <code>build/coap-eap-bench report ");
    markup_add(html, text_string(&word));
    text_add(html, "</code> makes its report again.</p>\n");
    text_deinit(&word);
  }
  text_add(html, any ? "</section>\n" : "");
}

static int index_write(const struct index_page *index, const char *look, struct text *error) {
  struct text html = {0};
  int status = page_begin(&html, look, "Campaigns of coap-eap-sim", error);
  text_add(&html, "<header>\n<p class=\"kicker\">coap-eap-sim</p>\n<h1>Campaigns</h1>\n");
  if (index->newest == NULL)
    text_add(&html, "<p class=\"lead\">There is no report yet.</p>\n");
  text_add(&html, "</header>\n");
  if (index->newest != NULL) {
    add_cards(&html, index);
    add_table(&html, index);
  }
  add_problems(&html, index);
  text_add(&html, "</body>\n</html>\n");
  char *path = text_format("%s/index.html", index->results);
  if (status == 0)
    status = text_file_write(path, &html, error);
  free(path);
  text_deinit(&html);
  return status;
}

int index_page_write(const char *results, struct text *error) {
  struct index_page index = {.results = results};
  char *look = figure_look_find(error);
  int status = look == NULL ? -1 : index_read(&index, error);
  if (status == 0)
    status = index_write(&index, look, error);
  for (size_t i = 0; i < index.count; i++) {
    free(index.entry[i].name);
    json_decref(index.entry[i].made);
    text_deinit(&index.entry[i].problem);
  }
  free(index.entry);
  free(look);
  return status;
}
