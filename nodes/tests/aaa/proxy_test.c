/* The AAA proxy, packet by packet, between a client and servers under our hands: what goes on, what
 * comes back, and what does not. Authenticators and keys are computed by libcrypto. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "aaa/proxy.h"
#include "hex.h"
#include "seeded.h"

enum {
  REQUESTS = 6,
  SENT_MAX = 8,
  FIRST_PORT = 50000,
  PORTS = 2,
  SERVERS = 2,
  CLIENTS = 2,
  MAC_AT = 22, /* of what the proxy sends: behind the header and an attribute's */
};

#define TEXT(text)                                                                                 \
  { (const uint8_t *)(text), sizeof(text) - 1 }

static const struct radius_server_client HOSTS[CLIENTS] = {
    {.ip = {9}, .secret = TEXT("nas secret")}, {.ip = {8}, .secret = TEXT("other")}};
static const struct aaa_proxy_server NEXT[SERVERS] = {
    {.address = {.ip = {3}, .port = RADIUS_PORT}, .secret = TEXT("home secret")},
    {.address = {.ip = {4}, .port = 1645}, .secret = TEXT("another")}};
static const struct aaa_realm REALMS[] = {{"example.test", 0}, {"other.example", 1}};
static const struct aaa_proxy_config CONFIG = {
    .local = {.ip = {2}, .port = RADIUS_PORT},
    .uplink = {.ip = {2}, .port = FIRST_PORT},
    .port_count = PORTS,
    .clients = HOSTS,
    .client_count = CLIENTS,
    .servers = NEXT,
    .server_count = SERVERS,
    .realms = REALMS,
    .realm_count = 2,
    .requests_max = REQUESTS,
};

struct proxy_message {
  struct node_address source, destination;
  uint8_t octets[RADIUS_PACKET_MAX];
  size_t length;
  unsigned copy;
};

static struct {
  struct seeded seeded;
  struct node_hooks hooks;
  struct node *node;
  uint64_t now_ns;
  unsigned discarded, failed;
  const char *label;          /* of the last event */
  struct node_address remote; /* likewise */
  struct proxy_message sent[SENT_MAX];
  size_t sent_count; /* for the last datagram */
} world;

static void proxy_on_event(void *context, const struct node_event *event) {
  (void)context;
  world.discarded += event->type == NODE_EVENT_DISCARDED;
  world.failed += event->type == NODE_EVENT_FAILED;
  world.label = event->label;
  world.remote = event->remote;
}

static int proxy_set_up(void **state) {
  (void)state;
  memset(&world, 0, sizeof world);
  world.seeded.state = 5;
  world.hooks = (struct node_hooks){
      .context = &world.seeded, .random = seeded_bytes, .event = proxy_on_event};
  world.node = aaa_proxy_create(&CONFIG, &world.hooks);
  assert_non_null(world.node);
  return 0;
}

static int proxy_tear_down(void **state) {
  (void)state;
  node_destroy(world.node);
  return 0;
}

static void collect(void) {
  world.sent_count = 0;
  for (int written = 1; written == 1;) {
    assert_true(world.sent_count < SENT_MAX);
    struct proxy_message *message = &world.sent[world.sent_count];
    struct node_datagram out = {.data = message->octets, .capacity = sizeof message->octets};
    written = node_write(world.node, &out, world.now_ns);
    assert_in_range(written, 0, 1);
    if (written == 0)
      return;
    assert_int_equal(span_list_length(&out.spans), out.length);
    message->source = out.source;
    message->destination = out.destination;
    message->length = out.length;
    message->copy = out.copy;
    world.sent_count++;
  }
}

/* Hands a message to the proxy; what it sends for it is in world.sent. */
static void give(const struct proxy_message *message) {
  uint8_t data[RADIUS_PACKET_MAX];
  memcpy(data, message->octets, message->length);
  const struct node_datagram in = {.source = message->source,
                                   .destination = message->destination,
                                   .data = data,
                                   .length = message->length};
  assert_int_equal(node_read(world.node, &in, world.now_ns), 0);
  collect();
}

/* By libcrypto */

