/* The table of EAP methods. */
#include "methods.h"

#include <assert.h>
#include <string.h>

#define METHOD(id, name, proof) extern const struct eap_method EAP_##id##_PEER, EAP_##id##_SERVER;
#include "methods.def"
#undef METHOD

const struct eap_methods_row EAP_METHODS[EAP_METHODS_COUNT] = {
#define METHOD(id, name, proof) {name, proof, &EAP_##id##_PEER, &EAP_##id##_SERVER},
#include "methods.def"
#undef METHOD
};

int eap_methods_find(const char *name, size_t length) {
  for (int i = 0; i < EAP_METHODS_COUNT; i++)
    if (strlen(EAP_METHODS[i].name) == length && memcmp(EAP_METHODS[i].name, name, length) == 0)
      return i;
  return -1;
}

const char *eap_methods_names(char text[EAP_METHODS_NAMES_MAX]) {
  size_t used = 0;
  for (size_t i = 0; i < EAP_METHODS_COUNT; i++) {
    const char *mark = i == 0 ? "" : ", ";
    assert(used + strlen(mark) + strlen(EAP_METHODS[i].name) < EAP_METHODS_NAMES_MAX);
    strcpy(text + used, mark);
    strcat(text + used, EAP_METHODS[i].name);
    used += strlen(text + used);
  }
  return text;
}
