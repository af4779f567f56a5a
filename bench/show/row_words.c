/* Protocols and their abbreviations in capitals, all else as it is. */
#include "row_words.h"

#include <string.h>

/* What parts of names stand for, if it is not themselves. */
static const struct {
  const char *part, *words;
} PARTS[] = {
    {"ace", "ACE"},       {"auth", "AUTH"}, {"coap", "CoAP"},
    {"dtls", "DTLS"},     {"eap", "EAP"},   {"edhoc", "EDHOC"},
    {"esp", "ESP"},       {"icv", "ICV"},   {"id", "ID"},
    {"ikev2", "IKEv2"},   {"ip", "IP"},     {"ipv6", "IPv6"},
    {"iv", "IV"},         {"ke", "KE"},     {"oscore", "OSCORE"},
    {"pac", "PaC"},       {"pana", "PANA"}, {"prf", "PRF"},
    {"radius", "RADIUS"}, {"sa", "SA"},     {"seqnum", "SeqNum"},
    {"ts", "TS"},         {"udp", "UDP"},   {"uri", "URI"},
    {"mac", "MAC"},       {"phy", "PHY"},   {"sixlowpan", "6LoWPAN"},
};

static void add_part(struct text *words, const char *part, size_t length) {
  for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
    if (strlen(PARTS[i].part) != length || strncmp(PARTS[i].part, part, length) != 0)
      continue;
    text_add(words, "%s", PARTS[i].words);
    return;
  }
  text_add(words, "%.*s", (int)length, part);
}

void row_words_add(struct text *words, const char *row) {
  for (const char *part = row; *part != '\0';) {
    const size_t length = strcspn(part, "_");
    add_part(words, part, length);
    part += length;
    if (*part != '_')
      continue;
    text_add(words, " ");
    part++;
  }
}
