/* Keys of a log as preferences of tshark. */
#include "decrypt.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

#define LOWPAN "-o 6lowpan.context0:fd00::/64"

/* What is on which port, where tshark does not know it: of specs with these values. */
static const struct {
  const char *key, *value, *other_key, *other_value;
  const char *options;
} PORTS[] = {
    {"lower_layer", "pana", "association", "oscore", " -d udp.port==717,coap"},
    {"lower_layer", "pana", "association", "dtls", " -d udp.port==717,dtls -d dtls.port==717,coap"},
    {"ace_profile", "coap_oscore", NULL, NULL, " -d udp.port==5685,coap"},
    {"ace_profile", "coap_dtls", NULL, NULL, " -d udp.port==5686,dtls -d dtls.port==5686,coap"},
    {"association", "ikev2-udp", NULL, NULL,
     " -d udp.port==5684,udpencap -d udp.port==717,udpencap"},
    {"secure", "ikev2-udp", NULL, NULL, " -d udp.port==5684,udpencap"},
};

/* What a log has of keys. */
struct decrypt {
  json_t *oscore;   /* the row of each context that tshark can use, by its Key ID */
  json_t *same_id;  /* rows that it would find under the Key ID of another */
  json_t *unopened; /* why it cannot use others: words */
  json_t *ikev2;    /* rows */
  bool dtls, esp;
};

static bool spec_is(const json_t *spec, const char *key, const char *value) {
  return key == NULL || strcmp(value_string(spec, key), value) == 0;
}

static char *port_options(const json_t *spec) {
  struct text options = {0};
  text_add(&options, "%s", "");
  for (size_t i = 0; i < sizeof PORTS / sizeof PORTS[0]; i++)
    if (spec_is(spec, PORTS[i].key, PORTS[i].value) &&
        spec_is(spec, PORTS[i].other_key, PORTS[i].other_value))
      text_add(&options, "%s", PORTS[i].options);
  return options.data == NULL ? memory_string("") : options.data;
}

/* Takes the next part of an OSCORE context, in digits behind two that say how many octets; NULL: it
 * has none. To be freed. */
static char *take_part(const char **digits) {
  char length[3] = "";
  memcpy(length, *digits, strnlen(*digits, 2));
  const size_t count = 2 * strtoul(length, NULL, 16);
  if (strlen(length) < 2 || strlen(*digits) < 2 + count)
    return NULL;
  char *part = text_format("%.*s", (int)count, *digits + 2);
  *digits += 2 + count;
  return part;
}

enum { SUITE, SENDER, RECIPIENT, SECRET, SALT, ID_CONTEXT, PART_COUNT };

/* tshark looks a context up by Key ID and ID Context as they are on the air, where the latter is
 * not, and knows the AEAD of suite 0 alone. */
static const char *reason_not_to_open(char *const part[PART_COUNT]) {
  if (part[ID_CONTEXT] != NULL)
    return "OSCORE with an ID Context that is not on the air: the same octets under keys without "
           "one are those of oscore_id_context=none";
  return strcmp(part[SUITE], "00") != 0 ? "OSCORE of another cipher suite than 0" : NULL;
}

static void add_context(struct decrypt *decrypt, const char *digits) {
  char *part[PART_COUNT];
  for (size_t i = 0; i < PART_COUNT; i++)
    part[i] = take_part(&digits);
  if (part[SALT] != NULL) {
    const char *reason = reason_not_to_open(part);
    char *row = text_format("\"%s\",\"%s\",\"%s\",\"%s\",\"\",\"AES-CCM-16-64-128 (CCM*)\"",
                            part[SENDER], part[RECIPIENT], part[SECRET], part[SALT]);
    const json_t *first = json_object_get(decrypt->oscore, part[SENDER]);
    if (reason != NULL)
      json_object_set_new(decrypt->unopened, reason, json_true());
    else if (first == NULL)
      json_object_set_new(decrypt->oscore, part[SENDER], json_string(row));
    else if (strcmp(json_string_value(first), row) != 0)
      json_object_set_new(decrypt->same_id, row, json_true());
    free(row);
  }
  for (size_t i = 0; i < PART_COUNT; i++)
    free(part[i]);
}

