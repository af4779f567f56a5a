/* Rows of CoAP messages, in clear, under OSCORE and under DTLS, of DTLS's handshake, and of PANA.
 */
#include "proof_rows.h"

#include "proof_pana.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

enum { PLAINTEXT_MAX = 2048, URI_PATH = 11, PEERS_MAX = 512 };

/* What was said over DTLS with a peer. */
struct session {
  unsigned peer;
  const struct proof_sent *sent; /* any of it */
  struct proof_dtls *dtls;
};

struct row_finder {
  struct proof_datagrams *datagrams;
  const struct proof_log *log;
  long long seqnum; /* -1: there is none */
  bool id_context;
  struct session sessions[PEERS_MAX];
  size_t session_count;
};

static unsigned peer_of(const struct proof_datagram *datagram) {
  return proof_sent_up(datagram->sent) ? datagram->from : datagram->to;
}

/* CoAP */

/* The application has one resource, /a. */
static bool is_application_datagram(const struct proof_message *message, const uint8_t *data) {
  const struct proof_option *path = proof_coap_find(message, URI_PATH);
  return message->code >> 5 != 0 || message->code == 0 ||
         (path != NULL && path->position + path->size - path->value == 1 &&
          data[path->value] == 'a');
}

/* Options, marker and payload. */
static bool add_body(const struct row_finder *finder, struct proof_datagram *datagram,
                     const struct proof_message *message, const uint8_t *data) {
  const bool application = datagram->sent->application;
  proof_coap_options(message, finder->seqnum, &datagram->spans);
  return (!application || is_application_datagram(message, data)) &&
         proof_coap_payload(message, data, application, &datagram->spans);
}

/* OSCORE */

/* Where EAP begins in a datagram; NULL: nowhere. */
static const uint8_t *find_eap(const struct proof_datagram *item, size_t *length) {
  struct proof_message message;
  struct proof_avps avps;
  if (proof_pana_parse(item->payload, item->length, &avps)) {
    for (size_t i = 0; i < avps.count; i++)
      if (avps.item[i].code == PROOF_AVP_EAP) {
        *length = avps.item[i].length;
        return item->payload + avps.item[i].position + PROOF_AVP_HEADER;
      }
    return NULL;
  }
  if (!proof_coap_parse(item->payload, item->length, &message))
    return NULL;
  *length = item->length - message.payload;
  return item->payload + message.payload;
}

/* The peer's EAP-Response/Identity without its header, which is OSCORE's ID Context. */
static const uint8_t *find_identity(const struct row_finder *finder,
                                    const struct proof_datagram *of, size_t *length) {
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    const struct proof_datagram *item = &finder->datagrams->items[i];
    const uint8_t *eap = item->from == peer_of(of) ? find_eap(item, length) : NULL;
    if (eap != NULL && *length > 5 && eap[0] == 2 && eap[4] == 1) {
      *length -= 5;
      return eap + 5;
    }
  }
  return NULL;
}

static bool rows_open_with(const struct proof_context *context, const struct row_finder *finder,
                           const struct proof_datagram *datagram,
                           const struct proof_message *message, uint8_t *plaintext) {
  const bool up = proof_sent_up(datagram->sent);
  const struct proof_option *option = proof_coap_find(message, PROOF_OSCORE);
  const uint8_t *ciphertext = datagram->payload + message->payload;
  const size_t length = datagram->length - message->payload;
  struct proof_nonce own = {.from_peer = up};
  proof_oscore_piv(datagram->payload + option->value,
                   option->position + option->size - option->value, &own);
  if (message->code >> 5 == 0)
    return proof_oscore_open(context, up, &own, &own, ciphertext, length, plaintext);
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    const struct proof_datagram *other = &finder->datagrams->items[i];
    struct proof_message request;
    struct proof_nonce nonce = {.from_peer = !up};
    if (other->from != datagram->to || other->to != datagram->from ||
        !proof_coap_parse(other->payload, other->length, &request) || request.code >> 5 != 0 ||
        (option = proof_coap_find(&request, PROOF_OSCORE)) == NULL)
      continue;
    proof_oscore_piv(other->payload + option->value,
                     option->position + option->size - option->value, &nonce);
    if (proof_oscore_open(context, up, own.piv_length > 0 ? &own : &nonce, &nonce, ciphertext,
                          length, plaintext))
      return true;
  }
  return false;
}

