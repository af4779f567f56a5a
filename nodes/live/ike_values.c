/* Values of settings of IKEv2. */
#include "ike_values.h"

#include "hex.h"

#include <arpa/inet.h>
#include <string.h>

static const char *id_read_hex(const char *text, struct ike_id *id) {
  const char *wrong = hex_read(text, strlen(text), id->octets, sizeof id->octets, &id->length);
  if (wrong == NULL && id->length == 0)
    return "it is empty";
  return wrong;
}

static const char *id_read_name(const char *text, struct ike_id *id) {
  id->length = strlen(text);
  if (id->length == 0 || id->length > sizeof id->octets)
    return "it has not 1 to 253 octets";
  memcpy(id->octets, text, id->length);
  return NULL;
}

static const struct {
  const char *prefix;
  enum ikev2_id_type type;
  const char *(*read)(const char *text, struct ike_id *id);
} ID_FORMS[] = {
    {"key_id:", IKEV2_ID_KEY_ID, id_read_hex}, {"@#", IKEV2_ID_KEY_ID, id_read_hex},
    {"fqdn:", IKEV2_ID_FQDN, id_read_name},    {"email:", IKEV2_ID_RFC822_ADDR, id_read_name},
    {"", IKEV2_ID_FQDN, id_read_name},
};

static bool id_read_address(const char *text, struct ike_id *id) {
  if (inet_pton(AF_INET, text, id->octets) == 1) {
    id->type = IKEV2_ID_IPV4_ADDR;
    id->length = sizeof(struct in_addr);
  } else if (inet_pton(AF_INET6, text, id->octets) == 1) {
    id->type = IKEV2_ID_IPV6_ADDR;
    id->length = sizeof(struct in6_addr);
  }
  return id->length > 0;
}

const char *ike_id_read(const char *text, struct ike_id *id) {
  struct ike_id read = {.length = 0};
  const char *wrong = NULL;
  size_t form = 0;
  if (!id_read_address(text, &read)) {
    while (strncmp(text, ID_FORMS[form].prefix, strlen(ID_FORMS[form].prefix)) != 0)
      form++;
    read.type = ID_FORMS[form].type;
    wrong = ID_FORMS[form].read(text + strlen(ID_FORMS[form].prefix), &read);
  }
  if (wrong == NULL)
    *id = read;
  return wrong;
}

const char *ike_key_read(const char *text, struct ike_key *key) {
  const size_t length = strlen(text);
  const char *wrong = NULL;
  memset(key, 0, sizeof *key);
  if (strncmp(text, "0x", 2) == 0) {
    wrong = hex_read(text + 2, length - 2, key->octets, sizeof key->octets, &key->length);
  } else if (length <= sizeof key->octets) {
    memcpy(key->octets, text, length);
    key->length = length;
  }
  if (wrong != NULL)
    key->length = 0;
  return wrong == NULL && key->length == 0 ? "it has not 1 to 64 octets" : wrong;
}

static int choice_find(const char *const *choices, const char *text, size_t length) {
  for (int i = 0; choices[i] != NULL; i++)
    if (strlen(choices[i]) == length && memcmp(choices[i], text, length) == 0)
      return i;
  return -1;
}

const char *ike_choices_read(const char *const *choices, const char *text, unsigned *set) {
  unsigned read = 0;
  size_t length;
  for (text += strspn(text, " ,"); (length = strcspn(text, " ,")) > 0; text += strspn(text, " ,")) {
    const int place = choice_find(choices, text, length);
    if (place < 0)
      return "one of it is none of the choices";
    read |= 1U << place;
    text += length;
  }
  if (read == 0)
    return "it is empty";
  *set = read;
  return NULL;
}

struct ikev2_id ike_id_of(const struct ike_id *id) {
  return (struct ikev2_id){.type = id->type, .octets = id->octets, .length = id->length};
}
