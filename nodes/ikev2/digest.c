/* Digests of an endpoint and of its datagrams. The counters of IVs and of copies of a response are
 * left out: no octet that is looked at depends on them. */
#include "ikev2_state.h"

#include <string.h>

static void digest_kept(const struct kept *kept, struct digest *digest) {
  digest_octets(digest, kept->data, kept->length);
}

static void digest_sent(const struct ikev2_sent *sent, struct digest *digest) {
  digest_u64(digest, sent->waits);
  ikev2_digest_datagram(sent->octets.data, sent->octets.length, digest);
}

static void digest_setup(const struct ikev2_setup *setup, struct digest *digest) {
  digest_u64(digest, setup->proposal);
  digest_octets(digest, setup->own_secret, sizeof setup->own_secret);
  digest_octets(digest, setup->private, sizeof setup->private);
  digest_kept(&setup->cookie, digest);
  digest_u64(digest, setup->cookies);
  digest_octets(digest, setup->hint, setup->hint == NULL ? 0 : strlen(setup->hint));
  digest_kept(&setup->nonce[IKEV2_I], digest);
  digest_kept(&setup->nonce[IKEV2_R], digest);
  digest_u64(digest, setup->spi);
}

void ikev2_digest(const struct ikev2 *ike, struct digest *digest, uint64_t now_ns) {
  const bool has_begun = ike->state != IKEV2_BEGINNING;
  digest_u64(digest, ike->state);
  digest_deadline(digest, ike->due_ns, now_ns);
  digest_u64(digest, ike->interval_ns);
  digest_octets(digest, ike->spi, has_begun ? sizeof ike->spi : 0);
  digest_u64(digest, ike->next_request);
  digest_u64(digest, ike->next_expected);
  digest_sent(&ike->request, digest);
  digest_u64(digest, ike->request.copies);
  digest_sent(&ike->response, digest);
  digest_octets(digest, ike->answered, sizeof ike->answered);
  digest_u64(digest, ike->deleting);
  digest_u64(digest, ike->nat_found);
  digest_u64(digest, ike->marker);
  digest_octets(digest, ike->remote.ip, sizeof ike->remote.ip);
  digest_u64(digest, ike->remote.port);
  digest_kept(&ike->proved, digest);
  digest_u64(digest, ike->child == NULL ? 0 : ike->child->in.spi);
  digest_u64(digest, ike->setup != NULL);
  if (ike->setup != NULL)
    digest_setup(ike->setup, digest);
}

void ikev2_digest_datagram(const uint8_t *data, size_t length, struct digest *digest) {
  struct ikev2_message message;
  struct ikev2_fault fault;
  digest_u64(digest, length);
  if (!ikev2_message_parse(data, length, &message, &fault))
    return;
  digest_u64(digest, message.header.exchange);
  digest_u64(digest, message.header.flags);
  digest_u64(digest, message.header.message_id);
  for (size_t i = 0; i < message.chain.count; i++)
    digest_u64(digest, message.chain.items[i].type);
}
