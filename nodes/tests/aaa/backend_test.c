/* Pass-through: which responses go to an AAA server, and what becomes of whatever it answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "aaa/backend.h"
#include "hex.h"
#include "radius/mppe.h"
#include "seeded.h"

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};
static const struct node_address PEER = {.ip = {0xfd, [15] = 9}, .port = 5683};
static const struct node_address SERVER = {.ip = {2}, .port = RADIUS_PORT};
static const struct node_address CLIENT = {.ip = {1}, .port = RADIUS_FIRST_PORT_DEFAULT};

struct backend_world {
  struct seeded seeded;
  struct node_hooks hooks;
  struct aaa_backend backend;
  struct aaa_backend_session session;
  uint8_t request[NODE_DATAGRAM_MAX]; /* the last that was written */
  size_t request_length;
  uint8_t data[EAP_PACKET_MAX]; /* the last packet for the peer */
  struct span_list spans;
  struct span_writer out;
};

static struct backend_world world;

static int backend_set_up(void **state) {
  (void)state;
  memset(&world, 0, sizeof world);
  world.seeded.state = 31;
  world.hooks = (struct node_hooks){.context = &world.seeded, .random = seeded_bytes};
  const struct eap_server_config eap = {0};
  const struct radius_client_config radius = {.local = CLIENT,
                                              .port_count = 1,
                                              .server = SERVER,
                                              .secret = SECRET,
                                              .nas_identifier = "nas"};
  assert_true(aaa_backend_init(&world.backend, &eap, &radius, NULL, &world.hooks));
  assert_int_equal(aaa_backend_begin(&world.backend, &world.session, 0x10, &PEER, &world), 0);
  return 0;
}

static int backend_tear_down(void **state) {
  (void)state;
  aaa_backend_end(&world.backend, &world.session);
  aaa_backend_deinit(&world.backend);
  return 0;
}

static enum aaa_backend_result backend_respond(const char *text) {
  const struct hex packet = hex(text);
  span_writer_init(&world.out, world.data, sizeof world.data, &world.spans);
  const enum aaa_backend_result result =
      aaa_backend_respond(&world.backend, &world.session, packet.octets, packet.length, &world.out);
  assert_int_equal(world.out.length, 0);
  return result;
}

/* Sends what is to be sent. */
static struct radius_packet backend_written(void) {
  struct node_datagram datagram = {.data = world.request, .capacity = sizeof world.request};
  struct radius_packet packet;
  assert_int_equal(aaa_backend_write(&world.backend, &datagram, 0), 1);
  assert_true(node_address_equal(&datagram.serves, &PEER));
  world.request_length = datagram.length;
  assert_int_equal(radius_packet_parse(world.request, world.request_length, &packet), 0);
  assert_null(radius_request_check(&packet, &SECRET));
  return packet;
}

/* An answer's attributes: EAP and State as hex (NULL: none), MPPE keys, numbers (0: none). */
struct answer {
  uint8_t code;
  const char *eap;
  const char *state;
  bool keys;
  uint32_t session_timeout, error_cause;
  bool session_timeout_of_zero;
  bool termination_action; /* RADIUS-Request */
  const char *rules;
};

static const uint8_t MSK[EAP_KEY_LENGTH] =
    "0123456789abcdef0123456789ABCDEF0123456789abcdefFEDCBA9876543210";

