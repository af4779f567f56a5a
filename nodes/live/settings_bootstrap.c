/* The rows of application bootstrapping (draft-ohba-core-eap-based-bootstrapping). */
#include "../radius/packet.h"
#include "settings_rows.h"

#define UE SETTINGS_ROLE(UE)
#define AA SETTINGS_ROLE(AA)
#define AS SETTINGS_ROLE(AS)
#define APS SETTINGS_ROLE(APS)

static const struct setting ROWS[] = {
    {.name = "application_server",
     .kind = SETTINGS_PARTY,
     .roles = UE,
     SETTINGS_FIELD(application_servers),
     PORT(PARTIES_COAP_PORT),
     .metavar = "NAME=ADDRESS",
     .help = "Send requests to this application server (ApS); may be given several times"},
    {.name = "application_server",
     .kind = SETTINGS_PARTY_CLIENT,
     .roles = AA | AS,
     SETTINGS_FIELD(application_servers),
     .metavar = "ADDRESS,SECRET,NAME",
     .help = "Accept this application server (ApS) as RADIUS client, which may have keys of UEs "
             "under this name; may be given several times. An AA serves them where it has no "
             "--radius-server, and is the AS itself"},
    {.name = "provider",
     .kind = SETTINGS_PARTY_CLIENT,
     .roles = AS,
     SETTINGS_FIELD(providers),
     .metavar = "ADDRESS,SECRET,NAME",
     .help = "Accept the AS of this service provider as RADIUS client, which may have credentials "
             "of UEs under this name; may be given several times"},
    {.name = "manufacturer",
     .kind = SETTINGS_ADDRESS,
     .roles = AS,
     SETTINGS_FIELD(manufacturer),
     PORT(RADIUS_PORT),
     .metavar = "ADDRESS",
     .help =
         "Ask the AS at this address for the credential of a UE that is no user here, and names "
         "a key of --realm (recommissioning)"},
    {.name = "manufacturer_secret",
     .kind = SETTINGS_SECRET,
     .roles = AS,
     SETTINGS_FIELD(manufacturer_secret),
     .metavar = "TEXT",
     .help = "The secret that is shared with --manufacturer"},
    {.name = "manufacturer_realm",
     .kind = SETTINGS_TEXT,
     .roles = AS,
     SETTINGS_FIELD(manufacturer_realm),
     .metavar = "REALM",
     .help = "The realm of --manufacturer"},
    {.name = "name",
     .kind = SETTINGS_TEXT,
     .roles = APS | AS,
     SETTINGS_FIELD(name),
     .metavar = "NAME",
     .help = "Our name (NAS-Identifier) towards the RADIUS server: of an application server its "
             "ApS-Id, of an AS that of the service provider towards --manufacturer"},
    {.name = "bind",
     .kind = SETTINGS_ADDRESS,
     .roles = APS,
     SETTINGS_FIELD(bind),
     PORT(PARTIES_COAP_PORT),
     .default_text = "[::]:5683",
     .metavar = "ADDRESS",
     .help = "Listen to UEs here: CoAP in clear for pulls, and the secure channel on the port "
             "behind; port 0: any "
             "free ones"},
    {.name = "as_bind",
     .kind = SETTINGS_ADDRESS,
     .roles = AA,
     SETTINGS_FIELD(as_bind),
     PORT(RADIUS_PORT),
     .default_text = "[::]:1812",
     .metavar = "ADDRESS",
     .help = "With --application-server: listen to them here; port 0: any free one"},
    {.name = "radius_server",
     .kind = SETTINGS_ADDRESS,
     .roles = APS,
     SETTINGS_FIELD(radius_server),
     PORT(RADIUS_PORT),
     .metavar = "ADDRESS",
     .help = "Pull keys from this RADIUS server, the AS"},
    {.name = "realm",
     .kind = SETTINGS_TEXT,
     .roles = UE | AA | AS | APS,
     SETTINGS_FIELD(realm),
     .metavar = "REALM",
     .help =
         "The realm of the AS, in names of keys (keyName-NAI, RFC 6696); an AS, or an AA that is "
         "one, keeps a key of each full authentication"},
    {.name = "pull",
     .kind = SETTINGS_PULLS,
     .roles = UE,
     SETTINGS_FIELD(pulls),
     .default_text = "erp",
     .metavar = "WHICH",
     .help = "How application servers come by the key. "
#define PULL(id, name, trigger, uses, help) name ": " help "; "
#include "../bootstrap/pulls.def"
#undef PULL
             "an application server serves what its --pull says"},
    {.name = "pull",
     .kind = SETTINGS_PULLS,
     .roles = APS,
     SETTINGS_FIELD(pulls),
     .metavar = "LIST",
     .help = "Ways to come by keys that are served (erp, and psk-identity or ikev2-idi as goes "
             "with --secure, if not given)"
#define PULL(id, name, trigger, uses, help) "; " name ": " help
#include "../bootstrap/pulls.def"
#undef PULL
    },
    {.name = "secure",
     .kind = SETTINGS_CHANNEL,
     .roles = UE | APS,
     SETTINGS_FIELD(secure),
     .default_text = "dtls",
     .metavar = "CHANNEL",
     .help =
         "The secure channel between a UE and its application servers: dtls; or ikev2-udp, "
         "IKEv2 and ESP in UDP, which --pull psk-identity does not go with, but ikev2-idi does"},
    {.name = "names_server",
     .kind = SETTINGS_SWITCH,
     .roles = UE,
     SETTINGS_FIELD(names_server),
     .default_text = "on",
     .help = "With --pull erp: name the application server in what the AS verifies, so that one "
             "which lies about its name gets no key; off: shorter by that, for an AS that does not "
             "look"},
    {.name = "key",
     .kind = SETTINGS_PARTY_KEY,
     .roles = UE | APS,
     SETTINGS_FIELD(keys),
     .metavar = "IDENTITY,KEY",
     .help =
         "With --pull configured: a UE's identity, 16 hexadecimal digits, and its key, 32, or 64 "
         "with --secure ikev2-udp; may "
         "be given several times, at a UE once for each application server, in their order"},
    {.name = "requests",
     .kind = SETTINGS_INTEGER,
     .roles = UE,
     SETTINGS_FIELD(requests),
     RANGE(1, 1000000),
     .default_text = "1",
     .metavar = "N",
     .help = "Send N requests to each application server, GET and POST by turns"},
    {.name = "interval_ms",
     .kind = SETTINGS_INTEGER,
     .roles = UE,
     SETTINGS_FIELD(interval_ms),
     RANGE(0, 86400000),
     .default_text = "0",
     .metavar = "MS",
     .help = "Wait this long before the next requests, once all application servers have had one"},
    {.name = "commission",
     .kind = SETTINGS_PARTY,
     .roles = UE,
     SETTINGS_FIELD(commission),
     .metavar = "NAME=ADDRESS",
     .help = "The credential is the manufacturer's: make another of it for the service provider of "
             "this name, whose authenticator is at this address, and authenticate there, too "
             "(recommissioning)"},
    {.name = "key_lifetime_s",
     .kind = SETTINGS_INTEGER,
     .roles = UE | APS,
     SETTINGS_FIELD(key_lifetime_s),
     RANGE(0, UINT32_MAX),
     .default_text = "0",
     .metavar = "S",
     .help = "Lifetime of a key that was pulled, where the AS says nothing; 0: a UE's as long as "
             "its authentication, an application server's 8 hours"},
    {.name = "keys_max",
     .kind = SETTINGS_INTEGER,
     .roles = APS,
     SETTINGS_FIELD(keys_max),
     RANGE(1, 1000000),
     .default_text = "1000",
     .metavar = "N",
     .help = "Hold keys of at most N UEs"},
    {.name = "channels_max",
     .kind = SETTINGS_INTEGER,
     .roles = APS,
     SETTINGS_FIELD(channels_max),
     RANGE(1, 1000000),
     .default_text = "1000",
     .metavar = "N",
     .help = "Hold at most N channels, handshakes included"},
};

_Static_assert(sizeof ROWS <= SETTINGS_BOOTSTRAP_MAX * sizeof ROWS[0],
               "more rows than there is room for");

const struct setting *settings_bootstrap_rows(size_t *count) {
  *count = sizeof ROWS / sizeof ROWS[0];
  return ROWS;
}
