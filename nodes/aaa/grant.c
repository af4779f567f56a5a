/* Grants: what is read from an Access-Accept, kept, and written into one. */
#include "grant.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Rules */

static const char *rule_fault(int error) {
  switch (error) {
  case 0:
    return NULL;
  case NODE_ERR_UNSUPPORTED:
    return "filter rule that cannot be applied";
  case NODE_ERR_TOO_LONG:
    return "filter rule with too many ports";
  default:
    return "malformed filter rule";
  }
}

static const char *grant_add_rule(struct aaa_grant *grant, const char *text, size_t length) {
  if (grant->rule_count == AAA_GRANT_RULES_MAX)
    return "too many filter rules";
  const char *fault = rule_fault(aaa_rule_parse(text, length, &grant->rules[grant->rule_count]));
  grant->rule_count += fault == NULL;
  return fault;
}

/* RFC 4849 section 2. */
static const char *grant_read_rules(struct aaa_grant *grant, const struct radius_packet *accept) {
  char text[RADIUS_PACKET_MAX];
  struct radius_attribute attribute;
  size_t length = 0;
  for (size_t at = 0; radius_attribute_next(accept, &at, &attribute);) {
    if (attribute.type != RADIUS_NAS_FILTER_RULE)
      continue;
    memcpy(text + length, attribute.value, attribute.length);
    length += attribute.length;
  }
  const char *fault = NULL;
  for (size_t at = 0; at < length && fault == NULL;) {
    const char *zero = memchr(text + at, 0, length - at);
    const size_t part = zero == NULL ? length - at : (size_t)(zero - text) - at;
    fault = grant_add_rule(grant, text + at, part);
    at += part + 1;
  }
  return fault;
}

/* Filters */

static const struct aaa_filter *find_filter(const struct aaa_filter *filters, size_t count,
                                            const struct radius_attribute *name) {
  for (size_t i = 0; i < count; i++)
    if (strlen(filters[i].name) == name->length &&
        memcmp(filters[i].name, name->value, name->length) == 0)
      return &filters[i];
  return NULL;
}

static const char *grant_add_filter(struct aaa_grant *grant, const struct aaa_filter *filter) {
  const char *fault = filter == NULL ? "unknown Filter-Id" : NULL;
  for (size_t i = 0; fault == NULL && i < filter->rule_count; i++)
    fault = grant_add_rule(grant, filter->rules[i], strlen(filter->rules[i]));
  return fault;
}

static const char *grant_read_filters(struct aaa_grant *grant, const struct radius_packet *accept,
                                      const struct aaa_filter *filters, size_t count) {
  struct radius_attribute attribute;
  const char *fault = NULL;
  for (size_t at = 0; fault == NULL && radius_attribute_next(accept, &at, &attribute);)
    if (attribute.type == RADIUS_FILTER_ID)
      fault = grant_add_filter(grant, find_filter(filters, count, &attribute));
  return fault;
}

/* Class */

static void grant_read_classes(struct aaa_grant *grant, const struct radius_packet *accept) {
  struct radius_attribute attribute;
  for (size_t at = 0; radius_attribute_next(accept, &at, &attribute);) {
    const size_t length = RADIUS_ATTRIBUTE_HEADER_LENGTH + attribute.length;
    if (attribute.type != RADIUS_CLASS)
      continue;
    if (length > sizeof grant->classes - grant->classes_length) {
      grant->classes_dropped++;
      continue;
    }
    memcpy(grant->classes + grant->classes_length, attribute.value - RADIUS_ATTRIBUTE_HEADER_LENGTH,
           length);
    grant->classes_length += length;
  }
}

/* SAML */

/* The attributes of a message that is not whole yet. */
struct saml_message {
  uint8_t type; /* 0: there is none */
  size_t attributes, octets;
};

static bool is_saml(const struct radius_attribute *attribute) {
  return attribute->type == RADIUS_LONG_EXTENDED &&
         attribute->length > RADIUS_EXTENDED_HEADER_LENGTH &&
         (attribute->value[0] == RADIUS_SAML_ASSERTION ||
          attribute->value[0] == RADIUS_SAML_PROTOCOL);
}

static void saml_break(struct aaa_grant_saml *saml, struct saml_message *message) {
  saml->broken += message->attributes;
  *message = (struct saml_message){.type = 0};
}

static void saml_take(struct aaa_grant_saml *saml, struct saml_message *message,
                      const struct radius_attribute *attribute) {
  if (message->type != attribute->value[0])
    saml_break(saml, message);
  message->type = attribute->value[0];
  message->attributes++;
  message->octets += attribute->length - RADIUS_EXTENDED_HEADER_LENGTH;
  if ((attribute->value[1] & RADIUS_EXTENDED_MORE) != 0)
    return;
  saml->messages++;
  saml->attributes += message->attributes;
  saml->octets += message->octets;
  *message = (struct saml_message){.type = 0};
}

