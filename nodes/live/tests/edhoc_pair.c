/* Two programs that speak EDHOC. */
#define _GNU_SOURCE
#include "edhoc_pair.h"

#include "../../tests/edhoc/certify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = EDHOC_CRED_MAX + EDHOC_ID_CRED_MAX, HEX_MAX = 2 * BUFFER + 1 };
enum { ROOT_SEED = 0x77, FILES = 5, PATHS = 32 };

const char *const PAIR_NAMES[SIDES] = {"initiator", "responder"};
const char *const PAIR_DIGITS[10] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

static const struct ec EC = {.backend = &EC_LIBCRYPTO};

/* Files */

static void write_hex(const char *name, const char *what, const uint8_t *octets, size_t length) {
  char file[64], digits[HEX_MAX] = "";
  assert_true(length <= BUFFER);
  for (size_t i = 0; i < length; i++)
    snprintf(digits + 2 * i, 3, "%02x", octets[i]);
  snprintf(file, sizeof file, "%s.%s", name, what);
  process_file(file, "%s\n", digits);
}

static size_t pair_issue(const char *subject, bool authority, const struct ec_public *public,
                         uint8_t der[CERTIFY_MAX]) {
  uint8_t root[EC_LENGTH];
  memset(root, ROOT_SEED, sizeof root);
  const struct certify request = {.issuer = "root",
                                  .subject = subject,
                                  .issuer_private = root,
                                  .public = public,
                                  .authority = authority};
  return certify(&request, der);
}

void pair_write_root(void) {
  uint8_t root[EC_LENGTH], der[CERTIFY_MAX];
  struct ec_public public;
  memset(root, ROOT_SEED, sizeof root);
  assert_int_equal(ec_derive(&EC, EC_P256, root, &public), 0);
  write_hex("root", "der", der, pair_issue("root", true, &public, der));
}

static int pair_make_credential(const char *name, int seed, const struct ec_public *public,
                                enum pair_kind kind, uint8_t buffer[BUFFER],
                                struct edhoc_credential *made) {
  const uint8_t kid[] = {(uint8_t)seed};
  uint8_t der[CERTIFY_MAX];
  if (kind == KIND_KID || kind == KIND_OPAQUE)
    return edhoc_credential_ccs(name, kid, sizeof kid, public, buffer, BUFFER, made);
  const size_t length = pair_issue(name, false, public, der);
  write_hex(name, "der", der, length);
  if (kind == KIND_X5T)
    return edhoc_credential_x5t(&EC, der, length, buffer, BUFFER, made);
  return edhoc_credential_x5chain(der, length, buffer, BUFFER, made);
}

void pair_write(const char *name, int seed, enum ec_curve curve, enum pair_kind kind) {
  static const uint8_t opaque[] = {0x43, 1, 2, 3};
  uint8_t private[EC_LENGTH], buffer[BUFFER], point[2 * EC_LENGTH];
  struct edhoc_credential made;
  struct ec_public public;
  memset(private, seed, sizeof private);
  assert_int_equal(ec_derive(&EC, curve, private, &public), 0);
  assert_int_equal(pair_make_credential(name, seed, &public, kind, buffer, &made), 0);
  write_hex(name, "key", private, sizeof private);
  write_hex(name, "cred", kind == KIND_OPAQUE ? opaque : made.cred,
            kind == KIND_OPAQUE ? sizeof opaque : made.cred_length);
  write_hex(name, "id", made.id_cred, made.id_cred_length);
  memcpy(point, public.x, EC_LENGTH);
  memcpy(point + EC_LENGTH, public.y, EC_LENGTH);
  write_hex(name, "public", point, curve == EC_P256 ? 2 * EC_LENGTH : EC_LENGTH);
}

void pair_write_certificate(const char *name, int seed, const struct certify *wishes) {
  uint8_t root[EC_LENGTH], private[EC_LENGTH], der[CERTIFY_MAX], buffer[BUFFER];
  struct certify request = *wishes;
  struct edhoc_credential made;
  struct ec_public public;
  memset(root, ROOT_SEED, sizeof root);
  memset(private, seed, sizeof private);
  assert_int_equal(ec_derive(&EC, EC_P256, private, &public), 0);
  request.issuer = "root";
  request.issuer_private = root;
  request.public = &public;
  const size_t length = certify(&request, der);
  assert_int_equal(edhoc_credential_x5chain(der, length, buffer, BUFFER, &made), 0);
  write_hex(name, "key", private, sizeof private);
  write_hex(name, "cred", made.cred, made.cred_length);
  write_hex(name, "id", made.id_cred, made.id_cred_length);
}

void pair_write_other_root(const char *name) {
  uint8_t private[EC_LENGTH], der[CERTIFY_MAX];
  struct ec_public public;
  memset(private, ROOT_SEED + 1, sizeof private);
  assert_int_equal(ec_derive(&EC, EC_P256, private, &public), 0);
  const struct certify request = {.issuer = "root",
                                  .subject = "root",
                                  .issuer_private = private,
                                  .public = &public,
                                  .authority = true};
  write_hex(name, "der", der, certify(&request, der));
}

