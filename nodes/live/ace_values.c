/* Audiences, rules, resources, requests and scopes, as people write them. */
#define _GNU_SOURCE
#include "ace_values.h"

#include "heap.h"
#include "number.h"

#include <stdlib.h>
#include <string.h>

#define EVERYBODY "*"

/* Parts of texts */

static const char *path_fault(const char *path) {
  const size_t length = strlen(path);
  if (length == 0 || length > ACE_PATH_MAX || strchr(path, '/') != NULL)
    return "a path is one segment of 1 to 16 octets";
  return NULL;
}

static const char *audience_fault(const char *name) {
  const size_t length = strlen(name);
  if (length == 0 || length > ACE_AUDIENCE_MAX)
    return "a name has 1 to 32 octets";
  return strpbrk(name, "=:@") != NULL ? "a name has none of `=', `:' and `@'" : NULL;
}

/* Cuts the text at its last mark, and returns what is behind; NULL: there is no mark. */
static char *cut_last(char *text, char mark) {
  char *at = strrchr(text, mark);
  if (at == NULL)
    return NULL;
  *at = '\0';
  return at + 1;
}

static const struct {
  const char *name;
  uint32_t bit;
} METHODS[] = {{"GET", ACE_METHOD_GET}, {"POST", ACE_METHOD_POST}, {"PUT", ACE_METHOD_PUT}};

static uint32_t method_find(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++)
    if (strlen(METHODS[i].name) == length && memcmp(METHODS[i].name, name, length) == 0)
      return METHODS[i].bit;
  return 0;
}

/* "GET+POST"; 0: it is no such list. */
static uint32_t methods_read(const char *text) {
  uint32_t methods = 0;
  for (;;) {
    const size_t length = strcspn(text, "+");
    const uint32_t method = method_find(text, length);
    if (method == 0)
      return 0;
    methods |= method;
    if (text[length] == '\0')
      return methods;
    text += length + 1;
  }
}

/* Adds methods to what the scope has of the path. */
static const char *scope_extend(struct ace_scope *scope, const char *path, uint32_t methods) {
  size_t place = 0;
  while (place < scope->count && strcmp(scope->entry[place].path, path) != 0)
    place++;
  if (place == ACE_SCOPE_ENTRIES_MAX)
    return "there are more than 4 paths";
  if (place == scope->count) {
    memcpy(scope->entry[place].path, path, strlen(path) + 1);
    scope->entry[place].methods = 0;
    scope->count++;
  }
  scope->entry[place].methods |= methods;
  return NULL;
}

/* "/light" or "light". */
static const char *without_slash(const char *path) {
  return path[0] == '/' ? path + 1 : path;
}

/* Of a controller */

/* Cuts ":PORT" away, if that is what the text ends with. */
static uint16_t take_port(char *identity, uint64_t default_port) {
  char *colon = strrchr(identity, ':');
  if (colon == NULL || !number_is_decimal(colon + 1, false) || strlen(colon + 1) > 5)
    return (uint16_t)default_port;
  const unsigned long port = strtoul(colon + 1, NULL, 10);
  if (port == 0 || port > UINT16_MAX)
    return (uint16_t)default_port;
  *colon = '\0';
  return (uint16_t)port;
}

static const char *audience_take(struct ace_audiences *audiences, const char *name, char *identity,
                                 uint64_t default_port) {
  const char *wrong = audience_fault(name);
  const uint16_t port = take_port(identity, default_port);
  const size_t length = strlen(identity);
  if (wrong != NULL)
    return wrong;
  if (length == 0 || length > NODE_IDENTITY_MAX)
    return "an identity has 1 to 253 octets";
  for (size_t i = 0; i < audiences->count; i++) {
    const struct ace_audience *other = &audiences->list[i];
    if (strcmp(other->name, name) == 0)
      return "the name is there twice";
    if (other->holder_length == length && memcmp(other->holder, identity, length) == 0)
      return "the identity is there twice";
  }
  audiences->list = heap_grow(audiences->list, audiences->count, sizeof *audiences->list);
  audiences->list[audiences->count++] =
      (struct ace_audience){.name = heap_copy(name, strlen(name)),
                            .holder = (const uint8_t *)heap_copy(identity, length),
                            .holder_length = length,
                            .port = port};
  return NULL;
}

