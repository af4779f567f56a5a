/* Runs with their dissections, and the comparison. */
#define _GNU_SOURCE
#include "proof.h"

#include "shell.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct proof_report proof_report_begin(char **text, size_t *length) {
  return (struct proof_report){.file = open_memstream(text, length)};
}

void proof_differ(struct proof_report *report, const char *format, ...) {
  va_list arguments;
  report->differences++;
  va_start(arguments, format);
  vfprintf(report->file, format, arguments);
  va_end(arguments);
  fputc('\n', report->file);
}

/* tshark's table of IKE SAs, of whose lines the log has all; and ESP as if it were not encrypted,
 * for it knows no AES-CCM there, but so it tells of all octets. */
#define IPSEC                                                                                      \
  "set --; "                                                                                       \
  "for keys in $(sed -n 's/.*\"ikev2_keys\":\"\\([0-9a-f]*\\)\".*/\\1/p' log | sort -u | "         \
  "sed 's/^\\(.\\{16\\}\\)\\(.\\{16\\}\\)\\(.\\{38\\}\\)/\\1,\\2,\\3,/'); do "                     \
  "set -- \"$@\" -o \"uat:ikev2_decryption_table:$keys,\\\"AES-CCM-128 with 8 octet ICV "          \
  "[RFC5282]\\\",,,\\\"NONE [RFC4306]\\\"\"; done; "                                               \
  "! grep -q '\"ikev2-udp\"' specs || "                                                            \
  "set -- \"$@\" -d udp.port==5684,udpencap -d udp.port==717,udpencap; "                           \
  "set -- \"$@\" -o esp.enable_encryption_decode:TRUE -o 'uat:esp_sa:\"IPv6\",\"*\",\"*\",\"*\","  \
  "\"NULL\",\"\",\"ANY 64 bit authentication [no checking]\",\"\"'; "

/* Resource servers, and what clients say to them: CoAP, and behind it the sessions. */
#define ACE                                                                                        \
  "$(! grep -q ace_profile specs || echo '-d udp.port==5685,coap -d udp.port==5686,dtls') "

/* Nothing is captured of a spec that is not supported. Air and backhaul go into one file, for
 * tshark takes longer to start than to read. Behind PANA's port is CoAP, or DTLS, which tshark
 * knows by itself. */
#define RUN                                                                                        \
  SIMULATOR " -j1 --pcap . --air-only --log log specs >result || [ $? -le 2 ] || exit; "           \
            "[ -e air.pcap ] || exit 0; " IPSEC                                                    \
            "mergecap -w all.pcapng air.pcap $(ls backhaul.pcap 2>/dev/null) && "                  \
            "tshark -n -r all.pcapng -T pdml -o 6lowpan.context0:fd00::/64 "                       \
            "$(grep -q '\"dtls\"\\|\"ikev2' specs || echo '-d udp.port==717,coap') " ACE           \
            "-o udp.check_checksum:TRUE -o wpan.fcs_format:'ITU-T CRC-16' \"$@\" "                 \
            ">dissected 2>tshark.err"

void proof_run(const char *run, const char *spec) {
  int status;
  shell_write_specs(run, spec);
  char *text = shell_output(&status, "exec 2>&1; cd %s || exit; " RUN, run);
  if (status != 0)
    fail_msg("%s: %s", spec, text);
  free(text);
}

json_t *proof_result(const char *run) {
  char path[512];
  snprintf(path, sizeof path, "%s/result", run);
  return json_load_file(path, 0, NULL);
}

static void compare_figure(const json_t *result, const json_t *derived, const char *where,
                           const char *key, struct proof_report *report) {
  const json_t *ledger = json_object_get(result, key);
  const json_int_t ours = json_integer_value(ledger);
  const json_int_t theirs = json_integer_value(json_object_get(derived, key));
  if (ours != theirs || (ledger != NULL && !json_is_integer(ledger)))
    proof_differ(report, "%s%s: ledger %lld, tshark %lld", where, key, (long long)ours,
                 (long long)theirs);
}

/* Means: what either computes of the same whole numbers. */
static void compare_mean(const json_t *result, const json_t *derived, const char *key,
                         struct proof_report *report) {
  const json_t *ledger = json_object_get(result, key);
  const double ours = json_number_value(ledger),
               theirs = json_number_value(json_object_get(derived, key));
  if (!json_is_number(ledger) || fabs(ours - theirs) > 1e-9 * theirs)
    proof_differ(report, "%s: ledger %g, tshark %g", key, ours, theirs);
}

/* Both ways: a row that one of them lacks counts 0. */
static void compare_rows(const json_t *result, const json_t *derived, const char *where,
                         struct proof_report *report) {
  const char *row;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)derived, row, value)
      compare_figure(result, derived, where, row, report);
  json_object_foreach((json_t *)(uintptr_t)result, row,
                      value) if (json_object_get(derived, row) == NULL)
      compare_figure(result, derived, where, row, report);
}

/* Figures and rows of one object; the result may have more members than tshark can tell. */
static void compare_members(const json_t *result, const json_t *derived, const char *where,
                            struct proof_report *report) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)derived, key, value) {
    char inside[256];
    snprintf(inside, sizeof inside, "%s%s.", where, key);
    if (json_is_integer(value))
      compare_figure(result, derived, where, key, report);
    else if (json_is_object(value))
      compare_rows(json_object_get(result, key), value, inside, report);
    else if (json_is_real(value))
      compare_mean(result, derived, key, report);
    else if (json_is_null(value) && !json_is_null(json_object_get(result, key)))
      proof_differ(report, "%s: ledger %g, tshark none", key,
                   json_number_value(json_object_get(result, key)));
  }
}

static json_t *find_message(const json_t *messages, const json_t *like) {
  size_t i;
  json_t *message;
  json_array_foreach(messages, i, message) {
    if (json_equal(json_object_get(message, "label"), json_object_get(like, "label")) &&
        json_equal(json_object_get(message, "direction"), json_object_get(like, "direction")) &&
        json_equal(json_object_get(message, "phase"), json_object_get(like, "phase")))
      return message;
  }
  return NULL;
}

static void compare_messages(const json_t *result, const json_t *derived,
                             struct proof_report *report) {
  size_t i;
  json_t *message;
  json_array_foreach(derived, i, message) {
    char where[256];
    const char *label = json_string_value(json_object_get(message, "label"));
    snprintf(where, sizeof where, "messages.%s.", label);
    const json_t *ours = find_message(result, message);
    if (ours == NULL)
      proof_differ(report, "messages: the result has no \"%s\"", label);
    else
      compare_members(ours, message, where, report);
  }
  if (json_array_size(result) != json_array_size(derived))
    proof_differ(report, "messages: ledger %zu, tshark %zu", json_array_size(result),
                 json_array_size(derived));
}

void proof_compare(const json_t *result, const json_t *derived, struct proof_report *report) {
  compare_members(result, derived, "", report);
  compare_messages(json_object_get(result, "messages"), json_object_get(derived, "messages"),
                   report);
}