/* The IDs of CoAP-EAP are those that the authenticator's side gives: the peer's is 01, its own is
 * empty. */
static bool open_of_msk(struct proof_context *context, const struct row_finder *finder,
                        const struct proof_datagram *datagram, const struct proof_message *message,
                        uint8_t *plaintext) {
  context->secret_length = PROOF_SECRET_MSK;
  context->peer = (struct proof_id){.octets = {1}, .length = 1};
  if (finder->id_context)
    context->id_context = find_identity(finder, datagram, &context->id_context_length);
  return rows_open_with(context, finder, datagram, message, plaintext);
}

/* C_R is the peer's Sender ID, C_I the authenticator's (RFC 9528 appendix A.1). Messages that were
 * encrypted have told them: the first of all that open this one are theirs. */
static bool open_of_edhoc(struct proof_context *context, const struct row_finder *finder,
                          const struct proof_datagram *datagram,
                          const struct proof_message *message, uint8_t *plaintext) {
  enum { C_I_COUNT = 2, C_R_COUNT = 0x38, NO_INTEGER = 0x18, NEGATIVE = 0x20 };
  context->secret_length = PROOF_SECRET_EDHOC;
  for (uint8_t c_i = 0; c_i < C_I_COUNT; c_i++)
    for (uint8_t c_r = 0; c_r < C_R_COUNT; c_r = c_r + 1 == NO_INTEGER ? NEGATIVE : c_r + 1) {
      context->authenticator = (struct proof_id){.octets = {c_i}, .length = 1};
      context->peer = (struct proof_id){.octets = {c_r}, .length = 1};
      if (c_i != c_r && rows_open_with(context, finder, datagram, message, plaintext))
        return true;
    }
  return false;
}

/* RFC 8613 section 5.3: the code, then options, marker and payload; the tag is outside. */
static bool add_protected_rows(const struct row_finder *finder, struct proof_datagram *datagram,
                               const struct proof_message *message) {
  uint8_t plaintext[PLAINTEXT_MAX];
  const size_t length = datagram->length - message->payload;
  struct proof_secret secret;
  if (length <= PROOF_TAG || length > sizeof plaintext)
    return false;
  for (size_t i = 0; proof_log_secret(finder->log, datagram->sent, i, &secret); i++) {
    struct proof_context context = {.id_context = NULL};
    struct proof_message inner = {.token = 0};
    const bool of_edhoc = secret.length == PROOF_SECRET_EDHOC + PROOF_SALT;
    if (secret.length > sizeof context.secret)
      return false;
    memcpy(context.secret, secret.octets, secret.length);
    if (!(of_edhoc ? open_of_edhoc : open_of_msk)(&context, finder, datagram, message, plaintext))
      continue;
    inner.code = plaintext[0];
    proof_spans_add(&datagram->spans, "oscore_code", 1);
    if (!proof_coap_parse_body(plaintext, length - PROOF_TAG, 1, &inner) ||
        !add_body(finder, datagram, &inner, plaintext))
      return false;
    proof_spans_add(&datagram->spans, "oscore_tag", PROOF_TAG);
    return true;
  }
  return false;
}

/* RFC 9668 section 3.2: message_3 in front of the ciphertext, which begins behind it. */
static bool add_message_3(struct proof_datagram *datagram, struct proof_message *message) {
  if (proof_coap_find(message, PROOF_EDHOC) == NULL)
    return true;
  const size_t length =
      proof_coap_string(datagram->payload + message->payload, datagram->length - message->payload);
  proof_spans_add(&datagram->spans, "edhoc_message", length);
  message->payload += length;
  return length > 0;
}

