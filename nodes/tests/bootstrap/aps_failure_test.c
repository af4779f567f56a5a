/* What the application server does, and says, where the AS is slow, silent or says no, where keys
 * are not known (any more), and where it is not what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

#include "radius/mppe.h"

static struct aps_world world;

static void start_over(enum bootstrap_channel channel) {
  aps_world_configure_over(&world, channel);
  aps_world_start(&world);
}

static void start(void) {
  start_over(BOOTSTRAP_CHANNEL_DTLS);
}

static const char *why_unanswered(size_t aps) {
  return aps_world_why(&world, aps, NODE_PHASE_PULL, NODE_EVENT_UNANSWERED);
}

static void assert_no_key(size_t aps) {
  assert_int_equal(aps_world_told(&world, aps, NODE_PHASE_PULL, NODE_EVENT_KEY), 0);
  assert_int_equal(aps_world_told(&world, aps, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 0);
}

/* POST /k, by ERP */

/* RFC 7252 section 5.2.2: the request is acknowledged after a second, once. */
static void slow_as(void **state) {
  (void)state;
  start();
  world.as_latency_ns = 600 * NODE_MS;
  aps_world_pull(&world, 0, 0, "aps1");
  aps_world_run_ms(&world, 60000);
  assert_int_equal(world.ues[0].responses, 1);
  assert_int_equal(world.ues[0].code, COAP_CODE_CHANGED);
  assert_int_equal(world.ues[0].finish, ERP_PEER_SUCCESS);
  assert_int_equal(aps_world_count(&world, "EAP-Initiate/Re-auth"), 1);
  assert_int_equal(aps_world_count(&world, "EAP-Finish/Re-auth"), 1);
  assert_int_equal(aps_world_count(&world, "CoAP ACK"), 2);
  assert_int_equal(aps_world_flown(&world, "CoAP ACK")->sent_ns, 1010 * NODE_MS);
  assert_int_equal(aps_world_flown(&world, "CoAP ACK")->phase, NODE_PHASE_PULL);
  assert_int_equal(aps_world_flown(&world, "EAP-Finish/Re-auth")->data[0] >> 4 & 3, COAP_CON);
  aps_world_end(&world);
}

static void silent_as(void **state) {
  (void)state;
  start();
  world.as_is_dead = true;
  aps_world_pull(&world, 0, 0, "aps1");
  aps_world_run_ms(&world, 60000);
  assert_int_equal(world.ues[0].responses, 1);
  assert_int_equal(world.ues[0].code, COAP_CODE_GATEWAY_TIMEOUT);
  assert_int_equal(world.ues[0].payload_length, 0);
  assert_string_equal(why_unanswered(0), "the AS does not answer");
  assert_no_key(0);
  /* It is there again. */
  world.as_is_dead = false;
  assert_true(aps_world_serve(&world, 0, 0));
  aps_world_end(&world);
}

/* Why the AS says no. */
static void forget_emsk(void) {
  erp_server_deinit(&world.roots);
  assert_true(erp_server_init(&world.roots, &world.roots_config, &world.as_party.hooks));
}

static void expire_emsk(void) {
  world.now_ns += (ERP_ROOT_LIFETIME_DEFAULT_S - 1) * NODE_SECOND;
}

static void unauthorise(void) {
  world.key_clients[0].ip[0] = 0xff;
}

static void rename_aps(void) {
  world.key_clients[0].name.octets = (const uint8_t *)"aps9";
}

static void refuse(void (*change)(void), const char *named) {
  start();
  change();
  aps_world_pull(&world, 0, 0, named);
  world.now_ns += 2 * NODE_SECOND;
  aps_world_run_ms(&world, 60000);
  assert_int_equal(world.ues[0].responses, 1);
  assert_int_equal(world.ues[0].code, COAP_CODE_FORBIDDEN);
  assert_string_equal(why_unanswered(0), "refused by the AS");
  assert_no_key(0);
}

static void refusing_as(void **state) {
  static void (*const changes[])(void) = {forget_emsk, expire_emsk, rename_aps};
  (void)state;
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
    refuse(changes[i], "aps1");
    aps_world_end(&world);
  }
}

/* The table of an AS that has one binds who is in it; without a row it is an authenticator, which
 * may re-authenticate a peer, but has no key by a name alone. */