static void md5(const uint8_t *octets, size_t length, const struct radius_secret *secret,
                uint8_t digest[16]) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  assert_int_equal(EVP_DigestInit_ex(context, EVP_md5(), NULL), 1);
  assert_int_equal(EVP_DigestUpdate(context, octets, length), 1);
  assert_int_equal(EVP_DigestUpdate(context, secret->octets, secret->length), 1);
  assert_int_equal(EVP_DigestFinal_ex(context, digest, NULL), 1);
  EVP_MD_CTX_free(context);
}

/* Message-Authenticator of RFC 3579 section 3.2, of a packet that has it first. */
static void hmac_md5(const struct proxy_message *message, const uint8_t authenticator[16],
                     const struct radius_secret *secret, uint8_t mac[16]) {
  uint8_t octets[RADIUS_PACKET_MAX];
  memcpy(octets, message->octets, message->length);
  memcpy(octets + 4, authenticator, 16);
  memset(octets + MAC_AT, 0, 16);
  assert_non_null(
      HMAC(EVP_md5(), secret->octets, (int)secret->length, octets, message->length, mac, NULL));
}

/* RFC 2548 section 2.4.2: b(1) = MD5(S + R + A), b(i) = MD5(S + c(i-1)). */
static void mppe(uint8_t *octets, size_t length, bool encrypt, const uint8_t salt[2],
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
    md5(text, behind, &nothing, pad);
    memcpy(former, octets + at, 16);
    for (size_t i = 0; i < 16; i++)
      octets[at + i] ^= pad[i];
    if (encrypt)
      memcpy(former, octets + at, 16);
  }
}

/* Messages under our hands: a header, a Message-Authenticator, and attributes in hexadecimal. */

static void compose(struct proxy_message *message, uint8_t code, uint8_t identifier,
                    const char *attributes) {
  const struct hex rest = hex(attributes);
  memset(message->octets, 0, sizeof message->octets);
  message->length = MAC_AT + 16 + rest.length;
  message->octets[0] = code;
  message->octets[1] = identifier;
  message->octets[2] = (uint8_t)(message->length >> 8);
  message->octets[3] = (uint8_t)message->length;
  message->octets[MAC_AT - 2] = RADIUS_MESSAGE_AUTHENTICATOR;
  message->octets[MAC_AT - 1] = 18;
  memcpy(message->octets + MAC_AT + 16, rest.octets, rest.length);
}

static void seal_request(struct proxy_message *message, const struct radius_secret *secret) {
  uint8_t authenticator[16];
  memcpy(authenticator, message->octets + 4, 16);
  hmac_md5(message, authenticator, secret, message->octets + MAC_AT);
}

static void seal_answer(struct proxy_message *message, const uint8_t request_authenticator[16],
                        const struct radius_secret *secret) {
  hmac_md5(message, request_authenticator, secret, message->octets + MAC_AT);
  memcpy(message->octets + 4, request_authenticator, 16);
  md5(message->octets, message->length, secret, message->octets + 4);
}

#define NAME "01 13 75736572406578616d706c652e74657374" /* user@example.test */
#define OTHER_NAME "01 14 75736572406f746865722e6578616d706c65"
#define EAP "4f 0b 0210 0009 01 75736572"
#define EAP_FAILURE_16 "4f 06 0410 0004"
#define OTHERS "21 05 6f6e65"
#define NAS "20 05 6e6173"

/* A request of a client with this number, from the example's authenticator. */
static struct proxy_message request_of(size_t client, uint8_t identifier, const char *attributes) {
  struct proxy_message message = {.source = {.port = 40000}, .destination = CONFIG.local};
  memcpy(message.source.ip, HOSTS[client].ip, sizeof message.source.ip);
  compose(&message, RADIUS_ACCESS_REQUEST, identifier, attributes);
  for (size_t i = 0; i < 16; i++)
    message.octets[4 + i] = (uint8_t)(identifier + i);
  seal_request(&message, &HOSTS[client].secret);
  return message;
}

/* What the server answers to what the proxy has sent it. */
static struct proxy_message answer_to(const struct proxy_message *forwarded, size_t server,
                                      uint8_t code, const char *attributes) {
  struct proxy_message message = {.source = forwarded->destination,
                                  .destination = forwarded->source};
  compose(&message, code, forwarded->octets[1], attributes);
  seal_answer(&message, forwarded->octets + 4, &NEXT[server].secret);
  return message;
}

