/* What a run's identity depends on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/key.h"

static void key_of(const char *text, char key[SPEC_KEY_LENGTH + 1]) {
  struct spec spec;
  char error[SPEC_ERROR_MAX];
  assert_true(spec_parse(text, &spec, error));
  spec_key(&spec, key);
}

static void test_identity(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    bool same;
  } cases[] = {
      {"{}", "{\"hops\": 1, \"seed\": 1}", true},
      {"{}", "{\"id\": \"x\"}", true},
      {"{}", "{\"seed\": 2}", false},
      {"{}", "{\"frame_loss\": 0.1}", false},
      {"{\"frame_loss\": 0.1}", "{\"frame_loss\": 1e-1}", true},
      {"{}", "{\"platform\": \"z1\"}", false},
      /* keys without effect */
      {"{}", "{\"loss_model\": \"bit\"}", true},
      {"{\"frame_loss\": 0.1}", "{\"frame_loss\": 0.1, \"loss_model\": \"bit\"}", false},
      {"{\"topology\": \"star\"}", "{\"topology\": \"star\", \"hops\": 4}", true},
      {"{\"trigger\": \"off\"}", "{\"trigger\": \"off\", \"trigger_retry_ms\": 9}", true},
      {"{}", "{\"trigger_retry_ms\": 9}", false},
      {"{}", "{\"method\": \"eap-edhoc\"}", false},
      {"{}",
       "{\"edhoc_method\": 0, \"edhoc_suite\": 3, \"credential\": \"x5chain\", "
       "\"certificate_bytes\": 300, \"eap_mtu\": 64}",
       true},
      {"{\"method\": \"eap-edhoc\"}", "{\"method\": \"eap-edhoc\", \"peer_id_bytes\": 9}", true},
      {"{\"method\": \"eap-edhoc\"}",
       "{\"method\": \"eap-edhoc\", \"credential\": \"kid\", \"certificate_bytes\": 300}", true},
      {"{\"method\": \"eap-edhoc\"}", "{\"method\": \"eap-edhoc\", \"eap_mtu\": 64}", false},
      {"{}", "{\"dtls_cookie\": \"off\", \"dtls_timeout_ms\": 200, \"dtls_timeout_max_ms\": 300}",
       true},
      {"{\"association\": \"dtls\"}", "{\"association\": \"dtls\", \"dtls_cookie\": \"off\"}",
       false},
      {"{\"association\": \"dtls\"}",
       "{\"association\": \"dtls\", \"oscore_id_context\": \"none\"}", true},
      {"{}", "{\"separate_response\": \"on\"}", false},
      {"{}", "{\"reauthentication_delay_ms\": 5}", true},
      {"{\"authentications\": 2}", "{\"authentications\": 2, \"reauthentication_delay_ms\": 5}",
       false},
      {"{}",
       "{\"app_payload_bytes\": 5, \"app_interval_ms\": 5, \"app_method\": \"get\", "
       "\"app_direction\": \"from-authenticator\"}",
       true},
      {"{\"app_messages\": 1}", "{\"app_messages\": 1, \"app_payload_bytes\": 5}", false},
      {"{\"app_messages\": 1}", "{\"app_messages\": 1, \"app_direction\": \"from-authenticator\"}",
       false},
      /* a condition with several values */
      {"{}", "{\"seqnum_bytes\": 3}", false},
      {"{\"ordering\": \"seqnum-requests\"}",
       "{\"ordering\": \"seqnum-requests\", \"seqnum_bytes\": 3}", false},
      {"{\"ordering\": \"mid-random\"}", "{\"ordering\": \"mid-random\", \"seqnum_bytes\": 3}",
       true},
      {"{\"ordering\": \"mid-monotonic\"}",
       "{\"ordering\": \"mid-monotonic\", \"seqnum_number\": 99}", true},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char a[SPEC_KEY_LENGTH + 1], b[SPEC_KEY_LENGTH + 1];
    key_of(cases[i].a, a);
    key_of(cases[i].b, b);
    assert_int_equal(strcmp(a, b) == 0, cases[i].same);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_identity)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
