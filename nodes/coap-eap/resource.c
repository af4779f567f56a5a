/* Paths of resources. */
#include "resource.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void coap_eap_resource_set(struct coap_eap_resource *resource, const char *prefix,
                           const char *name) {
  const int length = snprintf(resource->path, sizeof resource->path, "%s/%s", prefix, name);
  assert(length > 0 && (size_t)length < sizeof resource->path);
  (void)length;
}

/* The segment at `*at`, which is moved behind it. Its length; 0: there is none. */
static size_t take_segment(const char **at, const char **segment) {
  *segment = *at;
  const size_t length = strcspn(*at, "/");
  *at += length + ((*at)[length] == '/');
  return length;
}

void coap_eap_resource_add(const struct coap_eap_resource *resource, struct coap_message *message,
                           uint16_t number, uint16_t row) {
  const char *at = resource->path, *segment;
  size_t length;
  while ((length = take_segment(&at, &segment)) > 0)
    coap_message_add_option(message, number, row, segment, length);
}

bool coap_eap_resource_is(const struct coap_eap_resource *resource,
                          const struct coap_message *request) {
  const char *at = resource->path, *segment;
  if (*at == '\0')
    return false;
  for (size_t i = 0; i < request->option_count; i++) {
    const struct coap_option *option = &request->options[i];
    if (option->number != COAP_NUMBER_URI_PATH)
      continue;
    const size_t length = take_segment(&at, &segment);
    if (length == 0 || length != option->length || memcmp(segment, option->value, length) != 0)
      return false;
  }
  return *at == '\0';
}

/* "." and "..", which no option has (RFC 7252 sections 5.10.1 and 5.10.7). */
static bool is_dots(const uint8_t *octets, size_t count) {
  return count <= 2 && octets[0] == '.' && octets[count - 1] == '.';
}

/* Appends a segment to the first `*length` octets of a path. */
static bool append_segment(struct coap_eap_resource *resource, size_t *length,
                           const uint8_t *octets, size_t count) {
  const size_t slash = *length > 0;
  if (count == 0 || is_dots(octets, count) || *length + slash + count > COAP_EAP_PATH_MAX)
    return false;
  for (size_t i = 0; i < count; i++)
    if (octets[i] <= ' ' || octets[i] >= 127 || octets[i] == '/')
      return false;
  if (slash > 0)
    resource->path[(*length)++] = '/';
  memcpy(resource->path + *length, octets, count);
  *length += count;
  resource->path[*length] = '\0';
  return true;
}

bool coap_eap_resource_read(const struct coap_message *message, uint16_t number,
                            struct coap_eap_resource *resource) {
  struct coap_eap_resource read;
  size_t length = 0, segments = 0;
  for (size_t i = 0; i < message->option_count; i++) {
    const struct coap_option *option = &message->options[i];
    if (option->number != number)
      continue;
    if (++segments > COAP_EAP_SEGMENTS_MAX ||
        !append_segment(&read, &length, option->value, option->length))
      return false;
  }
  if (segments > 0)
    *resource = read;
  return segments > 0;
}

/* What a path of a URI reference ends at, or has encoded. */
static bool has_other_than_path(const uint8_t *text, size_t length) {
  static const char other[] = "?#%";
  for (size_t i = 0; i < length; i++)
    if (memchr(other, text[i], sizeof other - 1) != NULL)
      return true;
  return false;
}

bool coap_eap_resource_read_uri(const uint8_t *text, size_t length,
                                struct coap_eap_resource *resource) {
  struct coap_eap_resource read;
  size_t at = 0, read_length = 0, segments = 0;
  if (length == 0 || has_other_than_path(text, length))
    return false;
  while (at < length) {
    if (text[at++] != '/' || ++segments > COAP_EAP_SEGMENTS_MAX)
      return false;
    const uint8_t *end = memchr(text + at, '/', length - at);
    const size_t count = end == NULL ? length - at : (size_t)(end - text) - at;
    if (!append_segment(&read, &read_length, text + at, count))
      return false;
    at += count;
  }
  *resource = read;
  return true;
}
