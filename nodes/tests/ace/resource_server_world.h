/* A resource server, a real node, its clients in the test's hands, and the sealing of tokens as an
 * authorization server does it, in virtual time: each datagram arrives after a constant time,
 * unless the test's `fate` has it otherwise. */
#ifndef NODES_TESTS_ACE_RESOURCE_SERVER_WORLD_H
#define NODES_TESTS_ACE_RESOURCE_SERVER_WORLD_H

#include "ace/resource_server.h"
#include "association/association.h"
#include "seeded.h"

enum {
  RS_WORLD_CLIENTS = 4,
  RS_WORLD_LOG_MAX = 512,
  RS_WORLD_LATENCY_MS = 10,
  RS_WORLD_PORT = 5683,
  RS_WORLD_EPOCH_S = 1700000000,
  RS_WORLD_LIFETIME_S = 3600,
};

/* Codes of requests. */
enum { RS_WORLD_GET = 1, RS_WORLD_POST = 2, RS_WORLD_PUT = 3, RS_WORLD_DELETE = 4 };

#define RS_WORLD_AUDIENCE "lamp1"

/* What the node tells: the last label of each type in each phase, and their number. */
struct rs_world_told {
  unsigned count[NODE_PHASE_COUNT][NODE_EVENT_SECRET + 1];
  const char *label[NODE_PHASE_COUNT][NODE_EVENT_SECRET + 1];
  struct node_address remote;
  uint8_t name[NODE_IDENTITY_MAX]; /* of the last CONFIRMED */
  size_t name_length;
};

struct rs_world_party {
  struct seeded seeded;
  struct node_hooks hooks;
  struct rs_world_told told;
  bool writes; /* it is in node_write */
};

struct rs_world;

/* What a token says. */
struct rs_world_terms {
  const char *audience; /* NULL: it says none */
  uint32_t expires_s;   /* after the moment 0 of time */
  const char *path;     /* NULL: the scope is one octet */
  uint32_t methods;
  uint8_t id;     /* of the key */
  bool is_salted; /* coap_oscore: with a salt and a contextId */
};

struct rs_world_client {
  struct rs_world_party party;
  struct rs_world *world;
  struct node_address address;
  struct coap_session coap;
  struct association_pair pair;
  uint8_t token[ACE_TOKEN_MAX];
  size_t token_length;
  struct ace_confirmation confirmation; /* of it, with the key */
  struct ace_oscore_half half;
  bool transfers; /* what is outstanding in clear */
  /* What came: */
  unsigned transferred; /* answers to POST /authz-info */
  uint8_t transfer_code;
  struct ace_oscore_half servers;
  unsigned answers; /* to requests for resources, protected or not */
  bool is_protected;
  uint8_t code;
  uint8_t value[NODE_DATAGRAM_MAX];
  size_t length;
  unsigned resets;
  const char *failure; /* of the handshake; NULL: none */
};

/* A datagram that was sent. */
struct rs_world_datagram {
  struct node_address source, destination;
  uint8_t data[NODE_DATAGRAM_MAX];
  size_t length;
  const char *label;
  enum node_phase phase;
  uint64_t arrival_ns[2]; /* NODE_NEVER: not under way */
};

struct rs_world {
  enum ace_profile profile;
  struct option_values options;
  struct ace_resource resources[2];
  struct ace_resource_server_config config;
  struct rs_world_party party;
  struct node *node;
  struct ace_sealing_key key;
  uint8_t nonces;
  struct coap_parameters coap;
  struct rs_world_client clients[RS_WORLD_CLIENTS];
  uint64_t now_ns;
  struct rs_world_datagram log[RS_WORLD_LOG_MAX];
  size_t count;
  /* What becomes of a datagram: sets arrival_ns, which are the constant and never. NULL: nothing.
   */
  void (*fate)(struct rs_world *world, size_t number, struct rs_world_datagram *datagram);
  size_t fate_at;
  void (*around)(bool begins); /* a call of the node begins, or ends; NULL: nothing */
  bool is_cut;                 /* what is sent is counted, and lost */
  size_t cut_count, cut_octets;
  uint8_t cut_last[NODE_DATAGRAM_MAX];
  size_t cut_last_length;
};

