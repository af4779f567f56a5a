/* A digest of a DTLS endpoint. Of the library's handshake: where it is, what it keeps of the
 * remote's flight and of its own. Left out are record sequence numbers and the replay window, which
 * only tell records apart that were seen before: whoever compares digests adds which of the
 * datagrams under way have arrived already. */
#include "session.h"

#include <mbedtls/ssl_internal.h>

static void digest_flight(const mbedtls_ssl_handshake_params *handshake, struct digest *digest) {
  for (const mbedtls_ssl_flight_item *item = handshake->flight; item != NULL; item = item->next) {
    digest_u64(digest, item->type);
    digest_octets(digest, item->p, item->len);
  }
}

static void digest_buffers(const mbedtls_ssl_handshake_params *handshake, struct digest *digest) {
  digest_u64(digest, handshake->buffering.seen_ccs);
  for (size_t i = 0; i < MBEDTLS_SSL_MAX_BUFFERED_HS; i++) {
    digest_u64(digest, handshake->buffering.hs[i].is_valid);
    digest_u64(digest, handshake->buffering.hs[i].is_complete);
    if (handshake->buffering.hs[i].is_complete)
      digest_octets(digest, handshake->buffering.hs[i].data, handshake->buffering.hs[i].data_len);
  }
  digest_u64(digest, handshake->buffering.future_record.data != NULL);
  digest_u64(digest, handshake->buffering.future_record.len);
}

static void digest_handshake(const mbedtls_ssl_handshake_params *handshake, struct digest *digest) {
  digest_u64(digest, handshake->retransmit_state);
  digest_u64(digest, handshake->retransmit_timeout);
  digest_u64(digest, handshake->out_msg_seq);
  digest_u64(digest, handshake->in_msg_seq);
  digest_u64(digest, handshake->in_flight_start_seq);
  digest_octets(digest, handshake->randbytes, sizeof handshake->randbytes);
  digest_flight(handshake, digest);
  digest_buffers(handshake, digest);
}

static void digest_identity(const struct dtls *dtls, struct digest *digest) {
  size_t length;
  const uint8_t *const identity = dtls_identity(dtls, &length);
  if (identity != NULL)
    digest_octets(digest, identity, length);
}

void dtls_digest(const struct dtls *dtls, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, dtls->state);
  digest_u64(digest, dtls->cookie);
  digest_octets(digest, dtls->cookie_secret, sizeof dtls->cookie_secret);
  digest_deadline(digest, dtls_expiry(dtls), now_ns);
  for (const struct dtls_outgoing *outgoing = dtls->first; outgoing != NULL;
       outgoing = outgoing->next)
    digest_octets(digest, outgoing->data, outgoing->length);
  digest_identity(dtls, digest);
  if (dtls->library == NULL)
    return;
  const mbedtls_ssl_context *ssl = &dtls->library->ssl;
  digest_u64(digest, (uint64_t)ssl->state);
  digest_u64(digest, ssl->in_epoch);
  if (ssl->handshake != NULL)
    digest_handshake(ssl->handshake, digest);
}
