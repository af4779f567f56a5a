/* The world of the AAA proxy's tests: a proxy between two clients and two servers under our hands.
 * Authenticators and keys are computed by libcrypto. */
#ifndef NODES_TESTS_AAA_PROXY_WORLD_H
#define NODES_TESTS_AAA_PROXY_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "aaa/proxy.h"
#include "hex.h"
#include "seeded.h"

enum {
  PROXY_REQUESTS = 6,
  PROXY_SENT_MAX = 8,
  PROXY_FIRST_PORT = 50000,
  PROXY_PORTS = 2,
  PROXY_SERVERS = 2,
  PROXY_CLIENTS = 2,
  PROXY_MAC_AT = 22, /* of what the proxy sends: behind the header and an attribute's */
};

#define PROXY_TEXT(text)                                                                           \
  { (const uint8_t *)(text), sizeof(text) - 1 }

extern const struct radius_server_client PROXY_HOSTS[PROXY_CLIENTS];
extern const struct aaa_proxy_server PROXY_NEXT[PROXY_SERVERS];
extern const struct aaa_proxy_config PROXY_CONFIG;

/* Attributes in hexadecimal digits; the name is user@example.test, of the first server. */
#define PROXY_NAME "01 13 75736572406578616d706c652e74657374"
#define PROXY_OTHER_NAME "01 14 75736572406f746865722e6578616d706c65"
#define PROXY_EAP "4f 0b 0210 0009 01 75736572"
#define PROXY_FAILURE_16 "4f 06 0410 0004"
#define PROXY_OTHERS "21 05 6f6e65"
#define PROXY_NAS "20 05 6e6173"

struct proxy_message {
  struct node_address source, destination;
  uint8_t octets[RADIUS_PACKET_MAX];
  size_t length;
  unsigned copy;
};

struct proxy_world {
  struct seeded seeded;
  struct node_hooks hooks;
  struct node *node;
  uint64_t now_ns;
  unsigned discarded, failed;
  const char *label;          /* of the last event */
  struct node_address remote; /* likewise */
  struct proxy_message sent[PROXY_SENT_MAX];
  size_t sent_count; /* for the last datagram */
};
extern struct proxy_world proxy_world;

/* Of each test. */
int proxy_world_set_up(void **state);
int proxy_world_tear_down(void **state);

/* Takes what the proxy has to send into proxy_world.sent. */
void proxy_collect(void);

/* Hands a message to the proxy; what it sends for it is in proxy_world.sent. */
void proxy_give(const struct proxy_message *message);

/* Message-Authenticator of RFC 3579 section 3.2, of a packet that has it first. */
void proxy_hmac_md5(const struct proxy_message *message, const uint8_t authenticator[16],
                    const struct radius_secret *secret, uint8_t mac[16]);

/* Of octets and a secret behind them. */
void proxy_md5(const uint8_t *octets, size_t length, const struct radius_secret *secret,
               uint8_t digest[16]);

/* RFC 2548 section 2.4.2: b(1) = MD5(S + R + A), b(i) = MD5(S + c(i-1)). */
void proxy_mppe(uint8_t *octets, size_t length, bool encrypt, const uint8_t salt[2],
                const uint8_t request_authenticator[16], const struct radius_secret *secret);

/* A header, a Message-Authenticator, and attributes in hexadecimal digits. */
void proxy_compose(struct proxy_message *message, uint8_t code, uint8_t identifier,
                   const char *attributes);

/* Fills in the authenticators, as the one with this secret does. */
void proxy_seal_request(struct proxy_message *message, const struct radius_secret *secret);
void proxy_seal_answer(struct proxy_message *message, const uint8_t request_authenticator[16],
                       const struct radius_secret *secret);

/* A request of a client with this number, from the example's authenticator. */
struct proxy_message proxy_request_of(size_t client, uint8_t identifier, const char *attributes);

/* What the server answers to what the proxy has sent it. */
struct proxy_message proxy_answer_to(const struct proxy_message *forwarded, size_t server,
                                     uint8_t code, const char *attributes);

/* Those behind the Message-Authenticator. */
void assert_proxy_attributes(const struct proxy_message *message, const char *expected);

/* That the one message sent is an answer to this request, as its client verifies it. */
void assert_proxy_answer(const struct proxy_message *request, size_t client, uint8_t code);

/* That the one message sent is this client's request on its way to the server. */
struct proxy_message proxy_forwarded_to(size_t server);

/* Our Proxy-State, which is at the end of a forwarded request, as hexadecimal text. */
const char *proxy_state_of(const struct proxy_message *forwarded);

/* Until the next call. */
const char *proxy_joined(const char *one, const char *two, const char *three);

/* The last datagram, the so many-th of those. */
void assert_proxy_discarded(const char *why, unsigned count);

#endif
