/* The path of a resource of CoAP-EAP: as Uri-Path and Location-Path options have it, and as the
 * text of a URI reference, as which step 0 of RFC 9820 names one. */
#ifndef NODES_COAP_EAP_RESOURCE_H
#define NODES_COAP_EAP_RESOURCE_H

#include "../coap/message.h"

enum {
  COAP_EAP_PATH_MAX = 64,    /* octets of a path: segments, and the "/" between them */
  COAP_EAP_SEGMENTS_MAX = 4, /* of a path */
};

/* Flat; zeroed: there is none. */
struct coap_eap_resource {
  char path[COAP_EAP_PATH_MAX + 1]; /* "b/5": without a "/" in front, which is in no segment */
};

/* The path "prefix/name". Both together fit (asserted). */
void coap_eap_resource_set(struct coap_eap_resource *resource, const char *prefix,
                           const char *name);

/* Adds an option of this number and row for each segment. They point into the resource. */
void coap_eap_resource_add(const struct coap_eap_resource *resource, struct coap_message *message,
                           uint16_t number, uint16_t row);

/* Whether the request is for it. False where there is none. */
bool coap_eap_resource_is(const struct coap_eap_resource *resource,
                          const struct coap_message *request);

/* Reads the path that the options of this number make up: 1 to COAP_EAP_SEGMENTS_MAX segments that
 * are not empty, "." or "..", of printable octets without "/". False: there is none such;
 * `*resource` is as it was. */
NODE_MUST_CHECK bool coap_eap_resource_read(const struct coap_message *message, uint16_t number,
                                            struct coap_eap_resource *resource);

/* Reads a URI reference that is an absolute path (RFC 3986 section 3.3) of such segments, without
 * what is encoded by "%". False: it is none. */
NODE_MUST_CHECK bool coap_eap_resource_read_uri(const uint8_t *text, size_t length,
                                                struct coap_eap_resource *resource);

#endif
