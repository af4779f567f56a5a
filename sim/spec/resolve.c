/* Files of links, and the method of a lower layer that has but one; of devices: resolve_devices.c.
 */
#include "resolve.h"

#include "links.h"
#include "lower/lower.h"

#include <stdio.h>
#include <string.h>

static bool resolve_hash(struct spec *spec, const struct links *links, char error[SPEC_ERROR_MAX]) {
  if (spec->links_sha256[0] != '\0' && strcmp(spec->links_sha256, links->sha256) != 0) {
    snprintf(error, SPEC_ERROR_MAX,
             "links_sha256: \"%s\" is given, but %s has %s: the file has changed",
             spec->links_sha256, spec->links, links->sha256);
    return false;
  }
  strcpy(spec->links_sha256, links->sha256);
  return true;
}

static bool resolve_peers(struct spec *spec, const struct links *links, const json_t *object,
                          char error[SPEC_ERROR_MAX]) {
  const int64_t peers = (int64_t)links->node_count - 1;
  if (json_object_get(object, "peers") != NULL && spec->peers != peers) {
    snprintf(error, SPEC_ERROR_MAX,
             "peers: %lld is given, but %s has %lld nodes beside the authenticator; with topology: "
             "file it is left out",
             (long long)spec->peers, spec->links, (long long)peers);
    return false;
  }
  spec->peers = peers;
  return true;
}

/* Of topology: five, whose parties are given. */
static bool resolve_five(struct spec *spec, const json_t *object, char error[SPEC_ERROR_MAX]) {
  const int64_t peers = 2 + spec->phones;
  if (spec->topology != SPEC_TOPOLOGY_FIVE)
    return true;
  if (json_object_get(object, "peers") != NULL && spec->peers != peers) {
    snprintf(error, SPEC_ERROR_MAX,
             "peers: %lld is given, but topology: five has %lld: a peer, a resource server and "
             "phones: %lld; it is left out there",
             (long long)spec->peers, (long long)peers, (long long)spec->phones);
    return false;
  }
  spec->peers = peers;
  return true;
}

/* EDHOC without EAP is chosen as EDHOC inside it is. */
static void resolve_method(struct spec *spec, const json_t *object) {
  if (lower_of(&spec->options)->without_eap && json_object_get(object, "method") == NULL)
    spec->method = SPEC_METHOD_EAP_EDHOC;
}

static bool resolve_links(struct spec *spec, const json_t *object, char error[SPEC_ERROR_MAX]) {
  if (spec->topology != SPEC_TOPOLOGY_FILE)
    return true;
  if (spec->links[0] == '\0') {
    snprintf(error, SPEC_ERROR_MAX, "links: topology: file needs the path of a CSV file of links");
    return false;
  }
  const struct links *links = links_read(spec->links, error);
  if (links == NULL)
    return false;
  const size_t root = links_find(links, spec->root);
  if (root == SIZE_MAX) {
    snprintf(error, SPEC_ERROR_MAX, "root: \"%s\" is no node of %s; it takes a name that is there",
             spec->root, spec->links);
    return false;
  }
  return resolve_hash(spec, links, error) && resolve_peers(spec, links, object, error) &&
         links_reach(links, spec->links, root, spec->parents == SPEC_PARENTS_GIVEN, error);
}

bool spec_resolve(struct spec *spec, const json_t *object, char error[SPEC_ERROR_MAX]) {
  resolve_method(spec, object);
  return resolve_links(spec, object, error) && resolve_five(spec, object, error) &&
         spec_resolve_devices(spec, object, error);
}
