/* CoAP-EAP, the EAP peer's side: re-authentication by ERP. */
#include "peer_erp.h"

#include "../crypto/crypto.h"
#include "../eap/erp_packet.h"
#include "flow.h"

#include <stdlib.h>
#include <string.h>

static bool peer_has_erp(const struct coap_eap_peer *peer) {
  return peer->erp != NULL;
}

bool coap_eap_peer_awaits_finish(const struct coap_eap_peer *peer) {
  return peer_has_erp(peer) && erp_peer_is_outstanding(&peer->erp->peer);
}

struct coap_eap_server *coap_eap_peer_server_of(struct coap_eap_peer *peer,
                                                const struct association_request *request) {
  const bool pending = request->association == &peer->associations.pending;
  return pending && coap_eap_peer_awaits_finish(peer) && peer->stage != PEER_AUTHENTICATING
             ? &peer->erp->server
             : &peer->run.server;
}

void coap_eap_peer_leave_exchange(struct coap_eap_peer *peer) {
  if (!coap_eap_peer_awaits_finish(peer))
    return;
  erp_peer_abandon(&peer->erp->peer);
  association_pair_drop(&peer->associations);
}

void coap_eap_peer_keep_root(struct coap_eap_peer *peer, uint64_t now_ns) {
  if (!peer_has_erp(peer))
    return;
  const int error = erp_peer_learn(&peer->erp->peer, peer->run.eap, now_ns);
  if (error < 0) /* the next authentication is by EAP, too */
    (void)coap_eap_peer_discard(peer, "no root for re-authentication");
}

void coap_eap_peer_digest_erp(const struct coap_eap_peer *peer, struct digest *digest) {
  if (!peer_has_erp(peer))
    return;
  erp_peer_digest(&peer->erp->peer, digest);
  if (coap_eap_peer_awaits_finish(peer) && peer->stage != PEER_AUTHENTICATING)
    coap_eap_server_digest(&peer->erp->server, digest);
}

bool coap_eap_peer_init_erp(struct coap_eap_peer *peer) {
  if (peer->config.erp == NULL)
    return true;
  peer->erp = calloc(1, sizeof *peer->erp);
  if (peer->erp != NULL)
    erp_peer_init(&peer->erp->peer, peer->config.erp, peer->hooks);
  return peer->erp != NULL;
}

void coap_eap_peer_deinit_erp(struct coap_eap_peer *peer) {
  if (!peer_has_erp(peer))
    return;
  crypto_wipe(peer->erp, sizeof *peer->erp);
  free(peer->erp);
}

static int peer_open_erp(struct coap_eap_peer *peer, const struct coap_eap_server *server,
                         uint64_t now_ns) {
  uint8_t rmsk[EAP_KEY_LENGTH], nai[ERP_NAI_MAX];
  const size_t length = erp_peer_nai(&peer->erp->peer, nai);
  const struct coap_eap_key_config config = {.msk = rmsk,
                                             .identity = nai,
                                             .identity_length = length,
                                             .token = server->token,
                                             .token_length = server->token_length,
                                             .agreement = &server->agreement};
  int error = erp_peer_rmsk(&peer->erp->peer, rmsk);
  association_close(&peer->associations.pending);
  if (error == 0)
    error = coap_eap_peer_open_with(peer, &config, now_ns);
  crypto_wipe(rmsk, sizeof rmsk);
  return error;
}

/* The peer begins */

bool coap_eap_peer_may_initiate(const struct coap_eap_peer *peer, uint64_t now_ns) {
  return peer_has_erp(peer) && peer->config.erp_begins && peer->attempts <= 1 &&
         erp_peer_is_ready(&peer->erp->peer, now_ns);
}

/* As if the trigger had been step 1: what follows goes to the service. */
static void server_begin(struct coap_eap_server *server, const struct coap_eap_options *options,
                         const struct coap_message *trigger) {
  coap_eap_server_init(server, options);
  server->resource = options->flow->service;
  server->token_length = trigger->token_length;
  memcpy(server->token, trigger->token, sizeof server->token);
  server->requests = 1;
}

int coap_eap_peer_initiate(struct coap_eap_peer *peer, const struct coap_message *trigger,
                           struct span_writer *packet, uint64_t now_ns) {
  const int error = erp_peer_begin(&peer->erp->peer, NULL, now_ns, packet);
  if (error < 0)
    return error;
  server_begin(&peer->erp->server, &peer->options, trigger);
  return peer_open_erp(peer, &peer->erp->server, now_ns);
}

/* A forged one makes the peer wait as long as one that the authenticator has begun and given up. */
void coap_eap_peer_look_for_handshake(struct coap_eap_peer *peer,
                                      const struct node_datagram *datagram, uint64_t now_ns) {
  if (peer->stage != PEER_TRIGGERING || !coap_eap_peer_awaits_finish(peer) ||
      !association_kind_opens(peer->options.association, datagram))
    return;
  coap_eap_peer_stop_triggering(peer);
  peer->stage = PEER_REAUTHENTICATING;
  peer->run.last_valid_ns = now_ns;
}

/* The authenticator begins */

bool coap_eap_peer_is_start(const struct coap_eap_peer *peer, const struct coap_message *request) {
  struct erp_packet start;
  return peer_has_erp(peer) &&
         erp_packet_parse(request->payload, request->payload_length, ERP_SUITE_NONE, &start) == 0 &&
         start.type == ERP_REAUTH_START;
}

const char *coap_eap_peer_take_start(struct coap_eap_peer *peer, const struct coap_message *request,
                                     struct span_writer *packet, uint64_t now_ns) {
  struct erp_peer *erp = &peer->erp->peer;
  coap_eap_peer_leave_exchange(peer); /* both have begun: the trigger gives way */
  if (!erp_peer_is_ready(erp, now_ns))
    return NULL;
  return erp_peer_process(erp, request->payload, request->payload_length, now_ns, packet) ==
                 ERP_PEER_RESPOND
             ? NULL
             : erp_peer_reason(erp);
}

int coap_eap_peer_open_started(struct coap_eap_peer *peer, uint64_t now_ns) {
  return coap_eap_peer_awaits_finish(peer) ? peer_open_erp(peer, &peer->run.server, now_ns) : 0;
}

/* The end */

const char *coap_eap_peer_take_finish(struct coap_eap_peer *peer, const struct coap_message *plain,
                                      struct coap_eap_info *info, uint64_t now_ns) {
  struct erp_peer *erp = &peer->erp->peer;
  struct span_writer none;
  span_writer_init(&none, NULL, 0, NULL);
  if (erp_peer_process(erp, plain->payload, plain->payload_length, now_ns, &none) !=
      ERP_PEER_SUCCESS)
    return erp_peer_reason(erp);
  const uint32_t rmsk_s = erp_peer_rmsk_lifetime_s(erp);
  if (rmsk_s > 0 && (!info->has_lifetime || rmsk_s < info->lifetime_s))
    *info = (struct coap_eap_info){.has_lifetime = true, .lifetime_s = rmsk_s};
  return NULL;
}
