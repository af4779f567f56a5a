/* The ledger against an independent reader: tshark counts frames, octets and fields in air.pcap of
 * the same run. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

/* Options that tshark must know to read the captures. */
#define TSHARK                                                                                     \
  "tshark -n -o 6lowpan.context0:fd00::/64 -o udp.check_checksum:TRUE -o wpan.fcs_format:\"ITU-T " \
  "CRC-16\" "

enum { PHY_OVERHEAD = 6, MAC_FCS = 2, MAC_HEADER = 9, ACK_LENGTH = 5 };

struct capture {
  char *folder;
  json_t *result;
};

static struct capture take(const char *spec) {
  struct capture capture = {.folder = shell_make_folder()};
  char arguments[256];
  snprintf(arguments, sizeof arguments, "--pcap %s --log %s/log", capture.folder, capture.folder);
  capture.result = shell_simulate(capture.folder, spec, arguments);
  assert_string_equal(shell_text(capture.result, "outcome"), "established");
  return capture;
}

static void drop(struct capture *capture) {
  json_decref(capture->result);
  shell_remove(capture->folder);
}

/* Adds up a field over all frames of a file that the filter takes; every value of a field that
 * comes more than once in a frame. `*frames` counts the frames. */
static long long sum_in(const struct capture *capture, const char *file, const char *filter,
                        const char *field, long long *frames) {
  int status;
  char *text =
      shell_output(&status, TSHARK "-r %s/%s -Y '%s' -T fields -e %s 2>>%s/tshark.err",
                   capture->folder, file, filter, field, capture->folder);
  assert_int_equal(status, 0);
  long long sum = 0, count = 0;
  for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    *end = '\0';
    count++;
    for (char *value = strtok(line, ","); value != NULL; value = strtok(NULL, ","))
      sum += strtoll(value, NULL, 0);
  }
  free(text);
  if (frames != NULL)
    *frames = count;
  return sum;
}

static long long sum_field(const struct capture *capture, const char *filter, const char *field,
                           long long *frames) {
  return sum_in(capture, "air.pcap", filter, field, frames);
}

static long long count_frames(const struct capture *capture, const char *filter) {
  long long frames;
  sum_field(capture, filter, "frame.len", &frames);
  return frames;
}

static long long row(const struct capture *capture, const char *name) {
  const json_t *value = json_object_get(json_object_get(capture->result, "ledger"), name);
  return json_integer_value(value); /* 0 where the row is absent */
}

static long long sum_rows(const struct capture *capture, const char *const *names) {
  long long sum = 0;
  for (; *names != NULL; names++)
    sum += row(capture, *names);
  return sum;
}

/* Repetitions of the MAC: frames with their sender's last sequence number. */
static long long count_retries(const struct capture *capture) {
  int status;
  char *text = shell_output(&status,
                            TSHARK "-r %s/air.pcap -Y 'wpan.frame_type==1' -T fields -e wpan.src16 "
                                   "-e wpan.seq_no 2>>%s/tshark.err",
                            capture->folder, capture->folder);
  long long last[256], retries = 0;
  memset(last, -1, sizeof last);
  for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    char *end;
    const unsigned long source = strtoul(line, &end, 0);
    const long long sequence = strtoll(end, NULL, 0);
    assert_in_range(source, 0, 255);
    retries += sequence == last[source];
    last[source] = sequence;
  }
  free(text);
  return retries;
}

