/* Datagrams, as worlds and monitors look at them. */
#include "datagram.h"

#include "association/association.h"
#include "hosts.h"
#include "ikev2/ikev2.h"

#include <string.h>

static bool is_eap(uint16_t row) {
  return row == ROW_EAP_METHOD || row == ROW_EAP_HEADER || row == ROW_EAP_IDENTITY ||
         row == ROW_EDHOC_MESSAGE;
}

size_t check_datagram_find_eap(const struct span_list *spans, size_t *length) {
  size_t at = 0, begin = CHECK_NO_EAP, octets = 0;
  for (size_t i = 0; i < spans->count; i++) {
    if (is_eap(spans->item[i].row)) {
      begin = begin == CHECK_NO_EAP ? at : begin;
      octets += spans->item[i].length;
    }
    at += spans->item[i].length;
  }
  if (length != NULL)
    *length = octets;
  return begin;
}

struct node_datagram check_datagram_again(const struct check_datagram *datagram, uint8_t *data) {
  return (struct node_datagram){.source = datagram->source,
                                .destination = datagram->destination,
                                .protocol = datagram->protocol,
                                .data = data,
                                .length = datagram->length};
}

bool check_datagram_can_be_rubbish(const struct check_datagram *datagram) {
  return datagram->is_protected || datagram->eap_at != CHECK_NO_EAP;
}

static bool has_clear_payload(const struct check_datagram *datagram) {
  struct coap_message message;
  return datagram->is_coap && !datagram->is_protected &&
         coap_message_parse(datagram->data, datagram->length, &message) == 0 &&
         message.payload_length > 0;
}

bool check_datagram_can_be_altered(const struct check_datagram *datagram,
                                   const struct model *model) {
  if (model->ace != MODEL_ACE_OFF)
    return has_clear_payload(datagram);
  return !datagram->is_protected && datagram->eap_at != CHECK_NO_EAP &&
         datagram->eap_end < datagram->length;
}

/* Where messages of the association are. */
static bool is_of_association(const struct check_datagram *datagram, const struct model *model) {
  const struct association_kind *kind = association_kind_of(&model->options);
  if (model->ace != MODEL_ACE_OFF) {
    const struct node_address clear = {.port = HOSTS_PORT};
    return association_kind_is_session(kind) && hosts_inside(model, &datagram->destination).port ==
                                                    association_address(kind, &clear).port;
  }
  return datagram->protocol == NODE_UDP
             ? datagram->destination.port != lower_of(&model->options)->port
             : datagram->protocol == association_kind_carrier(kind);
}

/* A kind says what it is by what its key is. */
static bool is_ike(const struct association_kind *kind) {
  const char *name = association_kind_secret_name(kind);
  return name != NULL && strcmp(name, "ike_psk") == 0;
}

/* IKE has a marker where ESP is on its port (RFC 7296 section 2.23). */
struct monitor_sealed_message check_datagram_sealed(const struct check_datagram *datagram,
                                                    const struct model *model,
                                                    const uint8_t *data) {
  const struct association_kind *kind = association_kind_of(&model->options);
  const struct node_datagram again = check_datagram_again(datagram, (uint8_t *)data);
  if (!is_ike(kind) || !is_of_association(datagram, model))
    return (struct monitor_sealed_message){.octets = NULL};
  const bool is_esp = association_kind_is_application_data(kind, &again);
  const size_t marker =
      is_esp || association_kind_port(kind) == IKEV2_PORT ? 0 : IKEV2_MARKER_LENGTH;
  return (struct monitor_sealed_message){data + marker, datagram->length - marker, is_esp};
}

void check_datagram_digest(const struct check_datagram *datagram, const struct model *model,
                           uint64_t now_ns, struct digest *digest) {
  digest_u64(digest, datagram->sender);
  digest_octets(digest, datagram->source.ip, sizeof datagram->source.ip);
  digest_octets(digest, datagram->destination.ip, sizeof datagram->destination.ip);
  digest_u64(digest, datagram->protocol);
  if (is_of_association(datagram, model)) {
    const struct node_datagram again = check_datagram_again(datagram, (uint8_t *)datagram->data);
    digest_octets(digest, datagram->label, strlen(datagram->label));
    association_digest_datagram(association_kind_of(&model->options), &again, digest);
  } else {
    digest_octets(digest, datagram->data, datagram->length);
  }
  digest_u64(digest, datagram->packet.asked);
  digest_u64(digest, datagram->packet.answered);
  if (datagram->packet.secrets > 0)
    digest_u64(digest, datagram->packet.secrets);
  digest_u64(digest, datagram->held);
  digest_u64(digest, datagram->arrived);
  digest_u64(digest, datagram->passed);
  digest_deadline(digest, datagram->departed_ns + model->latency_s * NODE_SECOND, now_ns);
}
