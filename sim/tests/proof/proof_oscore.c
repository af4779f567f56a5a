/* Finds the security context under which a message was sent. */
#include "proof_oscore.h"

#include "proof_ace.h"
#include "proof_info.h"
#include "proof_pana.h"

#include "second_ace.h"

#include <string.h>

enum { SALT = 8, SECRET_EDHOC = 16, SECRET_ACE = 16, EAP_HEADER = 4 };

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

/* The next of the peer's EAP-Responses/Identity from place `*at` on, which is moved behind it,
 * without its header: OSCORE's ID Context. */
static const uint8_t *find_identity(const struct proof_oscore *oscore,
                                    const struct proof_datagram *of, size_t *at, size_t *length) {
  while (*at < oscore->datagrams->count) {
    const struct proof_datagram *item = &oscore->datagrams->items[(*at)++];
    const uint8_t *eap = item->from == proof_peer_of(of) ? find_eap(item, length) : NULL;
    if (eap != NULL && *length > 5 && eap[0] == 2 && eap[4] == 1) {
      *length -= 5;
      return eap + 5;
    }
  }
  return NULL;
}

/* The keyName-NAI of the next EAP-Initiate of the peer from place `*at` on, which is moved behind
 * it. */
static const uint8_t *find_key_name(const struct proof_oscore *oscore,
                                    const struct proof_datagram *of, size_t *at, size_t *length) {
  enum { NAI_AT = 10 };
  while (*at < oscore->datagrams->count) {
    const struct proof_datagram *item = &oscore->datagrams->items[(*at)++];
    const uint8_t *eap = item->from == proof_peer_of(of) ? find_eap(item, length) : NULL;
    if (eap == NULL || *length <= NAI_AT || eap[0] != 5 || eap[4] != 2 || eap[8] != 1 ||
        (size_t)NAI_AT + eap[9] > *length)
      continue;
    *length = eap[9];
    return eap + NAI_AT;
  }
  return NULL;
}

/* A protected message: what it is in, and where in that. */
struct sealed {
  const struct proof_datagram *datagram;
  const struct proof_message *message;
};

/* A request has its own nonce; a response that of a request, of which each is tried. */
static bool open_with(const struct second_context *context, const struct proof_oscore *oscore,
                      const struct sealed *sealed, uint8_t *plaintext) {
  const struct proof_datagram *datagram = sealed->datagram;
  const struct proof_message *message = sealed->message;
  const bool up = proof_sent_up(datagram->sent);
  const struct proof_option *option = proof_coap_find(message, PROOF_OSCORE);
  const uint8_t *ciphertext = datagram->payload + message->payload;
  const size_t length = datagram->length - message->payload;
  struct second_nonce own = {.from_peer = up};
  second_piv(datagram->payload + option->value, option->position + option->size - option->value,
             &own);
  if (message->code >> 5 == 0)
    return second_open(context, up, &own, &own, ciphertext, length, plaintext);
  for (size_t i = 0; i < oscore->datagrams->count; i++) {
    const struct proof_datagram *other = &oscore->datagrams->items[i];
    struct proof_message request;
    struct second_nonce nonce = {.from_peer = !up};
    if (other->from != datagram->to || other->to != datagram->from ||
        !proof_coap_parse(other->payload, other->length, &request) || request.code >> 5 != 0 ||
        (option = proof_coap_find(&request, PROOF_OSCORE)) == NULL)
      continue;
    second_piv(other->payload + option->value, option->position + option->size - option->value,
               &nonce);
    if (second_open(context, up, own.piv_length > 0 ? &own : &nonce, &nonce, ciphertext, length,
                    plaintext))
      return true;
  }
  return false;
}

/* The IDs of CoAP-EAP of the draft are those that the client's side gives: the server's is 01, its
 * own is empty. */
static bool open_of_suite(struct second_context *context, const struct proof_oscore *oscore,
                          const struct sealed *sealed, uint8_t *plaintext) {
  *(oscore->peer_client ? &context->authenticator : &context->peer) =
      (struct second_id){.octets = {1}, .length = 1};
  size_t next = 0;
  do {
    if (oscore->id_context)
      context->id_context =
          find_identity(oscore, sealed->datagram, &next, &context->id_context_length);
    if (open_with(context, oscore, sealed, plaintext))
      return true;
  } while (context->id_context != NULL);
  for (size_t at = 0; oscore->id_context;) {
    context->id_context = find_key_name(oscore, sealed->datagram, &at, &context->id_context_length);
    if (context->id_context == NULL)
      return false;
    if (open_with(context, oscore, sealed, plaintext))
      return true;
  }
  return false;
}

