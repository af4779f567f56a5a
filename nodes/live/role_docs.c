/* What --help says of each role, before and after its options. */
#include "role_docs.h"

static const char peer_doc[] =
    "Authenticates to a CoAP-EAP authenticator, as an EAP peer on a real UDP socket."
    "\vOne peer:\n\n"
    "  coap-eap-node peer --authenticator ::1 \\\n"
    "      --identity tfg-user-test --psk tfg-passwordtest\n\n"
    "With EAP-EDHOC (files as in `coap-eap-node edhoc --help'; the authenticator is given r.key, "
    "and so on):\n\n"
    "  coap-eap-node peer --authenticator ::1 \\\n"
    "      --identity anonymous@example.org --methods edhoc \\\n"
    "      --edhoc-key i.key --edhoc-cred i.cred --edhoc-id-cred i.id \\\n"
    "      --edhoc-peer-cred r.cred --edhoc-peer-id-cred r.id\n\n"
    "Load: 10000 peers, 100 at a time, with identities load-1 to load-10000:\n\n"
    "  coap-eap-node peer --authenticator ::1 --count 10000 --parallel 100 \\\n"
    "      --identity 'load-{n}' --psk tfg-passwordtest\n\n"
    "All of it from a file:\n\n"
    "  peer:\n"
    "    authenticator: \"[2001:db8::1]:5683\"\n"
    "    identity: tfg-user-test\n"
    "    psk: 7466672d70617373776f726474657374\n"
    "  lower_layer: {seqnum_bytes: 1, token_bytes: 0}\n\n"
    "Under DTLS the peer is the server: it takes a ClientHello in one piece, and none in fragments "
    "(the log says so).\n\n"
    "Keys on a command line can be seen by all users of the host until the program has read them; "
    "in a file they need not be. An option may not be given twice with different values.\n\n"
    "The log never waits for its readers: lines that they do not take are dropped, and counted in "
    "a "
    "line \"lost\". Exit status: 0 if every authentication was established, 1 if some was not, or "
    "if "
    "what --json prints (or the log, by a full disk) could not be written, 2 if the usage was "
    "wrong.";

static const char authenticator_doc[] =
    "Authenticates CoAP-EAP peers, as an EAP authenticator on real UDP sockets."
    "\vWith an EAP server of its own and one user:\n\n"
    "  coap-eap-node authenticator \\\n"
    "      --identity tfg-user-test --psk tfg-passwordtest\n\n"
    "Passing EAP through to a RADIUS server:\n\n"
    "  coap-eap-node authenticator --radius-server 127.0.0.1 --secret radius\n\n"
    "Beginning by itself with a peer (peer --trigger=off --bind '[::]:5683'):\n\n"
    "  coap-eap-node authenticator --config node.yaml \\\n"
    "      --begin '[2001:db8::2]:5683'\n\n"
    "On any address, it answers from the one where it was asked. A link-local address is followed "
    "by "
    "its interface: fe80::1%eth0.\n\n"
    "What strangers cause is logged once a second, in a line \"more\" with its counts. It runs "
    "until "
    "SIGINT or SIGTERM. Exit status: 0, 1 if it could not go on or what --json prints was lost, 2 "
    "if "
    "the usage was wrong.";

static const char aaa_doc[] =
    "Answers RADIUS clients that carry EAP, as an AAA server with an EAP server inside."
    "\vOne user, one client:\n\n"
    "  coap-eap-node aaa --client 127.0.0.1 --secret radius \\\n"
    "      --identity tfg-user-test --psk tfg-passwordtest\n\n"
    "Many, from a file:\n\n"
    "  users:\n"
    "    - {identity: tfg-user-test, psk: 7466672d70617373776f726474657374}\n"
    "    - {identity: \"load-*\", psk: tfg-passwordtest}\n"
    "    - identity: \"*\"\n"
    "      methods: [edhoc, psk]\n"
    "      psk: tfg-passwordtest\n"
    "      edhoc_key: r.key\n"
    "      edhoc_cred: r.cred\n"
    "      edhoc_id_cred: r.id\n"
    "      edhoc_peer_cred: i.cred\n"
    "      edhoc_peer_id_cred: i.id\n"
    "  radius_clients:\n"
    "    - {address: 127.0.0.1, secret: radius}\n\n"
    "What strangers cause is logged once a second, in a line \"more\" with its counts. It runs "
    "until "
    "SIGINT or SIGTERM. Exit status: 0, 1 if it could not go on or what --json prints was lost, 2 "
    "if "
    "the usage was wrong.";