static void unauthorised_aps(void **state) {
  start_over(aps_world_channel_of(state));
  unauthorise();
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 60000);
  assert_string_equal(world.ues[0].failure, aps_world_refusal(world.channel));
  assert_string_equal(why_unanswered(0), "refused by the AS");
  assert_no_key(0);
  aps_world_end(&world);
}

/* The UE means aps1, and reaches aps2, which is authorised as such. The AS says so, under the UE's
 * protection. */
static void lying_aps(void **state) {
  (void)state;
  start();
  aps_world_pull(&world, 0, 1, "aps1");
  aps_world_run_ms(&world, 60000);
  assert_int_equal(world.ues[0].code, COAP_CODE_FORBIDDEN);
  assert_int_equal(world.ues[0].finish, ERP_PEER_FAILURE);
  assert_no_key(1);
  aps_world_end(&world);
}

/* It calls itself aps1 towards the AS, too, which knows its address. */
static void lying_to_the_as(void **state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
  world.aps_config[1].name = world.aps_config[0].name;
  aps_world_start(&world);
  aps_world_pull(&world, 0, 1, "aps1");
  aps_world_run_ms(&world, 60000);
  assert_int_equal(world.ues[0].code, COAP_CODE_FORBIDDEN);
  assert_no_key(1);
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 1);
  aps_world_run_ms(&world, 60000);
  assert_string_equal(world.ues[0].failure, aps_world_refusal(world.channel));
  assert_no_key(1);
  aps_world_end(&world);
}

/* An AS that the test is */

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};

/* What it answers; the EAP packet has the Initiate's Identifier, or the next. */
struct odd_answer {
  enum radius_code code;
  enum eap_code eap; /* 0: none */
  bool other_identifier, says_no, keys;
  uint32_t timeout_s;
  uint8_t expected;
  size_t payload; /* octets of EAP that the UE has */
  const char *why;
};

enum { FINISH_LENGTH = 9, NO_TIMEOUT = UINT16_MAX };

#define ACCEPT RADIUS_ACCESS_ACCEPT
#define REJECT RADIUS_ACCESS_REJECT
static const char WITHOUT_FINISH[] = "Access-Accept without EAP-Finish";
static const char REFUSED[] = "refused by the AS";
static const struct odd_answer ODD[] = {
    {ACCEPT, 0, false, false, true, NO_TIMEOUT, COAP_CODE_BAD_GATEWAY, 0, WITHOUT_FINISH},
    {ACCEPT, EAP_SUCCESS, false, false, true, NO_TIMEOUT, COAP_CODE_BAD_GATEWAY, 0, WITHOUT_FINISH},
    {ACCEPT, EAP_FINISH, true, false, true, NO_TIMEOUT, COAP_CODE_BAD_GATEWAY, 0, WITHOUT_FINISH},
    {ACCEPT, EAP_FINISH, false, true, true, NO_TIMEOUT, COAP_CODE_BAD_GATEWAY, 0, WITHOUT_FINISH},
    {ACCEPT, EAP_FINISH, false, false, false, NO_TIMEOUT, COAP_CODE_BAD_GATEWAY, 0,
     "Access-Accept without keys"},
    {ACCEPT, EAP_FINISH, false, false, true, 0, COAP_CODE_CHANGED, FINISH_LENGTH, NULL},
    {ACCEPT, EAP_FINISH, false, false, true, 100, COAP_CODE_CHANGED, FINISH_LENGTH, NULL},
    {RADIUS_ACCESS_CHALLENGE, EAP_FINISH, false, false, true, NO_TIMEOUT, COAP_CODE_FORBIDDEN, 0,
     REFUSED},
    {REJECT, 0, false, false, false, NO_TIMEOUT, COAP_CODE_FORBIDDEN, 0, REFUSED},
    {REJECT, EAP_FAILURE, false, false, false, NO_TIMEOUT, COAP_CODE_FORBIDDEN, 4, REFUSED},
    {REJECT, EAP_FAILURE, true, false, false, NO_TIMEOUT, COAP_CODE_FORBIDDEN, 0, REFUSED},
    {REJECT, EAP_FINISH, false, true, false, NO_TIMEOUT, COAP_CODE_FORBIDDEN, FINISH_LENGTH,
     REFUSED},
    {REJECT, EAP_FINISH, false, false, false, NO_TIMEOUT, COAP_CODE_FORBIDDEN, 0, REFUSED},
};
#undef ACCEPT
#undef REJECT