/* `data` is the datagram's payload, or what DTLS has encrypted of it. */
static bool add_coap_rows(const struct row_finder *finder, struct proof_datagram *datagram,
                          const uint8_t *data, size_t length) {
  struct proof_message message;
  if (!proof_coap_parse(data, length, &message))
    return false;
  datagram->coap = true;
  datagram->code = message.code;
  datagram->id_length = 2 + message.token;
  memcpy(datagram->id, data + 2, datagram->id_length);
  proof_spans_add(&datagram->spans, "coap_header", 4);
  proof_spans_add(&datagram->spans, "coap_token", message.token);
  if (proof_coap_find(&message, PROOF_OSCORE) == NULL || length == message.payload)
    return add_body(finder, datagram, &message, data);
  proof_coap_options(&message, finder->seqnum, &datagram->spans);
  return data == datagram->payload && add_message_3(datagram, &message) &&
         add_protected_rows(finder, datagram, &message);
}

/* DTLS */

/* What was said with the peer of a datagram, begun if there is nothing yet. */
static struct proof_dtls *session_of(struct row_finder *finder,
                                     const struct proof_datagram *datagram) {
  for (size_t i = 0; i < finder->session_count; i++)
    if (finder->sessions[i].peer == peer_of(datagram))
      return finder->sessions[i].dtls;
  assert(finder->session_count < PEERS_MAX);
  struct session *session = &finder->sessions[finder->session_count++];
  *session = (struct session){
      .peer = peer_of(datagram), .sent = datagram->sent, .dtls = proof_dtls_begin()};
  return session->dtls;
}

/* All that was said in clear first, then the keys that make secrets of it. */
static void learn_sessions(struct row_finder *finder) {
  struct proof_secret secret;
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    const struct proof_datagram *item = &finder->datagrams->items[i];
    if (item->sent != NULL && proof_dtls_is(item->payload, item->length))
      proof_dtls_learn(session_of(finder, item), item->payload, item->length);
  }
  for (size_t i = 0; i < finder->session_count; i++)
    for (size_t j = 0; proof_log_secret(finder->log, finder->sessions[i].sent, j, &secret); j++)
      proof_dtls_add_key(finder->sessions[i].dtls, secret.octets, secret.length);
}

static void add_handshake_rows(const struct proof_records *records, size_t *next, size_t length,
                               struct proof_spans *spans) {
  for (const size_t end = proof_spans_length(spans) + length; proof_spans_length(spans) < end;) {
    const struct proof_handshake *handshake = &records->handshake[(*next)++];
    proof_spans_add(spans, proof_dtls_row(handshake->type), handshake->length);
  }
}

/* What a record carries, in clear or decrypted. */
static bool add_content_rows(const struct row_finder *finder, struct proof_datagram *datagram,
                             unsigned type, const uint8_t *data, size_t length) {
  struct proof_records inner = {.count = 0};
  size_t next = 0;
  switch (type) {
  case PROOF_CHANGE_CIPHER_SPEC:
    proof_spans_add(&datagram->spans, "dtls_change_cipher_spec", length);
    return length == 1;
  case PROOF_ALERT:
    proof_spans_add(&datagram->spans, "dtls_alert", length);
    return length == 2;
  case PROOF_HANDSHAKE:
    if (!proof_dtls_handshakes(data, length, &inner))
      return false;
    add_handshake_rows(&inner, &next, length, &datagram->spans);
    return true;
  case PROOF_APPLICATION_DATA:
    return add_coap_rows(finder, datagram, data, length);
  default:
    return false;
  }
}

