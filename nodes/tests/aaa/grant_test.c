/* Grants: what an Access-Accept says of authorization, and what makes it a Reject. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "aaa/grant.h"
#include "hex.h"

static const char *const SENSOR_RULES[] = {"permit in 17 from assigned to any 5683",
                                           "deny in ip from any to any"};
static const struct aaa_filter FILTERS[] = {
    {.name = "sensor", .rules = SENSOR_RULES, .rule_count = 2},
    {.name = "all"},
    {.name = "broken", .rules = (const char *const[]){"permit"}, .rule_count = 1},
};
static const struct node_address DEVICE = {.ip = {0xfd, [15] = 9}, .port = 5683};
static const struct node_address ASKED = {.ip = {0xfd, [15] = 1}, .port = 5683};
static const struct node_address ASKED_DTLS = {.ip = {0xfd, [15] = 1}, .port = 5684};

struct grant_world {
  uint8_t data[RADIUS_PACKET_MAX];
  struct span_list spans;
  struct span_writer out;
  struct radius_packet packet;
  struct aaa_grant *grant;
};

static struct grant_world world;

static void accept_begin(void) {
  aaa_grant_free(world.grant);
  memset(&world, 0, sizeof world);
  span_writer_init(&world.out, world.data, sizeof world.data, &world.spans);
  radius_begin(&world.out, RADIUS_ACCESS_ACCEPT, 7);
}

static const char *accept_read(void) {
  assert_false(world.out.overflow);
  world.data[2] = (uint8_t)(world.out.length >> 8);
  world.data[3] = (uint8_t)world.out.length;
  assert_int_equal(radius_packet_parse(world.data, world.out.length, &world.packet), 0);
  const char *fault = aaa_grant_read(&world.packet, FILTERS, sizeof FILTERS / sizeof FILTERS[0],
                                     AAA_SUITE_OSCORE, &world.grant);
  assert_true(fault == NULL || world.grant == NULL);
  return fault;
}

static int grant_tear_down(void **state) {
  (void)state;
  aaa_grant_free(world.grant);
  world.grant = NULL;
  return 0;
}

static void nothing_granted(void **state) {
  (void)state;
  accept_begin();
  radius_add_number(&world.out, RADIUS_SESSION_TIMEOUT, 60);
  assert_null(accept_read());
  assert_null(world.grant);
  assert_true(aaa_grant_permits(NULL, &DEVICE, &ASKED));
  aaa_grant_free(NULL);
}

/* Two rules, a zero octet between them, in two attributes that are cut anywhere. */
static void rules_over_attributes(void **state) {
  (void)state;
  static const char text[] = "deny in 6 from any to any\0permit in 17 from any to any 5683";
  const size_t length = sizeof text - 1;
  for (size_t cut = 1; cut < length; cut++) {
    accept_begin();
    radius_add(&world.out, RADIUS_NAS_FILTER_RULE, text, cut);
    radius_add_number(&world.out, RADIUS_SESSION_TIMEOUT, 60); /* of no concern */
    radius_add(&world.out, RADIUS_NAS_FILTER_RULE, text + cut, length - cut);
    assert_null(accept_read());
    assert_int_equal(world.grant->rule_count, 2);
    assert_false(world.grant->rules[0].permit);
    assert_true(world.grant->rules[1].permit);
    assert_true(aaa_grant_permits(world.grant, &DEVICE, &ASKED));
    assert_false(aaa_grant_permits(world.grant, &DEVICE, &ASKED_DTLS));
  }
}

static void zero_behind_the_last_rule(void **state) {
  (void)state;
  accept_begin();
  radius_add(&world.out, RADIUS_NAS_FILTER_RULE, "permit in ip from any to any", 29);
  assert_null(accept_read());
  assert_int_equal(world.grant->rule_count, 1);
}

static void filters(void **state) {
  (void)state;
  accept_begin();
  radius_add(&world.out, RADIUS_FILTER_ID, "all", 3);
  assert_null(accept_read());
  assert_int_equal(world.grant->rule_count, 0);
  assert_true(aaa_grant_permits(world.grant, &DEVICE, &ASKED_DTLS));

  accept_begin();
  radius_add(&world.out, RADIUS_FILTER_ID, "all", 3);
  radius_add(&world.out, RADIUS_FILTER_ID, "sensor", 6);
  assert_null(accept_read());
  assert_int_equal(world.grant->rule_count, 2);
  assert_true(aaa_grant_permits(world.grant, &DEVICE, &ASKED));
  assert_false(aaa_grant_permits(world.grant, &DEVICE, &ASKED_DTLS));
}

