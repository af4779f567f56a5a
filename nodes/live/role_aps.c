/* The application server on sockets: the first two towards the UEs, the others towards the AS. */
#include "../bootstrap/aps.h"
#include "channel.h"
#include "erp.h"
#include "radius_clients.h"
#include "role.h"
#include "serve.h"
#include "usage.h"

#include <errno.h>
#include <string.h>

struct role_aps {
  const struct settings *settings;
  const struct report *report;
  struct option_values options;
  struct bootstrap_configured_key *configured;
  struct udp_socket sockets[CHANNEL_PORTS + RADIUS_PORTS_MAX];
  size_t socket_count;
};

static bool pulls_by(const struct settings *settings, enum bootstrap_trigger trigger) {
  for (unsigned i = 0; i < BOOTSTRAP_PULL_COUNT; i++)
    if (settings->pulls[i] && bootstrap_pull_trigger((enum bootstrap_pull)i) == trigger)
      return true;
  return false;
}

static bool asks_the_as(const struct settings *settings) {
  return pulls_by(settings, BOOTSTRAP_TRIGGER_REQUEST) ||
         pulls_by(settings, BOOTSTRAP_TRIGGER_HANDSHAKE);
}

/* NULL, or what is missing. */
static const char *role_aps_lack(const struct settings *settings) {
  if (settings->name == NULL || strlen(settings->name) > BOOTSTRAP_NAME_MAX)
    return "--name is needed, of 1 to 64 octets";
  if (asks_the_as(settings) &&
      (!settings_has(&settings->radius_server) || settings->secret == NULL))
    return "--radius-server and --secret are needed, unless --pull is configured";
  if (pulls_by(settings, BOOTSTRAP_TRIGGER_HANDSHAKE) && settings->realm == NULL)
    return "--pull psk-identity and ikev2-idi need --realm";
  if (settings->pulls[BOOTSTRAP_PULL_CONFIGURED] != (settings->keys.count > 0))
    return "--pull configured and --key belong together";
  const char *fault = channel_fault(settings->secure, settings->pulls, &settings->keys);
  return fault == NULL ? erp_realm_fault(settings) : fault;
}

/* -1, with an error shown. */
static int role_aps_open(struct role_aps *aps) {
  const struct settings *settings = aps->settings;
  struct udp_socket *const towards_as = &aps->sockets[CHANNEL_PORTS];
  char text[UDP_TEXT_MAX];
  if (udp_open_range(aps->sockets, CHANNEL_PORTS, &settings->bind, NULL) < 0) {
    report_error(aps->report, "cannot listen on %s and the port after it: %s",
                 udp_address_text(&settings->bind.address, text), strerror(errno));
    return -1;
  }
  aps->socket_count = CHANNEL_PORTS;
  if (!asks_the_as(settings))
    return 0;
  if (udp_open_range(towards_as, settings->radius_ports, &settings->radius_bind,
                     &settings->radius_server) < 0) {
    report_error(aps->report, "no sockets for RADIUS: %s", strerror(errno));
    return -1;
  }
  aps->socket_count += settings->radius_ports;
  for (size_t i = 0; i < settings->radius_ports; i++)
    towards_as[i].receive_max = RADIUS_PACKET_MAX;
  return 0;
}

static struct node *role_aps_create(const struct role_aps *aps, const struct node_hooks *hooks) {
  const struct settings *settings = aps->settings;
  const struct radius_client_config radius = {
      .local = aps->sockets[CHANNEL_PORTS].local,
      .port_count = settings->radius_ports,
      .server = settings->radius_server.address,
      .secret = radius_secret_of(settings->secret == NULL ? "" : settings->secret),
      .nas_identifier = settings->name,
      .request_max = RADIUS_REQUEST_MAX,
      .unsigned_rejects = !settings->radius_require_message_authenticator,
  };
  struct bootstrap_aps_config config = {
      .options = &aps->options,
      .channel = settings->secure,
      .local = aps->sockets[0].local,
      .name = {(const uint8_t *)settings->name, strlen(settings->name)},
      .realm = (const uint8_t *)settings->realm,
      .realm_length = settings->realm == NULL ? 0 : strlen(settings->realm),
      .radius = asks_the_as(settings) ? &radius : NULL,
      .keys_max = settings->keys_max,
      .channels_max = settings->channels_max,
      .key_lifetime_s = (uint32_t)settings->key_lifetime_s,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .configured = aps->configured,
      .configured_count = settings->keys.count,
  };
  memcpy(config.pulls, settings->pulls, sizeof config.pulls);
  return bootstrap_aps_create(&config, hooks);
}

static int role_aps_serve(const struct role_aps *aps) {
  struct serve serve = {.report = aps->report};
  const struct node_hooks hooks = serve_hooks(&serve);
  struct node *node = role_aps_create(aps, &hooks);
  int status = EXIT_FAILURE;
  if (node == NULL)
    report_error(aps->report, "the application server cannot be set up so");
  else
    status = serve_run(&serve, node, aps->sockets, aps->socket_count);
  node_destroy(node);
  return status;
}

int role_aps(const struct settings *settings, const struct report *report) {
  struct role_aps aps = {.settings = settings, .report = report};
  const char *lack = role_aps_lack(settings);
  channel_choose(&settings->options, settings->secure, &aps.options);
  if (lack == NULL)
    lack = association_unsupported(&aps.options);
  if (lack != NULL)
    return usage_refuse(report->role, lack);
  aps.configured = party_keys_write(&settings->keys, settings->secure);
  const int status = role_aps_open(&aps) < 0 ? EXIT_FAILURE : role_aps_serve(&aps);
  for (size_t i = 0; i < aps.socket_count; i++)
    udp_close(&aps.sockets[i]);
  party_keys_forget(aps.configured, settings->keys.count);
  return status;
}
