/* The programs that are measured, and what a run costs in each. Working files are in the folder
 * that is the current one. */
#ifndef BENCH_SPEED_SUBJECT_H
#define BENCH_SPEED_SUBJECT_H

#include "cost.h"

/* The current folder's files. */
#define SPECS "specs"
#define RESULT "result"
#define LOG "log"
#define MESSAGES "messages"

/* In what company a run is made. */
enum company {
  COMPANY_FIRST, /* of a program: with the start of a worker, and the building of the network */
  COMPANY_KEPT,  /* behind runs on the same network */
  COMPANY_OTHER, /* behind a run on another network: it is built anew */
};

/* Of a run of `simulator` at -j 1, with `keys` ("\"method\": \"eap-psk\""), in the mean of `runs`.
 * COMPANY_OTHER needs an AAA server: it is another's wire that makes the network another. */
struct cost subject_run(const char *simulator, enum company company, const char *keys, int hops,
                        int runs);

/* Of a run among those of two numbers of hops in turn, each of which builds its network anew. */
struct cost subject_run_in_turn(const char *simulator, const char *keys, const int hops[2],
                                int runs);

/* Runs an hour on all processors, network kept; in the mean of `runs`, or of 2000. */
double subject_hourly(const char *simulator, const char *keys, int hops, int runs);

/* Of bare ns-3 that moves the datagrams of a run with these keys, in one network, or in one that is
 * built anew each time. */
struct cost subject_bare(const char *bare_ns3, const char *simulator, const char *keys, int hops,
                         bool kept, int runs);

/* Of the protocol cores of a run alone. */
struct cost subject_cores(const char *bare_cores, const char *keys, int runs);

#endif
