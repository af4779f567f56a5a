/* Routing by realm. */
#include "realm.h"

#include <string.h>

struct aaa_text {
  const uint8_t *octets;
  size_t length;
};

static struct aaa_text text_of(const char *name) {
  return (struct aaa_text){(const uint8_t *)name, strlen(name)};
}

static bool is_letter_or_digit(uint8_t octet) {
  return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
         (octet >= '0' && octet <= '9') || octet >= 0x80;
}

/* label = utf8-rtext *(ldh-str) */
static bool is_label(const uint8_t *octets, size_t length) {
  if (length == 0 || octets[0] == '-' || octets[length - 1] == '-')
    return false;
  for (size_t i = 0; i < length; i++)
    if (!is_letter_or_digit(octets[i]) && octets[i] != '-')
      return false;
  return true;
}

/* realm = 1*( label "." ) label */
static bool is_realm(struct aaa_text text) {
  size_t labels = 0, begin = 0;
  for (size_t at = 0; at <= text.length; at++) {
    if (at < text.length && text.octets[at] != '.')
      continue;
    if (!is_label(text.octets + begin, at - begin))
      return false;
    begin = at + 1;
    labels++;
  }
  return labels >= 2;
}

bool aaa_realm_valid(const char *name) {
  return strcmp(name, AAA_REALM_ANY) == 0 || strcmp(name, AAA_REALM_NONE) == 0 ||
         is_realm(text_of(name));
}

static uint8_t lower_case(uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + ('a' - 'A')) : octet;
}

static bool is_named(const struct aaa_realm *realm, struct aaa_text text) {
  if (strlen(realm->name) != text.length)
    return false;
  for (size_t i = 0; i < text.length; i++)
    if (lower_case((uint8_t)realm->name[i]) != lower_case(text.octets[i]))
      return false;
  return true;
}

static bool find_realm(const struct aaa_realm *realms, size_t count, struct aaa_text text,
                       size_t *server) {
  for (size_t i = 0; i < count; i++)
    if (is_named(&realms[i], text)) {
      *server = realms[i].server;
      return true;
    }
  return false;
}

/* "home.example!user" */
static bool is_decorated(const uint8_t *name, size_t length) {
  const uint8_t *mark = memchr(name, '!', length);
  return mark != NULL && is_realm((struct aaa_text){name, (size_t)(mark - name)});
}

const char *aaa_realm_route(const struct aaa_realm *realms, size_t count, const uint8_t *name,
                            size_t length, size_t *server) {
  const uint8_t *at = length == 0 ? NULL : memchr(name, '@', length);
  if (at == NULL)
    return find_realm(realms, count, text_of(AAA_REALM_NONE), server) ? NULL
                                                                      : "User-Name without realm";
  const size_t user_length = (size_t)(at - name);
  const struct aaa_text realm = {at + 1, length - user_length - 1};
  if (!is_realm(realm))
    return "malformed realm";
  if (is_decorated(name, user_length))
    return "decorated User-Name";
  return find_realm(realms, count, realm, server) ||
                 find_realm(realms, count, text_of(AAA_REALM_ANY), server)
             ? NULL
             : "unknown realm";
}
