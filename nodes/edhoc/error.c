/* EDHOC error messages (RFC 9528 section 6). */
#include "session.h"

#include <string.h>

#include "../cbor/writer.h"

bool edhoc_is_error(const uint8_t *message, size_t length) {
  struct cbor_reader reader;
  cbor_reader_init(&reader, message, length);
  return cbor_next(&reader) <= CBOR_NEGATIVE;
}

int edhoc_error_compose(struct edhoc *edhoc, uint8_t *out, size_t capacity, size_t *length) {
  struct edhoc_suites suites;
  struct span_writer writer;
  *length = 0;
  if (edhoc->state != EDHOC_ABORTED || edhoc->error_code == EDHOC_ERROR_NONE)
    return NODE_ERR_BAD_STATE;
  span_writer_init(&writer, out, capacity, NULL);
  cbor_put_int(&writer, (int32_t)edhoc->error_code);
  switch (edhoc->error_code) {
  case EDHOC_ERROR_SUITE: /* SUITES_R: all that could be selected with this method */
    edhoc_runnable(edhoc, edhoc->method, &suites);
    edhoc_suites_put(&writer, &suites);
    break;
  case EDHOC_ERROR_CREDENTIAL:
    cbor_put_true(&writer);
    break;
  default:
    cbor_put_text(&writer, edhoc->reason);
  }
  if (writer.overflow)
    return NODE_ERR_TOO_LONG;
  edhoc->error_code = EDHOC_ERROR_NONE;
  *length = writer.length;
  return 0;
}

static int error_read_text(struct cbor_reader *reader, struct edhoc_peer_error *peer_error) {
  const uint8_t *text;
  size_t length;
  const int error = cbor_get_text(reader, &text, &length);
  if (error != 0)
    return error;
  if (length > EDHOC_ERROR_TEXT_MAX - 1)
    length = EDHOC_ERROR_TEXT_MAX - 1;
  for (size_t i = 0; i < length; i++)
    peer_error->text[i] = text[i] >= 0x20 && text[i] < 0x7f ? (char)text[i] : '?';
  return 0;
}

int edhoc_error_read(const uint8_t *message, size_t length, struct edhoc_peer_error *peer_error) {
  struct cbor_reader reader;
  bool flag = false;
  memset(peer_error, 0, sizeof *peer_error);
  if (length > EDHOC_MESSAGE_MAX)
    return NODE_ERR_TOO_LONG;
  cbor_reader_init(&reader, message, length);
  int error = cbor_get_int(&reader, &peer_error->value);
  if (error != 0)
    return error;
  peer_error->code = EDHOC_ERROR_UNSPECIFIED;
  switch (peer_error->value) {
  case EDHOC_ERROR_UNSPECIFIED:
    error = error_read_text(&reader, peer_error);
    break;
  case EDHOC_ERROR_SUITE:
    peer_error->code = EDHOC_ERROR_SUITE;
    error = edhoc_suites_get(&reader, &peer_error->suites);
    break;
  case EDHOC_ERROR_CREDENTIAL:
    peer_error->code = EDHOC_ERROR_CREDENTIAL;
    error = cbor_get_bool(&reader, &flag);
    if (error == 0 && !flag)
      error = NODE_ERR_MALFORMED;
    break;
  default:
    error = cbor_skip(&reader);
  }
  if (error == 0 && cbor_next(&reader) != CBOR_END)
    error = NODE_ERR_MALFORMED;
  return error;
}

static const char *reason_of(enum edhoc_error_code code) {
  switch (code) {
  case EDHOC_ERROR_SUITE:
    return "peer does not support the selected cipher suite";
  case EDHOC_ERROR_CREDENTIAL:
    return "peer does not know our credential";
  default:
    return "peer sent an error message";
  }
}

/* What SUITES_R leads to, if that is what ended the session. */
static void remember_suites(const struct edhoc *edhoc) {
  struct edhoc_memory *memory = edhoc->config->memory;
  if (memory != NULL && edhoc->peer_error.code == EDHOC_ERROR_SUITE)
    memory->has_suite = edhoc_next_suite(edhoc, &memory->suite) == 0;
}

int edhoc_error_process(struct edhoc *edhoc, const uint8_t *message, size_t length) {
  const bool waits = edhoc->role == EDHOC_INITIATOR
                         ? edhoc->state == EDHOC_WAIT_2 || edhoc->state == EDHOC_COMPLETED
                         : edhoc->state == EDHOC_WAIT_3;
  if (!waits)
    return NODE_ERR_BAD_STATE;
  struct edhoc_peer_error peer_error;
  int error = edhoc_error_read(message, length, &peer_error);
  /* ERR_CODE 2 answers message_1 only. */
  if (error == 0 && peer_error.code == EDHOC_ERROR_SUITE && edhoc->state != EDHOC_WAIT_2)
    error = NODE_ERR_MALFORMED;
  if (error != 0)
    memset(&peer_error, 0, sizeof peer_error);
  edhoc->peer_error = peer_error;
  (void)edhoc_refuse_with(edhoc, error != 0 ? error : NODE_ERR_UNSUPPORTED,
                          error != 0 ? "malformed error message" : reason_of(peer_error.code),
                          EDHOC_ERROR_NONE);
  edhoc_abort(edhoc);
  remember_suites(edhoc);
  return error;
}