static void assert_attributes(const struct proxy_message *message, const char *expected) {
  assert_hex_equal(message->octets + MAC_AT + 16, message->length - MAC_AT - 16, expected);
}

/* That the one message sent is an answer to this request, as its client verifies it. */
static void assert_answer(const struct proxy_message *request, size_t client, uint8_t code) {
  assert_int_equal(world.sent_count, 1);
  const struct proxy_message *answer = &world.sent[0];
  const struct radius_secret *secret = &HOSTS[client].secret;
  uint8_t expected[16];
  assert_true(node_address_equal(&answer->destination, &request->source));
  assert_true(node_address_equal(&answer->source, &CONFIG.local));
  assert_int_equal(answer->octets[0], code);
  assert_int_equal(answer->octets[1], request->octets[1]);
  struct proxy_message copy = *answer;
  seal_answer(&copy, request->octets + 4, secret);
  assert_memory_equal(copy.octets + 4, answer->octets + 4, sizeof expected);
  hmac_md5(answer, request->octets + 4, secret, expected);
  assert_memory_equal(expected, answer->octets + MAC_AT, sizeof expected);
}

/* That the one message sent is this client's request on its way to the server. */
static struct proxy_message forwarded_to(size_t server) {
  assert_int_equal(world.sent_count, 1);
  const struct proxy_message *message = &world.sent[0];
  uint8_t expected[16];
  assert_true(node_address_equal(&message->destination, &NEXT[server].address));
  assert_in_range(message->source.port, FIRST_PORT + PORTS * server,
                  FIRST_PORT + PORTS * server + PORTS - 1);
  hmac_md5(message, message->octets + 4, &NEXT[server].secret, expected);
  assert_memory_equal(expected, message->octets + MAC_AT, sizeof expected);
  return *message;
}

/* Our Proxy-State, which is at the end of a forwarded request, as hexadecimal text. */
static const char *proxy_state_of(const struct proxy_message *forwarded) {
  static char text[32];
  const uint8_t *octets = forwarded->octets + forwarded->length - 10;
  for (size_t i = 0; i < 10; i++)
    (void)snprintf(text + 2 * i, sizeof text - 2 * i, "%02x", octets[i]);
  assert_memory_equal(text, "210a", 4);
  return text;
}

static const char *joined(const char *one, const char *two, const char *three) {
  static char text[4096];
  (void)snprintf(text, sizeof text, "%s%s%s", one, two, three);
  return text;
}

static void assert_discarded(const char *why, unsigned count) {
  assert_int_equal(world.sent_count, 0);
  assert_int_equal(world.discarded, count);
  assert_string_equal(world.label, why);
}

/* Attributes in their order, ours behind them; an Identifier and an authenticator of its own. */
static void a_request_goes_on(void **state) {
  (void)state;
  const struct proxy_message request =
      request_of(0, 77, NAME OTHERS NAS EAP "21 09 616e6f74686572");
  give(&request);
  const struct proxy_message forwarded = forwarded_to(0);
  assert_attributes(&forwarded, joined(NAME OTHERS NAS EAP "21 09 616e6f74686572",
                                       proxy_state_of(&forwarded), ""));
  assert_int_equal(forwarded.length, request.length + 10);
  assert_memory_equal(forwarded.octets + forwarded.length - 4, "\0\0\0\1", 4);
  assert_int_equal(forwarded.octets[0], RADIUS_ACCESS_REQUEST);
  assert_memory_not_equal(forwarded.octets + 4, request.octets + 4, 16);
  assert_int_equal(forwarded.copy, 0);
  assert_int_equal(world.discarded + world.failed, 0);

  const struct proxy_message other = request_of(1, 78, OTHER_NAME EAP);
  give(&other);
  (void)forwarded_to(1);
}

