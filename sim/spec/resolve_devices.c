/* Devices: their keys, sheets and figures. */
#include "resolve.h"

#include "condition.h"
#include "sheet.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NOTHING "none"

/* A NAMED key of spec.def and the FIGURES key beside it. */
struct sheet_keys {
  const char *name, *figures;
  size_t name_at, figures_at; /* in struct spec */
};

#define SHEET_KEYS(key)                                                                            \
  {                                                                                                \
    .name = #key, .figures = #key "_figures", .name_at = offsetof(struct spec, key),               \
    .figures_at = offsetof(struct spec, key##_figures)                                             \
  }

/* What an empty name of a platform means. */
enum unnamed { UNNAMED_REFUSED, UNNAMED_AS_PEERS, UNNAMED_NOTHING };

/* What a platform has to have. */
enum needs { NEEDS_NO_RADIO, NEEDS_RADIO, NEEDS_RADIO_IN_MESH };

/* Peers first: others may be as they are. */
static const struct party_keys {
  enum party party;
  enum unnamed unnamed;
  enum needs needs;
  struct sheet_keys platform;
  struct sheet_keys crypto; /* without a name: it never computes */
} PARTIES[] = {
    {PARTY_PEERS, UNNAMED_REFUSED, NEEDS_RADIO, SHEET_KEYS(platform), SHEET_KEYS(crypto)},
    {PARTY_RELAYS, UNNAMED_AS_PEERS, NEEDS_RADIO, SHEET_KEYS(relay_platform), {0}},
    {PARTY_AUTHENTICATOR, UNNAMED_AS_PEERS, NEEDS_RADIO, SHEET_KEYS(authenticator_platform),
     SHEET_KEYS(authenticator_crypto)},
    {PARTY_AAA, UNNAMED_NOTHING, NEEDS_NO_RADIO, SHEET_KEYS(aaa_platform), SHEET_KEYS(aaa_crypto)},
    {PARTY_APPLICATION_SERVERS, UNNAMED_AS_PEERS, NEEDS_RADIO, SHEET_KEYS(aps_platform),
     SHEET_KEYS(aps_crypto)},
    {PARTY_PHONES, UNNAMED_AS_PEERS, NEEDS_RADIO_IN_MESH, SHEET_KEYS(phone_platform),
     SHEET_KEYS(phone_crypto)},
};

/* What the devices of one specification are made from. */
struct devices_maker {
  struct spec *spec;
  const json_t *object;
  struct sheet peers; /* the peers' platform */
  char *error;
};

static bool devices_complain(const struct devices_maker *maker, const char *key, const char *format,
                             ...) {
  char what[SPEC_ERROR_MAX];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  snprintf(maker->error, SPEC_ERROR_MAX, "%s: %.900s", key, what);
  return false;
}

static const char *name_of(const struct spec *spec, const struct sheet_keys *keys) {
  return (const char *)spec + keys->name_at;
}

static char *figures_of(struct spec *spec, const struct sheet_keys *keys) {
  return (char *)spec + keys->figures_at;
}

static bool figures_are_given(const struct devices_maker *maker, const struct sheet_keys *keys) {
  return json_string_length(json_object_get(maker->object, keys->figures)) > 0;
}

static bool has_effect(const struct spec *spec, const struct sheet_keys *keys) {
  return condition_holds(condition_of(spec_field_find(keys->name, strlen(keys->name))), spec);
}

/* The sheet that a key names, or that its figures are given of. */
static bool sheet_take(const struct devices_maker *maker, const struct sheet_keys *keys,
                       enum sheet_kind kind, struct sheet *sheet) {
  char what[SPEC_ERROR_MAX];
  char *figures = figures_of(maker->spec, keys);
  if (figures_are_given(maker, keys)) {
    if (!sheet_parse(sheet, kind, figures, what))
      return devices_complain(maker, keys->figures, "%s", what);
    sheet_print(sheet, figures);
    return true;
  }
  const struct sheet_found *found = sheet_find(kind, name_of(maker->spec, keys), what);
  if (found == NULL)
    return devices_complain(maker, keys->name, "%s", what);
  *sheet = found->sheet;
  strcpy(figures, found->text);
  return true;
}

/* No sheet is named: nor may figures be given. */
static bool sheet_none(const struct devices_maker *maker, const struct sheet_keys *keys) {
  if (figures_are_given(maker, keys))
    return devices_complain(maker, keys->figures, "figures are given, but %s names nothing",
                            keys->name);
  figures_of(maker->spec, keys)[0] = '\0';
  return true;
}

static struct platform platform_of(const struct sheet *sheet) {
  size_t next = 0;
  struct platform platform = {.has_radio = sheet_has_radio(sheet)};
#define FIGURE(name, unit, least, most, of, as, help) platform.name = sheet->value[next++];
#include "platform.def"
#undef FIGURE
  return platform;
}

/* Cycles, or times as cycles of the platform's clock, of each primitive. */
static void device_set_costs(struct device *device, const struct sheet *crypto) {
  const double active_ma =
      crypto->value[sheet_row_find(SHEET_CRYPTO, SHEET_ACTIVE, strlen(SHEET_ACTIVE))];
  device->computes = true;
  device->active_ma = isnan(active_ma) ? device->platform.cpu_active_ma : active_ma;
  for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++) {
    const char *name = node_primitive_name((enum node_primitive)i);
    const int row = sheet_row_find(SHEET_CRYPTO, name, strlen(name));
    const double value = crypto->value[row];
    device->cycles[i] = isnan(value)         ? -1
                        : crypto->is_us[row] ? value * device->platform.clock_mhz
                                             : value;
  }
}

