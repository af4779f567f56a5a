/* The table of findings. */
#include "findings.h"

#include <stdio.h>
#include <string.h>

const struct finding FINDINGS[] = {
    {"mid-random-takes-old-request", MONITOR_MIXED, "ordering=mid-random restart_peer=on",
     "A peer that has lost its memory takes a late request of the authentication before for the "
     "next one of the new: to 6.4.2 (2A) each Message ID that it does not remember is new, and its "
     "resource has the same name again. The conversation ends without a key. The rule is the "
     "draft's; that the first resource is always /b/5 is ours. The other policies discard it."},
    {"numbers-repeat-after-restarts", MONITOR_MIXED, "random=numbers restart_peer=on",
     "Both ends restart, and the authenticator draws the numbers that it drew before: an old "
     "request is the next one by any policy, SeqNum too. Only a SeqNum that is random at each boot "
     "makes that unlikely, and one of one octet does not: 1 in 127."},
    {"stale-response-after-restart", MONITOR_STALE, "restart_authenticator=on",
     "A restarted authenticator comes again to a Message ID that the peer remembers, and has the "
     "response that was held for another request (RFC 7252 sections 4.4 and 4.5: who cannot "
     "remember should not reuse one within EXCHANGE_LIFETIME). The SeqNum of the response shows "
     "it; without, as in 6.4.2 (1), (2A) and (2B), code and EAP Identifier do, by chance."},
    {"stale-response-after-restart", MONITOR_STALE, "renew=on",
     "The same, where the request that comes again is an old one that was kept."},
    {"restarted-authenticator-is-ignored", MONITOR_UNESTABLISHED, "renew=on pause_s=1",
     "An authenticator that restarts and begins again with the Message ID of before, within "
     "EXCHANGE_LIFETIME, is silently ignored, as 6.4.2 asks for an old Message ID, until it gives "
     "up. A random first Message ID makes it 1 in 65536 for each that is remembered."},
    {"damaged-separate-response", MONITOR_UNESTABLISHED, "separate_response=on rubbish=on",
     "A slow peer's separate response that was damaged on purpose (its checksum is right) is "
     "acknowledged before EAP looks at it; where the true one is lost then, it does not come "
     "again. A piggybacked one has no such acknowledgement. Two acts; RFC 7252 section 4.2."},
    {"restarted-authenticator-is-turned-away", MONITOR_NONE, "restart_authenticator=on",
     "An authenticator restarts in the middle of an authentication and begins another: the peer, "
     "which must not let a late step 1 kill a live run, answers 5.03 until nothing valid has come "
     "for MAX_TRANSMIT_WAIT (93 s), and waits for the first one to go on for 123 s. The draft says "
     "nothing of it; the reading is ours."},
    {"old-step-1-occupies-peer", MONITOR_NONE, "inject=on",
     "Step 1 of an earlier authentication comes again when its Message ID is forgotten: the peer "
     "begins with it, and turns the true one away with 5.03. Nothing in a step 1 tells old from "
     "new by any policy: before the first request each number is welcome."},
    {"separate-response-to-old-request-is-taken", MONITOR_UNASKED,
     "random=repeated separate_response=on",
     "A separate response has nothing but the token to say what it answers. Where that is empty, "
     "or "
     "constant over authentications, and the EAP Identifier the same (by chance 1 in 256), an old "
     "step 2 passes for the response to a step 1 that has not even arrived. 6.4.2 (1) counts on a "
     "piggybacked one, and (2A) and (2B) do, too; SEQNUM is as helpless where its number comes "
     "again. A token of one octet that is drawn for each authentication makes it 256 times rarer."},
    {"old-response-is-taken", MONITOR_UNASKED, "random=repeated",
     "Message IDs, token, SeqNum and Identifier come again (an authenticator that restarts without "
     "random numbers): an old step 2 is taken for the new, and names the resource of before, so "
     "that the next request has 4.04. No policy tells them apart."},
    {"old-response-is-taken", MONITOR_UNASKED, "random=numbers",
     "The same, where another request of the same Message ID had that response."},
    {"damaged-handshake-ends-run", MONITOR_NONE, "rubbish=on association=dtls",
     "A damaged copy of a Finished, or of a ClientHello, ends the DTLS handshake with an alert, "
     "which nothing authenticates. RFC 6347 section 4.1.2.7 lets such records be dropped; while "
     "it waits for a Finished, mbedtls does not, since a wrong key looks like that."},
};

const size_t FINDING_COUNT = sizeof FINDINGS / sizeof FINDINGS[0];

/* Whether each of `words` is among those of `text`. */
static bool has_words(const char *text, const char *words) {
  char padded[1024];
  snprintf(padded, sizeof padded, " %s ", text);
  for (const char *word = words; *word != '\0';) {
    const size_t length = strcspn(word, " ");
    char wanted[128];
    snprintf(wanted, sizeof wanted, " %.*s ", (int)length, word);
    if (strstr(padded, wanted) == NULL)
      return false;
    word += length + strspn(word + length, " ");
  }
  return true;
}

const struct finding *finding_of(const struct model *model, enum monitor_violation violation) {
  char text[1000];
  model_format(model, NULL, text, sizeof text);
  for (size_t i = 0; i < FINDING_COUNT; i++)
    if (FINDINGS[i].violation == violation && has_words(text, FINDINGS[i].when))
      return &FINDINGS[i];
  return NULL;
}
