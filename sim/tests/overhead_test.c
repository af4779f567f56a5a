/* What the protection of a message costs: the datagram less the plain CoAP message that tshark
 * finds inside, against published figures (draft-ietf-iotops-security-protocol-comparison, for
 * sequence numbers of one octet; there without a kid that is sent, which the draft calls empty). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proof/proof_pdml.h"
#include "shell.h"

enum overhead_kind {
  DTLS_1_2,
  OSCORE_REQUEST,
  OSCORE_REQUEST_WITH_KID,
  OSCORE_RESPONSE,
  KIND_COUNT
};

static const struct {
  const char *name;
  size_t octets;
} published[KIND_COUNT] = {
    [DTLS_1_2] = {"DTLS 1.2 record", 29},
    [OSCORE_REQUEST] = {"OSCORE request, empty kid", 13},
    [OSCORE_REQUEST_WITH_KID] = {"OSCORE request, kid of one octet", 14},
    [OSCORE_RESPONSE] = {"OSCORE response", 11},
};

/* A datagram as tshark dissects and decrypts it. */
struct overhead_datagram {
  size_t length; /* UDP payload */
  bool dtls, oscore;
  unsigned code;
  size_t header_and_token, kid;
  size_t inside; /* DTLS: the CoAP message; OSCORE: options, marker and payload */
};

static void datagram_take(struct overhead_datagram *datagram, const struct proof_element *element) {
  const char *name = element->name;
  if (strcmp(name, "udp.payload") == 0)
    datagram->length = element->size;
  else if (strcmp(name, "dtls") == 0)
    datagram->dtls = true;
  else if (strcmp(name, "oscore.code") == 0)
    datagram->oscore = true;
  else if (strcmp(name, "coap") == 0 && datagram->dtls)
    datagram->inside = element->size;
  else if (strcmp(name, "coap.code") == 0)
    datagram->code = (unsigned)strtoul(element->value, NULL, 16);
  else if (strcmp(name, "coap.mid") == 0)
    datagram->header_and_token += 4;
  else if (strcmp(name, "coap.token") == 0)
    datagram->header_and_token += element->size;
  else if (strcmp(name, "coap.opt.object_security_kid") == 0)
    datagram->kid = element->size;
  else if (strcmp(name, "oscore.opt.name") == 0 || strcmp(name, "oscore.opt.end_marker") == 0 ||
           strcmp(name, "oscore.payload") == 0)
    datagram->inside += element->size;
}

/* Notes the overhead of a datagram that is protected, and was opened. */
static void datagram_note(const struct overhead_datagram *datagram, size_t seen[KIND_COUNT]) {
  enum overhead_kind kind = OSCORE_RESPONSE;
  size_t plain = datagram->inside;
  if (datagram->dtls && datagram->inside > 0) {
    kind = DTLS_1_2;
  } else if (datagram->oscore) {
    plain += datagram->header_and_token;
    if (datagram->code >> 5 == 0)
      kind = datagram->kid > 0 ? OSCORE_REQUEST_WITH_KID : OSCORE_REQUEST;
  } else {
    return;
  }
  if (datagram->length - plain != published[kind].octets)
    fail_msg("%s: %zu octets, published are %zu", published[kind].name, datagram->length - plain,
             published[kind].octets);
  seen[kind]++;
}

static void note_all(const char *path, size_t seen[KIND_COUNT]) {
  struct proof_pdml pdml;
  struct proof_element element;
  struct overhead_datagram datagram = {0};
  assert_true(proof_pdml_open(&pdml, path));
  while (proof_pdml_next(&pdml, &element)) {
    if (strcmp(element.name, "packet") == 0) {
      datagram_note(&datagram, seen);
      datagram = (struct overhead_datagram){0};
    }
    datagram_take(&datagram, &element);
  }
  datagram_note(&datagram, seen);
  proof_pdml_close(&pdml);
}

/* Runs the spec, and has tshark open what is protected. To it the sender of a context is who sends
 * requests: here both ends do. It finds an OSCORE request by its token, so with OSCORE it gets
 * nothing of the time before. */
#define CONTEXT(sender, recipient)                                                                 \
  "-o uat:oscore_contexts:'\"" sender "\",\"" recipient "\",\"'$secret'\",\"'$salt'\",\"\","       \
  "\"AES-CCM-16-64-128 (CCM*)\"' "
#define RUN                                                                                        \
  "cd %s && " SIMULATOR " --pcap . --log log specs >result && "                                    \
  "key=$(grep -m1 -oE '\"(dtls_psk|master_secret_and_salt)\":\"[0-9a-f]*' log | sed 's/.*\"//') "  \
  "&& "                                                                                            \
  "secret=$(echo $key | cut -c1-64) && salt=$(echo $key | cut -c65-) && "                          \
  "{ ! grep -q oscore specs || { mv air.pcap all.pcap && "                                         \
  "tshark -n -r all.pcap -o 6lowpan.context0:fd00::/64 -Y oscore -w air.pcap; }; } && "            \
  "tshark -n -r air.pcap -o 6lowpan.context0:fd00::/64 -o dtls.psk:$key " CONTEXT("", "01")        \
      CONTEXT("01", "") "-T pdml >dissected"

static void measure_overhead(const char *spec, size_t seen[KIND_COUNT]) {
  char *folder = shell_make_folder(), path[128];
  int status;
  shell_write_specs(folder, spec);
  free(shell_output(&status, "(" RUN ") 2>&1", folder));
  assert_int_equal(status, 0);
  snprintf(path, sizeof path, "%s/dissected", folder);
  note_all(path, seen);
  shell_remove(folder);
}

static void test_overhead_of_records(void **state) {
  (void)state;
  size_t seen[KIND_COUNT] = {0};
  measure_overhead("{\"association\": \"dtls\", \"app_messages\": 2}", seen);
  measure_overhead("{\"oscore_id_context\": \"none\", \"app_messages\": 2}", seen);
  measure_overhead("{\"oscore_id_context\": \"none\", \"app_messages\": 2, "
                   "\"app_direction\": \"from-authenticator\", \"app_method\": \"get\"}",
                   seen);
  /* Steps 7 and 8, and two exchanges: in each run. */
  assert_int_equal(seen[DTLS_1_2], 6);
  assert_int_equal(seen[OSCORE_REQUEST], 4);
  assert_int_equal(seen[OSCORE_REQUEST_WITH_KID], 2);
  assert_int_equal(seen[OSCORE_RESPONSE], 6);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_overhead_of_records)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
