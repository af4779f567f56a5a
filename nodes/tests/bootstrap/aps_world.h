/* Application servers and their AS, real nodes, and UEs in the test's hands, in virtual time: each
 * datagram arrives after a constant time, unless the test's `fate` has it otherwise. */
#ifndef NODES_TESTS_BOOTSTRAP_APS_WORLD_H
#define NODES_TESTS_BOOTSTRAP_APS_WORLD_H

#include "aaa/aaa.h"
#include "association/association.h"
#include "bootstrap/aps.h"
#include "bootstrap/ue.h"
#include "seeded.h"

enum {
  APS_WORLD_APS = 2,
  APS_WORLD_UES = 3,
  APS_WORLD_LOG_MAX = 512,
  APS_WORLD_LATENCY_MS = 10,
  APS_WORLD_PORT = 5683,
  APS_WORLD_REALM_LENGTH = 12,
};

#define APS_WORLD_REALM "example.test"

/* What the nodes of a kind tell: the last event of each type in each phase, and their number. */
struct aps_world_told {
  unsigned count[NODE_PHASE_COUNT][NODE_EVENT_SECRET + 1];
  const char *label[NODE_PHASE_COUNT][NODE_EVENT_SECRET + 1];
  struct node_address remote;
  uint8_t secret[EAP_KEY_LENGTH]; /* the last */
  size_t secret_length;
  uint8_t name[NODE_IDENTITY_MAX]; /* of the last CONFIRMED */
  size_t name_length;
};

struct aps_world;

/* A node's, or a UE's, own stream and what it has told. */
struct aps_world_party {
  struct seeded seeded;
  struct node_hooks hooks;
  struct aps_world_told told;
  bool writes; /* it is in node_write */
};

/* A UE: the client side of all that an ApS serves; or a real node in its place. */
struct aps_world_ue {
  struct aps_world_party party;
  struct aps_world *world;
  struct node_address address;
  struct node *node; /* NULL: it is in the test's hands */
  struct coap_session coap;
  struct erp_peer_config erp_config;
  struct erp_peer erp;
  struct eap_keys keys;
  struct eap_session_id session;
  uint8_t identity[BOOTSTRAP_CHANNEL_IDENTITY_MAX];
  uint8_t psk[BOOTSTRAP_PSK_MAX];
  size_t aps; /* that it speaks with */
  struct association_pair channel;
  /* What came: */
  unsigned responses; /* to POST /k */
  uint8_t code;
  const char *label;
  enum erp_peer_result finish; /* of what the last brought */
  size_t payload_length;
  unsigned resets;
  unsigned answers; /* inside the channel */
  uint8_t answer_code;
  size_t answer_length;
  const char *failure; /* of the channel; NULL: none */
};

/* A datagram that was sent. */
struct aps_world_datagram {
  struct node_address source, destination;
  enum node_protocol protocol;
  uint8_t data[NODE_DATAGRAM_MAX];
  size_t length;
  const char *label;
  enum node_phase phase;
  enum node_part part;
  unsigned copy;
  uint64_t sent_ns, arrival_ns[2]; /* NODE_NEVER: not under way */
};

struct aps_world {
  enum bootstrap_channel channel;
  struct option_values options;
  struct erp_server_config roots_config;
  struct erp_server roots;
  struct radius_server_client clients[APS_WORLD_APS];
  struct aaa_key_client key_clients[APS_WORLD_APS];
  struct aaa_config as_config;
  struct radius_client_config radius[APS_WORLD_APS];
  struct bootstrap_server servers[APS_WORLD_APS]; /* as UEs know them */
  struct bootstrap_aps_config aps_config[APS_WORLD_APS];
  struct aps_world_party as_party, aps_party[APS_WORLD_APS];
  struct node *as, *aps[APS_WORLD_APS];
  struct aps_world_ue ues[APS_WORLD_UES];
  struct coap_parameters coap;
  uint64_t now_ns;
  struct aps_world_datagram log[APS_WORLD_LOG_MAX];
  size_t count; /* sent */
  bool as_is_dead;
  uint64_t as_latency_ns; /* in place of the constant, to and from the AS */
  /* What becomes of a datagram: sets arrival_ns, which are the constant and never. NULL: nothing.
   */
  void (*fate)(struct aps_world *world, size_t number, struct aps_world_datagram *datagram);
  size_t fate_at;
  void (*around)(bool begins); /* a call of an ApS begins, or ends; NULL: nothing */
  bool is_cut;                 /* what is sent is counted, and lost */
  size_t cut_count, cut_octets;
  uint8_t cut_last[NODE_DATAGRAM_MAX]; /* to somebody else than the AS */
  size_t cut_last_length;
};

/* Both ApS serve all pulls but what is configured, and both are authorised; the UEs are
 * authenticated. What is configured may be changed between the two. The channel is the first, or
 * this. */
