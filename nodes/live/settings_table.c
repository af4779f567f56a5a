/* The table of settings. */
#include "../eap/edhoc.h"
#include "../edhoc/edhoc.h"
#include "../radius/client.h"
#include "channel.h"
#include "settings_rows.h"

#include <stdio.h>
#include <string.h>

#define PEER SETTINGS_PEERS
#define PEER_ALONE SETTINGS_ROLE(PEER)
#define PEER_BUT_UE (PEER & ~SETTINGS_ROLE(UE))
#define AUTHENTICATOR SETTINGS_AUTHENTICATORS
#define AUTHENTICATOR_BUT_AA (AUTHENTICATOR & ~SETTINGS_ROLE(AA))
#define AAA SETTINGS_AAA_SERVERS
#define PRE SETTINGS_ROLE(PRE)
#define PROXY SETTINGS_ROLE(PROXY)
#define AS SETTINGS_ROLE(AS)
#define APS SETTINGS_ROLE(APS)

static const struct setting ROWS[] = {
    {.name = "authenticator",
     .kind = SETTINGS_ADDRESS,
     .roles = PEER,
     SETTINGS_FIELD(authenticator),
     .lower_port = true,
     .metavar = "ADDRESS",
     .help = "Authenticate to this authenticator"},
    {.name = "authenticator",
     .kind = SETTINGS_ADDRESS,
     .roles = PRE,
     SETTINGS_FIELD(authenticator),
     .lower_port = true,
     .metavar = "ADDRESS",
     .help = "Relay to this authenticator (PAA)"},
    {.name = "bind",
     .kind = SETTINGS_ADDRESS,
     .roles = PEER,
     SETTINGS_FIELD(bind),
     PORT(0),
     .default_text = "[::]:0",
     .metavar = "ADDRESS",
     .help =
         "Use this address and port (of many peers, the first of their ports); port 0: any free "
         "one"},
    {.name = "bind",
     .kind = SETTINGS_ADDRESS,
     .roles = AUTHENTICATOR | PRE,
     SETTINGS_FIELD(bind),
     .lower_port = true,
     .default_text = "[::]",
     .metavar = "ADDRESS",
     .help = "Listen to peers here (without a port: at the lower layer's); port 0: any free one"},
    {.name = "bind",
     .kind = SETTINGS_ADDRESS,
     .roles = AAA | PROXY,
     SETTINGS_FIELD(bind),
     PORT(RADIUS_PORT),
     .default_text = "[::]:1812",
     .metavar = "ADDRESS",
     .help = "Listen to RADIUS clients here; port 0: any free one"},
    {.name = "uplink_bind",
     .kind = SETTINGS_ADDRESS,
     .roles = PRE,
     SETTINGS_FIELD(uplink_bind),
     PORT(0),
     .default_text = "[::]:0",
     .metavar = "ADDRESS",
     .help = "Talk to the authenticator from this address and port; port 0: any free one"},

    {.name = "identity",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(identity),
     .metavar = "NAME",
     .help =
         "EAP identity; of a server's user, x* stands for all that begin with x; of a peer, {n} "
         "for its number"},
    {.name = "methods",
     .kind = SETTINGS_METHODS,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(methods),
     .default_text = "psk",
     .metavar = "LIST",
     .help = "EAP methods, the preferred one first"},
    {.name = "psk",
     .kind = SETTINGS_PSK,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(psk),
     .metavar = "KEY",
     .help = "EAP-PSK: the shared key, as 32 hexadecimal digits or 16 characters"},
    {.name = "peer_id",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(peer_id),
     .metavar = "NAME",
     .help = "EAP-PSK: ID_P, which a peer claims (its identity, if not given) and a server expects "
             "(any, if not given)"},
    {.name = "server_id",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(server_id),
     .metavar = "NAME",
     .help =
         "EAP-PSK: ID_S, which a server claims (coap-eap-node, if not given) and a peer expects "
         "(any, if not given)"},
    {.name = "edhoc_method",
     .kind = SETTINGS_INTEGER,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(edhoc_method),
     RANGE(0, EDHOC_METHODS - 1),
     .default_text = "3",
     .metavar = "N",
     .help = "EAP-EDHOC: the method of EDHOC; a server accepts this one only"},
    {.name = "edhoc_suite",
     .kind = SETTINGS_SUITES,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(edhoc_suites),
     .default_text = "2",
     .metavar = "LIST",
     .help =
         "EAP-EDHOC: cipher suites, the preferred one first; a peer whose suite is refused begins "
         "its next authentication with one that the server has named"},
    {.name = "edhoc_key",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(edhoc_key),
     .metavar = "FILE",
     .help = "EAP-EDHOC: own private key, in hexadecimal digits, as all files of EAP-EDHOC"},
    {.name = "edhoc_cred",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(edhoc_cred),
     .metavar = "FILE",
     .help = "EAP-EDHOC: own CRED (a CWT Claims Set or a certificate; also DER)"},
    {.name = "edhoc_id_cred",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(edhoc_id_cred),
     .metavar = "FILE",
     .help = "EAP-EDHOC: own ID_CRED, or its kid"},
    {.name = "edhoc_peer_cred",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(edhoc_peer_cred),
     .metavar = "FILE",
     .help = "EAP-EDHOC: the other side's CRED"},
    {.name = "edhoc_peer_id_cred",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(edhoc_peer_id_cred),
     .metavar = "FILE",
     .help = "EAP-EDHOC: the other side's ID_CRED, or its kid"},
    {.name = "edhoc_trust",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(edhoc_trust),
     .metavar = "FILE",
     .help = "EAP-EDHOC: a CA's certificate, for those who send theirs by value (x5chain); the "
             "other side's CRED is not needed then. Checked are signatures, validity against the "
             "clock, key usages, and the name: of a server's see --edhoc-server-name; of a "
             "peer's, a dNSName or rfc822Name of its subjectAltName, or the common name or "
             "emailAddress of its subject, must be the identity that it claims, or say who it is "
             "where that is anonymous (@realm)"},
    {.name = "edhoc_server_name",
     .kind = SETTINGS_TEXT,
     .roles = PEER,
     USER_FIELD(edhoc_server_name),
     .metavar = "NAME",
     .help = "EAP-EDHOC: the name that the server's certificate must have (dNSName of its "
             "subjectAltName; where it has none, its common name or another name); needed with "
             "--edhoc-trust, since all whom a CA has certified could pose as the server"},
    {.name = "eap_mtu",
     .kind = SETTINGS_INTEGER,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(eap_mtu),
     RANGE(EAP_EDHOC_MTU_MIN, EAP_PACKET_MAX),
     .metavar = "N",
     .help = "EAP-EDHOC: octets of an EAP packet, above which messages are fragmented (1020, if "
             "not given)"},
    {.name = "refused",
     .kind = SETTINGS_SWITCH,
     .roles = AUTHENTICATOR | AAA,
     USER_FIELD(refused),
     .default_text = "off",
     .help = "Of a server's user: it may not join, and is told so once it has proved who it is; in "
             "the method, where that can say so"},
    {.name = "filter_id",
     .kind = SETTINGS_TEXT,
     .roles = AAA,
     USER_FIELD(filter_id),
     .metavar = "NAME",
     .help = "Filter-Id in the user's Access-Accept: a filter that the authenticator has"},
    {.name = "filter_rules",
     .kind = SETTINGS_TEXT,
     .roles = AAA,
     USER_FIELD(filter_rules),
     .metavar = "RULES",
     .help = "NAS-Filter-Rule in the user's Access-Accept (RFC 4849): rules with semicolons "
             "between them, as \"permit in 17 from assigned to any 5683; deny in ip from any to "
             "any\""},
    {.name = "class",
     .kind = SETTINGS_TEXT,
     .roles = AAA,
     USER_FIELD(class_text),
     .metavar = "TEXT",
     .help = "Class in the user's Access-Accept"},
    {.name = "saml",
     .kind = SETTINGS_TEXT,
     .roles = AAA,
     USER_FIELD(saml),
     .metavar = "FILE",
     .help = "SAML-Assertion in the user's Access-Accept (RFC 7833): the file's octets; RADIUS "
             "does not hide them"},
    {.name = "cipher_suite",
     .kind = SETTINGS_TEXT,
     .roles = AAA,
     USER_FIELD(cipher_suite),
     .metavar = "SUITE",
     .help =
         "Cipher suite of the user's association, in its Access-Accept by an attribute of ours: a "
         "number of the registry CoAP-EAP Cipher Suites, 0 to 3, for OSCORE; a name of "
         "--dtls-suite "
         "for DTLS. The peer must have the same: see its --oscore-suite and --dtls-suites-taken"},

    {.name = "trigger",
     .kind = SETTINGS_SWITCH,
     .roles = PEER_BUT_UE,
     SETTINGS_FIELD(trigger),
     .default_text = "on",
     .help = "Begin (step 0); else wait for the authenticator to begin"},
    {.name = "timeout_s",
     .kind = SETTINGS_INTEGER,
     .roles = PEER,
     SETTINGS_FIELD(timeout_s),
     RANGE(0, 86400),
     .default_text = "0",
     .metavar = "S",
     .help = "Give an authentication up after this long; 0: when the protocol does"},
    {.name = "linger_ms",
     .kind = SETTINGS_INTEGER,
     .roles = PEER & ~SETTINGS_ROLE(RESOURCE_SERVER),
     SETTINGS_FIELD(linger_ms),
     RANGE(0, 3600000),
     .metavar = "MS",
     .help = "After success, stay this long to answer repetitions of step 7 (default: 3000; with "
             "--count above 1: 0)"},
    {.name = "stay",
     .kind = SETTINGS_SWITCH,
     .roles = PEER_ALONE,
     SETTINGS_FIELD(stay),
     .default_text = "off",
     .help = "Stay until a signal comes, for more authentications that the authenticator begins"},
    {.name = "count",
     .kind = SETTINGS_INTEGER,
     .roles = PEER_ALONE,
     SETTINGS_FIELD(count),
     RANGE(1, 10000000),
     .default_text = "1",
     .metavar = "N",
     .help = "Be N peers, each with a socket of its own, one after the other"},
    {.name = "parallel",
     .kind = SETTINGS_INTEGER,
     .roles = PEER_ALONE,
     SETTINGS_FIELD(parallel),
     RANGE(1, 10000),
     .default_text = "1",
     .metavar = "M",
     .help = "Of --count: M peers at a time"},
    {.name = "reauthenticate",
     .kind = SETTINGS_SWITCH,
     .roles = PEER_ALONE,
     SETTINGS_FIELD(reauthenticate),
     .default_text = "off",
     .help = "Be M peers that authenticate again and again, N times in all, instead of N peers"},
    {.name = "resume",
     .kind = SETTINGS_SWITCH,
     .roles = PEER_BUT_UE | AUTHENTICATOR_BUT_AA,
     SETTINGS_FIELD(resume),
     .default_text = "off",
     .help = "Authenticate again by resuming the DTLS session, without EAP, where there is one; at "
             "both ends"},

    {.name = "erp_begins",
     .kind = SETTINGS_SWITCH,
     .roles = PEER_BUT_UE | AUTHENTICATOR_BUT_AA,
     SETTINGS_FIELD(erp_begins),
     .default_text = "off",
     .help =
         "With --realm, at one end: begin re-authentication by ERP; a peer with an EAP-Initiate "
         "as its trigger, an authenticator by asking for one"},

    {.name = "peers_max",
     .kind = SETTINGS_INTEGER,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(peers_max),
     RANGE(1, 1000000),
     .default_text = "1000",
     .metavar = "N",
     .help = "Hold at most N authentications and associations"},
    {.name = "half_open_max",
     .kind = SETTINGS_INTEGER,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(half_open_max),
     RANGE(1, 1000000),
     .default_text = "100",
     .metavar = "N",
     .help =
         "While more than N peers have not yet answered for the first time, answer each trigger "
         "once, with at most three times its octets (lower layer edhoc: whoever has waited longest "
         "gives way, and message_2 is as long as it is); N have places beside --peers-max"},
    {.name = "address_max",
     .kind = SETTINGS_INTEGER,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(address_max),
     RANGE(0, 1000000),
     .default_text = "0",
     .metavar = "N",
     .help = "Hold at most N authentications and associations of one IP address; 0: as many as "
             "there is room for"},
    {.name = "lifetime_s",
     .kind = SETTINGS_INTEGER,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(lifetime_s),
     RANGE(1, UINT32_MAX),
     .default_text = "28800",
     .metavar = "S",
     .help = "End an association after this long, unless the RADIUS server says how long"},
    {.name = "trigger_interval_ms",
     .kind = SETTINGS_INTEGER,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(trigger_interval_ms),
     RANGE(0, 86400000),
     .default_text = "10000",
     .metavar = "MS",
     .help = "Let triggers begin no more than one authentication in this time with a peer that has "
             "an association: they may be forged; 0: as many as come"},
    {.name = "begin",
     .kind = SETTINGS_ADDRESS,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(begin),
     .lower_port = true,
     .metavar = "ADDRESS",
     .help = "Begin with the peer at this address, without waiting for its trigger"},
    {.name = "radius_server",
     .kind = SETTINGS_ADDRESS,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(radius_server),
     PORT(RADIUS_PORT),
     .metavar = "ADDRESS",
     .help = "Pass EAP through to this RADIUS server; else the EAP server is inside, with the "
             "users given here"},
    {.name = "radius_bind",
     .kind = SETTINGS_ADDRESS,
     .roles = AUTHENTICATOR | PROXY | APS | AS,
     SETTINGS_FIELD(radius_bind),
     PORT(0),
     .default_text = "[::]:0",
     .metavar = "ADDRESS",
     .help = "Talk to RADIUS servers from this address and port on; port 0: any free ones"},
    {.name = "radius_ports",
     .kind = SETTINGS_INTEGER,
     .roles = AUTHENTICATOR | PROXY | APS,
     SETTINGS_FIELD(radius_ports),
     RANGE(1, RADIUS_PORTS_MAX),
     .default_text = "4",
     .metavar = "N",
     .help =
         "Use N consecutive ports for a RADIUS server: 256 requests can be outstanding on each"},
    {.name = "radius_require_message_authenticator",
     .kind = SETTINGS_SWITCH,
     .roles = AUTHENTICATOR | APS,
     SETTINGS_FIELD(radius_require_message_authenticator),
     .default_text = "on",
     .help = "Discard every answer of the RADIUS server without Message-Authenticator; off, for an "
             "old server: take an Access-Reject without it that has no EAP-Message"},
    {.name = "nas_identifier",
     .kind = SETTINGS_TEXT,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(nas_identifier),
     .default_text = "coap-eap-node",
     .metavar = "NAME",
     .help = "NAS-Identifier to the RADIUS server"},
    {.name = "filter_id",
     .kind = SETTINGS_TEXT,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(filter_id),
     .metavar = "NAME",
     .help =
         "The one filter that the RADIUS server may name (Filter-Id): its rules are filter_rules"},
    {.name = "filter_rules",
     .kind = SETTINGS_TEXT,
     .roles = AUTHENTICATOR,
     SETTINGS_FIELD(filter_rules),
     .metavar = "RULES",
     .help = "Rules of that filter, with semicolons between them (RFC 6733 section 4.3.1); without "
             "them all is permitted"},
    {.name = "secret",
     .kind = SETTINGS_SECRET,
     .roles = AUTHENTICATOR | APS,
     SETTINGS_FIELD(secret),
     .metavar = "TEXT",
     .help = "The secret that is shared with the RADIUS server"},
    {.name = "secret",
     .kind = SETTINGS_SECRET,
     .roles = AAA | PROXY,
     SETTINGS_FIELD(secret),
     .metavar = "TEXT",
     .help = "The secret that is shared with --client"},
    {.name = "client",
     .kind = SETTINGS_ADDRESS,
     .roles = AAA | PROXY,
     SETTINGS_FIELD(client),
     PORT(0),
     .metavar = "ADDRESS",
     .help = "Accept this RADIUS client, beside those of the file"},
    {.name = "radius_server",
     .kind = SETTINGS_ADDRESS,
     .roles = PROXY,
     SETTINGS_FIELD(radius_server),
     PORT(RADIUS_PORT),
     .metavar = "ADDRESS",
     .help = "Send what is of --realm to this RADIUS server, beside the realms of the file"},
    {.name = "realm",
     .kind = SETTINGS_TEXT,
     .roles = PROXY,
     SETTINGS_FIELD(realm),
     .metavar = "NAME",
     .help = "The realm of --radius-server; *: any that has no other; -: names without a realm"},
    {.name = "server_secret",
     .kind = SETTINGS_SECRET,
     .roles = PROXY,
     SETTINGS_FIELD(server_secret),
     .metavar = "TEXT",
     .help = "The secret that is shared with --radius-server"},
    {.name = "requests_max",
     .kind = SETTINGS_INTEGER,
     .roles = PROXY,
     SETTINGS_FIELD(requests_max),
     RANGE(1, 256 * RADIUS_PORTS_MAX),
     .default_text = "1000",
     .metavar = "N",
     .help = "Hold at most N requests, under way or just answered; 256 for each port of a server "
             "at most"},
    {.name = "sessions_max",
     .kind = SETTINGS_INTEGER,
     .roles = AAA,
     SETTINGS_FIELD(sessions_max),
     RANGE(1, 1000000),
     .default_text = "1000",
     .metavar = "N",
     .help = "Hold at most N authentications"},
    {.name = "session_timeout_s",
     .kind = SETTINGS_INTEGER,
     .roles = AAA,
     SETTINGS_FIELD(session_timeout_s),
     RANGE(0, UINT32_MAX),
     .default_text = "0",
     .metavar = "S",
     .help = "Session-Timeout in each Access-Accept; 0: none"},
    {.name = "realm",
     .kind = SETTINGS_TEXT,
     .roles = SETTINGS_ROLE(AAA) | AUTHENTICATOR_BUT_AA | PEER_BUT_UE,
     SETTINGS_FIELD(realm),
     .metavar = "REALM",
     .help = "Keep a key of each full authentication, and re-authenticate by it (RFC 6696) in this "
             "realm; an AAA server, or an authenticator without one, of the last users that it has "
             "places for"},
    {.name = "session_renewed",
     .kind = SETTINGS_SWITCH,
     .roles = AAA,
     SETTINGS_FIELD(session_renewed),
     .default_text = "off",
     .help = "With a Session-Timeout: Termination-Action RADIUS-Request, to authenticate anew when "
             "it ends"},
};

