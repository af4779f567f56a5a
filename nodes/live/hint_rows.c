/* What differences look like. */
#include "hint_rows.h"

#define PEERS SETTINGS_PEERS
#define AUTHENTICATORS SETTINGS_AUTHENTICATORS
#define BOTH (PEERS | AUTHENTICATORS)

#define NO_TRIGGER "not a trigger, from an unknown peer"

/* Sets of options that go together. */
#define ORDER "ordering seqnum_number"
#define LAYER "lower_layer coap_roles"
#define KEYS "association oscore_suite oscore_id_context"
#define KEYS_RFC9820 "association rfc9820_kdf"
#define SUITES "cipher_suites_offered cipher_suites_supported"

static const struct hint_row ROWS[] = {
    /* SeqNum, and what names the next resource */
    {.roles = PEERS,
     .sign = HINT_REFUSED,
     .label = "4.02 Bad Option",
     .look = HINT_LOOK_CRITICAL,
     .words = "a request of the authenticator's has the critical option #, which is not known "
              "here: it may have another --seqnum-number or --ordering",
     .options = ORDER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "error without protection",
     .look = HINT_LOOK_4_02,
     .stage = HINT_IN_CLEAR,
     .words = "4.02 Bad Option: the peer does not know an option of this request: it may have "
              "another --seqnum-number or --ordering",
     .options = ORDER},
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .label = "step 1 without its number",
     .words = "step 1 has no SeqNum: the authenticator may have another --ordering",
     .options = ORDER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "critical option not understood",
     .stage = HINT_AT_FIRST,
     .words = "the peer's response has a critical option that is not known here: it may have "
              "another --seqnum-number or --ordering",
     .options = ORDER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "old or unexpected response",
     .stage = HINT_AT_FIRST,
     .words = "the peer's response has no number that this request waits for: it may have another "
              "--ordering or --seqnum-number",
     .options = ORDER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "step 2 without a resource",
     .words = "the peer's response does not name its next resource: it may have another "
              "--location-option",
     .options = "location_option"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "step 2 without RID-I",
     .words = "the peer's response has no Recipient ID: it may have another --association",
     .options = "association"},
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .label = "step 1 without RID-C",
     .words = "step 1 has no Recipient ID: the authenticator may have another --association",
     .options = "association"},
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .label = "old or unexpected request",
     .where = "ordering=mid-monotonic",
     .words = "a request has a Message ID that is not above the last: the authenticator may have "
              "another --ordering",
     .options = "ordering"},

    /* The association */
    {.roles = PEERS,
     .sign = HINT_REFUSED,
     .label = "4.01 Unauthorized",
     .look = HINT_LOOK_OSCORE,
     .words = "a request is under OSCORE, for which there is no context here: the authenticator "
              "may have another --association",
     .options = "association"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "error without protection",
     .look = HINT_LOOK_4_01,
     .stage = HINT_UNDER_KEY,
     .words = "4.01 Unauthorized: the peer has no context for OSCORE: it may have another "
              "--association",
     .options = "association"},
    {.roles = PEERS,
     .sign = HINT_REFUSED,
     .label = "4.00 Bad Request",
     .look = HINT_LOOK_OSCORE,
     .where = "lower_layer=coap-eap-rfc9820",
     .words = "a request under OSCORE does not verify, though EAP has given a key: the "
              "authenticator may have another --rfc9820-kdf",
     .options = KEYS_RFC9820},
    {.roles = PEERS,
     .sign = HINT_REFUSED,
     .label = "4.00 Bad Request",
     .look = HINT_LOOK_OSCORE,
     .words = "a request under OSCORE does not verify, though EAP has given a key: the "
              "authenticator may have another --oscore-suite or --oscore-id-context",
     .options = KEYS},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "error without protection",
     .look = HINT_LOOK_4_00,
     .stage = HINT_UNDER_KEY,
     .where = "lower_layer=coap-eap-rfc9820",
     .words = "4.00 Bad Request to what is under OSCORE: the peer's keys are others, though EAP "
              "gave one: it may have another --rfc9820-kdf",
     .options = KEYS_RFC9820},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "error without protection",
     .look = HINT_LOOK_4_00,
     .stage = HINT_UNDER_KEY,
     .words = "4.00 Bad Request to what is under OSCORE: the peer's keys are others, though EAP "
              "gave one: it may have another --oscore-suite or --oscore-id-context",
     .options = KEYS},
    {.roles = PEERS,
     .sign = HINT_REFUSED,
     .label = "4.00 Bad Request",
     .where = "lower_layer=coap-eap-rfc9820",
     .words = "none of the cipher suites that the authenticator offers may be used here: see its "
              "--cipher-suites-offered",
     .options = "cipher_suites_supported"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "error without protection",
     .look = HINT_LOOK_4_00,
     .stage = HINT_IN_CLEAR,
     .where = "lower_layer=coap-eap-rfc9820",
     .words = "4.00 Bad Request to step 1: the peer may have none of the cipher suites that are "
              "offered: see its --cipher-suites-supported",
     .options = "cipher_suites_offered"},
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .look = HINT_LOOK_DTLS,
     .where = "association=ikev2",
     .words = "DTLS came where IKEv2 is expected: the authenticator has another --association",
     .options = "association"},
    {.roles = BOTH,
     .sign = HINT_FAILED,
     .label = "dtls-no-common-suite",
     .words = "no cipher suite of DTLS is offered by the one end and taken by the other: see "
              "--dtls-suite of the authenticator and --dtls-suites-taken of the peer",
     .options = "dtls_suite dtls_suites_taken"},

    /* Another lower layer, or CoAP the other way round */
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = NO_TRIGGER,
     .look = HINT_LOOK_PANA,
     .words = "what came is PANA: the peer has another --lower-layer",
     .options = "lower_layer"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = NO_TRIGGER,
     .look = HINT_LOOK_DRAFT,
     .where = "lower_layer=coap-eap-rfc9820",
     .words = "what came is for CoAP-EAP of the draft (/b): the peer has another --lower-layer",
     .options = LAYER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = NO_TRIGGER,
     .look = HINT_LOOK_DRAFT,
     .words = "what came is for CoAP-EAP of the draft (/b), and does not begin it as is expected "
              "here: the peer may have another --coap-roles",
     .options = LAYER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = NO_TRIGGER,
     .look = HINT_LOOK_RFC9820,
     .where = "lower_layer=coap-eap-rfc9820",
     .words = "what came is for CoAP-EAP of RFC 9820, and does not begin it as is expected here: "
              "the peer may have another --coap-roles",
     .options = LAYER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = NO_TRIGGER,
     .look = HINT_LOOK_RFC9820,
     .words = "what came is for CoAP-EAP of RFC 9820 (/.well-known/coap-eap): the peer has another "
              "--lower-layer",
     .options = LAYER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = NO_TRIGGER,
     .look = HINT_LOOK_EDHOC,
     .words = "what came is EDHOC without EAP (/.well-known/edhoc): the peer has another "
              "--lower-layer",
     .options = LAYER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = NO_TRIGGER,
     .look = HINT_LOOK_CRITICAL,
     .words = "what came does not begin an authentication here, and has the critical option #, "
              "which is not known: the peer may have another --coap-roles and --seqnum-number",
     .options = "coap_roles seqnum_number"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "not message_1, from an unknown peer",
     .words = "what came does not begin EDHOC without EAP: the peer may have another --lower-layer",
     .options = "lower_layer"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .look = HINT_LOOK_DRAFT,
     .where = "lower_layer=pana",
     .words = "CoAP-EAP of the draft came where PANA is expected: the peer has another "
              "--lower-layer",
     .options = "lower_layer"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .look = HINT_LOOK_RFC9820,
     .where = "lower_layer=pana",
     .words = "CoAP-EAP of RFC 9820 came where PANA is expected: the peer has another "
              "--lower-layer",
     .options = "lower_layer"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .look = HINT_LOOK_EDHOC,
     .where = "lower_layer=pana",
     .words = "EDHOC without EAP came where PANA is expected: the peer has another --lower-layer",
     .options = "lower_layer"},
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .label = "error without protection",
     .look = HINT_LOOK_4_02,
     .stage = HINT_IN_CLEAR,
     .where = "coap_roles=peer-client",
     .words = "4.02 Bad Option to the first request: the authenticator may have another "
              "--coap-roles, --ordering or --seqnum-number",
     .options = "coap_roles ordering seqnum_number"},
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .label = "error without protection",
     .look = HINT_LOOK_4_04,
     .stage = HINT_IN_CLEAR,
     .words = "4.04 Not Found: the authenticator has no such service: it may have another "
              "--lower-layer",
     .options = "lower_layer"},
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .label = "error without protection",
     .stage = HINT_IN_CLEAR,
     .words = "the authenticator refuses the first request: it may have another --coap-roles or "
              "--lower-layer",
     .options = LAYER},

    /* PANA */
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .label = "PANA algorithms that are not ours",
     .words = "the authenticator offers no algorithm that is taken here: it has another --pana-prf "
              "or --pana-integrity",
     .options = "pana_prf pana_integrity"},

    /* Who proves what */
    {.roles = AUTHENTICATORS | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "wrong MAC_P",
     .words = "EAP-PSK: what the peer proves does not verify: it has another --psk"},
    {.roles = AUTHENTICATORS | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "unexpected ID_P",
     .words =
         "EAP-PSK: the peer claims another ID_P than this user's --peer-id: see its --peer-id, "
         "or its --identity if it has none"},
    {.roles = AUTHENTICATORS | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "unknown identity",
     .words = "the peer's --identity is that of none of the users here"},
    {.roles = PEERS,
     .sign = HINT_FAILED,
     .label = "EAP-Failure before a method began",
     .words = "the EAP server does not know this --identity, or has none of its --methods"},
    {.roles = PEERS,
     .sign = HINT_FAILED,
     .label = "EAP-Failure while the method ran",
     .words = "the EAP server has refused what this end proves: it may have another --psk or "
              "--peer-id for this identity, or other credentials of EDHOC"},
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .label = "wrong MAC_S",
     .words = "EAP-PSK: what the server proves does not verify: it has another --psk"},
    {.roles = PEERS,
     .sign = HINT_DISCARDED,
     .label = "unexpected ID_S",
     .words = "EAP-PSK: the server claims another ID_S than --server-id here"},
    {.roles = BOTH | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "method not supported",
     .words = "the other end wants another method of EDHOC: see its --edhoc-method"},
    {.roles = BOTH | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "cipher suite not supported",
     .words = "the other end has no cipher suite of EDHOC that is known here: see its "
              "--edhoc-suite"},
    {.roles = BOTH | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "peer does not support the selected cipher suite",
     .words = "the other end knows none of these cipher suites of EDHOC: see its --edhoc-suite"},
    {.roles = BOTH | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "unknown credential",
     .words = "the other end names a credential that is not known here: its --edhoc-id-cred is "
              "not --edhoc-peer-id-cred here"},
    {.roles = BOTH | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "peer does not know our credential",
     .words = "the other end does not know our credential: its --edhoc-peer-id-cred is not "
              "--edhoc-id-cred here"},
    {.roles = BOTH | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "peer sent an error message",
     .words = "the other end has refused EDHOC: it may have another --edhoc-method, or other "
              "credentials; its log says more"},
    {.roles = PEERS,
     .sign = HINT_FAILED,
     .label = "Signature_or_MAC_2 is wrong",
     .words = "the server proves another key or credential than --edhoc-peer-cred here, or means "
              "another credential of ours than --edhoc-cred"},
    {.roles = AUTHENTICATORS | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "Signature_or_MAC_3 is wrong",
     .words = "the peer proves another key or credential than --edhoc-peer-cred here"},
    {.roles = AUTHENTICATORS | SETTINGS_AAA_SERVERS,
     .sign = HINT_FAILED,
     .label = "CIPHERTEXT_3 does not decrypt",
     .words = "the peer has derived other keys: it has another credential of this end than "
              "--edhoc-cred here"},
    {.roles = SETTINGS_AAA_SERVERS,
     .sign = HINT_DISCARDED,
     .label = "wrong Message-Authenticator",
     .words = "a RADIUS client has another --secret"},
    {.roles = SETTINGS_AAA_SERVERS,
     .sign = HINT_DISCARDED,
     .label = "unknown RADIUS client",
     .words = "a RADIUS client is none of those that are known here: see --client"},

    {.roles = AUTHENTICATORS,
     .sign = HINT_DISCARDED,
     .label = "wrong Message-Authenticator",
     .words = "an answer of the AAA server's does not verify: it has another secret than --secret "
              "here"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_ASKED_AGAIN,
     .words = "the AAA server at --radius-server does not answer: it may not run, not know this "
              "client, or have another secret than --secret here"},

    /* Nothing that could be used, for some time */
    {.roles = PEERS,
     .sign = HINT_REPEATED,
     .words = "the authenticator repeats a request that was answered: answers are lost, or it "
              "takes none of them: it may have another --ordering, --seqnum-number, "
              "--location-option or --association",
     .options = "ordering seqnum_number location_option association"},
    {.roles = PEERS,
     .sign = HINT_UNANSWERED,
     .words = "nothing comes back: there may be no authenticator, or one with another "
              "--lower-layer or --coap-roles",
     .options = LAYER},
    {.roles = AUTHENTICATORS,
     .sign = HINT_UNANSWERED,
     .where = "lower_layer=pana",
     .words = "the peer has begun, and does not answer as is expected here: it may be gone, or "
              "have another --pana-prf, --pana-integrity or --server-id",
     .options = "pana_prf pana_integrity"},
    {.roles = AUTHENTICATORS,
     .sign = HINT_UNANSWERED,
     .words = "the peer has begun, and does not answer as is expected here: it may be gone, or "
              "have another --ordering, --association or --server-id",
     .options = "ordering association"},
    {.roles = BOTH,
     .sign = HINT_UNCONFIRMED,
     .words = "EAP has given a key, and nothing comes under it: the other end may have another "
              "--association",
     .options = "association"},
};

const struct hint_row *hint_rows(size_t *count) {
  *count = sizeof ROWS / sizeof ROWS[0];
  return ROWS;
}
