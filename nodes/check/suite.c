/* The table of scenes. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

const struct suite_scene SUITE_SCENES[] = {
    {"network", "one authentication; datagrams lost, doubled, delayed, damaged",
     "rubbish=on acts=3", "acts=2", "acts=4"},
    {"no-token", "the same with an empty token", "token_bytes=0 rubbish=on acts=3", "acts=2",
     "acts=4"},
    {"begun", "the authenticator begins, without a trigger", "trigger=off acts=3", "acts=2",
     "acts=4"},
    {"wrapped", "Message IDs pass 65535", "first_message_id=65534 acts=3", "acts=2", "acts=4"},
    {"wrong-key", "the peer is rejected: EAP-Failure", "wrong_key=on rubbish=on acts=3", "acts=2",
     "acts=4"},
    {"slow-peer", "a peer that answers separately", "separate_response=on acts=2", "acts=1",
     "acts=3"},
    {"slow-peer-no-token", "the same with an empty token",
     "separate_response=on token_bytes=0 acts=2", "acts=1", "acts=3"},
    {"slow-peer-damage", "... and damaged copies", "separate_response=on rubbish=on acts=2",
     "acts=1", "acts=3"},
    {"slow-peer-again", "... and a second authentication with token and numbers of the first",
     "separate_response=on token_bytes=0 authentications=2 pause_s=300 inject=on random=repeated "
     "acts=1",
     "acts=1", "acts=2"},
    {"restart", "either end restarts", "restart_peer=on restart_authenticator=on inject=on acts=2",
     "acts=1", "acts=3"},
    {"restart-repeated", "a restarted authenticator repeats its random values",
     "restart_authenticator=on random=repeated inject=on acts=2", "acts=1", "acts=3"},
    {"restart-shifted", "... its Message IDs being two further on",
     "restart_authenticator=on random=repeated shift=2 inject=on acts=2", "acts=1", "acts=3"},
    {"again", "a second authentication; datagrams of the first arrive once more",
     "authentications=2 inject=on acts=2", "acts=1", "acts=3"},
    {"again-late", "... after 300 s, when Message IDs of the first are forgotten",
     "authentications=2 pause_s=300 inject=on acts=2", "acts=1", "acts=3"},
    {"again-repeated", "... with token, SeqNum and Identifier of the first",
     "authentications=2 pause_s=300 inject=on random=repeated token_bytes=0 seqnum_bytes=1 acts=2",
     "acts=1", "acts=3"},
    {"again-renewed", "... and its Message IDs, since the authenticator has restarted",
     "authentications=2 pause_s=300 inject=on random=repeated renew=on acts=2", "acts=1", "acts=3"},
    {"again-both-renewed", "... but not the Identifier; and the peer may restart, too",
     "authentications=2 pause_s=300 inject=on random=numbers renew=on restart_peer=on acts=2",
     "acts=1", "acts=3"},
    {"again-soon", "the same after 1 s", "authentications=2 random=repeated renew=on acts=1",
     "acts=1", "acts=2"},
    {"rfc9820", "CoAP-EAP of RFC 9820; datagrams lost, doubled, delayed, damaged",
     "lower_layer=coap-eap-rfc9820 rubbish=on acts=3", "acts=2", "acts=4"},
    {"rfc9820-no-token", "... with an empty token",
     "lower_layer=coap-eap-rfc9820 token_bytes=0 rubbish=on acts=3", "acts=2", "acts=4"},
    {"rfc9820-wrapped", "... Message IDs pass 65535",
     "lower_layer=coap-eap-rfc9820 first_message_id=65534 acts=3", "acts=2", "acts=4"},
    {"rfc9820-wrong-key", "... the peer is rejected",
     "lower_layer=coap-eap-rfc9820 wrong_key=on rubbish=on acts=3", "acts=2", "acts=4"},
    {"rfc9820-slow-peer", "... a peer that answers separately",
     "lower_layer=coap-eap-rfc9820 separate_response=on acts=2", "acts=1", "acts=3"},
    {"rfc9820-slow-peer-no-token", "... the same with an empty token",
     "lower_layer=coap-eap-rfc9820 separate_response=on token_bytes=0 acts=2", "acts=1", "acts=3"},
    {"rfc9820-slow-peer-damage", "... and damaged copies",
     "lower_layer=coap-eap-rfc9820 separate_response=on rubbish=on acts=2", "acts=1", "acts=3"},
    {"rfc9820-slow-peer-again",
     "... and a second authentication with token and numbers of the first",
     "lower_layer=coap-eap-rfc9820 separate_response=on token_bytes=0 authentications=2 "
     "pause_s=300 inject=on random=repeated acts=1",
     "acts=1", "acts=2"},
    {"rfc9820-restart", "... either end restarts",
     "lower_layer=coap-eap-rfc9820 restart_peer=on restart_authenticator=on inject=on acts=2",
     "acts=1", "acts=3"},
    {"rfc9820-restart-named", "... the peer, which names its resources as before",
     "lower_layer=coap-eap-rfc9820 restart_peer=on peer_shift=0 inject=on "
     "acts=2",
     "acts=1", "acts=3"},
    {"rfc9820-restart-named-behind", "... whose first is that of step 3 before",
     "lower_layer=coap-eap-rfc9820 restart_peer=on peer_shift=1 inject=on "
     "acts=2",
     "acts=1", "acts=3"},
    {"rfc9820-restart-named-ahead", "... whose second is that of step 1 before",
     "lower_layer=coap-eap-rfc9820 restart_peer=on peer_shift=35 "
     "inject=on acts=2",
     "acts=1", "acts=3"},
    {"rfc9820-restart-repeated", "... a restarted authenticator repeats its random values",
     "lower_layer=coap-eap-rfc9820 restart_authenticator=on random=repeated inject=on acts=2",
     "acts=1", "acts=3"},
    {"rfc9820-restart-shifted", "... its Message IDs being two further on",
     "lower_layer=coap-eap-rfc9820 restart_authenticator=on random=repeated shift=2 inject=on "
     "acts=2",
     "acts=1", "acts=3"},
    {"rfc9820-again", "... a second authentication; datagrams of the first arrive once more",
     "lower_layer=coap-eap-rfc9820 authentications=2 inject=on acts=2", "acts=1", "acts=3"},
    {"rfc9820-again-late", "... after 300 s",
     "lower_layer=coap-eap-rfc9820 authentications=2 pause_s=300 inject=on acts=2", "acts=1",
     "acts=3"},
    {"rfc9820-again-repeated", "... with token and Identifier of the first",
     "lower_layer=coap-eap-rfc9820 authentications=2 pause_s=300 inject=on random=repeated "
     "token_bytes=0 acts=2",
     "acts=1", "acts=3"},
    {"rfc9820-again-renewed", "... and its Message IDs, since the authenticator has restarted",
     "lower_layer=coap-eap-rfc9820 authentications=2 pause_s=300 inject=on random=repeated "
     "renew=on acts=2",
     "acts=1", "acts=3"},
    {"rfc9820-again-both-renewed", "... but not the Identifier; and the peer may restart, too",
     "lower_layer=coap-eap-rfc9820 authentications=2 pause_s=300 inject=on random=numbers renew=on "
     "restart_peer=on peer_shift=0 acts=2",
     "acts=1", "acts=3"},
    {"rfc9820-again-soon", "... the same after 1 s, and the peer does not restart",
     "lower_layer=coap-eap-rfc9820 authentications=2 random=repeated renew=on acts=1", "acts=1",
     "acts=2"},
    {"edhoc", "EDHOC without EAP; datagrams lost, doubled, delayed", "lower_layer=edhoc acts=2", "",
     "acts=3"},
    {"edhoc-combined", "... with message_3 before the first protected request",
     "lower_layer=edhoc edhoc_combined=on acts=2", "", "acts=3"},
    {"edhoc-restart", "... either end restarts",
     "lower_layer=edhoc restart_peer=on restart_authenticator=on inject=on acts=2", "", "acts=3"},
    {"edhoc-again", "... a second authentication; datagrams of the first arrive once more",
     "lower_layer=edhoc authentications=2 pause_s=300 inject=on acts=1", "", "acts=2"},
    {"edhoc-again-renewed", "... after 1 s, the authenticator having restarted",
     "lower_layer=edhoc authentications=2 inject=on renew=on acts=1", "", "acts=2"},
    {"pana", "PANA; datagrams lost, doubled, delayed, damaged",
     "lower_layer=pana rubbish=on acts=2", "acts=1", "acts=3"},
    {"pana-begun", "... the authenticator begins", "lower_layer=pana trigger=off rubbish=on acts=2",
     "acts=1", "acts=3"},
    {"pana-stateless", "... and keeps nothing before PAN start",
     "lower_layer=pana pana_stateless=on rubbish=on acts=2", "acts=1", "acts=3"},
    {"pana-not-piggybacked", "... EAP responses in requests of the peer's own",
     "lower_layer=pana pana_piggyback=off rubbish=on acts=2", "acts=1", "acts=3"},
    {"pana-optimized", "... EAP in PAR start and PAN start",
     "lower_layer=pana pana_optimized_init=on rubbish=on acts=2", "acts=1", "acts=3"},
    {"pana-wrong-key", "... the peer is rejected",
     "lower_layer=pana wrong_key=on rubbish=on acts=2", "acts=1", "acts=3"},
    {"pana-restart", "... either end restarts",
     "lower_layer=pana restart_peer=on restart_authenticator=on inject=on acts=2", "acts=1",
     "acts=3"},
    {"pana-again", "... re-authentication; datagrams of the first arrive once more",
     "lower_layer=pana authentications=2 pause_s=300 inject=on acts=1", "acts=1", "acts=2"},
    {"pana-again-renewed", "... after 1 s, the authenticator having restarted",
     "lower_layer=pana authentications=2 inject=on renew=on acts=1", "acts=1", "acts=2"},
};

const size_t SUITE_SCENE_COUNT = sizeof SUITE_SCENES / sizeof SUITE_SCENES[0];

bool suite_set(struct model *model, const char *words, char *error, size_t capacity) {
  char text[512];
  snprintf(text, sizeof text, "%s", words);
  char *rest = NULL;
  for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
    if (!model_set(model, word, error, capacity))
      return false;
  return true;
}
