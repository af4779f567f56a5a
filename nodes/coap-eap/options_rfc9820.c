/* The table of what can be chosen of RFC 9820 alone. */
#include "flow.h"
#include "options.h"

#include "../oscore/suite.h"

enum {
  OPTION_CONTENT_FORMAT,
  OPTION_URIS,
  OPTION_SUITES_OFFERED,
  OPTION_SUITES_SUPPORTED,
  OPTION_RID_C,
  OPTION_RID_I,
  OPTION_LIFETIME,
  OPTION_KDF,
};

/* Paths that resources are below, in the order of the choices. */
static const char *const URIS[] = {"short", "long", NULL};
static const char *const RESOURCES[] = {"a", "path/eap"};

/* Lists of cipher suites; each digit is one. */
#define SUITE_LISTS "0", "1", "2", "3", "4", "0+1", "1+0", "0+1+2+3", "3+2+1+0"
static const char *const OFFERS[] = {"none", SUITE_LISTS, NULL};
static const char *const SUPPORTED[] = {SUITE_LISTS, NULL};
enum { SUPPORTED_ALL = 7 };

static const char *const KDFS[] = {
    [COAP_EAP_KDF_EXPAND] = "expand", [COAP_EAP_KDF_HKDF] = "hkdf", NULL};

static const struct option_row ROWS[] = {
    [OPTION_CONTENT_FORMAT] = {.name = "rfc9820_content_format",
                               .kind = OPTION_SWITCH,
                               .unit = "",
                               .fallback = 1,
                               .applies = "",
                               .help = "on: what carries EAP says so by Content-Format 269; off: "
                                       "nothing does"},
    [OPTION_URIS] = {.name = "rfc9820_uris",
                     .kind = OPTION_CHOICE,
                     .unit = "",
                     .values = URIS,
                     .peer_only = true,
                     .applies = "",
                     .help = "paths of the resources of the steps: short: as /a/x; long: as "
                             "/path/eap/x"},
    [OPTION_SUITES_OFFERED] = {.name = "cipher_suites_offered",
                               .kind = OPTION_CHOICE,
                               .unit = "",
                               .values = OFFERS,
                               .applies = "association=oscore",
                               .help = "cipher suites that the authenticator offers in step 1, the "
                                       "preferred first, as 1+0; none: it leaves them out, which "
                                       "is suite 0, and costs no octet. 0: AES-CCM-16-64-128, "
                                       "SHA-256; 1: A128GCM, SHA-256; 2: A256GCM, SHA-384; 3: "
                                       "ChaCha20/Poly1305, SHA-256"},
    [OPTION_SUITES_SUPPORTED] = {.name = "cipher_suites_supported",
                                 .kind = OPTION_CHOICE,
                                 .unit = "",
                                 .values = SUPPORTED,
                                 .fallback = SUPPORTED_ALL,
                                 .peer_only = true,
                                 .applies = "association=oscore",
                                 .help = "cipher suites that the peer has: it chooses the first of "
                                         "those that are offered"},
    [OPTION_RID_C] = {.name = "rid_c_bytes",
                      .kind = OPTION_INTEGER,
                      .unit = "B",
                      .fallback = 1,
                      .least = 0,
                      .most = ASSOCIATION_ID_MAX,
                      .applies = "association=oscore",
                      .help = "length of RID-C, the Recipient ID of the authenticator, which the "
                              "peer's requests carry"},
    [OPTION_RID_I] = {.name = "rid_i_bytes",
                      .kind = OPTION_INTEGER,
                      .unit = "B",
                      .fallback = 1,
                      .least = 0,
                      .most = ASSOCIATION_ID_MAX,
                      .applies = "association=oscore",
                      .help = "length of RID-I, the Recipient ID of the peer, which the "
                              "authenticator's requests carry"},
    [OPTION_LIFETIME] = {.name = "session_lifetime_s",
                         .kind = OPTION_INTEGER,
                         .unit = "s",
                         .fallback = 28800,
                         .least = 0,
                         .most = 315360000,
                         .applies = "",
                         .help = "Session-Lifetime that step 7 tells (with coap_roles: "
                                 "peer-client, the response that confirms the key), where the "
                                 "AAA server names none: then both ends close the association; 0: "
                                 "it is left out, and the association does not end"},
    [OPTION_KDF] = {.name = "rfc9820_kdf",
                    .kind = OPTION_CHOICE,
                    .unit = "",
                    .values = KDFS,
                    .applies = "",
                    .help = "how keys are derived of the MSK, which is uncertain: expand: "
                            "HKDF-Expand with the MSK as PRK; hkdf: HKDF-Extract, without salt, "
                            "and HKDF-Expand"},
};