static void accepts_that_are_rejects(void **state) {
  (void)state;
  static const struct {
    const char *filter_id, *rules; /* a '|' stands for a zero octet */
    const char *fault;
  } table[] = {
      {"", NULL, "unknown Filter-Id"},
      {"sensors", NULL, "unknown Filter-Id"},
      {"Sensor", NULL, "unknown Filter-Id"},
      {"broken", NULL, "malformed filter rule"},
      {"all", "permit in ip from any to any", "Filter-Id beside NAS-Filter-Rule"},
      {NULL, "permit in ip from any", "malformed filter rule"},
      {NULL, "|permit in ip from any to any", "malformed filter rule"},
      {NULL, "permit in ip from any to any||", "malformed filter rule"},
      {NULL, "permit in ip from any to any|permit in 6 from any to any setup",
       "filter rule that cannot be applied"},
      {NULL, "permit in 17 from any 1,2,3,4,5,6,7,8,9 to any", "filter rule with too many ports"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    accept_begin();
    if (table[i].filter_id != NULL)
      radius_add(&world.out, RADIUS_FILTER_ID, table[i].filter_id, strlen(table[i].filter_id));
    if (table[i].rules != NULL)
      radius_add(&world.out, RADIUS_NAS_FILTER_RULE, table[i].rules, strlen(table[i].rules));
    for (size_t at = 0; at < world.out.length; at++)
      if (world.data[at] == '|')
        world.data[at] = 0;
    const char *fault = accept_read();
    assert_non_null(fault);
    assert_string_equal(fault, table[i].fault);
  }
}

/* 32 rules, and one more. */
static void rules_are_bounded(void **state) {
  (void)state;
  static const char rule[] = "permit in 17 from any to any 1";
  for (size_t count = AAA_GRANT_RULES_MAX; count <= AAA_GRANT_RULES_MAX + 1; count++) {
    accept_begin();
    for (size_t i = 0; i < count; i++)
      radius_add(&world.out, RADIUS_NAS_FILTER_RULE, rule, sizeof rule);
    const char *fault = accept_read();
    if (count == AAA_GRANT_RULES_MAX)
      assert_null(fault);
    else
      assert_string_equal(fault, "too many filter rules");
  }
}

/* Class as it came, also of no octets; 512 octets of it at most. */
static void classes(void **state) {
  (void)state;
  static const uint8_t long_one[RADIUS_VALUE_MAX] = {7};
  accept_begin();
  radius_add(&world.out, RADIUS_CLASS, "ab", 2);
  radius_add(&world.out, RADIUS_CLASS, "", 0);
  radius_add(&world.out, RADIUS_CLASS, "\0c", 2);
  assert_null(accept_read());
  assert_hex_equal(world.grant->classes, world.grant->classes_length,
                   "19 04 6162 19 02 19 04 0063");
  assert_int_equal(world.grant->rule_count, 0);

  accept_begin();
  for (size_t i = 0; i < 3; i++)
    radius_add(&world.out, RADIUS_CLASS, long_one, sizeof long_one);
  radius_add(&world.out, RADIUS_CLASS, "", 0);
  assert_null(accept_read());
  assert_int_equal(world.grant->classes_length, 255 + 255 + 2);
  assert_int_equal(world.grant->classes_dropped, 1);
}

/* Attributes are written by hand as pairs of extended type and M, 10 octets each; '.' parts them by
 * another attribute. */
static void saml(void **state) {
  (void)state;
  static const struct {
    const char *attributes;
    struct aaa_grant_saml saml;
  } table[] = {
      {"1-", {.messages = 1, .attributes = 1, .octets = 10}},
      {"1M1-", {.messages = 1, .attributes = 2, .octets = 20}},
      {"1M1M1-2-", {.messages = 2, .attributes = 4, .octets = 40}},
      {"1-1-", {.messages = 2, .attributes = 2, .octets = 20}},
      {"1M", {.broken = 1}},
      {"1M.1-", {.messages = 1, .attributes = 1, .octets = 10, .broken = 1}},
      {"1M2-", {.messages = 1, .attributes = 1, .octets = 10, .broken = 1}},
      {"1M1M2M2-", {.messages = 1, .attributes = 2, .octets = 20, .broken = 2}},
      {"3-", {0}},
      {"0M", {0}},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    accept_begin();
    for (const char *at = table[i].attributes; *at != '\0'; at += *at == '.' ? 1 : 2) {
      uint8_t value[12] = {(uint8_t)(at[0] - '0'), at[1] == 'M' ? 0x80 : 0x7f, '<'};
      if (*at == '.')
        radius_add(&world.out, RADIUS_STATE, "x", 1);
      else
        radius_add(&world.out, 245, value, sizeof value);
    }
    assert_null(accept_read());
    assert_memory_equal(&world.grant->saml, &table[i].saml, sizeof table[i].saml);
    assert_true(aaa_grant_permits(world.grant, &DEVICE, &ASKED));
  }
}

/* RFC 6929 section 3.5: an attribute without value is none. */
static void saml_of_no_octets(void **state) {
  (void)state;
  for (size_t length = 0; length < 3; length++) {
    accept_begin();
    radius_add(&world.out, 245, "\1\0", length);
    assert_null(accept_read());
    assert_int_equal(world.grant->saml.messages, 0);
  }
}

/* The octets of all that can be granted, by hand. */
static void authorization_octets(void **state) {
  (void)state;
  static const char *const rules[] = {"deny in 6 from any to any", "permit in ip from any to any"};
  const struct aaa_authorization authorization = {.rules = rules,
                                                  .rule_count = 2,
                                                  .class_octets = (const uint8_t *)"gold",
                                                  .class_length = 4,
                                                  .saml = (const uint8_t *)"<a/>",
                                                  .saml_length = 4};
  accept_begin();
  const size_t before = world.out.length;
  aaa_authorization_add(&authorization, &world.out);
  assert_hex_equal(world.data + before, world.out.length - before,
                   "19 06 676f6c64"
                   "5c 38 64656e7920696e20362066726f6d20616e7920746f20616e79 00"
                   "7065726d697420696e2069702066726f6d20616e7920746f20616e79"
                   "f5 08 01 00 3c612f3e");
  const struct span *last = &world.spans.item[world.spans.count - 1];
  assert_int_equal(last->row, ROW_RADIUS_AUTHORIZATION);
  assert_int_equal(last->length, 6 + 56 + 8);

  const struct aaa_authorization named = {.filter_id = "sensor"};
  accept_begin();
  aaa_authorization_add(&named, &world.out);
  assert_hex_equal(world.data + before, world.out.length - before, "0b 08 73656e736f72");
}

/* What is written is read again, whatever its length: 251 octets of SAML fit into an attribute of
 * 255, 253 of a rule. */
static void authorization_comes_back(void **state) {
  (void)state;
  static uint8_t saml[3000];
  const char *const rules[] = {SENSOR_RULES[0], SENSOR_RULES[1], SENSOR_RULES[0],
                               SENSOR_RULES[0], SENSOR_RULES[0], SENSOR_RULES[0],
                               SENSOR_RULES[0], SENSOR_RULES[0], SENSOR_RULES[0]};
  for (size_t i = 0; i < 10; i++)
    for (size_t length = 0; length < sizeof saml; length += 1 + length / 3) {
      const struct aaa_authorization authorization = {
          .rules = rules, .rule_count = i, .saml = saml, .saml_length = length};
      accept_begin();
      const size_t before = world.out.length;
      aaa_authorization_add(&authorization, &world.out);
      const size_t fragments = (length + 250) / 251;
      size_t text = 0;
      for (size_t j = 0; j < i; j++)
        text += strlen(rules[j]) + (j > 0);
      assert_int_equal(world.out.length - before,
                       text + 2 * ((text + 252) / 253) + length + 4 * fragments);
      assert_null(accept_read());
      if (i + length == 0) {
        assert_null(world.grant);
        continue;
      }
      assert_int_equal(world.grant->rule_count, i);
      assert_int_equal(world.grant->saml.messages, length > 0);
      assert_int_equal(world.grant->saml.attributes, fragments);
      assert_int_equal(world.grant->saml.octets, length);
      assert_int_equal(world.grant->saml.broken, 0);
    }
}

static void authorization_limits(void **state) {
  (void)state;
  static uint8_t octets[RADIUS_PACKET_MAX];
  static char name[RADIUS_VALUE_MAX + 2], long_rule[RADIUS_PACKET_MAX + 1];
  struct aaa_authorization authorization = {.filter_id = name};
  assert_false(aaa_authorization_valid(&authorization));
  memset(name, 'n', RADIUS_VALUE_MAX);
  assert_true(aaa_authorization_valid(&authorization));
  authorization.rules = SENSOR_RULES;
  authorization.rule_count = 1;
  assert_false(aaa_authorization_valid(&authorization));
  authorization.rule_count = 0;
  name[RADIUS_VALUE_MAX] = 'n';
  assert_false(aaa_authorization_valid(&authorization));
  authorization = (struct aaa_authorization){.class_octets = octets, .class_length = 254};
  assert_false(aaa_authorization_valid(&authorization));
  authorization = (struct aaa_authorization){.saml = octets, .saml_length = sizeof octets};
  assert_true(aaa_authorization_valid(&authorization));
  accept_begin();
  aaa_authorization_add(&authorization, &world.out);
  assert_true(world.out.overflow);
  memset(long_rule, ' ', RADIUS_PACKET_MAX);
  authorization =
      (struct aaa_authorization){.rules = (const char *const[]){long_rule}, .rule_count = 1};
  accept_begin();
  aaa_authorization_add(&authorization, &world.out);
  assert_true(world.out.overflow);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(nothing_granted, grant_tear_down),
      cmocka_unit_test_teardown(rules_over_attributes, grant_tear_down),
      cmocka_unit_test_teardown(zero_behind_the_last_rule, grant_tear_down),
      cmocka_unit_test_teardown(filters, grant_tear_down),
      cmocka_unit_test_teardown(accepts_that_are_rejects, grant_tear_down),
      cmocka_unit_test_teardown(rules_are_bounded, grant_tear_down),
      cmocka_unit_test_teardown(classes, grant_tear_down),
      cmocka_unit_test_teardown(saml, grant_tear_down),
      cmocka_unit_test_teardown(saml_of_no_octets, grant_tear_down),
      cmocka_unit_test_teardown(authorization_octets, grant_tear_down),
      cmocka_unit_test_teardown(authorization_comes_back, grant_tear_down),
      cmocka_unit_test_teardown(authorization_limits, grant_tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
