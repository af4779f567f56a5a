/* Reads PDML, tshark's list of all that it dissected, with position and size of each field. */
#ifndef SIM_TESTS_PROOF_PROOF_PDML_H
#define SIM_TESTS_PROOF_PROOF_PDML_H

#include <stdbool.h>
#include <stddef.h>

/* A protocol or field; name "packet" where a frame begins. Strings are as in the file, "" where an
 * attribute is absent, and end with the text. */
struct proof_element {
  const char *name;
  const char *show;
  const char *value;
  size_t position;
  size_t size;
};

struct proof_pdml {
  char *text; /* owned */
  char *next;
};

/* False if the file cannot be read. */
bool proof_pdml_open(struct proof_pdml *pdml, const char *path);
void proof_pdml_close(struct proof_pdml *pdml);

/* The next element; false at the end. */
bool proof_pdml_next(struct proof_pdml *pdml, struct proof_element *element);

/* Octets of hexadecimal digits, to be freed. */
unsigned char *proof_pdml_octets(const char *digits, size_t *length);

#endif
