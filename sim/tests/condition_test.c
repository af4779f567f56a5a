/* The grammar of conditions, what they need, and whether they hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/condition.h"

static void test_terms(void **state) {
  (void)state;
  static const struct {
    const char *text, *json;
  } cases[] = {
      {"", "[]"},
      {"hops=2", "[{'key':'topology','in':['line','five']},{'key':'hops','in':[2]}]"},
      {"time_limit_s=1|3|500", "[{'key':'time_limit_s','in':[1,3,500]}]"},
      {"frame_loss!=0", "[{'key':'frame_loss','not':[0.0]}]"},
      {"frame_loss=0.25|1", "[{'key':'frame_loss','in':[0.25,1.0]}]"},
      {"method=eap-psk|eap-edhoc", "[{'key':'method','in':['eap-psk','eap-edhoc']}]"},
      {"  method != eap-psk  &  time_limit_s = 1 | 2 ",
       "[{'key':'method','not':['eap-psk']},{'key':'time_limit_s','in':[1,2]}]"},
      {"time_limit_s<authentications", "[{'key':'time_limit_s','below':'authentications'}]"},
      {"time_limit_s < frame_loss", "[{'key':'time_limit_s','below':'frame_loss'}]"},
      /* what the named keys need, once, before them */
      {"dtls_timeout_max_ms<dtls_timeout_ms", "[{'key':'association','in':['dtls']},{'key':'dtls_"
                                              "timeout_max_ms','below':'dtls_timeout_ms'}"
                                              "]"},
      {"certificate_bytes=300 & edhoc_suite!=2 & method=eap-edhoc",
       "[{'key':'method','in':['eap-edhoc']},{'key':'credential','in':['x5chain']},"
       "{'key':'certificate_bytes','in':[300]},{'key':'edhoc_suite','not':[2]}]"},
      {"time_limit_s=1|2 & time_limit_s=2|1 & time_limit_s!=1|2 & time_limit_s=1",
       "[{'key':'time_limit_s','in':[1,2]},{'key':'time_limit_s','not':[1,2]},{'key':'time_limit_s'"
       ",'in':[1]}]"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct condition condition;
    char error[CONDITION_ERROR_MAX];
    if (!condition_parse(cases[i].text, &condition, error))
      fail_msg("%s", error);
    json_t *json = condition_to_json(&condition);
    char *text = json_dumps(json, JSON_COMPACT);
    for (char *at = text; *at != '\0'; at++)
      if (*at == '"')
        *at = '\'';
    assert_string_equal(text, cases[i].json);
    free(text);
    json_decref(json);
    condition_deinit(&condition);
  }
}

