/* Filter rules: their text, and what they match (RFC 6733 section 4.3.1). */
#include "rule.h"

#include <string.h>

/* Words */

struct rule_text {
  const char *next, *end;
};

struct rule_word {
  const char *text;
  size_t length; /* 0: there is none */
};

static struct rule_word word_peek(const struct rule_text *text) {
  const char *at = text->next;
  while (at < text->end && *at == ' ')
    at++;
  struct rule_word word = {.text = at};
  while (at + word.length < text->end && at[word.length] != ' ')
    word.length++;
  return word;
}

static struct rule_word word_take(struct rule_text *text) {
  const struct rule_word word = word_peek(text);
  text->next = word.text + word.length;
  return word;
}

static bool word_is(struct rule_word word, const char *text) {
  return word.length == strlen(text) && memcmp(word.text, text, word.length) == 0;
}

/* A word of two; -1: neither. */
static int word_choose(struct rule_word word, const char *no, const char *yes) {
  return word_is(word, yes) ? 1 : word_is(word, no) ? 0 : -1;
}

/* Decimal digits as far as they go; -1: there are none, or more than `most`. */
static int number_take(struct rule_text *text, int most) {
  int number = -1;
  for (; text->next < text->end && *text->next >= '0' && *text->next <= '9'; text->next++) {
    number = (number < 0 ? 0 : number) * 10 + (*text->next - '0');
    if (number > most)
      return -1;
  }
  return number;
}

static bool sign_take(struct rule_text *text, char sign) {
  if (text->next == text->end || *text->next != sign)
    return false;
  text->next++;
  return true;
}

/* Addresses */

static bool ipv4_take(struct rule_text *text, uint8_t octets[4]) {
  for (size_t i = 0; i < 4; i++) {
    const int number = i > 0 && !sign_take(text, '.') ? -1 : number_take(text, 255);
    if (number < 0)
      return false;
    octets[i] = (uint8_t)number;
  }
  return true;
}

static int hex_digit(char sign) {
  if (sign >= '0' && sign <= '9')
    return sign - '0';
  if (sign >= 'a' && sign <= 'f')
    return sign - 'a' + 10;
  return sign >= 'A' && sign <= 'F' ? sign - 'A' + 10 : -1;
}

/* One to four digits; -1: none, or more. */
static int group_take(struct rule_text *text) {
  int group = 0, digits = 0;
  for (; text->next < text->end && hex_digit(*text->next) >= 0; text->next++, digits++) {
    if (digits == 4)
      return -1;
    group = group << 4 | hex_digit(*text->next);
  }
  return digits == 0 ? -1 : group;
}

/* The groups up to the end, a '/' or "::"; octets taken, or -1. */
static int groups_take(struct rule_text *text, uint8_t octets[16]) {
  int length = 0;
  while (text->next < text->end && *text->next != '/') {
    const bool again = length > 0;
    if (again && text->end - text->next >= 2 && text->next[1] == ':')
      break;
    if (again && !sign_take(text, ':'))
      return -1;
    const struct rule_text before = *text;
    const int group = group_take(text);
    if (text->next < text->end && *text->next == '.' && length <= 12) {
      *text = before;
      return ipv4_take(text, octets + length) ? length + 4 : -1;
    }
    if (group < 0 || length > 14)
      return -1;
    octets[length++] = (uint8_t)(group >> 8);
    octets[length++] = (uint8_t)group;
  }
  return length;
}

static bool gap_take(struct rule_text *text) {
  if (text->end - text->next < 2 || text->next[0] != ':' || text->next[1] != ':')
    return false;
  text->next += 2;
  return true;
}

static bool ipv6_take(struct rule_text *text, uint8_t ip[16]) {
  uint8_t head[16], tail[16];
  int head_length = 0, tail_length = 0;
  memset(ip, 0, 16);
  bool has_gap = gap_take(text);
  if (!has_gap) {
    head_length = groups_take(text, head);
    has_gap = head_length >= 0 && gap_take(text);
  }
  if (has_gap)
    tail_length = groups_take(text, tail);
  if (head_length < 0 || tail_length < 0 ||
      (has_gap ? head_length + tail_length > 14 : head_length != 16))
    return false;
  memcpy(ip, head, (size_t)head_length);
  memcpy(ip + 16 - tail_length, tail, (size_t)tail_length);
  return true;
}

static const uint8_t IPV4_MAPPED[12] = {[10] = 0xff, [11] = 0xff};

/* ipno or ipno/bits. */
static int number_parse(struct rule_word word, struct aaa_rule_end *end) {
  struct rule_text text = {word.text, word.text + word.length};
  end->host = AAA_RULE_NUMBER;
  end->is_ipv4 = memchr(word.text, ':', word.length) == NULL;
  memcpy(end->ip, IPV4_MAPPED, sizeof IPV4_MAPPED);
  if (!(end->is_ipv4 ? ipv4_take(&text, end->ip + sizeof IPV4_MAPPED) : ipv6_take(&text, end->ip)))
    return NODE_ERR_MALFORMED;
  const int most = end->is_ipv4 ? 32 : 128;
  const int bits = sign_take(&text, '/') ? number_take(&text, most) : most;
  if (bits < 0 || text.next != text.end)
    return NODE_ERR_MALFORMED;
  end->bits = (unsigned)(128 - most + bits);
  return 0;
}

