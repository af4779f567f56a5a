/* The resource server of ACE on sockets: it joins as a peer, and is asked by clients on ports of
 * its own. */
#include "ace_member.h"
#include "clock.h"
#include "heap.h"
#include "role.h"
#include "usage.h"

#include <stdlib.h>
#include <string.h>

struct role_resource_server {
  struct member member;
  struct node_hooks hooks;
  struct lower_listener listener;
  struct erp_peer_config erp;
  const struct node *node;             /* a part of the member's; NULL: not yet */
  char *values[ACE_SCOPE_ENTRIES_MAX]; /* that were told last */
  size_t lengths[ACE_SCOPE_ENTRIES_MAX];
  uint64_t served, discarded;
};

/* Events */

static void look_resource(struct role_resource_server *role, size_t place,
                          const struct node_address *remote) {
  const char *path = role->member.settings->ace.resources.list[place].path;
  size_t length;
  const uint8_t *value = ace_resource_server_value(role->node, path, &length);
  if (length == role->lengths[place] && memcmp(value, role->values[place], length) == 0)
    return;
  report_value(role->member.report, remote, "value", path, "is now", value, length);
  free(role->values[place]);
  role->values[place] = malloc(length + 1);
  if (role->values[place] == NULL)
    abort();
  memcpy(role->values[place], value, length);
  role->lengths[place] = length;
}

static void role_resource_server_hook(void *context, const struct node_event *event) {
  struct role_resource_server *role = context;
  struct node_event shown = *event;
  shown.name_length = 0; /* of a key, which is no text */
  report_event(role->member.report, &shown);
  role->discarded += event->type == NODE_EVENT_DISCARDED;
  if (event->type != NODE_EVENT_SERVED || event->phase != NODE_PHASE_APPLICATION)
    return;
  role->served++;
  for (size_t i = 0; i < role->member.settings->ace.resources.count; i++)
    look_resource(role, i, &event->remote);
}

/* Life */

/* Sockets that clients come to. */
static size_t access_ports(const struct settings *settings) {
  const struct association_kind *kind = ace_profile_kind((enum ace_profile)settings->ace.profile);
  return association_kind_is_session(kind) ? CHANNEL_PORTS : 1;
}

static struct node *role_resource_server_create(struct role_resource_server *role) {
  const struct settings *settings = role->member.settings;
  const struct ace_values *ace = &settings->ace;
  const struct ace_resource_server_config config = {
      .options = &settings->options,
      .profile = (enum ace_profile)ace->profile,
      .local = *member_beside(&role->member),
      .audience = ace->audience,
      .resources = ace->resources.list,
      .resource_count = ace->resources.count,
      .clients_max = ace->clients_max,
      .epoch_s = clock_epoch_s(),
  };
  role->hooks = (struct node_hooks){
      .context = role, .random = loop_random, .event = role_resource_server_hook};
  for (size_t i = 0; i < ace->resources.count; i++) {
    const struct ace_resource *resource = &ace->resources.list[i];
    role->values[i] = heap_copy((const char *)resource->value, resource->value_length);
    role->lengths[i] = resource->value_length;
  }
  return ace_resource_server_create(&config, &role->hooks);
}

static int role_resource_server_begin(struct role_resource_server *role) {
  const struct settings *settings = role->member.settings;
  if (member_open(&role->member, true, (uint16_t)settings->ace.access_port, access_ports(settings),
                  NULL) < 0)
    return -1;
  struct node *node = role_resource_server_create(role);
  role->node = node;
  role->listener =
      (struct lower_listener){.established = ace_resource_server_learn, .context = node};
  report_note(role->member.report, member_beside(&role->member), "listening",
              "until SIGINT or SIGTERM, to clients");
  return ace_member_begin(&role->member, node, &role->listener, &role->erp);
}

/* Returns the exit status. */
static int role_resource_server_run(struct role_resource_server *role) {
  struct member *member = &role->member;
  bool runs = true;
  if (role_resource_server_begin(role) < 0)
    return EXIT_FAILURE;
  for (uint64_t until_ns = member_attend(member); runs && member->state != MEMBER_FAILED;
       until_ns = member_attend(member))
    runs = loop_step(&member->loop, until_ns);
  report_note(member->report, NULL, "ended", "served %llu, discarded %llu",
              (unsigned long long)role->served, (unsigned long long)role->discarded);
  if (runs)
    report_error(member->report, "could not join: %s", member->failure);
  return runs ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* NULL, or what is missing. */
static const char *role_resource_server_lack(const struct settings *settings) {
  const char *name = settings->ace.audience;
  return name == NULL || strlen(name) > ACE_AUDIENCE_MAX
             ? "--audience NAME is needed, of 1 to 32 octets: our name"
             : NULL;
}

int role_resource_server(const struct settings *settings, const struct report *report) {
  struct role_resource_server role = {.node = NULL};
  struct complaint complaint;
  const char *lack = role_resource_server_lack(settings);
  if (lack == NULL && ace_member_init(&role.member, settings, report, &complaint) < 0)
    lack = complaint.text;
  if (lack != NULL)
    return usage_refuse(report->role, lack);
  const int status = role_resource_server_run(&role);
  member_end(&role.member);
  for (size_t i = 0; i < ACE_SCOPE_ENTRIES_MAX; i++)
    free(role.values[i]);
  return status;
}
