/* The table of hints: what is seen, and the words for it. */
#ifndef NODES_LIVE_HINT_ROWS_H
#define NODES_LIVE_HINT_ROWS_H

#include "hint_look.h"
#include "settings.h"

enum hint_sign {
  HINT_DISCARDED,   /* a node dropped a message (`label`: why) */
  HINT_FAILED,      /* an authentication ended without a key (`label`: reason) */
  HINT_REFUSED,     /* a node has refused a request (`label` of the answer) */
  HINT_REPEATED,    /* a node has given one and the same answer for the third time */
  HINT_ASKED_AGAIN, /* a RADIUS request goes to the AAA server for the third time */
  HINT_UNANSWERED,  /* an authentication began, and the other end has said nothing since, or nothing
                       that EAP was given */
  HINT_UNCONFIRMED, /* the key is there, and has not been confirmed since */
};

/* Where in an authentication. */
enum hint_stage {
  HINT_ANY_STAGE,
  HINT_AT_FIRST,  /* no packet of EAP has come yet */
  HINT_IN_CLEAR,  /* this end has sent nothing under the new key */
  HINT_UNDER_KEY, /* it has */
};

struct hint_row {
  unsigned roles;
  enum hint_sign sign;
  const char *label; /* NULL: any, or none */
  enum hint_look look;
  enum hint_stage stage;
  const char *where;   /* an own option, as "lower_layer=pana", of which it must have this value, or
                          one   that begins so; NULL: anyhow */
  const char *words;   /* `#` stands for the number of the option that is not known */
  const char *options; /* own ones that are shown behind, with blanks between them; NULL: none */
};

/* In their order: the first that fits is said. */
const struct hint_row *hint_rows(size_t *count);

#endif