void aps_world_configure(struct aps_world *world);
void aps_world_configure_over(struct aps_world *world, enum bootstrap_channel channel);
void aps_world_start(struct aps_world *world);
void aps_world_end(struct aps_world *world);

/* The ApS has lost all that it knew. */
void aps_world_restart(struct aps_world *world, size_t aps);

/* UE `ue` and the AS come to keys. */
void aps_world_authenticate(struct aps_world *world, size_t ue);

/* Puts a real UE, which is not authenticated yet, in the place of one that is in the test's hands;
 * what of its configuration is not as in aps_world_ue_config is the caller's. */
struct bootstrap_ue_config aps_world_ue_config(struct aps_world *world, size_t ue,
                                               enum bootstrap_pull pull);
void aps_world_place(struct aps_world *world, size_t ue, const struct bootstrap_ue_config *config);

/* It and the AS run EAP-PSK, and learn. */
void aps_world_learn(struct aps_world *world, size_t ue);

/* It asks its server of this number: begins to, with the result of bootstrap_ue_request; or takes
 * two minutes for the answer. */
int aps_world_begin(struct aps_world *world, size_t ue, size_t server, enum lower_request kind);
bool aps_world_request(struct aps_world *world, size_t ue, size_t server, enum lower_request kind);

/* Why the last request had no answer. */
const char *aps_world_ue_why(const struct aps_world *world, size_t ue);

/* Runs until nothing is under way and no timer is due before `until_ns`, or that has come. */
void aps_world_run(struct aps_world *world, uint64_t until_ns);
/* For so long from now on. */
void aps_world_run_ms(struct aps_world *world, uint64_t ms);

/* UE sends POST /k to an ApS, with this name in its Initiate (NULL: none). */
void aps_world_pull(struct aps_world *world, size_t ue, size_t aps, const char *name);

/* UE makes its key from the Finish that has come, for an ApS of this name; or from its EMSK. */
void aps_world_take_rmsk(struct aps_world *world, size_t ue, const char *name);
void aps_world_take_root(struct aps_world *world, size_t ue, const char *name);

/* UE opens a channel with its identity and key; whatever it had is forgotten. */
void aps_world_open(struct aps_world *world, size_t ue, size_t aps);
bool aps_world_is_open(const struct aps_world *world, size_t ue);

/* A request inside. False: it could not be sent. */
bool aps_world_ask(struct aps_world *world, size_t ue, enum lower_request kind);

/* Pull by ERP, channel, and one request that is answered. */
bool aps_world_serve(struct aps_world *world, size_t ue, size_t aps);

/* Hands octets over as if they came from there to there: of UDP, or of this protocol. */
void aps_world_inject(struct aps_world *world, const struct node_address *source,
                      const struct node_address *destination, const uint8_t *data, size_t length);
void aps_world_inject_of(struct aps_world *world, enum node_protocol protocol,
                         const struct node_address *source, const struct node_address *destination,
                         const uint8_t *data, size_t length);

/* The only datagram with this label since `from`, or the first; fails where there is none. */
const struct aps_world_datagram *aps_world_flown(const struct aps_world *world, const char *label);
size_t aps_world_count(const struct aps_world *world, const char *label);

unsigned aps_world_told(const struct aps_world *world, size_t aps, enum node_phase phase,
                        enum node_event_type type);
/* What an ApS holds, but for what is to be written. */
uint64_t aps_world_state(const struct aps_world *world, size_t aps);

const char *aps_world_why(const struct aps_world *world, size_t aps, enum node_phase phase,
                          enum node_event_type type);

struct node_address aps_world_address(size_t aps);

/* A test over one channel or another, which is its state. */
#define APS_WORLD_OVER_ALL(test)                                                                   \
  cmocka_unit_test_prestate(test, &aps_world_channels[BOOTSTRAP_CHANNEL_DTLS]),                    \
      cmocka_unit_test_prestate(test, &aps_world_channels[BOOTSTRAP_CHANNEL_IKEV2]),               \
      cmocka_unit_test_prestate(test, &aps_world_channels[BOOTSTRAP_CHANNEL_IKEV2_UDP])
extern enum bootstrap_channel aps_world_channels[BOOTSTRAP_CHANNEL_COUNT];
enum bootstrap_channel aps_world_channel_of(void *const *state);

/* The pull that its handshakes trigger. */
enum bootstrap_pull aps_world_handshake_pull(enum bootstrap_channel channel);

/* Why a handshake fails whose ApS has no key of the identity. */
const char *aps_world_refusal(enum bootstrap_channel channel);

/* Between aps_world.c, which has the network, and aps_world_ue.c. */
void aps_world_flush(struct aps_world *world, size_t ue);
void aps_world_ue_read(struct aps_world_ue *ue, const struct node_datagram *datagram);
int aps_world_ue_write(struct aps_world_ue *ue, struct node_datagram *datagram);
uint64_t aps_world_ue_expiry(const struct aps_world_ue *ue);
void aps_world_ue_handle_expiry(struct aps_world_ue *ue);

#endif
