/* A number of a result, by the name of its metric (measure.h). */
#ifndef BENCH_STORE_RESULT_NUMBER_H
#define BENCH_STORE_RESULT_NUMBER_H

#include <jansson.h>

/* "time_ms", "ledger.coap_token", "messages.up.bytes_udp"; NaN where the result has none. A row
 * that is not in a ledger has no bytes, and a phase that a run does not have no octets and no
 * messages: these are 0. */
double result_number(const json_t *result, const char *metric);

#endif
