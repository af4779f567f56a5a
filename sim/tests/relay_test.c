/* PANA by its relay: what each leg costs, as published; which addresses there are; and that time,
 * messages and causes of a peer are its own, wherever its datagrams are. */
#define _GNU_SOURCE
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

#define PANA "\"lower_layer\": \"pana\", \"association\": \"none\""
#define RELAY PANA ", \"relay\": \"on\""
#define PUBLISHED "\"pana_prf\": \"8\", \"pana_integrity\": \"12\", \"pana_nonce_bytes\": 8"
#define TSHARK "tshark -n -o 6lowpan.context0:fd00::/64 "

static json_t *simulate(const char *spec) {
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, spec, "");
  shell_remove(folder);
  return result;
}

static bool is_relayed(const json_t *message) {
  return strstr(shell_text(message, "label"), " (relayed)") != NULL;
}

/* Up, a relay's message is PRY; down, what is no relay's. */
static bool is_pry(const json_t *message) {
  return is_relayed(message) == (strcmp(shell_text(message, "direction"), "up") == 0);
}

/* The octets of the two legs. */
static void test_bytes_of_both_legs(void **state) {
  (void)state;
  static const struct {
    const char *spec;
    long long datagrams, plain, pry;
  } cases[] = {
      {"{" RELAY ", " PUBLISHED ", \"hops\": 2}", 11, 636, 1208},
      {"{" RELAY ", " PUBLISHED ", \"hops\": 4}", 11, 636, 1208},
      {"{" RELAY ", \"hops\": 2}", 11, 652, 1224},
      {"{" RELAY ", \"hops\": 2, \"pana_nonce_bytes\": 32}", 11, 684, 1256},
      {"{" RELAY ", \"hops\": 2, \"pana_prf\": \"8\", \"pana_integrity\": \"8\", "
       "\"pana_nonce_bytes\": 8}",
       11, 628, 1200},
      {"{" RELAY ", " PUBLISHED ", \"hops\": 2, \"pana_piggyback\": \"off\"}", 17, 732, 1616},
      {"{" RELAY ", " PUBLISHED ", \"hops\": 2, \"pana_optimized_init\": \"on\"}", 9, 604, 1072},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = simulate(cases[i].spec);
    const json_t *message;
    size_t at;
    long long octets[2] = {0, 0}, datagrams[2] = {0, 0};
    assert_string_equal(shell_text(result, "outcome"), "established");
    json_array_foreach(json_object_get(result, "messages"), at, message) {
      octets[is_pry(message)] += shell_count(message, "bytes_udp");
      datagrams[is_pry(message)] += shell_count(message, "datagrams");
    }
    assert_int_equal(octets[0], cases[i].plain);
    assert_int_equal(octets[1], cases[i].pry);
    assert_int_equal(datagrams[0], cases[i].datagrams);
    assert_int_equal(datagrams[1], cases[i].datagrams);
    assert_int_equal(shell_count(result, "bytes_udp"), octets[0] + octets[1]);
    assert_int_equal(shell_count(result, "coap_messages"), 2 * cases[i].datagrams);
    json_decref(result);
  }
}

/* The relay computes nothing, and what it adds to a message are two AVPs and a header: octet by
 * octet as in the plain one otherwise. */
static void test_rows(void **state) {
  (void)state;
  json_t *off = simulate("{" PANA ", \"hops\": 1}");
  json_t *on = simulate("{" RELAY ", \"hops\": 2}");
  const char *row;
  json_t *value;
  assert_true(json_equal(json_object_get(off, "primitives"), json_object_get(on, "primitives")));
  const json_t *plain = json_object_get(off, "ledger_peer_link");
  assert_true(json_equal((json_t *)(uintptr_t)plain, json_object_get(on, "ledger_peer_link")));
  const json_t *ledger = json_object_get(on, "ledger");
  json_object_foreach((json_t *)(uintptr_t)plain, row, value) {
    const long long octets = json_integer_value(value);
    if (strcmp(row, "pana_header") == 0)
      assert_int_equal(shell_count(ledger, row), 3 * octets);
    else if (strncmp(row, "pana_", 5) == 0 || strncmp(row, "eap_", 4) == 0)
      assert_int_equal(shell_count(ledger, row), 2 * octets);
  }
  assert_int_equal(shell_count(ledger, "pana_pac_information"), 11 * 28);
  assert_int_equal(shell_count(ledger, "pana_relayed_message"), 11 * 8);
  json_decref(off);
  json_decref(on);
}