static size_t compose_answer(const struct odd_answer *odd, const struct radius_secret *secret,
                             uint8_t octets[NODE_DATAGRAM_MAX]) {
  static const uint8_t key[RADIUS_MSK_LENGTH] = {5};
  const struct aps_world_datagram *request = aps_world_flown(&world, "Access-Request");
  const struct aps_world_datagram *initiate = aps_world_flown(&world, "EAP-Initiate/Re-auth");
  const uint8_t identifier = initiate->data[9]; /* behind header, token, Uri-Path, marker, Code */
  const size_t length = odd->eap == EAP_FINISH ? FINISH_LENGTH : 4;
  const uint8_t eap[FINISH_LENGTH] = {(uint8_t)odd->eap,
                                      (uint8_t)(identifier + odd->other_identifier),
                                      0,
                                      (uint8_t)length,
                                      ERP_REAUTH,
                                      odd->says_no ? ERP_FLAG_RESULT : 0};
  struct span_writer out;
  span_writer_init(&out, octets, NODE_DATAGRAM_MAX, NULL);
  radius_begin(&out, (uint8_t)odd->code, request->data[1]);
  if (odd->eap != 0)
    radius_add_eap(&out, eap, length);
  if (odd->keys)
    assert_int_equal(
        radius_mppe_add(&out, key, request->data + 4, secret, &world.ues[2].party.hooks), 0);
  if (odd->timeout_s != NO_TIMEOUT)
    radius_add_number(&out, RADIUS_SESSION_TIMEOUT, odd->timeout_s);
  assert_int_equal(radius_response_seal(&out, request->data + 4, secret), 0);
  return out.length;
}

static void answer_oddly(const struct odd_answer *odd, const struct radius_secret *secret) {
  uint8_t octets[NODE_DATAGRAM_MAX];
  const struct aps_world_datagram *request = aps_world_flown(&world, "Access-Request");
  const size_t length = compose_answer(odd, secret, octets);
  aps_world_inject(&world, &request->destination, &request->source, octets, length);
  aps_world_run_ms(&world, 100);
}

static void odd_answers(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof ODD / sizeof ODD[0]; i++) {
    const struct odd_answer *odd = &ODD[i];
    start();
    world.as_is_dead = true;
    aps_world_pull(&world, 0, 0, "aps1");
    aps_world_run_ms(&world, 100);
    answer_oddly(odd, &SECRET);
    assert_int_equal(world.ues[0].responses, 1);
    assert_int_equal(world.ues[0].code, odd->expected);
    assert_int_equal(world.ues[0].payload_length, odd->payload);
    if (odd->why != NULL)
      assert_string_equal(why_unanswered(0), odd->why);
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), odd->why == NULL);
    aps_world_end(&world);
  }
}

/* Nobody else can answer. */
static void forged_answer(void **state) {
  static const struct radius_secret other = {(const uint8_t *)"guess", 5};
  static const struct odd_answer odd = {
      RADIUS_ACCESS_ACCEPT, EAP_FINISH, false, false, true, 0, 0, 0, NULL};
  (void)state;
  start();
  world.as_is_dead = true;
  aps_world_pull(&world, 0, 0, "aps1");
  aps_world_run_ms(&world, 100);
  answer_oddly(&odd, &other);
  assert_int_equal(world.ues[0].responses, 0);
  assert_no_key(0);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_DISCARDED), 1);
  aps_world_end(&world);
}

/* In the handshake, by the identity */

/* The flight that came again while the AS was asked is answered once. */
static void slow_as_in_handshake(void **state) {
  start_over(aps_world_channel_of(state));
  world.as_latency_ns = 2000 * NODE_MS;
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 60000);
  assert_true(aps_world_is_open(&world, 0));
  if (bootstrap_channel_use(world.channel) == BOOTSTRAP_DTLS) {
    assert_true(aps_world_count(&world, "DTLS ClientKeyExchange") > 1);
    assert_int_equal(aps_world_count(&world, "DTLS Finished"), 1);
    assert_int_equal(aps_world_count(&world, "DTLS ServerHello"), 1);
  } else {
    assert_true(aps_world_count(&world, "IKE_AUTH request") > 1);
    assert_int_equal(aps_world_count(&world, "IKE_AUTH response"), 1);
    assert_int_equal(aps_world_count(&world, "IKE_SA_INIT response"), 1);
  }
  aps_world_end(&world);
}