static const char pre_doc[] =
    "Relays PANA (RFC 6345) between peers and an authenticator that they cannot reach."
    "\vOn a host that both can reach:\n\n"
    "  coap-eap-node pre --lower-layer pana --authenticator 2001:db8::1 \\\n"
    "      --bind 'fe80::1%eth0'\n"
    "  coap-eap-node peer --lower-layer pana --association none \\\n"
    "      --authenticator 'fe80::1%eth0' \\\n"
    "      --identity tfg-user-test --psk tfg-passwordtest\n\n"
    "It keeps nothing, and needs no key. It runs until SIGINT or SIGTERM. Exit status: 0, 1 if it "
    "could not go on or what --json prints was lost, 2 if the usage was wrong.";

static const char proxy_doc[] =
    "Passes RADIUS requests that carry EAP on to the AAA server of the realm in their User-Name."
    "\vOne realm, one client:\n\n"
    "  coap-eap-node proxy --client 127.0.0.1 --secret radius \\\n"
    "      --realm example.test --radius-server 192.0.2.1 --server-secret home\n\n"
    "Many, from a file:\n\n"
    "  radius_clients:\n"
    "    - {address: 127.0.0.1, secret: radius}\n"
    "  realms:\n"
    "    - {realm: example.test, server: 192.0.2.1, secret: home}\n"
    "    - {realm: \"*\", server: \"192.0.2.9:1645\", secret: broker}\n\n"
    "What goes nowhere is rejected. It runs until SIGINT or SIGTERM. Exit status: 0, 1 if it could "
    "not go on or what --json prints was lost, 2 if the usage was wrong.";

static const char ue_doc[] =
    "Authenticates by EAP, and sends requests to application servers under keys that come of that."
    "\vThe UE of draft-ohba-core-eap-based-bootstrapping, with two application servers:\n\n"
    "  coap-eap-node ue --authenticator ::1 --realm example.test \\\n"
    "      --identity dev@example.test --psk tfg-passwordtest \\\n"
    "      --application-server aps1=[2001:db8::1] \\\n"
    "      --application-server aps2=[2001:db8::2]:5783 --requests 2\n\n"
    "It authenticates over PANA (use case 1); with --lower-layer coap-eap as the authenticator has "
    "it. The first request to an application server pulls a key, and opens the channel.\n\n"
    "Exit status: 0 if all requests were answered, 1 if one was not, or there was no "
    "authentication, "
    "or if what --json prints was lost, 2 if the usage was wrong.";

static const char aa_doc[] =
    "Authenticates UEs, as an authenticator that passes EAP through to the AS, or is the AS."
    "\vThe AA of draft-ohba-core-eap-based-bootstrapping, over PANA; --lower-layer coap-eap is use "
    "case 2:\n\n"
    "  coap-eap-node aa --radius-server 192.0.2.1 --secret radius\n\n"
    "Infrastructure-less, as its own AS, which application servers pull keys from:\n\n"
    "  coap-eap-node aa --identity dev@example.test --psk tfg-passwordtest \\\n"
    "      --realm example.test --application-server 192.0.2.2,radius,aps1\n\n"
    "It runs until SIGINT or SIGTERM. Exit status: 0, 1 if it could not go on or what --json "
    "prints "
    "was lost, 2 if the usage was wrong.";

