/* Grants and filters from settings. */
#define _GNU_SOURCE
#include "authorization.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rules */

static const char *rules_split(struct authorization_rules *rules) {
  char *rest = rules->text;
  for (char *rule = strsep(&rest, ";"); rule != NULL; rule = strsep(&rest, ";")) {
    struct aaa_rule parsed;
    rule += strspn(rule, " ");
    if (rules->count == AAA_GRANT_RULES_MAX)
      return "too many filter rules";
    const int error = aaa_rule_parse(rule, strlen(rule), &parsed);
    if (error < 0 && error != NODE_ERR_UNSUPPORTED)
      return "it is no list of filter rules as \"permit in 17 from assigned to any 5683; deny in "
             "ip from any to any\"";
    rules->rules[rules->count++] = rule;
  }
  return NULL;
}

int authorization_rules_read(struct authorization_rules *rules, const char *text,
                             struct complaint *complaint) {
  *rules = (struct authorization_rules){.count = 0};
  if (text == NULL)
    return 0;
  rules->text = strdup(text);
  if (rules->text == NULL)
    abort();
  const char *wrong = rules_split(rules);
  if (wrong == NULL)
    return 0;
  authorization_rules_free(rules);
  return complaint_set(complaint, "filter_rules: %s", wrong);
}

void authorization_rules_free(struct authorization_rules *rules) {
  free(rules->text);
  *rules = (struct authorization_rules){.count = 0};
}

/* SAML */

static int saml_read(struct authorization *authorization, const char *name,
                     struct complaint *complaint) {
  FILE *file = fopen(name, "re");
  if (file == NULL)
    return complaint_set(complaint, "%s: %s", name, strerror(errno));
  authorization->saml = malloc(RADIUS_PACKET_MAX);
  if (authorization->saml == NULL)
    abort();
  const size_t length = fread(authorization->saml, 1, RADIUS_PACKET_MAX, file);
  const bool whole = fgetc(file) == EOF && !ferror(file);
  fclose(file);
  authorization->granted.saml = authorization->saml;
  authorization->granted.saml_length = length;
  return whole ? 0
               : complaint_set(complaint, "%s: it is no file of up to %d octets", name,
                               RADIUS_PACKET_MAX);
}

/* Users */

int authorization_init(struct authorization *authorization, const struct settings_user *user,
                       struct complaint *complaint) {
  struct aaa_authorization *granted = &authorization->granted;
  *authorization = (struct authorization){.is_said = false};
  if (authorization_rules_read(&authorization->rules, user->filter_rules, complaint) < 0)
    return -1;
  granted->filter_id = user->filter_id;
  granted->rules = authorization->rules.rules;
  granted->rule_count = authorization->rules.count;
  granted->class_octets = (const uint8_t *)user->class_text;
  granted->class_length = user->class_text == NULL ? 0 : strlen(user->class_text);
  if (user->saml != NULL && saml_read(authorization, user->saml, complaint) < 0)
    return -1;
  if (user->cipher_suite != NULL && !aaa_cipher_suite_parse(user->cipher_suite, &granted->suite))
    return complaint_set(complaint,
                         "cipher_suite: \"%s\" is none of 0, 1, 2, 3, aes128-ccm-8, "
                         "aes128-ccm, aes128-gcm",
                         user->cipher_suite);
  if (!aaa_authorization_valid(granted))
    return complaint_set(complaint, "filter_id is empty or beside filter_rules, or it or class is "
                                    "longer than 253 octets");
  authorization->is_said = granted->filter_id != NULL || granted->rule_count > 0 ||
                           granted->class_length > 0 || granted->saml_length > 0 ||
                           granted->suite.kind != AAA_SUITE_NONE;
  return 0;
}

void authorization_deinit(struct authorization *authorization) {
  authorization_rules_free(&authorization->rules);
  free(authorization->saml);
  *authorization = (struct authorization){.is_said = false};
}