/* SPIs of 8 octets, and keys. */
static void add_ikev2(struct decrypt *decrypt, const char *digits) {
  enum { SPIS = 32, KEYS = 76 };
  if (strlen(digits) != SPIS + KEYS)
    return;
  char *row = text_format("%.16s,%.16s,%.38s,%.38s,\"AES-CCM-128 with 8 octet ICV [RFC5282]\",,,"
                          "\"NONE [RFC4306]\"",
                          digits, digits + 16, digits + SPIS, digits + SPIS + 38);
  json_object_set_new(decrypt->ikev2, row, json_true());
  free(row);
}

static void read_line(struct decrypt *decrypt, const json_t *line) {
  const char *context = value_string(line, "oscore_context"),
             *ikev2 = value_string(line, "ikev2_keys");
  if (context[0] != '\0')
    add_context(decrypt, context);
  if (ikev2[0] != '\0')
    add_ikev2(decrypt, ikev2);
  decrypt->dtls = decrypt->dtls || json_object_get(line, "dtls_keys") != NULL;
  decrypt->esp = decrypt->esp || json_object_get(line, "esp_keys") != NULL;
}

static void decrypt_read(struct decrypt *decrypt, const char *log) {
  *decrypt = (struct decrypt){.oscore = json_object(),
                              .same_id = json_object(),
                              .unopened = json_object(),
                              .ikev2 = json_object()};
  for (const char *line = log, *end; *line != '\0'; line = *end == '\0' ? end : end + 1) {
    end = strchrnul(line, '\n');
    json_t *object = json_loadb(line, (size_t)(end - line), 0, NULL);
    read_line(decrypt, object);
    json_decref(object);
  }
}

static void add_row(struct text *text, const char *table, const char *row) {
  char *option = text_format("uat:%s:%s", table, row);
  text_add(text, " \\\n    -o ");
  text_add_shell_word(text, option);
  free(option);
}

/* What is not under OSCORE. */
static void print_sessions(const struct decrypt *decrypt, const char *ports, struct text *text) {
  const char *row;
  json_t *value;
  if (decrypt->dtls)
    text_add(text,
             "  sed -n 's/.*\"dtls_keys\":\"\\(.\\{64\\}\\)\\([0-9a-f]*\\)\".*/CLIENT_RANDOM \\1 "
             "\\2/p' DIR/log.jsonl >DIR/keylog\n");
  text_add(text, "  tshark -r DIR/air.pcap " LOWPAN "%s", ports);
  if (decrypt->dtls)
    text_add(text, " \\\n    -o tls.keylog_file:DIR/keylog");
  if (json_object_size(decrypt->ikev2) > 0)
    text_add(text, " -O isakmp");
  json_object_foreach(decrypt->ikev2, row, value) add_row(text, "ikev2_decryption_table", row);
  text_add(text, "\n");
}

/* tshark pairs a response with the first request of its token, which a CoAP-EAP conversation uses
 * for all: what is under OSCORE has a capture of its own. */
static void print_oscore(const struct decrypt *decrypt, const char *ports, struct text *text) {
  const char *id;
  json_t *row;
  if (json_object_size(decrypt->oscore) == 0)
    return;
  text_add(text,
           "  tshark -2 -r DIR/air.pcap " LOWPAN "%s \\\n    -Y oscore -w DIR/oscore.pcap\n"
           "  tshark -r DIR/oscore.pcap " LOWPAN "%s -O oscore",
           ports, ports);
  json_object_foreach(decrypt->oscore, id, row)
      add_row(text, "oscore_contexts", json_string_value(row));
  text_add(text, "\n");
}

static void print_unopened(const struct decrypt *decrypt, struct text *text) {
  const char *reason;
  json_t *value;
  json_object_foreach(decrypt->unopened, reason, value)
      text_add(text, "  # tshark 4.0 does not open %s\n", reason);
  if (json_object_size(decrypt->same_id) > 0)
    text_add(text,
             "  # tshark 4.0 does not open OSCORE of later contexts with the Key IDs of these\n");
  if (decrypt->esp)
    text_add(text, "  # tshark 4.0 does not open ESP with AES-CCM; DIR/log.jsonl has esp_keys\n");
}

void decrypt_print(const json_t *result, const char *log, struct text *text) {
  struct decrypt decrypt;
  char *ports = port_options(json_object_get(result, "spec"));
  decrypt_read(&decrypt, log);
  print_sessions(&decrypt, ports, text);
  print_oscore(&decrypt, ports, text);
  print_unopened(&decrypt, text);
  json_decref(decrypt.oscore);
  json_decref(decrypt.same_id);
  json_decref(decrypt.unopened);
  json_decref(decrypt.ikev2);
  free(ports);
}