static enum aaa_backend_result backend_deliver(const struct answer *answer) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  radius_begin(&out, answer->code, world.request[1]);
  if (answer->eap != NULL) {
    const struct hex eap = hex(answer->eap);
    radius_add_eap(&out, eap.octets, eap.length);
  }
  if (answer->state != NULL) {
    const struct hex state = hex(answer->state);
    radius_add(&out, RADIUS_STATE, state.octets, state.length);
  }
  if (answer->keys)
    assert_int_equal(radius_mppe_add(&out, MSK, world.request + 4, &SECRET, &world.hooks), 0);
  if (answer->session_timeout > 0 || answer->session_timeout_of_zero)
    radius_add_number(&out, RADIUS_SESSION_TIMEOUT, answer->session_timeout);
  if (answer->termination_action)
    radius_add_number(&out, RADIUS_TERMINATION_ACTION, RADIUS_TERMINATION_REQUEST);
  if (answer->rules != NULL)
    radius_add_grant(&out, RADIUS_NAS_FILTER_RULE, answer->rules, strlen(answer->rules));
  if (answer->error_cause > 0)
    radius_add_number(&out, RADIUS_ERROR_CAUSE, answer->error_cause);
  assert_int_equal(radius_response_seal(&out, world.request + 4, &SECRET), 0);

  const struct node_datagram datagram = {
      .source = SERVER, .destination = CLIENT, .data = data, .length = out.length};
  enum aaa_backend_result result = AAA_BACKEND_DISCARD;
  const char *why;
  span_writer_init(&world.out, world.data, sizeof world.data, &world.spans);
  assert_true(aaa_backend_is_for(&world.backend, &datagram.destination));
  assert_ptr_equal(aaa_backend_receive(&world.backend, &datagram, &result, &world.out, &why),
                   &world);
  assert_int_equal(span_list_length(&world.spans), world.out.length);
  return result;
}

#define IDENTITY "02 10 0009 01 75736572"
#define PSK_1 "01 11 0007 2f 0001"
#define PSK_2 "02 11 0007 2f 4002"

/* To the first EAP-Request of the AAA server. */
static void go_to_method(void) {
  static const struct answer challenge = {
      .code = RADIUS_ACCESS_CHALLENGE, .eap = PSK_1, .state = "aa", .session_timeout = 5};
  assert_int_equal(backend_respond(IDENTITY), AAA_BACKEND_WAIT);
  (void)backend_written();
  assert_int_equal(backend_deliver(&challenge), AAA_BACKEND_REQUEST);
  assert_hex_equal(world.data, world.out.length, PSK_1);
}

static void responses(void **state) {
  (void)state;
  static const struct {
    const char *packet, *why; /* NULL: it is forwarded */
  } first[] = {{"", "malformed EAP packet"},
               {"02 10 0009 01 757365", "malformed EAP packet"},
               {"01 10 0005 01", "packet that is not a Response"},
               {"03 10 0004", "packet that is not a Response"},
               {"02 11 0009 01 75736572", "Response with a wrong identifier"},
               {"02 10 0007 2f 4002", "Response that is not the Identity"},
               {IDENTITY "ffff", NULL}},
    second[] = {{IDENTITY, "Response with a wrong identifier"},
                {"01 11 0007 2f 4002", "packet that is not a Response"},
                {"02 11 0006 03 30", NULL}};
  for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
    assert_int_equal(backend_respond(first[i].packet),
                     first[i].why == NULL ? AAA_BACKEND_WAIT : AAA_BACKEND_DISCARD);
    assert_string_equal(aaa_backend_reason(&world.backend, &world.session),
                        first[i].why == NULL ? "Response that is not the Identity" : first[i].why);
  }
  uint8_t eap[EAP_PACKET_MAX];
  struct radius_packet packet = backend_written();
  assert_int_equal(radius_eap_join(&packet, eap, sizeof eap), 9); /* without its padding */
  static const struct answer challenge = {.code = RADIUS_ACCESS_CHALLENGE, .eap = PSK_1};
  assert_int_equal(backend_deliver(&challenge), AAA_BACKEND_REQUEST);
  for (size_t i = 0; i < sizeof second / sizeof second[0]; i++)
    assert_int_equal(backend_respond(second[i].packet),
                     second[i].why == NULL ? AAA_BACKEND_WAIT : AAA_BACKEND_DISCARD);
}

static void long_identity(void **state) {
  (void)state;
  uint8_t packet[5 + 254] = {2, 0x10, 1, 3, 1};
  assert_int_equal(
      aaa_backend_respond(&world.backend, &world.session, packet, sizeof packet, &world.out),
      AAA_BACKEND_DISCARD);
  packet[3] = 2;
  assert_int_equal(
      aaa_backend_respond(&world.backend, &world.session, packet, sizeof packet, &world.out),
      AAA_BACKEND_WAIT);
  const struct radius_packet request = backend_written();
  struct radius_attribute name;
  assert_true(radius_attribute_find(&request, RADIUS_USER_NAME, &name));
  assert_int_equal(name.length, 253);
}

