/* EAP-EDHOC: frames and fragments (section 3), keys and names (sections 2.3 and 5.2). */
#include "edhoc_common.h"

#include "../crypto/crypto.h"

#include <string.h>

enum {
  FLAG_S = 0x10,
  FLAG_M = 0x08,
  FLAGS_L = 0x07,
  TOTAL_LENGTH_MAX = 4,
  FLAGS_LENGTH = 1,
  HEAD_LENGTH = EAP_HEADER_LENGTH + EAP_TYPE_LENGTH + FLAGS_LENGTH,
};

/* Frames */

int eap_edhoc_frame_parse(const uint8_t *data, size_t length, struct eap_edhoc_frame *frame) {
  *frame = (struct eap_edhoc_frame){0};
  if (length == 0)
    return 0;
  const size_t total_length = data[0] & FLAGS_L;
  if (total_length > TOTAL_LENGTH_MAX || total_length > length - FLAGS_LENGTH)
    return NODE_ERR_MALFORMED;
  uint32_t total = 0;
  for (size_t i = 0; i < total_length; i++)
    total = total << 8 | data[FLAGS_LENGTH + i];
  *frame = (struct eap_edhoc_frame){.start = (data[0] & FLAG_S) != 0,
                                    .more = (data[0] & FLAG_M) != 0,
                                    .has_total = total_length > 0,
                                    .total = total,
                                    .data = data + FLAGS_LENGTH + total_length,
                                    .length = length - FLAGS_LENGTH - total_length};
  return 0;
}

void eap_edhoc_send_empty(struct span_writer *out) {
  span_writer_put_u8(out, ROW_EAP_METHOD, 0);
}

static size_t total_length_of(size_t length) {
  size_t octets = 1;
  while (length >> 8 * octets != 0)
    octets++;
  return octets;
}

bool eap_edhoc_send_next(struct eap_edhoc *eap, struct span_writer *out) {
  const size_t mtu = eap->credential->mtu == 0 ? EAP_PACKET_MAX : eap->credential->mtu;
  const size_t left = eap->length - eap->done;
  const bool more = left > mtu - HEAD_LENGTH;
  const size_t total_length = more && eap->done == 0 ? total_length_of(eap->length) : 0;
  const size_t length = more ? mtu - HEAD_LENGTH - total_length : left;
  span_writer_put_u8(out, ROW_EAP_METHOD, (uint8_t)((more ? FLAG_M : 0) | total_length));
  for (size_t i = total_length; i > 0; i--)
    span_writer_put_u8(out, ROW_EAP_METHOD, (uint8_t)(eap->length >> 8 * (i - 1)));
  span_writer_put(out, ROW_EAP_METHOD, eap->message + eap->done, length);
  eap->done += length;
  eap->transfer = more ? EAP_EDHOC_SENDING : EAP_EDHOC_IDLE;
  return !more;
}

bool eap_edhoc_send_first(struct eap_edhoc *eap, size_t length, struct span_writer *out) {
  eap->length = length;
  eap->done = 0;
  return eap_edhoc_send_next(eap, out);
}

/* Why a frame with data is none that a new message, or the one that is being received, can have;
 * NULL: it is. */
static const char *check_data(const struct eap_edhoc *eap, const struct eap_edhoc_frame *frame) {
  if (eap->transfer == EAP_EDHOC_RECEIVING) {
    const size_t left = eap->length - eap->done;
    if (frame->has_total)
      return "length field in a later fragment";
    return (frame->more ? frame->length < left : frame->length == left)
               ? NULL
               : "fragments do not sum to the stated length";
  }
  if (frame->more != frame->has_total)
    return frame->more ? "first fragment without its length field"
                       : "length field in an unfragmented message";
  return frame->more && frame->length >= frame->total ? "fragments do not sum to the stated length"
                                                      : NULL;
}