static bool needs_radio(const struct spec *spec, enum needs needs) {
  return needs == NEEDS_RADIO ||
         (needs == NEEDS_RADIO_IN_MESH && spec->phone_at == SPEC_PHONE_AT_MESH);
}

static bool platform_make(struct devices_maker *maker, const struct party_keys *keys,
                          struct sheet *sheet, bool *exists) {
  const bool unnamed = name_of(maker->spec, &keys->platform)[0] == '\0';
  const bool given = figures_are_given(maker, &keys->platform);
  *exists = !unnamed || keys->unnamed == UNNAMED_AS_PEERS;
  if (unnamed && !given && keys->unnamed == UNNAMED_AS_PEERS) {
    *sheet = maker->peers;
    strcpy(figures_of(maker->spec, &keys->platform), maker->spec->platform_figures);
    return true;
  }
  if (unnamed && keys->unnamed == UNNAMED_NOTHING)
    return sheet_none(maker, &keys->platform);
  if (!sheet_take(maker, &keys->platform, SHEET_PLATFORM, sheet))
    return false;
  if (needs_radio(maker->spec, keys->needs) && !sheet_has_radio(sheet))
    return devices_complain(maker, given ? keys->platform.figures : keys->platform.name,
                            "this has no radio's figures, and only aaa_platform takes such a one, "
                            "and phone_platform with phone_at: behind");
  return true;
}

static bool words_fit(const struct devices_maker *maker, const struct party_keys *keys,
                      const char *what, const char *crypto, const char *platform) {
  return crypto[0] == '\0' || strcmp(crypto, platform) == 0 ||
         devices_complain(maker, keys->crypto.name, "\"%.100s\" is for the %s %s, and %s has %s",
                          name_of(maker->spec, &keys->crypto), what, crypto, keys->platform.name,
                          platform[0] == '\0' ? NOTHING : platform);
}

static bool crypto_make(const struct devices_maker *maker, const struct party_keys *keys,
                        const struct sheet *platform, struct device *device) {
  struct sheet crypto;
  const char *name = name_of(maker->spec, &keys->crypto);
  if (strcmp(name, NOTHING) == 0)
    return sheet_none(maker, &keys->crypto);
  if (!device->exists)
    return devices_complain(maker, keys->crypto.name,
                            "\"%.100s\" needs a platform, and %s names none", name,
                            keys->platform.name);
  if (!sheet_take(maker, &keys->crypto, SHEET_CRYPTO, &crypto) ||
      !words_fit(maker, keys, SHEET_PROCESSOR, crypto.processor, platform->processor) ||
      !words_fit(maker, keys, SHEET_ACCELERATOR, crypto.accelerator, platform->accelerator))
    return false;
  device_set_costs(device, &crypto);
  return true;
}

/* Its keys have no effect; but where there may be relays all the same, they are as peers. */
static void device_make_without(struct devices_maker *maker, const struct party_keys *keys) {
  struct device *device = &maker->spec->devices[keys->party];
  figures_of(maker->spec, &keys->platform)[0] = '\0';
  if (keys->crypto.name != NULL)
    figures_of(maker->spec, &keys->crypto)[0] = '\0';
  if (keys->party == PARTY_RELAYS && maker->spec->topology == SPEC_TOPOLOGY_FIVE)
    *device = (struct device){.exists = true, .platform = platform_of(&maker->peers)};
}

static bool device_make(struct devices_maker *maker, const struct party_keys *keys) {
  struct device *device = &maker->spec->devices[keys->party];
  struct sheet platform;
  *device = (struct device){.exists = false};
  if (!has_effect(maker->spec, &keys->platform)) {
    device_make_without(maker, keys);
    return true;
  }
  if (!platform_make(maker, keys, &platform, &device->exists))
    return false;
  if (device->exists)
    device->platform = platform_of(&platform);
  if (keys->party == PARTY_PEERS)
    maker->peers = platform;
  return keys->crypto.name == NULL || crypto_make(maker, keys, &platform, device);
}

bool spec_resolve_devices(struct spec *spec, const json_t *object, char error[SPEC_ERROR_MAX]) {
  struct devices_maker maker = {.spec = spec, .object = object, .error = error};
  for (size_t i = 0; i < sizeof PARTIES / sizeof PARTIES[0]; i++)
    if (!device_make(&maker, &PARTIES[i]))
      return false;
  return true;
}

/* By party: whose device is its. */
static const enum party DEVICES[] = {
#define PARTY(id, name, device, help) [PARTY_##id] = PARTY_##device,
#include "parties.def"
#undef PARTY
};

const struct device *spec_device(const struct spec *spec, enum party party) {
  return &spec->devices[DEVICES[party]];
}

const char *spec_crypto(const struct spec *spec, enum party party) {
  for (size_t i = 0; i < sizeof PARTIES / sizeof PARTIES[0]; i++)
    if (PARTIES[i].party == DEVICES[party] && PARTIES[i].crypto.name != NULL)
      return name_of(spec, &PARTIES[i].crypto);
  return NOTHING;
}