/* Who speaks with whom, by which addresses, as tshark reads it: each a line of source and
 * destination. */
static void assert_addresses(const char *spec, const char *expected) {
  char *folder = shell_make_folder();
  char arguments[256];
  int status;
  snprintf(arguments, sizeof arguments, "--pcap %s", folder);
  json_t *result = shell_simulate(folder, spec, arguments);
  assert_string_equal(shell_text(result, "outcome"), "established");
  char *text = shell_output(&status,
                            TSHARK "-r %s/air.pcap -Y pana -T fields -e pana.type -e ipv6.src "
                                   "-e udp.srcport -e ipv6.dst -e udp.dstport 2>/dev/null | "
                                   "sed 's/,[0-9]*//' | sort -u",
                            folder);
  assert_int_equal(status, 0);
  assert_string_equal(text, expected);
  free(text);
  json_decref(result);
  shell_remove(folder);
}

#define LINE(type, from, from_port, to, to_port)                                                   \
  type "\t" from "\t" from_port "\t" to "\t" to_port "\n"
#define GLOBAL(n) "fd00::ff:fe00:" n
#define LINK(n) "fe80::ff:fe00:" n

static void test_addresses(void **state) {
  (void)state;
  assert_addresses("{" PANA ", \"hops\": 2}",
                   LINE("1", GLOBAL("3"), "716", GLOBAL("1"), "716")
                       LINE("2", GLOBAL("1"), "716", GLOBAL("3"), "716")
                           LINE("2", GLOBAL("3"), "716", GLOBAL("1"), "716"));
  assert_addresses("{" RELAY ", \"hops\": 1}",
                   LINE("1", LINK("2"), "716", LINK("1"), "716")
                       LINE("2", LINK("1"), "716", LINK("2"), "716")
                           LINE("2", LINK("2"), "716", LINK("1"), "716"));
  assert_addresses("{" RELAY ", \"hops\": 3}",
                   LINE("1", LINK("4"), "716", LINK("3"), "716")
                       LINE("2", LINK("3"), "716", LINK("4"), "716")
                           LINE("2", LINK("4"), "716", LINK("3"), "716")
                               LINE("5", GLOBAL("1"), "716", GLOBAL("3"), "718")
                                   LINE("5", GLOBAL("3"), "718", GLOBAL("1"), "716"));
}

/* Addresses between neighbours cost nothing, of either kind. */
static void test_one_hop_costs_the_same(void **state) {
  (void)state;
  json_t *off = simulate("{" PANA "}"), *on = simulate("{" RELAY "}");
  static const char *const keys[] = {"ledger", "messages", "time_ms", "energy_mj"};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    assert_true(json_equal(json_object_get(off, keys[i]), json_object_get(on, keys[i])));
  json_decref(off);
  json_decref(on);
}

static void assert_parts(const json_t *authentication) {
  const json_t *parts = json_object_get(authentication, "time_parts_ms");
  const char *cause;
  json_t *part;
  double sum_ms = 0;
  json_object_foreach((json_t *)(uintptr_t)parts, cause, part) sum_ms += json_number_value(part);
  assert_true(fabs(sum_ms - shell_figure(authentication, "time_ms")) < 1e-6);
}

/* Through losses, other peers, and nodes that are peer and relay at once: every peer joins, the
 * causes of its time add up, and with forwarding: joined nobody joins before who relays for it. */
