/* Runs are the same where all that has an effect on them is. */
#include "key.h"

#include "code.h"
#include "condition.h"

#include <mbedtls/sha256.h>
#include <stdio.h>
#include <string.h>

static void hash_line(mbedtls_sha256_context *hash, const char *name, const char *value) {
  mbedtls_sha256_update_ret(hash, (const unsigned char *)name, strlen(name));
  mbedtls_sha256_update_ret(hash, (const unsigned char *)"=", 1);
  mbedtls_sha256_update_ret(hash, (const unsigned char *)value, strlen(value));
  mbedtls_sha256_update_ret(hash, (const unsigned char *)"\n", 1);
}

/* What a run or a file is called. */
static bool is_name(const struct spec_field *field) {
  return strcmp(field->name, "id") == 0 || field->path;
}

/* The rows of the table from `from` on, before `end`. */
static void hash_fields(mbedtls_sha256_context *hash, const struct spec *spec, size_t from,
                        size_t end) {
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  char value[SPEC_TEXT_MAX];
  for (size_t i = from; i < end; i++) {
    if (is_name(&fields[i]) || !condition_holds(condition_of(&fields[i]), spec))
      continue;
    spec_text(spec, &fields[i], value);
    hash_line(hash, fields[i].name, value);
  }
}

static void hash_code(mbedtls_sha256_context *hash) {
  hash_line(hash, "code", code_hash());
  for (const struct code_library *library = code_libraries(); library->name != NULL; library++)
    hash_line(hash, library->name, library->version());
}

static void print_key(mbedtls_sha256_context *hash, char key[SPEC_KEY_LENGTH + 1]) {
  unsigned char digest[32];
  mbedtls_sha256_finish_ret(hash, digest);
  for (size_t i = 0; i < SPEC_KEY_LENGTH / 2; i++)
    snprintf(key + 2 * i, 3, "%02x", digest[i]);
}

/* What stands before the seed is hashed once. */
void spec_keys(const struct spec *spec, unsigned seeds,
               void (*take)(void *context, const char key[SPEC_KEY_LENGTH + 1]), void *context) {
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  const size_t seed = (size_t)(spec_field_find("seed", strlen("seed")) - fields);
  struct spec each = *spec;
  mbedtls_sha256_context before;
  mbedtls_sha256_init(&before);
  mbedtls_sha256_starts_ret(&before, 0);
  hash_fields(&before, spec, 0, seed);
  for (unsigned i = 0; i < seeds; i++, each.seed++) {
    char key[SPEC_KEY_LENGTH + 1];
    mbedtls_sha256_context hash;
    mbedtls_sha256_init(&hash);
    mbedtls_sha256_clone(&hash, &before);
    hash_fields(&hash, &each, seed, count);
    hash_code(&hash);
    print_key(&hash, key);
    mbedtls_sha256_free(&hash);
    take(context, key);
  }
  mbedtls_sha256_free(&before);
}

static void copy_key(void *context, const char key[SPEC_KEY_LENGTH + 1]) {
  memcpy(context, key, SPEC_KEY_LENGTH + 1);
}

void spec_key(const struct spec *spec, char key[SPEC_KEY_LENGTH + 1]) {
  spec_keys(spec, 1, copy_key, key);
}