enum { ROLE_ROW_COUNT = sizeof ROWS / sizeof ROWS[0], DEFAULT_MAX = 32 };

const char *settings_default(const struct setting *setting, enum settings_role role) {
  const bool draft = role == SETTINGS_UE || role == SETTINGS_AA;
  if (setting->option == &LOWER_OPTION && draft)
    return "pana"; /* section 4.3 */
  return setting->default_text;
}

/* Options of lower layers and associations */

static const char *option_metavar(const struct option_row *option) {
  switch (option->kind) {
  case OPTION_INTEGER:
    return strcmp(option->unit, "ms") == 0 ? "MS" : "N";
  case OPTION_NUMBER:
    return "X";
  default:
    return "WHICH";
  }
}

static void write_default(const struct option_row *option, char text[DEFAULT_MAX]) {
  if (option->kind == OPTION_INTEGER || option->kind == OPTION_NUMBER)
    snprintf(text, DEFAULT_MAX, "%.10g", option->fallback);
  else
    snprintf(text, DEFAULT_MAX, "%s", option_texts(option)[(size_t)option->fallback]);
}

/* A relay knows the lower layer, and nothing that its ends agree on; an application server, what
 * its channel has. */
static unsigned roles_of(const struct option_row *option) {
  const unsigned aps = channel_has_option(option) ? APS : 0;
  if (option->peer_only)
    return PEER | aps;
  return PEER | AUTHENTICATOR | (option == &LOWER_OPTION ? PRE : 0) | aps;
}