static void test_faults(void **state) {
  (void)state;
  static const struct {
    const char *text, *error;
  } cases[] = {
      {"hopps=1", "\"hopps=1\": there is no key \"hopps\""},
      {" ", "\" \": there is no key \"\""},
      {"id=x", "\"id=x\": id is a string, and in no condition"},
      {"hops", "\"hops\": =, != or < has to follow hops"},
      {"hops!2", "\"hops!2\": =, != or < has to follow hops"},
      {"hops=", "\"hops=\": hops has no value \"\""},
      {"hops=2|", "\"hops=2|\": hops has no value \"\""},
      {"hops=17", "\"hops=17\": hops has no value \"17\""},
      {"hops=-1", "\"hops=-1\": hops has no value \"-1\""},
      {"hops=1.5", "\"hops=1.5\": hops has no value \"1.5\""},
      {"hops=2x", "\"hops=2x\": hops has no value \"2x\""},
      {"hops=line", "\"hops=line\": hops has no value \"line\""},
      {"frame_loss=1.5", "\"frame_loss=1.5\": frame_loss has no value \"1.5\""},
      {"method=eap", "\"method=eap\": method has no value \"eap\""},
      {"method=eap-psk|eap-pskx", "\"method=eap-psk|eap-pskx\": method has no value \"eap-pskx\""},
      {"time_limit_s=1|2|1", "\"time_limit_s=1|2|1\": the value \"1\" is here twice"},
      {"time_limit_s=1 &", "\"time_limit_s=1 &\": there is no key \"\""},
      {"time_limit_s=1 method=eap-psk", "\"time_limit_s=1 method=eap-psk\": & has to stand before "
                                        "\"method=eap-psk\""},
      {"time_limit_s<hopps", "\"time_limit_s<hopps\": there is no key \"hopps\""},
      {"time_limit_s<3", "\"time_limit_s<3\": there is no key \"3\""},
      {"time_limit_s<method", "\"time_limit_s<method\": only numbers are one below the other"},
      {"method<time_limit_s", "\"method<time_limit_s\": only numbers are one below the other"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct condition condition;
    char error[CONDITION_ERROR_MAX];
    assert_false(condition_parse(cases[i].text, &condition, error));
    assert_string_equal(error, cases[i].error);
    assert_int_equal(condition.count, 0);
    assert_null(condition.terms);
  }
}

static void test_holds(void **state) {
  (void)state;
  static const struct {
    const char *condition, *spec;
    bool holds;
  } cases[] = {
      {"", "{}", true},
      {"time_limit_s=3", "{}", false},
      {"time_limit_s=3", "{'time_limit_s': 3}", true},
      {"time_limit_s=2|3", "{'time_limit_s': 3}", true},
      {"time_limit_s!=2|3", "{'time_limit_s': 3}", false},
      {"time_limit_s!=2|3", "{'time_limit_s': 4}", true},
      {"frame_loss!=0", "{'frame_loss': 0.0}", false},
      {"frame_loss!=0", "{'frame_loss': 1e-9}", true},
      {"frame_loss=0.1", "{'frame_loss': 0.1}", true},
      {"ordering=seqnum|seqnum-requests", "{'ordering': 'seqnum-requests'}", true},
      {"ordering=seqnum|seqnum-requests", "{'ordering': 'mid-random'}", false},
      {"ordering!=seqnum|seqnum-requests", "{'ordering': 'mid-random'}", true},
      {"time_limit_s=3 & hops=2", "{'time_limit_s': 3}", false},
      {"time_limit_s=3 & hops=2", "{'hops': 2}", false},
      {"time_limit_s=3 & hops=2", "{'time_limit_s': 3, 'hops': 2}", true},
      {"hops=2", "{'hops': 2, 'topology': 'star'}", false},
      {"certificate_bytes=300", "{'credential': 'x5chain', 'certificate_bytes': 300}", false},
      {"certificate_bytes=300",
       "{'method': 'eap-edhoc', 'credential': 'x5chain', 'certificate_bytes': 300}", true},
      {"time_limit_s<hops", "{'time_limit_s': 2, 'hops': 2}", false},
      {"time_limit_s<hops", "{'time_limit_s': 2, 'hops': 3}", true},
      {"time_limit_s<hops", "{'time_limit_s': 2, 'hops': 3, 'topology': 'star'}", false},
      {"frame_loss<time_limit_s", "{'frame_loss': 0.5}", true},
      {"seed=9007199254740991", "{'seed': 9007199254740991}", true},
      {"seed=9007199254740991", "{'seed': 9007199254740990}", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct condition condition;
    struct spec spec;
    char error[CONDITION_ERROR_MAX], spec_error[SPEC_ERROR_MAX], text[200];
    strcpy(text, cases[i].spec);
    for (char *at = text; *at != '\0'; at++)
      if (*at == '\'')
        *at = '"';
    assert_true(condition_parse(cases[i].condition, &condition, error));
    assert_true(spec_parse(text, &spec, spec_error));
    if (condition_holds(&condition, &spec) != cases[i].holds)
      fail_msg("%s of %s", cases[i].condition, text);
    condition_deinit(&condition);
  }
}

/* Every row of spec.def has a condition, read once. */
static void test_conditions_of_each_field(void **state) {
  (void)state;
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  for (size_t i = 0; i < count; i++) {
    struct condition again;
    char error[CONDITION_ERROR_MAX];
    if (!condition_parse(fields[i].applies, &again, error))
      fail_msg("%s: %s", fields[i].name, error);
    const struct condition *condition = condition_of(&fields[i]);
    assert_ptr_equal(condition, condition_of(&fields[i]));
    json_t *a = condition_to_json(condition), *b = condition_to_json(&again);
    assert_true(json_equal(a, b));
    assert_int_equal(condition->count == 0, *fields[i].applies == '\0');
    json_decref(a);
    json_decref(b);
    condition_deinit(&again);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_terms),
      cmocka_unit_test(test_faults),
      cmocka_unit_test(test_holds),
      cmocka_unit_test(test_conditions_of_each_field),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
