/* Lists of parties and keys. */
#define _GNU_SOURCE
#include "parties.h"

#include "hex.h"
#include "heap.h"

#include <stdlib.h>
#include <string.h>

static bool is_named(const struct parties *parties, const char *name) {
  for (size_t i = 0; i < parties->count; i++)
    if (strcmp(parties->list[i].name, name) == 0)
      return true;
  return false;
}

const char *parties_add_parts(struct parties *parties, const char *name, const char *address,
                              uint16_t default_port, const char *secret) {
  struct party party = {.name = NULL};
  if (name[0] == '\0' || strlen(name) > BOOTSTRAP_NAME_MAX)
    return "a name has 1 to 64 octets";
  if (is_named(parties, name))
    return "the name is there twice";
  const char *wrong = udp_address_parse(address, default_port, &party.address);
  if (wrong != NULL)
    return wrong;
  if (secret != NULL && secret[0] == '\0')
    return "a secret is missing";
  party.name = heap_copy(name, strlen(name));
  party.secret = secret == NULL ? NULL : heap_copy(secret, strlen(secret));
  parties->list = heap_grow(parties->list, parties->count, sizeof party);
  parties->list[parties->count++] = party;
  return NULL;
}

const char *parties_add(struct parties *parties, const char *text, uint16_t default_port) {
  const char *equals = strchr(text, '=');
  if (equals == NULL)
    return "it has no `='";
  char *name = heap_copy(text, (size_t)(equals - text));
  const char *wrong = parties_add_parts(parties, name, equals + 1, default_port, NULL);
  free(name);
  return wrong;
}

/* The secret may have commas. */
const char *parties_add_client(struct parties *parties, const char *text) {
  const char *first = strchr(text, ','), *last = strrchr(text, ',');
  if (first == last)
    return "it has less than two commas";
  char *address = heap_copy(text, (size_t)(first - text));
  char *secret = heap_copy(first + 1, (size_t)(last - first) - 1);
  const char *wrong = parties_add_parts(parties, last + 1, address, 0, secret);
  free(address);
  heap_forget(secret);
  return wrong;
}

const char *party_keys_add(struct party_keys *keys, const char *text) {
  struct party_key key;
  const char *comma = strchr(text, ',');
  if (comma == NULL ||
      !bootstrap_identity_read((const uint8_t *)text, (size_t)(comma - text), key.name))
    return "there is no such identity before a comma";
  const char *wrong =
      hex_read(comma + 1, strlen(comma + 1), key.psk, sizeof key.psk, &key.psk_length);
  if (wrong == NULL && key.psk_length != BOOTSTRAP_DTLS_PSK_LENGTH &&
      key.psk_length != BOOTSTRAP_IKE_PSK_LENGTH)
    wrong = "it is no key of 16 or 32 octets";
  if (wrong == NULL) {
    keys->list = heap_grow(keys->list, keys->count, sizeof key);
    keys->list[keys->count++] = key;
  }
  explicit_bzero(&key, sizeof key);
  return wrong;
}

bool party_keys_fit(const struct party_keys *keys, enum bootstrap_channel channel) {
  for (size_t i = 0; i < keys->count; i++)
    if (keys->list[i].psk_length != bootstrap_channel_psk_length(channel))
      return false;
  return true;
}

struct bootstrap_configured_key *party_keys_write(const struct party_keys *keys,
                                                  enum bootstrap_channel channel) {
  struct bootstrap_configured_key *list = calloc(keys->count + 1, sizeof *list);
  if (list == NULL)
    abort();
  for (size_t i = 0; i < keys->count; i++) {
    bootstrap_channel_identity_write(channel, keys->list[i].name, list[i].identity);
    memcpy(list[i].psk, keys->list[i].psk, keys->list[i].psk_length);
  }
  return list;
}

void party_keys_forget(struct bootstrap_configured_key *list, size_t count) {
  if (list != NULL)
    explicit_bzero(list, count * sizeof *list);
  free(list);
}

const char *parties_complete(struct parties *parties, const struct udp_address *near) {
  const char *wrong = NULL;
  for (size_t i = 0; wrong == NULL && i < parties->count; i++)
    wrong = udp_address_complete(&parties->list[i].address, near);
  return wrong;
}

struct bootstrap_name party_name(const struct party *party) {
  return (struct bootstrap_name){(const uint8_t *)party->name, strlen(party->name)};
}

void parties_free(struct parties *parties) {
  for (size_t i = 0; i < parties->count; i++) {
    free(parties->list[i].name);
    heap_forget(parties->list[i].secret);
  }
  free(parties->list);
}

void party_keys_free(struct party_keys *keys) {
  if (keys->count > 0)
    explicit_bzero(keys->list, keys->count * sizeof *keys->list);
  free(keys->list);
}