static struct setting setting_of(const struct option_row *option, const char *default_text) {
  return (struct setting){.name = option->name,
                          .kind = SETTINGS_OPTION,
                          .roles = roles_of(option),
                          .option = option,
                          .default_text = default_text,
                          .metavar = option_metavar(option),
                          .help = option->help};
}

const struct setting *settings_table(size_t *count) {
  static const struct setting *(*const others[])(size_t *) = {settings_bootstrap_rows,
                                                              settings_ike_rows, settings_ace_rows};
  static struct setting table[ROLE_ROW_COUNT + SETTINGS_BOOTSTRAP_MAX + SETTINGS_IKE_MAX +
                              SETTINGS_ACE_MAX + OPTION_VALUES_MAX];
  static char defaults[OPTION_VALUES_MAX][DEFAULT_MAX];
  static size_t filled;
  if (filled == 0) {
    size_t option_count, more;
    const struct option_row *const *options = lower_options(&option_count);
    memcpy(table, ROWS, sizeof ROWS);
    filled = ROLE_ROW_COUNT;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
      const struct setting *rows = others[i](&more);
      memcpy(table + filled, rows, more * sizeof *rows);
      filled += more;
    }
    for (size_t i = 0; i < option_count; i++) {
      write_default(options[i], defaults[i]);
      table[filled++] = setting_of(options[i], defaults[i]);
    }
  }
  *count = filled;
  return table;
}