const struct option_table COAP_EAP_RFC9820_OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

static struct coap_eap_suite_list list_of(const struct option_values *values,
                                          const struct option_row *option) {
  struct coap_eap_suite_list list = {.count = 0};
  for (const char *at = option->values[(size_t)option_get(values, option)]; *at != '\0'; at++)
    if (*at >= '0' && *at <= '9')
      list.numbers[list.count++] = *at - '0';
  return list;
}

/* NULL, or why a suite of the list cannot be used. */
static const char *why_refused(const struct coap_eap_suite_list *list) {
  const char *refused = NULL;
  for (size_t i = 0; refused == NULL && i < list->count; i++)
    refused = oscore_suite_find(list->numbers[i])->refused;
  return refused;
}

/* Whether IDs of this length are too long for one of the suites. */
static bool is_too_long(const struct coap_eap_suite_list *list, size_t length) {
  bool too_long = list->count == 0 && length > oscore_suite_id_max(oscore_suite_default());
  for (size_t i = 0; i < list->count; i++)
    too_long = too_long || length > oscore_suite_id_max(oscore_suite_find(list->numbers[i]));
  return too_long;
}

const char *coap_eap_rfc9820_unsupported(const struct option_values *values) {
  struct coap_eap_options options = {.negotiates = false};
  if (association_kind_is_session(association_kind_of(values)))
    return NULL; /* nothing is negotiated */
  coap_eap_rfc9820_options_read(values, &options);
  const char *refused = why_refused(&options.suites_offered);
  if (refused == NULL)
    refused = why_refused(&options.suites_supported);
  if (refused != NULL)
    return refused;
  if (options.rid_c_bytes == 0 && options.rid_i_bytes == 0)
    return "rid_c_bytes, rid_i_bytes: not both 0: Recipient IDs must differ";
  return is_too_long(&options.suites_offered, options.rid_c_bytes) ||
                 is_too_long(&options.suites_offered, options.rid_i_bytes)
             ? "rid_c_bytes, rid_i_bytes: at most 6 with cipher suites 1 to 3, whose nonces have "
               "12 octets (RFC 8613 section 3.3)"
             : NULL;
}

void coap_eap_rfc9820_options_read(const struct option_values *values,
                                   struct coap_eap_options *options) {
  options->location_number = COAP_NUMBER_LOCATION_PATH;
  options->resources = RESOURCES[(size_t)option_get(values, &ROWS[OPTION_URIS])];
  options->content_format = option_is_on(values, &ROWS[OPTION_CONTENT_FORMAT]);
  options->suites_offered = list_of(values, &ROWS[OPTION_SUITES_OFFERED]);
  options->suites_supported = list_of(values, &ROWS[OPTION_SUITES_SUPPORTED]);
  options->rid_c_bytes = (size_t)option_get(values, &ROWS[OPTION_RID_C]);
  options->rid_i_bytes = (size_t)option_get(values, &ROWS[OPTION_RID_I]);
  options->session_lifetime_s = (uint32_t)option_get(values, &ROWS[OPTION_LIFETIME]);
  options->kdf = (enum coap_eap_kdf)option_get(values, &ROWS[OPTION_KDF]);
}
