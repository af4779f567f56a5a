/* Telling protocols apart. */
#include "hint_look.h"

#include "../coap/message.h"

enum {
  PANA_HEADER = 16,
  PANA_TYPE_MAX = 5, /* PCI, PAR and PAN, PTR and PTA, PNR and PNA, PRY */
  DTLS_HEADER = 13,
  DTLS_TYPE_MIN = 20,
  DTLS_TYPE_MAX = 23,
  DTLS_MAJOR = 254,
};

/* RFC 5191 section 6.2: two reserved octets, the length of all, flags, the type. */
static bool is_pana(const uint8_t *data, size_t length) {
  return length >= PANA_HEADER && data[0] == 0 && data[1] == 0 &&
         (size_t)(data[2] << 8 | data[3]) == length && data[6] == 0 && data[7] >= 1 &&
         data[7] <= PANA_TYPE_MAX;
}

/* RFC 6347 section 4.1 */
static bool is_dtls(const uint8_t *data, size_t length) {
  return length >= DTLS_HEADER && data[0] >= DTLS_TYPE_MIN && data[0] <= DTLS_TYPE_MAX &&
         data[1] == DTLS_MAJOR;
}

static enum hint_look look_at_service(const struct coap_message *message) {
  static const struct {
    const char *path[2];
    size_t count;
    enum hint_look look;
  } services[] = {{{"b"}, 1, HINT_LOOK_DRAFT},
                  {{".well-known", "coap-eap"}, 2, HINT_LOOK_RFC9820},
                  {{".well-known", "edhoc"}, 2, HINT_LOOK_EDHOC}};
  for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
    if (message->code == COAP_CODE_POST &&
        coap_message_path_is(message, services[i].path, services[i].count))
      return services[i].look;
  return HINT_LOOK_COAP;
}

static enum hint_look look_at_error(uint8_t code) {
  static const struct {
    uint8_t code;
    enum hint_look look;
  } errors[] = {{COAP_CODE_BAD_REQUEST, HINT_LOOK_4_00},
                {COAP_CODE_UNAUTHORIZED, HINT_LOOK_4_01},
                {COAP_CODE_BAD_OPTION, HINT_LOOK_4_02},
                {COAP_CODE_NOT_FOUND, HINT_LOOK_4_04}};
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
    if (errors[i].code == code)
      return errors[i].look;
  return HINT_LOOK_COAP;
}

enum hint_look hint_look(const struct node_datagram *datagram, uint16_t known, uint16_t *critical) {
  const uint16_t of_coap[] = {COAP_NUMBER_URI_HOST, COAP_NUMBER_URI_PORT, COAP_NUMBER_URI_PATH,
                              COAP_NUMBER_EDHOC,    COAP_NUMBER_OSCORE,   known};
  struct coap_message message;
  if (is_pana(datagram->data, datagram->length))
    return HINT_LOOK_PANA;
  if (is_dtls(datagram->data, datagram->length))
    return HINT_LOOK_DTLS;
  if (coap_message_parse(datagram->data, datagram->length, &message) < 0)
    return HINT_LOOK_ANY;
  if (coap_message_find(&message, COAP_NUMBER_OSCORE) != NULL)
    return HINT_LOOK_OSCORE;
  const struct coap_option *option =
      coap_message_unknown_critical(&message, of_coap, sizeof of_coap / sizeof of_coap[0]);
  if (option != NULL) {
    *critical = option->number;
    return HINT_LOOK_CRITICAL;
  }
  return coap_code_is_request(message.code) ? look_at_service(&message)
                                            : look_at_error(message.code);
}
