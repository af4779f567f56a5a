/* A reader of the XML that tshark writes: tags and their attributes, in double quotes. */
#define _GNU_SOURCE
#include "proof_pdml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool proof_pdml_open(struct proof_pdml *pdml, const char *path) {
  FILE *file = fopen(path, "r");
  size_t capacity = 0;
  pdml->text = pdml->next = NULL;
  if (file == NULL)
    return false;
  const bool read = getdelim(&pdml->text, &capacity, '\0', file) > 0;
  fclose(file);
  pdml->next = pdml->text;
  return read;
}

void proof_pdml_close(struct proof_pdml *pdml) {
  free(pdml->text);
}

static void set_attribute(struct proof_element *element, const char *key, const char *value) {
  if (strcmp(key, "name") == 0)
    element->name = value;
  else if (strcmp(key, "show") == 0)
    element->show = value;
  else if (strcmp(key, "value") == 0)
    element->value = value;
  else if (strcmp(key, "pos") == 0)
    element->position = strtoul(value, NULL, 10);
  else if (strcmp(key, "size") == 0)
    element->size = strtoul(value, NULL, 10);
}

/* Takes key="value" pairs up to the end of the tag. */
static char *read_attributes(char *text, struct proof_element *element) {
  for (;;) {
    text += strspn(text, " \n");
    char *equals = strpbrk(text, "=>");
    if (equals == NULL || *equals == '>')
      return equals == NULL ? text + strlen(text) : equals + 1;
    char *value = equals + 2, *end = strchr(value, '"');
    if (end == NULL)
      return text + strlen(text);
    *equals = *end = '\0';
    set_attribute(element, text, value);
    text = end + 1;
  }
}

bool proof_pdml_next(struct proof_pdml *pdml, struct proof_element *element) {
  char *tag;
  while ((tag = strchr(pdml->next, '<')) != NULL) {
    *element = (struct proof_element){.name = "", .show = "", .value = ""};
    const size_t length = strcspn(++tag, " >");
    pdml->next = tag + length;
    if (length == 6 && strncmp(tag, "packet", length) == 0) {
      element->name = "packet";
      return true;
    }
    if (length == 5 && (strncmp(tag, "proto", length) == 0 || strncmp(tag, "field", length) == 0)) {
      pdml->next = read_attributes(pdml->next, element);
      return true;
    }
  }
  return false;
}

unsigned char *proof_pdml_octets(const char *digits, size_t *length) {
  *length = strlen(digits) / 2;
  unsigned char *octets = malloc(*length + 1);
  if (octets == NULL)
    abort();
  for (size_t i = 0; i < *length; i++) {
    unsigned octet = 0;
    sscanf(digits + 2 * i, "%2x", &octet);
    octets[i] = (unsigned char)octet;
  }
  return octets;
}
