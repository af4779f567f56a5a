/* What can be set for the roles: one table, from which the options of the command line, the
 * keys of the file, their checks, their help and their defaults all come. */
#ifndef NODES_LIVE_SETTINGS_H
#define NODES_LIVE_SETTINGS_H

#include "../edhoc/suite.h"
#include "../lower/lower.h"
#include "ace_values.h"
#include "ike_values.h"
#include "parties.h"

enum settings_role {
  SETTINGS_PEER,
  SETTINGS_AUTHENTICATOR,
  SETTINGS_AAA,
  SETTINGS_PRE,
  SETTINGS_PROXY,
  SETTINGS_UE,
  SETTINGS_AA,
  SETTINGS_AS,
  SETTINGS_APS,
  SETTINGS_IKE,
  SETTINGS_CONTROLLER,
  SETTINGS_RESOURCE_SERVER,
  SETTINGS_CLIENT,
  SETTINGS_ROLES
};

/* Roles as a set; those that are one by what they do: the second of each is that of
 * draft-ohba-core-eap-based-bootstrapping, the others those of authorization by ACE. */
#define SETTINGS_ROLE(id) (1u << SETTINGS_##id)
#define SETTINGS_ACE_PEERS (SETTINGS_ROLE(RESOURCE_SERVER) | SETTINGS_ROLE(CLIENT))
#define SETTINGS_PEERS (SETTINGS_ROLE(PEER) | SETTINGS_ROLE(UE) | SETTINGS_ACE_PEERS)
#define SETTINGS_AUTHENTICATORS                                                                    \
  (SETTINGS_ROLE(AUTHENTICATOR) | SETTINGS_ROLE(AA) | SETTINGS_ROLE(CONTROLLER))
#define SETTINGS_AAA_SERVERS (SETTINGS_ROLE(AAA) | SETTINGS_ROLE(AS))
/* Those whose events are of more than one phase. */
#define SETTINGS_OF_PHASES                                                                         \
  (SETTINGS_ROLE(UE) | SETTINGS_ROLE(AA) | SETTINGS_ROLE(AS) | SETTINGS_ROLE(APS) |                \
   SETTINGS_ROLE(IKE) | SETTINGS_ROLE(CONTROLLER) | SETTINGS_ACE_PEERS)
/* Those that have no lower layer. */
#define SETTINGS_WITHOUT_LOWER (SETTINGS_AAA_SERVERS | SETTINGS_ROLE(PROXY) | SETTINGS_ROLE(IKE))

/* The roles' names: subcommands, and sections of the file. */
extern const char *const SETTINGS_ROLE_NAMES[SETTINGS_ROLES];

/* The file's section of what peer and authenticator must agree on. */
#define SETTINGS_LOWER_LAYER "lower_layer"

enum { SETTINGS_PSK_LENGTH = 16, SETTINGS_METHODS_MAX = 4 };

/* linger_ms that was not set. */
#define SETTINGS_LINGER_DEFAULT UINT64_MAX

/* Someone who is to be authenticated, and what the proof is made with. Strings may be NULL. */
struct settings_user {
  char *identity;
  size_t methods[SETTINGS_METHODS_MAX]; /* places in EAP_METHODS, by preference */
  size_t method_count;
  uint8_t psk[SETTINGS_PSK_LENGTH];
  bool has_psk;
  char *peer_id;
  char *server_id;
  uint64_t edhoc_method;
  struct edhoc_suites edhoc_suites;
  char *edhoc_key, *edhoc_cred, *edhoc_id_cred; /* names of files, as are the next two lines */
  char *edhoc_peer_cred, *edhoc_peer_id_cred;
  char *edhoc_trust;
  char *edhoc_server_name;                     /* of the peer */
  uint64_t eap_mtu;                            /* 0: not set */
  bool refused;                                /* of an EAP server's */
  char *filter_id, *filter_rules, *class_text; /* of the AAA server's */
  char *saml;                                  /* name of a file */
  char *cipher_suite;
};

/* A RADIUS client of the AAA server or proxy. */
struct settings_client {
  struct udp_address address;
  char *secret;
};

/* Where an AAA proxy sends requests of a realm. */
struct settings_realm {
  char *name;
  struct udp_address server;
  char *secret;
};

/* Of addresses that are not set, the IP address is zero. */
struct settings {
  enum settings_role role;
  struct udp_address bind;
  struct settings_user self; /* the peer; of servers a user beside those of the file */
  struct settings_user *users;
  size_t user_count;
  struct settings_client *clients;
  size_t client_count;
  struct settings_realm *realms;
  size_t realm_count;

  struct udp_address authenticator;
  bool trigger;
  uint64_t timeout_s; /* 0: what the protocol says */
  uint64_t linger_ms;
  bool stay;
  uint64_t count;
  uint64_t parallel;
  bool reauthenticate;
  bool resume;
  bool erp_begins;

  uint64_t peers_max;
  uint64_t half_open_max;
  uint64_t address_max;
  uint64_t lifetime_s;
  uint64_t trigger_interval_ms;
  struct udp_address begin;
  struct udp_address radius_server;
  struct udp_address uplink_bind;
  struct udp_address radius_bind;
  uint64_t radius_ports;
  bool radius_require_message_authenticator;
  char *secret; /* shared with the RADIUS server, or with `client` */
  char *nas_identifier;
  char *filter_id, *filter_rules; /* of an authenticator */

  struct udp_address client;
  uint64_t sessions_max;
  uint64_t session_timeout_s;
  char *realm; /* aaa, authenticator, peer: of re-authentication, NULL: there is none; proxy: of
                  `radius_server`; ue, aa, as, aps: of the AS */
  char *server_secret;
  uint64_t requests_max;
  bool session_renewed;