/* What holds at any loss. */
static void check_frames(const struct capture *capture) {
  long long frames;
  const long long octets = sum_field(capture, "frame", "frame.len", &frames);
  assert_int_equal(frames, shell_count(capture->result, "frames"));
  assert_int_equal(octets + PHY_OVERHEAD * frames, shell_count(capture->result, "bytes_air"));
  assert_int_equal(count_frames(capture, "_ws.malformed && !coap.invalid_option_number"), 0);
  assert_int_equal(count_frames(capture, "wpan.fcs_ok == 0 || udp.checksum.status == 0"), 0);

  const long long acks = count_frames(capture, "wpan.frame_type == 2");
  const long long data = frames - acks;
  assert_int_equal(acks, shell_count(capture->result, "frames_ack"));
  assert_int_equal(acks * (ACK_LENGTH + PHY_OVERHEAD), row(capture, "mac_ack"));
  assert_int_equal(data * PHY_OVERHEAD, row(capture, "phy"));
  assert_int_equal(data * MAC_FCS, row(capture, "mac_fcs"));
  assert_int_equal(data * MAC_HEADER, row(capture, "mac_header"));
  assert_int_equal(row(capture, "other"), 0);
  assert_int_equal(count_retries(capture), shell_count(capture->result, "mac_retries"));

  const long long first = count_frames(capture, "6lowpan.pattern == 0x18");
  const long long further = count_frames(capture, "6lowpan.pattern == 0x1c");
  assert_int_equal(4 * first + 5 * further, row(capture, "sixlowpan"));
}

/* What tshark can tell where each datagram goes over each hop once. */
static void check_rows(const struct capture *capture) {
  static const char *const eap[] = {"eap_header", "eap_identity", "eap_method", NULL};
  static const char *const core[] = {
      "eap_header",  "eap_identity",     "eap_method",    "coap_header", "coap_token",
      "coap_marker", "coap_uri_path",    "coap_seqnum",   "oscore_code", "oscore_tag",
      "coap_option", "coap_no_response", "oscore_option", NULL};
  const long long hops = shell_count(json_object_get(capture->result, "spec"), "hops");
  const long long success = 4 * hops; /* EAP-Success, which is encrypted */
  long long datagrams;
  const long long udp = sum_field(capture, "udp", "udp.length", &datagrams) - 8 * datagrams;
  assert_int_equal(datagrams, hops * shell_count(capture->result, "datagrams"));
  assert_int_equal(udp, hops * shell_count(capture->result, "bytes_udp"));
  assert_int_equal(udp, sum_rows(capture, core));
  assert_int_equal(4 * datagrams, row(capture, "coap_header"));
  assert_int_equal(sum_field(capture, "coap", "coap.token_len", NULL), row(capture, "coap_token"));
  assert_int_equal(sum_field(capture, "coap && !oscore", "coap.payload_length", NULL),
                   sum_rows(capture, eap) - success);
  const long long rest = row(capture, "phy") + row(capture, "mac_header") +
                         row(capture, "mac_fcs") + row(capture, "mac_ack") +
                         row(capture, "sixlowpan") + udp;
  assert_int_equal(shell_count(capture->result, "bytes_air") - rest,
                   row(capture, "ipv6") + row(capture, "udp"));
}

static void test_ledger_without_loss(void **state) {
  (void)state;
  static const char *const specs[] = {
      "{\"hops\": 1}",
      "{\"hops\": 3, \"identity_bytes\": 200}", /* with fragments */
      "{\"hops\": 2, \"seqnum_bytes\": 16, \"location_option\": \"location-path\"}",
      "{\"hops\": 4, \"trigger\": \"off\", \"server_id_bytes\": 253, \"peer_id_bytes\": 253}",
  };
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
    struct capture capture = take(specs[i]);
    check_frames(&capture);
    if (strstr(specs[i], "location-path") == NULL)
      check_rows(&capture);
    drop(&capture);
  }
}

static void test_ledger_with_loss(void **state) {
  (void)state;
  long long retries = 0, repeated = 0;
  for (unsigned seed = 4; seed <= 6; seed++) {
    char spec[200];
    snprintf(spec, sizeof spec,
             "{\"hops\": 3, \"identity_bytes\": 200, \"frame_loss\": 0.2, \"seed\": %u}", seed);
    struct capture capture = take(spec);
    check_frames(&capture);
    retries += shell_count(capture.result, "mac_retries");
    repeated += shell_count(capture.result, "coap_retransmissions");
    drop(&capture);
  }
  assert_true(retries > 0 && repeated > 0); /* or the test has seen no loss */
}

