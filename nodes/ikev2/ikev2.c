/* The outside of an endpoint of IKEv2: which message is looked at in which state, what waits to be
 * written, and the timers (RFC 7296 sections 2.1 to 2.4). */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

/* States */

enum ikev2_state ikev2_state(const struct ikev2 *ike) {
  return ike->state;
}

const char *ikev2_reason(const struct ikev2 *ike) {
  return ike->reason;
}

bool ikev2_remote_id(const struct ikev2 *ike, struct ikev2_id *id) {
  const struct kept *proved = &ike->proved;
  if (ike->state != IKEV2_ESTABLISHED)
    return false;
  *id = (struct ikev2_id){.type = (enum ikev2_id_type)proved->data[0],
                          .octets = proved->data + IKEV2_ID_HEADER,
                          .length = (size_t)proved->length - IKEV2_ID_HEADER};
  return true;
}

bool ikev2_is_only(const struct ikev2 *ike) {
  return ike->state == IKEV2_ESTABLISHED && ike->is_only;
}

/* Whose a message is */

static bool is_zero_spi(const uint8_t spi[IKEV2_SPI_LENGTH]) {
  static const uint8_t none[IKEV2_SPI_LENGTH];
  return memcmp(spi, none, sizeof none) == 0;
}

static bool is_opening(const struct ikev2_header *header) {
  return header->exchange == IKEV2_IKE_SA_INIT && header->message_id == 0 &&
         (header->flags & IKEV2_FLAG_INITIATOR) != 0 &&
         (header->flags & IKEV2_FLAG_RESPONSE) == 0 && !is_zero_spi(header->spi_i) &&
         is_zero_spi(header->spi_r);
}

bool ikev2_opens(const uint8_t *data, size_t length) {
  struct ikev2_header header;
  struct ikev2_fault fault;
  return ikev2_header_parse(data, length, &header, &fault) && is_opening(&header);
}

bool ikev2_has_opened(const struct ikev2 *ike, const uint8_t *data, size_t length) {
  struct ikev2_message message;
  struct ikev2_fault fault;
  if (ike->initiator || ike->state == IKEV2_BEGINNING ||
      !ikev2_message_parse(data, length, &message, &fault) || !is_opening(&message.header) ||
      memcmp(message.header.spi_i, ike->spi[IKEV2_I], IKEV2_SPI_LENGTH) != 0)
    return false;
  const struct ikev2_payload *nonce = ikev2_find(&message.chain, IKEV2_PAYLOAD_NONCE);
  return nonce != NULL &&
         memcmp(ikev2_nonce_read(nonce).data, ike->opening, sizeof ike->opening) == 0;
}

/* An initiator does not know the responder's SPI before IKE_SA_INIT is answered. */
static bool has_spis(const struct ikev2 *ike, const struct ikev2_header *header) {
  if (ike->state == IKEV2_BEGINNING ||
      memcmp(header->spi_i, ike->spi[IKEV2_I], IKEV2_SPI_LENGTH) != 0)
    return false;
  return is_zero_spi(ike->spi[IKEV2_R]) ||
         memcmp(header->spi_r, ike->spi[IKEV2_R], IKEV2_SPI_LENGTH) == 0;
}

bool ikev2_is_of(const struct ikev2 *ike, const uint8_t *data, size_t length) {
  struct ikev2_header header;
  struct ikev2_fault fault;
  return ikev2_header_parse(data, length, &header, &fault) && has_spis(ike, &header);
}

/* Which message is looked at */

struct ikev2_step {
  uint8_t exchange;
  bool response;
  bool by_initiator; /* of the IKE SA, is the sender */
  bool by_either;
  enum ikev2_state state;
  int (*take)(struct ikev2 *ike, const struct ikev2_arrival *arrival);
};

