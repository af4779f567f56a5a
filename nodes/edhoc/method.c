/* The table of methods. */
#include "method.h"

#include "proof.h"

static const struct edhoc_method METHODS[] = {
    [EDHOC_SIGNATURE_SIGNATURE] = {{&EDHOC_PROOF_SIGNATURE, &EDHOC_PROOF_SIGNATURE}},
    [EDHOC_SIGNATURE_STATIC] = {{&EDHOC_PROOF_SIGNATURE, &EDHOC_PROOF_STATIC}},
    [EDHOC_STATIC_SIGNATURE] = {{&EDHOC_PROOF_STATIC, &EDHOC_PROOF_SIGNATURE}},
    [EDHOC_STATIC_STATIC] = {{&EDHOC_PROOF_STATIC, &EDHOC_PROOF_STATIC}},
};

_Static_assert(sizeof METHODS / sizeof METHODS[0] == EDHOC_METHODS, "each method has its row");

const struct edhoc_method *edhoc_method_find(int32_t number) {
  return number >= 0 && number < EDHOC_METHODS ? &METHODS[number] : NULL;
}

enum ec_curve edhoc_method_curve(unsigned number, enum edhoc_role role,
                                 const struct edhoc_suite *suite) {
  return METHODS[number].proof[role]->curve(suite);
}
