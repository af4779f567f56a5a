/* The conversation of the subcommand `edhoc`. */
#include "edhoc_line.h"

#include "edhoc_files.h"
#include "edhoc_options.h"
#include "hex.h"
#include "loop.h"
#include "usage.h"

#include "../crypto/crypto.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 4 * EDHOC_MESSAGE_MAX, SUITES_TEXT_MAX = 256, EXPORT_MAX = 8160 };

struct edhoc_line {
  const struct edhoc_options *options;
  const struct edhoc_config *config;
  struct edhoc edhoc;
  unsigned number; /* of lines read */
  bool suite_refused;
  const char *refusal; /* responder: why no message_1 is taken so far, or NULL */
};

static const struct node_hooks hooks = {.random = loop_random};

static bool edhoc_line_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

static bool edhoc_line_fail(const char *format, ...) {
  va_list arguments;
  fputs("FAIL ", stdout);
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
  fflush(stdout);
  return false;
}

static void edhoc_line_print_message(const uint8_t *message, size_t length) {
  fputs("TX ", stdout);
  hex_print(stdout, message, length);
  putchar('\n');
  fflush(stdout);
}

/* Tells the peer what it should know, and fails. */
static bool give_up(struct edhoc_line *line, unsigned message, int error) {
  uint8_t octets[EDHOC_MESSAGE_MAX];
  size_t length;
  const char *reason = edhoc_reason(&line->edhoc);
  if (edhoc_error_compose(&line->edhoc, octets, sizeof octets, &length) == 0)
    edhoc_line_print_message(octets, length);
  return edhoc_line_fail("message_%u: %s", message,
                         *reason == '\0' ? node_error_name(error) : reason);
}

/* Lines */

/* Reads one line, without its end. `digits` tells an endless line from one that is long enough for
 * every message. */
static bool edhoc_line_read(struct edhoc_line *line, unsigned message, char digits[DIGITS_MAX],
                            size_t *length) {
  int c;
  *length = 0;
  line->number++;
  while ((c = getchar()) != EOF && c != '\n') {
    if (*length == DIGITS_MAX)
      return edhoc_line_fail("line %u is too long for message_%u; at most %d octets are accepted",
                             line->number, message, EDHOC_MESSAGE_MAX);
    digits[(*length)++] = (char)c;
  }
  if (c == EOF && *length == 0 && line->refusal != NULL)
    return edhoc_line_fail("message_1: %s", line->refusal);
  if (c == EOF && *length == 0)
    return edhoc_line_fail("the input ended where message_%u is awaited", message);
  return true;
}

static bool edhoc_line_read_message(struct edhoc_line *line, unsigned message,
                                    uint8_t octets[EDHOC_MESSAGE_MAX], size_t *length) {
  char digits[DIGITS_MAX];
  size_t count;
  if (!edhoc_line_read(line, message, digits, &count))
    return false;
  const char *wrong = hex_read(digits, count, octets, EDHOC_MESSAGE_MAX, length);
  if (wrong != NULL)
    return edhoc_line_fail("line %u is not message_%u in hexadecimal digits: %s", line->number,
                           message, wrong);
  if (*length == 0)
    return edhoc_line_fail("line %u is empty where message_%u is awaited", line->number, message);
  return true;
}

/* The peer's error messages */

static void suites_text(const struct edhoc_suites *suites, char text[SUITES_TEXT_MAX]) {
  size_t used = 0;
  text[0] = '\0';
  for (size_t i = 0; i < suites->count; i++)
    used += (size_t)snprintf(text + used, SUITES_TEXT_MAX - used, "%s%d", i == 0 ? "" : ", ",
                             suites->value[i]);
}

static bool edhoc_line_fail_by_peer(const struct edhoc *edhoc) {
  const struct edhoc_peer_error *peer = &edhoc->peer_error;
  char suites[SUITES_TEXT_MAX];
  switch (peer->code) {
  case EDHOC_ERROR_SUITE:
    suites_text(&peer->suites, suites);
    return edhoc_line_fail("the peer's error message: cipher suite %d refused; it accepts %s",
                           edhoc->selected, suites);
  case EDHOC_ERROR_CREDENTIAL:
    return edhoc_line_fail("the peer's error message: our credential is unknown to it");
  default:
    if (peer->value == EDHOC_ERROR_UNSPECIFIED)
      return edhoc_line_fail("the peer's error message: %s", peer->text);
    return edhoc_line_fail("the peer's error message: code %d", peer->value);
  }
}

static bool take_error(struct edhoc_line *line, unsigned message, const uint8_t *octets,
                       size_t length) {
  int32_t suite;
  const int error = edhoc_error_process(&line->edhoc, octets, length);
  if (error != 0)
    return give_up(line, message, error);
  if (edhoc_next_suite(&line->edhoc, &suite) == 0) {
    line->suite_refused = true;
    return false;
  }
  return edhoc_line_fail_by_peer(&line->edhoc);
}

/* Messages */

