/* A UE, a real node, and application servers that are the test's: each answers POST /k from an ER
 * server that all share, and is the server of a channel. What is between them is a post. That the
 * UE computes nothing in node_write and that a digest can be had are asserted throughout. Include
 * after cmocka.h. */
#ifndef NODES_TESTS_BOOTSTRAP_UE_WORLD_H
#define NODES_TESTS_BOOTSTRAP_UE_WORLD_H

#include "association/association.h"
#include "bootstrap/ue.h"
#include "dtls/dtls.h"
#include "eap/erp_server.h"
#include "post/post.h"
#include "seeded.h"

enum {
  UE_WORLD_APS = 3,
  UE_WORLD_EVENTS_MAX = 512,
};

#define UE_WORLD_REALM "example.test"

/* What an ApS does, if not what it should. */
struct ue_world_conduct {
  bool mute;          /* hears nothing */
  bool mute_inside;   /* hears nothing inside the channel */
  uint64_t takes_ms;  /* for the response to POST /k: acknowledged first, and separate */
  uint8_t code;       /* that POST /k is answered with, without an EAP packet; 0: as it should */
  uint16_t option;    /* of a response to POST /k; 0: none */
  size_t flip;        /* 1 + a bit of its EAP-Finish that is wrong; 0: none */
  const char *called; /* its name towards the AS; NULL: the AS does not look */
  const struct bootstrap_name *called_in_ikev2; /* its identity there; NULL: its name */
  const char *renamed; /* puts another name into the Finish, with a tag that is right */
  bool says_no;        /* 2.04 with a Finish that says no, whose tag is right */
};

struct ue_world_aps {
  struct ue_world *world;
  struct seeded seeded;
  struct node_hooks hooks;
  struct ue_world_conduct conduct;
  struct node_address address;
  struct coap_session clear;
  struct association_pair channel;
  struct association_keys keys;
  bool has_key; /* from a pull, or configured */
  uint8_t psk[BOOTSTRAP_PSK_MAX];
  unsigned pulls, handshakes, served; /* answered */
  struct coap_message separate;       /* the request that waits for its response */
  struct span_writer finish;
  uint8_t finish_octets[EAP_PACKET_MAX];
  struct span_list finish_spans;
  uint8_t finish_code;
  uint64_t separate_ns; /* or NODE_NEVER */
};

struct ue_world_event {
  enum node_event_type type;
  enum node_phase phase;
  size_t aps; /* or UE_WORLD_APS: nobody's */
  const char *label;
  uint64_t at_ns;
  uint8_t secret[EAP_KEY_LENGTH];
};

struct ue_world {
  struct option_values options;
  struct coap_parameters coap;
  struct erp_server_config roots_config;
  struct erp_server roots;
  struct bootstrap_server known[UE_WORLD_APS];
  struct bootstrap_configured_key configured[UE_WORLD_APS];
  struct bootstrap_ue_config config;
  struct ue_world_aps aps[UE_WORLD_APS];
  struct node *ue;
  struct seeded seeded;
  struct node_hooks hooks;
  bool writes; /* the UE is in node_write */
  /* Called before and after each call of the UE, which may be short of memory then. NULL: nothing.
   */
  void (*around)(bool begins);
  uint64_t computed;
  struct post post;
  struct eap_keys keys; /* of the last authentication */
  uint8_t name[EMSK_NAME_LENGTH];
  struct ue_world_event events[UE_WORLD_EVENTS_MAX];
  size_t event_count;
};

/* Of `pull`, with ApS "aps1" to "aps3", whose names go into Initiates. Then what is configured may
 * be changed. The channel is the first that goes with the pull, or this. */
void ue_world_configure(struct ue_world *world, enum bootstrap_pull pull);
void ue_world_configure_over(struct ue_world *world, enum bootstrap_channel channel,
                             enum bootstrap_pull pull);
void ue_world_start(struct ue_world *world);
void ue_world_end(struct ue_world *world);

/* Both, and an authentication. */
void ue_world_begin(struct ue_world *world, enum bootstrap_pull pull);
void ue_world_begin_over(struct ue_world *world, enum bootstrap_channel channel,
                         enum bootstrap_pull pull);

/* UE and AS authenticate each other by EAP-PSK: both have other keys than before. */
void ue_world_authenticate(struct ue_world *world);

/* The ApS loses its keys and its channel. */
void ue_world_restart(struct ue_world *world, size_t aps);

/* For long. */
void ue_world_run(struct ue_world *world);

/* A GET, or a POST with a payload of five octets. */
int ue_world_ask(struct ue_world *world, size_t aps, enum lower_request kind);

/* A GET that is answered, with all that comes before it. */
void ue_world_assert_answered(struct ue_world *world, size_t aps);

/* A GET that ends for this reason. */
void ue_world_assert_unanswered(struct ue_world *world, size_t aps, const char *why);

/* How often the UE has told this of an ApS; and the last time. */
unsigned ue_world_count(const struct ue_world *world, size_t aps, enum node_phase phase,
                        enum node_event_type type);
const struct ue_world_event *ue_world_last(const struct ue_world *world, size_t aps,
                                           enum node_phase phase, enum node_event_type type);

/* What the world asks of an ApS, as it does of nodes (ue_world_aps.c). */
void ue_world_aps_start(struct ue_world *world, size_t index);
void ue_world_aps_read(struct ue_world_aps *aps, const struct node_datagram *datagram);
int ue_world_aps_write(struct ue_world_aps *aps, struct node_datagram *datagram);
uint64_t ue_world_aps_expiry(const struct ue_world_aps *aps);
void ue_world_aps_wake(struct ue_world_aps *aps);

#endif