const char *ace_audience_add(void *audiences, const char *text, uint64_t default_port) {
  char *name = heap_copy(text, strlen(text)), *equals = strchr(name, '=');
  const char *wrong = "it has no `='";
  if (equals != NULL) {
    *equals = '\0';
    wrong = audience_take(audiences, name, equals + 1, default_port);
  }
  free(name);
  return wrong;
}

/* The rule for this client and audience, which is made where there is none. */
static struct ace_rule *rule_of(struct ace_rules *rules, const char *client, const char *audience) {
  const size_t length = strcmp(client, EVERYBODY) == 0 ? 0 : strlen(client);
  for (size_t i = 0; i < rules->count; i++)
    if (rules->list[i].client_length == length &&
        memcmp(rules->list[i].client, client, length) == 0 &&
        strcmp(rules->list[i].audience, audience) == 0)
      return &rules->list[i];
  rules->list = heap_grow(rules->list, rules->count, sizeof *rules->list);
  struct ace_rule *rule = &rules->list[rules->count++];
  *rule = (struct ace_rule){.audience = heap_copy(audience, strlen(audience)),
                            .client = (const uint8_t *)heap_copy(client, strlen(client)),
                            .client_length = length};
  return rule;
}

static const char *rule_take(struct ace_rules *rules, char *text) {
  const char *path = cut_last(text, ':');
  const char *methods_text = path == NULL ? NULL : cut_last(text, ':');
  const char *audience = methods_text == NULL ? NULL : cut_last(text, ':');
  if (audience == NULL)
    return "it has less than three colons";
  const char *wrong = audience_fault(audience);
  if (wrong == NULL && path[0] != '/')
    wrong = "its path does not begin with a slash";
  if (wrong == NULL)
    wrong = path_fault(path + 1);
  if (wrong == NULL && text[0] == '\0')
    wrong = "a client is missing";
  const uint32_t methods = methods_read(methods_text);
  if (wrong == NULL && methods == 0)
    wrong = "its methods are not among GET, POST and PUT";
  return wrong == NULL ? scope_extend(&rule_of(rules, text, audience)->scope, path + 1, methods)
                       : wrong;
}

const char *ace_rule_add(void *rules, const char *text, uint64_t unused) {
  char *copy = heap_copy(text, strlen(text));
  const char *wrong = rule_take(rules, copy);
  (void)unused;
  free(copy);
  return wrong;
}

/* Of a resource server */

static const char *resource_take(struct ace_resources *resources, const char *path,
                                 const char *value) {
  const char *wrong = path_fault(path);
  if (wrong != NULL)
    return wrong;
  if (strcmp(path, ACE_AUTHZ_INFO_PATH) == 0)
    return "authz-info is where tokens come";
  if (strlen(value) > ASSOCIATION_PAYLOAD_MAX)
    return "its value is longer than one message";
  for (size_t i = 0; i < resources->count; i++)
    if (strcmp(resources->list[i].path, path) == 0)
      return "the path is there twice";
  if (resources->count == ACE_SCOPE_ENTRIES_MAX)
    return "there are more than 4 resources";
  resources->list[resources->count++] =
      (struct ace_resource){.path = heap_copy(path, strlen(path)),
                            .value = (const uint8_t *)heap_copy(value, strlen(value)),
                            .value_length = strlen(value)};
  return NULL;
}

const char *ace_resource_add(void *resources, const char *text, uint64_t unused) {
  char *path = heap_copy(text, strlen(text)), *equals = strchr(path, '=');
  const char *wrong = "it has no `='";
  (void)unused;
  if (equals != NULL) {
    *equals = '\0';
    wrong = resource_take(resources, without_slash(path), equals + 1);
  }
  free(path);
  return wrong;
}

/* Of a client */

const char *ace_server_add(void *parties, const char *text, uint64_t default_port) {
  char *audience = heap_copy(text, strlen(text));
  const char *address = cut_last(audience, '@');
  const char *wrong = address == NULL ? "it has no `@'" : audience_fault(audience);
  if (wrong == NULL)
    wrong = parties_add_parts(parties, audience, address, (uint16_t)default_port, NULL);
  free(audience);
  return wrong;
}