/* Wherever the client has put its Message-Authenticator, ours comes first, and is the only one. */
static void message_authenticator_comes_first(void **state) {
  (void)state;
  struct proxy_message request = request_of(0, 1, NAME EAP);
  uint8_t attribute[18];
  const size_t behind = request.length - MAC_AT - 16;
  memset(request.octets + MAC_AT, 0, 16);
  memcpy(attribute, request.octets + MAC_AT - 2, sizeof attribute);
  memmove(request.octets + MAC_AT - 2, request.octets + MAC_AT + 16, behind);
  memcpy(request.octets + MAC_AT - 2 + behind, attribute, sizeof attribute);
  assert_non_null(HMAC(EVP_md5(), HOSTS[0].secret.octets, (int)HOSTS[0].secret.length,
                       request.octets, request.length, request.octets + request.length - 16, NULL));
  give(&request);
  const struct proxy_message forwarded = forwarded_to(0);
  assert_attributes(&forwarded, joined(NAME EAP, proxy_state_of(&forwarded), ""));
}

/* Each code: what is not ours stays, in its order. */
static void an_answer_comes_back(void **state) {
  (void)state;
  static const struct {
    uint8_t code;
    const char *before, *behind; /* our Proxy-State */
    const char *expected;
  } table[] = {
      {RADIUS_ACCESS_CHALLENGE, "18 04 0102" OTHERS, EAP, "18 04 0102" OTHERS EAP},
      {RADIUS_ACCESS_ACCEPT, OTHERS NAME EAP, "", OTHERS NAME EAP},
      {RADIUS_ACCESS_REJECT, OTHERS "21 02" EAP_FAILURE_16, "", OTHERS "21 02" EAP_FAILURE_16},
      {RADIUS_ACCESS_REJECT, EAP_FAILURE_16, "", EAP_FAILURE_16},
      /* Vendors' attributes that are no MPPE keys, if of Microsoft. */
      {RADIUS_ACCESS_ACCEPT, "1a 03 01 1a 02 1a 06 00000137 1a 0a 00000009 10 04 aabb",
       "1a 08 00000137 0102",
       "1a 03 01 1a 02 1a 06 00000137 1a 0a 00000009 10 04 aabb"
       "1a 08 00000137 0102"},
  };
  for (uint8_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct proxy_message request = request_of(0, i, NAME OTHERS EAP);
    give(&request);
    const struct proxy_message forwarded = forwarded_to(0);
    const struct proxy_message answer =
        answer_to(&forwarded, 0, table[i].code,
                  joined(table[i].before, proxy_state_of(&forwarded), table[i].behind));
    give(&answer);
    assert_answer(&request, 0, table[i].code);
    assert_attributes(&world.sent[0], table[i].expected);
  }
  assert_int_equal(world.discarded + world.failed, 0);
}

/* A server that does not return ours, or puts it elsewhere: the rest is as it gave it. */
static void proxy_state_not_returned(void **state) {
  (void)state;
  static const struct {
    bool ours;
    const char *behind;
  } table[] = {{false, EAP}, {true, OTHERS}, {false, "21 0a 0000000000000001"}};
  for (uint8_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct proxy_message request = request_of(0, i, NAME EAP);
    give(&request);
    const struct proxy_message forwarded = forwarded_to(0);
    char attributes[256];
    (void)snprintf(attributes, sizeof attributes, "%s%s",
                   table[i].ours ? proxy_state_of(&forwarded) : "", table[i].behind);
    const struct proxy_message answer =
        answer_to(&forwarded, 0, RADIUS_ACCESS_CHALLENGE, attributes);
    give(&answer);
    assert_answer(&request, 0, RADIUS_ACCESS_CHALLENGE);
    assert_attributes(&world.sent[0], attributes);
  }
}

/* Keys: decrypted with one hop's secret, encrypted with the other's, under their salts; also those
 * of an odd length, or two in one attribute. */
