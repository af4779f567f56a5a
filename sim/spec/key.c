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

static void hash_spec(mbedtls_sha256_context *hash, const struct spec *spec) {
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  char value[SPEC_TEXT_MAX];
  for (size_t i = 0; i < count; i++) {
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

void spec_key(const struct spec *spec, char key[SPEC_KEY_LENGTH + 1]) {
  unsigned char digest[32];
  mbedtls_sha256_context hash;
  mbedtls_sha256_init(&hash);
  mbedtls_sha256_starts_ret(&hash, 0);
  hash_spec(&hash, spec);
  hash_code(&hash);
  mbedtls_sha256_finish_ret(&hash, digest);
  mbedtls_sha256_free(&hash);
  for (size_t i = 0; i < SPEC_KEY_LENGTH / 2; i++)
    snprintf(key + 2 * i, 3, "%02x", digest[i]);
}