const char *ace_access_add(void *accesses, const char *text, uint64_t code) {
  struct ace_accesses *all = accesses;
  const char *path = without_slash(text), *wrong = path_fault(path);
  if (wrong != NULL)
    return wrong;
  all->list = heap_grow(all->list, all->count, sizeof *all->list);
  all->list[all->count++] =
      (struct ace_access){.code = (uint8_t)code, .path = heap_copy(path, strlen(path))};
  return NULL;
}

static const char *scope_take(struct ace_scope *scope, char *text) {
  const char *path = cut_last(text, ':');
  const uint32_t methods = methods_read(text);
  if (methods == 0)
    return "its methods are not among GET, POST and PUT";
  if (path != NULL && path[0] != '/')
    return "its path does not begin with a slash";
  const char *wrong = path == NULL ? NULL : path_fault(path + 1);
  return wrong == NULL ? scope_extend(scope, path == NULL ? "" : path + 1, methods) : wrong;
}

const char *ace_scope_add(void *scope, const char *text, uint64_t unused) {
  char *copy = heap_copy(text, strlen(text));
  const char *wrong = scope_take(scope, copy);
  (void)unused;
  free(copy);
  return wrong;
}

/* The whole */

static void complete_rules(struct ace_rules *rules) {
  struct ace_rule *sorted = heap_grow(NULL, rules->count, sizeof *sorted);
  size_t count = 0;
  for (unsigned everybody = 0; everybody < 2; everybody++)
    for (size_t i = 0; i < rules->count; i++)
      if ((rules->list[i].client_length == 0) == everybody)
        sorted[count++] = rules->list[i];
  free(rules->list);
  rules->list = sorted;
}

/* What is asked for is what the requests need, unless it is said. */
static const char *complete_scope(struct ace_values *values) {
  struct ace_scope asked = {.count = 0};
  const char *wrong = NULL;
  for (size_t i = 0; wrong == NULL && i < values->asked.count; i++) {
    const struct ace_scope_entry *entry = &values->asked.entry[i];
    wrong = scope_extend(&asked, entry->path[0] == '\0' ? values->scope_path : entry->path,
                         entry->methods);
  }
  for (size_t i = 0; wrong == NULL && values->asked.count == 0 && i < values->accesses.count; i++) {
    const struct ace_access *access = &values->accesses.list[i];
    wrong = scope_extend(&asked, access->path, ace_method_of(access->code));
  }
  values->asked = asked;
  return wrong == NULL ? NULL : "what is asked for has more than 4 paths";
}

static void complete_payloads(struct ace_values *values) {
  for (size_t i = 0; values->payload != NULL && i < values->accesses.count; i++) {
    struct ace_access *access = &values->accesses.list[i];
    if (ace_method_of(access->code) == ACE_METHOD_GET)
      continue;
    access->payload = (const uint8_t *)values->payload;
    access->length = strlen(values->payload);
  }
}

const char *ace_values_complete(struct ace_values *values) {
  if (values->scope_path != NULL && path_fault(values->scope_path) != NULL)
    return "--scope-path takes a path of one segment of 1 to 16 octets, without a slash";
  for (size_t i = 0; i < values->audiences.count; i++)
    values->audiences.list[i].resource = values->scope_path;
  complete_rules(&values->rules);
  complete_payloads(values);
  if (values->resources.count == 0)
    (void)ace_resource_add(&values->resources, ACE_RESOURCE, 0);
  return complete_scope(values);
}

/* What the structures of nodes/ace have as theirs to read only. */
static void forget(const void *text) {
  free((void *)(uintptr_t)text);
}

void ace_values_free(struct ace_values *values) {
  for (size_t i = 0; i < values->audiences.count; i++) {
    forget(values->audiences.list[i].name);
    forget(values->audiences.list[i].holder);
  }
  for (size_t i = 0; i < values->rules.count; i++) {
    forget(values->rules.list[i].audience);
    forget(values->rules.list[i].client);
  }
  for (size_t i = 0; i < values->resources.count; i++) {
    forget(values->resources.list[i].path);
    forget(values->resources.list[i].value);
  }
  for (size_t i = 0; i < values->accesses.count; i++)
    forget(values->accesses.list[i].path);
  free(values->audiences.list);
  free(values->rules.list);
  free(values->accesses.list);
  parties_free(&values->servers);
  free(values->scope_path);
  free(values->audience);
  free(values->payload);
}