static void keys_are_encrypted_anew(void **state) {
  (void)state;
  enum { KEY = 32, PLAIN = 48, VENDOR = 2 + PLAIN + 2 };
  const struct proxy_message request = request_of(0, 1, NAME EAP);
  give(&request);
  const struct proxy_message forwarded = forwarded_to(0);
  char text[1024] = "1a 6e 00000137"; /* 6 + 2 * 52 */
  uint8_t plain[2][PLAIN];
  static const uint8_t salts[2][2] = {{0x81, 0x02}, {0x81, 0x03}};
  for (size_t key = 0; key < 2; key++) {
    uint8_t octets[PLAIN];
    for (size_t i = 0; i < PLAIN; i++)
      plain[key][i] = i == 0 ? KEY : i <= KEY ? (uint8_t)(100 * key + i) : 0;
    memcpy(octets, plain[key], sizeof octets);
    mppe(octets, sizeof octets, true, salts[key], forwarded.octets + 4, &NEXT[0].secret);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%02x34%02x%02x",
                   (unsigned)(16 + key), salts[key][0], salts[key][1]);
    for (size_t i = 0; i < PLAIN; i++)
      (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%02x", octets[i]);
  }
  const struct proxy_message answer =
      answer_to(&forwarded, 0, RADIUS_ACCESS_ACCEPT, joined(text, EAP, proxy_state_of(&forwarded)));
  give(&answer);
  assert_answer(&request, 0, RADIUS_ACCESS_ACCEPT);
  const uint8_t *value = world.sent[0].octets + MAC_AT + 16 + 2;
  assert_memory_equal(value, "\0\0\x01\x37", 4);
  for (size_t key = 0; key < 2; key++) {
    const uint8_t *vendor = value + 4 + key * VENDOR;
    uint8_t octets[PLAIN];
    assert_int_equal(vendor[0], 16 + key);
    assert_int_equal(vendor[1], VENDOR);
    assert_memory_equal(vendor + 2, salts[key], 2);
    memcpy(octets, vendor + 4, sizeof octets);
    assert_memory_not_equal(octets, plain[key], sizeof octets);
    mppe(octets, sizeof octets, false, salts[key], request.octets + 4, &HOSTS[0].secret);
    assert_memory_equal(octets, plain[key], sizeof octets);
  }
}

/* A key that cannot be one becomes a Reject: its answer has been taken, and there is no other. */
static void keys_that_are_none(void **state) {
  (void)state;
  static const char *const table[] = {
      "1a 08 00000137 10 02",                                     /* no salt */
      "1a 0a 00000137 10 04 8000",                                /* no block */
      "1a 19 00000137 10 13 8000 000102030405060708090a0b0c0d0e", /* part of a block */
      "1a 0a 00000137 10 05 8000",                                /* longer than the attribute */
      "1a 0a 00000137 10 01 8000",                                /* shorter than its header */
      "1a 07 00000137 10",
  };
  for (uint8_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct proxy_message request = request_of(0, i, NAME OTHERS EAP);
    give(&request);
    const struct proxy_message forwarded = forwarded_to(0);
    char attributes[256];
    (void)snprintf(attributes, sizeof attributes, "%s%s%s%s", table[i], "4f 06 0310 0004", OTHERS,
                   proxy_state_of(&forwarded));
    const struct proxy_message answer = answer_to(&forwarded, 0, RADIUS_ACCESS_ACCEPT, attributes);
    give(&answer);
    assert_answer(&request, 0, RADIUS_ACCESS_REJECT);
    assert_attributes(&world.sent[0], OTHERS EAP_FAILURE_16);
    assert_string_equal(world.label, "answer with a malformed key");
  }
}

/* What goes nowhere is rejected, with an EAP-Failure if it has EAP, and with its Proxy-State. */
static void what_is_rejected(void **state) {
  (void)state;
  static const struct {
    const char *attributes, *why, *expected;
  } table[] = {
      {"01 06 75736572" OTHERS EAP, "User-Name without realm", OTHERS EAP_FAILURE_16},
      {"01 07 7573657240" EAP "21 02", "malformed realm", "21 02" EAP_FAILURE_16},
      {"01 0a 7573657240612e62" EAP, "unknown realm", EAP_FAILURE_16},
      {"01 17 612e6221 75736572406578616d706c652e74657374" EAP, "decorated User-Name",
       EAP_FAILURE_16},
      {EAP, "User-Name without realm", EAP_FAILURE_16},
      {NAME OTHERS, "Access-Request without EAP-Message", OTHERS},
      {"4f 02", "User-Name without realm", ""}, /* an EAP-Start */
      {"4f 05 021000", "User-Name without realm", ""},
  };
  for (uint8_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct proxy_message request = request_of(0, i, table[i].attributes);
    give(&request);
    assert_answer(&request, 0, RADIUS_ACCESS_REJECT);
    assert_attributes(&world.sent[0], table[i].expected);
    assert_string_equal(world.label, table[i].why);
    assert_true(node_address_equal(&world.remote, &request.source));
    assert_int_equal(world.failed, i + 1);
    give(&request); /* a repetition has the same answer */
    assert_answer(&request, 0, RADIUS_ACCESS_REJECT);
    assert_int_equal(world.sent[0].copy, 1);
    assert_int_equal(world.failed, i + 1);
  }
}

