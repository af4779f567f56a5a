/* CoAP-EAP, the EAP peer's side: associations that are resumed. */
#include "peer_resumption.h"

/* Requests under the association that is there go on: nothing is verified yet. */
static int peer_resume(struct coap_eap_peer *peer, uint64_t now_ns) {
  struct association_pair *pair = &peer->associations;
  const int error =
      association_resume(&pair->pending, &pair->current, &peer->config.authenticator, now_ns);
  if (error < 0)
    return error;
  coap_eap_peer_stop_triggering(peer);
  peer->stage = PEER_RESUMING;
  peer->run.last_valid_ns = now_ns;
  coap_eap_peer_tell(peer, NODE_EVENT_STARTED, "resumption");
  return 0;
}

/* Not awaited, and no late copy of what has begun the association that there is. */
static bool is_new_hello(const struct coap_eap_peer *peer, const struct node_datagram *datagram) {
  const struct association *pending = &peer->associations.pending;
  const struct association *current = &peer->associations.current;
  const bool awaited = association_is_open(pending) && association_failure(pending) == NULL;
  return !awaited && peer->stage != PEER_AUTHENTICATING &&
         association_kind_opens(peer->options.association, datagram) &&
         !association_has_opened(current, datagram);
}

int coap_eap_peer_look_for_hello(struct coap_eap_peer *peer, const struct node_datagram *datagram,
                                 uint64_t now_ns) {
  if (!peer->config.resumes || !is_new_hello(peer, datagram))
    return 0;
  if (association_can_resume(&peer->associations.current))
    return peer_resume(peer, now_ns);
  peer->refuses_hello = true;
  (void)coap_eap_peer_discard(peer, "no session to resume");
  return 1;
}

void coap_eap_peer_follow_resumption(struct coap_eap_peer *peer) {
  if (peer->stage != PEER_RESUMING || !association_is_ready(&peer->associations.pending))
    return;
  coap_eap_peer_abandon_request(peer, "an authentication begins");
  association_pair_replace(&peer->associations);
  peer->stage = PEER_ESTABLISHED;
  peer->attempts_left = 0;
  node_event_confirmed(peer->hooks, NODE_PHASE_AUTHENTICATION, &peer->config.authenticator,
                       "session resumed", NULL, 0);
}

int coap_eap_peer_write_refusal(struct coap_eap_peer *peer, struct node_datagram *datagram) {
  if (!peer->refuses_hello)
    return 0;
  peer->refuses_hello = false;
  datagram->source = association_address(peer->options.association, &peer->local);
  datagram->destination =
      association_address(peer->options.association, &peer->config.authenticator);
  return association_kind_refuse(peer->options.association, datagram);
}