/* User-Name is the identity in every request; State is that of the last Challenge, if it had one.
 */
static void user_name_and_state(void **state) {
  (void)state;
  static const char *const states[] = {"aa", "bbcc", NULL, "dd", ""};
  assert_int_equal(backend_respond(IDENTITY), AAA_BACKEND_WAIT);
  const char *expected = NULL;
  for (unsigned i = 0; i < 5; i++) {
    const struct radius_packet packet = backend_written();
    struct radius_attribute attribute;
    assert_true(radius_attribute_find(&packet, RADIUS_USER_NAME, &attribute));
    assert_int_equal(attribute.length, 4);
    assert_memory_equal(attribute.value, "user", 4);
    assert_int_equal(radius_attribute_find(&packet, RADIUS_STATE, &attribute), expected != NULL);
    if (expected != NULL)
      assert_hex_equal(attribute.value, attribute.length, expected);
    const struct answer challenge = {
        .code = RADIUS_ACCESS_CHALLENGE, .eap = PSK_1, .state = states[i]};
    assert_int_equal(backend_deliver(&challenge), AAA_BACKEND_REQUEST);
    assert_int_equal(backend_respond(PSK_2), AAA_BACKEND_WAIT);
    expected = states[i] != NULL && states[i][0] == '\0' ? NULL : states[i];
  }
}

static void answers(void **state) {
  (void)state;
  static const struct {
    struct answer answer;
    enum aaa_backend_result result;
    const char *out, *reason;
    uint32_t lifetime_s; /* 0: the default */
  } table[] = {
      {{.code = RADIUS_ACCESS_CHALLENGE, .eap = "01 42 0005 04"},
       AAA_BACKEND_REQUEST,
       "01 42 0005 04",
       "",
       0},
      {{.code = RADIUS_ACCESS_CHALLENGE, .eap = "01 42 0005 04 0000", .session_timeout = 9},
       AAA_BACKEND_REQUEST,
       "01 42 0005 04",
       "",
       0},
      {{.code = RADIUS_ACCESS_CHALLENGE},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Challenge without EAP-Request",
       0},
      {{.code = RADIUS_ACCESS_CHALLENGE, .eap = ""},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Challenge without EAP-Request",
       0},
      {{.code = RADIUS_ACCESS_CHALLENGE, .eap = "03 11 0004", .keys = true},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Challenge without EAP-Request",
       0},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = "03 11 0004", .keys = true},
       AAA_BACKEND_SUCCESS,
       "03 11 0004",
       "",
       0},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = "03 11 0004", .keys = true, .session_timeout = 77},
       AAA_BACKEND_SUCCESS,
       "03 11 0004",
       "",
       77},
      {{.code = RADIUS_ACCESS_ACCEPT,
        .eap = "03 11 0004",
        .keys = true,
        .session_timeout_of_zero = true},
       AAA_BACKEND_SUCCESS,
       "03 11 0004",
       "",
       0},
      {{.code = RADIUS_ACCESS_ACCEPT,
        .eap = "03 11 0004",
        .keys = true,
        .rules = "permit in ip from any to any setup"},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "filter rule that cannot be applied",
       0},
      {{.code = RADIUS_ACCESS_REJECT, .rules = "permit in ip from any to any setup"},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Reject",
       0},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = "03 11 0004"},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Accept without keys",
       0},
      {{.code = RADIUS_ACCESS_ACCEPT, .keys = true},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Accept without EAP-Success",
       0},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = "04 11 0004", .keys = true},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Accept without EAP-Success",
       0},
      {{.code = RADIUS_ACCESS_REJECT, .eap = "04 11 0004"},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Reject",
       0},
      {{.code = RADIUS_ACCESS_REJECT}, AAA_BACKEND_FAILURE, "04 11 0004", "Access-Reject", 0},
      {{.code = RADIUS_ACCESS_REJECT, .eap = "04 00 0004"},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Reject",
       0},
      {{.code = RADIUS_ACCESS_REJECT, .eap = "03 11 0004", .keys = true, .session_timeout = 7},
       AAA_BACKEND_FAILURE,
       "04 11 0004",
       "Access-Reject",
       0},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    uint8_t msk[EAP_KEY_LENGTH];
    backend_tear_down(NULL);
    backend_set_up(NULL);
    go_to_method();
    assert_int_equal(backend_respond(PSK_2), AAA_BACKEND_WAIT);
    (void)backend_written();
    assert_int_equal(backend_deliver(&table[i].answer), table[i].result);
    assert_hex_equal(world.data, world.out.length, table[i].out);
    assert_string_equal(aaa_backend_reason(&world.backend, &world.session), table[i].reason);
    assert_int_equal(world.session.lifetime_s,
                     table[i].lifetime_s == 0 ? 8 * 3600 : table[i].lifetime_s);
    const bool success = table[i].result == AAA_BACKEND_SUCCESS;
    assert_int_equal(aaa_backend_msk(&world.backend, &world.session, msk),
                     success ? 0 : NODE_ERR_BAD_STATE);
    if (success)
      assert_memory_equal(msk, MSK, sizeof msk);
  }
}