static const struct ikev2_step STEPS[] = {
    {IKEV2_IKE_SA_INIT, false, true, false, IKEV2_BEGINNING, ikev2_init_respond},
    {IKEV2_IKE_SA_INIT, true, false, false, IKEV2_NEGOTIATING, ikev2_init_consume},
    {IKEV2_IKE_AUTH, false, true, false, IKEV2_NEGOTIATING, ikev2_auth_respond},
    {IKEV2_IKE_AUTH, true, false, false, IKEV2_NEGOTIATING, ikev2_auth_consume},
    {IKEV2_CREATE_CHILD_SA, false, false, true, IKEV2_ESTABLISHED, ikev2_child_refuse},
    {IKEV2_INFORMATIONAL, false, false, true, IKEV2_ESTABLISHED, ikev2_informational_respond},
    {IKEV2_INFORMATIONAL, true, false, true, IKEV2_ESTABLISHED, ikev2_informational_consume},
};

static const struct ikev2_step *step_find(const struct ikev2 *ike,
                                          const struct ikev2_header *header) {
  const bool response = (header->flags & IKEV2_FLAG_RESPONSE) != 0;
  for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++)
    if (STEPS[i].exchange == header->exchange && STEPS[i].response == response &&
        (STEPS[i].by_either || STEPS[i].by_initiator != ike->initiator) &&
        STEPS[i].state == ike->state)
      return &STEPS[i];
  return NULL;
}

/* NULL, or why a message is none of this endpoint, whatever it says. */
static const char *header_refused(const struct ikev2 *ike, const struct ikev2_header *header) {
  const bool response = (header->flags & IKEV2_FLAG_RESPONSE) != 0;
  if (((header->flags & IKEV2_FLAG_INITIATOR) != 0) == ike->initiator)
    return "IKEv2 message of this end's own kind"; /* a reflection */
  if (!(ike->state == IKEV2_BEGINNING ? is_opening(header) : has_spis(ike, header)))
    return "IKEv2 message of another IKE SA";
  if (response && (!ikev2_is_asking(ike) || header->message_id != ike->next_request - 1 ||
                   header->exchange != ike->request.exchange))
    return "IKEv2 response that nothing waits for";
  if (!response && header->message_id != ike->next_expected)
    return "IKEv2 request out of order"; /* 2.3: a window of 1 */
  return NULL;
}

/* 2.1: the last request once more, bit for bit as far as it can be told. */
static bool is_repetition(const struct ikev2 *ike, const struct ikev2_header *header,
                          const uint8_t *data, size_t length) {
  if (ike->response.octets.length == 0 || (header->flags & IKEV2_FLAG_RESPONSE) != 0 ||
      ike->next_expected == 0 || header->message_id != ike->next_expected - 1 ||
      header->exchange != ike->response.exchange ||
      memcmp(header->spi_i, ike->spi[IKEV2_I], IKEV2_SPI_LENGTH) != 0)
    return false;
  if (header->exchange == IKEV2_IKE_SA_INIT) {
    const struct kept *first = &ike->setup->message[IKEV2_I]; /* half open */
    return first->length == length && memcmp(first->data, data, length) == 0;
  }
  return memcmp(header->spi_r, ike->spi[IKEV2_R], IKEV2_SPI_LENGTH) == 0 &&
         length >= IKEV2_SEALED_OVERHEAD &&
         memcmp(data + length - sizeof ike->answered, ike->answered, sizeof ike->answered) == 0;
}

/* 2.5: whoever asks to begin learns which payload is not known; everything else is not answered. */
static int receive_fault(struct ikev2 *ike, const struct ikev2_message *message,
                         const struct ikev2_fault *fault) {
  struct ikev2_draft draft;
  ikev2_discard(ike, fault->why);
  if (fault->notify != IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD || ike->state != IKEV2_BEGINNING)
    return 0;
  memcpy(ike->spi[IKEV2_I], message->header.spi_i, IKEV2_SPI_LENGTH);
  memset(ike->spi[IKEV2_R], 0, IKEV2_SPI_LENGTH);
  ikev2_draft_message(&draft, ike, IKEV2_IKE_SA_INIT, true);
  ikev2_put_notify(&draft.composer, IKEV2_PROTOCOL_NONE, IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD,
                   &fault->payload, sizeof fault->payload);
  return ikev2_response_clear(ike, &draft);
}

