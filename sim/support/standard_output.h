/* The standard streams at the edges of a program. */
#ifndef SIM_SUPPORT_STANDARD_OUTPUT_H
#define SIM_SUPPORT_STANDARD_OUTPUT_H

/* Call it first. Sees to it that no file which is opened later takes the number of a standard
 * stream that was closed; what is written to that fails. At the end of the process, however it
 * calls exit, looks whether all of standard output was written: where it was not, says so as
 * `program` and ends with `status`; where the reader went away, ends by SIGPIPE without a word. */
void standard_output_guard(const char *program, int status);

#endif
