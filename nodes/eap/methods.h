/* The EAP methods by name, a row each. */
#ifndef NODES_EAP_METHODS_H
#define NODES_EAP_METHODS_H

#include "method.h"

/* Places in the table. */
enum eap_methods_place { EAP_METHODS_PSK, EAP_METHODS_EDHOC, EAP_METHODS_COUNT };

struct eap_methods_row {
  const char *name; /* "psk" */
  const struct eap_method *peer, *server;
};

extern const struct eap_methods_row EAP_METHODS[EAP_METHODS_COUNT];

/* The place of a name that may be part of a text; -1: there is no such method. */
int eap_methods_find(const char *name, size_t length);

/* All names: "psk, edhoc". Returns `text`. */
enum { EAP_METHODS_NAMES_MAX = 64 };
const char *eap_methods_names(char text[EAP_METHODS_NAMES_MAX]);

#endif
