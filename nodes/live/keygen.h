/* The subcommand `keygen`: fresh keys and credentials, as files that the roles take, and the
 * commands that take them. */
#ifndef NODES_LIVE_KEYGEN_H
#define NODES_LIVE_KEYGEN_H

/* argv[0] is the subcommand's name. Returns the exit status. */
int keygen(int argc, char **argv);

#endif