static void test_star(void **state) {
  (void)state;
  struct capture capture =
      take("{\"topology\": \"star\", \"peers\": 20, \"start_spread_ms\": 500}");
  check_frames(&capture);
  assert_int_equal(shell_count(capture.result, "bytes_air"),
                   shell_count(capture.result, "bytes_air_peer_link"));
  drop(&capture);
}

static void test_backhaul(void **state) {
  (void)state;
  static const char *const rows[] = {"radius_header", "radius_eap", "radius_attributes",
                                     "backhaul_ip"};
  struct capture capture = take("{\"identity_bytes\": 253, \"peers\": 3}");
  const json_t *ledger = json_object_get(capture.result, "ledger_backhaul");
  long long sum = 0, packets;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    sum += shell_count(ledger, rows[i]);
  assert_int_equal(sum, shell_count(capture.result, "bytes_backhaul"));
  assert_int_equal(sum_in(&capture, "backhaul.pcap", "radius", "frame.len", &packets), sum);
  assert_int_equal(packets, shell_count(capture.result, "datagrams_backhaul"));
  assert_int_equal(sum_in(&capture, "backhaul.pcap", "radius", "radius.length", NULL),
                   sum - shell_count(ledger, "backhaul_ip"));
  assert_int_equal(20 * packets, shell_count(ledger, "radius_header"));
  assert_int_equal(sum_in(&capture, "backhaul.pcap", "eap", "eap.len", NULL),
                   shell_count(ledger, "radius_eap"));
  sum_in(&capture, "backhaul.pcap", "_ws.malformed || udp.checksum.status == 0", "frame.len",
         &packets);
  assert_int_equal(packets, 0);
  drop(&capture);
}

/* The master secret and salt in the log, as hexadecimal digits. */
static void read_secret(const struct capture *capture, char secret[65], char salt[17]) {
  int status;
  char *text = shell_output(&status, "grep -m1 -o 'salt\":\"[0-9a-f]*' %s/log", capture->folder);
  assert_int_equal(sscanf(text, "salt\":\"%64[0-9a-f]%16[0-9a-f]", secret, salt), 2);
  free(text);
}

/* tshark decrypts steps 7 and 8. It matches a response to a request by token, and the token is
 * constant, so it is given these two alone. */
static void test_oscore_decrypts(void **state) {
  (void)state;
  struct capture capture = take("{\"oscore_id_context\": \"none\"}");
  char secret[65], salt[17];
  read_secret(&capture, secret, salt);
  int status;
  free(shell_output(&status, TSHARK "-r %s/air.pcap -Y oscore -w %s/oscore.pcap 2>&1",
                    capture.folder, capture.folder));
  assert_int_equal(status, 0);
  char *text = shell_output(
      &status,
      TSHARK "-r %s/oscore.pcap -o 'uat:oscore_contexts:\"\",\"01\",\"%s\",\"%s\",\"\","
             "\"AES-CCM-16-64-128 (CCM*)\"' -T fields -E separator=';' -e oscore.code "
             "-e oscore.opt.length -e oscore.payload_length -e data.data 2>/dev/null",
      capture.folder, secret, salt);
  /* POST, Uri-Path b and 5, SeqNum, EAP-Success; 2.04 with SeqNum. */
  unsigned identifier;
  assert_int_equal(sscanf(text, "2;1,1,2;4;%*[^,],03%2x0004\n", &identifier), 1);
  assert_non_null(strstr(text, "\n68;2;;"));
  free(text);
  drop(&capture);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ledger_without_loss),
      cmocka_unit_test(test_ledger_with_loss),
      cmocka_unit_test(test_star),
      cmocka_unit_test(test_backhaul),
      cmocka_unit_test(test_oscore_decrypts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
