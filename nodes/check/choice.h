/* A choice in an exploration: what happens next. As text, one word for what, and of or to what:
 *
 *   deliver 3             datagram 3 arrives
 *   lose 3                it never does
 *   double 3              it arrives, and a copy of it stays under way
 *   delay 3               others may overtake it from now on
 *   rubbish 3             a damaged copy of it arrives; it is still under way
 *   alter 3               ... whose EAP packet is as it was, and what stands behind it is not
 *   move 3                a copy of it arrives from another endpoint; it is still under way
 *   inject 3              datagram 3, of an earlier authentication, arrives once more
 *   restart peer          it loses its memory, and triggers if that is its way
 *   restart authenticator it loses its memory, and begins an authentication
 *   timer peer            its next deadline passes
 *   mute                  the next answer of the AS is lost
 *   join                  the resource server joins once more
 *   again                 the next authentication begins
 *
 * The UE of a pull is the peer, its application servers are the authenticator. With ACE clients are
 * the peer; the resource server, which is who restarts, and the authorization server are the
 * authenticator.
 *
 * Datagrams are numbered from 1 in the order in which they depart. */
#ifndef NODES_CHECK_CHOICE_H
#define NODES_CHECK_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum choice_verb {
  CHOICE_DELIVER,
  CHOICE_LOSE,
  CHOICE_DOUBLE,
  CHOICE_DELAY,
  CHOICE_RUBBISH,
  CHOICE_ALTER,
  CHOICE_INJECT,
  CHOICE_RESTART,
  CHOICE_TIMER,
  CHOICE_AGAIN,
  CHOICE_MUTE,
  CHOICE_MOVE,
  CHOICE_JOIN,
};

struct choice {
  enum choice_verb verb;
  unsigned object; /* a datagram's number, or an enum check_side; else 0 */
};

/* Whether it is an act against the nodes, which the budget bounds. */
bool choice_is_act(const struct choice *choice);

bool choice_equal(const struct choice *a, const struct choice *b);

enum { CHOICE_TEXT_MAX = 32 };

void choice_format(const struct choice *choice, char text[CHOICE_TEXT_MAX]);

/* False: it is none. */
bool choice_parse(const char *text, struct choice *choice);

#endif
