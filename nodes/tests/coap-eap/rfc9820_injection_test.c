/* Hostile messages into the midst of an authentication by RFC 9820: each is answered as the table
 * says, or dropped for a reason, and the authentication goes on as if it had not come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/resource.h"
#include "hex.h"
#include "pipe.h"

enum { NO_FORMAT = -1 };

#define IDENTITY_REQUEST "0109000501"

static struct pipe pipe_;

struct injection {
  enum coap_type type;
  uint8_t code;
  const char *path; /* "GONE": the resource of step 1; "NOW": that of the next request */
  int format;       /* Content-Format, of an octet */
  bool no_response;
  const char *payload; /* hex */
  const char *answer;  /* label, or NULL: none */
  const char *discard; /* text, or NULL: none is said */
};

/* The last octet of a name stands in the ninth of a message. */
static void resource_of(const char *path, struct coap_eap_resource *resource) {
  enum { NAME = 8, STEP_1 = 1, STEP_2 = 2 };
  char name[] = "a/?";
  name[2] = (char)pipe_.flight[strcmp(path, "GONE") == 0 ? STEP_1 : STEP_2].data[NAME];
  const bool named = strcmp(path, "GONE") == 0 || strcmp(path, "NOW") == 0;
  strcpy(resource->path, named ? name : path);
}

static size_t injection_compose(const struct injection *injection, uint8_t *data) {
  static const uint8_t no_response = 26;
  const uint8_t format = (uint8_t)injection->format;
  const struct hex payload = hex(injection->payload);
  struct coap_eap_resource resource;
  struct coap_message message = {.type = injection->type,
                                 .code = injection->code,
                                 .message_id = 0x1111,
                                 .payload = payload.octets,
                                 .payload_length = payload.length};
  struct span_writer out;
  resource_of(injection->path, &resource);
  coap_eap_resource_add(&resource, &message, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH);
  if (injection->format != NO_FORMAT)
    coap_message_add_option(&message, COAP_NUMBER_CONTENT_FORMAT, 0, &format, 1);
  if (injection->no_response)
    coap_message_add_option(&message, COAP_NUMBER_NO_RESPONSE, 0, &no_response, 1);
  span_writer_init(&out, data, NODE_DATAGRAM_MAX, NULL);
  assert_int_equal(coap_message_compose(&message, &out), 0);
  return out.length;
}

/* From one host to the other (0: the authenticator), while step 3 is under way. */
static void inject(const struct injection *injection, size_t from) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "lower_layer", "coap-eap-rfc9820");
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 40 * NODE_MS));
  const struct pipe_party *to = from == 0 ? &pipe_.peer[0] : &pipe_.authenticator[0];
  const size_t before = pipe_.flight_count, length = injection_compose(injection, data);
  pipe_inject(&pipe_, &pipe_.hosts[from].address, &pipe_.hosts[!from].address, data, length);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
  if (injection->answer == NULL)
    assert_int_equal(pipe_.flight_count, before + 1);
  else if (pipe_.flight_count != before + 2 ||
           strcmp(pipe_.labels[before + 1], injection->answer) != 0)
    fail_msg("%s to %s: not \"%s\"", injection->payload, injection->path, injection->answer);
  if (injection->discard != NULL)
    assert_string_equal(to->last_discard, injection->discard);
  else
    assert_int_equal(to->discarded, 0);
  assert_true(pipe_run_until(&pipe_, 10 * NODE_SECOND));
  assert_true(pipe_established(&pipe_, 0));
  assert_false(pipe_.peer[0].delivered_twice);
  assert_false(pipe_.authenticator[0].delivered_twice);
  pipe_deinit(&pipe_);
}

