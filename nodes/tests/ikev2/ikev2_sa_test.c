/* Offers and answers: what is chosen of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "hex.h"
#include "ikev2/sa.h"

#define CCM "0300000c 0100000e 800e0080 "
#define CCM_256 "0300000c 0100000e 800e0100 "
#define CCM_NO_KEY "03000008 0100000e "
#define CBC "0300000c 0100000c 800e0080 "
#define SHA256 "03000008 02000005 "
#define CMAC "03000008 02000008 "
#define X25519 "00000008 0400001f "
#define ECP256 "00000008 04000013 "
#define MORE_X25519 "03000008 0400001f "
#define MORE_ECP256 "03000008 04000013 "
#define INTEG_NONE "03000008 03000000 "
#define INTEG "03000008 0300000c "
#define NO_DH "03000008 04000000 "
#define ESN_NO "00000008 05000000 "
#define ESN_YES "00000008 05000001 "
#define IIV "0300000c 0100001d 800e0080 "

enum { ALL = -1, NONE = -2 };

static void choices(void **state) {
  (void)state;
  static const struct {
    const char *body;
    bool esp;
    int set; /* of ours; ALL */
    int row; /* chosen; NONE */
    int number;
    bool answer; /* it could be one */
  } CASES[] = {
      {"00000024 01010003 " CCM SHA256 X25519, false, ALL, IKEV2_PROPOSAL_X25519, 1, true},
      {"00000024 07010003 " CCM SHA256 ECP256, false, ALL, IKEV2_PROPOSAL_ECP256, 7, true},
      {"00000024 01010003 " CCM CMAC X25519, false, ALL, IKEV2_PROPOSAL_X25519_CMAC, 1, true},
      {"00000024 01010003 " CCM CMAC ECP256, false, ALL, IKEV2_PROPOSAL_ECP256_CMAC, 1, true},
      {"00000024 01010003 " CCM CMAC ECP256, false, 7, NONE, 0, false},
      {"00000024 01010003 " CCM_256 SHA256 X25519, false, ALL, NONE, 0, false},
      {"00000020 01010003 " CCM_NO_KEY SHA256 X25519, false, ALL, NONE, 0, false},
      {"00000024 01010003 " CBC SHA256 X25519, false, ALL, NONE, 0, false},
      {"0000001c 01010002 " CCM X25519, false, ALL, NONE, 0, false},
      {"0000002c 01010004 " CCM INTEG SHA256 X25519, false, ALL, NONE, 0, false},
      {"0000002c 01010004 " CCM INTEG_NONE SHA256 X25519, false, ALL, 0, 1, true},
      /* The whole of it: several of each; the lowest row counts. */
      {"00000048 01010007 " CBC CCM CMAC SHA256 INTEG_NONE MORE_ECP256 X25519, false, ALL, 0, 1,
       false},
      {"00000048 01010007 " CBC CCM CMAC SHA256 INTEG_NONE MORE_ECP256 X25519, false, 8, 3, 1,
       false},
      /* Theirs in their order. */
      {"02000024 01010003 " CBC SHA256 X25519 "00000024 02010003 " CCM CMAC ECP256, false, ALL, 3,
       2, false},
      {"02000024 01010003 " CCM CMAC X25519 "00000024 02010003 " CCM SHA256 X25519, false, ALL, 2,
       1, false},
      {"0000002c 01010004 03000008 ff000000 " CCM SHA256 X25519, false, ALL, NONE, 0, false},
      /* Another protocol, an SPI where there is none. */
      {"00000024 01030003 " CCM SHA256 X25519, false, ALL, NONE, 0, false},
      {"0000002c 01010803 0102030405060708 " CCM SHA256 X25519, false, ALL, NONE, 0, false},
      /* ESP */
      {"00000020 01030402 11223344 " CCM ESN_NO, true, ALL, IKEV2_ESP_AES_CCM_8, 1, true},
      {"00000020 02030402 11223344 " IIV ESN_NO, true, ALL, IKEV2_ESP_AES_CCM_8_IIV, 2, true},
      {"00000020 02030402 11223344 " IIV ESN_NO, true, 1, NONE, 0, false},
      {"00000020 01030402 11223344 " CCM ESN_YES, true, ALL, NONE, 0, false},
      {"00000020 01030402 000000ff " CCM ESN_NO, true, ALL, NONE, 0, false},
      {"00000028 01030403 11223344 " CCM NO_DH ESN_NO, true, ALL, 0, 1, true},
      {"00000028 01030403 11223344 " CCM MORE_X25519 ESN_NO, true, ALL, NONE, 0, false},
      {"00000018 01030401 11223344 0000000c 0100000e 800e0080", true, ALL, NONE, 0, false},
      {"0000001c 01030002 " CCM ESN_NO, true, ALL, NONE, 0, false},
      {"0000002c 01030403 11223344 " IIV CCM ESN_NO, true, ALL, 0, 1, false},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    const struct hex body = hex(CASES[i].body);
    const struct ikev2_payload payload = {
        .type = IKEV2_PAYLOAD_SA, .body = body.octets, .length = body.length};
    const unsigned set = (unsigned)CASES[i].set;
    struct ikev2_choice choice = {0}, answer = {0};
    if (ikev2_payload_check(&payload) != NULL)
      fail_msg("case %zu: %s", i, ikev2_payload_check(&payload));
    const bool chosen = CASES[i].esp ? ikev2_sa_choose_esp(&payload, set, &choice)
                                     : ikev2_sa_choose_ike(&payload, set, &choice);
    const bool answered = CASES[i].esp ? ikev2_sa_answer_esp(&payload, set, &answer)
                                       : ikev2_sa_answer_ike(&payload, set, &answer);
    assert_int_equal(chosen, CASES[i].row != NONE);
    assert_int_equal(answered, CASES[i].answer);
    if (!chosen)
      continue;
    assert_int_equal(choice.row, CASES[i].row);
    assert_int_equal(choice.number, CASES[i].number);
    assert_int_equal(choice.spi, CASES[i].esp ? 0x11223344 : 0);
    assert_true(!answered || answer.row == choice.row);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(choices),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
