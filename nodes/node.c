/* The node contract's dispatch, names and hook calls. */
#include "node.h"

#include <assert.h>
#include <string.h>

const char *node_error_name(int error) {
  switch (error) {
#define NODE_ERROR(id, value, text)                                                                \
  case value:                                                                                      \
    return text;
#include "errors.def"
#undef NODE_ERROR
  default:
    return error < 0 ? "unknown error" : "no error";
  }
}

const char *node_event_name(enum node_event_type type) {
  static const char *const names[] = {
      [NODE_EVENT_STARTED] = "started",     [NODE_EVENT_DELIVERED] = "delivered",
      [NODE_EVENT_DISCARDED] = "discarded", [NODE_EVENT_KEY] = "key",
      [NODE_EVENT_CONFIRMED] = "confirmed", [NODE_EVENT_FAILED] = "failed",
      [NODE_EVENT_RETRYING] = "retrying",   [NODE_EVENT_SERVED] = "served",
      [NODE_EVENT_ANSWERED] = "answered",   [NODE_EVENT_UNANSWERED] = "unanswered",
      [NODE_EVENT_CLOSED] = "closed",       [NODE_EVENT_SECRET] = "secret",
  };
  return names[type];
}

const char *node_phase_name(enum node_phase phase) {
  static const char *const names[] = {
#define PHASE(id, name, help) [NODE_PHASE_##id] = name,
#include "phases.def"
#undef PHASE
  };
  return names[phase];
}

const char *node_primitive_name(enum node_primitive primitive) {
  static const char *const names[] = {
#define PRIMITIVE(id, name) [NODE_PRIMITIVE_##id] = name,
#include "primitives.def"
#undef PRIMITIVE
  };
  return names[primitive];
}

const char *node_protocol_name(enum node_protocol protocol) {
  static const char *const names[] = {
#define PROTOCOL(id, number, name) [NODE_##id] = name,
#include "protocols.def"
#undef PROTOCOL
  };
  return names[protocol];
}

uint8_t node_protocol_number(enum node_protocol protocol) {
  static const uint8_t numbers[] = {
#define PROTOCOL(id, number, name) [NODE_##id] = number,
#include "protocols.def"
#undef PROTOCOL
  };
  return numbers[protocol];
}

bool node_address_equal(const struct node_address *a, const struct node_address *b) {
  return a->port == b->port && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

void node_random(const struct node_hooks *hooks, uint8_t *bytes, size_t length) {
  hooks->random(hooks->context, bytes, length);
}

uint32_t node_random_below(const struct node_hooks *hooks, uint32_t bound) {
  assert(bound > 0);
  const uint32_t limit = UINT32_MAX - UINT32_MAX % bound; /* rejects the biased end */
  uint32_t value;
  do {
    uint8_t bytes[4];
    node_random(hooks, bytes, sizeof bytes);
    value =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
  } while (value >= limit);
  return value % bound;
}

void node_event(const struct node_hooks *hooks, enum node_phase phase, enum node_event_type type,
                const struct node_address *remote, const char *label) {
  if (hooks == NULL || hooks->event == NULL)
    return;
  struct node_event event = {.type = type, .phase = phase, .label = label};
  if (remote != NULL)
    event.remote = *remote;
  hooks->event(hooks->context, &event);
}

void node_event_confirmed(const struct node_hooks *hooks, enum node_phase phase,
                          const struct node_address *remote, const char *label, const uint8_t *name,
                          size_t name_length) {
  if (hooks == NULL || hooks->event == NULL)
    return;
  const struct node_event event = {.type = NODE_EVENT_CONFIRMED,
                                   .phase = phase,
                                   .remote = *remote,
                                   .label = label,
                                   .name = name,
                                   .name_length = name_length};
  hooks->event(hooks->context, &event);
}

/* KEY or SECRET. */
static void tell_secret(const struct node_hooks *hooks, enum node_event_type type,
                        enum node_phase phase, const struct node_address *remote, const char *label,
                        const char *secret_name, const uint8_t *secret, size_t length) {
  if (hooks == NULL || hooks->event == NULL)
    return;
  const struct node_event event = {.type = type,
                                   .phase = phase,
                                   .remote = *remote,
                                   .label = label,
                                   .secret_name = secret_name,
                                   .secret = secret,
                                   .secret_length = length};
  hooks->event(hooks->context, &event);
}

void node_event_key(const struct node_hooks *hooks, enum node_phase phase,
                    const struct node_address *remote, const char *label, const char *secret_name,
                    const uint8_t *secret, size_t length) {
  tell_secret(hooks, NODE_EVENT_KEY, phase, remote, label, secret_name, secret, length);
}

void node_event_secret(const struct node_hooks *hooks, enum node_phase phase,
                       const struct node_address *remote, const char *label,
                       const char *secret_name, const uint8_t *secret, size_t length) {
  tell_secret(hooks, NODE_EVENT_SECRET, phase, remote, label, secret_name, secret, length);
}

void node_cost(const struct node_hooks *hooks, enum node_primitive primitive, uint32_t blocks) {
  if (hooks != NULL && hooks->cost != NULL)
    hooks->cost(hooks->context, primitive, blocks);
}

int node_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  return node->ops->read(node, datagram, now_ns);
}

int node_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  return node->ops->write(node, datagram, now_ns);
}

uint64_t node_expiry(const struct node *node) {
  return node->ops->expiry(node);
}

int node_handle_expiry(struct node *node, uint64_t now_ns) {
  return node->ops->handle_expiry(node, now_ns);
}

bool node_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  if (node->ops->digest == NULL)
    return false;
  node->ops->digest(node, digest, now_ns);
  return true;
}

void node_destroy(struct node *node) {
  if (node != NULL)
    node->ops->destroy(node);
}
