/* A parser by recursive descent, and what it has read. */
#include "filter.h"
#include "simulator/condition.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 100 };

enum kind { ANY, ALL, NOT, TERM };

struct node {
  enum kind kind;
  struct node *left, *right;    /* of ANY and ALL; NOT has a left one */
  char *name;                   /* of TERM: its key */
  const struct schema_key *key; /* NULL of the case */
  const struct operator* operator;
  json_t *value;
};

struct filter {
  const struct schema *schema;
  struct node *root;
};

static const struct operator{
  const char *sign;
  bool orders; /* of numbers only */
  bool less, equal, greater;
}
OPERATORS[] = {
    {"==", false, false, true, false}, {"!=", false, true, false, true},
    {"<=", true, true, true, false},   {">=", true, false, true, true},
    {"<", true, true, false, false},   {">", true, false, false, true},
};

struct parser {
  const char *text, *at;
  const struct scenario *scenario;
  const struct schema *schema;
  struct text *error;
  int depth;
};

static void node_destroy(struct node *node) {
  if (node == NULL)
    return;
  node_destroy(node->left);
  node_destroy(node->right);
  json_decref(node->value);
  free(node->name);
  free(node);
}

/* Tells what is wrong with the `length` octets at `place`, and shows them. Returns NULL. */
__attribute__((format(printf, 4, 5))) static void *
complain(const struct parser *parser, const char *place, size_t length, const char *format, ...) {
  va_list arguments;
  char *words = NULL, *before = text_format("%.*s", (int)(place - parser->text), parser->text);
  va_start(arguments, format);
  if (vasprintf(&words, format, arguments) < 0)
    abort();
  va_end(arguments);
  text_add(parser->error, "--filter: %s\n  %s\n  %*s^", words, parser->text,
           (int)text_columns(before), "");
  for (size_t i = 1; i < length; i++)
    text_add(parser->error, "~");
  text_add(parser->error, "\n");
  free(words);
  free(before);
  return NULL;
}

static void skip_space(struct parser *parser) {
  parser->at += strspn(parser->at, " \t\n");
}

/* Takes a sign that stands here. */
static bool take(struct parser *parser, const char *sign) {
  skip_space(parser);
  const bool is_here = strncmp(parser->at, sign, strlen(sign)) == 0;
  parser->at += is_here ? strlen(sign) : 0;
  return is_here;
}

/* A word, or a text in quotes, to be freed; `place` and `length` get where it stands. NULL with an
 * error. */
static char *take_word(struct parser *parser, const char *what, const char **place,
                       size_t *length) {
  skip_space(parser);
  *place = parser->at;
  const char quote = *parser->at;
  if (quote == '"' || quote == '\'') {
    const char *end = strchr(parser->at + 1, quote);
    if (end == NULL)
      return complain(parser, parser->at, 1, "this %c is not closed", quote);
    *length = (size_t)(end + 1 - parser->at);
    parser->at = end + 1;
    return text_format("%.*s", (int)*length - 2, *place + 1);
  }
  *length = strcspn(parser->at, " \t\n&|()!<>=\"'");
  if (*length == 0)
    return complain(parser, parser->at, 1, "%s is expected here", what);
  parser->at += *length;
  return text_format("%.*s", (int)*length, *place);
}

/* Says that there is no such name, and which of `names` is the nearest. Returns NULL. */
static void *complain_name(const struct parser *parser, const char *place, size_t length,
                           const char *words, const char *name, const json_t *names) {
  const size_t count = json_array_size(names);
  const char **list = memory_get(count, sizeof *list);
  for (size_t i = 0; i < count; i++)
    list[i] = json_string_value(json_array_get(names, i));
  const char *nearest = value_nearest(name, list, count);
  free(list);
  return complain(parser, place, length, "%s `%s`%s%s%s", words, name,
                  nearest == NULL ? "" : "; did you mean `", nearest == NULL ? "" : nearest,
                  nearest == NULL ? "" : "`?");
}

static void *complain_key(const struct parser *parser, const char *place, size_t length,
                          const char *name) {
  json_t *names = json_array();
  for (size_t i = 0; i < parser->schema->spec_count; i++)
    json_array_append_new(names, json_string(parser->schema->spec[i].name));
  if (parser->scenario->cases != NULL)
    json_array_append_new(names, json_string(SCENARIO_CASE));
  complain_name(parser, place, length, "there is no key", name, names);
  json_decref(names);
  return NULL;
}

static json_t *case_value(const struct parser *parser, const char *place, size_t length,
                          const char *text) {
  if (json_object_get(parser->scenario->cases, text) != NULL)
    return json_string(text);
  json_t *names = json_array(), *settings;
  const char *name;
  json_object_foreach(parser->scenario->cases, name, settings) {
    json_array_append_new(names, json_string(name));
  }
  complain_name(parser, place, length, "the scenario has no case", text, names);
  json_decref(names);
  return NULL;
}

static json_t *key_value(const struct parser *parser, const struct node *term, const char *place,
                         size_t length, const char *text) {
  double number;
  if (term->operator->orders && schema_number_parse(text, &number))
    return json_real(number);
  json_t *value = term->operator->orders ? NULL : schema_value_parse(term->key, text);
  struct text accepted = {0};
  if (value == NULL) {
    schema_accepted_add(term->key, &accepted);
    complain(parser, place, length, "%s takes %s", term->name,
             term->operator->orders ? "a number here" : text_string(&accepted));
  }
  text_deinit(&accepted);
  return value;
}

