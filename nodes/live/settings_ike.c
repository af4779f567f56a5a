/* The rows of ike. */
#include "../ikev2/host.h"
#include "settings_rows.h"

#define IKE SETTINGS_ROLE(IKE)

static const char *const PROPOSALS[] = {
#define PROPOSAL(id, name, prf, group, help) [IKEV2_PROPOSAL_##id] = name,
#include "../ikev2/proposals.def"
#undef PROPOSAL
    NULL};
static const char *const CHILDREN[] = {[IKEV2_CHILD_NONE] = "none",
                                       [IKEV2_CHILD_TRANSPORT] = "transport",
                                       [IKEV2_CHILD_TUNNEL] = "tunnel",
                                       NULL};
static const char *const NATS[] = {
    [IKEV2_NAT_OFF] = "off", [IKEV2_NAT_DETECT] = "detect", [IKEV2_NAT_FORCE] = "force", NULL};
static const char *const ESP_IVS[] = {
    [IKEV2_ESP_AES_CCM_8] = "explicit", [IKEV2_ESP_AES_CCM_8_IIV] = "implicit", NULL};

static const struct setting ROWS[] = {
    {.name = "remote",
     .kind = SETTINGS_ADDRESS,
     .roles = IKE,
     SETTINGS_FIELD(ike.remote),
     PORT(IKEV2_PORT),
     .metavar = "ADDRESS",
     .help = "Be an initiator, with this responder (port 500, if none is given; on any other, "
             "messages have the marker of RFC 7296 section 2.23); without it: be a responder"},
    {.name = "bind",
     .kind = SETTINGS_ADDRESS,
     .roles = IKE,
     SETTINGS_FIELD(bind),
     PORT(IKEV2_PORT),
     .default_text = "[::]:500",
     .metavar = "ADDRESS",
     .help = "Use this address and port; port 0: any free one. Ports below 1024 need root or "
             "CAP_NET_BIND_SERVICE. A responder on another port than 500 expects the marker"},
    {.name = "identity",
     .kind = SETTINGS_IKE_ID,
     .roles = IKE,
     SETTINGS_FIELD(ike.identity),
     .metavar = "ID",
     .help = "Who we are: key_id:HEX, fqdn:NAME, email:NAME, an IP address, or NAME alone for "
             "fqdn:NAME"},
    {.name = "remote_identity",
     .kind = SETTINGS_IKE_ID,
     .roles = IKE,
     SETTINGS_FIELD(ike.remote_identity),
     .metavar = "ID",
     .help = "Who the other end has to be, in the same forms (any, if not given); an initiator "
             "sends it, too"},
    {.name = "psk",
     .kind = SETTINGS_IKE_KEY,
     .roles = IKE,
     SETTINGS_FIELD(ike.psk),
     .metavar = "KEY",
     .help = "The shared key: 0x and hexadecimal digits, or text; 1 to 64 octets"},
    {.name = "proposal",
     .kind = SETTINGS_CHOICES,
     .roles = IKE,
     SETTINGS_FIELD(ike.proposals),
     .choices = PROPOSALS,
     .metavar = "LIST",
     .help = "Of an initiator one (aes128ccm8-prfsha256-x25519, if not given), of a responder "
             "those that it takes (all, if not given)"
#define PROPOSAL(id, name, prf, group, help) "; " name ": " help
#include "../ikev2/proposals.def"
#undef PROPOSAL
    },
    {.name = "child",
     .kind = SETTINGS_CHOICE,
     .roles = IKE,
     SETTINGS_FIELD(ike.child),
     .choices = CHILDREN,
     .default_text = "none",
     .metavar = "WHICH",
     .help = "The Child SA for ESP: none (RFC 6023), transport or tunnel, between the addresses of "
             "IKE"},
    {.name = "childless",
     .kind = SETTINGS_SWITCH,
     .roles = IKE,
     SETTINGS_FIELD(ike.childless),
     .default_text = "off",
     .help = "Of a responder with --child: take initiators without a child, too"},
    {.name = "esp_iv",
     .kind = SETTINGS_CHOICES,
     .roles = IKE,
     SETTINGS_FIELD(ike.esp_suites),
     .choices = ESP_IVS,
     .default_text = "explicit",
     .metavar = "LIST",
     .help = "The IV of ESP: explicit (RFC 4309), implicit (RFC 8750: 8 octets less); of an "
             "initiator one, of a responder those that it takes"},
    {.name = "nat",
     .kind = SETTINGS_CHOICE,
     .roles = IKE,
     SETTINGS_FIELD(ike.nat),
     .choices = NATS,
     .default_text = "off",
     .metavar = "WHICH",
     .help = "Detection of a NAT between: off, detect, or force (as if there were one; the other "
             "end has detect or force then). With a NAT, IKE goes on on port 4500, and ESP is in "
             "UDP; else ESP is a protocol of IP, which needs the right to raw sockets"},
    {.name = "nonce_bytes",
     .kind = SETTINGS_INTEGER,
     .roles = IKE,
     SETTINGS_FIELD(ike.nonce_bytes),
     RANGE(IKEV2_NONCE_LEAST, IKEV2_NONCE_MAX),
     .default_text = "16",
     .metavar = "N",
     .help = "Octets of our nonce"},
    {.name = "initial_contact",
     .kind = SETTINGS_SWITCH,
     .roles = IKE,
     SETTINGS_FIELD(ike.initial_contact),
     .default_text = "off",
     .help = "Send INITIAL_CONTACT: whatever SAs the other end has with us are gone"},
    {.name = "retry_ms",
     .kind = SETTINGS_INTEGER,
     .roles = IKE,
     SETTINGS_FIELD(ike.retry_ms),
     RANGE(10, 60000),
     .default_text = "2000",
     .metavar = "MS",
     .help = "Repeat a request after this long, then after twice as long, and so on; 5 times in "
             "all"},
    {.name = "liveness_s",
     .kind = SETTINGS_INTEGER,
     .roles = IKE,
     SETTINGS_FIELD(ike.liveness_s),
     RANGE(0, 86400),
     .default_text = "0",
     .metavar = "S",
     .help = "Ask the other end whether it lives when nothing has come for so long; 0: never"},
    {.name = "delete",
     .kind = SETTINGS_SWITCH,
     .roles = IKE,
     SETTINGS_FIELD(ike.deletes),
     .default_text = "on",
     .help = "At the end, delete the SAs that stand, and wait for the answers"},
    {.name = "once",
     .kind = SETTINGS_SWITCH,
     .roles = IKE,
     SETTINGS_FIELD(ike.once),
     .default_text = "off",
     .help = "Of a responder: end when the first SA has; it is an error if that was not confirmed"},
    {.name = "stay",
     .kind = SETTINGS_SWITCH,
     .roles = IKE,
     SETTINGS_FIELD(stay),
     .default_text = "off",
     .help = "Of an initiator: stay until a signal comes; else it ends when the SA stands and its "
             "probes are done"},
    {.name = "echo_count",
     .kind = SETTINGS_INTEGER,
     .roles = IKE,
     SETTINGS_FIELD(ike.echo_count),
     RANGE(0, 1000000),
     .default_text = "0",
     .metavar = "N",
     .help = "Of an initiator with --child: send N probes to the other end's UDP port 7 (RFC 862) "
             "through ESP, one after the other, and tell the round trips"},
    {.name = "echo_bytes",
     .kind = SETTINGS_INTEGER,
     .roles = IKE,
     SETTINGS_FIELD(ike.echo_bytes),
     RANGE(0, IKEV2_HOST_PROBE_MAX),
     .default_text = "32",
     .metavar = "N",
     .help = "Octets of a probe"},
    {.name = "cookie",
     .kind = SETTINGS_SWITCH,
     .roles = IKE,
     SETTINGS_FIELD(ike.cookie),
     .default_text = "off",
     .help = "Of a responder: ask every initiator for a cookie (RFC 7296 section 2.6) before "
             "anything is kept; off: under load only, as --half-open-max and --address-max say"},
    {.name = "half_open_max",
     .kind = SETTINGS_INTEGER,
     .roles = IKE,
     SETTINGS_FIELD(half_open_max),
     RANGE(1, 1000000),
     .default_text = "100",
     .metavar = "N",
     .help = "Of a responder: from N half-open SAs on, ask for cookies"},
    {.name = "address_max",
     .kind = SETTINGS_INTEGER,
     .roles = IKE,
     SETTINGS_FIELD(address_max),
     RANGE(0, 1000000),
     .default_text = "5",
     .metavar = "N",
     .help = "Of a responder: and from N half-open SAs of one address on; 0: never for that"},
    {.name = "sas_max",
     .kind = SETTINGS_INTEGER,
     .roles = IKE,
     SETTINGS_FIELD(ike.sas_max),
     RANGE(1, 1000000),
     .default_text = "1000",
     .metavar = "N",
     .help = "Of a responder: hold at most N IKE SAs; the oldest half-open one gives way"},
};

_Static_assert(sizeof ROWS <= SETTINGS_IKE_MAX * sizeof ROWS[0],
               "more rows than there is room for");

const struct setting *settings_ike_rows(size_t *count) {
  *count = sizeof ROWS / sizeof ROWS[0];
  return ROWS;
}
