/* The table of findings. */
#include "findings.h"

#include <stdio.h>
#include <string.h>

const struct finding FINDINGS[] = {
    {"damaged-initiate-ends-pull", MONITOR_UNESTABLISHED, "pull=erp rubbish=on",
     "An EAP-Initiate that was damaged on purpose (its checksum is right) has 4.00 from the "
     "application server, and the UE, for which nothing protects that, gives up the pull of this "
     "request: an application server that has an error has nothing better to come. The next "
     "request pulls again. The rule is ours; an error that only counts where no Finish comes would "
     "cost each refused UE the 93 s of a silent one."},
    {"unnamed-server-is-given-key", MONITOR_UNWANTED, "pull=erp aps=liar names_server=off",
     "Without its name (TLV 130) in the EAP-Initiate the AS gives the rMSK to whichever of its "
     "application servers brings that, and says no name in the Finish, either. Here the handshake "
     "fails, since the name is a part of the key; but one that has the rMSK, and computes with the "
     "name of the other, would be believed. With the name the AS refuses, for as many octets each "
     "way. An AS that overlooks it (hostapd) leaves the UE without that protection."},
    {"server-is-given-key-unasked", MONITOR_UNWANTED, "pull=psk-identity aps=liar",
     "Inside the handshake the UE has only said its name when the AS is asked: an application "
     "server that answers for another, or has heard the name, is given its own key for this UE, "
     "though that wants none of it (RFC 5749 section 6.2). The UE's is another, and the handshake "
     "fails."},
    {"server-is-given-key-unasked", MONITOR_UNWANTED, "pull=ikev2-idi aps=liar",
     "The same of the name in IDi, which is encrypted, but to whoever answers."},
    {"repeated-sa-init-is-ignored", MONITOR_UNESTABLISHED,
     "association=ikev2 random=numbers renew=on",
     "Who opens an IKE SA without fresh random values sends the IKE_SA_INIT of before, with its "
     "SPI "
     "and nonce, which the other end takes for a late copy of the one that has led to the SA that "
     "is there, and drops: a live one must not end by an old datagram. RFC 7296 sections 2.6 and "
     "2.10 ask for an SPI and a nonce that do not come again."},
    {"repeated-sa-init-is-ignored", MONITOR_UNESTABLISHED,
     "pull=ikev2-idi random=repeated restart_peer=on",
     "The same of a UE, for as long as there is that channel."},
    {"repeated-nonces-repeat-keys", MONITOR_NONCE, "association=ikev2 random=numbers renew=on",
     "An initiator that draws SPI, nonce and private key of before, and is answered with an old "
     "response, has the SK_ei of before, too, and begins with the IV of before: two IKE_AUTH under "
     "one key and nonce, which gives away the difference of both, and the key of the tags. It "
     "takes "
     "a random generator that comes again and who keeps datagrams. RFC 5282 section 3.1 asks for "
     "IVs that are unique for a key, which a counter is where the keys are fresh; the pre-shared "
     "key, which is fresh, is no part of SK_ei (RFC 7296 section 2.14)."},
    {"repeated-nonces-repeat-keys", MONITOR_NONCE,
     "association=ikev2 random=repeated asked_repeats=on",
     "The same where both ends draw what they drew before: the keys of ESP come again, too."},
    {"repeated-keys-take-old-esp", MONITOR_REPLAYED,
     "association=ikev2 random=repeated asked_repeats=on",
     "Both ends draw what they drew before: SPIs and keys of ESP come again, with a window that "
     "knows of no packet, so that those of before are good once more. Fresh random values of "
     "either "
     "end prevent it (RFC 7296 section 2.10)."},
    {"repeated-hello-is-ignored", MONITOR_UNESTABLISHED,
     "pull=psk-identity random=repeated "
     "restart_peer=on",
     "A UE that restarts without fresh random values sends the ClientHello of before, which the "
     "application server takes for a late copy of the one that has led to its channel, and drops, "
     "for as long as there is that channel: a live one must not end by an old datagram. "
     "The 28 random octets of a ClientHello prevent it."},
    {"restarted-peer-is-turned-away", MONITOR_NONE, "coap_roles=peer-client restart_peer=on",
     "With the roles reversed a peer that restarts in the middle of an authentication begins "
     "again, "
     "and its authenticator, which must not let a late first request kill a live run, answers 5.03 "
     "until nothing valid has come for MAX_TRANSMIT_WAIT (93 s). The peer has given up by then (62 "
     "to 93 s), and has to try again. In the draft's roles the authenticator, which asks, is told "
     "by "
     "4.04, and follows the peer's new trigger."},
    {"old-first-request-occupies-authenticator", MONITOR_NONE, "coap_roles=peer-client inject=on",
     "The mirror of an old step 1: an old first request begins an authentication, once its Message "
     "ID is forgotten, and the true one has 5.03 until the peer gives up. Resources do not help, "
     "since the first request goes to the service by RFC 9820, too: there is no step 0 that names "
     "another."},
    {"mid-random-takes-old-eap-response", MONITOR_NONE,
     "coap_roles=peer-client ordering=mid-random asked_repeats=on",
     "The mirror of a peer without memory: an authenticator that restarts, and draws the name of "
     "the "
     "resource and the Identifier of before, takes an old EAP-Response/Identity for the next "
     "request. Its octets are those of the true one; but that has no response any more."},
    {"old-eap-request-is-taken", MONITOR_MIXED, "coap_roles=peer-client random=repeated",
     "A peer that restarts without fresh random numbers takes an old response for that to its "
     "request, with an EAP request of the authentication before in it. The Identifier, which EAP "
     "methods match, is the authenticator's to choose: a peer answers whatever comes."},
    {"resource-named-again", MONITOR_MIXED,
     "lower_layer=coap-eap-rfc9820 restart_peer=on peer_shift=0",
     "By RFC 9820 a late request of the authentication before finds no resource, unless it has "
     "that "
     "name again. Names of one character begin at random here; where a peer that has lost its "
     "memory "
     "draws the first one of before (1 in 36), it takes old requests for the next, and the "
     "conversation ends without a key. So few names are ours, and the shortest; with two "
     "characters "
     "it is 1 in 1296, for an octet more in each request and in each response that names one."},
    {"resource-named-again-is-answered", MONITOR_STALE,
     "lower_layer=coap-eap-rfc9820 restart_peer=on peer_shift=35",
     "The same, where the second name is the first of before (1 in 36): the old step 1 is EAP's "
     "next "
     "request, since Identity may be asked for anew."},
    {"resource-named-again", MONITOR_MIXED,
     "lower_layer=coap-eap-rfc9820 restart_peer=on peer_shift=1 association=dtls",
     "The same, where the first name is the second of before (1 in 36): to a peer whose memory is "
     "gone step 3 is a step 1, and it goes on with the authentication that it was in. Under OSCORE "
     "it is no step 1, since it offers no RID-C."},
    {"resource-named-again-is-answered", MONITOR_STALE,
     "lower_layer=coap-eap-rfc9820 restart_peer=on peer_shift=1 association=dtls",
     "The same: the second request of the authenticator has the first response of such a peer."},
    {"resource-names-come-round", MONITOR_MIXED, "lower_layer=coap-eap-rfc9820 authentications=10",
     "An authentication needs four names, so that the tenth has those of the first, though neither "
     "end forgets anything: a request that is late by nine authentications, and by more than "
     "EXCHANGE_LIFETIME, is taken for the next. RFC 7252 counts on a network that delivers nothing "
     "so late."},
    {"restarted-peer-is-not-noticed", MONITOR_NONE,
     "lower_layer=coap-eap-rfc9820 restart_peer=on peer_shift=1",
     "A peer restarts in the middle of an authentication, and its new first name is that of the "
     "resource which the authenticator still asks for (1 in 36): the request is no step 1, and is "
     "dropped where every other name brings 4.04, by which the authenticator would know. It does "
     "not heed the trigger, and both give up."},
    {"restarted-authenticator-is-waited-for", MONITOR_NONE,
     "lower_layer=coap-eap-rfc9820 restart_authenticator=on",
     "An authenticator that restarts cannot begin of itself, since the peer names the first "
     "resource: the peer waits for EXCHANGE_LIFETIME (232 to 247 s, as recalled of RFC 9820), and "
     "then has to ask again. By the draft it is turned away for 93 s, and waited for 123 s."},
    {"altered-identifier-ends-run", MONITOR_NONE, "lower_layer=coap-eap-rfc9820 alter=on",
     "CoAP-EAP_Info stands in clear beside an EAP packet that its method does not bind to it. The "
     "suites are a part of the keys; RID-C and RID-I are not, as far as RFC 9820 is known. A copy "
     "of "
     "step 2 with another RID-I, which comes before the true one, ends the run at step 7, whose "
     "kid "
     "the peer does not know. The draft, whose names are fixed, has nothing there to alter."},
    {"altered-identifier-deceives-peer", MONITOR_NONE, "lower_layer=coap-eap-rfc9820 alter=on",
     "The same with RID-C in step 1: the peer verifies step 7 and believes to be established, for "
     "as "
     "long as the session lasts, under a name of its own that the authenticator has not given: to "
     "that no step 8 verifies, and it fails. Both names in the derivation, beside the suites, "
     "would "
     "let step 7 not verify either."},
    {"old-step-0-is-followed", MONITOR_NONE, "lower_layer=coap-eap-rfc9820 inject=on",
     "Nothing tells an old step 0 from a new one, once its Message ID is forgotten (NON_LIFETIME, "
     "145 s): the authenticator asks at a resource that is no more, has 4.04 until it gives up "
     "after "
     "62 s, and speaks of nothing else until then. The peer is not disturbed: the true step 0 "
     "waits, "
     "and an old step 1, which occupies it by the draft, finds no resource."},
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
    {"old-sa-init-ends-handshake", MONITOR_NONE, "pull=ikev2-idi inject=on",
     "An IKE_SA_INIT of before, which comes again while a handshake of the same address is under "
     "way at the application server, takes its place, and the UE asks in vain until it gives up "
     "(62 s); its next request succeeds. With DTLS it is the same, but for alerts, which end it at "
     "once. A cookie is no help where that is good for as long as the server lives. Between peer "
     "and authenticator the two stand side by side, and the one whose AUTH verifies counts."},
    {"lost-refusal-is-waited-for", MONITOR_NONE, "pull=ikev2-idi wrong_key=on",
     "An application server forgets a handshake that it has refused: where AUTHENTICATION_FAILED "
     "is "
     "lost it does not come again, and the UE asks in vain for 62 s, as with the alert of DTLS. "
     "RFC 7296 section 2.1 wants a response repeated when its request is; what a stranger has a "
     "place for is ours."},
    {"refused-request-is-served-again", MONITOR_AGAIN, "ace=authz-info association=oscore",
     "A request was served, its response lost, and the context is no more when the request comes "
     "again: its token has ended, or the resource server has restarted. The 4.01 that follows is "
     "in clear (RFC 9200 section 5.10.2, RFC 8613 section 8.2), says nothing of the first copy, "
     "and has the client get another token and send the request anew, once: that is served a "
     "second time, under another key. So can whoever is on the way have it, by a 4.01 in the place "
     "of the response. No replay is served, and no request more often than its client sent it. A "
     "session of DTLS outlives its token, and repeats the response."},
    {"heard-token-is-taken", MONITOR_BROUGHT, "ace=authz-info move=on",
     "POST /authz-info is in clear, and nothing in it says from where the token is to come (RFC "
     "9200 section 5.10.1): who has heard it brings it from another endpoint, and has 2.01. What "
     "is there then nobody can use without the key, and it gives way first; the client's own "
     "association is not touched."},
    {"late-alert-ends-next-handshake", MONITOR_UNESTABLISHED, "ace=handshake join=on",
     "A token in a handshake that is none any more, since the resource server has joined anew, is "
     "refused by an alert, and the client begins the next handshake with another, from the same "
     "ports. A copy of that alert which comes late ends it, too, as nothing authenticates either "
     "(RFC 6347 section 4.1.2.7): the second time in one request, which gives up. The next request "
     "gets another token. Brought to authz-info a token is refused before there is a handshake."},
    {"altered-recipient-id-mutes-server", MONITOR_NONE,
     "ace=authz-info association=oscore alter=on",
     "The client's Recipient ID goes in clear, and into no key but that of the responses (RFC 9203 "
     "sections 4.1 and 4.3: the Master Salt has the nonces, not the IDs). One that was altered on "
     "its way leaves the requests as they should be: they verify, and are served, but no response "
     "verifies. The client gives up by its timer; its next request brings the token anew. The "
     "server's, altered, has the first request refused (4.01), and costs a token."},
    {"damaged-sa-init-ends-run", MONITOR_NONE, "rubbish=on association=ikev2",
     "Nothing authenticates IKE_SA_INIT before IKE_AUTH: an initiator that has a damaged response "
     "first, with another nonce or public value, derives keys that the other end does not have, "
     "and IKE_AUTH has no answer until both give up. RFC 7296 section 2.4 lets an initiator follow "
     "several responses side by side (MAY); ours follows the first."},
    {"damaged-handshake-ends-run", MONITOR_NONE, "rubbish=on association=dtls",
     "A damaged copy of a Finished, or of a ClientHello, ends the DTLS handshake with an alert, "
     "which nothing authenticates. RFC 6347 section 4.1.2.7 lets such records be dropped; while "
     "it waits for a Finished, mbedtls does not, since a wrong key looks like that."},
};

const size_t FINDING_COUNT = sizeof FINDINGS / sizeof FINDINGS[0];

/* Whether each of `words` is among those of `text`. */
static bool has_words(const char *text, const char *words) {
  char padded[MODEL_TEXT_MAX + 2];
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
  char text[MODEL_TEXT_MAX];
  model_format(model, NULL, text, sizeof text);
  for (size_t i = 0; i < FINDING_COUNT; i++)
    if (FINDINGS[i].violation == violation && has_words(text, FINDINGS[i].when))
      return &FINDINGS[i];
  return NULL;
}