static const struct operator* take_operator(struct parser *parser) {
  for (size_t i = 0; i < sizeof OPERATORS / sizeof OPERATORS[0]; i++)
    if (take(parser, OPERATORS[i].sign))
      return &OPERATORS[i];
  return complain(parser, parser->at, 1, "one of == != < <= > >= is expected here");
}

static bool has_numbers(const struct schema_key *key) {
  return key != NULL && (key->type == SCHEMA_INTEGER || key->type == SCHEMA_NUMBER);
}

/* Fills a term in. -1 with an error. */
static int read_term(struct parser *parser, struct node *term) {
  const char *place, *sign;
  size_t length;
  term->name = take_word(parser, "a key", &place, &length);
  if (term->name == NULL)
    return -1;
  term->key = schema_spec_find(parser->schema, term->name);
  const bool is_case = parser->scenario->cases != NULL && strcmp(term->name, SCENARIO_CASE) == 0;
  if (term->key == NULL && !is_case)
    return complain_key(parser, place, length, term->name), -1;
  skip_space(parser);
  sign = parser->at;
  term->operator= take_operator(parser);
  if (term->operator== NULL)
    return -1;
  if (term->operator->orders && !has_numbers(term->key))
    return complain(parser, sign, strlen(term->operator->sign),
                    "%s has no numbers: it goes with == and !=", term->name),
           -1;
  char *text = take_word(parser, "a value", &place, &length);
  if (text == NULL)
    return -1;
  term->value = is_case ? case_value(parser, place, length, text)
                        : key_value(parser, term, place, length, text);
  free(text);
  return term->value == NULL ? -1 : 0;
}

static struct node *read_any(struct parser *parser);

static struct node *node_create(enum kind kind, struct node *left, struct node *right) {
  struct node *node = memory_get(1, sizeof *node);
  *node = (struct node){.kind = kind, .left = left, .right = right};
  return node;
}

static struct node *read_enclosed(struct parser *parser) {
  const char *place = parser->at - 1;
  struct node *inside = read_any(parser);
  if (inside == NULL || take(parser, ")"))
    return inside;
  node_destroy(inside);
  return complain(parser, place, 1, "this ( is not closed");
}

static struct node *read_one(struct parser *parser) {
  struct node *node = NULL;
  if (++parser->depth > DEPTH_MAX) {
    complain(parser, parser->at, 1, "this is nested more than %d times", DEPTH_MAX);
  } else if (take(parser, "(")) {
    node = read_enclosed(parser);
  } else if (take(parser, "!")) {
    struct node *negated = read_one(parser);
    node = negated == NULL ? NULL : node_create(NOT, negated, NULL);
  } else {
    node = node_create(TERM, NULL, NULL);
    if (read_term(parser, node) < 0) {
      node_destroy(node);
      node = NULL;
    }
  }
  parser->depth--;
  return node;
}

/* Several that a sign joins. */
static struct node *read_joined(struct parser *parser, const char *sign, enum kind kind,
                                struct node *(*read)(struct parser *parser)) {
  struct node *node = read(parser);
  while (node != NULL && take(parser, sign)) {
    struct node *next = read(parser);
    if (next == NULL) {
      node_destroy(node);
      return NULL;
    }
    node = node_create(kind, node, next);
  }
  return node;
}

static struct node *read_all(struct parser *parser) {
  return read_joined(parser, "&&", ALL, read_one);
}

static struct node *read_any(struct parser *parser) {
  return read_joined(parser, "||", ANY, read_all);
}

struct filter *filter_parse(const char *text, const struct scenario *scenario,
                            const struct schema *schema, struct text *error) {
  struct parser parser = {text, text, scenario, schema, error, 0};
  struct node *root = read_any(&parser);
  skip_space(&parser);
  if (root != NULL && *parser.at != '\0') {
    node_destroy(root);
    root = complain(&parser, parser.at, 1, "&& or || is expected here");
  }
  if (root == NULL)
    return NULL;
  struct filter *filter = memory_get(1, sizeof *filter);
  *filter = (struct filter){schema, root};
  return filter;
}

void filter_destroy(struct filter *filter) {
  if (filter != NULL)
    node_destroy(filter->root);
  free(filter);
}

/* What a run has for a key; NULL: nothing. */
static const json_t *value_of(const struct filter *filter, const struct node *term,
                              const json_t *columns, const json_t *spec) {
  const json_t *value = json_object_get(columns, term->name);
  if (value != NULL || term->key == NULL)
    return value;
  return condition_is_met(term->key->applies, filter->schema, spec)
             ? condition_value(term->key, spec)
             : NULL;
}

static bool term_holds(const struct node *term, const json_t *value) {
  const struct operator* operator= term->operator;
  if (value == NULL)
    return !operator->orders && !operator->equal;
  if (!has_numbers(term->key))
    return value_equal(value, term->value) ? operator->equal : operator->less;
  const double a = json_number_value(value), b = json_number_value(term->value);
  return a < b ? operator->less : a> b ? operator->greater : operator->equal;
}

static bool node_accepts(const struct filter *filter, const struct node *node,
                         const json_t *columns, const json_t *spec) {
  switch (node->kind) {
  case ANY:
    return node_accepts(filter, node->left, columns, spec) ||
           node_accepts(filter, node->right, columns, spec);
  case ALL:
    return node_accepts(filter, node->left, columns, spec) &&
           node_accepts(filter, node->right, columns, spec);
  case NOT:
    return !node_accepts(filter, node->left, columns, spec);
  default:
    return term_holds(node, value_of(filter, node, columns, spec));
  }
}

bool filter_accepts(const struct filter *filter, const json_t *columns, const json_t *spec) {
  return node_accepts(filter, filter->root, columns, spec);
}