/* Resources "light" ("off") and "lock" (of no octets), and a key by a first authentication. What is
 * configured may be changed between the two. */
void rs_world_configure(struct rs_world *world, enum ace_profile profile);
void rs_world_start(struct rs_world *world);
void rs_world_end(struct rs_world *world);

/* A test by either profile: its state says which. */
extern enum ace_profile rs_world_profiles[ACE_PROFILE_COUNT];
enum ace_profile rs_world_profile_of(void *const *state);
void rs_world_start_by(struct rs_world *world, void *const *state);
#define RS_WORLD_BY(test, profile)                                                                 \
  { #test ", " #profile, test, NULL, NULL, &rs_world_profiles[ACE_PROFILE_##profile] }
#define RS_WORLD_BY_EITHER(test) RS_WORLD_BY(test, OSCORE), RS_WORLD_BY(test, DTLS)

struct node_address rs_world_address(void);

/* It authenticates once more; `seed` makes the MSK. */
void rs_world_learn(struct rs_world *world, uint8_t seed);

/* GET and PUT of the first resource, for an hour, under a key of this ID. */
struct rs_world_terms rs_world_terms(uint8_t id);
void rs_world_give_token(struct rs_world *world, size_t client, const struct rs_world_terms *terms);

/* The client begins to bring its token; to open a session by its key's ID, or by the token itself;
 * to ask for a resource. False: it has no association. */
void rs_world_bring(struct rs_world *world, size_t client);
void rs_world_open(struct rs_world *world, size_t client, bool by_token);
bool rs_world_ask(struct rs_world *world, size_t client, uint8_t code, const char *path,
                  const uint8_t *payload, size_t length);

/* The same to the end. The code of the answer; COAP_CODE_EMPTY: there was none. */
uint8_t rs_world_transfer(struct rs_world *world, size_t client);
uint8_t rs_world_access(struct rs_world *world, size_t client, uint8_t code, const char *path,
                        const char *text);

/* It has a token, and an association by that, whatever the profile; true: it has. */
bool rs_world_join(struct rs_world *world, size_t client, const struct rs_world_terms *terms);

/* Runs until nothing is under way and no timer is due before `until_ns`, or that has come; for so
 * long from now on. */
void rs_world_run(struct rs_world *world, uint64_t until_ns);
void rs_world_run_ms(struct rs_world *world, uint64_t ms);

/* The node reads a datagram; what it sends flies. */
void rs_world_inject(struct rs_world *world, const struct node_address *source,
                     const struct node_address *destination, const uint8_t *data, size_t length);
/* The same with what it sends cut; its octets. */
size_t rs_world_strange(struct rs_world *world, const struct node_address *source,
                        const struct node_address *destination, const uint8_t *data, size_t length);

/* What the client has to say flies. */
void rs_world_flush(struct rs_world *world, size_t client);

/* A client, as the world runs it. */
void rs_world_client_read(struct rs_world_client *client, const struct node_datagram *datagram);
int rs_world_client_write(struct rs_world_client *client, struct node_datagram *datagram);
uint64_t rs_world_client_expiry(const struct rs_world_client *client);
void rs_world_client_handle_expiry(struct rs_world_client *client);

/* What was seen */
uint64_t rs_world_state(const struct rs_world *world);
const struct rs_world_datagram *rs_world_flown(const struct rs_world *world, const char *label);
size_t rs_world_count(const struct rs_world *world, const char *label);
unsigned rs_world_told(const struct rs_world *world, enum node_phase phase,
                       enum node_event_type type);
const char *rs_world_why(const struct rs_world *world, enum node_phase phase,
                         enum node_event_type type);
bool rs_world_value_is(const struct rs_world *world, const char *path, const char *text);

#endif