/* The grant is there once; what is not taken ends with the session. */
static void grant_is_taken_once(void **state) {
  (void)state;
  static const struct answer accepts[] = {
      {.code = RADIUS_ACCESS_ACCEPT, .eap = "03 11 0004", .keys = true},
      {.code = RADIUS_ACCESS_ACCEPT,
       .eap = "03 11 0004",
       .keys = true,
       .session_timeout = 77,
       .termination_action = true,
       .rules = "deny in ip from any to any"},
      {.code = RADIUS_ACCESS_ACCEPT,
       .eap = "03 11 0004",
       .keys = true,
       .termination_action = true,
       .rules = "deny in ip from any to any"},
  };
  for (size_t i = 0; i < sizeof accepts / sizeof accepts[0]; i++) {
    backend_tear_down(NULL);
    backend_set_up(NULL);
    go_to_method();
    assert_int_equal(backend_respond(PSK_2), AAA_BACKEND_WAIT);
    (void)backend_written();
    assert_null(aaa_backend_take_grant(&world.session));
    assert_int_equal(backend_deliver(&accepts[i]), AAA_BACKEND_SUCCESS);
    assert_int_equal(world.session.renews, i == 1);
    struct aaa_grant *grant = i == 2 ? NULL : aaa_backend_take_grant(&world.session);
    assert_int_equal(grant != NULL, i == 1);
    assert_int_equal(world.session.granted != NULL, i == 2);
    aaa_grant_free(grant);
  }
}

/* Each octet of an EAP-Request has the row of what it is. */
static void backend_rows(void **state) {
  (void)state;
  static const struct {
    const char *eap;
    uint16_t row;
  } table[] = {{"01 42 0008 01 616263", ROW_EAP_IDENTITY},
               {"01 42 0008 02 616263", ROW_EAP_IDENTITY},
               {"01 42 0008 2f 616263", ROW_EAP_METHOD}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct answer challenge = {.code = RADIUS_ACCESS_CHALLENGE, .eap = table[i].eap};
    backend_tear_down(NULL);
    backend_set_up(NULL);
    assert_int_equal(backend_respond(IDENTITY), AAA_BACKEND_WAIT);
    (void)backend_written();
    assert_int_equal(backend_deliver(&challenge), AAA_BACKEND_REQUEST);
    assert_int_equal(world.spans.count, 2);
    assert_int_equal(world.spans.item[0].row, ROW_EAP_HEADER);
    assert_int_equal(world.spans.item[0].length, 5);
    assert_int_equal(world.spans.item[1].row, table[i].row);
  }
}