/* RFC 6929 section 2.2: the attributes of one value follow each other, all but the last with M. */
static void grant_read_saml(struct aaa_grant *grant, const struct radius_packet *accept) {
  struct saml_message message = {.type = 0};
  struct radius_attribute attribute;
  for (size_t at = 0; radius_attribute_next(accept, &at, &attribute);) {
    if (is_saml(&attribute))
      saml_take(&grant->saml, &message, &attribute);
    else
      saml_break(&grant->saml, &message);
  }
  saml_break(&grant->saml, &message);
}

/* Access-Accept */

static const char *grant_read(struct aaa_grant *grant, const struct radius_packet *accept,
                              const struct aaa_filter *filters, size_t filter_count) {
  grant_read_classes(grant, accept);
  grant_read_saml(grant, accept);
  const char *fault = grant_read_filters(grant, accept, filters, filter_count);
  return fault != NULL ? fault : grant_read_rules(grant, accept);
}

const char *aaa_grant_read(const struct radius_packet *accept, const struct aaa_filter *filters,
                           size_t filter_count, enum aaa_suite_kind suites,
                           struct aaa_grant **grant) {
  const size_t names = radius_attribute_count(accept, RADIUS_FILTER_ID);
  const size_t rules = radius_attribute_count(accept, RADIUS_NAS_FILTER_RULE);
  struct aaa_cipher_suite suite;
  *grant = NULL;
  if (names > 0 && rules > 0)
    return "Filter-Id beside NAS-Filter-Rule";
  const char *fault = aaa_cipher_suite_read(accept, suites, &suite);
  if (fault != NULL || (suite.kind == AAA_SUITE_NONE && names + rules == 0 &&
                        radius_attribute_count(accept, RADIUS_CLASS) == 0 &&
                        radius_attribute_count(accept, RADIUS_LONG_EXTENDED) == 0))
    return fault;
  struct aaa_grant *made = calloc(1, sizeof *made);
  if (made == NULL)
    return "no memory for what is granted";
  made->suite = suite;
  fault = grant_read(made, accept, filters, filter_count);
  if (fault != NULL)
    aaa_grant_free(made);
  else
    *grant = made;
  return fault;
}

void aaa_grant_free(struct aaa_grant *grant) {
  free(grant);
}

bool aaa_grant_permits(const struct aaa_grant *grant, const struct node_address *device,
                       const struct node_address *asked) {
  const struct aaa_rule_packet packet = {.in = true,
                                         .protocol = AAA_RULE_UDP,
                                         .assigned = device->ip,
                                         .source = *device,
                                         .destination = *asked};
  return grant == NULL || aaa_rules_permit(grant->rules, grant->rule_count, &packet);
}

/* The AAA server */

bool aaa_authorization_valid(const struct aaa_authorization *authorization) {
  const char *filter_id = authorization->filter_id;
  return authorization->class_length <= RADIUS_VALUE_MAX &&
         (filter_id == NULL || (filter_id[0] != '\0' && strlen(filter_id) <= RADIUS_VALUE_MAX &&
                                authorization->rule_count == 0)) &&
         authorization->saml_length <= RADIUS_PACKET_MAX;
}

/* All rules, a zero octet between each two. */
static void authorization_add_rules(const struct aaa_authorization *authorization,
                                    struct span_writer *out) {
  char text[RADIUS_PACKET_MAX];
  size_t length = 0;
  for (size_t i = 0; i < authorization->rule_count; i++) {
    const size_t rule = strlen(authorization->rules[i]);
    if (rule + 1 > sizeof text - length) {
      out->overflow = true;
      return;
    }
    memcpy(text + length, authorization->rules[i], rule + 1);
    length += rule + 1;
  }
  if (length > 0)
    radius_add_grant(out, RADIUS_NAS_FILTER_RULE, text, length - 1);
}

void aaa_authorization_add(const struct aaa_authorization *authorization, struct span_writer *out) {
  assert(aaa_authorization_valid(authorization));
  if (authorization->filter_id != NULL)
    radius_add_grant(out, RADIUS_FILTER_ID, authorization->filter_id,
                     strlen(authorization->filter_id));
  radius_add_grant(out, RADIUS_CLASS, authorization->class_octets, authorization->class_length);
  authorization_add_rules(authorization, out);
  aaa_cipher_suite_add(&authorization->suite, out);
  radius_add_extended_grant(out, RADIUS_SAML_ASSERTION, authorization->saml,
                            authorization->saml_length);
}