/* Tells the initiator which suites would do, and awaits its next message_1 (section 6.3.2). */
static bool refuse_suite(struct edhoc_line *line, int error) {
  uint8_t octets[EDHOC_MESSAGE_MAX];
  size_t length;
  line->refusal = edhoc_reason(&line->edhoc);
  if (edhoc_error_compose(&line->edhoc, octets, sizeof octets, &length) != 0)
    return give_up(line, 1, error);
  edhoc_line_print_message(octets, length);
  line->suite_refused = true;
  return false;
}

static bool send_message(struct edhoc_line *line, unsigned message) {
  typedef int composer(struct edhoc *, const struct edhoc_ead *, size_t, uint8_t *, size_t,
                       size_t *);
  static composer *const compose[] = {edhoc_message_1_compose, edhoc_message_2_compose,
                                      edhoc_message_3_compose, edhoc_message_4_compose};
  uint8_t octets[EDHOC_MESSAGE_MAX];
  size_t length;
  const int error = compose[message - 1](&line->edhoc, NULL, 0, octets, sizeof octets, &length);
  if (error != 0)
    return give_up(line, message, error);
  edhoc_line_print_message(octets, length);
  return ferror(stdout) == 0;
}

static bool receive_message(struct edhoc_line *line, unsigned message) {
  typedef int processor(struct edhoc *, const uint8_t *, size_t);
  static processor *const process[] = {edhoc_message_1_process, edhoc_message_2_process,
                                       edhoc_message_3_process, edhoc_message_4_process};
  uint8_t octets[EDHOC_MESSAGE_MAX];
  size_t length;
  if (!edhoc_line_read_message(line, message, octets, &length))
    return false;
  if (message > 1 && edhoc_is_error(octets, length))
    return take_error(line, message, octets, length);
  const int error = process[message - 1](&line->edhoc, octets, length);
  if (error != 0)
    return line->edhoc.error_code == EDHOC_ERROR_SUITE ? refuse_suite(line, error)
                                                       : give_up(line, message, error);
  line->refusal = NULL;
  return true;
}

static bool exchange(struct edhoc_line *line) {
  const unsigned last = line->options->message_4 ? 4 : 3;
  bool mine = line->options->given.role == EDHOC_INITIATOR, done = true;
  line->suite_refused = false;
  for (unsigned message = 1; done && message <= last; message++, mine = !mine)
    done = mine ? send_message(line, message) : receive_message(line, message);
  return done;
}

static bool edhoc_line_begin(struct edhoc_line *line) {
  const int error = edhoc_init(&line->edhoc, line->options->given.role, line->config, &hooks);
  return error == 0 || edhoc_line_fail("it cannot begin: %s", node_error_name(error));
}

/* After a suite was refused, the next session, with another suite of an initiator: once for each at
 * most, however a peer refuses them. `tries`: so far. */
static bool edhoc_line_begin_next(struct edhoc_line *line, size_t tries) {
  int32_t suite;
  if (line->options->given.role == EDHOC_RESPONDER)
    return tries == EDHOC_SUITES_MAX ? edhoc_line_fail("message_1: %s", line->refusal)
                                     : edhoc_line_begin(line);
  if (tries == line->config->suites.count || edhoc_next_suite(&line->edhoc, &suite) != 0)
    return edhoc_line_fail_by_peer(&line->edhoc);
  if (!edhoc_line_begin(line))
    return false;
  const int error = edhoc_select_suite(&line->edhoc, suite);
  return error == 0 || edhoc_line_fail("cipher suite %d: %s", suite, node_error_name(error));
}

static bool edhoc_line_run(struct edhoc_line *line) {
  if (!edhoc_line_begin(line))
    return false;
  bool done = exchange(line);
  for (size_t tries = 1; line->suite_refused; tries++) {
    if (!edhoc_line_begin_next(line, tries))
      return false;
    done = exchange(line);
  }
  return done;
}

static bool print_export(const struct edhoc *edhoc, const struct edhoc_options_export *export) {
  uint8_t key[EXPORT_MAX];
  const int error = edhoc_exporter(edhoc, export->label, export->context, export->context_length,
                                   key, export->length);
  if (error != 0)
    return edhoc_line_fail("export of label %u: %s", export->label, node_error_name(error));
  printf("EXPORT %u ", export->label);
  hex_print(stdout, export->context, export->context_length);
  putchar(' ');
  hex_print(stdout, key, export->length);
  putchar('\n');
  crypto_wipe(key, export->length);
  return fflush(stdout) == 0;
}

/* Returns the exit status. */
static int converse(const struct edhoc_options *options, struct edhoc_files *files) {
  const struct edhoc_config config = edhoc_files_config(&options->given, files);
  struct edhoc_line line = {.options = options, .config = &config};
  bool done = edhoc_line_run(&line);
  for (size_t i = 0; done && i < options->exports_count; i++)
    done = print_export(&line.edhoc, &options->exports[i]);
  edhoc_wipe(&line.edhoc);
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

int edhoc_line(int argc, char **argv) {
  static struct edhoc_options options;
  static struct edhoc_files files;
  struct complaint complaint;
  int result = edhoc_options_parse(argc, argv, &options, &complaint);
  if (result == 0)
    result = edhoc_files_read(&options.given, &files, &complaint);
  const int status = result == 0 ? usage_finish("edhoc", converse(&options, &files))
                                 : usage_end("edhoc", result, &complaint);
  edhoc_files_wipe(&files);
  return status;
}
