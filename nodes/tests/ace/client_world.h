/* A client of ACE, a real node; the authorization server and resource servers are the test's: the
 * one answers calls after a constant time, the others take POST /authz-info and requests under the
 * association; or these are real nodes, too. What is between them is a post. That the client
 * computes nothing in node_write and that a digest can be had are asserted throughout. Include
 * after cmocka.h. */
#ifndef NODES_TESTS_ACE_CLIENT_WORLD_H
#define NODES_TESTS_ACE_CLIENT_WORLD_H

#include "ace/client.h"
#include "ace/resource_server.h"
#include "association/association.h"
#include "post/post.h"
#include "seeded.h"

enum {
  CLIENT_WORLD_SERVERS = 3,
  CLIENT_WORLD_EVENTS_MAX = 1024,
  CLIENT_WORLD_ANSWER_MS = 50, /* of the authorization server */
  CLIENT_WORLD_SECRET_MAX = 80,
};

/* What the authorization server does, if not what it should. */
struct client_world_as {
  int error;                /* that a call has at once */
  bool mute;                /* a call ends without a response, after a minute */
  uint8_t code;             /* 0: 2.01 */
  unsigned error_parameter; /* of another code than 2.01; 0: none */
  uint32_t expires_in_s;
  int32_t profile; /* that it says */
  uint16_t format; /* that it says; 0: the right one; UINT16_MAX: none */
  uint16_t option; /* another option; 0: none */
  bool other_cnf;  /* the key is for the other profile */
  bool has_context_id;
  size_t token_length; /* of a token of nonsense; 0: a real one */
  uint64_t exp_s;      /* of tokens; 0: late enough */
  size_t cut;          /* octets that the payload lacks */
};

/* What a resource server does, if not what it should. */
struct client_world_conduct {
  bool mute;
  bool mute_to_access;    /* hears nothing of requests under the association */
  uint64_t takes_ms;      /* for the response to authz-info: acknowledged first, and separate */
  uint8_t code;           /* that authz-info is answered with; 0: as it should */
  const uint8_t *payload; /* of its answer 2.01; NULL: as it should */
  size_t payload_length;
  uint16_t option;        /* of that answer; 0: none */
  uint8_t format;         /* of that answer; 0: the right one */
  bool same_id;           /* ID2 is ID1 */
  uint8_t access_code;    /* that requests are answered with, under the association */
  uint8_t clear_code;     /* that requests are answered with, in clear, in the place of that */
  uint16_t access_option; /* of responses under the association; 0: none */
  unsigned flips;         /* so many protected responses are wrong */
};

struct client_world_server {
  struct client_world *world;
  struct seeded seeded;
  struct node_hooks hooks;
  struct client_world_conduct conduct;
  struct node_address address;
  struct coap_session clear;
  struct association_pair association;
  struct association_keys keys;
  struct ace_sealing_key key; /* the authorization server's, too */
  struct ace_claims claims;   /* of the last token; scope_length 0: none */
  uint8_t psk[ACE_SECRET_LENGTH];
  unsigned tokens, contexts, served; /* taken, made (of a real node: and confirmed), answered */
  struct node *node;                 /* a real one; NULL: it is the test's */
  uint8_t seed;                      /* of its authentication */
  uint8_t path[ACE_PATH_MAX + 1], payload[ASSOCIATION_PAYLOAD_MAX], code; /* of the last request */
  size_t payload_length;
  struct coap_message separate; /* the request that waits for its response */
  struct coap_message answer;
  struct span_writer answer_payload;
  uint8_t answer_octets[ACE_MESSAGE_MAX];
  struct span_list answer_spans;
  uint64_t separate_ns; /* or NODE_NEVER */
};

struct client_world_event {
  enum node_event_type type;
  enum node_phase phase;
  size_t server; /* or CLIENT_WORLD_SERVERS: nobody's */
  const char *label, *secret_name;
  uint64_t at_ns;
  uint8_t secret[CLIENT_WORLD_SECRET_MAX];
  size_t secret_length;
  char name[ACE_AUDIENCE_MAX + 1];
};

struct client_world {
  struct option_values options;
  struct coap_parameters coap;
  struct ace_server known[CLIENT_WORLD_SERVERS];
  struct ace_client_config config;
  struct client_world_as as;
  bool has_nodes; /* resource servers are real */
  struct client_world_server servers[CLIENT_WORLD_SERVERS];
  struct node *client;
  struct seeded seeded;
  struct node_hooks hooks;
  bool writes; /* the client is in node_write */
  /* Called before and after each call of the client, which may be short of memory then. NULL:
   * nothing. */
  void (*around)(bool begins);
  uint64_t computed;
  struct post post;
  /* Calls */
  unsigned calls;
  bool calling;
  size_t called_for; /* server */
  uint64_t answer_ns;
  uint64_t tokens;                      /* made */
  struct ace_confirmation confirmation; /* of the last token */
  uint8_t token[ACE_TOKEN_MAX + 1];
  size_t token_length;
  uint8_t answer[ACE_MESSAGE_MAX]; /* the last answer 2.01 */
  size_t answer_length;
  /* What the listener was told last */
  unsigned told;
  size_t told_server;
  uint8_t told_code;
  uint8_t told_payload[ASSOCIATION_PAYLOAD_MAX];
  size_t told_length;
  struct client_world_event events[CLIENT_WORLD_EVENTS_MAX];
  size_t event_count;
};

/* Resource servers "rs1" to "rs3", each of which has "light". Then what is configured may be
 * changed. */
void client_world_configure(struct client_world *world, enum ace_profile profile);
void client_world_start(struct client_world *world);
void client_world_end(struct client_world *world);

/* Both. */
void client_world_begin(struct client_world *world, enum ace_profile profile);

/* The resource server loses all that it had, and has another key with the authorization server. */
void client_world_restart(struct client_world *world, size_t server);

/* For long. */
void client_world_run(struct client_world *world);

/* A GET of "light", or a PUT of five octets. */
int client_world_ask(struct client_world *world, size_t server, uint8_t code);

/* A GET that is answered, with all that comes before it. */
void client_world_assert_answered(struct client_world *world, size_t server);

/* A GET that ends for this reason. */
void client_world_assert_unanswered(struct client_world *world, size_t server, const char *why);

/* How often the client has told this of a server; and the last time. */
unsigned client_world_count(const struct client_world *world, size_t server, enum node_phase phase,
                            enum node_event_type type);
const struct client_world_event *client_world_last(const struct client_world *world, size_t server,
                                                   enum node_phase phase,
                                                   enum node_event_type type);

/* What the client hears of the authorization server: the payload as it would be answered now. */
void client_world_write_answer(struct client_world *world, struct span_writer *out);
void client_world_hear(struct client_world *world, const struct coap_message *response);

/* Real resource servers (client_world_node.c). Each authenticates at its start, and again, if it is
 * made to: then it has another key with the authorization server. */
void client_world_node_start(struct client_world_server *server);
void client_world_node_restart(struct client_world_server *server, bool authenticates);
void client_world_node_learn(struct client_world_server *server);

/* What the world asks of a server, as it does of nodes (client_world_rs.c). */
void client_world_server_start(struct client_world *world, size_t index);
void client_world_server_read(struct client_world_server *server,
                              const struct node_datagram *datagram);
int client_world_server_write(struct client_world_server *server, struct node_datagram *datagram);
uint64_t client_world_server_expiry(const struct client_world_server *server);
void client_world_server_wake(struct client_world_server *server);

#endif
