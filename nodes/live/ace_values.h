/* What settings of authorization by ACE (nodes/ace) are read from. Functions that take a text add
 * what it says to a list, and return NULL, or what is wrong with it, valid until the next call. */
#ifndef NODES_LIVE_ACE_VALUES_H
#define NODES_LIVE_ACE_VALUES_H

#include "../ace/authorization_server.h"
#include "../ace/client.h"
#include "../ace/resource_server.h"
#include "parties.h"

#define ACE_AUDIENCE_ACCEPTED                                                                      \
  "NAME=IDENTITY[:PORT], as light-1=lamp@home.test:5685, with a name of 1 to 32 octets that has "  \
  "none of `=', `:' and `@'"
#define ACE_RULE_ACCEPTED                                                                          \
  "CLIENT:AUDIENCE:METHODS:/PATH, as alice@home.test:light-1:GET+POST:/light, with methods among " \
  "GET, POST and PUT; the client `*' is everybody who has no rule of their own there"
#define ACE_RESOURCE_ACCEPTED                                                                      \
  "PATH=VALUE, as light=off, with a path of one segment of 1 to 16 octets"
#define ACE_SERVER_ACCEPTED                                                                        \
  "AUDIENCE@ADDRESS[:PORT], as light-1@[::1]:5685, with a name of 1 to 32 octets"
#define ACE_ACCESS_ACCEPTED "a path of one segment of 1 to 16 octets, as light or /light"
#define ACE_SCOPE_ACCEPTED                                                                         \
  "METHODS[:/PATH], as GET+POST or GET:/light, with methods among GET, POST and PUT"
#define ACE_SCOPE_PATH "light" /* what a scope of one octet is of, unless it is said */

#define ACE_RESOURCE "light=off" /* the one of a resource server, likewise */

enum { ACE_ACCESS_PORT = 5685 }; /* of resource servers, unless it is said */

/* As it was given, in the structures of nodes/ace, to which ace_values_complete adds what one value
 * has from another. */
struct ace_values {
  size_t profile, scope_form; /* enum ace_profile, enum ace_scope_form */
  char *scope_path;           /* what a scope of one octet is of */
  uint64_t rejoin_s;          /* of resource servers and clients; 0: never */

  struct ace_audiences { /* of a controller, as the next lines */
    struct ace_audience *list;
    size_t count;
  } audiences;
  struct ace_rules {
    struct ace_rule *list; /* one for each client and audience */
    size_t count;
  } rules;
  uint64_t token_lifetime_s;
  bool says_lifetime, names_audience;

  char *audience; /* of a resource server, as the next lines */
  uint64_t access_port, clients_max;
  struct ace_resources {
    struct ace_resource list[ACE_SCOPE_ENTRIES_MAX];
    size_t count;
  } resources;

  struct parties servers; /* of a client, as the next lines */
  struct ace_accesses {
    struct ace_access *list; /* in the order in which they were given */
    size_t count;
  } accesses;
  char *payload;
  struct ace_scope asked; /* a path "" is that of a scope of one octet */
  bool token_in_handshake;
};

const char *ace_audience_add(void *audiences, const char *text, uint64_t default_port);
const char *ace_rule_add(void *rules, const char *text, uint64_t unused);
const char *ace_resource_add(void *resources, const char *text, uint64_t unused);
const char *ace_server_add(void *parties, const char *text, uint64_t default_port);
const char *ace_access_add(void *accesses, const char *text, uint64_t code);
const char *ace_scope_add(void *scope, const char *text, uint64_t unused);

/* When all is given: audiences have their resource, requests their payload, a resource server its
 * one resource and a client its scope, where nothing was said of them; rules for everybody stand
 * behind the others. NULL, or static text: what does not go together. */
NODE_MUST_CHECK const char *ace_values_complete(struct ace_values *values);

void ace_values_free(struct ace_values *values);

#endif