static void no_room_for_proxy_state(void **state) {
  (void)state;
  for (size_t spare = 9; spare <= 10; spare++) { /* octets */
    struct proxy_message request = request_of(0, (uint8_t)spare, NAME EAP);
    while (request.length < RADIUS_PACKET_MAX - spare) {
      const size_t left = RADIUS_PACKET_MAX - spare - request.length;
      const size_t part = left <= 255 ? left : left - 255 < 2 ? 250 : 255;
      request.octets[request.length] = RADIUS_PROXY_STATE;
      request.octets[request.length + 1] = (uint8_t)part;
      request.length += part;
    }
    request.octets[2] = (uint8_t)(request.length >> 8);
    request.octets[3] = (uint8_t)request.length;
    seal_request(&request, &HOSTS[0].secret);
    give(&request);
    if (spare == 10) {
      assert_int_equal(forwarded_to(0).length, RADIUS_PACKET_MAX);
      continue;
    }
    assert_answer(&request, 0, RADIUS_ACCESS_REJECT);
    assert_string_equal(world.label, "no room for Proxy-State");
  }
}

/* RFC 5080: a repetition goes on while there is no answer, and then has that. */
static void repetitions(void **state) {
  (void)state;
  const struct proxy_message request = request_of(0, 1, NAME EAP);
  give(&request);
  const struct proxy_message forwarded = forwarded_to(0);
  for (unsigned copy = 1; copy < 4; copy++) {
    world.now_ns += 2 * NODE_SECOND;
    assert_int_equal(node_handle_expiry(world.node, world.now_ns), 0);
    collect();
    assert_int_equal(world.sent_count, 0); /* nothing by itself */
    give(&request);
    const struct proxy_message again = forwarded_to(0);
    assert_int_equal(again.copy, copy);
    assert_int_equal(again.length, forwarded.length);
    assert_memory_equal(again.octets, forwarded.octets, forwarded.length);
    assert_int_equal(again.source.port, forwarded.source.port);
  }
  const struct proxy_message answer = answer_to(&forwarded, 0, RADIUS_ACCESS_CHALLENGE, EAP);
  give(&answer);
  assert_answer(&request, 0, RADIUS_ACCESS_CHALLENGE);
  const struct proxy_message first = world.sent[0];
  give(&answer); /* the server's second */
  assert_discarded("answer to no outstanding request", 1);
  give(&request);
  assert_answer(&request, 0, RADIUS_ACCESS_CHALLENGE);
  assert_memory_equal(world.sent[0].octets, first.octets, first.length);
  assert_int_equal(world.sent[0].copy, 1);

  /* The same Identifier with another authenticator is another request. */
  struct proxy_message other = request;
  other.octets[4] ^= 1;
  seal_request(&other, &HOSTS[0].secret);
  give(&other);
  (void)forwarded_to(0);
}

/* The answer to a request is kept for 30 s. */
static void answers_are_forgotten(void **state) {
  (void)state;
  const struct proxy_message request = request_of(0, 1, NAME EAP);
  assert_true(node_expiry(world.node) == NODE_NEVER);
  give(&request);
  const struct proxy_message forwarded = forwarded_to(0);
  assert_true(node_expiry(world.node) == 30 * NODE_SECOND);
  world.now_ns = 4 * NODE_SECOND;
  const struct proxy_message answer = answer_to(&forwarded, 0, RADIUS_ACCESS_CHALLENGE, EAP);
  give(&answer);
  assert_true(node_expiry(world.node) == 34 * NODE_SECOND);
  world.now_ns = 34 * NODE_SECOND;
  assert_int_equal(node_handle_expiry(world.node, world.now_ns), 0);
  assert_true(node_expiry(world.node) == NODE_NEVER);
  give(&request);
  (void)forwarded_to(0);
}

