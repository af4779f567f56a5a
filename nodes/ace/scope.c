/* Scopes: one octet, or AIF. */
#include "scope.h"

#include "../cbor/reader.h"
#include "../cbor/writer.h"

#include <assert.h>
#include <string.h>

enum { METHOD_CODE_MIN = 1, METHOD_CODE_MAX = 7, ENTRY_ITEMS = 2, SHORT_MAX = 0x7f };

uint32_t ace_method_of(uint8_t code) {
  if (code < METHOD_CODE_MIN || code > METHOD_CODE_MAX)
    return 0;
  return UINT32_C(1) << (code - METHOD_CODE_MIN);
}

static const struct ace_scope_entry *scope_find(const struct ace_scope *scope, const char *path,
                                                size_t length) {
  for (size_t i = 0; i < scope->count; i++)
    if (strlen(scope->entry[i].path) == length && memcmp(scope->entry[i].path, path, length) == 0)
      return &scope->entry[i];
  return NULL;
}

/* Appends an entry. False: there is no room, the path is too long or stands twice, or there are no
 * methods. */
static bool scope_add(struct ace_scope *scope, const char *path, size_t length, uint32_t methods) {
  if (scope->count == ACE_SCOPE_ENTRIES_MAX || length > ACE_PATH_MAX || methods == 0 ||
      scope_find(scope, path, length) != NULL)
    return false;
  struct ace_scope_entry *entry = &scope->entry[scope->count++];
  memset(entry, 0, sizeof *entry);
  memcpy(entry->path, path, length);
  entry->methods = methods;
  return true;
}

static int scope_read_entry(struct cbor_reader *reader, struct ace_scope *scope) {
  size_t items, length;
  const uint8_t *text;
  uint64_t methods;
  if (cbor_get_array(reader, &items) != 0 || items != ENTRY_ITEMS ||
      cbor_get_text(reader, &text, &length) != 0 || cbor_get_uint(reader, &methods) != 0)
    return NODE_ERR_MALFORMED;
  if (length < 2 || text[0] != '/' || memchr(text + 1, '/', length - 1) != NULL ||
      memchr(text, 0, length) != NULL)
    return NODE_ERR_MALFORMED;
  const uint32_t known = (uint32_t)(methods & ACE_METHODS_ALL);
  return scope_add(scope, (const char *)text + 1, length - 1, known) ? 0 : NODE_ERR_MALFORMED;
}

static int scope_read_aif(const uint8_t *octets, size_t length, struct ace_scope *scope) {
  struct cbor_reader reader;
  size_t entries;
  cbor_reader_init(&reader, octets, length);
  int error = cbor_get_array(&reader, &entries);
  if (error != 0 || entries == 0)
    return NODE_ERR_MALFORMED;
  for (size_t i = 0; error == 0 && i < entries; i++)
    error = scope_read_entry(&reader, scope);
  if (error == 0 && cbor_next(&reader) != CBOR_END)
    error = NODE_ERR_MALFORMED;
  return error;
}

int ace_scope_read(const uint8_t *octets, size_t length, const char *resource,
                   struct ace_scope *scope) {
  struct ace_scope read = {.count = 0};
  int error = 0;
  if (length == 1 && octets[0] <= SHORT_MAX)
    error = scope_add(&read, resource, strlen(resource), octets[0]) ? 0 : NODE_ERR_MALFORMED;
  else
    error = scope_read_aif(octets, length, &read);
  if (error == 0)
    *scope = read;
  return error;
}

static size_t scope_write_aif(const struct ace_scope *scope, uint8_t octets[ACE_SCOPE_OCTETS_MAX]) {
  struct span_writer out;
  span_writer_init(&out, octets, ACE_SCOPE_OCTETS_MAX, NULL);
  cbor_put_array(&out, scope->count);
  for (size_t i = 0; i < scope->count; i++) {
    char path[1 + sizeof scope->entry[i].path] = "/";
    memcpy(path + 1, scope->entry[i].path, sizeof scope->entry[i].path);
    cbor_put_array(&out, ENTRY_ITEMS);
    cbor_put_text(&out, path);
    cbor_put_uint(&out, scope->entry[i].methods);
  }
  assert(!out.overflow);
  return out.length;
}

size_t ace_scope_write(const struct ace_scope *scope, enum ace_scope_form form,
                       const char *resource, uint8_t octets[ACE_SCOPE_OCTETS_MAX]) {
  if (form == ACE_SCOPE_AIF || scope->count != 1 || strcmp(scope->entry[0].path, resource) != 0)
    return scope_write_aif(scope, octets);
  octets[0] = (uint8_t)scope->entry[0].methods;
  return 1;
}

uint32_t ace_scope_methods(const struct ace_scope *scope, const char *path, size_t length) {
  const struct ace_scope_entry *entry = scope_find(scope, path, length);
  return entry == NULL ? 0 : entry->methods;
}

void ace_scope_intersect(const struct ace_scope *wanted, const struct ace_scope *allowed,
                         struct ace_scope *both) {
  struct ace_scope common = {.count = 0};
  for (size_t i = 0; i < wanted->count; i++) {
    struct ace_scope_entry entry = wanted->entry[i];
    entry.methods &= ace_scope_methods(allowed, entry.path, strlen(entry.path));
    if (entry.methods != 0)
      common.entry[common.count++] = entry;
  }
  *both = common;
}

bool ace_scope_equal(const struct ace_scope *a, const struct ace_scope *b) {
  if (a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (ace_scope_methods(b, a->entry[i].path, strlen(a->entry[i].path)) != a->entry[i].methods)
      return false;
  return true;
}