  /* Of bootstrapping */
  char *name; /* aps: ApS-Id; as: of a provider, towards `manufacturer` */
  bool pulls[BOOTSTRAP_PULL_COUNT];
  enum bootstrap_channel secure;      /* ue, aps: the channel between them */
  struct parties application_servers; /* ue: where they are; aa, as: RADIUS clients */
  struct parties providers;           /* as: RADIUS clients that may have credentials */
  struct parties commission;          /* ue: the provider's authenticator, or none */
  struct party_keys keys;             /* ue, aps: configured by hand */
  bool names_server;
  uint64_t requests;    /* client: rounds */
  uint64_t interval_ms; /* ue, client */
  uint64_t key_lifetime_s;
  uint64_t keys_max, channels_max;
  struct udp_address as_bind;
  struct udp_address manufacturer;
  char *manufacturer_secret, *manufacturer_realm;

  struct settings_ike {
    struct udp_address remote; /* of an initiator */
    struct ike_id identity, remote_identity;
    struct ike_key psk;
    unsigned proposals, esp_suites; /* sets; 0: not set */
    size_t child, nat;              /* enum ikev2_child_mode, enum ikev2_nat */
    bool childless, cookie, initial_contact, deletes, once;
    uint64_t nonce_bytes, retry_ms, liveness_s, sas_max, echo_count, echo_bytes;
  } ike;

  struct ace_values ace; /* controller, resource-server, client */

  struct option_values options; /* of lower layer and association */
};

enum settings_kind {
  SETTINGS_TEXT,
  SETTINGS_SECRET, /* a text */
  SETTINGS_PSK,
  SETTINGS_METHODS,
  SETTINGS_SUITES,
  SETTINGS_ADDRESS,
  SETTINGS_INTEGER,
  SETTINGS_SWITCH,
  SETTINGS_PULLS,
  SETTINGS_CHANNEL,
  SETTINGS_PARTY,        /* NAME=ADDRESS; each adds one, as those of the next two */
  SETTINGS_PARTY_CLIENT, /* ADDRESS,SECRET,NAME */
  SETTINGS_PARTY_KEY,    /* IDENTITY,KEY */
  SETTINGS_ADDED,        /* likewise, by `add` */
  SETTINGS_CHOICE,       /* a place in `choices`, a size_t */
  SETTINGS_CHOICES,      /* a list of them, a set (unsigned) */
  SETTINGS_IKE_ID,
  SETTINGS_IKE_KEY,
  SETTINGS_OPTION, /* of lower layer or association */
};

struct setting {
  const char *name; /* in the file; the option has hyphens */
  enum settings_kind kind;
  unsigned roles;                  /* 1 << role, of those that know it */
  const struct option_row *option; /* of OPTION: the file has it in SETTINGS_LOWER_LAYER; options
                                    * of peers alone also in the peer's section */
  bool of_user;     /* `offset` is one into struct settings_user, else struct settings */
  size_t offset;    /* of the field */
  uint64_t minimum; /* of INTEGER; of ADDRESS and PARTY the default port; of ADDED for `add` */
  uint64_t maximum; /* of INTEGER */
  const char *const *choices; /* of CHOICE and CHOICES; NULL ends it */
  const char *(*add)(void *field, const char *text, uint64_t number); /* of ADDED: NULL, or what is
                                                                       * wrong with the text */
  const char *accepted;                                               /* of ADDED */
  bool lower_port;          /* of ADDRESS: the default port is the lower layer's */
  const char *default_text; /* NULL: not set */
  const char *metavar;
  const char *help;
};

/* The table: what roles have, those of bootstrapping apart, then the options of lower layers and
 * associations. */
const struct setting *settings_table(size_t *count);

/* What a role has where nothing is given; NULL: nothing. */
const char *settings_default(const struct setting *setting, enum settings_role role);

/* Whether the role is one of this set. */
bool settings_is(const struct settings *settings, unsigned roles);

/* The defaults of a role. */
void settings_init(struct settings *settings, enum settings_role role);

/* Wipes what is secret. */
void settings_deinit(struct settings *settings);

/* Sets one from its text; `user` (of the file's list) takes the place of `settings->self`, or is
 * NULL. NULL, or what is wrong with the text, valid until the next call; settings_accepted says
 * what would be right. */
NODE_MUST_CHECK const char *settings_assign(struct settings *settings, struct settings_user *user,
                                            const struct setting *setting, const char *text);

/* Whether the text is never to be shown. */
bool settings_is_secret(const struct setting *setting);

/* Whether the text may be a list, with commas. */
bool settings_is_list(const struct setting *setting);

/* Whether it may be given more than once, and each adds to the others. */
bool settings_is_repeated(const struct setting *setting);

enum { SETTINGS_ACCEPTED_MAX = 160 };
const char *settings_accepted(const struct setting *setting, char text[SETTINGS_ACCEPTED_MAX]);

/* A new user, client or realm at the end of the list; never NULL. */
struct settings_user *settings_add_user(struct settings *settings);
struct settings_client *settings_add_client(struct settings *settings);
struct settings_realm *settings_add_realm(struct settings *settings);

/* When all is set: addresses without a port have the lower layer's, link-local ones
 * without an interface that of `bind` or `radius_bind`. NULL, or static text: what does
 * not go together. */
NODE_MUST_CHECK const char *settings_finish(struct settings *settings);

/* Whether the address is set. */
bool settings_has(const struct udp_address *address);

/* The lower layer that is chosen. */
const struct lower_layer *settings_lower(const struct settings *settings);

#endif