static enum eap_edhoc_taken take_data(struct eap_edhoc *eap, const struct eap_edhoc_frame *frame) {
  if (eap->transfer != EAP_EDHOC_RECEIVING) {
    eap->length = frame->more ? frame->total : frame->length;
    eap->done = 0;
    if (eap->length > sizeof eap->message) {
      eap->transfer = EAP_EDHOC_IDLE;
      return EAP_EDHOC_TAKEN_MESSAGE;
    }
  }
  memcpy(eap->message + eap->done, frame->data, frame->length);
  eap->done += frame->length;
  eap->transfer = frame->more ? EAP_EDHOC_RECEIVING : EAP_EDHOC_IDLE;
  return frame->more ? EAP_EDHOC_TAKEN_FRAGMENT : EAP_EDHOC_TAKEN_MESSAGE;
}

enum eap_edhoc_taken eap_edhoc_take(struct eap_edhoc *eap, const struct eap_edhoc_frame *frame,
                                    const char **reason) {
  const bool sending = eap->transfer == EAP_EDHOC_SENDING;
  if (frame->length == 0) {
    *reason = frame->more || frame->has_total        ? "fragment without data"
              : eap->transfer == EAP_EDHOC_RECEIVING ? "acknowledgement instead of a fragment"
                                                     : NULL;
    if (*reason != NULL)
      return EAP_EDHOC_TAKEN_NOT;
    return sending ? EAP_EDHOC_TAKEN_ACK : EAP_EDHOC_TAKEN_EMPTY;
  }
  /* Only an error breaks in on a message of ours: it, too, may come in fragments. */
  *reason = sending && !edhoc_is_error(frame->data, frame->length)
                ? "message instead of an acknowledgement"
                : check_data(eap, frame);
  return *reason != NULL ? EAP_EDHOC_TAKEN_NOT : take_data(eap, frame);
}

/* The session */

int eap_edhoc_init(void *state, const struct eap_credential *credential,
                   const struct node_hooks *hooks, enum edhoc_role role) {
  struct eap_edhoc *eap = state;
  const size_t mtu = credential->mtu;
  if (credential->edhoc == NULL || (mtu != 0 && (mtu < EAP_EDHOC_MTU_MIN || mtu > EAP_PACKET_MAX)))
    return NODE_ERR_BAD_CONFIG;
  eap->credential = credential;
  return edhoc_init(&eap->edhoc, role, credential->edhoc, hooks);
}

void eap_edhoc_wipe(void *state) {
  crypto_wipe(state, sizeof(struct eap_edhoc));
}

/* Notes why the session has ended. */
static int eap_edhoc_ended(struct eap_edhoc *eap, int error) {
  const char *why = edhoc_reason(&eap->edhoc);
  eap->reason = why[0] != '\0' ? why : node_error_name(error);
  return error;
}

int eap_edhoc_consume(struct eap_edhoc *eap, eap_edhoc_process *process, bool may_be_error) {
  const bool fits = eap->length <= sizeof eap->message;
  if (fits && may_be_error && edhoc_is_error(eap->message, eap->length)) {
    const int error = edhoc_error_process(&eap->edhoc, eap->message, eap->length);
    return eap_edhoc_ended(eap, error != 0 ? error : NODE_ERR_UNKNOWN);
  }
  /* A message that is too long is refused by its length, and not looked at. */
  const int error = process(&eap->edhoc, eap->message, eap->length);
  return error == 0 ? 0 : eap_edhoc_ended(eap, error);
}

int eap_edhoc_produce(struct eap_edhoc *eap, eap_edhoc_compose *compose, size_t *length) {
  const int error = compose(&eap->edhoc, NULL, 0, eap->message, sizeof eap->message, length);
  return error == 0 ? 0 : eap_edhoc_ended(eap, error);
}

void eap_edhoc_reject(struct eap_edhoc *eap, const char *refusal) {
  (void)eap_edhoc_ended(eap, edhoc_reject(&eap->edhoc, refusal));
}

