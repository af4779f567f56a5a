/* Offer, choice, and conclusion. */
#include "agreement.h"

#include "options.h"

#include <string.h>

static bool ids_equal(const struct association_id *a, const struct association_id *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static void draw_id(struct association_id *id, size_t length, const struct node_hooks *hooks) {
  id->length = length;
  node_random(hooks, id->bytes, length);
}

/* A suite of this number that is built; NULL: there is none. */
static const struct oscore_suite *suite_of(int32_t number) {
  const struct oscore_suite *suite = oscore_suite_find(number);
  return suite == NULL || suite->refused != NULL ? NULL : suite;
}

/* Whether identifiers of these lengths fit into the nonces of this suite (RFC 8613 section 3.3). */
static bool ids_fit(const struct oscore_suite *suite, const struct coap_eap_agreement *agreement) {
  return agreement->rid_c.length <= oscore_suite_id_max(suite) &&
         agreement->rid_i.length <= oscore_suite_id_max(suite);
}

/* Step 1 */

void coap_eap_agreement_offer(struct coap_eap_agreement *agreement,
                              const struct coap_eap_options *options,
                              const struct node_hooks *hooks, struct coap_eap_info *offer) {
  *agreement = (struct coap_eap_agreement){.suite = NULL};
  *offer = (struct coap_eap_info){.has_rid_c = options->negotiates};
  if (!options->negotiates)
    return;
  const struct coap_eap_suite_list *list = &options->suites_offered;
  coap_eap_suites_set(&agreement->offered, list->numbers, list->count);
  draw_id(&agreement->rid_c, options->rid_c_bytes, hooks);
  offer->suites = agreement->offered;
  offer->rid_c = agreement->rid_c;
}

/* Step 2 */

static bool is_supported(const struct coap_eap_options *options, int32_t number) {
  const struct coap_eap_suite_list *list = &options->suites_supported;
  for (size_t i = 0; i < list->count; i++)
    if (list->numbers[i] == number)
      return true;
  return false;
}

/* The first of what is offered, or the default where nothing is. */
static bool choose_suite(struct coap_eap_agreement *agreement,
                         const struct coap_eap_options *options) {
  int32_t number = oscore_suite_default()->number;
  bool more =
      agreement->offered.length == 0 || coap_eap_suites_get(&agreement->offered, 0, &number);
  for (size_t place = 1; more; place++) {
    const struct oscore_suite *suite = suite_of(number);
    if (is_supported(options, number) && suite != NULL && ids_fit(suite, agreement)) {
      agreement->suite = suite;
      if (agreement->offered.length > 0)
        coap_eap_suites_set(&agreement->chosen, &number, 1);
      return true;
    }
    more = coap_eap_suites_get(&agreement->offered, place, &number);
  }
  return false;
}

const char *coap_eap_agreement_fault(const struct coap_eap_options *options,
                                     const struct coap_eap_info *offer) {
  if (!options->negotiates)
    return NULL;
  if (!offer->has_rid_c)
    return "step 1 without RID-C";
  return options->rid_i_bytes == 0 && offer->rid_c.length == 0 ? "RID-C is empty, as RID-I is"
                                                               : NULL;
}

const char *coap_eap_agreement_accept(struct coap_eap_agreement *agreement,
                                      const struct coap_eap_options *options,
                                      const struct node_hooks *hooks,
                                      const struct coap_eap_info *offer) {
  *agreement = (struct coap_eap_agreement){.offered = offer->suites, .rid_c = offer->rid_c};
  const char *fault = coap_eap_agreement_fault(options, offer);
  if (fault != NULL || !options->negotiates)
    return fault;
  do
    draw_id(&agreement->rid_i, options->rid_i_bytes, hooks);
  while (ids_equal(&agreement->rid_i, &agreement->rid_c));
  return choose_suite(agreement, options) ? NULL : COAP_EAP_NO_CIPHER_SUITE;
}

void coap_eap_agreement_answer(const struct coap_eap_agreement *agreement,
                               const struct coap_eap_options *options,
                               struct coap_eap_info *answer) {
  *answer = (struct coap_eap_info){
      .suites = agreement->chosen, .has_rid_i = options->negotiates, .rid_i = agreement->rid_i};
}

/* After step 2 */

static bool was_offered(const struct coap_eap_agreement *agreement, int32_t number) {
  int32_t offered;
  for (size_t i = 0; coap_eap_suites_get(&agreement->offered, i, &offered); i++)
    if (offered == number)
      return true;
  return false;
}

/* The one suite of an answer; NULL: it is none that was offered. */
static const struct oscore_suite *find_chosen(const struct coap_eap_agreement *agreement,
                                              const struct coap_eap_info *answer) {
  int32_t number, second;
  if (agreement->offered.length == 0)
    return answer->suites.length == 0 ? oscore_suite_default() : NULL;
  if (!coap_eap_suites_get(&answer->suites, 0, &number) ||
      coap_eap_suites_get(&answer->suites, 1, &second) || !was_offered(agreement, number))
    return NULL;
  return suite_of(number);
}

const char *coap_eap_agreement_conclude(struct coap_eap_agreement *agreement,
                                        const struct coap_eap_options *options,
                                        const struct coap_eap_info *answer) {
  if (!options->negotiates)
    return NULL;
  struct coap_eap_agreement concluded = *agreement;
  concluded.chosen = answer->suites;
  concluded.rid_i = answer->rid_i;
  concluded.suite = find_chosen(agreement, answer);
  if (concluded.suite == NULL)
    return "cipher suite that was not offered";
  if (!answer->has_rid_i)
    return "step 2 without RID-I";
  if (ids_equal(&concluded.rid_c, &concluded.rid_i))
    return "RID-I is RID-C";
  if (!ids_fit(concluded.suite, &concluded))
    return "RID-I too long for the cipher suite";
  *agreement = concluded;
  return NULL;
}

bool coap_eap_agreement_permits(const struct coap_eap_agreement *agreement, uint32_t number) {
  return agreement->suite == NULL || (uint32_t)agreement->suite->number == number;
}

void coap_eap_agreement_digest(const struct coap_eap_agreement *agreement, struct digest *digest) {
  digest_octets(digest, agreement->offered.octets, agreement->offered.length);
  digest_octets(digest, agreement->chosen.octets, agreement->chosen.length);
  digest_octets(digest, agreement->rid_c.bytes, agreement->rid_c.length);
  digest_octets(digest, agreement->rid_i.bytes, agreement->rid_i.length);
}