static void test_to_the_peer(void **state) {
  (void)state;
  static const char malformed[] = "malformed CoAP-EAP_Info",
                    success[] = "EAP-Success without protection";
  static const struct injection injections[] = {
      /* a resource that has ceased to exist, as that of a delayed step 1 has; others that never
         were */
      {COAP_CON, COAP_CODE_POST, "GONE", NO_FORMAT, false, IDENTITY_REQUEST "a1024107",
       "4.04 Not Found", NULL},
      {COAP_CON, COAP_CODE_POST, "a", NO_FORMAT, false, IDENTITY_REQUEST, "4.04 Not Found", NULL},
      {COAP_CON, COAP_CODE_POST, "a/0/0", NO_FORMAT, false, IDENTITY_REQUEST, "4.04 Not Found",
       NULL},
      {COAP_CON, COAP_CODE_POST, ".well-known/coap-eap", NO_FORMAT, false, "2f612f78",
       "4.04 Not Found", NULL},
      {COAP_CON, COAP_CODE_GET, "NOW", NO_FORMAT, false, "", "4.05 Method Not Allowed", NULL},
      {COAP_CON, COAP_CODE_DELETE, "NOW", NO_FORMAT, false, "", "4.05 Method Not Allowed", NULL},
      {COAP_CON, COAP_CODE_POST, "NOW", 0, false, IDENTITY_REQUEST,
       "4.15 Unsupported Content-Format", NULL},
      {COAP_CON, COAP_CODE_POST, "NOW", NO_FORMAT, false, "", NULL, malformed},
      {COAP_CON, COAP_CODE_POST, "NOW", NO_FORMAT, false, "0109", NULL, malformed},
      {COAP_CON, COAP_CODE_POST, "NOW", NO_FORMAT, false, "0109000601", NULL, malformed},
      {COAP_CON, COAP_CODE_POST, "NOW", NO_FORMAT, false, IDENTITY_REQUEST "a1", NULL, malformed},
      {COAP_CON, COAP_CODE_POST, "NOW", NO_FORMAT, false, IDENTITY_REQUEST "bf0400ff", NULL,
       malformed},
      {COAP_CON, COAP_CODE_POST, "NOW", NO_FORMAT, false, "03090004", NULL, success},
      {COAP_CON, COAP_CODE_POST, "NOW", NO_FORMAT, false, "03090004 a10400", NULL, success},
      {COAP_NON, COAP_CODE_POST, "NOW", NO_FORMAT, false, IDENTITY_REQUEST, NULL,
       "request that is not confirmable"},
  };
  for (size_t i = 0; i < sizeof injections / sizeof injections[0]; i++)
    inject(&injections[i], 0);
}

static void test_to_the_authenticator(void **state) {
  (void)state;
  static const char service[] = ".well-known/coap-eap", bad[] = "4.00 Bad Request";
  static const struct injection injections[] = {
      {COAP_CON, COAP_CODE_POST, service, NO_FORMAT, false, "2f612f78", "trigger acknowledged",
       "trigger while an authentication runs"},
      {COAP_NON, COAP_CODE_POST, service, NO_FORMAT, true, "2f612f78", NULL,
       "trigger while an authentication runs"},
      /* that name no resource: none, "a/x", "/", "/a/", "/a?x", five segments */
      {COAP_CON, COAP_CODE_POST, service, NO_FORMAT, false, "", bad, NULL},
      {COAP_CON, COAP_CODE_POST, service, NO_FORMAT, false, "612f78", bad, NULL},
      {COAP_CON, COAP_CODE_POST, service, NO_FORMAT, false, "2f", bad, NULL},
      {COAP_CON, COAP_CODE_POST, service, NO_FORMAT, false, "2f612f", bad, NULL},
      {COAP_CON, COAP_CODE_POST, service, NO_FORMAT, false, "2f613f78", bad, NULL},
      {COAP_CON, COAP_CODE_POST, service, NO_FORMAT, false, "2f312f322f332f342f35", bad, NULL},
      {COAP_NON, COAP_CODE_POST, service, NO_FORMAT, false, "2f", bad, NULL},
      {COAP_NON, COAP_CODE_POST, service, NO_FORMAT, true, "2f", NULL, bad}, /* wants no answer */
      {COAP_CON, COAP_CODE_POST, service, 0, false, "2f612f78", "4.15 Unsupported Content-Format",
       NULL},
      {COAP_CON, COAP_CODE_GET, service, NO_FORMAT, false, "", "4.05 Method Not Allowed", NULL},
      {COAP_CON, COAP_CODE_POST, "b", NO_FORMAT, false, "", "4.04 Not Found", NULL},
  };
  for (size_t i = 0; i < sizeof injections / sizeof injections[0]; i++)
    inject(&injections[i], 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_to_the_peer),
      cmocka_unit_test(test_to_the_authenticator),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