/* A server that does not answer: nobody does for it; what comes later is for nobody. */
static void late_answers(void **state) {
  (void)state;
  const struct proxy_message request = request_of(0, 1, NAME EAP);
  give(&request);
  const struct proxy_message forwarded = forwarded_to(0);
  world.now_ns = 29 * NODE_SECOND;
  give(&request);
  (void)forwarded_to(0);
  world.now_ns = 30 * NODE_SECOND;
  assert_int_equal(node_handle_expiry(world.node, world.now_ns), 0);
  collect();
  assert_int_equal(world.sent_count, 0);
  assert_int_equal(world.failed, 1);
  assert_string_equal(world.label, "no answer from the next server");
  const struct proxy_message answer = answer_to(&forwarded, 0, RADIUS_ACCESS_CHALLENGE, EAP);
  give(&answer);
  assert_discarded("answer to no outstanding request", 1);
  assert_true(node_expiry(world.node) == NODE_NEVER);
}

/* The true answer is taken after all that are not. */
static void forged_answers(void **state) {
  (void)state;
  const struct proxy_message request = request_of(0, 1, NAME EAP);
  give(&request);
  const struct proxy_message forwarded = forwarded_to(0);
  const struct proxy_message true_one =
      answer_to(&forwarded, 0, RADIUS_ACCESS_ACCEPT, joined(EAP, proxy_state_of(&forwarded), ""));
  unsigned count = 0;
  struct proxy_message forged = true_one;
  seal_answer(&forged, forwarded.octets + 4, &NEXT[1].secret);
  give(&forged);
  assert_discarded("wrong Response Authenticator", ++count);
  seal_answer(&forged, request.octets + 4, &NEXT[0].secret);
  give(&forged);
  assert_discarded("wrong Response Authenticator", ++count);
  seal_answer(&forged, forwarded.octets + 4, &HOSTS[0].secret);
  give(&forged);
  assert_discarded("wrong Response Authenticator", ++count);

  /* Signed as before RFC 3579 alone (CVE-2024-3596). */
  forged = true_one;
  forged.octets[MAC_AT] ^= 1;
  memcpy(forged.octets + 4, forwarded.octets + 4, 16);
  md5(forged.octets, forged.length, &NEXT[0].secret, forged.octets + 4);
  give(&forged);
  assert_discarded("wrong Message-Authenticator", ++count);

  forged = true_one;
  forged.source = NEXT[1].address;
  give(&forged);
  assert_discarded("not from the AAA server", ++count);
  forged = true_one;
  forged.destination.port = (uint16_t)(FIRST_PORT + PORTS); /* the other server's */
  give(&forged);
  assert_discarded("not from the AAA server", ++count);
  forged = true_one;
  forged.destination.port = RADIUS_PORT;
  give(&forged);
  assert_discarded("unknown RADIUS client", ++count);
  forged = true_one;
  forged.octets[0] = RADIUS_ACCESS_REQUEST;
  give(&forged);
  assert_discarded("RADIUS code that is no answer", ++count);

  for (size_t i = 0; i < true_one.length; i++) { /* cut short, and one bit wrong */
    forged = true_one;
    forged.length = i;
    give(&forged);
    assert_int_equal(world.sent_count, 0);
    forged = true_one;
    forged.octets[i] ^= 1;
    give(&forged);
    assert_int_equal(world.sent_count, 0);
    assert_int_equal(world.discarded, count += 2);
  }
  give(&true_one);
  assert_answer(&request, 0, RADIUS_ACCESS_ACCEPT);
}

static void forged_requests(void **state) {
  (void)state;
  const struct proxy_message true_one = request_of(0, 1, NAME EAP);
  unsigned count = 0;
  struct proxy_message forged = true_one;
  forged.source.ip[0] = 7;
  give(&forged);
  assert_discarded("unknown RADIUS client", ++count);
  forged.source.ip[0] = HOSTS[1].ip[0];
  give(&forged);
  assert_discarded("wrong Message-Authenticator", ++count);
  forged = true_one;
  forged.octets[0] = 4; /* Accounting-Request */
  give(&forged);
  assert_discarded("RADIUS code that is no Access-Request", ++count);
  forged = true_one;
  forged.octets[MAC_AT - 2] = 200;
  give(&forged);
  assert_discarded("no Message-Authenticator", ++count);
  for (size_t i = 0; i < true_one.length; i++) {
    forged = true_one;
    forged.length = i;
    give(&forged);
    assert_int_equal(world.sent_count, 0);
    forged = true_one;
    forged.octets[i] ^= 1;
    give(&forged);
    assert_int_equal(world.sent_count, 0);
    assert_int_equal(world.discarded, count += 2);
  }
  give(&true_one);
  (void)forwarded_to(0);
}