/* Where the AAA server names a suite that the peer does not expect, each end has its own. */
static bool open_of_msk(struct second_context *context, const struct proof_oscore *oscore,
                        const struct sealed *sealed, uint8_t *plaintext) {
  for (size_t i = 0; i < 2; i++) {
    context->suite = oscore->suites[i];
    if (open_of_suite(context, oscore, sealed, plaintext))
      return true;
  }
  return false;
}

/* C_R is the peer's Sender ID, C_I the authenticator's (RFC 9528 appendix A.1). Messages that were
 * encrypted have told them: the first of all that open this one are theirs. */
static bool open_of_edhoc(struct second_context *context, const struct proof_oscore *oscore,
                          const struct sealed *sealed, uint8_t *plaintext) {
  enum { C_I_COUNT = 2, C_R_COUNT = 0x38, NO_INTEGER = 0x18, NEGATIVE = 0x20 };
  for (uint8_t c_i = 0; c_i < C_I_COUNT; c_i++)
    for (uint8_t c_r = 0; c_r < C_R_COUNT; c_r = c_r + 1 == NO_INTEGER ? NEGATIVE : c_r + 1) {
      context->authenticator = (struct second_id){.octets = {c_i}, .length = 1};
      context->peer = (struct second_id){.octets = {c_r}, .length = 1};
      if (c_i != c_r && open_with(context, oscore, sealed, plaintext))
        return true;
    }
  return false;
}

/* RFC 9820 */

/* The map in what was said in clear with the peer of a datagram. */
static bool find_map(const struct proof_datagram *item, unsigned peer, struct proof_info *info) {
  struct proof_message message;
  if ((item->from != peer && item->to != peer) ||
      !proof_coap_parse(item->payload, item->length, &message) ||
      proof_coap_find(&message, PROOF_OSCORE) != NULL)
    return false;
  const uint8_t *eap = item->payload + message.payload;
  const size_t length = item->length - message.payload;
  const size_t packet = length < EAP_HEADER ? length : (size_t)(eap[2] << 8 | eap[3]);
  return packet < length && proof_info_parse(eap + packet, length - packet, info);
}

/* Under what an offer and an answer agree on: the suite chosen is the only one, or number 0 where
 * nothing was offered. RID-C is the Sender ID of the peer, RID-I that of the authenticator. */
static bool open_agreed(struct second_context *context, const struct proof_oscore *oscore,
                        const struct proof_info *offer, const struct proof_info *answer,
                        const struct sealed *sealed, uint8_t *plaintext) {
  const unsigned suite = answer->suite_count == 1 ? answer->suites[0] : 0;
  if (answer->suite_count != (offer->suite_count > 0) || suite >= SECOND_SUITES ||
      second_key_length(suite) != context->secret_length)
    return false;
  context->suite = suite;
  context->peer = offer->rid_c;
  context->authenticator = answer->rid_i;
  return open_with(context, oscore, sealed, plaintext);
}

/* Of each offer and each answer to this peer: it may have begun more than once. */
static bool open_of_info(struct second_context *context, const struct proof_oscore *oscore,
                         const struct sealed *sealed, uint8_t *plaintext) {
  const unsigned peer = proof_peer_of(sealed->datagram);
  const struct proof_datagram *items = oscore->datagrams->items;
  struct proof_info offer, answer;
  for (size_t i = 0; i < oscore->datagrams->count; i++) {
    if (!find_map(&items[i], peer, &offer) || !offer.has_rid_c)
      continue;
    for (size_t j = 0; j < oscore->datagrams->count; j++)
      if (find_map(&items[j], peer, &answer) && answer.has_rid_i &&
          open_agreed(context, oscore, &offer, &answer, sealed, plaintext))
        return true;
  }
  return false;
}

/* RFC 9203 */

/* What a client, or its resource server, has said in clear of the context of a token. */
static bool find_half(const struct proof_datagram *item, unsigned from, unsigned to, bool client,
                      struct proof_ace_half *half) {
  struct proof_message message;
  return item->from == from && item->to == to &&
         proof_coap_parse(item->payload, item->length, &message) &&
         proof_coap_format(&message, item->payload) == PROOF_FORMAT_ACE &&
         proof_ace_half_of(item->payload + message.payload, item->length - message.payload, client,
                           half);
}

