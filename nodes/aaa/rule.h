/* Filter rules as RADIUS and Diameter write them: IPFilterRule (RFC 6733 section 4.3.1; RFC 4849
 * refers to the same of RFC 3588), as "permit in 17 from assigned to any 5683".
 *
 * Options behind the two ends (frag, ipoptions, tcpoptions, established, setup, tcpflags,
 * icmptypes) are known, and no rule that has one can be applied: who judges here sees requests, and
 * neither fragments nor flags. Bits behind a mask are passed over, as in the RFC's example, though
 * its text forbids them. */
#ifndef NODES_AAA_RULE_H
#define NODES_AAA_RULE_H

#include "../node.h"

enum {
  AAA_RULE_PORTS_MAX = 8,      /* ranges of ports of one end */
  AAA_RULE_PROTOCOL_ANY = 256, /* "ip" */
  AAA_RULE_UDP = 17,
};

enum aaa_rule_host {
  AAA_RULE_ANY,
  AAA_RULE_ASSIGNED, /* the device's address */
  AAA_RULE_NUMBER,   /* `ip`, as far as `bits` say */
};

struct aaa_rule_ports {
  uint16_t first, last;
};

/* Where a packet comes from, or goes to. */
struct aaa_rule_end {
  enum aaa_rule_host host;
  bool inverted; /* all hosts but this */
  bool is_ipv4;  /* `ip` is mapped into IPv6, and `bits` count from its beginning */
  uint8_t ip[16];
  unsigned bits;
  struct aaa_rule_ports ports[AAA_RULE_PORTS_MAX];
  size_t port_count; /* 0: any port */
};

struct aaa_rule {
  bool permit;
  bool in; /* from the device; else to it */
  unsigned protocol;
  struct aaa_rule_end from, to;
};

/* What a rule is held against. IPv4 addresses are mapped into IPv6. */
struct aaa_rule_packet {
  bool in;
  unsigned protocol;
  const uint8_t *assigned; /* the device's IP address, 16 octets */
  struct node_address source, destination;
};

/* Reads one rule. NODE_ERR_MALFORMED: it is none; NODE_ERR_UNSUPPORTED: it has options, and cannot
 * be applied; NODE_ERR_TOO_LONG: more ports than AAA_RULE_PORTS_MAX. */
NODE_MUST_CHECK int aaa_rule_parse(const char *text, size_t length, struct aaa_rule *rule);

/* Whether these rules let the packet pass: the first that matches decides; where none does, the
 * opposite of what the last one says. Without rules all pass. */
bool aaa_rules_permit(const struct aaa_rule *rules, size_t count,
                      const struct aaa_rule_packet *packet);

#endif
