/* Keys and credentials, and how they are used. */
#define _GNU_SOURCE
#include "keygen.h"

#include "../crypto/crypto.h"
#include "hex.h"
#include "keygen_certificate.h"
#include "keygen_files.h"
#include "keygen_options.h"
#include "loop.h"
#include "settings.h"
#include "usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KID_DEFAULT = 2, CREDENTIAL_MAX = EDHOC_CRED_MAX + EDHOC_ID_CRED_MAX };

static const struct node_hooks HOOKS = {.random = loop_random};
static const struct ec EC = {.backend = &EC_LIBCRYPTO, .hooks = &HOOKS};

/* One key pair and what it is named by. */
struct made {
  uint8_t private[EC_LENGTH];
  struct ec_public public;
  uint8_t der[EDHOC_CRED_MAX];
  size_t der_length;
  uint8_t buffer[CREDENTIAL_MAX];
  struct edhoc_credential credential;
};

/* Words on how to use it */

/* As a shell reads it. */
static void put_word(const char *word) {
  static const char plain[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./-_+@:";
  if (word[strspn(word, plain)] == '\0') {
    fputs(word, stdout);
    return;
  }
  putchar('\'');
  for (const char *at = word; *at != '\0'; at++)
    if (*at == '\'')
      fputs("'\\''", stdout);
    else
      putchar(*at);
  putchar('\'');
}

static void put_option(const char *option, const char *prefix, const char *ending) {
  char *word = NULL;
  if (asprintf(&word, "%s%s", prefix, ending) < 0)
    abort();
  printf(" %s ", option);
  put_word(word);
  free(word);
}

/* One side of EAP-EDHOC; `name` is the user's. */
static void put_side(const struct keygen_options *options, bool server) {
  const bool own = options->server == server;
  const char *files = own ? options->out : options->with_files;
  const char *others = own ? options->with_files : options->out;
  const char *user = options->server ? options->with : options->name;
  printf("coap-eap-node %s \\\n   ", server ? "authenticator" : "peer --authenticator ::1");
  put_option("--identity", user, "");
  printf(" --methods edhoc --edhoc-method %u --edhoc-suite %d \\\n   ", options->method,
         options->suite);
  put_option("--edhoc-key", files, ".key");
  put_option("--edhoc-cred", files, ".cred");
  put_option("--edhoc-id-cred", files, ".id");
  fputs(" \\\n   ", stdout);
  if (options->kind == KEYGEN_CERTIFICATE && !options->thumbprint) {
    put_option("--edhoc-trust", options->ca, ".der");
    if (!server)
      put_option("--edhoc-server-name", options->server ? options->name : options->with, "");
  } else {
    put_option("--edhoc-peer-cred", others, ".cred");
    put_option("--edhoc-peer-id-cred", others, ".id");
  }
  putchar('\n');
}

static void put_sides(const struct keygen_options *options) {
  const bool by_value = options->kind == KEYGEN_CERTIFICATE && !options->thumbprint;
  printf("# %s.key stays with the %s%s\n", options->out, options->server ? "server" : "peer",
         by_value ? "; both sides have the CA's certificate."
                  : "; the other side has .cred and .id, too.");
  puts("# The server:");
  put_side(options, true);
  puts("# The peer:");
  put_side(options, false);
}

/* What is made; -1 with a complaint. */

static int make_psk(const struct keygen_options *options, struct complaint *complaint) {
  uint8_t key[SETTINGS_PSK_LENGTH];
  char *digits = NULL, *text = NULL;
  size_t length;
  loop_random(NULL, key, sizeof key);
  FILE *out = open_memstream(&digits, &length);
  if (out == NULL)
    abort();
  hex_print(out, key, sizeof key);
  fclose(out);
  const bool named = options->name[0] != '\0', shown = strcmp(options->out, "-") == 0;
  if (asprintf(&text,
               named ? "# A key of EAP-PSK: for --config, of the peer and of its server.\n"
                       "peer: {identity: \"%2$s\", psk: \"%1$s\"}\n"
                       "users:\n"
                       "  - {identity: \"%2$s\", psk: \"%1$s\"}\n"
                     : "%1$s\n",
               digits, options->name) < 0)
    abort();
  const struct keygen_file file = {"", (const uint8_t *)text, strlen(text), true, true};
  int error = 0;
  if (shown)
    fputs(text, stdout);
  else
    error = keygen_files_write(options->out, options->force, &file, 1, complaint);
  if (error == 0 && !shown && named) {
    puts("# Peer and server have the same file:");
    printf("coap-eap-node authenticator");
    put_option("--config", options->out, "");
    printf("\ncoap-eap-node peer --authenticator ::1");
    put_option("--config", options->out, "");
    putchar('\n');
  } else if (error == 0 && !shown) {
    puts("# Peer and server have the same key; with --name it comes in a file for --config.");
  }
  crypto_wipe(key, sizeof key);
  crypto_wipe((uint8_t *)text, strlen(text));
  crypto_wipe((uint8_t *)digits, length);
  free(text);
  free(digits);
  return error;
}

static int make_pair(const struct keygen_options *options, struct made *made,
                     struct complaint *complaint) {
  const enum edhoc_role role = options->server ? EDHOC_RESPONDER : EDHOC_INITIATOR;
  const enum ec_curve curve =
      options->kind == KEYGEN_CA
          ? EC_P256
          : edhoc_method_curve(options->method, role, edhoc_suite_find(options->suite));
  return ec_generate(&EC, curve, made->private, &made->public) == 0
             ? 0
             : complaint_set(complaint, "the key cannot be made");
}

static int make_edhoc(const struct keygen_options *options, struct made *made,
                      struct complaint *complaint) {
  uint8_t kid[KEYGEN_KID_MAX];
  size_t length = options->kid_length == 0 ? KID_DEFAULT : options->kid_length;
  loop_random(NULL, kid, KID_DEFAULT);
  if (options->kid_length != 0)
    memcpy(kid, options->kid, length);
  if (edhoc_credential_ccs(options->name, kid, length, &made->public, made->buffer,
                           sizeof made->buffer, &made->credential) != 0)
    return complaint_set(complaint, "the credential cannot be made");
  const struct keygen_file files[] = {
      {".key", made->private, sizeof made->private, false, true},
      {".cred", made->credential.cred, made->credential.cred_length, false, false},
      {".id", made->credential.id_cred, made->credential.id_cred_length, false, false},
  };
  if (keygen_files_write(options->out, options->force, files, 3, complaint) < 0)
    return -1;
  put_sides(options);
  return 0;
}

static int make_ca(const struct keygen_options *options, struct made *made,
                   struct complaint *complaint) {
  const struct keygen_certificate request = {.name = options->name,
                                             .public = &made->public,
                                             .days = options->days,
                                             .issuer_private = made->private};
  if (keygen_certificate_make(&request, made->der, &made->der_length, complaint) < 0)
    return -1;
  const struct keygen_file files[] = {
      {".key", made->private, sizeof made->private, false, true},
      {".der", made->der, made->der_length, true, false},
  };
  if (keygen_files_write(options->out, options->force, files, 2, complaint) < 0)
    return -1;
  printf("# %s.key stays here; all have %s.der. What it certifies:\n", options->out, options->out);
  printf("coap-eap-node keygen certificate --role server --out server --with peer");
  put_option("--ca", options->out, "");
  printf("\ncoap-eap-node keygen certificate --out peer --with server");
  put_option("--ca", options->out, "");
  putchar('\n');
  return 0;
}

static int certify(const struct keygen_options *options, struct made *made,
                   struct complaint *complaint) {
  uint8_t private[EC_LENGTH] = {0}, der[EDHOC_CRED_MAX];
  size_t length = 0, key_length = 0;
  int error = keygen_files_read(options->ca, ".key", false, private, sizeof private, &key_length,
                                complaint);
  if (error == 0)
    error = keygen_files_read(options->ca, ".der", true, der, sizeof der, &length, complaint);
  const struct keygen_certificate request = {.name = options->name,
                                             .public = &made->public,
                                             .days = options->days,
                                             .server = options->server,
                                             .issuer_private = private,
                                             .issuer_der = der,
                                             .issuer_length = length};
  if (error == 0 && keygen_certificate_make(&request, made->der, &made->der_length, complaint) < 0)
    error = complaint_precede(complaint, "--ca %s: ", options->ca);
  crypto_wipe(private, sizeof private);
  return error;
}

static int make_certificate(const struct keygen_options *options, struct made *made,
                            struct complaint *complaint) {
  if (certify(options, made, complaint) < 0)
    return -1;
  const int result = options->thumbprint
                         ? edhoc_credential_x5t(&EC, made->der, made->der_length, made->buffer,
                                                sizeof made->buffer, &made->credential)
                         : edhoc_credential_x5chain(made->der, made->der_length, made->buffer,
                                                    sizeof made->buffer, &made->credential);
  if (result != 0)
    return complaint_set(complaint, "the credential cannot be made");
  const struct keygen_file files[] = {
      {".key", made->private, sizeof made->private, false, true},
      {".der", made->der, made->der_length, true, false},
      {".cred", made->credential.cred, made->credential.cred_length, false, false},
      {".id", made->credential.id_cred, made->credential.id_cred_length, false, false},
  };
  if (keygen_files_write(options->out, options->force, files, 4, complaint) < 0)
    return -1;
  put_sides(options);
  return 0;
}

static int make(const struct keygen_options *options, struct complaint *complaint) {
  static int (*const makers[KEYGEN_KINDS])(const struct keygen_options *, struct made *,
                                           struct complaint *) = {
      [KEYGEN_EDHOC] = make_edhoc, [KEYGEN_CA] = make_ca, [KEYGEN_CERTIFICATE] = make_certificate};
  struct made made;
  if (options->kind == KEYGEN_PSK)
    return make_psk(options, complaint);
  int error = make_pair(options, &made, complaint);
  if (error == 0)
    error = makers[options->kind](options, &made, complaint);
  crypto_wipe((uint8_t *)&made, sizeof made);
  return error;
}

int keygen(int argc, char **argv) {
  struct keygen_options options;
  struct complaint complaint;
  const int result = keygen_options_parse(argc, argv, &options, &complaint);
  if (result != 0)
    return usage_end("keygen", result, &complaint);
  if (make(&options, &complaint) == 0)
    return usage_finish("keygen", EXIT_SUCCESS);
  fprintf(stderr, "coap-eap-node keygen: %s\n", complaint.text);
  return EXIT_FAILURE;
}
