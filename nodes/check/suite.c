/* The table of scenes. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

const struct suite_scene SUITE_SCENES[] = {
    {"network", "one authentication; datagrams lost, doubled, delayed, damaged",
     "acts=2 rubbish=on", "acts=4"},
    {"no-token", "the same with an empty token", "token_bytes=0 acts=2 rubbish=on", "acts=3"},
    {"begun", "the authenticator begins, without a trigger", "trigger=off acts=2", "acts=4"},
    {"slow-peer", "a peer that answers separately", "separate_response=on acts=2", "acts=3"},
    {"slow-peer-no-token", "the same with an empty token",
     "separate_response=on token_bytes=0 acts=2", "acts=3"},
    {"wrong-key", "the peer is rejected: EAP-Failure", "wrong_key=on acts=2 rubbish=on", "acts=4"},
    {"restart", "either end restarts", "acts=2 restart_peer=on restart_authenticator=on", "acts=3"},
    {"restart-repeated", "the restarted authenticator repeats its random values",
     "acts=2 random=repeated restart_authenticator=on", "acts=3"},
    {"restart-shifted", "... its Message IDs being two further on",
     "acts=2 random=repeated shift=2 restart_authenticator=on", "acts=3"},
    {"again", "a second authentication; datagrams of the first arrive once more",
     "acts=2 authentications=2 inject=on", "acts=3"},
    {"again-late", "the same after 300 s, when the Message IDs of the first are forgotten",
     "acts=2 authentications=2 pause_s=300 inject=on", "acts=3"},
    {"again-repeated", "the same with token, SeqNum and Identifier of the first",
     "acts=2 authentications=2 pause_s=300 inject=on random=repeated", "acts=3"},
    {"again-no-token", "the same with an empty token, and a SeqNum of one octet",
     "acts=2 authentications=2 pause_s=300 inject=on random=repeated token_bytes=0 seqnum_bytes=1",
     "acts=3"},
    {"wrapped", "Message IDs pass 65535", "acts=2 first_message_id=65534", "acts=3"},
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
