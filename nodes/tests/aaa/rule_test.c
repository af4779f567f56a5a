/* Filter rules: what is one, and which packets it lets pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "aaa/rule.h"

static int parse(const char *text, struct aaa_rule *rule) {
  return aaa_rule_parse(text, strlen(text), rule);
}

static void rule_parts(void **state) {
  (void)state;
  static const uint8_t documentation[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
  struct aaa_rule rule;
  assert_int_equal(parse("permit in 17 from assigned to 2001:db8::1/64 5683,7000-7009", &rule), 0);
  assert_true(rule.permit);
  assert_true(rule.in);
  assert_int_equal(rule.protocol, 17);
  assert_int_equal(rule.from.host, AAA_RULE_ASSIGNED);
  assert_int_equal(rule.from.port_count, 0);
  assert_int_equal(rule.to.host, AAA_RULE_NUMBER);
  assert_false(rule.to.is_ipv4);
  assert_false(rule.to.inverted);
  assert_memory_equal(rule.to.ip, documentation, 16);
  assert_int_equal(rule.to.bits, 64);
  assert_int_equal(rule.to.port_count, 2);
  assert_int_equal(rule.to.ports[0].first, 5683);
  assert_int_equal(rule.to.ports[0].last, 5683);
  assert_int_equal(rule.to.ports[1].first, 7000);
  assert_int_equal(rule.to.ports[1].last, 7009);

  static const uint8_t mapped[16] = {
      [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 0, [14] = 2, [15] = 10};
  assert_int_equal(parse("  deny  out ip from !192.0.2.10/24 to any", &rule), 0);
  assert_false(rule.permit);
  assert_false(rule.in);
  assert_int_equal(rule.protocol, AAA_RULE_PROTOCOL_ANY);
  assert_true(rule.from.inverted);
  assert_true(rule.from.is_ipv4);
  assert_memory_equal(rule.from.ip, mapped, 16);
  assert_int_equal(rule.from.bits, 96 + 24);
  assert_int_equal(rule.to.host, AAA_RULE_ANY);
}

static void rule_texts(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int result;
  } table[] = {
      {"permit in 17 from any to any 5683", 0},
      {"deny in ip from ! assigned to any", 0},
      {"permit in 6 from any 1024-65535 to :: 0", 0},
      {"permit in 132 from 1:2:3:4:5:6:7:8/0 to ::ffff:10.0.0.1/128", 0},
      {"permit in ip from 1:2:3:4:5:6:1.2.3.4 to 1::", 0},
      {"permit in 255 from any to any ", 0},
      {"permit in 17 from any 1,2,3,4,5,6,7,8 to any", 0},
      {"permit in 17 from any 1,2,3,4,5,6,7,8,9 to any", NODE_ERR_TOO_LONG},
      {"permit in ip from any to any frag", NODE_ERR_UNSUPPORTED},
      {"permit in 6 from any to any established", NODE_ERR_UNSUPPORTED},
      {"permit in 6 from any 80 to any 1 tcpflags syn,!ack", NODE_ERR_UNSUPPORTED},
      {"deny in 1 from any to any icmptypes 8", NODE_ERR_UNSUPPORTED},
      {"deny in ip from any to any ipoptions ssrr", NODE_ERR_UNSUPPORTED},
      {"deny in ip from any to any tcpoptions mss", NODE_ERR_UNSUPPORTED},
      {"deny in 6 from any to any setup", NODE_ERR_UNSUPPORTED},
      {"", NODE_ERR_MALFORMED},
      {"permit", NODE_ERR_MALFORMED},
      {"Permit in ip from any to any", NODE_ERR_MALFORMED},
      {"permit both ip from any to any", NODE_ERR_MALFORMED},
      {"permit in udp from any to any", NODE_ERR_MALFORMED},
      {"permit in 256 from any to any", NODE_ERR_MALFORMED},
      {"permit in -1 from any to any", NODE_ERR_MALFORMED},
      {"permit in 17x from any to any", NODE_ERR_MALFORMED},
      {"permit in ip from any", NODE_ERR_MALFORMED},
      {"permit in ip any to any", NODE_ERR_MALFORMED},
      {"permit in ip from any any", NODE_ERR_MALFORMED},
      {"permit in ip from any to", NODE_ERR_MALFORMED},
      {"permit in ip from ! to any", NODE_ERR_MALFORMED},
      {"permit in ip from any to any 5683", NODE_ERR_MALFORMED}, /* no protocol with ports */
      {"permit in 1 from any 1 to any", NODE_ERR_MALFORMED},
      {"permit in 17 from any to any 65536", NODE_ERR_MALFORMED},
      {"permit in 17 from any to any 9-8", NODE_ERR_MALFORMED},
      {"permit in 17 from any to any 1,", NODE_ERR_MALFORMED},
      {"permit in 17 from any to any 1-", NODE_ERR_MALFORMED},
      {"permit in 17 from any to any 1 2", NODE_ERR_MALFORMED},
      {"permit in 17 from any to any later", NODE_ERR_MALFORMED},
      {"permit in ip from 1.2.3 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1.2.3.4.5 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1.2.3.256 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1.2.3.4/33 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1.2.3.4/ to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1::2/129 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1::2::3 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1:2:3:4:5:6:7 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1:2:3:4:5:6:7:8:9 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1:2:3:4::5:6:7:8 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 12345:: to any", NODE_ERR_MALFORMED},
      {"permit in ip from :1 to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1: to any", NODE_ERR_MALFORMED},
      {"permit in ip from g:: to any", NODE_ERR_MALFORMED},
      {"permit in ip from 1:2:3:4:5:6:7:1.2.3.4 to any", NODE_ERR_MALFORMED},
      {"permit in ip from host.example to any", NODE_ERR_MALFORMED},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct aaa_rule rule = {.protocol = 99}, untouched = rule;
    const int result = parse(table[i].text, &rule);
    if (result != table[i].result)
      fail_msg("\"%s\": %d", table[i].text, result);
    if (result < 0)
      assert_memory_equal(&rule, &untouched, sizeof rule);
  }
}

