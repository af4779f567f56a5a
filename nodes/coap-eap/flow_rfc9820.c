/* CoAP-EAP as RFC 9820 has it, as far as known: its text was not at hand. Registered by IANA: the
 * path, the Content-Format, the numbers of suites and information elements, and what RID-C and
 * RID-I are. Read in public code of its authors' group and in Wireshark's dissector: order,
 * methods, options and maps of the flow, labels and what CS is. Recalled: codes and times. Open:
 * the KDF, which is an option; the PSK of DTLS, which is derived here as OSCORE's material is. All
 * that may turn out otherwise stands here and in options_rfc9820.c. */
#include "flow.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A name of material as it stands in a label. */
#define LABEL_FORMAT "COAP-EAP %s" /* in upper case, without terminating zero [read] */

enum {
  LABEL_MAX = 64,
  INFO_MAX = 2 * COAP_EAP_SUITES_MAX + LABEL_MAX,
};

/* Where no suites were sent, those of the default are as if they had been [read]. */
static const uint8_t SUITES_DEFAULT[] = {0x81, 0x00, 0x81, 0x00};

/* A run without a message for EXCHANGE_LIFETIME is dropped [recalled]. */
static uint64_t patience_ms(const struct coap_parameters *parameters) {
  return coap_exchange_lifetime_ms(parameters);
}

/* CS: the suites as sent, those offered before the one chosen. */
static void put_suites(struct span_writer *info, const struct coap_eap_agreement *agreement) {
  const uint16_t no_row = 0;
  if (agreement->offered.length + agreement->chosen.length == 0)
    span_writer_put(info, no_row, SUITES_DEFAULT, sizeof SUITES_DEFAULT);
  span_writer_put(info, no_row, agreement->offered.octets, agreement->offered.length);
  span_writer_put(info, no_row, agreement->chosen.octets, agreement->chosen.length);
}

static void put_label(struct span_writer *info, const char *name) {
  char label[LABEL_MAX];
  const uint16_t no_row = 0;
  const int length = snprintf(label, sizeof label, LABEL_FORMAT, name);
  assert(length > 0 && length < LABEL_MAX);
  for (char *at = label; (at = strchr(at, '_')) != NULL;)
    *at = ' ';
  span_writer_put(info, no_row, label, (size_t)length);
}

/* The Master Secret is as long as a key of the suite [read for suite 0]. */
static size_t part_length(const struct coap_eap_key_config *config, size_t part, size_t length) {
  const struct oscore_suite *suite = config->agreement->suite;
  return part == 0 && suite != NULL ? suite->secret_length : length;
}

static enum crypto_hash hash_of(const struct coap_eap_key_config *config) {
  const struct oscore_suite *suite = config->agreement->suite;
  return suite == NULL ? CRYPTO_HASH_SHA256 : suite->hash;
}

/* Each part of the key material is KDF(MSK, CS | label, length). */
static int expand_parts(const struct coap_eap_key_config *config, const uint8_t *prk,
                        size_t prk_length, const struct node_hooks *hooks,
                        struct coap_eap_key *key) {
  const char *name;
  size_t length;
  int result = 0;
  for (size_t part = 0;
       result == 0 &&
       (length = association_kind_material(config->options->association, part, &name)) > 0;
       part++) {
    uint8_t octets[INFO_MAX];
    struct span_writer info;
    span_writer_init(&info, octets, sizeof octets, NULL);
    put_suites(&info, config->agreement);
    put_label(&info, name);
    result = coap_eap_key_expand(key, hash_of(config), prk, prk_length, octets, info.length,
                                 part_length(config, part, length), hooks);
  }
  return result;
}

static int derive_key(const struct coap_eap_key_config *config, const struct node_hooks *hooks,
                      struct coap_eap_key *key) {
  if (config->options->kdf == COAP_EAP_KDF_EXPAND)
    return expand_parts(config, config->msk, EAP_KEY_LENGTH, hooks, key);
  uint8_t prk[CRYPTO_HASH_MAX];
  int result =
      crypto_hkdf_extract_with(hooks, hash_of(config), NULL, 0, config->msk, EAP_KEY_LENGTH, prk);
  if (result == 0)
    result = expand_parts(config, prk, crypto_hash_length(hash_of(config)), hooks, key);
  crypto_wipe(prk, sizeof prk);
  return result;
}

const struct coap_eap_flow COAP_EAP_FLOW_RFC9820 = {
    .service = {".well-known/coap-eap"},    /* [IANA] */
    .names_each_step = true,                /* [read] */
    .step_code = COAP_CODE_CREATED,         /* [read] */
    .failure_code = COAP_CODE_UNAUTHORIZED, /* [recalled] */
    .no_suite_code = COAP_CODE_BAD_REQUEST, /* [open] */
    .negotiates = true,                     /* [IANA] */
    .has_id_context = false,                /* [read] */
    .patience_ms = patience_ms,
    .read = coap_eap_rfc9820_options_read,
    .unsupported = coap_eap_rfc9820_unsupported,
    .derive_key = derive_key,
};