/* Section 4.3: no salt is in the tokens. */
static bool is_salt(const struct second_context *context, const struct proof_ace_half *client,
                    const struct proof_ace_half *server) {
  const uint8_t *const strings[] = {NULL, client->nonce, server->nonce};
  const size_t lengths[] = {0, client->nonce_length, server->nonce_length};
  uint8_t salt[PROOF_SECRET_MAX];
  return 3 + lengths[1] + lengths[2] <= sizeof salt &&
         second_ace_master_salt(strings, lengths, 3, salt) == context->salt_length &&
         memcmp(salt, context->salt, context->salt_length) == 0;
}

/* The log says which nonces are of one context; they and the identifiers were in clear. An end's
 * Recipient ID is the other's Sender ID. */
static bool open_of_token(const struct proof_secret *secret, const struct proof_oscore *oscore,
                          const struct sealed *sealed, uint8_t *plaintext) {
  const struct proof_datagram *datagram = sealed->datagram, *items = oscore->datagrams->items;
  const unsigned client_at = proof_peer_of(datagram);
  const unsigned server_at = client_at == datagram->from ? datagram->to : datagram->from;
  struct second_context context = {.secret = secret->octets,
                                   .secret_length = SECRET_ACE,
                                   .salt = secret->octets + SECRET_ACE,
                                   .salt_length = secret->length - SECRET_ACE};
  struct proof_ace_half client, server;
  for (size_t i = 0; i < oscore->datagrams->count; i++) {
    if (!find_half(&items[i], client_at, server_at, true, &client))
      continue;
    for (size_t j = 0; j < oscore->datagrams->count; j++) {
      if (!find_half(&items[j], server_at, client_at, false, &server) ||
          !is_salt(&context, &client, &server))
        continue;
      context.peer = server.id;
      context.authenticator = client.id;
      if (open_with(&context, oscore, sealed, plaintext))
        return true;
    }
  }
  return false;
}

/* All */

typedef bool open_function(struct second_context *context, const struct proof_oscore *oscore,
                           const struct sealed *sealed, uint8_t *plaintext);

static open_function *opening_of(const struct proof_oscore *oscore, size_t secret_length) {
  if (oscore->agreed)
    return open_of_info;
  return secret_length == SECRET_EDHOC ? open_of_edhoc : open_of_msk;
}

/* Opens by a secret of the lower layer's. */
static bool open_of_secret(const struct proof_secret *secret, const struct proof_oscore *oscore,
                           const struct sealed *sealed, uint8_t *plaintext, size_t *tag) {
  struct second_context context = {.secret = secret->octets,
                                   .secret_length = secret->length - SALT,
                                   .salt = secret->octets + secret->length - SALT,
                                   .salt_length = SALT};
  if (!opening_of(oscore, context.secret_length)(&context, oscore, sealed, plaintext))
    return false;
  *tag = second_tag_length(context.suite);
  return true;
}

bool proof_oscore_open(const struct proof_oscore *oscore, const struct proof_datagram *datagram,
                       const struct proof_message *message, uint8_t *plaintext, size_t *tag) {
  const struct sealed sealed = {datagram, message};
  const bool token = proof_sent_has_token(datagram->sent);
  struct proof_secret secret;
  *tag = second_tag_length(0);
  for (size_t i = 0; proof_log_secret(oscore->log, datagram->sent, i, &secret); i++) {
    if (secret.length <= (token ? SECRET_ACE : SALT))
      continue;
    if (token ? open_of_token(&secret, oscore, &sealed, plaintext)
              : open_of_secret(&secret, oscore, &sealed, plaintext, tag))
      return true;
  }
  return false;
}

/* A number; any other text is none of OSCORE's. */
static unsigned suite_of(const json_t *spec, const char *key, unsigned otherwise) {
  const char *text = json_string_value(json_object_get(spec, key));
  return text == NULL || text[0] < '0' || text[0] > '3' ? otherwise : (unsigned)(text[0] - '0');
}

struct proof_oscore proof_oscore_of(const struct proof_datagrams *datagrams,
                                    const struct proof_log *log, const json_t *spec) {
  const char *id_context = json_string_value(json_object_get(spec, "oscore_id_context"));
  const char *roles = json_string_value(json_object_get(spec, "coap_roles"));
  const char *lower = json_string_value(json_object_get(spec, "lower_layer"));
  const unsigned expected = suite_of(spec, "oscore_suite", 0);
  return (struct proof_oscore){.datagrams = datagrams,
                               .log = log,
                               .peer_client = roles != NULL && strcmp(roles, "peer-client") == 0,
                               .id_context = id_context == NULL || strcmp(id_context, "none") != 0,
                               .suites = {expected, suite_of(spec, "aaa_suite", expected)},
                               .agreed = lower != NULL && strcmp(lower, "coap-eap-rfc9820") == 0};
}