/* No prefix of a rule is read beyond its end. */
static void rule_cut_anywhere(void **state) {
  (void)state;
  static const char whole[] = "permit in 17 from !fd00::1:10.0.0.1/96 5-6 to any 5683,7 ";
  for (size_t length = 0; length < sizeof whole; length++) {
    char *cut = test_malloc(length + 1);
    struct aaa_rule rule;
    memcpy(cut, whole, length);
    cut[length] = '9'; /* would go on */
    const int result = aaa_rule_parse(cut, length, &rule);
    assert_true(result == 0 || result == NODE_ERR_MALFORMED);
    test_free(cut);
  }
}

/* Packets from the device fd00::9, port 5683, to fd00::1, port 5683, unless a row says otherwise.
 */
static void rules_permit(void **state) {
  (void)state;
  static const uint8_t device[16] = {0xfd, [15] = 9};
  static const struct {
    const char *rules[3];
    bool permitted;
  } table[] = {
      {{NULL}, true},
      {{"permit in 17 from any to any 5683"}, true},
      {{"permit in 17 from assigned to fd00::1 5683"}, true},
      {{"permit in 17 from assigned 5683 to fd00::/16 5680-5690"}, true},
      {{"permit in ip from assigned to any"}, true},
      {{"permit in 17 from any to any 5684"}, false},
      {{"permit in 17 from any to any 1,5683"}, true},
      {{"permit in 6 from any to any 5683"}, false},
      {{"permit in 17 from !assigned to any"}, false},
      {{"permit in 17 from any to fd00::2"}, false},
      {{"permit in 17 from any to fd00::2/126"}, true},
      {{"permit in 17 from any to fd00::2/127"}, false},
      {{"permit in 17 from any to !fd00::2"}, true},
      {{"permit in 17 from any to ::/0"}, true},
      {{"permit in 17 from any to 0.0.0.0/0"}, false}, /* another version of IP */
      {{"permit in 17 from any to !0.0.0.0/0"}, true},
      {{"permit out 17 from any to assigned"}, false}, /* packets to the device */
      {{"deny in 17 from any to any 5683"}, false},
      {{"deny in 17 from any to any 5684"}, true}, /* the opposite of the last rule */
      {{"deny in 17 from any to any 5684", "permit in 6 from any to any"}, false},
      {{"permit in 17 from any to any 5683", "deny in ip from any to any"}, true}, /* the first */
      {{"deny in ip from any to any", "permit in 17 from any to any 5683"}, false},
      {{"deny in 6 from any to any", "deny in 17 from any to any 1", "deny in 1 from any to any"},
       true},
  };
  const struct aaa_rule_packet packet = {.in = true,
                                         .protocol = AAA_RULE_UDP,
                                         .assigned = device,
                                         .source = {.ip = {0xfd, [15] = 9}, .port = 5683},
                                         .destination = {.ip = {0xfd, [15] = 1}, .port = 5683}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct aaa_rule rules[3];
    size_t count = 0;
    for (; count < 3 && table[i].rules[count] != NULL; count++)
      assert_int_equal(parse(table[i].rules[count], &rules[count]), 0);
    if (aaa_rules_permit(rules, count, &packet) != table[i].permitted)
      fail_msg("\"%s\"", table[i].rules[0]);
  }
}

static void rules_permit_ipv4(void **state) {
  (void)state;
  const struct aaa_rule_packet packet = {
      .in = true,
      .protocol = AAA_RULE_UDP,
      .assigned = (const uint8_t[16]){[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 9},
      .source = {.ip = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 9}, .port = 5683},
      .destination = {.ip = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1}, .port = 5683}};
  static const struct {
    const char *rule;
    bool permitted;
  } table[] = {
      {"permit in 17 from 10.0.0.0/8 to 10.0.0.1", true},
      {"permit in 17 from 10.0.0.8/29 to 10.0.0.1", true},
      {"permit in 17 from 10.0.0.0/29 to 10.0.0.1", false},
      {"permit in 17 from 0.0.0.0/0 to any", true},
      {"permit in 17 from ::/0 to any", false},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct aaa_rule rule;
    assert_int_equal(parse(table[i].rule, &rule), 0);
    assert_int_equal(aaa_rules_permit(&rule, 1, &packet), table[i].permitted);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rule_parts),        cmocka_unit_test(rule_texts),
      cmocka_unit_test(rule_cut_anywhere), cmocka_unit_test(rules_permit),
      cmocka_unit_test(rules_permit_ipv4),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
