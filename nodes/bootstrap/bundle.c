/* Nodes on one host: datagrams to the one whose port or protocol it is, and what each has to say in
 * turn. */
#include "bundle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct bundle {
  struct node node;
  struct bundle_part parts[BUNDLE_PARTS_MAX];
  size_t count;
};

static const struct node_ops BUNDLE_OPS, BUNDLE_OPS_WITHOUT_DIGEST;

static const struct bundle *bundle_of_const(const struct node *node) {
  assert(node->ops == &BUNDLE_OPS || node->ops == &BUNDLE_OPS_WITHOUT_DIGEST);
  return (const struct bundle *)node;
}

static struct bundle *bundle_of(struct node *node) {
  return (struct bundle *)bundle_of_const(node);
}

/* Parts */

static bool part_has_port(const struct bundle_part *part, uint16_t port) {
  for (size_t i = 0; i < BUNDLE_PORTS_MAX; i++)
    if (port >= part->ports[i].first && port - part->ports[i].first < part->ports[i].count)
      return true;
  return false;
}

static struct node *node_at_port(const struct bundle *bundle, uint16_t port) {
  for (size_t i = 0; i < bundle->count; i++)
    if (part_has_port(&bundle->parts[i], port))
      return bundle->parts[i].node;
  return NULL;
}

static struct node *node_of_protocol(const struct bundle *bundle, enum node_protocol protocol) {
  for (size_t i = 0; i < bundle->count; i++)
    if ((bundle->parts[i].protocols & 1U << protocol) != 0)
      return bundle->parts[i].node;
  return NULL;
}

static bool have_one_protocol(const struct bundle_part *parts, size_t count) {
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < i; j++)
      if ((parts[i].protocols & parts[j].protocols) != 0)
        return true;
  return false;
}

/* A bundle has a digest where each of its parts has. */
static void choose_ops(struct bundle *bundle) {
  bool digests = true;
  for (size_t i = 0; i < bundle->count; i++)
    digests =
        digests && (bundle->parts[i].node == NULL || bundle->parts[i].node->ops->digest != NULL);
  bundle->node.ops = digests ? &BUNDLE_OPS : &BUNDLE_OPS_WITHOUT_DIGEST;
}

/* The node contract */

static int bundle_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  const struct bundle *bundle = bundle_of_const(node);
  struct node *part = datagram->protocol == NODE_UDP
                          ? node_at_port(bundle, datagram->destination.port)
                          : node_of_protocol(bundle, datagram->protocol);
  return part == NULL ? 0 : node_read(part, datagram, now_ns);
}

/* Each finds the datagram as the host has made it, whatever one with nothing to say has put there.
 */
static int bundle_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  const struct bundle *bundle = bundle_of(node);
  const struct node_datagram blank = *datagram;
  int result = 0;
  for (size_t i = 0; i < bundle->count && result == 0; i++) {
    *datagram = blank;
    if (bundle->parts[i].node != NULL)
      result = node_write(bundle->parts[i].node, datagram, now_ns);
  }
  return result;
}

static uint64_t bundle_expiry(const struct node *node) {
  const struct bundle *bundle = bundle_of_const(node);
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < bundle->count; i++) {
    const struct node *part = bundle->parts[i].node;
    const uint64_t due_ns = part == NULL ? NODE_NEVER : node_expiry(part);
    next_ns = due_ns < next_ns ? due_ns : next_ns;
  }
  return next_ns;
}

static int bundle_handle_expiry(struct node *node, uint64_t now_ns) {
  const struct bundle *bundle = bundle_of(node);
  int result = 0;
  for (size_t i = 0; i < bundle->count && result == 0; i++)
    if (bundle->parts[i].node != NULL)
      result = node_handle_expiry(bundle->parts[i].node, now_ns);
  return result;
}

static void bundle_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct bundle *bundle = bundle_of_const(node);
  for (size_t i = 0; i < bundle->count; i++) {
    const struct node *part = bundle->parts[i].node;
    digest_u64(digest, part != NULL);
    if (part != NULL)
      part->ops->digest(part, digest, now_ns);
  }
}

/* Life */

static void destroy_parts(const struct bundle_part *parts, size_t count) {
  for (size_t i = 0; i < count; i++)
    node_destroy(parts[i].node);
}

static void bundle_destroy(struct node *node) {
  struct bundle *bundle = bundle_of(node);
  destroy_parts(bundle->parts, bundle->count);
  free(bundle);
}

static const struct node_ops BUNDLE_OPS = {.read = bundle_read,
                                           .write = bundle_write,
                                           .expiry = bundle_expiry,
                                           .handle_expiry = bundle_handle_expiry,
                                           .digest = bundle_digest,
                                           .destroy = bundle_destroy};

static const struct node_ops BUNDLE_OPS_WITHOUT_DIGEST = {.read = bundle_read,
                                                          .write = bundle_write,
                                                          .expiry = bundle_expiry,
                                                          .handle_expiry = bundle_handle_expiry,
                                                          .destroy = bundle_destroy};

struct node *bundle_create(const struct bundle_part *parts, size_t count) {
  assert(count <= BUNDLE_PARTS_MAX);
  struct bundle *bundle = have_one_protocol(parts, count) ? NULL : calloc(1, sizeof *bundle);
  if (bundle == NULL) {
    destroy_parts(parts, count);
    return NULL;
  }
  memcpy(bundle->parts, parts, count * sizeof *parts);
  bundle->count = count;
  choose_ops(bundle);
  return &bundle->node;
}

void bundle_replace(struct node *node, size_t part, struct node *replacement) {
  struct bundle *bundle = bundle_of(node);
  assert(part < bundle->count);
  node_destroy(bundle->parts[part].node);
  bundle->parts[part].node = replacement;
  choose_ops(bundle);
}