/* RFC 3579 section 2.2: the same request four times more, and then the end. */
static void ignored_responses(void **state) {
  (void)state;
  static const struct answer ignored = {.code = RADIUS_ACCESS_CHALLENGE,
                                        .eap = PSK_1,
                                        .error_cause = RADIUS_ERROR_INVALID_EAP},
                             other_cause = {.code = RADIUS_ACCESS_CHALLENGE,
                                            .eap = PSK_1,
                                            .error_cause = 201},
                             next = {.code = RADIUS_ACCESS_CHALLENGE,
                                     .eap = "01 12 0005 2f",
                                     .error_cause = RADIUS_ERROR_INVALID_EAP};
  /* It cannot ask again for what the AAA server has not asked for. */
  assert_int_equal(backend_respond(IDENTITY), AAA_BACKEND_WAIT);
  (void)backend_written();
  static const struct answer identity_ignored = {.code = RADIUS_ACCESS_CHALLENGE,
                                                 .eap = "01 10 0005 01",
                                                 .error_cause = RADIUS_ERROR_INVALID_EAP};
  assert_int_equal(backend_deliver(&identity_ignored), AAA_BACKEND_REQUEST);
  backend_tear_down(NULL);
  backend_set_up(NULL);

  go_to_method();
  for (unsigned round = 0; round < 2; round++) {
    for (unsigned i = 0; i < 4; i++) {
      assert_int_equal(backend_respond(PSK_2), AAA_BACKEND_WAIT);
      (void)backend_written();
      assert_int_equal(backend_deliver(&ignored), AAA_BACKEND_REPEAT);
      assert_hex_equal(world.data, world.out.length, PSK_1);
    }
    if (round == 0) { /* any other Challenge is a new request */
      assert_int_equal(backend_respond(PSK_2), AAA_BACKEND_WAIT);
      (void)backend_written();
      assert_int_equal(backend_deliver(&other_cause), AAA_BACKEND_REQUEST);
    }
  }
  assert_int_equal(backend_respond(PSK_2), AAA_BACKEND_WAIT);
  (void)backend_written();
  assert_int_equal(backend_deliver(&ignored), AAA_BACKEND_FAILURE);
  assert_string_equal(aaa_backend_reason(&world.backend, &world.session),
                      "responses ignored by the AAA server");
  backend_tear_down(NULL);
  backend_set_up(NULL);
  go_to_method();
  assert_int_equal(backend_respond(PSK_2), AAA_BACKEND_WAIT);
  (void)backend_written();
  assert_int_equal(backend_deliver(&next), AAA_BACKEND_REQUEST);
}

/* What ended hears no answer. */
static void ended(void **state) {
  (void)state;
  assert_int_equal(backend_respond(IDENTITY), AAA_BACKEND_WAIT);
  (void)backend_written();
  aaa_backend_end(&world.backend, &world.session);
  assert_true(aaa_backend_expiry(&world.backend) == NODE_NEVER);
  assert_null(world.session.pass_through);
  aaa_backend_end(&world.backend, &world.session);
}

/* Answers whose EAP-Message attributes are more than an EAP packet has. */
static void eap_longer_than_its_mtu(void **state) {
  (void)state;
  static const uint8_t codes[] = {RADIUS_ACCESS_CHALLENGE, RADIUS_ACCESS_ACCEPT};
  static char text[2 * (EAP_PACKET_MAX + 1) + 1];
  memset(text, '1', sizeof text - 1);
  for (size_t i = 0; i < sizeof codes; i++) {
    const struct answer answer = {.code = codes[i], .eap = text, .keys = true};
    aaa_backend_end(&world.backend, &world.session);
    assert_int_equal(aaa_backend_begin(&world.backend, &world.session, 0x10, &PEER, &world), 0);
    assert_int_equal(backend_respond(IDENTITY), AAA_BACKEND_WAIT);
    (void)backend_written();
    assert_int_equal(backend_deliver(&answer), AAA_BACKEND_FAILURE);
    assert_string_equal(aaa_backend_reason(&world.backend, &world.session),
                        "EAP packet longer than its MTU");
  }
}

/* What may come instead of an EAP-Finish that answers the EAP-Initiate; the decision is that of the
 * RADIUS code alone, and where the EAP packet is not of it, the peer is told no. */