static void test_each_has_its_own(void **state) {
  (void)state;
  static const char *const specs[] = {
      "{" RELAY ", \"hops\": 2, \"frame_loss\": 0.3, \"authentications\": 2}",
      "{" RELAY ", \"hops\": 3, \"peers\": 6, \"frame_loss\": 0.1, \"start_spread_ms\": 100}",
      "{" RELAY ", \"topology\": \"tree\", \"fan_out\": 2, \"peers\": 14, \"frame_loss\": 0.1}",
      "{" RELAY ", \"topology\": \"tree\", \"fan_out\": 2, \"peers\": 14, \"frame_loss\": 0.1, "
      "\"forwarding\": \"joined\", \"crypto\": \"cortex-m4-tinycrypt\", "
      "\"authenticator_crypto\": \"cortex-m4-tinycrypt\"}",
      "{" RELAY ", \"topology\": \"grid\", \"peers\": 15, \"forwarding\": \"joined\", "
      "\"authentications\": 2, \"pana_piggyback\": \"off\"}",
  };
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
    json_t *result = simulate(specs[i]);
    const json_t *peers = json_object_get(result, "peer"), *peer, *authentication;
    const json_t *rows = json_object_get(result, "ledger");
    size_t at, round;
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_null(json_object_get(rows, "other"));
    json_array_foreach(peers, at, peer) {
      json_array_foreach(json_object_get(peer, "authentications"), round, authentication)
          assert_parts(authentication);
      if (strstr(specs[i], "tree") == NULL || strstr(specs[i], "joined") == NULL || at < 2)
        continue;
      const json_t *parent = json_array_get(peers, (at - 2) / 2);
      assert_true(shell_figure(peer, "first_ms") + shell_figure(peer, "time_ms") >
                  shell_figure(parent, "first_ms") + shell_figure(parent, "time_ms"));
    }
    json_decref(result);
  }
}

/* What a peer sends again, its relay has sent again, too. */
static void test_repetitions(void **state) {
  (void)state;
  json_t *result = simulate("{" RELAY ", \"hops\": 2, \"fault\": \"no-authenticator\", "
                            "\"time_limit_s\": 20}");
  const json_t *message;
  size_t at, seen = 0;
  json_array_foreach(json_object_get(result, "messages"), at, message) {
    if (strncmp(shell_text(message, "label"), "PANA PCI", 8) != 0)
      continue;
    assert_true(shell_count(message, "datagrams_repeated") > 1);
    assert_int_equal(shell_count(message, "datagrams"),
                     1 + shell_count(message, "datagrams_repeated"));
    seen++;
  }
  assert_int_equal(seen, 2);
  json_decref(result);
}

static void test_refused(void **state) {
  (void)state;
  static const char *const specs[] = {
      "{\"lower_layer\": \"pana\", \"association\": \"oscore\", \"relay\": \"on\"}",
      "{" RELAY ", \"trigger\": \"off\"}",
  };
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
    json_t *result = simulate(specs[i]);
    assert_string_equal(shell_text(result, "outcome"), "unsupported");
    assert_non_null(strstr(shell_text(result, "reason"), "relay: on"));
    json_decref(result);
  }
}

/* A key of PANA's alone. */
static void test_others_have_no_relay(void **state) {
  (void)state;
  json_t *off = simulate("{\"hops\": 2}"), *on = simulate("{\"hops\": 2, \"relay\": \"on\"}");
  assert_string_equal(shell_text(on, "outcome"), "established");
  assert_true(json_equal(json_object_get(off, "ledger"), json_object_get(on, "ledger")));
  json_decref(off);
  json_decref(on);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bytes_of_both_legs),
      cmocka_unit_test(test_rows),
      cmocka_unit_test(test_addresses),
      cmocka_unit_test(test_one_hop_costs_the_same),
      cmocka_unit_test(test_each_has_its_own),
      cmocka_unit_test(test_repetitions),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_others_have_no_relay),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
