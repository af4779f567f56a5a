/* Payloads of CoAP-EAP. */
#include "payload.h"

#include "flow.h"

int coap_eap_payload_put(const struct coap_eap_options *options, struct coap_message *message,
                         struct span_writer *packet, const struct coap_eap_info *info) {
  static const uint8_t format[] = {COAP_EAP_CONTENT_FORMAT >> 8, COAP_EAP_CONTENT_FORMAT & 0xff};
  if (info != NULL)
    coap_eap_info_compose(info, packet);
  if (packet->overflow)
    return NODE_ERR_TOO_LONG;
  if (options->content_format && packet->length > 0)
    coap_message_add_option(message, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, format,
                            sizeof format);
  message->payload = packet->data;
  message->payload_length = packet->length;
  message->payload_spans = packet->spans;
  return 0;
}

int coap_eap_payload_take(const struct coap_eap_options *options,
                          const struct coap_message *message, struct coap_message *eap,
                          struct coap_eap_info *info) {
  *eap = *message;
  *info = (struct coap_eap_info){.lifetime_s = 0};
  if (!options->flow->negotiates)
    return 0;
  return coap_eap_info_split(message->payload, message->payload_length, &eap->payload_length, info);
}

bool coap_eap_payload_is_other(const struct coap_eap_options *options,
                               const struct coap_message *message) {
  const struct coap_option *option = coap_message_find(message, COAP_NUMBER_CONTENT_FORMAT);
  uint64_t format;
  if (!options->flow->negotiates || option == NULL)
    return false;
  return coap_uint_decode(option->value, option->length, &format) < 0 ||
         format != COAP_EAP_CONTENT_FORMAT;
}