bool eap_edhoc_send_error(struct eap_edhoc *eap, bool *whole, struct span_writer *out) {
  size_t length;
  if (edhoc_error_compose(&eap->edhoc, eap->message, sizeof eap->message, &length) != 0)
    return false;
  *whole = eap_edhoc_send_first(eap, length, out);
  return true;
}

enum eap_method_result eap_edhoc_fail(struct eap_edhoc *eap, const char **reason) {
  eap->phase = EAP_EDHOC_FAILURE;
  *reason = eap->reason;
  return EAP_METHOD_FAILURE;
}

/* Keys and names */

int eap_edhoc_export(struct eap_edhoc *eap) {
  static const uint8_t context[] = {0x18, EAP_TYPE_EDHOC}; /* the CBOR encoding of the type */
  const struct {
    uint32_t label;
    uint8_t *out;
    size_t length;
  } exports[] = {
      {EAP_EDHOC_LABEL_MSK, eap->keys.msk, sizeof eap->keys.msk},
      {EAP_EDHOC_LABEL_EMSK, eap->keys.emsk, sizeof eap->keys.emsk},
      {EAP_EDHOC_LABEL_METHOD_ID, eap->method_id, sizeof eap->method_id},
  };
  int error = 0;
  for (size_t i = 0; i < sizeof exports / sizeof exports[0] && error == 0; i++)
    error = edhoc_exporter(&eap->edhoc, exports[i].label, context, sizeof context, exports[i].out,
                           exports[i].length);
  return error == 0 ? 0 : eap_edhoc_ended(eap, error);
}

int eap_edhoc_keys(const void *state, struct eap_keys *keys) {
  const struct eap_edhoc *eap = state;
  if (eap->phase != EAP_EDHOC_SUCCESS)
    return NODE_ERR_BAD_STATE;
  *keys = eap->keys;
  return 0;
}

int eap_edhoc_session_id(const void *state, struct eap_session_id *session) {
  struct eap_edhoc_identity identity;
  const int error = eap_edhoc_identity(state, &identity);
  if (error < 0)
    return error;
  _Static_assert(sizeof identity.session_id <= EAP_SESSION_ID_MAX, "a Session-Id has fixed room");
  session->length = sizeof identity.session_id;
  memcpy(session->octets, identity.session_id, session->length);
  return 0;
}

bool eap_edhoc_name(const void *state, size_t index, struct eap_name *name) {
  const struct eap_edhoc *eap = state;
  const char *expected = eap->edhoc.config->peer_name;
  struct edhoc_name found;
  if (expected != NULL && index == 0 && strlen(expected) <= sizeof name->octets) {
    name->length = strlen(expected);
    memcpy(name->octets, expected, name->length);
    return true;
  }
  if (!edhoc_peer_name(&eap->edhoc, index, &found))
    return false;
  name->length = found.length;
  memcpy(name->octets, found.octets, found.length);
  return true;
}

int eap_edhoc_identity(const void *state, struct eap_edhoc_identity *identity) {
  const struct eap_edhoc *eap = state;
  const struct edhoc *edhoc = &eap->edhoc;
  if (eap->phase != EAP_EDHOC_SUCCESS)
    return NODE_ERR_BAD_STATE;
  *identity = (struct eap_edhoc_identity){.peer_id = edhoc->own->id_cred,
                                          .peer_id_length = edhoc->own->id_cred_length,
                                          .server_id = edhoc->peer_id_cred,
                                          .server_id_length = edhoc->peer_id_cred_length};
  if (edhoc->role == EDHOC_RESPONDER) {
    identity->peer_id = edhoc->peer_id_cred;
    identity->peer_id_length = edhoc->peer_id_cred_length;
    identity->server_id = edhoc->own->id_cred;
    identity->server_id_length = edhoc->own->id_cred_length;
  }
  identity->session_id[0] = EAP_TYPE_EDHOC;
  memcpy(identity->session_id + EAP_TYPE_LENGTH, eap->method_id, sizeof eap->method_id);
  return 0;
}