static bool add_record_rows(struct row_finder *finder, struct proof_datagram *datagram,
                            const struct proof_record *record, EVP_MD_CTX *content) {
  const uint8_t *body = datagram->payload + record->position + PROOF_RECORD_HEADER;
  uint8_t plain[PLAINTEXT_MAX];
  proof_spans_add(&datagram->spans, "dtls_record", PROOF_RECORD_HEADER);
  if (record->epoch == 0)
    EVP_DigestUpdate(content, body, record->length);
  if (record->epoch == 0)
    return record->type != PROOF_APPLICATION_DATA &&
           add_content_rows(finder, datagram, record->type, body, record->length);
  const size_t keys = proof_dtls_open(session_of(finder, datagram), datagram->payload, record,
                                      !proof_sent_up(datagram->sent), plain);
  if (keys == 0)
    return false;
  const size_t length = record->length - PROOF_RECORD_NONCE - PROOF_RECORD_TAG;
  EVP_DigestUpdate(content, &keys, sizeof keys);
  EVP_DigestUpdate(content, plain, length);
  proof_spans_add(&datagram->spans, "dtls_nonce", PROOF_RECORD_NONCE);
  if (!add_content_rows(finder, datagram, record->type, plain, length))
    return false;
  proof_spans_add(&datagram->spans, "dtls_tag", PROOF_RECORD_TAG);
  return true;
}

static bool add_pana_rows(struct proof_datagram *datagram) {
  datagram->coap = true; /* of the messages that are counted */
  return proof_pana_rows(datagram->payload, datagram->length, &datagram->spans);
}

static bool add_rows(struct row_finder *finder, struct proof_datagram *datagram) {
  struct proof_records records = {.count = 0};
  const bool dtls = proof_dtls_is(datagram->payload, datagram->length);
  const bool pana = proof_pana_is(datagram->payload, datagram->length);
  bool ok = dtls   ? proof_dtls_parse(datagram->payload, datagram->length, &records)
            : pana ? add_pana_rows(datagram)
                   : add_coap_rows(finder, datagram, datagram->payload, datagram->length);
  EVP_MD_CTX *content = EVP_MD_CTX_new();
  EVP_DigestInit_ex(content, EVP_sha256(), NULL);
  if (!dtls)
    EVP_DigestUpdate(content, datagram->payload, datagram->length);
  for (size_t i = 0; ok && i < records.count; i++)
    ok = add_record_rows(finder, datagram, &records.item[i], content);
  EVP_DigestFinal_ex(content, datagram->content, NULL);
  EVP_MD_CTX_free(content);
  return ok;
}

static bool find_rows(struct row_finder *finder, struct proof_report *report) {
  bool ok = true;
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    struct proof_datagram *item = &finder->datagrams->items[i];
    if (item->sent == NULL) {
      proof_differ(report, "%u to %u: %zu octets on the air that no node sent", item->from,
                   item->to, item->length);
      ok = false;
    } else if (!add_rows(finder, item) || proof_spans_length(&item->spans) != item->length) {
      proof_differ(report, "%s (%s to %s): octets whose purpose cannot be told", item->sent->label,
                   item->sent->from, item->sent->to);
      ok = false;
    }
  }
  return ok;
}

bool proof_rows_find(struct proof_datagrams *datagrams, const struct proof_log *log,
                     const json_t *spec, struct proof_report *report) {
  const json_t *seqnum = json_object_get(spec, "seqnum_number");
  const char *id_context = json_string_value(json_object_get(spec, "oscore_id_context"));
  struct row_finder finder = {.datagrams = datagrams,
                              .log = log,
                              .seqnum = seqnum == NULL ? -1 : json_integer_value(seqnum),
                              .id_context = id_context == NULL || strcmp(id_context, "none") != 0};
  learn_sessions(&finder);
  const bool ok = find_rows(&finder, report);
  for (size_t i = 0; i < finder.session_count; i++)
    proof_dtls_end(finder.sessions[i].dtls);
  return ok;
}
