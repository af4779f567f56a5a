/* Hexadecimal digits. */
#include "hex.h"

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *hex_read(const char *text, size_t text_length, uint8_t *octets, size_t capacity,
                     size_t *length) {
  size_t digits = 0;
  for (size_t i = 0; i < text_length; i++) {
    if (is_space(text[i]))
      continue;
    const int value = digit(text[i]);
    if (value < 0)
      return "a character is no hexadecimal digit";
    if (digits / 2 >= capacity)
      return "it is too long";
    if (digits % 2 == 0)
      octets[digits / 2] = (uint8_t)(value << 4);
    else
      octets[digits / 2] |= (uint8_t)value;
    digits++;
  }
  *length = digits / 2;
  return digits % 2 == 0 ? NULL : "the number of hexadecimal digits is odd";
}

void hex_print(FILE *file, const uint8_t *octets, size_t length) {
  for (size_t i = 0; i < length; i++)
    fprintf(file, "%02x", octets[i]);
}