static int host_parse(struct rule_text *text, struct aaa_rule_end *end) {
  struct rule_word word = word_take(text);
  if (word.length > 0 && word.text[0] == '!') {
    end->inverted = true;
    word.text++;
    if (--word.length == 0)
      word = word_take(text);
  }
  if (word_is(word, "any")) {
    end->host = AAA_RULE_ANY;
    return 0;
  }
  if (word_is(word, "assigned")) {
    end->host = AAA_RULE_ASSIGNED;
    return 0;
  }
  return word.length == 0 ? NODE_ERR_MALFORMED : number_parse(word, end);
}

/* Ports */

static bool has_ports(unsigned protocol) {
  enum { TCP = 6, SCTP = 132 };
  return protocol == TCP || protocol == AAA_RULE_UDP || protocol == SCTP;
}

/* {port|port-port}[,ports[,...]] */
static int ports_parse(struct rule_word word, struct aaa_rule_end *end) {
  struct rule_text text = {word.text, word.text + word.length};
  do {
    const int first = number_take(&text, UINT16_MAX);
    const int last = sign_take(&text, '-') ? number_take(&text, UINT16_MAX) : first;
    if (first < 0 || last < first)
      return NODE_ERR_MALFORMED;
    if (end->port_count == AAA_RULE_PORTS_MAX)
      return NODE_ERR_TOO_LONG;
    end->ports[end->port_count++] =
        (struct aaa_rule_ports){.first = (uint16_t)first, .last = (uint16_t)last};
  } while (sign_take(&text, ','));
  return text.next == text.end ? 0 : NODE_ERR_MALFORMED;
}

static int end_parse(struct rule_text *text, unsigned protocol, struct aaa_rule_end *end) {
  const int error = host_parse(text, end);
  const struct rule_word next = word_peek(text);
  if (error < 0 || next.length == 0 || next.text[0] < '0' || next.text[0] > '9')
    return error;
  return has_ports(protocol) ? ports_parse(word_take(text), end) : NODE_ERR_MALFORMED;
}

/* Rules */

/* What is behind both ends. */
static int options_parse(struct rule_text *text) {
  static const char *const known[] = {"frag",  "ipoptions", "tcpoptions", "established",
                                      "setup", "tcpflags",  "icmptypes"};
  const struct rule_word word = word_take(text);
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (word_is(word, known[i]))
      return NODE_ERR_UNSUPPORTED;
  return word.length == 0 ? 0 : NODE_ERR_MALFORMED;
}

/* "ip", or a number; -1: neither. */
static int protocol_parse(struct rule_word word) {
  struct rule_text text = {word.text, word.text + word.length};
  const int number = word_is(word, "ip") ? -1 : number_take(&text, 255);
  if (word_is(word, "ip"))
    return AAA_RULE_PROTOCOL_ANY;
  return text.next == text.end ? number : -1;
}

int aaa_rule_parse(const char *octets, size_t length, struct aaa_rule *rule) {
  struct rule_text text = {octets, octets + length};
  struct aaa_rule parsed = {.permit = false};
  const int permit = word_choose(word_take(&text), "deny", "permit");
  const int in = word_choose(word_take(&text), "out", "in");
  const int protocol = protocol_parse(word_take(&text));
  if (permit < 0 || in < 0 || protocol < 0 || !word_is(word_take(&text), "from"))
    return NODE_ERR_MALFORMED;
  parsed.permit = permit > 0;
  parsed.in = in > 0;
  parsed.protocol = (unsigned)protocol;
  int error = end_parse(&text, parsed.protocol, &parsed.from);
  if (error == 0 && !word_is(word_take(&text), "to"))
    error = NODE_ERR_MALFORMED;
  if (error == 0)
    error = end_parse(&text, parsed.protocol, &parsed.to);
  if (error == 0)
    error = options_parse(&text);
  if (error == 0)
    *rule = parsed;
  return error;
}

/* Matching */

static bool prefix_equal(const uint8_t a[16], const uint8_t b[16], unsigned bits) {
  const unsigned octets = bits / 8, rest = bits % 8;
  return memcmp(a, b, octets) == 0 && (rest == 0 || (a[octets] ^ b[octets]) >> (8 - rest) == 0);
}

static bool host_matches(const struct aaa_rule_end *end, const uint8_t ip[16],
                         const uint8_t assigned[16]) {
  const bool is_ipv4 = memcmp(ip, IPV4_MAPPED, sizeof IPV4_MAPPED) == 0;
  switch (end->host) {
  case AAA_RULE_ANY:
    return true;
  case AAA_RULE_ASSIGNED:
    return memcmp(ip, assigned, 16) == 0;
  default:
    return is_ipv4 == end->is_ipv4 && prefix_equal(ip, end->ip, end->bits);
  }
}

static bool end_matches(const struct aaa_rule_end *end, const struct node_address *address,
                        const uint8_t assigned[16]) {
  bool port_matches = end->port_count == 0;
  for (size_t i = 0; i < end->port_count; i++)
    port_matches = port_matches ||
                   (address->port >= end->ports[i].first && address->port <= end->ports[i].last);
  return port_matches && host_matches(end, address->ip, assigned) != end->inverted;
}

static bool rule_matches(const struct aaa_rule *rule, const struct aaa_rule_packet *packet) {
  return rule->in == packet->in &&
         (rule->protocol == AAA_RULE_PROTOCOL_ANY || rule->protocol == packet->protocol) &&
         end_matches(&rule->from, &packet->source, packet->assigned) &&
         end_matches(&rule->to, &packet->destination, packet->assigned);
}

bool aaa_rules_permit(const struct aaa_rule *rules, size_t count,
                      const struct aaa_rule_packet *packet) {
  for (size_t i = 0; i < count; i++)
    if (rule_matches(&rules[i], packet))
      return rules[i].permit;
  return count == 0 || !rules[count - 1].permit;
}
