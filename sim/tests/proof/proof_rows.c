/* Rows of CoAP messages, in clear, under OSCORE, DTLS and ESP, of the handshakes of DTLS and IKEv2,
 * and of PANA. */
#include "proof_rows.h"

#include "proof_oscore.h"
#include "proof_pana.h"
#include "proof_radius.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

enum { PLAINTEXT_MAX = 2048, URI_PATH = 11, PEERS_MAX = 512 };

/* What was said over DTLS between a peer and another. */
struct session {
  unsigned ends[2];              /* the peer, and the other end */
  const struct proof_sent *sent; /* any of it */
  struct proof_dtls *dtls;
};

struct row_finder {
  struct proof_datagrams *datagrams;
  const struct proof_log *log;
  long long seqnum; /* -1: there is none */
  struct proof_oscore oscore;
  struct proof_ikev2 *ikev2;
  struct session sessions[PEERS_MAX];
  size_t session_count;
};

/* CoAP */

/* The application has one resource: /a, or of resource servers /light. */
static bool is_application_datagram(const struct proof_sent *sent,
                                    const struct proof_message *message, const uint8_t *data) {
  const char *resource = proof_sent_has_token(sent) ? "light" : "a";
  const struct proof_option *path = proof_coap_find(message, URI_PATH);
  return message->code >> 5 != 0 || message->code == 0 ||
         (path != NULL && path->position + path->size - path->value == strlen(resource) &&
          memcmp(data + path->value, resource, strlen(resource)) == 0);
}

/* Options, marker and payload. */
static bool add_body(const struct row_finder *finder, struct proof_datagram *datagram,
                     const struct proof_message *message, const uint8_t *data) {
  const bool application = datagram->sent->phase == PROOF_APPLICATION;
  proof_coap_options(message, finder->seqnum, &datagram->spans);
  return (!application || is_application_datagram(datagram->sent, message, data)) &&
         proof_coap_payload(message, data, application, &datagram->spans);
}

/* OSCORE */

