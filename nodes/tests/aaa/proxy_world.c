/* The tests' proxy, and its messages. */
#include "proxy_world.h"

#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

const struct radius_server_client PROXY_HOSTS[PROXY_CLIENTS] = {
    {.ip = {9}, .secret = PROXY_TEXT("nas secret")}, {.ip = {8}, .secret = PROXY_TEXT("other")}};
const struct aaa_proxy_server PROXY_NEXT[PROXY_SERVERS] = {
    {.address = {.ip = {3}, .port = RADIUS_PORT}, .secret = PROXY_TEXT("home secret")},
    {.address = {.ip = {4}, .port = 1645}, .secret = PROXY_TEXT("another")}};
static const struct aaa_realm PROXY_REALMS[] = {{"example.test", 0}, {"other.example", 1}};
const struct aaa_proxy_config PROXY_CONFIG = {
    .local = {.ip = {2}, .port = RADIUS_PORT},
    .uplink = {.ip = {2}, .port = PROXY_FIRST_PORT},
    .port_count = PROXY_PORTS,
    .clients = PROXY_HOSTS,
    .client_count = PROXY_CLIENTS,
    .servers = PROXY_NEXT,
    .server_count = PROXY_SERVERS,
    .realms = PROXY_REALMS,
    .realm_count = 2,
    .requests_max = PROXY_REQUESTS,
};

struct proxy_world proxy_world;

static void proxy_on_event(void *context, const struct node_event *event) {
  (void)context;
  proxy_world.discarded += event->type == NODE_EVENT_DISCARDED;
  proxy_world.failed += event->type == NODE_EVENT_FAILED;
  proxy_world.label = event->label;
  proxy_world.remote = event->remote;
}

int proxy_world_set_up(void **state) {
  (void)state;
  memset(&proxy_world, 0, sizeof proxy_world);
  proxy_world.seeded.state = 5;
  proxy_world.hooks = (struct node_hooks){
      .context = &proxy_world.seeded, .random = seeded_bytes, .event = proxy_on_event};
  proxy_world.node = aaa_proxy_create(&PROXY_CONFIG, &proxy_world.hooks);
  assert_non_null(proxy_world.node);
  return 0;
}

int proxy_world_tear_down(void **state) {
  (void)state;
  node_destroy(proxy_world.node);
  return 0;
}

void proxy_collect(void) {
  proxy_world.sent_count = 0;
  for (int written = 1; written == 1;) {
    assert_true(proxy_world.sent_count < PROXY_SENT_MAX);
    struct proxy_message *message = &proxy_world.sent[proxy_world.sent_count];
    struct node_datagram out = {.data = message->octets, .capacity = sizeof message->octets};
    written = node_write(proxy_world.node, &out, proxy_world.now_ns);
    assert_in_range(written, 0, 1);
    if (written == 0)
      return;
    assert_int_equal(span_list_length(&out.spans), out.length);
    message->source = out.source;
    message->destination = out.destination;
    message->length = out.length;
    message->copy = out.copy;
    proxy_world.sent_count++;
  }
}

void proxy_give(const struct proxy_message *message) {
  uint8_t data[RADIUS_PACKET_MAX];
  memcpy(data, message->octets, message->length);
  const struct node_datagram in = {.source = message->source,
                                   .destination = message->destination,
                                   .data = data,
                                   .length = message->length};
  assert_int_equal(node_read(proxy_world.node, &in, proxy_world.now_ns), 0);
  proxy_collect();
}

/* By libcrypto */

void proxy_md5(const uint8_t *octets, size_t length, const struct radius_secret *secret,
               uint8_t digest[16]) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  assert_int_equal(EVP_DigestInit_ex(context, EVP_md5(), NULL), 1);
  assert_int_equal(EVP_DigestUpdate(context, octets, length), 1);
  assert_int_equal(EVP_DigestUpdate(context, secret->octets, secret->length), 1);
  assert_int_equal(EVP_DigestFinal_ex(context, digest, NULL), 1);
  EVP_MD_CTX_free(context);
}

/* Message-Authenticator of RFC 3579 section 3.2, of a packet that has it first. */
void proxy_hmac_md5(const struct proxy_message *message, const uint8_t authenticator[16],
                    const struct radius_secret *secret, uint8_t mac[16]) {
  uint8_t octets[RADIUS_PACKET_MAX];
  memcpy(octets, message->octets, message->length);
  memcpy(octets + 4, authenticator, 16);
  memset(octets + PROXY_MAC_AT, 0, 16);
  assert_non_null(
      HMAC(EVP_md5(), secret->octets, (int)secret->length, octets, message->length, mac, NULL));
}

/* RFC 2548 section 2.4.2: b(1) = MD5(S + R + A), b(i) = MD5(S + c(i-1)). */
void proxy_mppe(uint8_t *octets, size_t length, bool encrypt, const uint8_t salt[2],
                const uint8_t request_authenticator[16], const struct radius_secret *secret) {
  static const struct radius_secret nothing = {(const uint8_t *)"", 0};
  uint8_t text[64 + 18], pad[16], former[16];
  memcpy(text, secret->octets, secret->length);
  for (size_t at = 0; at < length; at += 16) {
    size_t behind = secret->length + 16;
    memcpy(text + secret->length, at == 0 ? request_authenticator : former, 16);
    if (at == 0) {
      memcpy(text + behind, salt, 2);
      behind += 2;
    }
    proxy_md5(text, behind, &nothing, pad);
    memcpy(former, octets + at, 16);
    for (size_t i = 0; i < 16; i++)
      octets[at + i] ^= pad[i];
    if (encrypt)
      memcpy(former, octets + at, 16);
  }
}