static void answers_to_an_initiate(void **state) {
#define FINISH "06 44 0016 02 00 0000 01 03 614062 01 1111111111111111"
#define FINISH_NO "06 44 0016 02 80 0000 01 03 614062 01 1111111111111111"
#define NO "04 44 0004"
  static const struct {
    struct answer answer;
    enum aaa_backend_result result;
    const char *out, *reason;
  } table[] = {
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = FINISH, .keys = true},
       AAA_BACKEND_SUCCESS,
       FINISH,
       ""},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = FINISH},
       AAA_BACKEND_FAILURE,
       NO,
       "Access-Accept without keys"},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = FINISH_NO, .keys = true},
       AAA_BACKEND_FAILURE,
       NO,
       "Access-Accept without EAP-Finish"},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = "06 45 0008 02 00 0000", .keys = true},
       AAA_BACKEND_FAILURE,
       NO,
       "Access-Accept without EAP-Finish"},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = "06 44 0005 02", .keys = true},
       AAA_BACKEND_FAILURE,
       NO,
       "Access-Accept without EAP-Finish"},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = "05 44 0008 02 00 0000", .keys = true},
       AAA_BACKEND_FAILURE,
       NO,
       "Access-Accept without EAP-Finish"},
      {{.code = RADIUS_ACCESS_ACCEPT, .eap = "03 44 0004", .keys = true},
       AAA_BACKEND_FAILURE,
       NO,
       "Access-Accept without EAP-Finish"},
      {{.code = RADIUS_ACCESS_ACCEPT, .keys = true},
       AAA_BACKEND_FAILURE,
       NO,
       "Access-Accept without EAP-Finish"},
      {{.code = RADIUS_ACCESS_CHALLENGE, .eap = "01 44 0005 01", .state = "aa"},
       AAA_BACKEND_FAILURE,
       NO,
       "Access-Challenge to an EAP-Initiate"},
      {{.code = RADIUS_ACCESS_REJECT, .eap = FINISH_NO},
       AAA_BACKEND_FAILURE,
       FINISH_NO,
       "Access-Reject"},
      {{.code = RADIUS_ACCESS_REJECT, .eap = FINISH}, AAA_BACKEND_FAILURE, NO, "Access-Reject"},
      {{.code = RADIUS_ACCESS_REJECT, .eap = "04 00 0004"},
       AAA_BACKEND_FAILURE,
       NO,
       "Access-Reject"},
      {{.code = RADIUS_ACCESS_REJECT}, AAA_BACKEND_FAILURE, NO, "Access-Reject"},
  };
  const struct hex initiate = hex("05 44 0016 02 00 0000 01 03 614062 01 1111111111111111");
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct radius_attribute name;
    uint8_t msk[EAP_KEY_LENGTH];
    const char *why;
    aaa_backend_end(&world.backend, &world.session);
    span_writer_init(&world.out, world.data, sizeof world.data, &world.spans);
    assert_int_equal(aaa_backend_begin_initiate(&world.backend, &world.session, &PEER, &world,
                                                initiate.octets, initiate.length, 0, &world.out,
                                                &why),
                     AAA_BACKEND_WAIT);
    const struct radius_packet request = backend_written();
    assert_true(radius_attribute_find(&request, RADIUS_USER_NAME, &name));
    assert_int_equal(name.length, 3);
    assert_memory_equal(name.value, "a@b", 3);
    assert_int_equal(backend_deliver(&table[i].answer), table[i].result);
    assert_hex_equal(world.data, world.out.length, table[i].out);
    assert_string_equal(aaa_backend_reason(&world.backend, &world.session), table[i].reason);
    assert_int_equal(aaa_backend_msk(&world.backend, &world.session, msk),
                     table[i].result == AAA_BACKEND_SUCCESS ? 0 : NODE_ERR_BAD_STATE);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, backend_set_up, backend_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(responses),
      TEST(long_identity),
      TEST(user_name_and_state),
      TEST(answers),
      TEST(grant_is_taken_once),
      TEST(backend_rows),
      TEST(ignored_responses),
      TEST(ended),
      TEST(eap_longer_than_its_mtu),
      TEST(answers_to_an_initiate),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
