/* The rows of authorization by ACE (RFC 9200; section 5 of the draft). */
#include "../coap/message.h"
#include "settings_rows.h"

#define CONTROLLER SETTINGS_ROLE(CONTROLLER)
#define SERVER SETTINGS_ROLE(RESOURCE_SERVER)
#define CLIENT SETTINGS_ROLE(CLIENT)

static const char *const PROFILES[] = {
#define PROFILE(id, name, number, kind, help) [ACE_PROFILE_##id] = name,
#include "../ace/profiles.def"
#undef PROFILE
    NULL};
static const char *const FORMS[] = {[ACE_SCOPE_SHORT] = "short", [ACE_SCOPE_AIF] = "aif", NULL};

#define ADDED(add_, accepted_) .kind = SETTINGS_ADDED, .add = (add_), .accepted = (accepted_)
#define METHOD(code) .minimum = (code)

static const struct setting ROWS[] = {
    {.name = "ace_profile",
     .kind = SETTINGS_CHOICE,
     .roles = CONTROLLER | SERVER | CLIENT,
     SETTINGS_FIELD(ace.profile),
     .choices = PROFILES,
     .default_text = "coap_oscore",
     .metavar = "PROFILE",
     .help = "What protects access to resource servers, at all three the same"
#define PROFILE(id, name, number, kind, help) "; " name ": " help
#include "../ace/profiles.def"
#undef PROFILE
    },
    {.name = "scope",
     .kind = SETTINGS_CHOICE,
     .roles = CONTROLLER | CLIENT,
     SETTINGS_FIELD(ace.scope_form),
     .choices = FORMS,
     .default_text = "short",
     .metavar = "FORM",
     .help = "How scopes are written; short: one octet, of methods on --scope-path, where they are "
             "of nothing else; aif: paths with methods (RFC 9237). Both are read"},
    {.name = "scope_path",
     .kind = SETTINGS_TEXT,
     .roles = CONTROLLER | CLIENT,
     SETTINGS_FIELD(ace.scope_path),
     .default_text = ACE_SCOPE_PATH,
     .metavar = "PATH",
     .help = "The resource that a scope of one octet is of; at a resource server its first "
             "--resource, which must be the same"},

    {.name = "rejoin_s",
     .kind = SETTINGS_INTEGER,
     .roles = SERVER | CLIENT,
     SETTINGS_FIELD(ace.rejoin_s),
     RANGE(0, UINT32_MAX),
     .default_text = "25200",
     .metavar = "S",
     .help = "Join anew after this long, before the controller ends the association (its "
             "--lifetime-s): a peer that is not told when (only coap-eap-rfc9820 tells) would not "
             "know; 0: when it is told"},
    {.name = "audience",
     ADDED(ace_audience_add, ACE_AUDIENCE_ACCEPTED),
     .roles = CONTROLLER,
     SETTINGS_FIELD(ace.audiences),
     PORT(ACE_ACCESS_PORT),
     .metavar = "NAME=IDENTITY[:PORT]",
     .help =
         "A resource server: its name, the identity that it alone joins with, and the port where "
         "it is asked (5685, if not given; rules of the AAA server are held against it); may be "
         "given several times"},
    {.name = "allow",
     ADDED(ace_rule_add, ACE_RULE_ACCEPTED),
     .roles = CONTROLLER,
     SETTINGS_FIELD(ace.rules),
     .metavar = "CLIENT:AUDIENCE:METHODS:/PATH",
     .help =
         "Let the client of this identity use these methods (GET+POST) of a resource; *: every "
         "client without a rule of its own for this audience; may be given several times, up to "
         "4 paths for each client and audience. What is not allowed is denied"},
    {.name = "token_lifetime_s",
     .kind = SETTINGS_INTEGER,
     .roles = CONTROLLER,
     SETTINGS_FIELD(ace.token_lifetime_s),
     RANGE(1, UINT32_MAX),
     .default_text = "3600",
     .metavar = "S",
     .help = "End a token after this long, or when client or resource server have to join anew, if "
             "that is sooner"},
    {.name = "says_lifetime",
     .kind = SETTINGS_SWITCH,
     .roles = CONTROLLER,
     SETTINGS_FIELD(ace.says_lifetime),
     .default_text = "off",
     .help =
         "Tell the client how long its token lasts (expires_in), so that it asks for another in "
         "time; else it finds out by 4.01"},
    {.name = "names_audience",
     .kind = SETTINGS_SWITCH,
     .roles = CONTROLLER,
     SETTINGS_FIELD(ace.names_audience),
     .default_text = "off",
     .help =
         "Let tokens name the resource server that they are for (aud), beside being sealed with "
         "its key"},

    {.name = "audience",
     .kind = SETTINGS_TEXT,
     .roles = SERVER,
     SETTINGS_FIELD(ace.audience),
     .metavar = "NAME",
     .help = "Our name, as the controller and clients have it: a token that names another is "
             "refused"},
    {.name = "resource",
     ADDED(ace_resource_add, ACE_RESOURCE_ACCEPTED),
     .roles = SERVER,
     SETTINGS_FIELD(ace.resources),
     .metavar = "PATH=VALUE",
     .help = "Have this resource, with this value at first; GET reads it, POST and PUT replace it; "
             "may be given up to 4 times, the first for scopes of one octet (" ACE_RESOURCE
             ", if none is given)"},
    {.name = "access_port",
     .kind = SETTINGS_INTEGER,
     .roles = SERVER,
     SETTINGS_FIELD(ace.access_port),
     RANGE(0, UINT16_MAX - 1),
     .default_text = "5685",
     .metavar = "PORT",
     .help =
         "Listen to clients here, at the address of --bind: tokens and OSCORE; coap_dtls on the "
         "port behind; 0: any free ones"},
    {.name = "clients_max",
     .kind = SETTINGS_INTEGER,
     .roles = SERVER,
     SETTINGS_FIELD(ace.clients_max),
     RANGE(1, 1000000),
     .default_text = "100",
     .metavar = "N",
     .help = "Hold tokens and associations of at most N clients"},

    {.name = "server",
     ADDED(ace_server_add, ACE_SERVER_ACCEPTED),
     .roles = CLIENT,
     SETTINGS_FIELD(ace.servers),
     PORT(ACE_ACCESS_PORT),
     .metavar = "AUDIENCE@ADDRESS[:PORT]",
     .help = "Ask this resource server (port 5685, if none is given); may be given several times"},
    {.name = "get",
     ADDED(ace_access_add, ACE_ACCESS_ACCEPTED),
     .roles = CLIENT,
     SETTINGS_FIELD(ace.accesses),
     METHOD(COAP_CODE_GET),
     .metavar = "PATH",
     .help = "Send GET to each server; as --post and --put it may be given several times, and they "
             "go out one after the other, in this order. Payloads of answers go to stdout, one a "
             "line"},
    {.name = "post",
     ADDED(ace_access_add, ACE_ACCESS_ACCEPTED),
     .roles = CLIENT,
     SETTINGS_FIELD(ace.accesses),
     METHOD(COAP_CODE_POST),
     .metavar = "PATH",
     .help = "Send POST, with --payload"},
    {.name = "put",
     ADDED(ace_access_add, ACE_ACCESS_ACCEPTED),
     .roles = CLIENT,
     SETTINGS_FIELD(ace.accesses),
     METHOD(COAP_CODE(0, 3)),
     .metavar = "PATH",
     .help = "Send PUT, with --payload"},
    {.name = "payload",
     .kind = SETTINGS_TEXT,
     .roles = CLIENT,
     SETTINGS_FIELD(ace.payload),
     .metavar = "TEXT",
     .help = "What POST and PUT bring: the resource's new value (nothing, if not given)"},
    {.name = "times",
     .kind = SETTINGS_INTEGER,
     .roles = CLIENT,
     SETTINGS_FIELD(requests),
     RANGE(1, 1000000),
     .default_text = "1",
     .metavar = "N",
     .help = "Do all of it N times"},
    {.name = "interval_ms",
     .kind = SETTINGS_INTEGER,
     .roles = CLIENT,
     SETTINGS_FIELD(interval_ms),
     RANGE(0, 86400000),
     .default_text = "0",
     .metavar = "MS",
     .help = "Wait this long before the next time"},
    {.name = "ask_scope",
     ADDED(ace_scope_add, ACE_SCOPE_ACCEPTED),
     .roles = CLIENT,
     SETTINGS_FIELD(ace.asked),
     .metavar = "METHODS[:/PATH]",
     .help = "Ask for these methods (GET+POST) of --scope-path, or of this path; may be given "
             "several times, with up to 4 paths (what the requests need, if not given)"},
    {.name = "token_in_handshake",
     .kind = SETTINGS_SWITCH,
     .roles = CLIENT,
     SETTINGS_FIELD(ace.token_in_handshake),
     .default_text = "off",
     .help = "With coap_dtls: bring the token as the identity in the handshake, instead of by POST "
             "/authz-info before it"},
};

_Static_assert(sizeof ROWS <= SETTINGS_ACE_MAX * sizeof ROWS[0],
               "more rows than there is room for");

const struct setting *settings_ace_rows(size_t *count) {
  *count = sizeof ROWS / sizeof ROWS[0];
  return ROWS;
}
