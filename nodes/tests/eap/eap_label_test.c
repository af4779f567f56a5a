/* Labels of the packets of a conversation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eap/label.h"
#include "hex.h"

static const char *label(struct eap_labels *labels, const char *text) {
  const struct hex packet = hex(text);
  return eap_label(labels, packet.octets, packet.length);
}

/* Requests and responses in turn; the identifier is in the packet. */
static void conversation(void **state) {
  (void)state;
  static const struct {
    const char *packet, *label;
  } flow[] = {
      {"0101000501", "EAP-Request/Identity"},
      {"0201000501", "EAP-Response/Identity"},
      {"010200063910", "EAP-EDHOC Start"},
      {"0202000839090400", "EAP-EDHOC 1 (fragment 1)"},
      {"010300063900", "EAP-EDHOC 1 (ack 1)"},
      {"020300073908ff", "EAP-EDHOC 1 (fragment 2)"},
      {"0104000539", "EAP-EDHOC 1 (ack 2)"},
      {"020400073900ff", "EAP-EDHOC 1 (fragment 3)"},
      {"01050007390058", "EAP-EDHOC 2"},
      {"02050009390a000158", "EAP-EDHOC 3 (fragment 1)"},
      {"010600063900", "EAP-EDHOC 3 (ack 1)"},
      {"010600063900", "EAP-EDHOC 3 (ack 1)"}, /* again */
      {"02060007390001", "EAP-EDHOC 3 (fragment 2)"},
      {"02060007390001", "EAP-EDHOC 3 (fragment 2)"},
      {"01070007390048", "EAP-EDHOC 4"},
      {"020700063900", "EAP-EDHOC (empty)"},
      {"03070004", "EAP-Success"},
      {"010700063910", "EAP-EDHOC Start"}, /* anew, with the last identifier */
      {"020700073900ff", "EAP-EDHOC 1"},
      {"01080007390001", "EAP-EDHOC error"},
      {"020800063900", "EAP-EDHOC (empty)"},
      {"04080004", "EAP-Failure"},
      {"010900063910", "EAP-EDHOC Start"},
      {"02090007390003", "EAP-EDHOC 1"},
      {"010a0007390058", "EAP-EDHOC 2"},
      {"020a0007390020", "EAP-EDHOC error"},
      {"010b000639ff", "EAP-EDHOC (malformed)"},
      {"010c0006", "EAP (malformed)"},
      {"010c000506", "EAP-Request (other method)"},
  };
  struct eap_labels labels = {0};
  for (size_t i = 0; i < sizeof flow / sizeof flow[0]; i++)
    assert_string_equal(label(&labels, flow[i].packet), flow[i].label);
}

/* A request that comes again, after a response that was none, is what it was; and so is the true
 * response. */
static void repeats(void **state) {
  (void)state;
  struct eap_labels labels = {0};
  assert_string_equal(label(&labels, "010200063910"), "EAP-EDHOC Start");
  assert_string_equal(label(&labels, "02020007390003"), "EAP-EDHOC 1");
  for (unsigned i = 0; i < 3; i++) {
    assert_string_equal(label(&labels, "01030007390058"), "EAP-EDHOC 2");
    assert_string_equal(label(&labels, "02030007390001"), "EAP-EDHOC error");
    assert_string_equal(label(&labels, "02030007390058"), "EAP-EDHOC 3");
  }
  assert_string_equal(label(&labels, "01040007390058"), "EAP-EDHOC 4");
}

/* The identifiers of a conversation may begin anywhere, and come round. */
static void every_first_identifier(void **state) {
  (void)state;
  static const char *const labels_of[] = {"EAP-EDHOC Start", "EAP-EDHOC 1", "EAP-EDHOC 2",
                                          "EAP-EDHOC 3",     "EAP-EDHOC 4", "EAP-EDHOC (empty)"};
  for (unsigned first = 0; first < 256; first++) {
    struct eap_labels labels = {0};
    for (unsigned i = 0; i < sizeof labels_of / sizeof labels_of[0]; i++) {
      const uint8_t identifier = (uint8_t)(first + i / 2), code = i % 2 == 0 ? 1 : 2;
      const uint8_t start[] = {code, identifier, 0, 6, 57, 0x10};
      const uint8_t message[] = {code, identifier, 0, 8, 57, 0, 0x58, 0};
      const uint8_t empty[] = {code, identifier, 0, 6, 57, 0};
      const char *label_of = i == 0   ? eap_label(&labels, start, sizeof start)
                             : i == 5 ? eap_label(&labels, empty, sizeof empty)
                                      : eap_label(&labels, message, sizeof message);
      assert_string_equal(label_of, labels_of[i]);
    }
  }
}

static void fragments_beyond_what_is_numbered(void **state) {
  (void)state;
  struct eap_labels labels = {0};
  const char *last = label(&labels, "010200063910");
  for (unsigned i = 1; i < 600; i++) {
    uint8_t fragment[] = {2, (uint8_t)(i + 1), 0, 7, 57, 8, 0xff};
    const uint8_t ack[] = {1, (uint8_t)(i + 2), 0, 6, 57, 0};
    last = eap_label(&labels, fragment, sizeof fragment);
    const char *of_ack = eap_label(&labels, ack, sizeof ack);
    if (i == 40) {
      assert_string_equal(last, "EAP-EDHOC 1 (fragment 40)");
      assert_string_equal(of_ack, "EAP-EDHOC 1 (ack 40)");
    }
  }
  assert_string_equal(last, "EAP-EDHOC 1 (fragment)");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(conversation),
      cmocka_unit_test(repeats),
      cmocka_unit_test(every_first_identifier),
      cmocka_unit_test(fragments_beyond_what_is_numbered),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
