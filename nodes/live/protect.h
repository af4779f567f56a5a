/* What keeps the program's secrets and its files its own. */
#ifndef NODES_LIVE_PROTECT_H
#define NODES_LIVE_PROTECT_H

/* At the program's beginning: no core image is ever written and no other process of the user may
 * look into this one; standard streams that were closed are taken, so that no socket becomes one
 * of them: writing to them fails. */
void protect_process(void);

/* Overwrites a text of the command line, which all users of the host can read. */
void protect_argument(char *text);

#endif