/* RFC 8613 section 5.3: the code, then options, marker and payload; the tag is outside. */
static bool add_protected_rows(const struct row_finder *finder, struct proof_datagram *datagram,
                               const struct proof_message *message) {
  uint8_t plaintext[PLAINTEXT_MAX];
  struct proof_message inner = {.token = 0};
  const size_t length = datagram->length - message->payload;
  size_t tag;
  if (length > sizeof plaintext ||
      !proof_oscore_open(&finder->oscore, datagram, message, plaintext, &tag))
    return false;
  inner.code = plaintext[0];
  proof_spans_add(&datagram->spans, "oscore_code", 1);
  if (!proof_coap_parse_body(plaintext, length - tag, 1, &inner) ||
      !add_body(finder, datagram, &inner, plaintext))
    return false;
  proof_spans_add(&datagram->spans, "oscore_tag", tag);
  return true;
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

/* `data` is the datagram's payload, or what DTLS or ESP has encrypted of it. */
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

/* What was said between the ends of a datagram, begun if there is nothing yet. */
static struct proof_dtls *session_of(struct row_finder *finder,
                                     const struct proof_datagram *datagram) {
  const unsigned peer = proof_peer_of(datagram);
  const unsigned other = peer == datagram->from ? datagram->to : datagram->from;
  for (size_t i = 0; i < finder->session_count; i++)
    if (finder->sessions[i].ends[0] == peer && finder->sessions[i].ends[1] == other)
      return finder->sessions[i].dtls;
  assert(finder->session_count < PEERS_MAX);
  struct session *session = &finder->sessions[finder->session_count++];
  *session =
      (struct session){.ends = {peer, other}, .sent = datagram->sent, .dtls = proof_dtls_begin()};
  return session->dtls;
}

/* By the first octet, unless it is of what has random numbers there. */
static bool is_dtls(const struct row_finder *finder, const struct proof_datagram *datagram) {
  return !proof_ikev2_is(datagram->payload, datagram->length) &&
         !proof_esp_is(finder->ikev2, datagram->payload, datagram->length) &&
         proof_dtls_is(datagram->payload, datagram->length);
}

/* All that was said in clear first, then the keys that make secrets of it. */
static void learn_sessions(struct row_finder *finder) {
  struct proof_secret secret;
  for (size_t i = 0; i < finder->datagrams->count; i++) {
    const struct proof_datagram *item = &finder->datagrams->items[i];
    if (item->sent != NULL && is_dtls(finder, item))
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

/* A UE opens the channel to an application server, and a client that to a resource server. */
static bool is_from_client(const struct row_finder *finder, const struct proof_sent *sent) {
  const bool from_peer = proof_sent_peer(sent) == sent->from;
  return from_peer == (finder->oscore.peer_client || proof_sent_is_apart(sent));
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
                                      is_from_client(finder, datagram->sent), plain);
  if (keys == 0)
    return false;
  const size_t tag = proof_dtls_tag(session_of(finder, datagram), keys);
  const size_t length = record->length - PROOF_RECORD_NONCE - tag;
  EVP_DigestUpdate(content, &keys, sizeof keys);
  EVP_DigestUpdate(content, plain, length);
  proof_spans_add(&datagram->spans, "dtls_nonce", PROOF_RECORD_NONCE);
  if (!add_content_rows(finder, datagram, record->type, plain, length))
    return false;
  proof_spans_add(&datagram->spans, "dtls_tag", tag);
  return true;
}

static bool add_pana_rows(struct proof_datagram *datagram) {
  datagram->coap = true; /* of the messages that are counted */
  return proof_pana_rows(datagram->payload, datagram->length, &datagram->spans);
}

/* IKEv2 and ESP */

/* What tshark has decrypted, too; it decrypts nothing of what was not on the air. */
static bool add_ikev2_rows(const struct row_finder *finder, struct proof_datagram *datagram) {
  struct proof_payloads own;
  const struct proof_payloads *theirs = datagram->ikev2;
  bool ok =
      proof_ikev2_rows(finder->ikev2, datagram->payload, datagram->length, &own, &datagram->spans);
  if (theirs == NULL)
    return ok;
  ok = ok && own.count == theirs->count;
  for (size_t i = 0; ok && i < own.count; i++)
    ok = own.item[i].type == theirs->item[i].type && own.item[i].length == theirs->item[i].length &&
         own.item[i].inside == theirs->item[i].inside;
  return ok;
}

static bool add_esp_rows(const struct row_finder *finder, struct proof_datagram *datagram,
                         EVP_MD_CTX *content) {
  enum { UDP_HEADER = 8, SPI = 4 };
  uint8_t plain[PLAINTEXT_MAX];
  size_t inside, iv;
  if (datagram->length > sizeof plain ||
      !proof_esp_open(finder->ikev2, datagram->payload, datagram->length, plain, &inside, &iv) ||
      inside < UDP_HEADER)
    return false;
  EVP_DigestUpdate(content, datagram->payload, SPI);
  EVP_DigestUpdate(content, plain, inside);
  proof_spans_add(&datagram->spans, "esp_header", PROOF_ESP_CLEAR);
  proof_spans_add(&datagram->spans, "esp_iv", iv);
  proof_spans_add(&datagram->spans, "esp_udp", UDP_HEADER);
  if (!add_coap_rows(finder, datagram, plain + UDP_HEADER, inside - UDP_HEADER))
    return false;
  proof_spans_add(&datagram->spans, "esp_trailer",
                  datagram->length - PROOF_ESP_CLEAR - iv - inside - PROOF_ESP_ICV);
  proof_spans_add(&datagram->spans, "esp_icv", PROOF_ESP_ICV);
  return true;
}

/* One of these, or neither. */
static bool add_ipsec_rows(const struct row_finder *finder, struct proof_datagram *datagram) {
  EVP_MD_CTX *content = EVP_MD_CTX_new();
  EVP_DigestInit_ex(content, EVP_sha256(), NULL);
  const bool ike = proof_ikev2_is(datagram->payload, datagram->length);
  if (ike)
    EVP_DigestUpdate(content, datagram->payload, datagram->length);
  const bool ok = ike ? add_ikev2_rows(finder, datagram) : add_esp_rows(finder, datagram, content);
  EVP_DigestFinal_ex(content, datagram->content, NULL);
  EVP_MD_CTX_free(content);
  return ok;
}

static bool is_ipsec(const struct row_finder *finder, const struct proof_datagram *datagram) {
  return proof_ikev2_is(datagram->payload, datagram->length) ||
         proof_esp_is(finder->ikev2, datagram->payload, datagram->length);
}

static bool add_rows(struct row_finder *finder, struct proof_datagram *datagram) {
  if (is_ipsec(finder, datagram))
    return add_ipsec_rows(finder, datagram);
  struct proof_records records = {.count = 0};
  const bool radius = proof_radius_is(datagram->payload, datagram->length);
  const bool dtls = proof_dtls_is(datagram->payload, datagram->length);
  const bool pana = proof_pana_is(datagram->payload, datagram->length);
  bool ok = radius ? proof_radius_rows(datagram->payload, datagram->length, &datagram->spans)
            : dtls ? proof_dtls_parse(datagram->payload, datagram->length, &records)
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
  struct row_finder finder = {.datagrams = datagrams,
                              .log = log,
                              .ikev2 = proof_ikev2_begin(log->lines),
                              .seqnum = seqnum == NULL ? -1 : json_integer_value(seqnum),
                              .oscore = proof_oscore_of(datagrams, log, spec)};
  learn_sessions(&finder);
  const bool ok = find_rows(&finder, report);
  for (size_t i = 0; i < finder.session_count; i++)
    proof_dtls_end(finder.sessions[i].dtls);
  proof_ikev2_end(finder.ikev2);
  return ok;
}