static const char as_doc[] =
    "Authenticates UEs for RADIUS clients, and has keys for application servers."
    "\vThe AS of draft-ohba-core-eap-based-bootstrapping: an AAA server that keeps a key of each "
    "full authentication, of which application servers have theirs, each under its own name:\n\n"
    "  coap-eap-node as --client 127.0.0.1 --secret radius --realm example.test \\\n"
    "      --identity dev@example.test --psk tfg-passwordtest \\\n"
    "      --application-server 192.0.2.2,secret,aps1\n\n"
    "From a file, which a UE may share for where they are:\n\n"
    "  application_servers:\n"
    "    - {name: aps1, address: \"192.0.2.2:5683\", secret: secret}\n"
    "  providers:\n"
    "    - {name: other, address: 192.0.2.9, secret: broker}\n\n"
    "It runs until SIGINT or SIGTERM. Exit status: 0, 1 if it could not go on or what --json "
    "prints "
    "was lost, 2 if the usage was wrong.";

static const char aps_doc[] =
    "Serves UEs through DTLS channels, under keys that it pulls from the AS."
    "\vThe ApS of draft-ohba-core-eap-based-bootstrapping:\n\n"
    "  coap-eap-node aps --name aps1 --realm example.test \\\n"
    "      --radius-server 192.0.2.1 --secret secret\n\n"
    "With a key that is configured by hand, and no AS:\n\n"
    "  coap-eap-node aps --name aps1 --pull configured \\\n"
    "      --key 7c2cda67750fe534,000102030405060708090a0b0c0d0e0f\n\n"
    "It runs until SIGINT or SIGTERM. Exit status: 0, 1 if it could not go on or what --json "
    "prints "
    "was lost, 2 if the usage was wrong.";

static const char ike_doc[] =
    "Is an end of an IKE SA (RFC 7296) with a pre-shared key, and of ESP (RFC 4303) inside it."
    "\vA responder and an initiator on one machine, without any rights (on ports other than 500 "
    "IKE has the marker in front; with --nat force ESP is in UDP on the same ports):\n\n"
    "  coap-eap-node ike --bind '[::1]:5500' --identity gw.example \\\n"
    "      --psk 0x000102030405060708090a0b0c0d0e0f --child transport --nat force\n"
    "  coap-eap-node ike --bind '[::1]:0' --remote '[::1]:5500' \\\n"
    "      --identity key_id:00112233 --psk 0x000102030405060708090a0b0c0d0e0f \\\n"
    "      --child transport --nat force --echo-count 3\n\n"
    "With strongSwan's charon (swanctl.conf: version = 2, proposals = aes128ccm8-prfsha256-x25519, "
    "childless = allow, remote.id = \"@#00112233\", secrets.ike-1.secret = 0x..), as root, on port "
    "500:\n\n"
    "  coap-eap-node ike --remote 192.0.2.2 --identity key_id:00112233 \\\n"
    "      --remote-identity gw.example --psk 0x000102030405060708090a0b0c0d0e0f\n\n"
    "The same from a file, where the key is in nobody's list of processes:\n\n"
    "  ike:\n"
    "    remote: 192.0.2.2\n"
    "    identity: key_id:00112233\n"
    "    remote_identity: gw.example\n"
    "    psk: 0x000102030405060708090a0b0c0d0e0f\n"
    "    proposal: aes128ccm8-prfaescmac-x25519\n"
    "    child: tunnel\n"
    "    nat: detect\n\n"
    "Through the child go UDP segments: port 7 is answered with the same octets (RFC 862). With "
    "--show-keys the log has a line for tshark's ikev2_decryption_table.\n\n"
    "Reasons of a failure: ikev2-timeout (nobody answers, or half open for 30 s), "
    "ikev2-no-proposal, ikev2-authentication (another key, or another identity), ikev2-no-child, "
    "ikev2-rejected, ikev2-deleted, forgotten (a signal came, or its place was taken). Exit "
    "status: 0, 1 if an initiator's SA was not confirmed, or "
    "ended by itself, or a probe was not answered, or a responder could not go on, or what --json "
    "prints was lost, 2 if the usage was wrong.";

const char *role_doc(enum settings_role role) {
  static const char *const docs[SETTINGS_ROLES] = {
      peer_doc, authenticator_doc, aaa_doc, pre_doc, proxy_doc, ue_doc, aa_doc,
      as_doc,   aps_doc,           ike_doc};
  return docs[role];
}
