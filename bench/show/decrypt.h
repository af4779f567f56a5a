/* The commands that open what a run's capture has under its associations, by tshark 4.0. */
#ifndef BENCH_SHOW_DECRYPT_H
#define BENCH_SHOW_DECRYPT_H

#include "support/text.h"

#include <jansson.h>

/* Adds commands for sh, a line each and indented by two, over the files of `--pcap DIR --log
 * DIR/log.jsonl`: what reads the capture, with the keys that `log` (JSON lines) has of the run that
 * gave `result`; and in words, behind "# ", what tshark cannot open, and what can be done. */
void decrypt_print(const json_t *result, const char *log, struct text *text);

#endif
