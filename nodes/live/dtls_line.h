/* DTLS with records in lines, on stdin and stdout: for meeting other implementations. */
#ifndef NODES_LIVE_DTLS_LINE_H
#define NODES_LIVE_DTLS_LINE_H

/* The subcommand `dtls` (argv[0] is its name); returns the program's exit status, or exits with
 * EXIT_USAGE. */
int dtls_line(int argc, char **argv);

#endif