/* Of those under way, the oldest of the client that has most of them gives way. */
static void a_full_table(void **state) {
  (void)state;
  struct proxy_message forwarded[REQUESTS];
  for (uint8_t i = 0; i < REQUESTS; i++) {
    const struct proxy_message request = request_of(i < 2, i, NAME EAP); /* client 1: 0 and 1 */
    give(&request);
    forwarded[i] = forwarded_to(0);
  }
  const struct proxy_message one_more = request_of(1, 100, NAME EAP);
  give(&one_more);
  (void)forwarded_to(0);
  assert_int_equal(world.failed, 1);
  assert_string_equal(world.label, "request gave way to another");
  assert_int_equal(world.remote.ip[0], HOSTS[0].ip[0]);
  for (uint8_t i = 0; i < REQUESTS; i++) {
    const struct proxy_message answer = answer_to(&forwarded[i], 0, RADIUS_ACCESS_CHALLENGE, EAP);
    world.discarded = 0;
    give(&answer);
    if (i == 2)
      assert_discarded("answer to no outstanding request", 1);
    else
      assert_int_equal(world.sent_count, 1);
  }
  /* What is answered gives way first, the oldest of it; nobody fails for that. */
  const struct proxy_message another = request_of(0, 101, NAME EAP);
  give(&another);
  (void)forwarded_to(0);
  assert_int_equal(world.failed, 1);
  const struct proxy_message oldest = request_of(1, 0, NAME EAP),
                             newest = request_of(0, 5, NAME EAP);
  give(&newest);
  assert_answer(&newest, 0, RADIUS_ACCESS_CHALLENGE);
  give(&oldest);
  (void)forwarded_to(0);
}

/* What must be right in a configuration. */
static void configurations(void **state) {
  (void)state;
  static const struct aaa_realm unknown_server = {"example.test", SERVERS}, no_realm = {"test", 0};
  static const struct radius_server_client no_secret = {.ip = {9}};
  static const struct aaa_proxy_server no_port = {.address = {.ip = {3}}, .secret = TEXT("x")},
                                       bare = {.address = {.ip = {3}, .port = 1}};
  struct aaa_proxy_config table[12];
  for (size_t i = 0; i < 12; i++)
    table[i] = CONFIG;
  table[0].realms = &unknown_server, table[0].realm_count = 1;
  table[1].realms = &no_realm, table[1].realm_count = 1;
  table[2].clients = &no_secret, table[2].client_count = 1;
  table[3].client_count = 0;
  table[4].servers = &no_port, table[4].server_count = 1, table[4].realm_count = 1;
  table[5].servers = &bare, table[5].server_count = 1, table[5].realm_count = 1;
  table[6].server_count = 0, table[6].realm_count = 0;
  table[7].requests_max = 0;
  table[8].requests_max = 256 * PORTS + 1;
  table[9].uplink.port = UINT16_MAX - 2;
  table[10].local.port = FIRST_PORT + SERVERS * PORTS - 1;
  table[11].port_count = 0;
  for (size_t i = 0; i < 12; i++)
    assert_null(aaa_proxy_create(&table[i], &world.hooks));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, proxy_set_up, proxy_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_request_goes_on),
      TEST(message_authenticator_comes_first),
      TEST(an_answer_comes_back),
      TEST(proxy_state_not_returned),
      TEST(keys_are_encrypted_anew),
      TEST(keys_that_are_none),
      TEST(what_is_rejected),
      TEST(no_room_for_proxy_state),
      TEST(repetitions),
      TEST(answers_are_forgotten),
      TEST(late_answers),
      TEST(forged_answers),
      TEST(forged_requests),
      TEST(a_full_table),
      TEST(configurations),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