void pair_write_sides(unsigned method, int32_t suite, enum pair_kind kind) {
  const struct edhoc_suite *found = edhoc_suite_find(suite);
  const bool signs[SIDES] = {method <= 1, method == 0 || method == 2};
  static const int seeds[SIDES] = {0x2b, 0x32};
  for (unsigned side = 0; side < SIDES; side++)
    pair_write(PAIR_NAMES[side], seeds[side], signs[side] ? found->signature : found->exchange,
               kind);
}

const char *pair_path(const char *name) {
  static char paths[PATHS][PROCESS_PATH_MAX];
  const char *path = process_path(name);
  size_t i = 0;
  while (i < PATHS && paths[i][0] != '\0' && strcmp(paths[i], path) != 0)
    i++;
  assert_true(i < PATHS);
  memmove(paths[i], path, strlen(path) + 1);
  return paths[i];
}

const char *pair_file_text(const char *name) {
  static char text[HEX_MAX];
  FILE *file = fopen(pair_path(name), "re");
  assert_non_null(file);
  assert_non_null(fgets(text, sizeof text, file));
  fclose(file);
  text[strcspn(text, "\n")] = '\0';
  return text;
}

/* Programs */

static bool overrides(const char *const *extra, const char *option) {
  for (size_t i = 0; extra != NULL && extra[i] != NULL; i++)
    if (strcmp(extra[i], option) == 0)
      return true;
  return false;
}

void pair_start(struct pair_party *party, unsigned side, const char *method, const char *suites,
                const char *const *extra) {
  static const struct {
    const char *option, *what;
    bool peer;
  } files[FILES] = {{"--key", "key", false},
                    {"--cred", "cred", false},
                    {"--id-cred", "id", false},
                    {"--peer-cred", "cred", true},
                    {"--peer-id-cred", "id", true}};
  const char *argv[PROCESS_ARGUMENTS_MAX] = {COAP_EAP_NODE, "edhoc", "--role",  PAIR_NAMES[side],
                                             "--method",    method,  "--suite", suites};
  size_t count = 8;
  for (size_t i = 0; i < FILES; i++) {
    char name[64];
    if (overrides(extra, files[i].option))
      continue;
    snprintf(name, sizeof name, "%s.%s", PAIR_NAMES[files[i].peer ? 1 - side : side],
             files[i].what);
    argv[count++] = files[i].option;
    argv[count++] = pair_path(name);
  }
  for (size_t i = 0; extra != NULL && extra[i] != NULL; i++)
    argv[count++] = extra[i];
  memset(party, 0, sizeof *party);
  dialogue_start(&party->dialogue, argv);
}

void pair_hear(struct pair_party *party, char line[DIALOGUE_LINE_MAX]) {
  assert_true(dialogue_hear(&party->dialogue, line));
  if (strncmp(line, "TX ", 3) != 0)
    fail_msg("no message: %s", line);
  memmove(line, line + 3, strlen(line + 3) + 1);
  strcat(line, "\n");
}

static void pair_note(struct pair_party *party, const char *line) {
  const size_t used = strlen(party->said);
  snprintf(party->said + used, sizeof party->said - used, "%s\n", line);
}

void pair_finish(struct pair_party *party) {
  char line[DIALOGUE_LINE_MAX];
  dialogue_hush(&party->dialogue);
  while (dialogue_hear(&party->dialogue, line))
    if (strncmp(line, "TX ", 3) != 0)
      pair_note(party, line);
  party->status = dialogue_end(&party->dialogue);
}

void pair_converse(struct pair_party *parties, pair_change *change) {
  char line[DIALOGUE_LINE_MAX];
  unsigned side = INITIATOR;
  for (unsigned number = 1; dialogue_hear(&parties[side].dialogue, line); number++) {
    if (strncmp(line, "TX ", 3) != 0) {
      pair_note(&parties[side], line);
      break;
    }
    if (change != NULL)
      change(number, line + 3);
    strcat(line, "\n");
    dialogue_tell(&parties[1 - side].dialogue, line + 3);
    side = 1 - side;
  }
  for (side = 0; side < SIDES; side++)
    pair_finish(&parties[side]);
}

void pair_expect_completed(const struct pair_party *parties, size_t exports) {
  size_t lines = 0;
  for (unsigned side = 0; side < SIDES; side++) {
    if (parties[side].status != 0)
      fail_msg("%s: %d, %s", PAIR_NAMES[side], parties[side].status, parties[side].said);
    assert_string_equal(parties[side].said, parties[INITIATOR].said);
  }
  for (const char *at = parties[INITIATOR].said; *at != '\0'; at = strchr(at, '\n') + 1) {
    assert_int_equal(strncmp(at, "EXPORT ", 7), 0);
    lines++;
  }
  assert_int_equal(lines, exports);
}

void pair_expect_failed(const struct pair_party *party, const char *words) {
  if (party->status != 1 || strncmp(party->said, "FAIL ", 5) != 0 ||
      strstr(party->said, words) == NULL || strchr(party->said, '\n')[1] != '\0')
    fail_msg("%d instead of FAIL with \"%s\": %s", party->status, words, party->said);
}

void pair_complete(const char *method, const char *suites,
                   const char *const extra[SIDES][PAIR_EXTRA], size_t exports) {
  struct pair_party parties[SIDES];
  for (unsigned side = 0; side < SIDES; side++)
    pair_start(&parties[side], side, method, suites, extra == NULL ? NULL : extra[side]);
  pair_converse(parties, NULL);
  pair_expect_completed(parties, exports);
}
