/* The one Child SA of an endpoint (RFC 7296 sections 1.2, 2.9, 2.17): its offer, what a responder
 * makes of an offer, and what an initiator makes of the answer. */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

enum { SPI_LEAST = 256 }; /* 1 to 255 are reserved (RFC 4303 section 2.1) */

bool ikev2_child(const struct ikev2 *ike, struct ikev2_child *child) {
  if (ike->state != IKEV2_ESTABLISHED || ike->child == NULL)
    return false;
  *child = *ike->child;
  return true;
}

static uint32_t child_draw_spi(const struct node_hooks *hooks) {
  uint8_t octets[4];
  uint32_t spi;
  do {
    node_random(hooks, octets, sizeof octets);
    spi = (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
          octets[3];
  } while (spi < SPI_LEAST);
  return spi;
}

/* The addresses of the traffic selectors: of IKE, with the ports of what is to be protected. */
static struct node_address child_own(const struct ikev2 *ike) {
  struct node_address address = ike->local;
  address.port = ike->setup->local_port;
  return address;
}

static struct node_address child_other(const struct ikev2 *ike) {
  struct node_address address = ike->remote;
  address.port = ike->setup->remote_port;
  return address;
}

static enum ikev2_esp_suite child_lowest(unsigned suites) {
  return (suites & 1U << IKEV2_ESP_AES_CCM_8) != 0 ? IKEV2_ESP_AES_CCM_8 : IKEV2_ESP_AES_CCM_8_IIV;
}

static void child_put(struct ikev2_composer *composer, const struct ikev2_child *child,
                      uint8_t number, const struct node_address *tsi,
                      const struct node_address *tsr) {
  if (child->mode == IKEV2_CHILD_TRANSPORT) /* 1.3.1 */
    ikev2_put_notify(composer, IKEV2_PROTOCOL_NONE, IKEV2_N_USE_TRANSPORT_MODE, NULL, 0);
  ikev2_put_sa_esp(composer, child->suite, number, child->in.spi);
  ikev2_put_ts(composer, IKEV2_PAYLOAD_TSI, tsi);
  ikev2_put_ts(composer, IKEV2_PAYLOAD_TSR, tsr);
}

void ikev2_child_offer(struct ikev2 *ike, struct ikev2_composer *composer) {
  struct ikev2_setup *const setup = ike->setup;
  const struct node_address own = child_own(ike), other = child_other(ike);
  setup->spi = child_draw_spi(ike->hooks);
  const struct ikev2_child child = {
      .mode = setup->child, .suite = child_lowest(setup->esp_suites), .in = {.spi = setup->spi}};
  child_put(composer, &child, 1, &own, &other);
}

/* Keys of both directions (2.17), and the event for who reads captures. */
static int child_derive(const struct ikev2 *ike, struct ikev2_child *child) {
  const struct ikev2_setup *setup = ike->setup;
  struct ikev2_esp_keys *const ends[2] = {ike->initiator ? &child->out : &child->in,
                                          ike->initiator ? &child->in : &child->out};
  struct ikev2_ccm_key keys[2];
  const int error =
      ikev2_child_derive(ike->hooks, &setup->secret, ikev2_octets_slice(&setup->nonce[IKEV2_I]),
                         ikev2_octets_slice(&setup->nonce[IKEV2_R]), keys);
  for (size_t i = 0; error == 0 && i < 2; i++) {
    memcpy(ends[i]->key, keys[i].key, sizeof ends[i]->key);
    memcpy(ends[i]->salt, keys[i].salt, sizeof ends[i]->salt);
  }
  crypto_wipe(keys, sizeof keys);
  return error;
}

static void child_tell(const struct ikev2 *ike) {
  const struct ikev2_child *child = ike->child;
  const struct ikev2_esp_keys *const ends[2] = {ike->initiator ? &child->out : &child->in,
                                                ike->initiator ? &child->in : &child->out};
  uint8_t told[2 * (4 + IKEV2_ESP_KEY_LENGTH + IKEV2_ESP_SALT_LENGTH)];
  struct span_writer out;
  span_writer_init(&out, told, sizeof told, NULL);
  for (size_t i = 0; i < 2; i++) {
    span_writer_put_u16(&out, 0, (uint16_t)(ends[i]->spi >> 16));
    span_writer_put_u16(&out, 0, (uint16_t)ends[i]->spi);
    span_writer_put(&out, 0, ends[i]->key, sizeof ends[i]->key);
    span_writer_put(&out, 0, ends[i]->salt, sizeof ends[i]->salt);
  }
  node_event_secret(ike->hooks, ike->phase, &ike->event_remote, "ESP", "esp_keys", told,
                    out.length);
  crypto_wipe(told, sizeof told);
}

/* Keeps a child whose SPIs, mode, suite and selectors are there. */
static int child_make(struct ikev2 *ike, struct ikev2_child *child) {
  struct ikev2_child *const made = calloc(1, sizeof *made);
  if (made == NULL)
    return NODE_ERR_EXHAUSTED;
  child->in_udp = ike->nat_found;
  const int error = child_derive(ike, child);
  if (error != 0) {
    free(made);
    return error;
  }
  *made = *child;
  crypto_wipe(child, sizeof *child);
  ikev2_child_end(ike);
  ike->child = made;
  child_tell(ike);
  return 0;
}

/* What the payloads of a child say, in either message. */
struct child_payloads {
  const struct ikev2_payload *sa;
  struct ikev2_selectors tsi, tsr;
  bool transport;
};

static bool child_read(const struct ikev2_chain *chain, struct child_payloads *payloads) {
  const struct ikev2_payload *tsi = ikev2_find(chain, IKEV2_PAYLOAD_TSI);
  const struct ikev2_payload *tsr = ikev2_find(chain, IKEV2_PAYLOAD_TSR);
  struct ikev2_notify notify;
  payloads->sa = ikev2_find(chain, IKEV2_PAYLOAD_SA);
  if (payloads->sa == NULL || tsi == NULL || tsr == NULL)
    return false;
  ikev2_ts_read(tsi, &payloads->tsi);
  ikev2_ts_read(tsr, &payloads->tsr);
  payloads->transport = ikev2_find_notify(chain, IKEV2_N_USE_TRANSPORT_MODE, &notify);
  return true;
}

/* Responder */

/* 2.9: what of the offered selectors lies within one's own policy, an address and a port or all:
 * all of it, or a single port. */
static bool child_narrow(const struct ikev2_selectors *offered, const struct node_address *policy,
                         struct node_address *narrowed) {
  *narrowed = *policy;
  if (ikev2_selectors_contain(offered, policy))
    return true;
  for (size_t i = 0; policy->port == 0 && i < offered->count; i++) {
    narrowed->port = offered->items[i].port_first;
    if (narrowed->port != 0 && narrowed->port == offered->items[i].port_last &&
        ikev2_selectors_contain(offered, narrowed))
      return true;
  }
  return false;
}

/* 2.23.1: behind a NAT an end does not know the address that the other sees, and the first one that
 * it offers is taken as it is. */
static void child_trust_address(const struct ikev2 *ike, const struct ikev2_selectors *offered,
                                struct node_address *policy) {
  const struct ikev2_selector *first = &offered->items[0];
  if (ike->nat_found && offered->count > 0 &&
      memcmp(first->first, first->last, sizeof first->first) == 0)
    memcpy(policy->ip, first->first, sizeof policy->ip);
}

static int child_refuse(struct ikev2_composer *composer, enum ikev2_notify_type type,
                        enum ikev2_child_answer *answer) {
  ikev2_put_notify(composer, IKEV2_PROTOCOL_NONE, type, NULL, 0);
  *answer = IKEV2_CHILD_REFUSED;
  return 0;
}

int ikev2_child_respond(struct ikev2 *ike, const struct ikev2_chain *chain,
                        struct ikev2_composer *composer, enum ikev2_child_answer *answer) {
  const struct ikev2_setup *setup = ike->setup;
  struct node_address own = child_own(ike), other = child_other(ike);
  struct child_payloads payloads;
  struct ikev2_choice choice;
  struct ikev2_child child = {.mode = setup->child};
  *answer = IKEV2_CHILD_ABSENT;
  if (ikev2_find(chain, IKEV2_PAYLOAD_SA) == NULL) /* RFC 6023 */
    return 0;
  if (!child_read(chain, &payloads))
    return child_refuse(composer, IKEV2_N_INVALID_SYNTAX, answer);
  if (child.mode == IKEV2_CHILD_NONE ||
      payloads.transport != (child.mode == IKEV2_CHILD_TRANSPORT) ||
      !ikev2_sa_choose_esp(payloads.sa, setup->esp_suites, &choice))
    return child_refuse(composer, IKEV2_N_NO_PROPOSAL_CHOSEN, answer);
  child_trust_address(ike, &payloads.tsi, &other);
  child_trust_address(ike, &payloads.tsr, &own);
  if (!child_narrow(&payloads.tsi, &other, &child.remote) ||
      !child_narrow(&payloads.tsr, &own, &child.local))
    return child_refuse(composer, IKEV2_N_TS_UNACCEPTABLE, answer);
  child.suite = (enum ikev2_esp_suite)choice.row;
  child.in.spi = child_draw_spi(ike->hooks);
  child.out.spi = choice.spi;
  child_put(composer, &child, choice.number, &child.remote, &child.local);
  *answer = IKEV2_CHILD_MADE;
  return child_make(ike, &child);
}

/* Initiator */

/* The selectors of an answer are one, within what was offered: all ports of it, or one. */
static bool child_is_within(const struct ikev2_selectors *selectors,
                            const struct node_address *offered, struct node_address *narrowed) {
  const struct ikev2_selector *only = &selectors->items[0];
  *narrowed = *offered;
  if (selectors->count != 1 || !ikev2_selector_is_within(only, offered))
    return false;
  if (only->port_first == only->port_last)
    narrowed->port = only->port_first;
  return ikev2_selectors_contain(selectors, narrowed);
}

int ikev2_child_consume(struct ikev2 *ike, const struct ikev2_chain *chain,
                        enum ikev2_child_answer *answer) {
  const struct ikev2_setup *setup = ike->setup;
  const struct node_address own = child_own(ike), other = child_other(ike);
  const unsigned offered = 1U << child_lowest(setup->esp_suites);
  struct child_payloads payloads;
  struct ikev2_choice choice;
  struct ikev2_child child = {.mode = setup->child};
  *answer = IKEV2_CHILD_ABSENT;
  if (!child_read(chain, &payloads))
    return 0;
  *answer = IKEV2_CHILD_REFUSED;
  if (payloads.transport != (child.mode == IKEV2_CHILD_TRANSPORT) ||
      !ikev2_sa_answer_esp(payloads.sa, offered, &choice) ||
      !child_is_within(&payloads.tsi, &own, &child.local) ||
      !child_is_within(&payloads.tsr, &other, &child.remote))
    return 0;
  child.suite = (enum ikev2_esp_suite)choice.row;
  child.in.spi = setup->spi;
  child.out.spi = choice.spi;
  *answer = IKEV2_CHILD_MADE;
  return child_make(ike, &child);
}