static int receive_message(struct ikev2 *ike, struct ikev2_arrival *arrival, const uint8_t *data,
                           size_t length) {
  struct ikev2_fault fault;
  struct ikev2_header header;
  if (!ikev2_header_parse(data, length, &header, &fault)) {
    ikev2_discard(ike, fault.why);
    return 0;
  }
  if (is_repetition(ike, &header, data, length)) {
    ike->response.waits = true;
    return 0;
  }
  const char *why = header_refused(ike, &header);
  const struct ikev2_step *step = why != NULL ? NULL : step_find(ike, &header);
  if (step == NULL) {
    ikev2_discard(ike, why != NULL ? why : "IKEv2 message that does not fit the state");
    return 0;
  }
  if (!ikev2_message_parse(data, length, &arrival->message, &fault))
    return receive_fault(ike, &arrival->message, &fault);
  return step->take(ike, arrival);
}

/* Behind the marker, where there is to be one (2.23). */
static bool receive_marker(const struct ikev2_arrival *arrival, const uint8_t **data,
                           size_t *length) {
  static const uint8_t marker[IKEV2_MARKER_LENGTH];
  if (!arrival->marker)
    return true;
  if (*length < sizeof marker || memcmp(*data, marker, sizeof marker) != 0)
    return false;
  *data += sizeof marker;
  *length -= sizeof marker;
  return true;
}

static void receive_bind(struct ikev2 *ike, const struct node_datagram *datagram) {
  if (ike->is_bound)
    return;
  ike->is_bound = true;
  memcpy(ike->local.ip, datagram->destination.ip, sizeof ike->local.ip);
  if (ike->local.port == 0)
    ike->local.port = datagram->destination.port;
}

int ikev2_receive(struct ikev2 *ike, const struct node_datagram *datagram, uint64_t now_ns) {
  struct ikev2_arrival arrival = {.source = datagram->source,
                                  .destination = datagram->destination,
                                  .marker = ike->marker ||
                                            (ike->nat != IKEV2_NAT_OFF &&
                                             datagram->destination.port == IKEV2_PORT_ENCAPSULATED),
                                  .now_ns = now_ns};
  const uint8_t *data = datagram->data;
  size_t length = datagram->length;
  receive_bind(ike, datagram);
  if (length > NODE_DATAGRAM_MAX || !receive_marker(&arrival, &data, &length)) {
    ikev2_discard(ike, "IKEv2 message without its marker, or too long");
    return 0;
  }
  const int error = receive_message(ike, &arrival, data, length);
  if (error != 0 && ike->state == IKEV2_NEGOTIATING)
    ikev2_fail(ike, "ikev2-rejected");
  ikev2_count_bytes(ike);
  return error;
}

/* What an IKE_AUTH request says before it is received */

static bool is_to_be_peeked(const struct ikev2 *ike, const struct ikev2_header *header) {
  return !ike->initiator && ike->state == IKEV2_NEGOTIATING &&
         header_refused(ike, header) == NULL && header->exchange == IKEV2_IKE_AUTH &&
         (header->flags & IKEV2_FLAG_RESPONSE) == 0;
}

static bool peek_open(struct ikev2 *ike, const struct ikev2_message *message) {
  struct ikev2_peeked *const peeked = calloc(1, sizeof *peeked + 2 * message->length);
  if (peeked == NULL)
    return false;
  peeked->length = message->length;
  memcpy(peeked->octets, message->data, message->length);
  if (!ikev2_inside_open(ike, message, peeked->octets + message->length, &peeked->inside)) {
    free(peeked);
    return false;
  }
  ikev2_peeked_end(ike->setup);
  ike->setup->peeked = peeked;
  ikev2_count_bytes(ike);
  return true;
}

bool ikev2_peek_id(struct ikev2 *ike, const uint8_t *data, size_t length, struct ikev2_id *id) {
  struct ikev2_message message;
  struct ikev2_fault fault;
  if (length > NODE_DATAGRAM_MAX || !ikev2_message_parse(data, length, &message, &fault) ||
      !is_to_be_peeked(ike, &message.header))
    return false;
  const struct ikev2_peeked *peeked = ike->setup->peeked;
  if ((peeked == NULL || peeked->length != length || memcmp(peeked->octets, data, length) != 0) &&
      !peek_open(ike, &message))
    return false;
  const struct ikev2_inside *inside = &ike->setup->peeked->inside;
  const struct ikev2_payload *payload =
      inside->result == 0 ? ikev2_find(&inside->chain, IKEV2_PAYLOAD_IDI) : NULL;
  if (payload == NULL)
    return false;
  ikev2_id_read(payload, id);
  return id->length <= IKEV2_ID_MAX;
}

