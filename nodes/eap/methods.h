/* The EAP methods by name, a row each. */
#ifndef NODES_EAP_METHODS_H
#define NODES_EAP_METHODS_H

#include "method.h"

/* Places in the table. */
enum eap_methods_place {
#define METHOD(id, name, proof) EAP_METHODS_##id,
#include "methods.def"
#undef METHOD
  EAP_METHODS_COUNT
};

/* What of a credential a method needs. */
enum eap_proof {
  EAP_PROOF_PSK,   /* a key of 16 octets, and two names */
  EAP_PROOF_EDHOC, /* keys and trust of EDHOC */
  EAP_PROOF_COUNT
};

struct eap_methods_row {
  const char *name; /* "psk" */
  enum eap_proof proof;
  const struct eap_method *peer, *server;
};

extern const struct eap_methods_row EAP_METHODS[EAP_METHODS_COUNT];

/* The place of a name that may be part of a text; -1: there is no such method. */
int eap_methods_find(const char *name, size_t length);

/* All names: "psk, edhoc". Returns `text`. */
enum { EAP_METHODS_NAMES_MAX = 64 };
const char *eap_methods_names(char text[EAP_METHODS_NAMES_MAX]);

#endif