static void silent_as_in_handshake(void **state) {
  start_over(aps_world_channel_of(state));
  world.as_is_dead = true;
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 120000);
  assert_string_equal(world.ues[0].failure, aps_world_refusal(world.channel));
  assert_string_equal(why_unanswered(0), "the AS does not answer");
  assert_string_equal(aps_world_why(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_FAILED),
                      aps_world_refusal(world.channel));
  assert_no_key(0);
  world.as_is_dead = false;
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 60000);
  assert_true(aps_world_is_open(&world, 0));
  aps_world_end(&world);
}

static void refusing_as_in_handshake(void **state) {
  static void (*const changes[])(void) = {forget_emsk, expire_emsk, unauthorise, rename_aps};
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
    start_over(aps_world_channel_of(state));
    changes[i]();
    world.now_ns += 2 * NODE_SECOND;
    aps_world_take_root(&world, 0, "aps1");
    aps_world_open(&world, 0, 0);
    aps_world_run_ms(&world, 60000);
    assert_string_equal(world.ues[0].failure, aps_world_refusal(world.channel));
    assert_string_equal(why_unanswered(0), "refused by the AS");
    assert_no_key(0);
    aps_world_end(&world);
  }
}

/* Two UEs that name the same, one of which is who it says: the AS is asked once, and only that one
 * has a channel. */
static void one_question(void **state) {
  start_over(aps_world_channel_of(state));
  world.as_latency_ns = 200 * NODE_MS;
  aps_world_take_root(&world, 0, "aps1");
  memcpy(world.ues[1].identity, world.ues[0].identity, sizeof world.ues[1].identity);
  aps_world_open(&world, 0, 0);
  aps_world_open(&world, 1, 0);
  aps_world_run_ms(&world, 900);
  assert_int_equal(aps_world_count(&world, "Access-Request"), 1);
  assert_true(aps_world_is_open(&world, 0));
  assert_false(aps_world_is_open(&world, 1));
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_STARTED), 2);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_ANSWERED), 2);
  aps_world_end(&world);
}

/* Only what has the form of an EMSK's name is worth a question. */
static void identity_of_another_form(void **state) {
  static const char *const forms[] = {"client0123456789", "7C2CDA67750FE534", "7c2cda67750fe53@"};
  (void)state;
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    start();
    memcpy(world.ues[0].identity, forms[i], sizeof world.ues[0].identity);
    aps_world_open(&world, 0, 0);
    aps_world_run_ms(&world, 60000);
    assert_string_equal(world.ues[0].failure, "dtls-unknown-identity");
    assert_int_equal(aps_world_count(&world, "Access-Request"), 0);
    aps_world_end(&world);
  }
}

/* With the pull of handshakes off there is no question. */
static void no_question_without_that_pull(void **state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
  world.aps_config[0].pulls[aps_world_handshake_pull(world.channel)] = false;
  aps_world_start(&world);
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 60000);
  assert_string_equal(world.ues[0].failure, aps_world_refusal(world.channel));
  assert_int_equal(aps_world_count(&world, "Access-Request"), 0);
  assert_true(aps_world_serve(&world, 0, 0));
  aps_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(slow_as),
      cmocka_unit_test(silent_as),
      cmocka_unit_test(refusing_as),
      APS_WORLD_OVER_ALL(unauthorised_aps),
      cmocka_unit_test(lying_aps),
      APS_WORLD_OVER_ALL(lying_to_the_as),
      cmocka_unit_test(odd_answers),
      cmocka_unit_test(forged_answer),
      APS_WORLD_OVER_ALL(slow_as_in_handshake),
      APS_WORLD_OVER_ALL(silent_as_in_handshake),
      APS_WORLD_OVER_ALL(refusing_as_in_handshake),
      APS_WORLD_OVER_ALL(one_question),
      cmocka_unit_test(identity_of_another_form),
      APS_WORLD_OVER_ALL(no_question_without_that_pull),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