/* Departure */

static const char *write_label(const struct ikev2_sent *sent, bool response) {
  static const char *const labels[][2] = {
      [IKEV2_IKE_SA_INIT - IKEV2_IKE_SA_INIT] = {"IKE_SA_INIT request", "IKE_SA_INIT response"},
      [IKEV2_IKE_AUTH - IKEV2_IKE_SA_INIT] = {"IKE_AUTH request", "IKE_AUTH response"},
      [IKEV2_CREATE_CHILD_SA -
          IKEV2_IKE_SA_INIT] = {"CREATE_CHILD_SA request", "CREATE_CHILD_SA response"},
      [IKEV2_INFORMATIONAL -
          IKEV2_IKE_SA_INIT] = {"INFORMATIONAL request", "INFORMATIONAL response"},
  };
  return labels[sent->exchange - IKEV2_IKE_SA_INIT][response];
}

/* The marker, if it is needed, and the octets that are kept. */
static int write_octets(const struct ikev2 *ike, const struct kept *octets,
                        struct node_datagram *datagram) {
  const size_t skipped = ike->marker ? IKEV2_MARKER_LENGTH : 0;
  struct node_datagram behind = {.data = datagram->data + skipped};
  if (datagram->capacity < skipped)
    return NODE_ERR_TOO_LONG;
  behind.capacity = datagram->capacity - skipped;
  const int error = kept_write(octets, &behind);
  if (error != 0)
    return error;
  memset(datagram->data, 0, skipped);
  datagram->length = skipped + behind.length;
  datagram->spans.count = 0;
  return span_list_add(&datagram->spans, ROW_IKEV2_MARKER, skipped) &&
                 span_list_append(&datagram->spans, &behind.spans)
             ? 0
             : NODE_ERR_TOO_LONG;
}

/* A request waits for its response from now on; a last one, for nothing. */
static void write_depart_request(struct ikev2 *ike, uint64_t now_ns) {
  if (ike->state == IKEV2_FAILED) {
    ikev2_request_end(ike);
    return;
  }
  ike->due_ns = now_ns + ike->interval_ns;
  ike->interval_ns *= 2;
}

/* A responder that has not begun keeps nothing of what it has said. */
static void write_depart_response(struct ikev2 *ike) {
  if (ike->state == IKEV2_BEGINNING)
    kept_wipe(&ike->response.octets);
}

int ikev2_write(struct ikev2 *ike, struct node_datagram *datagram, uint64_t now_ns) {
  const bool response = ike->response.waits;
  struct ikev2_sent *const sent = response ? &ike->response : &ike->request;
  if (!sent->waits)
    return 0;
  const int error = write_octets(ike, &sent->octets, datagram);
  if (error != 0)
    return error;
  datagram->source = ike->local;
  datagram->destination = ike->remote;
  datagram->protocol = NODE_UDP;
  datagram->label = write_label(sent, response);
  datagram->copy = sent->copies++;
  datagram->phase = ike->phase;
  datagram->part = NODE_PART_OTHER;
  datagram->is_protected = true;
  sent->waits = false;
  if (response)
    write_depart_response(ike);
  else
    write_depart_request(ike, now_ns);
  return 1;
}

/* Timers */

uint64_t ikev2_expiry(const struct ikev2 *ike) {
  return ike->due_ns;
}

int ikev2_handle_expiry(struct ikev2 *ike, uint64_t now_ns) {
  if (ike->due_ns == NODE_NEVER || now_ns < ike->due_ns)
    return 0;
  ike->due_ns = NODE_NEVER;
  const char *hint = ike->setup == NULL ? NULL : ike->setup->hint;
  if (hint != NULL)
    ikev2_fail(ike, hint);
  else if (!ikev2_is_asking(ike) || ike->request.copies >= ike->tries)
    ikev2_fail(ike, "ikev2-timeout");
  else
    ike->request.waits = true; /* 2.1: the same octets */
  return 0;
}
