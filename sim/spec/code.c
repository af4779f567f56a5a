/* Hash of the code (from the build) and versions of the libraries (from the libraries). */
#include "code.h"

#include "coap/message.h"
#include "code_hash.h" /* generated */
#include "crypto/crypto.h"
#include "ns3/world.h"

#include <openssl/crypto.h>

const char *code_hash(void) {
  return CODE_HASH;
}

static const char *libcrypto_version(void) {
  return OpenSSL_version(OPENSSL_VERSION_STRING);
}

const struct code_library *code_libraries(void) {
  static const struct code_library libraries[] = {
      {"ns-3", world_version},
      {"mbedtls", crypto_library_version},
      {"libcrypto", libcrypto_version},
      {"libcoap", coap_library_version},
      {NULL, NULL},
  };
  return libraries;
}

json_t *code_to_json(void) {
  json_t *object = json_pack("{s:s}", "hash", code_hash());
  for (const struct code_library *library = code_libraries(); library->name != NULL; library++)
    json_object_set_new(object, library->name, json_string(library->version()));
  return object;
}