/* Messages */

void proxy_compose(struct proxy_message *message, uint8_t code, uint8_t identifier,
                   const char *attributes) {
  const struct hex rest = hex(attributes);
  memset(message->octets, 0, sizeof message->octets);
  message->length = PROXY_MAC_AT + 16 + rest.length;
  message->octets[0] = code;
  message->octets[1] = identifier;
  message->octets[2] = (uint8_t)(message->length >> 8);
  message->octets[3] = (uint8_t)message->length;
  message->octets[PROXY_MAC_AT - 2] = RADIUS_MESSAGE_AUTHENTICATOR;
  message->octets[PROXY_MAC_AT - 1] = 18;
  memcpy(message->octets + PROXY_MAC_AT + 16, rest.octets, rest.length);
}

void proxy_seal_request(struct proxy_message *message, const struct radius_secret *secret) {
  uint8_t authenticator[16];
  memcpy(authenticator, message->octets + 4, 16);
  proxy_hmac_md5(message, authenticator, secret, message->octets + PROXY_MAC_AT);
}

void proxy_seal_answer(struct proxy_message *message, const uint8_t request_authenticator[16],
                       const struct radius_secret *secret) {
  proxy_hmac_md5(message, request_authenticator, secret, message->octets + PROXY_MAC_AT);
  memcpy(message->octets + 4, request_authenticator, 16);
  proxy_md5(message->octets, message->length, secret, message->octets + 4);
}

struct proxy_message proxy_request_of(size_t client, uint8_t identifier, const char *attributes) {
  struct proxy_message message = {.source = {.port = 40000}, .destination = PROXY_CONFIG.local};
  memcpy(message.source.ip, PROXY_HOSTS[client].ip, sizeof message.source.ip);
  proxy_compose(&message, RADIUS_ACCESS_REQUEST, identifier, attributes);
  for (size_t i = 0; i < 16; i++)
    message.octets[4 + i] = (uint8_t)(identifier + i);
  proxy_seal_request(&message, &PROXY_HOSTS[client].secret);
  return message;
}

struct proxy_message proxy_answer_to(const struct proxy_message *forwarded, size_t server,
                                     uint8_t code, const char *attributes) {
  struct proxy_message message = {.source = forwarded->destination,
                                  .destination = forwarded->source};
  proxy_compose(&message, code, forwarded->octets[1], attributes);
  proxy_seal_answer(&message, forwarded->octets + 4, &PROXY_NEXT[server].secret);
  return message;
}

void assert_proxy_attributes(const struct proxy_message *message, const char *expected) {
  assert_hex_equal(message->octets + PROXY_MAC_AT + 16, message->length - PROXY_MAC_AT - 16,
                   expected);
}

void assert_proxy_answer(const struct proxy_message *request, size_t client, uint8_t code) {
  assert_int_equal(proxy_world.sent_count, 1);
  const struct proxy_message *answer = &proxy_world.sent[0];
  const struct radius_secret *secret = &PROXY_HOSTS[client].secret;
  uint8_t expected[16];
  assert_true(node_address_equal(&answer->destination, &request->source));
  assert_true(node_address_equal(&answer->source, &PROXY_CONFIG.local));
  assert_int_equal(answer->octets[0], code);
  assert_int_equal(answer->octets[1], request->octets[1]);
  struct proxy_message copy = *answer;
  proxy_seal_answer(&copy, request->octets + 4, secret);
  assert_memory_equal(copy.octets + 4, answer->octets + 4, sizeof expected);
  proxy_hmac_md5(answer, request->octets + 4, secret, expected);
  assert_memory_equal(expected, answer->octets + PROXY_MAC_AT, sizeof expected);
}

struct proxy_message proxy_forwarded_to(size_t server) {
  assert_int_equal(proxy_world.sent_count, 1);
  const struct proxy_message *message = &proxy_world.sent[0];
  uint8_t expected[16];
  assert_true(node_address_equal(&message->destination, &PROXY_NEXT[server].address));
  assert_in_range(message->source.port, PROXY_FIRST_PORT + PROXY_PORTS * server,
                  PROXY_FIRST_PORT + PROXY_PORTS * server + PROXY_PORTS - 1);
  proxy_hmac_md5(message, message->octets + 4, &PROXY_NEXT[server].secret, expected);
  assert_memory_equal(expected, message->octets + PROXY_MAC_AT, sizeof expected);
  return *message;
}

const char *proxy_state_of(const struct proxy_message *forwarded) {
  static char text[32];
  const uint8_t *octets = forwarded->octets + forwarded->length - 10;
  for (size_t i = 0; i < 10; i++)
    (void)snprintf(text + 2 * i, sizeof text - 2 * i, "%02x", octets[i]);
  assert_memory_equal(text, "210a", 4);
  return text;
}

const char *proxy_joined(const char *one, const char *two, const char *three) {
  static char text[4096];
  (void)snprintf(text, sizeof text, "%s%s%s", one, two, three);
  return text;
}

void assert_proxy_discarded(const char *why, unsigned count) {
  assert_int_equal(proxy_world.sent_count, 0);
  assert_int_equal(proxy_world.discarded, count);
  assert_string_equal(proxy_world.label, why);
}
